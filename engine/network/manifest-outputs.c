/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The outputs of model.json. */

#include "network/manifest-parts.h"

#include "base/error.h"

#include <inttypes.h>

/* In the order of SacActivation. */
static const char *const activations[] = {"softmax", "sigmoid", "none", NULL};

static bool
read_labels (const SacFields *fields, SacManifestOutput *output, GError **error)
{
  size_t count = 0;

  if (!sac_fields_has (fields, "labels"))
    return true;

  JsonNode *node = json_object_get_member (fields->object, "labels");
  SacLabel *labels = sac_manifest_parse_labels (node, &count);

  if (labels == NULL)
    return sac_fields_refuse (fields, "labels", SAC_ERROR_DAMAGED, error,
                              "must be an array of {\"id\": text, \"name\": "
                              "text}");
  sac_manifest_take_labels (output, labels, count);
  return true;
}

static bool
read_output (const SacFields *fields,
             const SacValue *value,
             SacManifestOutput *output,
             GError **error)
{
  int activation = output->activation;

  if (!sac_fields_choice (fields, "activation", activations, &activation,
                          error) ||
      !sac_fields_number (fields, "temperature", &output->temperature, error) ||
      !read_labels (fields, output, error))
    return false;
  output->activation = activation;
  if (!(output->temperature >= 1e-6))
    return sac_fields_refuse (fields, "temperature", SAC_ERROR_DAMAGED, error,
                              "must be more than zero");

  int64_t classes = sac_manifest_class_count (value);

  if (sac_fields_has (fields, "labels") && classes >= 0 &&
      (uint64_t)classes != output->label_count)
    return sac_fields_refuse (fields, "labels", SAC_ERROR_MISMATCH, error,
                              "has %zu labels, but the network's output has "
                              "%" PRId64 " classes",
                              output->label_count, classes);
  return true;
}

bool
sac_manifest_add_outputs (SacManifest *manifest,
                          const SacFields *root,
                          const SacGraph *graph,
                          GError **error)
{
  JsonArray *array;
  g_autofree bool *taken = g_new0 (bool, graph->output_count + 1);

  if (!sac_fields_array (root, "outputs", &array, error))
    return false;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    g_autofree char *where = g_strdup_printf ("outputs[%u].", i);
    SacFields fields = {root->file, where, NULL};

    if (!sac_fields_element (root, "outputs", array, i, &fields.object, error))
      return false;

    int place =
      sac_manifest_find_place (&fields, "output", graph, graph->outputs,
                               graph->output_count, i, taken, error);

    if (place < 0 ||
        !read_output (&fields, &graph->values[graph->outputs[place]],
                      &manifest->outputs[place], error))
      return false;
  }
  return true;
}
