/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Gradient of an attention, the probabilities computed once more tile by tile:
 *
 *   dV += A' dcontext        dA = dcontext V'
 *   dS = A (dA - sum over keys of A dA)
 *   back through the steps, then  dQ += dS K,  dK += Q' dS
 *
 * A slot does whole heads, tile after tile, so every sum has one order.  Heads
 * that share a matrix with a gradient are done one after the other.  A
 * reduction of A and dA is made on the way where all heads fit beside each
 * other. */
#include "compute/product.h"
#include "compute/scratch.h"
#include "network/ops/attention-tile.h"
#include "network/ops/softmax-row.h"

#include <string.h>

/* Rows of a tile for which operands are packed once a head. */
#define PACKED_ROWS_MIN 4

typedef struct {
  SacAttentionSource source;
  const SacTensor *context_gradient;
  SacTensor *const *input_gradients;
  float *workspace;
  int64_t slots;
  int shared;  /* the reduction that is made on the way, or -1 */
  float *made; /* what each head gives it: [batch][tile] */
} Work;

static SacMatrix
turn (SacMatrix matrix)
{
  return (SacMatrix){matrix.data, matrix.column, matrix.row};
}

static void
add_value_gradient (const Work *work,
                    const SacAttentionTile *tile,
                    float *weights)
{
  const SacAttentionPlan *plan = work->source.plan;
  int64_t step = sac_attention_whole_step (plan);

  sac_attention_multiply (
    &(SacMatrixProduct){
      .a = {weights, 1, step},
      .b = sac_attention_matrix (&plan->context, work->context_gradient,
                                 tile->batch, tile->first),
      .c = sac_attention_matrix (&plan->value, work->input_gradients[2],
                                 tile->batch, 0),
      .m = (size_t)plan->of.keys,
      .n = (size_t)plan->of.width,
      .k = (size_t)tile->count,
      .add = true,
    },
    work->source.job);
}

static void
add_query_gradient (const Work *work,
                    const SacAttentionTile *tile,
                    const SacAttentionPacked *packed,
                    float *gradient)
{
  const SacAttentionPlan *plan = work->source.plan;
  SacMatrixProduct product = {
    .a = {gradient, sac_attention_whole_step (plan), 1},
    .b = turn (sac_attention_matrix (&plan->key, work->source.inputs[1],
                                     tile->batch, 0)),
    .c = sac_attention_matrix (&plan->query, work->input_gradients[0],
                               tile->batch, tile->first),
    .m = (size_t)tile->count,
    .n = (size_t)plan->of.depth,
    .k = (size_t)plan->of.keys,
    .add = true,
  };

  if (packed != NULL && (product.c.column == 1 || product.n == 1))
    sac_matrix_multiply_packed (&product, packed->rows);
  else
    sac_attention_multiply (&product, work->source.job);
}

static void
add_key_gradient (const Work *work,
                  const SacAttentionTile *tile,
                  float *gradient)
{
  const SacAttentionPlan *plan = work->source.plan;

  sac_attention_multiply (
    &(SacMatrixProduct){
      .a = turn (sac_attention_matrix (&plan->query, work->source.inputs[0],
                                       tile->batch, tile->first)),
      .b = {gradient, sac_attention_whole_step (plan), 1},
      .c = sac_attention_matrix (&plan->key, work->input_gradients[1],
                                 tile->batch, 0),
      .m = (size_t)plan->of.depth,
      .n = (size_t)plan->of.keys,
      .k = (size_t)tile->count,
      .add = true,
    },
    work->source.job);
}

/* Whether any gradient is wanted that goes through the softmax. */
static bool
needs_scores (const Work *work)
{
  const SacFusedAttention *of = &work->source.plan->of;

  for (int i = 0; i < of->step_count; i++) {
    if (of->steps[i].kind == SAC_SCORE_ADD &&
        work->input_gradients[of->steps[i].input] != NULL)
      return true;
  }
  return work->input_gradients[0] != NULL || work->input_gradients[1] != NULL;
}

