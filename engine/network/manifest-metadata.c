/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The image metadata that ONNX defines (MetadataProps.md), and labels, for
 * which several keys are in use. */

#include "network/manifest-parts.h"

#include "base/json.h"

#include <string.h>

/* What pixels of 0..255 become: (pixel * scale - mean) / 1. */
typedef struct {
  const char *name;
  double scale;
  double mean;
} PixelRange;

static const PixelRange pixel_ranges[] = {
  {"NominalRange_0_255", 1, 0},
  {"Normalized_0_1", 1.0 / 255, 0},
  {"Normalized_1_1", 1.0 / 127.5, 1},
  {"NominalRange_16_235", 219.0 / 255, -16},
};

static void
add_range (SacManifestInput *input, const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (pixel_ranges); i++) {
    if (g_ascii_strcasecmp (name, pixel_ranges[i].name) != 0)
      continue;
    input->scale = pixel_ranges[i].scale;
    for (int c = 0; c < 4; c++)
      input->mean[c] = pixel_ranges[i].mean;
  }
}

static void
add_labels (SacManifest *manifest, SacNetwork *network)
{
  static const char *const keys[] = {"labels", "class_names", "classes",
                                     "names", "id2label"};

  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++) {
    const char *text = sac_network_get_metadata (network, keys[i]);

    if (text == NULL)
      continue;

    g_autofree char *wrapped = g_strdup_printf ("{\"labels\":%s}", text);
    g_autoptr (JsonObject) object =
      sac_json_parse (wrapped, strlen (wrapped), keys[i], NULL);
    size_t count = 0;
    SacLabel *labels = NULL;

    if (object != NULL)
      labels =
        sac_manifest_parse_labels (json_object_get_member (object, "labels"),
                                   &count);

    SacManifestOutput *head = sac_manifest_find_head (manifest, network, count);

    if (labels != NULL && head != NULL) {
      sac_manifest_take_labels (head, labels, count);
      return;
    }
    sac_manifest_free_labels (labels, count);
  }
}

void
sac_manifest_add_metadata (SacManifest *manifest, SacNetwork *network)
{
  const char *format =
    sac_network_get_metadata (network, "Image.BitmapPixelFormat");
  const char *range =
    sac_network_get_metadata (network, "Image.NominalPixelRange");

  for (size_t i = 0; i < manifest->input_count; i++) {
    if (format != NULL)
      manifest->inputs[i].bgr = g_ascii_strcasecmp (format, "Bgr8") == 0;
    if (range != NULL)
      add_range (&manifest->inputs[i], range);
  }
  add_labels (manifest, network);
}
