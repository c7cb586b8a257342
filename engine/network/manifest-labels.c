/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Class labels, in the several forms in which files give them. */

#include "network/manifest-parts.h"

#include <string.h>

void
sac_manifest_free_labels (SacLabel *labels, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    g_free (labels[i].id);
    g_free (labels[i].name);
  }
  g_free (labels);
}

void
sac_manifest_take_labels (SacManifestOutput *output,
                          SacLabel *labels,
                          size_t count)
{
  sac_manifest_free_labels (output->labels, output->label_count);
  output->labels = labels;
  output->label_count = count;
}

static const char *
get_text (JsonNode *node)
{
  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

/* A name, or {"id", "name"} of which one may be missing. */
static bool
parse_label (JsonNode *node, SacLabel *label)
{
  const char *id = get_text (node);
  const char *name = id;

  if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *object = json_node_get_object (node);

    id = get_text (json_object_get_member (object, "id"));
    name = get_text (json_object_get_member (object, "name"));
  }
  if (id == NULL && name == NULL)
    return false;
  label->id = g_strdup (id != NULL ? id : name);
  label->name = g_strdup (name != NULL ? name : id);
  return true;
}

static bool
parse_list (JsonArray *array, SacLabel *labels)
{
  for (guint i = 0; i < json_array_get_length (array); i++) {
    if (!parse_label (json_array_get_element (array, i), &labels[i]))
      return false;
  }
  return true;
}

/* {"0": "a", "1": "b"}: every number below the count, once. */
static bool
parse_numbered (JsonObject *object, SacLabel *labels)
{
  guint count = json_object_get_size (object);
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &key, &node)) {
    guint64 index;

    if (!g_ascii_string_to_unsigned (key, 10, 0, count - 1, &index, NULL) ||
        labels[index].id != NULL || !parse_label (node, &labels[index]))
      return false;
  }
  return true;
}

SacLabel *
sac_manifest_parse_labels (JsonNode *node, size_t *ret_count)
{
  bool is_list = JSON_NODE_HOLDS_ARRAY (node);
  size_t count = 0;

  if (is_list)
    count = json_array_get_length (json_node_get_array (node));
  else if (JSON_NODE_HOLDS_OBJECT (node))
    count = json_object_get_size (json_node_get_object (node));
  if (count == 0)
    return NULL;

  SacLabel *labels = g_new0 (SacLabel, count);

  if (is_list ? parse_list (json_node_get_array (node), labels)
              : parse_numbered (json_node_get_object (node), labels)) {
    *ret_count = count;
    return labels;
  }
  sac_manifest_free_labels (labels, count);
  return NULL;
}

SacManifestOutput *
sac_manifest_find_head (SacManifest *manifest,
                        SacNetwork *network,
                        size_t count)
{
  const SacGraph *graph = sac_network_get_graph (network);
  SacManifestOutput *found = NULL;

  for (size_t i = 0; i < manifest->output_count; i++) {
    const SacValue *value = &graph->values[graph->outputs[i]];
    int64_t classes = sac_manifest_class_count (value);
    bool fits = classes < 0 || (uint64_t)classes == count;

    if (value->has_shape && !sac_shape_is_row (&value->shape))
      continue;
    if (fits && (found == NULL || strcmp (value->name, "logits") == 0))
      found = &manifest->outputs[i];
  }
  return found;
}
