/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/softmax.h"

#include <string.h>

/* Between scores and Softmax, and between Softmax and values, exporters put a
 * handful of nodes.  Both searches stop here. */
#define VISITS_MAX 256

/* A pooling head gives each position one number, or one per class or branch;
 * a wider one makes features, not weights. */
#define POOLING_FEATURES_MAX 64

/* Scaling, masks, biases, soft caps and changes of shape. */
static const char *const score_ops[] = {
  "Add",       "Cast",      "Clip",     "Concat",    "Div", "Dropout",
  "Expand",    "Flatten",   "Identity", "LeakyRelu", "Max", "Min",
  "Mul",       "Reshape",   "Slice",    "Squeeze",   "Sub", "Tanh",
  "Transpose", "Unsqueeze", "Where",    NULL,
};

static const char *const weight_ops[] = {
  "Cast",    "Div",       "Dropout",   "Expand", "Flatten",
  "Gather",  "Identity",  "Reshape",   "Slice",  "Split",
  "Squeeze", "Transpose", "Unsqueeze", "Where",  NULL,
};

static const char *const sums[] = {"ReduceMean", "ReduceSum", NULL};

static bool
depends (const SacFlow *flow, const SacNode *node, size_t input)
{
  return input < node->input_count &&
         sac_flow_depends (flow, node->inputs[input]);
}

/* Constant queries times keys, samples or heads apart: any number of them. */
static bool
is_learned_query (const SacNode *node,
                  const SacLinear *linear,
                  const SacShape *out)
{
  return sac_node_is (node, "MatMul") && linear->data == node->inputs[1] &&
         out->rank > 2;
}

/* Scores by MatMul, Gemm or convolution. */
static bool
score_product (const SacFlow *flow,
               const SacNode *node,
               int axis,
               SacLogits *ret)
{
  const SacShape *out = sac_flow_shape (flow, node->outputs[0]);
  SacLinear linear;

  if (sac_axis_linear (flow, node, &linear)) {
    ret->kind = SAC_LOGITS_LINEAR;
    return axis != linear.feature_axis &&
           (is_learned_query (node, &linear, out) ||
            out->dims[linear.feature_axis] <= POOLING_FEATURES_MAX);
  }
  if (sac_node_is (node, "Conv") || !depends (flow, node, 0) ||
      !depends (flow, node, 1) || out->rank < 2 || axis < out->rank - 2)
    return false;

  bool last = axis == out->rank - 1;
  SacOperand operands[2];

  for (size_t i = 0; i < 2; i++) {
    const SacShape *in = sac_flow_shape (flow, node->inputs[i]);
    int rows =
      sac_axis_of_operand (flow, node, i, out->rank - (i == 0 ? 2 : 1));

    if (rows < 0 || in->rank < 2)
      return false;
    operands[i] = (SacOperand){node->inputs[i], rows, 2 * in->rank - 3 - rows};
  }
  ret->kind = SAC_LOGITS_PRODUCT;
  ret->keys = operands[last ? 1 : 0];
  ret->queries = operands[last ? 0 : 1];
  return true;
}

/* Place of the first letter of `term` that `in` has and `out` has not, or -1.
 */
static int
find_letter (const char *term, const char *in, const char *out)
{
  for (int i = 0; term[i] != '\0'; i++) {
    if (strchr (in, term[i]) != NULL && strchr (out, term[i]) == NULL)
      return i;
  }
  return -1;
}

static char *
read_equation (const SacNode *node)
{
  GString *dense = g_string_new (NULL);

  for (size_t i = 0; i < node->attribute_count; i++) {
    const SacAttribute *attribute = &node->attributes[i];
    bool is_equation = strcmp (attribute->name, "equation") == 0 &&
                       attribute->kind == SAC_ATTRIBUTE_STRING;

    for (const char *c = is_equation ? attribute->s : ""; *c != '\0'; c++) {
      if (*c != ' ')
        g_string_append_c (dense, *c);
    }
  }
  return g_string_free (dense, FALSE);
}

