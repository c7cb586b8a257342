/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Probabilities of all heads made one, or of all queries, tile by tile.  Heads
 * are taken in order, and each slot writes its own part of the result. */
#include "compute/vector-math.h"
#include "network/ops/attention-tile.h"

#include <string.h>

/* Of heads that are made already. */
#define MADE_ROWS 32

typedef struct {
  SacAttentionSource source;
  const SacTensor *context_gradient;
  const SacAttentionReduction *of;
  const float *made; /* of each of the batch already, a tile each, or NULL */
  float *target;
  float *workspace;
  int64_t groups; /* of the result */
  int64_t tiles;  /* of each group that are done by themselves */
  int64_t rows;   /* of a tile */
  int64_t heads;  /* of each group */
  int64_t slots;
} Work;

SacShape
sac_attention_reduction_shape (const SacFusedAttention *attention,
                               const SacAttentionReduction *reduction)
{
  int64_t groups = reduction->heads == SAC_REDUCE_HEADS_EACH
                     ? attention->batch
                     : reduction->outer * reduction->inner;
  int64_t queries =
    reduction->query == SAC_REDUCE_ALL_QUERIES ? attention->queries : 1;

  return sac_shape_of (groups, queries, attention->keys);
}

/* What is not a number stays so. */
static inline float
positive_part (float value)
{
  return value < 0 ? 0 : value;
}

SAC_WIDE void
sac_attention_combine (SacReduceUse use,
                       int64_t count,
                       const float *restrict gradient,
                       float *restrict weights)
{
  switch (use) {
  case SAC_REDUCE_WEIGHTS:
    break;
  case SAC_REDUCE_POSITIVE:
    for (int64_t i = 0; i < count; i++)
      weights[i] = positive_part (weights[i] * gradient[i]);
    break;
  case SAC_REDUCE_PRODUCT:
    for (int64_t i = 0; i < count; i++)
      weights[i] *= gradient[i];
    break;
  case SAC_REDUCE_RISE:
    for (int64_t i = 0; i < count; i++)
      weights[i] = positive_part (gradient[i]);
    break;
  case SAC_REDUCE_GRADIENTS:
    memcpy (weights, gradient, (size_t)count * sizeof *weights);
    break;
  }
}

static SAC_WIDE void
add (int64_t count, const float *restrict from, float *restrict to)
{
  for (int64_t i = 0; i < count; i++)
    to[i] += from[i];
}

static void
take_larger (int64_t count, const float *from, float *to)
{
  for (int64_t i = 0; i < count; i++)
    to[i] = from[i] > to[i] || from[i] != from[i] ? from[i] : to[i];
}

static void
take_smaller (int64_t count, const float *from, float *to)
{
  for (int64_t i = 0; i < count; i++)
    to[i] = from[i] < to[i] || from[i] != from[i] ? from[i] : to[i];
}

/* Head `head` of group `group`, as a place in the batch. */
static int64_t
find_batch (const Work *work, int64_t group, int64_t head)
{
  const SacAttentionReduction *of = work->of;

  if (of->heads == SAC_REDUCE_HEADS_EACH)
    return group;
  if (of->heads == SAC_REDUCE_HEADS_ONE)
    head = of->head;
  return (group / of->inner * of->head_count + head) * of->inner +
         group % of->inner;
}

/* Returns: the head's rows, in `weights` where they are not made already. */
static const float *
reduce_head (const Work *work, const SacAttentionTile *tile, float *weights)
{
  const SacAttentionPlan *plan = work->source.plan;
  int64_t size = sac_attention_tile_size (plan), keys = plan->of.keys;
  float *gradient = weights + size;

  if (work->made != NULL)
    return work->made + tile->batch * size + tile->first * keys;

  sac_attention_probabilities (&work->source, tile, NULL, keys, weights);
  if (work->context_gradient != NULL)
    sac_attention_weight_gradient (&work->source, tile, work->context_gradient,
                                   NULL, keys, weights, gradient);
  sac_attention_finish (plan, tile, keys, weights);
  sac_attention_combine (work->of->use, tile->count * keys, gradient, weights);
  return weights;
}

