/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Gradient of an attention, the probabilities computed once more tile by tile:
 *
 *   dV += A' dcontext        dA = dcontext V'
 *   dS = A (dA - sum over keys of A dA)
 *   back through the steps, then  dQ += dS K,  dK += Q' dS
 *
 * A slot does whole heads, tile after tile, so every sum has one order.  Heads
 * that share a matrix with a gradient are done one after the other. */
#include "network/ops/attention-tile.h"
#include "network/ops/softmax-row.h"

typedef struct {
  SacAttentionSource source;
  const SacTensor *context_gradient;
  SacTensor *const *input_gradients;
  float *workspace;
  int64_t slots;
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

  sac_attention_multiply (
    &(SacMatrixProduct){
      .a = {weights, 1, plan->of.keys},
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
                    float *gradient)
{
  const SacAttentionPlan *plan = work->source.plan;

  sac_attention_multiply (
    &(SacMatrixProduct){
      .a = {gradient, plan->of.keys, 1},
      .b = turn (sac_attention_matrix (&plan->key, work->source.inputs[1],
                                       tile->batch, 0)),
      .c = sac_attention_matrix (&plan->query, work->input_gradients[0],
                                 tile->batch, tile->first),
      .m = (size_t)tile->count,
      .n = (size_t)plan->of.depth,
      .k = (size_t)plan->of.keys,
      .add = true,
    },
    work->source.job);
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
      .b = {gradient, plan->of.keys, 1},
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
  int64_t keys = plan->of.keys;

  for (int64_t i = 0; i < tile->count; i++) {
    const float *row = weights + i * keys;

    if (!plan->of.guarded || row[0] == row[0])
      sac_softmax_row_gradient_in_place (row, gradient + i * keys, keys);
  }
}

/* weights and gradient: room for a tile each. */
static void
differentiate_tile (const Work *work,
                    const SacAttentionTile *tile,
                    float *weights,
                    float *gradient)
{
  const SacAttentionPlan *plan = work->source.plan;

  sac_attention_probabilities (&work->source, tile, weights);
  if (needs_scores (work)) {
    sac_attention_weight_gradient (&work->source, tile, work->context_gradient,
                                   weights, gradient);
    reverse_softmax (plan, tile, weights, gradient);
    sac_attention_reverse_steps (&work->source, tile, work->input_gradients,
                                 gradient);
    if (work->input_gradients[0] != NULL)
      add_query_gradient (work, tile, gradient);
    if (work->input_gradients[1] != NULL)
      add_key_gradient (work, tile, gradient);
  }
  if (work->input_gradients[2] != NULL) {
    sac_attention_finish (plan, tile, plan->of.keys, weights);
    add_value_gradient (work, tile, weights);
  }
}

static void
run_slot (size_t slot, void *data)
{
  const Work *work = data;
  const SacAttentionPlan *plan = work->source.plan;
  int64_t size = sac_attention_tile_size (plan);
  float *weights = work->workspace + 2 * (int64_t)slot * size;

  for (int64_t b = (int64_t)slot; b < plan->of.batch; b += work->slots) {
    for (int64_t t = 0; t < plan->tile_count; t++) {
      SacAttentionTile tile = sac_attention_tile (plan, b, t);

      if (work->source.job != NULL && sac_job_is_cancelled (work->source.job))
        return;
      differentiate_tile (work, &tile, weights, weights + size);
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

static void
run_reductions (const Work *work)
{
  const SacFusedAttention *of = &work->source.plan->of;

  for (int i = 0; i < of->probe_reductions; i++) {
    SacTensor *target = work->input_gradients[of->probe_start + i];

    if (target != NULL)
      sac_attention_reduce (&work->source, work->context_gradient,
                            &of->reductions[of->output_reductions + i], target,
                            work->workspace);
  }
}

void
sac_attention_gradient (const SacGradientCall *call)
{
  const SacAttentionPlan *plan = call->params;
  Work work = {
    .source = {plan, call->inputs, call->job},
    .context_gradient = call->output_gradients[0],
    .input_gradients = call->input_gradients,
    .workspace = call->workspace,
  };

  if (work.context_gradient == NULL)
    return;
  run_reductions (&work);
  if (!needs_scores (&work) && call->input_gradients[2] == NULL)
    return;
  work.slots =
    shares_a_gradient (&work) ? 1 : MIN (plan->of.batch, SAC_ATTENTION_SLOTS);
  sac_attention_run_slots (work.slots, run_slot, &work);
}