/* Scores by Einsum without an ellipsis: the operand that has the key axis's
 * letter holds the keys; the letter that only the other one brings is that of
 * the queries, the one that is gone that of the features. */
static bool
score_einsum (const SacFlow *flow,
              const SacNode *node,
              int axis,
              SacLogits *ret)
{
  g_autofree char *equation = read_equation (node);
  g_auto (GStrv) sides = g_strsplit (equation, "->", 2);

  if (node->input_count != 2 || g_strv_length (sides) != 2 ||
      strchr (equation, '.') != NULL || (size_t)axis >= strlen (sides[1]) ||
      !depends (flow, node, 0) || !depends (flow, node, 1))
    return false;

  g_auto (GStrv) terms = g_strsplit (sides[0], ",", 3);
  char key[2] = {sides[1][axis], '\0'};

  if (g_strv_length (terms) != 2)
    return false;

  size_t k = strstr (terms[0], key) != NULL ? 0 : 1, q = 1 - k;

  ret->kind = SAC_LOGITS_PRODUCT;
  ret->keys =
    (SacOperand){node->inputs[k], find_letter (terms[k], key, terms[q]),
                 find_letter (terms[k], terms[q], sides[1])};
  ret->queries =
    (SacOperand){node->inputs[q], find_letter (terms[q], sides[1], terms[k]),
                 find_letter (terms[q], terms[k], sides[1])};
  return ret->keys.rows >= 0 && ret->keys.features >= 0 &&
         ret->queries.rows >= 0 && ret->queries.features >= 0;
}

/* Size of a broadcast operand along an axis of the result. */
static int64_t
aligned_size (const SacShape *in, const SacShape *out, int axis)
{
  int own = axis - (out->rank - in->rank);

  return own >= 0 ? in->dims[own] : 1;
}

static SacOperand
aligned_operand (
  int value, const SacShape *in, const SacShape *out, int rows, int features)
{
  int shift = out->rank - in->rank;

  return (SacOperand){value, rows - shift, features - shift};
}

/* The one axis that a sum takes away, or -1. */
static int
summed_axis (const SacFlow *flow, const SacNode *node, const SacShape *in)
{
  const int64_t *axes;
  size_t count;
  int axis;

  if (!sac_node_ints (flow, node, "axes", 1, &axes, &count) || count != 1 ||
      !sac_shape_axis (in, axes[0], &axis))
    return -1;
  return axis;
}

/* The node that made the value's numbers, which may have changed their type
 * since. */
static const SacNode *
maker_of (const SacFlow *flow, int value)
{
  static const char *const copies[] = {"Cast", "Dropout", "Identity", NULL};
  const SacNode *node = sac_flow_producer (flow, value);

  for (int i = 0; i < VISITS_MAX && sac_node_is_any (node, copies); i++)
    node = sac_flow_producer (flow, node->inputs[0]);
  return node;
}

/* Scores by a sum over the features of queries times keys.  A neighbourhood
 * has keys for each query; without one, keys are spread over the queries. */
static bool
score_sum (const SacFlow *flow, const SacNode *node, int axis, SacLogits *ret)
{
  const SacNode *product = maker_of (flow, node->inputs[0]);
  const SacShape *scores = sac_flow_shape (flow, node->outputs[0]);
  int other = axis == scores->rank - 1 ? axis - 1 : axis + 1;
  int key_rows = sac_axis_of_operand (flow, node, 0, axis);
  int query_rows = sac_axis_of_operand (flow, node, 0, other);

  if (key_rows < 0 || query_rows < 0 || !sac_node_is (product, "Mul") ||
      !depends (flow, product, 0) || !depends (flow, product, 1))
    return false;

  const SacShape *out = sac_flow_shape (flow, product->outputs[0]);
  const SacShape *a = sac_flow_shape (flow, product->inputs[0]);
  const SacShape *b = sac_flow_shape (flow, product->inputs[1]);
  int features = summed_axis (flow, node, out);
  bool first = aligned_size (a, out, key_rows) > 1;

  if (features < 0 || first == (aligned_size (b, out, key_rows) > 1))
    return false;
  ret->kind = SAC_LOGITS_PRODUCT;
  ret->neighbourhood = aligned_size (first ? a : b, out, query_rows) > 1;
  ret->keys = aligned_operand (product->inputs[first ? 0 : 1], first ? a : b,
                               out, key_rows, features);
  ret->queries = aligned_operand (product->inputs[first ? 1 : 0], first ? b : a,
                                  out, query_rows, features);
  if (ret->neighbourhood)
    ret->keys.rows += query_rows - key_rows;
  return ret->keys.rows >= 0 && ret->keys.features >= 0 &&
         ret->queries.rows >= 0 && ret->queries.features >= 0;
}

