/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/token-share.h"

#include "base/error.h"
#include "explain/layout-trace.h"
#include "explain/token-window.h"
#include "network/escape.h"

#include <math.h>

static const char *const regroupers[] = {"DepthToSpace", "SpaceToDepth", NULL};
static const char *const samplers[] = {"AveragePool", "Resize", "Upsample",
                                       NULL};
static const char *const windows[] = {"Conv", "LpPool", "MaxPool", NULL};

static bool
refuse (const SacNode *node, const char *why, GError **error)
{
  g_autofree char *name = sac_escape_short (node->label);

  g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
               "tokens cannot be followed through %s (%s)%s", name,
               node->op_type, sac_sentence (why));
  return false;
}

double *
sac_token_share_of (SacTokenShares *carry, int value)
{
  return g_hash_table_lookup (carry->shares, GINT_TO_POINTER (value + 1));
}

double *
sac_token_share_for (SacTokenShares *carry, int value)
{
  double *shares = sac_token_share_of (carry, value);

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

int
sac_token_share_shortcut (const SacFlow *flow, const SacNode *node)
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
pass_on (SacTokenShares *carry, const SacNode *node, GError **error)
{
  int from = sac_token_share_shortcut (carry->flow, node);

  if (from < 0)
    return refuse (node, "", error);

  gpointer key = GINT_TO_POINTER (node->outputs[0] + 1);
  double *made = g_hash_table_lookup (carry->shares, key);
  double *shares = sac_token_share_of (carry, from);
  int64_t count = sac_shape_size (sac_flow_shape (carry->flow, from));

  if (shares == NULL && !carry->keeps) {
    g_hash_table_steal (carry->shares, key);
    g_hash_table_insert (carry->shares, GINT_TO_POINTER (from + 1), made);
    return true;
  }
  shares = sac_token_share_for (carry, from);
  for (int64_t i = 0; i < count; i++)
    shares[i] += made[i];
  return true;
}

/* Gives the share of each element of an output to the operand's element of
 * that number. */
static void
give_back (SacTokenShares *carry,
           const SacNode *node,
           const SacTensor *numbers,
           const double *made)
{
  int64_t count = sac_tensor_get_count (numbers);
  g_autofree int64_t *starts = sac_layout_trace_starts (carry->flow, node);
  g_autofree double **shares = g_new0 (double *, node->input_count);

  for (int64_t e = 0; e < count; e++) {
    size_t operand = 0;
    int64_t at =
      made[e] == 0
        ? -1
        : sac_layout_trace_find (starts, node, sac_tensor_f32 (numbers)[e],
                                 &operand);

    if (at < 0)
      continue;
    if (shares[operand] == NULL)
      shares[operand] = sac_token_share_for (carry, node->inputs[operand]);
    shares[operand][at] += made[e];
  }
}

GHashTable *
sac_token_moves_new (void)
{
  return g_hash_table_new_full (NULL, NULL, NULL,
                                (GDestroyNotify)g_ptr_array_unref);
}

/* The numbers of what a node's outputs are (layout-trace.h).  Returns: a new
 * reference; NULL where it does not only move elements. */
static GPtrArray *
get_numbers (SacTokenShares *carry, const SacNode *node)
{
  GPtrArray *known =
    carry->moves != NULL ? g_hash_table_lookup (carry->moves, node) : NULL;

  if (known != NULL)
    return g_ptr_array_ref (known);

  g_autoptr (GPtrArray) numbers =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_tensor_unref);

  g_ptr_array_set_size (numbers, (int)node->output_count);
  if (!sac_layout_trace_numbers (carry->flow, node,
                                 (SacTensor **)numbers->pdata, NULL))
    return NULL;
  if (carry->moves != NULL)
    g_hash_table_insert (carry->moves, (gpointer)node,
                         g_ptr_array_ref (numbers));
  return g_steal_pointer (&numbers);
}

static bool
move (SacTokenShares *carry, const SacNode *node, GError **error)
{
  g_autoptr (GPtrArray) numbers = get_numbers (carry, node);

  if (numbers == NULL)
    return refuse (node, "", error);
  for (size_t i = 0; i < node->output_count; i++) {
    const double *made = node->outputs[i] >= 0
                           ? sac_token_share_of (carry, node->outputs[i])
                           : NULL;

    if (made != NULL)
      give_back (carry, node, numbers->pdata[i], made);
  }
  return true;
}

/* A product with constant weights: what the features of a token had is spread
 * evenly over the features that they were made of. */
static bool
spread_features (SacTokenShares *carry,
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

  const double *made = sac_token_share_of (carry, node->outputs[0]);
  double *shares = sac_token_share_for (carry, linear->data);
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
sample_back (SacTokenShares *carry, const SacNode *node, GError **error)
{
  g_autofree const SacTensor **inputs =
    g_new0 (const SacTensor *, node->input_count);
  const double *made = sac_token_share_of (carry, node->outputs[0]);
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

  double *shares = sac_token_share_for (carry, node->inputs[0]);

  for (int64_t i = 0; i < sac_shape_size (before); i++)
    shares[i] += sac_tensor_f32 (input)[i];
  return true;
}

static bool
gather_window (SacTokenShares *carry, const SacNode *node, GError **error)
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
  if (carry->whole && (window.stride[0] > 1 || window.stride[1] > 1))
    return refuse (node, ": other tokens lie beside those that it makes",
                   error);
  if (window.kernel[0] < window.stride[0] ||
      window.kernel[1] < window.stride[1])
    return refuse (node, ": it leaves places out", error);
  sac_token_window_spread (&window,
                           sac_token_share_of (carry, node->outputs[0]),
                           sac_token_share_for (carry, node->inputs[0]));
  return true;
}

bool
sac_token_share_back (SacTokenShares *carry,
                      const SacNode *node,
                      GError **error)
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

bool
sac_token_share_any (SacTokenShares *carry, const SacNode *node)
{
  for (size_t i = 0; i < node->output_count; i++) {
    if (node->outputs[i] >= 0 &&
        sac_token_share_of (carry, node->outputs[i]) != NULL)
      return true;
  }
  return false;
}

void
sac_token_share_fill (SacTokenShares *carry,
                      const SacTokenPlace *place,
                      const double *row)
{
  double *start = sac_token_share_for (carry, place->value);
  g_autofree double *parts = g_new (double, place->count);
  int64_t features = 0;

  for (int64_t i = 0; i < place->elements; i++)
    features += place->tokens[i] == 0;
  for (int64_t i = 0; i < place->count; i++)
    parts[i] = row[i] / features;
  for (int64_t i = 0; i < place->elements; i++) {
    if (place->tokens[i] >= 0)
      start[i] = parts[place->tokens[i]];
  }
}

int
sac_token_share_one (const double *moments, int64_t size, int64_t at)
{
  double weight = moments[at];
  double mean = moments[size + at] / weight;
  double spread = moments[2 * size + at] / weight - mean * mean;

  if (weight <= 0)
    return -1;
  return fabs (spread) < 0.01 + 1e-9 * mean * mean ? (int)llround (mean) - 1
                                                   : -2;
}
