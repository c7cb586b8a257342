/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* config.json and preprocessor_config.json as Hugging Face's transformers
 * library writes them beside a model. */

#include "network/manifest-parts.h"

#include "base/error.h"
#include "base/json.h"
#include "image/resize.h"

#include <inttypes.h>
#include <string.h>

/* ret_object stays NULL when there is no such file. */
static bool
read_beside (const char *folder,
             const char *name,
             char **ret_path,
             JsonObject **ret_object,
             GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return true;
  *ret_object = sac_json_read (path, NULL, error);
  *ret_path = g_steal_pointer (&path);
  return *ret_object != NULL;
}

/* Processors that read a lone number as the shorter side; all others squash
 * the image to a square of it. */
static bool
means_shorter_side (const SacFields *fields)
{
  static const char *const processors[] = {
    "CLIP",        "ChineseCLIP", "ConvNext",   "MobileViT",
    "MobileNetV1", "MobileNetV2", "PoolFormer",
  };
  g_autofree char *type = NULL;

  if (!sac_fields_text (fields, "feature_extractor_type", &type, NULL) ||
      !sac_fields_text (fields, "image_processor_type", &type, NULL) ||
      type == NULL)
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS (processors); i++) {
    if (g_str_has_prefix (type, processors[i]))
      return true;
  }
  return false;
}

/* ConvNeXt: small inputs are cut from a larger picture, large ones squashed. */
static bool
apply_crop_share (const SacFields *fields,
                  SacManifestInput *input,
                  GError **error)
{
  int side = input->resize_width;
  double share = 1;

  if (!sac_fields_number (fields, "crop_pct", &share, error))
    return false;
  if (!(share > 0 && share <= 1))
    return sac_fields_refuse (fields, "crop_pct", SAC_ERROR_DAMAGED, error,
                              "must be more than 0 and at most 1");
  input->width = input->height = side;
  if (side < 384)
    input->resize_width = side / share;
  else
    input->resize = SAC_RESIZE_SQUASH;
  return true;
}

static bool
apply_edges (const SacFields *fields,
             JsonObject *size,
             SacManifestInput *input,
             GError **error)
{
  SacFields edges = {fields->file, "size.", size};
  bool shortest = sac_fields_has (&edges, "shortest_edge");
  bool longest = sac_fields_has (&edges, "longest_edge");

  if (shortest && longest)
    return sac_fields_refuse (fields, "size", SAC_ERROR_UNSUPPORTED, error,
                              "a shortest and a longest edge together are not "
                              "supported: describe the "
                              "inputs in model.json");
  input->resize = shortest ? SAC_RESIZE_SHORTER_SIDE : SAC_RESIZE_LONGER_SIDE;
  return sac_fields_int (&edges, shortest ? "shortest_edge" : "longest_edge", 1,
                         65536, &input->resize_width, error);
}

static bool
apply_size (const SacFields *fields, SacManifestInput *input, GError **error)
{
  JsonNode *node = json_object_get_member (fields->object, "size");
  JsonObject *size = node != NULL && JSON_NODE_HOLDS_OBJECT (node)
                       ? json_node_get_object (node)
                       : NULL;

  input->truncate = true;
  if (size != NULL && (json_object_has_member (size, "shortest_edge") ||
                       json_object_has_member (size, "longest_edge"))) {
    if (!apply_edges (fields, size, input, error))
      return false;
  } else if (!sac_fields_size (fields, "size", &input->resize_height,
                               &input->resize_width, error)) {
    return false;
  } else if (node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
             means_shorter_side (fields)) {
    input->resize = SAC_RESIZE_SHORTER_SIDE;
  }
  if (input->resize == SAC_RESIZE_SHORTER_SIDE &&
      sac_fields_has (fields, "crop_pct"))
    return apply_crop_share (fields, input, error);
  if (input->resize == SAC_RESIZE_SQUASH && input->resize_width > 0) {
    input->width = input->resize_width;
    input->height = input->resize_height;
  }
  return true;
}

static bool
apply_filter (const SacFields *fields, SacManifestInput *input, GError **error)
{
  /* In the order of Pillow's own numbers. */
  static const SacFilter filters[] = {SAC_FILTER_NEAREST, SAC_FILTER_LANCZOS,
                                      SAC_FILTER_BILINEAR, SAC_FILTER_BICUBIC,
                                      SAC_FILTER_BOX};
  int number = 2;

  if (!sac_fields_int (fields, "resample", 0, G_N_ELEMENTS (filters) - 1,
                       &number, error))
    return false;
  input->filter = filters[number];
  return true;
}