/* A guarded row is a constant: nothing goes back through it. */
static void
reverse_softmax (const SacAttentionPlan *plan,
                 const SacAttentionTile *tile,
                 const float *weights,
                 float *gradient)
{
  int64_t keys = plan->of.keys, step = sac_attention_whole_step (plan);

  for (int64_t i = 0; i < tile->count; i++) {
    const float *row = weights + i * step;

    if (!plan->of.guarded || row[0] == row[0])
      sac_softmax_row_gradient_in_place (row, gradient + i * step, keys);
  }
}

static const SacAttentionReduction *
get_reduction (const Work *work, int probe)
{
  const SacFusedAttention *of = &work->source.plan->of;

  return &of->reductions[of->output_reductions + probe];
}

static void
make_head (const Work *work,
           const SacAttentionTile *tile,
           const float *weights,
           const float *gradient)
{
  const SacAttentionPlan *plan = work->source.plan;
  int64_t keys = plan->of.keys, step = sac_attention_whole_step (plan);
  float *made = work->made + tile->batch * sac_attention_tile_size (plan);

  for (int64_t i = 0; i < tile->count; i++)
    memcpy (made + i * keys, weights + i * step, (size_t)keys * sizeof *made);
  sac_attention_finish (plan, tile, keys, made);
  for (int64_t i = 0; i < tile->count; i++)
    sac_attention_combine (get_reduction (work, work->shared)->use, keys,
                           gradient + i * step, made + i * keys);
}

/* weights and gradient: room for a tile each. */
static void
differentiate_tile (const Work *work,
                    const SacAttentionTile *tile,
                    const SacAttentionPacked *packed,
                    float *weights,
                    float *gradient)
{
  const SacAttentionPlan *plan = work->source.plan;
  int64_t step = sac_attention_whole_step (plan);

  sac_attention_probabilities (&work->source, tile, packed, step, weights);
  if (needs_scores (work)) {
    sac_attention_weight_gradient (&work->source, tile, work->context_gradient,
                                   packed, step, weights, gradient);
    if (work->shared >= 0)
      make_head (work, tile, weights, gradient);
    reverse_softmax (plan, tile, weights, gradient);
    sac_attention_reverse_steps (&work->source, tile, work->input_gradients,
                                 step, gradient);
    if (work->input_gradients[0] != NULL)
      add_query_gradient (work, tile, packed, gradient);
    if (work->input_gradients[1] != NULL)
      add_key_gradient (work, tile, gradient);
  }
  if (work->input_gradients[2] != NULL) {
    sac_attention_finish (plan, tile, step, weights);
    add_value_gradient (work, tile, weights);
  }
}

static SacAttentionPacked
pack_head (const Work *work, int64_t batch)
{
  const SacAttentionPlan *plan = work->source.plan;
  size_t keys = (size_t)plan->of.keys, depth = (size_t)plan->of.depth;
  size_t width = (size_t)plan->of.width;
  size_t key_count = sac_product_packed_count (depth, keys);
  size_t value_count = sac_product_packed_count (width, keys);
  SacMatrix key =
    sac_attention_matrix (&plan->key, work->source.inputs[1], batch, 0);
  SacMatrix value =
    sac_attention_matrix (&plan->value, work->source.inputs[2], batch, 0);
  float *room = sac_scratch_outer (key_count + value_count +
                                   sac_product_packed_count (keys, depth));
  SacAttentionPacked packed = {room, room + key_count,
                               room + key_count + value_count};

  sac_product_pack (packed.keys, key.data, depth, keys, key.row, key.column);
  sac_product_pack (packed.values, value.data, width, keys, value.column,
                    value.row);
  sac_product_pack (packed.rows, key.data, keys, depth, key.column, key.row);
  return packed;
}

/* Products of a slot alone take the whole pool, and few rows are not worth the
 * packing. */
static bool
can_pack (const Work *work)
{
  return work->slots > 1 && needs_scores (work) &&
         work->source.plan->tile_rows >= PACKED_ROWS_MIN;
}

