/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Layer normalisation with known scale and bias: as the op, or in the parts
 * that exporters made of it before there was one, which also serve for the
 * channels of images. */
#include "network/ops/row-norm.h"
#include "network/rewrite-blocked.h"

#include <math.h>

typedef struct {
  const SacBlocking *blocking;
  SacBlockingChain chain;
  SacBlockingLayerNorm norm;
  int x;
} Walk;

static const SacNode *
node_at (const Walk *walk, int index)
{
  return &walk->blocking->plan->graph->nodes[index];
}

static const SacShape *
shape_of (const Walk *walk, int value)
{
  return &walk->blocking->plan->infos[value].shape;
}

static bool
is_float (const Walk *walk, int value)
{
  return value >= 0 &&
         walk->blocking->plan->infos[value].type == SAC_TYPE_FLOAT &&
         walk->blocking->plan->infos[value].constant == NULL;
}

/* A constant of one number a column, and as many axes as it takes to lie along
 * the normalised one. */
static float *
copy_columns (const Walk *walk, int value)
{
  const SacShape *shape = value >= 0 ? shape_of (walk, value) : NULL;
  int rank = shape_of (walk, walk->x)->rank;

  if (shape == NULL || shape->rank > rank)
    return NULL;

  int axis = walk->norm.axis - (rank - shape->rank);

  if (axis < 0 || shape->dims[axis] != (int64_t)walk->norm.columns)
    return NULL;
  return sac_blocking_copy_constant (walk->blocking, value, walk->norm.columns);
}

static bool
add (Walk *walk, int node)
{
  return !walk->blocking->taken[node] &&
         sac_blocking_go_on (&walk->chain, node,
                             node_at (walk, node)->outputs[0]);
}

/* To the one reader of the chain's value, of that op. */
static bool
step (Walk *walk, const char *op_type)
{
  int reader =
    sac_rewrite_only_reader (walk->blocking->rewrite, walk->chain.value);

  return reader >= 0 &&
         sac_rewrite_is (walk->blocking->rewrite, reader, op_type) &&
         add (walk, reader);
}

/* The operand of the chain's last node that is not the value. */
static int
get_other (const Walk *walk, int value)
{
  const SacNode *node =
    node_at (walk, walk->chain.nodes[walk->chain.node_count - 1]);

  return node->inputs[0] == value ? node->inputs[1] : node->inputs[0];
}

static float *
step_columns (Walk *walk, const char *op_type)
{
  SacBlockingChain before = walk->chain;
  float *numbers = NULL;

  if (step (walk, op_type))
    numbers = copy_columns (walk, get_other (walk, before.value));
  if (numbers == NULL)
    walk->chain = before;
  return numbers;
}

/* The mean of x along one axis, which stays with size 1: an axis that has that
 * size before is as good as any. */
static bool
start_with_mean (Walk *walk, int index)
{
  const SacNode *node = node_at (walk, index);
  const SacRewrite *rewrite = walk->blocking->rewrite;

  if (!sac_rewrite_is (rewrite, index, "ReduceMean") ||
      !is_float (walk, node->inputs[0]))
    return false;

  const SacShape *in = shape_of (walk, node->inputs[0]);
  const SacShape *out = shape_of (walk, node->outputs[0]);
  int axis = -1;

  for (int i = 0; i < in->rank && out->rank == in->rank; i++) {
    if (in->dims[i] == out->dims[i])
      continue;
    if (axis >= 0 || out->dims[i] != 1)
      return false;
    axis = i;
  }
  if (axis < 0 || sac_shape_size (in) == 0)
    return false;
  walk->x = node->inputs[0];
  walk->norm.axis = axis;
  walk->norm.columns = (size_t)in->dims[axis];
  return add (walk, index);
}

/* x - mean, in one node or two: the distance that is squared and the one that
 * is divided. */