static bool
apply_geometry (const SacFields *fields,
                SacManifestInput *input,
                GError **error)
{
  bool resize = true;

  if (!sac_fields_flag (fields, "do_resize", &resize, error) ||
      !sac_fields_flag (fields, "do_center_crop", &input->center_crop, error) ||
      !apply_filter (fields, input, error))
    return false;
  if (!resize)
    input->resize = SAC_RESIZE_NONE;
  else if (!apply_size (fields, input, error))
    return false;
  return !input->center_crop ||
         sac_fields_size (fields, "crop_size", &input->height, &input->width,
                          error);
}

/* A step that is left out leaves no key to read. */
static bool
apply_values (const SacFields *fields, SacManifestInput *input, GError **error)
{
  bool rescale = true, normalize = true;

  if (!sac_fields_flag (fields, "do_rescale", &rescale, error) ||
      !sac_fields_flag (fields, "do_normalize", &normalize, error) ||
      !sac_fields_flag (fields, "do_flip_channel_order", &input->bgr, error))
    return false;

  const char *const keys[] = {rescale ? "rescale_factor" : "",
                              normalize ? "image_mean" : "",
                              normalize ? "image_std" : ""};

  input->scale = rescale ? 1.0 / 255 : 1;
  return sac_manifest_read_values (fields, keys, input, error);
}

bool
sac_manifest_add_preprocessor (SacManifest *manifest,
                               const char *folder,
                               GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (JsonObject) object = NULL;

  if (!read_beside (folder, "preprocessor_config.json", &path, &object, error))
    return false;
  for (size_t i = 0; object != NULL && i < manifest->input_count; i++) {
    SacManifestInput *input = &manifest->inputs[i];
    SacFields fields = {path, "", object};

    if (strcmp (input->role, "image") != 0)
      continue;
    if (!apply_geometry (&fields, input, error) ||
        !apply_values (&fields, input, error))
      return false;
    input->guessed = false;
  }
  return true;
}

/* Classes of the output that is called so, or -1. */
static int64_t
logit_count (SacNetwork *network)
{
  const SacGraph *graph = sac_network_get_graph (network);

  for (size_t i = 0; i < graph->output_count; i++) {
    const SacValue *value = &graph->values[graph->outputs[i]];

    if (strcmp (value->name, "logits") == 0 && value->has_shape &&
        value->shape.rank >= 2)
      return sac_manifest_class_count (value);
  }
  return -1;
}

static bool
apply_labels (const SacFields *fields,
              SacManifest *manifest,
              SacNetwork *network,
              GError **error)
{
  g_autofree char *problem = NULL;
  size_t count = 0;

  if (!sac_fields_text (fields, "problem_type", &problem, error))
    return false;
  if (!sac_fields_has (fields, "id2label"))
    return true;

  SacLabel *labels =
    sac_manifest_parse_labels (json_object_get_member (fields->object,
                                                       "id2label"),
                               &count);
  SacManifestOutput *head = sac_manifest_find_head (manifest, network, count);

  if (labels == NULL)
    return sac_fields_refuse (fields, "id2label", SAC_ERROR_DAMAGED, error,
                              "must give a name to every number from 0 on, "
                              "without gaps");
  /* The labels of a classifier whose head was cut off are nobody's; one that is
   * there must have as many classes. */
  if (head == NULL) {
    int64_t classes = logit_count (network);

    sac_manifest_free_labels (labels, count);
    return classes < 0 ||
           sac_fields_refuse (fields, "id2label", SAC_ERROR_MISMATCH, error,
                              "has %zu labels, but the network's output logits "
                              "has %" PRId64 " classes",
                              count, classes);
  }
  sac_manifest_take_labels (head, labels, count);
  if (g_strcmp0 (problem, "multi_label_classification") == 0 &&
      head->activation == SAC_ACTIVATION_SOFTMAX)
    head->activation = SAC_ACTIVATION_SIGMOID;
  return true;
}

bool
sac_manifest_add_config (SacManifest *manifest,
                         SacNetwork *network,
                         const char *folder,
                         GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (JsonObject) object = NULL;

  if (!read_beside (folder, "config.json", &path, &object, error))
    return false;
  if (object == NULL)
    return true;
  return apply_labels (&(SacFields){path, "", object}, manifest, network,
                       error);
}