static void
run_slot (size_t slot, void *data)
{
  const Work *work = data;
  const SacAttentionPlan *plan = work->source.plan;
  int64_t size = sac_attention_tile_size (plan);
  float *weights = work->workspace + 2 * (int64_t)slot * size;
  bool packs = can_pack (work);

  for (int64_t b = (int64_t)slot; b < plan->of.batch; b += work->slots) {
    SacAttentionPacked packed = {0};

    if (packs)
      packed = pack_head (work, b);
    for (int64_t t = 0; t < plan->tile_count; t++) {
      SacAttentionTile tile = sac_attention_tile (plan, b, t);

      if (work->source.job != NULL && sac_job_is_cancelled (work->source.job))
        return;
      differentiate_tile (work, &tile, packs ? &packed : NULL, weights,
                          weights + size);
    }
  }
}

/* Two inputs may be one value, which each of them cuts into heads its own way.
 */
static bool
is_given_twice (const Work *work, size_t input)
{
  for (size_t i = 0; i < input; i++) {
    if (work->input_gradients[i] != NULL &&
        work->input_gradients[i]->data == work->input_gradients[input]->data)
      return true;
  }
  return false;
}

static bool
is_shared (const Work *work, size_t input, bool by_heads)
{
  bool apart = input < 3 && work->source.plan->of.apart;

  return work->input_gradients[input] != NULL &&
         (by_heads || (!apart && is_given_twice (work, input)));
}

static bool
shares_a_gradient (const Work *work)
{
  const SacAttentionPlan *plan = work->source.plan;
  const SacFusedAttention *of = &plan->of;
  bool shared = is_shared (work, 0, plan->query.shared) ||
                is_shared (work, 1, plan->key.shared) ||
                is_shared (work, 2, plan->value.shared);

  for (int i = 0; i < of->step_count; i++) {
    if (of->steps[i].kind == SAC_SCORE_ADD)
      shared = shared || is_shared (work, (size_t)of->steps[i].input,
                                    plan->operands[i].shared);
  }
  return shared;
}

static SacTensor *
get_target (const Work *work, int probe)
{
  return work->input_gradients[work->source.plan->of.probe_start + probe];
}

/* The first of all queries that is wanted where each slot does one head of one
 * tile, so that all of them have room; -1: none. */
static int
find_shared (const Work *work)
{
  const SacAttentionPlan *plan = work->source.plan;

  if (!needs_scores (work) || plan->tile_count > 1 ||
      plan->of.batch > SAC_ATTENTION_SLOTS || work->slots < plan->of.batch)
    return -1;
  for (int i = 0; i < plan->of.probe_reductions; i++) {
    if (get_target (work, i) != NULL &&
        get_reduction (work, i)->query == SAC_REDUCE_ALL_QUERIES &&
        get_reduction (work, i)->heads != SAC_REDUCE_HEADS_ONE)
      return i;
  }
  return -1;
}

static void
run_reductions (const Work *work)
{
  const SacFusedAttention *of = &work->source.plan->of;

  for (int i = 0; i < of->probe_reductions; i++) {
    if (get_target (work, i) != NULL && i != work->shared)
      sac_attention_reduce (&work->source, work->context_gradient,
                            get_reduction (work, i), get_target (work, i),
                            work->workspace);
  }
}

void
sac_attention_gradient (const SacGradientCall *call)
{
  const SacAttentionPlan *plan = call->params;
  int64_t size = sac_attention_tile_size (plan);
  Work work = {
    .source = {plan, call->inputs, call->job},
    .context_gradient = call->output_gradients[0],
    .input_gradients = call->input_gradients,
    .workspace = call->workspace,
  };

  if (work.context_gradient == NULL)
    return;
  work.slots =
    shares_a_gradient (&work) ? 1 : MIN (plan->of.batch, SAC_ATTENTION_SLOTS);
  work.shared = find_shared (&work);
  work.made = work.workspace + 2 * SAC_ATTENTION_SLOTS * size;
  run_reductions (&work);
  if (!needs_scores (&work) && call->input_gradients[2] == NULL)
    return;
  sac_attention_run_slots (work.slots, run_slot, &work);
  if (work.shared >= 0)
    sac_attention_reduce_made (&work.source, get_reduction (&work, work.shared),
                               work.made, get_target (&work, work.shared));
}
