/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a graph tells of its own inputs and outputs, and plain defaults for what
 * it cannot tell. */

#include "network/manifest-parts.h"

#include "image/resize.h"

#include <string.h>

static bool
is_channel_count (int64_t size)
{
  return size == 1 || size == 3;
}

/* The sizes of an image input, and which axis is which. */
static bool
is_image (const SacValue *value)
{
  return value->has_shape && value->shape.rank == 4;
}

void
sac_manifest_read_sides (const SacValue *value, SacManifestInput *input)
{
  if (!is_image (value))
    return;

  const int64_t *dims = value->shape.dims;
  int64_t channels = dims[input->nhwc ? 3 : 1];
  int64_t height = dims[input->nhwc ? 1 : 2];
  int64_t width = dims[input->nhwc ? 2 : 3];

  input->channel_count = is_channel_count (channels) ? (int)channels : 3;
  input->height = height > 0 && height <= SAC_LIMIT_IMAGE_SIDE ? height : 0;
  input->width = width > 0 && width <= SAC_LIMIT_IMAGE_SIDE ? width : 0;
}

static void
start_input (const SacValue *value, SacManifestInput *input)
{
  bool image = is_image (value) || !value->has_shape;

  input->name = g_strdup (value->name);
  input->role = g_strdup (image ? "image" : "bag");
  input->type = value->type != SAC_TYPE_UNKNOWN ? value->type : SAC_TYPE_FLOAT;
  input->nhwc = is_image (value) && !is_channel_count (value->shape.dims[1]) &&
                is_channel_count (value->shape.dims[3]);
  input->channel_count = 3;
  sac_manifest_read_sides (value, input);
  input->resize = SAC_RESIZE_SQUASH;
  input->filter = SAC_FILTER_BILINEAR;
  input->center_crop = true;
  input->scale = sac_type_is_float (input->type) ? 1.0 / 255 : 1;
  for (int c = 0; c < 4; c++)
    input->std[c] = 1;
  input->guessed = image;
}

int64_t
sac_manifest_class_count (const SacValue *value)
{
  const SacShape *shape = &value->shape;

  if (!value->has_shape || !sac_shape_is_row (shape))
    return -1;
  return shape->rank > 0 ? shape->dims[shape->rank > 1] : 1;
}

/* One score a sample, also where samples of any number are all that the shape
 * counts: its only axis was squeezed away. */
static bool
is_single (const SacValue *value)
{
  return sac_manifest_class_count (value) == 1 ||
         (value->has_shape && value->shape.rank == 1 &&
          value->shape.dims[0] < 0);
}

/* Scores that the graph itself has made probabilities stay as they are; one
 * score alone can only be a sigmoid's. */
static SacActivation
guess_activation (const SacGraph *graph, int output)
{
  int made = graph->values[sac_graph_skip_shaping (graph, output)].producer;
  const char *op = made >= 0 ? graph->nodes[made].op_type : "";

  if (strcmp (op, "Softmax") == 0 || strcmp (op, "Sigmoid") == 0)
    return SAC_ACTIVATION_NONE;
  return is_single (&graph->values[output]) ? SAC_ACTIVATION_SIGMOID
                                            : SAC_ACTIVATION_SOFTMAX;
}

void
sac_manifest_start (SacManifest *manifest, SacNetwork *network)
{
  const SacGraph *graph = sac_network_get_graph (network);

  manifest->input_count = graph->input_count;
  manifest->inputs = g_new0 (SacManifestInput, graph->input_count + 1);
  for (size_t i = 0; i < graph->input_count; i++)
    start_input (&graph->values[graph->inputs[i]], &manifest->inputs[i]);

  manifest->output_count = graph->output_count;
  manifest->outputs = g_new0 (SacManifestOutput, graph->output_count + 1);
  for (size_t i = 0; i < graph->output_count; i++) {
    const SacValue *value = &graph->values[graph->outputs[i]];

    manifest->outputs[i].name = g_strdup (value->name);
    manifest->outputs[i].activation =
      guess_activation (graph, graph->outputs[i]);
    manifest->outputs[i].temperature = 1;
  }
}