static bool
find_distances (Walk *walk, int *ret_squared, int *ret_divided)
{
  const SacRewrite *rewrite = walk->blocking->rewrite;
  int mean = walk->chain.value;
  size_t count = sac_rewrite_reader_count (rewrite, mean);
  const int *readers = rewrite->readers + rewrite->starts[mean];
  int distances[2];

  if (rewrite->pinned[mean] || count < 1 || count > 2)
    return false;
  for (size_t i = 0; i < count; i++) {
    const SacNode *node = node_at (walk, readers[i]);

    if (!sac_rewrite_is (rewrite, readers[i], "Sub") ||
        node->inputs[0] != walk->x || node->inputs[1] != mean ||
        !add (walk, readers[i]) || rewrite->pinned[node->outputs[0]])
      return false;
    distances[i] = node->outputs[0];
  }
  *ret_squared = distances[0];
  *ret_divided = distances[count - 1];
  return true;
}

/* Pow (d, 2) or Mul (d, d). */
static bool
is_square (const Walk *walk, int index, int distance)
{
  const SacNode *node = node_at (walk, index);
  const SacRewrite *rewrite = walk->blocking->rewrite;
  float power;

  if (sac_rewrite_is (rewrite, index, "Mul"))
    return node->inputs[0] == distance && node->inputs[1] == distance;
  return sac_rewrite_is (rewrite, index, "Pow") &&
         node->inputs[0] == distance &&
         sac_blocking_get_scalar (walk->blocking, node->inputs[1], &power) &&
         fabsf (power - 2) <= 0;
}

/* sqrt (mean (d^2) + epsilon), from the node that squares on. */
static bool
walk_deviation (Walk *walk, int square)
{
  int mean = node_at (walk, walk->chain.nodes[0])->outputs[0];

  if (!add (walk, square) || !step (walk, "ReduceMean") ||
      !sac_shape_equal (shape_of (walk, walk->chain.value),
                        shape_of (walk, mean)))
    return false;

  int variance = walk->chain.value;

  return step (walk, "Add") &&
         sac_blocking_get_scalar (walk->blocking, get_other (walk, variance),
                                  &walk->norm.epsilon) &&
         walk->norm.epsilon >= 0 && step (walk, "Sqrt");
}

/* The square is a reader of one distance, the quotient of the other or the
 * same. */
static bool
find_square (const Walk *walk,
             int squared,
             int divided,
             int *ret_square,
             int *ret_quotient)
{
  const SacRewrite *rewrite = walk->blocking->rewrite;
  int values[] = {squared, divided};
  size_t expected = squared == divided ? 2 : 1;

  *ret_square = *ret_quotient = -1;
  for (int i = 0; i < 2; i++) {
    const int *readers = rewrite->readers + rewrite->starts[values[i]];

    if (sac_rewrite_reader_count (rewrite, values[i]) != expected)
      return false;
    for (size_t k = 0; k < expected; k++) {
      if (is_square (walk, readers[k], values[i]))
        *ret_square = readers[k];
      else if (sac_rewrite_is (rewrite, readers[k], "Div") &&
               node_at (walk, readers[k])->inputs[0] == values[i])
        *ret_quotient = readers[k];
    }
  }
  return *ret_square >= 0 && *ret_quotient >= 0;
}

static bool
walk_parts (Walk *walk, int index)
{
  int squared, divided, square, quotient;

  if (!start_with_mean (walk, index) ||
      !find_distances (walk, &squared, &divided) ||
      !find_square (walk, squared, divided, &square, &quotient) ||
      !walk_deviation (walk, square))
    return false;

  int deviation = walk->chain.value;

  if (sac_rewrite_only_reader (walk->blocking->rewrite, deviation) !=
        quotient ||
      node_at (walk, quotient)->inputs[1] != deviation || !add (walk, quotient))
    return false;
  walk->norm.scale = step_columns (walk, "Mul");
  walk->norm.bias = step_columns (walk, "Add");
  return true;
}