/* A linear map from heads to as many heads, at each pair of tokens by itself
 * (talking heads): it changes no shape. */
static bool
mixes_heads (const SacFlow *flow, const SacNode *node, int *ret_data)
{
  SacLinear linear;

  if (!sac_axis_linear (flow, node, &linear))
    return false;

  const SacShape *out = sac_flow_shape (flow, node->outputs[0]);

  *ret_data = linear.data;
  return out->dims[linear.feature_axis] <= POOLING_FEATURES_MAX &&
         sac_shape_equal (out, sac_flow_shape (flow, linear.data));
}

/* Of tokens with tokens, not of weights with the features that they weigh. */
static bool
is_of_places (const SacFlow *flow, const SacLogits *logits)
{
  SacAxis rows[] = {{logits->queries.value, logits->queries.rows},
                    {logits->keys.value, logits->keys.rows}};

  return logits->kind == SAC_LOGITS_PRODUCT &&
         sac_axis_role (flow, rows[0]) != SAC_AXIS_CHANNEL &&
         sac_axis_role (flow, rows[1]) != SAC_AXIS_CHANNEL;
}

static void search_scores (const SacFlow *flow,
                           SacAxis place,
                           int *visits,
                           SacLogits *best);

/* Looks for scores behind a mixing of heads; place.axis is not that of the
 * heads. */
static bool
search_mixed (const SacFlow *flow, SacAxis place, int *visits, SacLogits *best)
{
  const SacNode *node = sac_flow_producer (flow, place.value);
  SacLogits behind = {.kind = SAC_LOGITS_NONE};
  int data;

  if (!mixes_heads (flow, node, &data))
    return false;
  search_scores (flow, (SacAxis){data, place.axis}, visits, &behind);
  if (!is_of_places (flow, &behind))
    return false;
  *best = behind;
  return true;
}

/* Looks behind `value` for what made the scores along `axis`; a product found
 * anywhere is better than a linear one (a bias that depends on the data). */
static void
search_scores (const SacFlow *flow, SacAxis place, int *visits, SacLogits *best)
{
  const SacNode *node = sac_flow_producer (flow, place.value);
  SacLogits found = {.score_axis = place.axis};
  bool is_score;

  if (node == NULL || !sac_flow_depends (flow, place.value) ||
      best->kind == SAC_LOGITS_PRODUCT || ++*visits > VISITS_MAX)
    return;
  if (sac_node_is (node, "Einsum"))
    is_score = score_einsum (flow, node, place.axis, &found);
  else if (sac_node_is_any (node, sums))
    is_score = score_sum (flow, node, place.axis, &found);
  else
    is_score = (sac_node_is (node, "MatMul") || sac_node_is (node, "Gemm") ||
                sac_node_is (node, "Conv")) &&
               score_product (flow, node, place.axis, &found);
  if (is_score && found.kind == SAC_LOGITS_LINEAR &&
      search_mixed (flow, place, visits, best))
    return;
  if (is_score) {
    found.node = node;
    if (best->kind == SAC_LOGITS_NONE || found.kind == SAC_LOGITS_PRODUCT)
      *best = found;
    return;
  }
  if (!sac_node_is_any (node, score_ops))
    return;
  for (size_t i = 0; i < node->input_count; i++) {
    SacAxis from = {node->inputs[i], -1};

    if (from.value >= 0)
      from.axis = sac_axis_of_operand (flow, node, i, place.axis);
    if (from.axis >= 0)
      search_scores (flow, from, visits, best);
  }
}

