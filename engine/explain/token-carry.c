/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/token-carry.h"

#include "base/error.h"
#include "explain/layout-trace.h"
#include "explain/token-window.h"
#include "network/escape.h"

#include <math.h>
#include <string.h>

static const char *const regroupers[] = {"DepthToSpace", "SpaceToDepth", NULL};
static const char *const samplers[] = {"AveragePool", "Resize", "Upsample",
                                       NULL};
static const char *const windows[] = {"Conv", "LpPool", "MaxPool", NULL};

typedef struct {
  const SacFlow *flow;
  GHashTable *shares; /* value + 1 -> double *, one per element */
} Carry;

static bool
refuse (const SacNode *node, const char *why, GError **error)
{
  g_autofree char *name = sac_escape_short (node->label);

  g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
               "tokens cannot be followed through %s (%s)%s", name,
               node->op_type, why);
  return false;
}

static double *
shares_of (Carry *carry, int value)
{
  return g_hash_table_lookup (carry->shares, GINT_TO_POINTER (value + 1));
}

/* Zeros where there were none. */
static double *
shares_for (Carry *carry, int value)
{
  double *shares = shares_of (carry, value);

  if (shares == NULL) {
    shares =
      g_new0 (double, sac_shape_size (sac_flow_shape (carry->flow, value)));
    g_hash_table_insert (carry->shares, GINT_TO_POINTER (value + 1), shares);
  }
  return shares;
}

/* Steps from `value` up to `top`, which dominates it. */
static int
steps_to (const SacFlow *flow, int value, int top)
{
  int steps = 0;

  while (value >= 0 && value != top) {
    value = sac_flow_dominator (flow, value);
    steps++;
  }
  return steps;
}

/* An operand that depends on the data and has the shape of the output.  Of
 * several, the one that the others are made of, or else with the shortest way
 * from where they part: that is the shortcut round a block.  They do not part
 * at all where a block has asked another image. */
static int
same_operand (const SacFlow *flow, const SacNode *node)
{
  const SacShape *out = sac_flow_shape (flow, node->outputs[0]);
  int top = sac_flow_dominator (flow, node->outputs[0]);
  int best = -1, best_steps = 0;

  for (size_t i = 0; i < node->input_count; i++) {
    int value = node->inputs[i];

    if (!sac_flow_depends (flow, value) ||
        !sac_shape_equal (sac_flow_shape (flow, value), out))
      continue;

    int steps = top < 0 && best >= 0 && sac_flow_leads (flow, value, best)
                  ? -1
                  : steps_to (flow, value, top);

    if (top < 0 && best >= 0 && sac_flow_leads (flow, best, value))
      continue;
    if (best < 0 || steps < best_steps) {
      best = value;
      best_steps = steps;
    }
  }
  return best;
}

static bool
pass_on (Carry *carry, const SacNode *node, GError **error)
{
  int from = same_operand (carry->flow, node);

  if (from < 0)
    return refuse (node, "", error);

  const double *made = shares_of (carry, node->outputs[0]);
  double *shares = shares_for (carry, from);
  int64_t count = sac_shape_size (sac_flow_shape (carry->flow, from));

  for (int64_t i = 0; i < count; i++)
    shares[i] += made[i];
  return true;
}

/* Gives the share of each element of an output to the operand's element of
 * that number. */
static void
give_back (Carry *carry,
           const SacNode *node,
           const SacTensor *numbers,
           const double *made)
{
  int64_t count = sac_tensor_get_count (numbers);

  for (int64_t e = 0; e < count; e++) {
    size_t operand = 0;
    int64_t at =
      made[e] == 0
        ? -1
        : sac_layout_trace_find (carry->flow, node, sac_tensor_f32 (numbers)[e],
                                 &operand);

    if (at >= 0)
      shares_for (carry, node->inputs[operand])[at] += made[e];
  }
}

