/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What forward, gradient and reductions of an attention share: some queries of
 * one head against all keys.
 *
 * A tile holds whole rows, so that Softmax means here exactly what it means on
 * its own.  With T rows = 131072 / keys, at least 16, at most 256 and the
 * queries, a tile takes 4 T keys bytes: half a megabyte up to 8192 keys. */
#ifndef SAC_NETWORK_OPS_ATTENTION_TILE_H
#define SAC_NETWORK_OPS_ATTENTION_TILE_H

#include "compute/matrix.h"
#include "network/ops/attention-fused.h"

/* Workspace is for this many tiles at once; a number of its own, so that
 * results do not depend on the number of threads. */
#define SAC_ATTENTION_SLOTS 16

/* Matrices of an operand. */
typedef struct {
  const int64_t *starts; /* one per batch, elements */
  int64_t row, column;   /* strides */
  bool shared;           /* two of the batch have the same matrix */
} SacAttentionMatrices;

/* An operand of a step at (b, q, k): element batch[b] + rows[q] + runs[k / run]
 * + k % run * step. */
typedef struct {
  const int64_t *batch, *rows, *runs;
  int64_t run;
  int step; /* 0 or 1 */
  bool shared;
} SacAttentionOperand;

typedef struct {
  SacFusedAttention of;
  int64_t tile_rows, tile_count; /* of one head */
  SacAttentionMatrices query, key, value, context;
  SacAttentionOperand operands[SAC_ATTENTION_STEPS]; /* by step */
} SacAttentionPlan;

/* Floats from a row to the next where rows are whole vectors. */
static inline int64_t
sac_attention_whole_step (const SacAttentionPlan *plan)
{
  return (plan->of.keys + 15) / 16 * 16;
}

/* Floats of one tile, either way. */
static inline int64_t
sac_attention_tile_size (const SacAttentionPlan *plan)
{
  return plan->tile_rows * sac_attention_whole_step (plan);
}

void sac_attention_multiply (const SacMatrixProduct *product,
                             const SacJob *job);

/* A head's operands of products with all rows of its tiles, packed by
 * sac_product_pack; NULL: they are packed for each tile. */
typedef struct {
  float *keys;   /* K', for Q K' */
  float *values; /* V', for dcontext V' */
  float *rows;   /* K, for dS K */
} SacAttentionPacked;

/* Matrix `b` of a tensor, from row `row` on. */
SacMatrix sac_attention_matrix (const SacAttentionMatrices *matrices,
                                const SacTensor *tensor,
                                int64_t b,
                                int64_t row);

typedef struct {
  const SacAttentionPlan *plan;
  const SacTensor *const *inputs;
  const SacJob *job;
} SacAttentionSource;

/* Rows [first, first + count) of a head. */
typedef struct {
  int64_t batch, first, count;
} SacAttentionTile;

/* Tile `index` of a head. */
SacAttentionTile
sac_attention_tile (const SacAttentionPlan *plan, int64_t batch, int64_t index);

/* From Q K' to A without rounding and guard; rows are `step` floats apart. */
void sac_attention_normalize (const SacAttentionSource *source,
                              const SacAttentionTile *tile,
                              int64_t step,
                              float *scores);

/* A without rounding and guard: rows, `step` floats apart, may be NaN.
 * packed: for rows that are whole vectors, or NULL. */
void sac_attention_probabilities (const SacAttentionSource *source,
                                  const SacAttentionTile *tile,
                                  const SacAttentionPacked *packed,
                                  int64_t step,
                                  float *ret_weights);

/* Rounds, and puts the guard in rows of NaN; they are `step` floats apart. */
void sac_attention_finish (const SacAttentionPlan *plan,
                           const SacAttentionTile *tile,
                           int64_t step,
                           float *weights);

/* dA = dcontext V', 0 in guarded rows.  weights: A without its guard.  packed,
 * step: as for A. */
void sac_attention_weight_gradient (const SacAttentionSource *source,
                                    const SacAttentionTile *tile,
                                    const SacTensor *context_gradient,
                                    const SacAttentionPacked *packed,
                                    int64_t step,
                                    const float *weights,
                                    float *ret_gradient);

/* Goes back through the steps: from the gradient of the scores as they enter
 * the softmax to that of Q K', in place.  step: floats from a row to the next.
 * input_gradients: operands' gradients
 * are added to; NULL where not wanted. */
void sac_attention_reverse_steps (const SacAttentionSource *source,
                                  const SacAttentionTile *tile,
                                  SacTensor *const *input_gradients,
                                  int64_t step,
                                  float *gradient);

/* Runs func for `slots` slots on the pool; one alone may use it itself. */
void sac_attention_run_slots (int64_t slots,
                              void (*func) (size_t slot, void *data),
                              const void *data);

void sac_attention_gradient (const SacGradientCall *call);

/* Every reduction of `tensors` that is not NULL.  context_gradient: NULL for
 * those of A alone.  workspace: SAC_ATTENTION_SLOTS times
 * sac_attention_reduction_tiles tiles. */
void sac_attention_reduce (const SacAttentionSource *source,
                           const SacTensor *context_gradient,
                           const SacAttentionReduction *reduction,
                           SacTensor *target,
                           float *workspace);

#define SAC_ATTENTION_REDUCTION_TILES 3

/* weights = the use of A, as sac_attention_finish left it, and dA. */
void sac_attention_combine (SacReduceUse use,
                            int64_t count,
                            const float *restrict gradient,
                            float *restrict weights);

/* A reduction of all queries, of heads of one tile each that are combined
 * already: made[batch][tile size]. */
void sac_attention_reduce_made (const SacAttentionSource *source,
                                const SacAttentionReduction *reduction,
                                const float *made,
                                SacTensor *target);

#endif