/* Nobody wants the moments. */
static bool
has_one_output (const Walk *walk, const SacNode *node)
{
  const SacRewrite *rewrite = walk->blocking->rewrite;

  for (size_t i = 1; i < node->output_count; i++) {
    int value = node->outputs[i];

    if (value >= 0 && (rewrite->pinned[value] ||
                       sac_rewrite_reader_count (rewrite, value) > 0))
      return false;
  }
  return node->outputs[0] >= 0;
}

static bool
walk_op (Walk *walk, int index)
{
  const SacNode *node = node_at (walk, index);
  bool biased = node->input_count > 2 && node->inputs[2] >= 0;

  if (!sac_rewrite_is (walk->blocking->rewrite, index, "LayerNormalization") ||
      !is_float (walk, node->inputs[0]) || !has_one_output (walk, node))
    return false;

  const SacShape *shape = shape_of (walk, node->inputs[0]);
  int axis;

  if (!sac_shape_axis (shape, sac_rewrite_int (node, "axis", -1), &axis) ||
      axis != shape->rank - 1 || sac_shape_size (shape) == 0)
    return false;
  walk->x = node->inputs[0];
  walk->norm.axis = axis;
  walk->norm.columns = (size_t)shape->dims[axis];
  walk->norm.epsilon = sac_rewrite_number (node, "epsilon", 1e-5f);
  walk->norm.scale = copy_columns (walk, node->inputs[1]);
  if (biased)
    walk->norm.bias = copy_columns (walk, node->inputs[2]);
  return walk->norm.scale != NULL && (!biased || walk->norm.bias != NULL) &&
         add (walk, index);
}

bool
sac_blocking_match_layer_norm (const SacBlocking *blocking,
                               int node,
                               SacBlockingChain *chain,
                               SacBlockingLayerNorm *ret_norm)
{
  Walk op = {.blocking = blocking}, parts = op;
  Walk *found = walk_op (&op, node)         ? &op
                : walk_parts (&parts, node) ? &parts
                                            : NULL;

  if (found == NULL)
    return false;
  found->norm.x = found->x;
  *chain = found->chain;
  *ret_norm = found->norm;
  return true;
}

static void
replace (SacBlocking *blocking,
         const SacBlockingChain *chain,
         const SacBlockingLayerNorm *found)
{
  SacPlan *plan = blocking->plan;
  SacRowNorm *norm = sac_store_alloc (plan->store, sizeof *norm);
  size_t last = (size_t)chain->nodes[chain->node_count - 1];

  *norm = (SacRowNorm){
    .scale = found->scale,
    .bias = found->bias,
    .epsilon = found->epsilon,
    .columns = found->columns,
  };

  SacNode node =
    sac_rewrite_node (plan, last,
                      &(SacRewriteOp){
                        .op = &sac_op_row_norm,
                        .attribute = sac_blocked_attribute (norm, sizeof *norm),
                        .inputs = &found->x,
                        .input_count = 1,
                      });

  node.output_count = 1;
  if (!sac_rewrite_replace (plan, last, &node, NULL))
    return;
  for (size_t i = 0; i < chain->node_count; i++)
    blocking->taken[chain->nodes[i]] = true;
}

void
sac_rewrite_norm (SacPlan *plan)
{
  g_autoptr (SacRewrite) rewrite = sac_rewrite_new (plan);
  size_t count = plan->graph->node_count;
  g_autofree bool *taken = g_new0 (bool, count + 1);
  SacBlocking blocking = {.plan = plan, .rewrite = rewrite, .taken = taken};

  for (size_t i = 0; i < count; i++) {
    SacBlockingChain chain;
    SacBlockingLayerNorm norm;

    if (!taken[i] &&
        sac_blocking_match_layer_norm (&blocking, (int)i, &chain, &norm) &&
        norm.axis == plan->infos[norm.x].shape.rank - 1)
      replace (&blocking, &chain, &norm);
  }
}