static bool
move (Carry *carry, const SacNode *node, GError **error)
{
  g_autofree SacTensor **numbers = g_new0 (SacTensor *, node->output_count);
  bool good = sac_layout_trace_numbers (carry->flow, node, numbers, NULL);

  if (!good)
    refuse (node, "", error);
  for (size_t i = 0; i < node->output_count; i++) {
    const double *made =
      node->outputs[i] >= 0 ? shares_of (carry, node->outputs[i]) : NULL;

    if (good && made != NULL)
      give_back (carry, node, numbers[i], made);
    g_clear_pointer (&numbers[i], sac_tensor_unref);
  }
  return good;
}

/* A product with constant weights: what the features of a token had is spread
 * evenly over the features that they were made of. */
static bool
spread_features (Carry *carry,
                 const SacNode *node,
                 const SacLinear *linear,
                 GError **error)
{
  const SacShape *out = sac_flow_shape (carry->flow, node->outputs[0]);
  const SacShape *in = sac_flow_shape (carry->flow, linear->data);
  bool first = linear->data == node->inputs[0];
  bool turned = sac_node_is (node, "Gemm") &&
                sac_node_int (node, first ? "transA" : "transB", 0) != 0;
  int summed = in->rank - (first != turned ? 1 : 2);

  if (in->rank < 2 || in->rank != out->rank)
    return refuse (node, "", error);
  if (sac_axis_role (carry->flow, (SacAxis){linear->data, summed}) ==
      SAC_AXIS_SPACE)
    return refuse (node, ": its weights mix them", error);

  const double *made = shares_of (carry, node->outputs[0]);
  double *shares = shares_for (carry, linear->data);
  int rows_in = summed == in->rank - 1 ? in->rank - 2 : in->rank - 1;
  int made_axis = linear->feature_axis;
  int rows_out = made_axis == out->rank - 1 ? out->rank - 2 : out->rank - 1;
  int64_t matrix_in = in->dims[in->rank - 1] * in->dims[in->rank - 2];
  int64_t matrix_out = out->dims[out->rank - 1] * out->dims[out->rank - 2];
  int64_t rows = in->dims[rows_in], features = in->dims[summed];

  if (out->dims[rows_out] != rows ||
      sac_shape_size (out) / matrix_out != sac_shape_size (in) / matrix_in)
    return refuse (node, "", error);
  for (int64_t m = 0; m < sac_shape_size (in) / matrix_in; m++) {
    for (int64_t r = 0; r < rows; r++) {
      int64_t wide = out->dims[made_axis];
      bool across = made_axis == out->rank - 1;
      const double *from = made + m * matrix_out + r * (across ? wide : 1);
      double sum = 0;

      for (int64_t f = 0; f < wide; f++)
        sum += from[f * (across ? 1 : rows)];
      across = summed == in->rank - 1;

      double *to = shares + m * matrix_in + r * (across ? features : 1);

      for (int64_t f = 0; f < features; f++)
        to[f * (across ? 1 : rows)] += sum / features;
    }
  }
  return true;
}

/* By the op's own weights, which are linear in its input. */
static bool
sample_back (Carry *carry, const SacNode *node, GError **error)
{
  g_autofree const SacTensor **inputs =
    g_new0 (const SacTensor *, node->input_count);
  const double *made = shares_of (carry, node->outputs[0]);
  const SacShape *shape = sac_flow_shape (carry->flow, node->outputs[0]);
  const SacShape *before = sac_flow_shape (carry->flow, node->inputs[0]);
  g_autoptr (SacTensor) output = sac_tensor_new (SAC_TYPE_FLOAT, shape, error);
  g_autoptr (SacTensor) input = sac_tensor_new (SAC_TYPE_FLOAT, before, error);

  if (output == NULL || input == NULL)
    return false;
  for (size_t i = 1; i < node->input_count; i++)
    inputs[i] = sac_flow_constant (carry->flow, node->inputs[i]);
  inputs[0] = input;
  for (int64_t i = 0; i < sac_shape_size (shape); i++)
    sac_tensor_f32 (output)[i] = (float)made[i];
  if (!sac_layout_trace_adjoint (carry->flow, node, inputs, output, input,
                                 error))
    return false;

  double *shares = shares_for (carry, node->inputs[0]);

  for (int64_t i = 0; i < sac_shape_size (before); i++)
    shares[i] += sac_tensor_f32 (input)[i];
  return true;
}