/* One tile, all heads, into `to`. */
static void
reduce_tile (const Work *work,
             int64_t group,
             SacAttentionTile tile,
             float *workspace,
             float *to)
{
  int64_t count = tile.count * work->source.plan->of.keys;
  bool largest = work->of->heads == SAC_REDUCE_HEADS_MAX;
  bool smallest = work->of->heads == SAC_REDUCE_HEADS_MIN;
  float share = 1.0f / (float)work->heads;

  for (int64_t head = 0; head < work->heads; head++) {
    tile.batch = find_batch (work, group, head);

    const float *rows = reduce_head (work, &tile, workspace);

    if (head == 0)
      memcpy (to, rows, (size_t)count * sizeof *to);
    else if (largest)
      take_larger (count, rows, to);
    else if (smallest)
      take_smaller (count, rows, to);
    else
      add (count, rows, to);
  }
  for (int64_t i = 0; i < count && work->heads > 1 && !largest && !smallest;
       i++)
    to[i] *= share;
  if (work->of->use == SAC_REDUCE_PRODUCT &&
      work->of->heads != SAC_REDUCE_HEADS_EACH) {
    for (int64_t i = 0; i < count; i++)
      to[i] = positive_part (to[i]);
  }
}

/* The mean over all queries. */
static void
reduce_queries (const Work *work, int64_t group, float *workspace, float *to)
{
  const SacAttentionPlan *plan = work->source.plan;
  int64_t keys = plan->of.keys;
  float *rows = workspace + 2 * sac_attention_tile_size (plan);
  float share = 1.0f / (float)plan->of.queries;

  memset (to, 0, (size_t)keys * sizeof *to);
  for (int64_t t = 0; t < plan->tile_count; t++) {
    SacAttentionTile tile = sac_attention_tile (plan, 0, t);

    if (work->source.job != NULL && sac_job_is_cancelled (work->source.job))
      return;
    reduce_tile (work, group, tile, workspace, rows);
    for (int64_t i = 1; i < tile.count; i++)
      add (keys, rows + i * keys, rows);
    add (keys, rows, to);
  }
  for (int64_t k = 0; k < keys; k++)
    to[k] *= share;
}

static void
run_slot (size_t slot, void *data)
{
  const Work *work = data;
  const SacAttentionPlan *plan = work->source.plan;
  int64_t keys = plan->of.keys, query = work->of->query;
  float *workspace = work->workspace + SAC_ATTENTION_REDUCTION_TILES *
                                         (int64_t)slot *
                                         sac_attention_tile_size (plan);

  for (int64_t i = (int64_t)slot; i < work->groups * work->tiles;
       i += work->slots) {
    int64_t group = i / work->tiles;

    if (work->source.job != NULL && sac_job_is_cancelled (work->source.job))
      return;
    if (query == SAC_REDUCE_MEAN_QUERY) {
      reduce_queries (work, group, workspace, work->target + group * keys);
    } else if (query >= 0) {
      reduce_tile (work, group, (SacAttentionTile){0, query, 1}, workspace,
                   work->target + group * keys);
    } else {
      int64_t first = i % work->tiles * work->rows;
      SacAttentionTile tile = {0, first,
                               MIN (work->rows, plan->of.queries - first)};

      reduce_tile (work, group, tile, workspace,
                   work->target +
                     (group * plan->of.queries + tile.first) * keys);
    }
  }
}

static void
run (Work *work)
{
  const SacAttentionPlan *plan = work->source.plan;
  const SacAttentionReduction *of = work->of;
  bool apart = of->heads == SAC_REDUCE_HEADS_EACH;
  bool all = of->query == SAC_REDUCE_ALL_QUERIES;

  work->groups = apart ? plan->of.batch : of->outer * of->inner;
  work->tiles = all ? (plan->of.queries + work->rows - 1) / work->rows : 1;
  work->heads = apart || of->heads == SAC_REDUCE_HEADS_ONE ? 1 : of->head_count;
  work->slots = MIN (work->groups * work->tiles, SAC_ATTENTION_SLOTS);
  sac_attention_run_slots (work->slots, run_slot, work);
}

void
sac_attention_reduce (const SacAttentionSource *source,
                      const SacTensor *context_gradient,
                      const SacAttentionReduction *reduction,
                      SacTensor *target,
                      float *workspace)
{
  run (&(Work){
    .source = *source,
    .context_gradient =
      sac_reduce_needs_gradient (reduction->use) ? context_gradient : NULL,
    .of = reduction,
    .target = sac_tensor_f32 (target),
    .workspace = workspace,
    .rows = source->plan->tile_rows,
  });
}

void
sac_attention_reduce_made (const SacAttentionSource *source,
                           const SacAttentionReduction *reduction,
                           const float *made,
                           SacTensor *target)
{
  run (&(Work){
    .source = *source,
    .of = reduction,
    .made = made,
    .target = sac_tensor_f32 (target),
    .rows = MADE_ROWS,
  });
}
