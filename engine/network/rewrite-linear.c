/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Products with constant weights take in the bias, the function, the scale and
 * the sum that follow them. */
#include "network/ops/linear.h"
#include "network/rewrite-blocked.h"
#include "network/rewrite-sums.h"

#include <math.h>

typedef struct {
  SacBlocking *blocking;
  SacBlockingChain chain;
  SacTensor *weights;
  bool turned; /* weights are columns x depth */
  SacLinear linear;
  int x, residual;
} Match;

static const SacPlan *
get_plan (const Match *match)
{
  return match->blocking->plan;
}

static const SacNode *
node_at (const Match *match, int index)
{
  return &get_plan (match)->graph->nodes[index];
}

static const SacShape *
shape_of (const Match *match, int value)
{
  return &get_plan (match)->infos[value].shape;
}

/* A constant that is one number a column: its copy, or NULL. */
static float *
copy_columns (const Match *match, int value)
{
  if (value < 0)
    return NULL;

  const SacShape *shape = shape_of (match, value);
  int64_t columns = (int64_t)match->linear.columns;

  if (shape->rank < 1 || shape->dims[shape->rank - 1] != columns ||
      shape->rank > match->linear.shape.rank)
    return NULL;
  return sac_blocking_copy_constant (match->blocking, value, (size_t)columns);
}

/* x and W, and their sizes. */
static bool
read_operands (Match *match, const SacNode *node)
{
  const SacValueInfo *x = &get_plan (match)->infos[node->inputs[0]];
  const SacValueInfo *w = &get_plan (match)->infos[node->inputs[1]];
  SacLinear *linear = &match->linear;

  if (x->type != SAC_TYPE_FLOAT || w->type != SAC_TYPE_FLOAT ||
      x->constant != NULL || w->constant == NULL || w->shape.rank != 2 ||
      x->shape.rank < 2 || sac_shape_size (&x->shape) == 0 ||
      sac_shape_size (&w->shape) == 0)
    return false;
  match->x = node->inputs[0];
  match->weights = (SacTensor *)w->constant;
  linear->shape = *shape_of (match, node->outputs[0]);
  linear->depth = (size_t)x->shape.dims[x->shape.rank - 1];
  linear->columns = (size_t)linear->shape.dims[linear->shape.rank - 1];
  linear->rows = (size_t)sac_shape_size (&x->shape) / linear->depth;
  return linear->shape.rank == x->shape.rank;
}

static bool
begin (Match *match, int index)
{
  const SacRewrite *rewrite = match->blocking->rewrite;
  const SacNode *node = node_at (match, index);

  if (sac_rewrite_is (rewrite, index, "MatMul"))
    return read_operands (match, node) &&
           sac_blocking_go_on (&match->chain, index, node->outputs[0]);
  if (!sac_rewrite_is (rewrite, index, "Gemm") ||
      fabsf (sac_rewrite_number (node, "alpha", 1) - 1) > 0 ||
      fabsf (sac_rewrite_number (node, "beta", 1) - 1) > 0 ||
      sac_rewrite_int (node, "transA", 0) != 0 || !read_operands (match, node))
    return false;
  match->turned = sac_rewrite_int (node, "transB", 0) != 0;
  if (node->input_count > 2 && node->inputs[2] >= 0) {
    match->linear.bias = copy_columns (match, node->inputs[2]);
    if (match->linear.bias == NULL)
      return false;
  }
  return sac_blocking_go_on (&match->chain, index, node->outputs[0]);
}

/* The one reader of the chain's value, if it is of that op and has it as one
 * of two inputs; ret_other: the other. */
static int
get_reader (const Match *match, const char *op_type, int *ret_other)
{
  int value = match->chain.value;
  int reader = sac_rewrite_only_reader (match->blocking->rewrite, value);

  if (reader < 0 || match->blocking->taken[reader] ||
      !sac_rewrite_is (match->blocking->rewrite, reader, op_type))
    return -1;

  const SacNode *node = node_at (match, reader);

  if (node->input_count != 2 || node->inputs[0] == node->inputs[1])
    return -1;
  *ret_other = node->inputs[0] == value ? node->inputs[1] : node->inputs[0];
  return sac_shape_equal (shape_of (match, node->outputs[0]),
                          &match->linear.shape)
           ? reader
           : -1;
}