static bool
gather_window (Carry *carry, const SacNode *node, GError **error)
{
  SacTokenWindow window;

  if (!sac_token_window_read (carry->flow, node, &window))
    return refuse (node, "", error);
  /* One place out for each place in merges nothing: each stays where it is. */
  for (int i = 0; i < 2; i++) {
    if (window.stride[i] != 1 || window.in[i] != window.out[i])
      continue;
    window.kernel[i] = 1;
    window.pad[i] = 0;
  }
  if (window.kernel[0] < window.stride[0] ||
      window.kernel[1] < window.stride[1])
    return refuse (node, ": it leaves places out", error);
  sac_token_window_spread (&window, shares_of (carry, node->outputs[0]),
                           shares_for (carry, node->inputs[0]));
  return true;
}

static bool
carry_node (Carry *carry, const SacNode *node, GError **error)
{
  SacLinear linear;

  if (sac_node_is_positionwise (node))
    return pass_on (carry, node, error);
  if (sac_node_is_layout (node) || sac_node_is_any (node, regroupers))
    return move (carry, node, error);
  if (sac_node_is_any (node, samplers))
    return sample_back (carry, node, error);
  if (sac_node_is_any (node, windows))
    return gather_window (carry, node, error);
  if (sac_axis_linear (carry->flow, node, &linear) &&
      !sac_node_is (node, "ConvTranspose"))
    return spread_features (carry, node, &linear, error);
  return refuse (node, "", error);
}

static bool
has_shares (Carry *carry, const SacNode *node)
{
  for (size_t i = 0; i < node->output_count; i++) {
    if (node->outputs[i] >= 0 && shares_of (carry, node->outputs[i]) != NULL)
      return true;
  }
  return false;
}

/* From `value` back to `target`, which dominates it. */
static bool
carry_back (Carry *carry, int value, int target, GError **error)
{
  const SacGraph *graph = sac_flow_get_graph (carry->flow);

  for (int n = graph->values[value].producer;
       n > graph->values[target].producer; n--) {
    const SacNode *node = &graph->nodes[n];

    if (!has_shares (carry, node))
      continue;
    if (!carry_node (carry, node, error))
      return false;
    for (size_t i = 0; i < node->output_count; i++)
      g_hash_table_remove (carry->shares,
                           GINT_TO_POINTER (node->outputs[i] + 1));
  }
  return true;
}

static double *
take_shares (Carry *carry, int value)
{
  double *shares = shares_for (carry, value);

  g_hash_table_steal (carry->shares, GINT_TO_POINTER (value + 1));
  g_hash_table_remove_all (carry->shares);
  return shares;
}

/* Shares of the elements of `target`, which dominates the place, where its
 * token t has row[t].  Returns: a new array. */
static double *
carry_to (const SacFlow *flow,
          const SacTokenPlace *place,
          const double *row,
          int target,
          GError **error)
{
  g_autoptr (GHashTable) table =
    g_hash_table_new_full (NULL, NULL, NULL, g_free);
  Carry carry = {.flow = flow, .shares = table};
  double *start = shares_for (&carry, place->value);
  int64_t features = 0;

  for (int64_t i = 0; i < place->elements; i++)
    features += place->tokens[i] == 0;
  for (int64_t i = 0; i < place->elements; i++) {
    if (place->tokens[i] >= 0)
      start[i] = row[place->tokens[i]] / features;
  }
  return carry_back (&carry, place->value, target, error)
           ? take_shares (&carry, target)
           : NULL;
}

/* Of shares of tokens' numbers (from 1) to the powers 0, 1 and 2: the one token
 * that they are of; -1: of none, -2: of several. */
static int
one_token (const double *moments, int64_t size, int64_t at)
{
  double weight = moments[at];
  double mean = moments[size + at] / weight;
  double spread = moments[2 * size + at] / weight - mean * mean;

  if (weight <= 0)
    return -1;
  return fabs (spread) < 0.01 + 1e-9 * mean * mean ? (int)llround (mean) - 1
                                                   : -2;
}