/* Before opset 13 Softmax runs over all axes from `axis` on. */
static bool
softmax_axis (const SacNode *node, const SacShape *shape, int *ret_axis)
{
  bool old = node->opset < 13;
  int axis;

  if (!sac_shape_axis (shape, sac_node_int (node, "axis", old ? 1 : -1), &axis))
    return false;
  *ret_axis = axis;
  if (!old || axis == shape->rank - 1)
    return true;

  int64_t behind = sac_shape_product (shape, axis + 1, shape->rank);

  if (shape->dims[axis] == 1 && behind == shape->dims[shape->rank - 1])
    *ret_axis = shape->rank - 1;
  return behind == 1 || *ret_axis == shape->rank - 1;
}

bool
sac_softmax_logits (const SacFlow *flow, const SacNode *node, SacLogits *ret)
{
  const SacShape *shape = sac_flow_shape (flow, node->outputs[0]);
  int axis, visits = 0;

  *ret = (SacLogits){.kind = SAC_LOGITS_NONE};
  if (!sac_node_is (node, "Softmax") || shape == NULL || shape->rank < 2 ||
      sac_shape_size (shape) == 0 ||
      !sac_flow_depends (flow, node->outputs[0]) ||
      !softmax_axis (node, shape, &axis))
    return false;
  search_scores (flow, (SacAxis){node->inputs[0], axis}, &visits, ret);
  ret->key_axis = axis;
  return ret->kind != SAC_LOGITS_NONE;
}

/* A product of elements is a weighing when a sum follows it. */
static bool
is_summed (const SacFlow *flow, int value, int *visits)
{
  const SacGraph *graph = sac_flow_get_graph (flow);
  const SacValue *info = &graph->values[value];

  for (size_t i = 0; i < info->consumer_count; i++) {
    const SacNode *node = &graph->nodes[info->consumers[i]];

    if (++*visits > VISITS_MAX)
      return false;
    if (sac_node_is_any (node, sums) ||
        (sac_node_is_any (node, weight_ops) && node->outputs[0] >= 0 &&
         is_summed (flow, node->outputs[0], visits)))
      return true;
  }
  return false;
}

static bool weighs (const SacFlow *flow, int value, int *visits);

static bool
weighs_in (const SacFlow *flow, const SacNode *node, int value, int *visits)
{
  bool others = false;
  int mixed;

  for (size_t i = 0; i < node->input_count; i++)
    others = others || (node->inputs[i] != value && depends (flow, node, i));
  if (mixes_heads (flow, node, &mixed) ||
      (sac_node_is (node, "Add") && !others))
    return weighs (flow, node->outputs[0], visits);
  if (sac_node_is (node, "MatMul") || sac_node_is (node, "Gemm") ||
      sac_node_is (node, "Einsum"))
    return others;
  if (sac_node_is (node, "Mul") && others)
    return is_summed (flow, node->outputs[0], visits);
  if (!sac_node_is_any (node, weight_ops) && !sac_node_is (node, "Mul"))
    return false;
  for (size_t i = 0; i < node->output_count; i++) {
    if (node->outputs[i] >= 0 && weighs (flow, node->outputs[i], visits))
      return true;
  }
  return false;
}

static bool
weighs (const SacFlow *flow, int value, int *visits)
{
  const SacGraph *graph = sac_flow_get_graph (flow);
  const SacValue *info = &graph->values[value];

  for (size_t i = 0; i < info->consumer_count; i++) {
    if (++*visits > VISITS_MAX)
      return false;
    if (weighs_in (flow, &graph->nodes[info->consumers[i]], value, visits))
      return true;
  }
  return false;
}

bool
sac_softmax_weighs (const SacFlow *flow, const SacNode *node)
{
  int visits = 0;

  return weighs (flow, node->outputs[0], &visits);
}