static const float *
take_columns (Match *match, const char *op_type)
{
  int other;
  int reader = get_reader (match, op_type, &other);
  const float *numbers = reader >= 0 ? copy_columns (match, other) : NULL;

  if (numbers != NULL &&
      sac_blocking_go_on (&match->chain, reader,
                          node_at (match, reader)->outputs[0]))
    return numbers;
  return NULL;
}

static void
take_residual (Match *match)
{
  int other;
  int reader = get_reader (match, "Add", &other);

  if (reader < 0 || get_plan (match)->infos[other].constant != NULL ||
      get_plan (match)->infos[other].type != SAC_TYPE_FLOAT ||
      !sac_shape_equal (shape_of (match, other), &match->linear.shape) ||
      !sac_blocking_go_on (&match->chain, reader,
                           node_at (match, reader)->outputs[0]))
    return;
  match->linear.residual = true;
  match->residual = other;
}

static void
take_tail (Match *match)
{
  SacLinear *linear = &match->linear;

  if (linear->bias == NULL)
    linear->bias = take_columns (match, "Add");
  /* Functions go over whole blocks. */
  if (linear->columns % SAC_BLOCK == 0) {
    sac_blocking_end_chain (match->blocking, &match->chain,
                            &linear->activation);
    if (linear->activation.function == SAC_FUNCTION_NONE)
      sac_blocking_match_gelu (match->blocking, &match->chain,
                               &linear->activation);
  }
  if (linear->activation.function != SAC_FUNCTION_NONE)
    return;
  linear->scale = take_columns (match, "Mul");
  take_residual (match);
}

static SacPackSpec
describe_pack (const Match *match, bool reversed)
{
  const SacLinear *linear = &match->linear;

  return (SacPackSpec){
    .weights = match->weights,
    .algorithm = SAC_CONV_POINTWISE,
    .shape =
      sac_conv_shape_pointwise (1, 1, 1,
                                reversed ? linear->columns : linear->depth,
                                reversed ? linear->depth : linear->columns),
    .reversed = reversed == match->turned,
    .step_y = 1,
    .step_x = 1,
  };
}

static SacPack *
find_pack (const Match *match, const SacPackSpec *spec)
{
  return sac_packs_find (sac_network_get_packs (get_plan (match)->network),
                         spec);
}

static void
find_packs (Match *match)
{
  SacLinear *linear = &match->linear;
  SacPackSpec spec = describe_pack (match, false);
  SacPackSpec reversed = describe_pack (match, true);

  linear->pack = find_pack (match, &spec);
  linear->reversed = find_pack (match, &reversed);
  linear->run = sac_rewrite_count_run (get_plan (match), match->x);
  if (linear->run == 0)
    return;
  spec.sums = linear->run;
  spec.whole = linear->pack;
  spec.shape.channels /= linear->run;
  linear->sums = find_pack (match, &spec);
}

static void
replace (Match *match)
{
  SacPlan *plan = match->blocking->plan;
  size_t last = (size_t)match->chain.nodes[match->chain.node_count - 1];
  SacLinear *linear = sac_store_alloc (plan->store, sizeof *linear);
  int inputs[] = {match->x, match->residual};

  find_packs (match);
  *linear = match->linear;

  SacNode node =
    sac_rewrite_node (plan, last,
                      &(SacRewriteOp){
                        .op = &sac_op_linear,
                        .attribute =
                          sac_blocked_attribute (linear, sizeof *linear),
                        .inputs = inputs,
                        .input_count = linear->residual ? 2 : 1,
                      });

  if (!sac_rewrite_replace (plan, last, &node, NULL))
    return;
  for (size_t i = 0; i < match->chain.node_count; i++)
    match->blocking->taken[match->chain.nodes[i]] = true;
}

void
sac_rewrite_linear (SacPlan *plan)
{
  g_autoptr (SacRewrite) rewrite = sac_rewrite_new (plan);
  size_t count = plan->graph->node_count;
  g_autofree bool *taken = g_new0 (bool, count + 1);
  SacBlocking blocking = {.plan = plan, .rewrite = rewrite, .taken = taken};

  /* The later of two products takes their sum, so the last come first. */
  for (size_t i = count; i > 0; i--) {
    Match match = {.blocking = &blocking, .residual = -1};

    if (!taken[i - 1] && begin (&match, (int)i - 1)) {
      take_tail (&match);
      replace (&match);
    }
  }
}