/* Which token of the place was made of each element of `target`, -1: none.
 * Errors: UNDEFINED (several were).  Returns: a new array. */
static int *
find_tokens (const SacFlow *flow,
             int target,
             const SacTokenPlace *place,
             GError **error)
{
  int64_t size = sac_shape_size (sac_flow_shape (flow, target));
  g_autofree double *row = g_new (double, place->count);
  g_autofree double *moments = g_new (double, 3 * size);
  g_autofree int *tokens = g_new (int, size);

  for (int m = 0; m < 3 && target != place->value; m++) {
    for (int64_t t = 0; t < place->count; t++)
      row[t] = pow (t + 1, m);

    g_autofree double *shares = carry_to (flow, place, row, target, error);

    if (shares == NULL)
      return NULL;
    memcpy (moments + m * size, shares, size * sizeof *shares);
  }
  for (int64_t i = 0; i < size; i++) {
    tokens[i] =
      target == place->value ? place->tokens[i] : one_token (moments, size, i);
    if (tokens[i] == -2) {
      g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                           "their tokens are made of several places that are "
                           "themselves of other tokens");
      return NULL;
    }
  }
  return g_steal_pointer (&tokens);
}

/* One step along shortcuts; -1 at a graph input, or where several values are
 * put together that are not made of one. */
static int
step_up (const SacFlow *flow, int value)
{
  const SacNode *node = sac_flow_producer (flow, value);
  int only = -1;

  if (node == NULL || !sac_flow_depends (flow, value))
    return -1;
  if (sac_node_is_positionwise (node))
    return same_operand (flow, node);
  for (size_t i = 0; i < node->input_count; i++) {
    if (!sac_flow_depends (flow, node->inputs[i]))
      continue;
    if (only >= 0 && node->inputs[i] != only)
      return sac_flow_dominator (flow, value);
    only = node->inputs[i];
  }
  return only;
}

/* What both are made of.  Where a block between has asked another image,
 * nothing dominates the later one, and the first value on both ways along
 * shortcuts stands for it. */
static int
find_common (const SacFlow *flow, int later, int earlier)
{
  int common = sac_flow_meet (flow, later, earlier);

  if (common >= 0)
    return common;

  g_autoptr (GHashTable) way = g_hash_table_new (NULL, NULL);

  for (int value = earlier; value >= 0; value = step_up (flow, value))
    g_hash_table_add (way, GINT_TO_POINTER (value + 1));
  while (later >= 0 &&
         !g_hash_table_contains (way, GINT_TO_POINTER (later + 1)))
    later = step_up (flow, later);
  return later;
}

bool
sac_token_carry (const SacFlow *flow,
                 const SacTokenPlace *later,
                 const double *row,
                 const SacTokenPlace *earlier,
                 double *ret_row,
                 GError **error)
{
  int target = find_common (flow, later->value, earlier->value);

  if (target < 0) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                         "they have no tokens in common");
    return false;
  }

  g_autofree int *tokens = find_tokens (flow, target, earlier, error);
  g_autofree double *shares =
    tokens != NULL ? carry_to (flow, later, row, target, error) : NULL;

  if (shares == NULL)
    return false;
  memset (ret_row, 0, earlier->count * sizeof *ret_row);
  for (int64_t i = 0; i < sac_shape_size (sac_flow_shape (flow, target)); i++) {
    if (tokens[i] >= 0)
      ret_row[tokens[i]] += shares[i];
  }
  return true;
}

int
sac_token_carry_origin (const SacFlow *flow, int value)
{
  const SacGraph *graph = sac_flow_get_graph (flow);
  int up = step_up (flow, value);

  while (up >= 0) {
    value = up;
    up = step_up (flow, value);
  }
  for (size_t i = 0; i < graph->input_count; i++) {
    if (graph->inputs[i] == value)
      return (int)i;
  }
  return -1;
}
