/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/token-place.h"

#include "base/error.h"
#include "explain/attention-window.h"
#include "network/escape.h"

static void
undefined (const SacFlow *flow, const SacFoundAttention *found, GError **error)
{
  const SacGraph *graph = sac_flow_get_graph (flow);
  g_autofree char *name =
    sac_escape_short (graph->values[found->attention.value].name);

  g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
               "it is not known where the tokens of %s come from", name);
}

/* The axis of the projection's input that it sums over. */
static int
feature_axis (const SacFlow *flow, int projected, int source)
{
  const SacNode *node = sac_flow_producer (flow, projected);
  const SacShape *shape = sac_flow_shape (flow, source);
  SacLinear linear;

  if (shape == NULL || !sac_axis_linear (flow, node, &linear) ||
      linear.data != source)
    return -1;
  if (sac_node_is (node, "Conv") || sac_node_is (node, "ConvTranspose"))
    return 1;
  if (sac_node_is (node, "Gemm")) {
    bool first = linear.data == node->inputs[0];
    bool turned = sac_node_int (node, first ? "transA" : "transB", 0) != 0;

    return first == turned ? 0 : 1;
  }
  return shape->rank - (linear.data == node->inputs[0] ? 1 : 2);
}

/* Which axis counts samples, or -1. */
static int
batch_axis (const SacFlow *flow, int value, const SacShape *shape, int features)
{
  int64_t batch = sac_flow_batch (flow);

  if (batch == 1)
    return -1;
  for (int i = 0; i < MIN (shape->rank, 2); i++) {
    if (i != features && shape->dims[i] == batch &&
        sac_axis_role (flow, (SacAxis){value, i}) != SAC_AXIS_SPACE)
      return i;
  }
  return features != 0 && shape->dims[0] == batch ? 0 : -1;
}

/* Numbers the elements: all axes but features and samples together, in C order,
 * are tokens.  batch: the sample.  Returns: tokens of a sample. */
static int64_t
number_elements (const SacShape *shape,
                 int features,
                 int samples,
                 int64_t batch,
                 int *ret_tokens)
{
  int64_t size = sac_shape_size (shape), count = 1, token = 0;
  int64_t steps[SAC_LIMIT_RANK] = {0}, at[SAC_LIMIT_RANK] = {0};

  for (int i = shape->rank - 1; i >= 0; i--) {
    if (i == features || i == samples)
      continue;
    steps[i] = count;
    count *= shape->dims[i];
  }
  for (int64_t e = 0; e < size; e++) {
    ret_tokens[e] = samples < 0 || at[samples] == batch ? (int)token : -1;
    for (int i = shape->rank - 1; i >= 0; i--) {
      token += steps[i];
      if (++at[i] < shape->dims[i])
        break;
      token -= steps[i] * shape->dims[i];
      at[i] = 0;
    }
  }
  return count;
}

SacTokenPlace *
sac_token_place_new (const SacFlow *flow,
                     const SacFoundAttention *found,
                     bool keys,
                     int64_t batch,
                     GError **error)
{
  const SacAttention *attention = &found->attention;
  g_autoptr (SacTokenPlace) place = g_new0 (SacTokenPlace, 1);
  int64_t wanted = keys ? attention->keys : attention->queries;
  int features;

  place->value = keys ? found->key_source : found->query_source;
  if (attention->kind == SAC_ATTENTION_WINDOW) {
    features = sac_attention_window_uncut (flow, found, &place->value);
    wanted = (int64_t)attention->rows * attention->columns;
  } else {
    if (attention->kind == SAC_ATTENTION_LOCAL)
      wanted = attention->queries;
    features =
      feature_axis (flow, keys ? found->key_tokens : found->query_tokens,
                    place->value);
  }

  const SacShape *shape = sac_flow_shape (flow, place->value);

  if (shape == NULL || features < 0) {
    undefined (flow, found, error);
    return NULL;
  }
  place->elements = sac_shape_size (shape);
  place->tokens = g_new (int, place->elements);
  place->count =
    number_elements (shape, features,
                     batch_axis (flow, place->value, shape, features), batch,
                     place->tokens);
  if (place->count != wanted) {
    undefined (flow, found, error);
    return NULL;
  }
  return g_steal_pointer (&place);
}

void
sac_token_place_free (SacTokenPlace *place)
{
  if (place == NULL)
    return;
  g_free (place->tokens);
  g_free (place);
}
