/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/attention-tile.h"

#include "base/pool.h"
#include "compute/softmax.h"
#include "compute/vector-math.h"
#include "network/ops/sums.h"
#include "tensor/gemm.h"

#include <math.h>

/* Fewer rows or columns are read once, which needs no preparation. */
#define MATRIX_EDGE_MIN 4

/* Row length of a matrix as stored.  A side of size 1 may have any stride. */
static int64_t
row_length (SacMatrix matrix, size_t rows, size_t columns, bool *ret_transposed)
{
  *ret_transposed = matrix.column != 1 && columns != 1;
  return *ret_transposed ? MAX (matrix.column, (int64_t)rows)
                         : MAX (matrix.row, (int64_t)columns);
}

static SacMatrix
turn (SacMatrix matrix)
{
  return (SacMatrix){matrix.data, matrix.column, matrix.row};
}

/* Rows of C must be contiguous; where its columns are, C' = B' A' is the same.
 */
static void
multiply_vectors (const SacMatrixProduct *product, const SacJob *job)
{
  SacMatrixProduct p = *product;
  SacGemm gemm = {.alpha = 1, .beta = p.add ? 1 : 0, .job = job};

  if (p.c.column != 1 && p.n != 1) {
    p.a = turn (product->b);
    p.b = turn (product->a);
    p.c = turn (product->c);
    p.m = product->n;
    p.n = product->m;
  }
  gemm.m = (int64_t)p.m;
  gemm.n = (int64_t)p.n;
  gemm.k = (int64_t)p.k;
  gemm.a = p.a.data;
  gemm.lda = row_length (p.a, p.m, p.k, &gemm.transpose_a);
  gemm.b = p.b.data;
  gemm.ldb = row_length (p.b, p.k, p.n, &gemm.transpose_b);
  gemm.c = p.c.data;
  gemm.ldc = MAX (p.c.row, (int64_t)p.n);
  sac_gemm_parallel (&gemm);
}

void
sac_attention_multiply (const SacMatrixProduct *product, const SacJob *job)
{
  if (MIN (product->m, product->n) < MATRIX_EDGE_MIN)
    multiply_vectors (product, job);
  else
    sac_matrix_multiply (product, job);
}

/* The same of whole vectors, with B packed beforehand where A lies in line. */
static void
multiply_rows (SacMatrixProduct product,
               const float *packed,
               int64_t step,
               const SacJob *job)
{
  if (packed == NULL || (product.a.column != 1 && product.k != 1)) {
    sac_attention_multiply (&product, job);
    return;
  }
  product.n = (size_t)step;
  sac_matrix_multiply_packed (&product, packed);
}

SacMatrix
sac_attention_matrix (const SacAttentionMatrices *matrices,
                      const SacTensor *tensor,
                      int64_t b,
                      int64_t row)
{
  return (SacMatrix){sac_tensor_f32 (tensor) + matrices->starts[b] +
                       row * matrices->row,
                     matrices->row, matrices->column};
}

SacAttentionTile
sac_attention_tile (const SacAttentionPlan *plan, int64_t batch, int64_t index)
{
  int64_t first = index * plan->tile_rows;

  return (SacAttentionTile){batch, first,
                            MIN (plan->tile_rows, plan->of.queries - first)};
}

/* One row of scores and of an operand.  The operand goes in runs in which it
 * either moves along or stands still. */
typedef struct {
  const SacAttentionOperand *operand;
  int64_t start; /* of the operand's row, elements */
  int64_t count;
} Row;

#define FOR_RUNS(body_moving, body_still)                                      \
  for (int64_t k = 0; k < row->count; k += run) {                              \
    int64_t at = row->start + row->operand->runs[k / run];                     \
                                                                               \
    if (row->operand->step == 1)                                               \
      for (int64_t i = 0; i < run; i++)                                        \
        body_moving;                                                           \
    else                                                                       \
      for (int64_t i = 0; i < run; i++)                                        \
        body_still;                                                            \
  }

static SAC_WIDE void
add_row (const Row *row, const float *restrict x, float *restrict s)
{
  int64_t run = row->operand->run;

  FOR_RUNS (s[k + i] += x[at + i], s[k + i] += x[at])
}

static SAC_WIDE void
scale_row (const Row *row, const float *restrict x, float *restrict s)
{
  int64_t run = row->operand->run;

  FOR_RUNS (s[k + i] *= x[at + i], s[k + i] *= x[at])
}

static SAC_WIDE void
select_row (const Row *row,
            const uint8_t *restrict x,
            bool where,
            float number,
            float *restrict s)
{
  int64_t run = row->operand->run;

  FOR_RUNS (s[k + i] = (x[at + i] != 0) == where ? number : s[k + i],
            s[k + i] = (x[at] != 0) == where ? number : s[k + i])
}

static SAC_WIDE void
multiply_row (float *s, int64_t count, float number)
{
  for (int64_t i = 0; i < count; i++)
    s[i] *= number;
}

static SAC_WIDE void
divide_row (float *s, int64_t count, float number)
{
  for (int64_t i = 0; i < count; i++)
    s[i] /= number;
}

static Row
find_row (const SacAttentionPlan *plan, int step, int64_t batch, int64_t query)
{
  const SacAttentionOperand *operand = &plan->operands[step];
  Row row = {.operand = operand, .count = plan->of.keys};

  if (operand->batch != NULL)
    row.start = operand->batch[batch] + operand->rows[query];
  return row;
}

static void
apply_steps (const SacAttentionSource *source,
             int64_t batch,
             int64_t query,
             float *scores)
{
  const SacFusedAttention *of = &source->plan->of;

  for (int i = 0; i < of->step_count; i++) {
    const SacScoreStep *step = &of->steps[i];
    Row row = find_row (source->plan, i, batch, query);

    switch (step->kind) {
    case SAC_SCORE_MULTIPLY:
      multiply_row (scores, of->keys, step->number);
      break;
    case SAC_SCORE_DIVIDE:
      divide_row (scores, of->keys, step->number);
      break;
    case SAC_SCORE_SCALE:
      scale_row (&row, sac_tensor_f32 (source->inputs[step->input]), scores);
      break;
    case SAC_SCORE_ADD:
      add_row (&row, sac_tensor_f32 (source->inputs[step->input]), scores);
      break;
    case SAC_SCORE_SELECT:
      select_row (&row, source->inputs[step->input]->data, step->where,
                  step->number, scores);
      break;
    }
  }
}

void
sac_attention_normalize (const SacAttentionSource *source,
                         const SacAttentionTile *tile,
                         int64_t step,
                         float *scores)
{
  int64_t keys = source->plan->of.keys;

  for (int64_t i = 0; i < tile->count; i++)
    apply_steps (source, tile->batch, tile->first + i, scores + i * step);
  sac_softmax_run (&(SacSoftmax){(size_t)tile->count, (size_t)keys, scores,
                                 step, scores, step},
                   source->job);
}

void
sac_attention_probabilities (const SacAttentionSource *source,
                             const SacAttentionTile *tile,
                             const SacAttentionPacked *packed,
                             int64_t step,
                             float *ret_weights)
{
  const SacAttentionPlan *plan = source->plan;

  multiply_rows (
    (SacMatrixProduct){
      .a = sac_attention_matrix (&plan->query, source->inputs[0], tile->batch,
                                 tile->first),
      .b = sac_attention_matrix (&plan->key, source->inputs[1], tile->batch, 0),
      .c = {ret_weights, step, 1},
      .m = (size_t)tile->count,
      .n = (size_t)plan->of.keys,
      .k = (size_t)plan->of.depth,
    },
    packed != NULL ? packed->keys : NULL, step, source->job);
  sac_attention_normalize (source, tile, step, ret_weights);
}

static void
round_row (SacType type, float *row, int64_t count)
{
  for (int64_t i = 0; i < count; i++)
    row[i] = type == SAC_TYPE_FLOAT16
               ? sac_half_to_float (sac_float_to_half (row[i]))
               : sac_bfloat_to_float (sac_float_to_bfloat (row[i]));
}

/* What is NaN anywhere is NaN throughout: see softmax-row.h. */
static bool
is_guarded (const SacAttentionPlan *plan, const float *row)
{
  return plan->of.guarded && isnan (row[0]);
}

void
sac_attention_finish (const SacAttentionPlan *plan,
                      const SacAttentionTile *tile,
                      int64_t step,
                      float *weights)
{
  int64_t keys = plan->of.keys;

  for (int64_t i = 0; i < tile->count; i++) {
    float *row = weights + i * step;

    if (is_guarded (plan, row)) {
      for (int64_t k = 0; k < keys; k++)
        row[k] = plan->of.guard;
    }
    if (plan->of.rounding != SAC_TYPE_UNKNOWN)
      round_row (plan->of.rounding, row, keys);
  }
}

void
sac_attention_weight_gradient (const SacAttentionSource *source,
                               const SacAttentionTile *tile,
                               const SacTensor *context_gradient,
                               const SacAttentionPacked *packed,
                               int64_t step,
                               const float *weights,
                               float *ret_gradient)
{
  const SacAttentionPlan *plan = source->plan;
  int64_t keys = plan->of.keys;
  SacMatrix value =
    sac_attention_matrix (&plan->value, source->inputs[2], tile->batch, 0);

  multiply_rows (
    (SacMatrixProduct){
      .a = sac_attention_matrix (&plan->context, context_gradient, tile->batch,
                                 tile->first),
      .b = turn (value),
      .c = {ret_gradient, step, 1},
      .m = (size_t)tile->count,
      .n = (size_t)keys,
      .k = (size_t)plan->of.width,
    },
    packed != NULL ? packed->values : NULL, step, source->job);
  for (int64_t i = 0; i < tile->count; i++) {
    if (!is_guarded (plan, weights + i * step))
      continue;
    for (int64_t k = 0; k < keys; k++)
      ret_gradient[i * step + k] = 0;
  }
}

/* Sums of runs that stand still are in double. */
static void
add_back (const Row *row, const float *gradient, float *operand)
{
  int64_t run = row->operand->run;

  for (int64_t k = 0; k < row->count; k += run) {
    float *to = operand + row->start + row->operand->runs[k / run];

    if (row->operand->step == 0) {
      *to += (float)sac_sums_elements (gradient + k, run);
      continue;
    }
    for (int64_t i = 0; i < run; i++)
      to[i] += gradient[k + i];
  }
}

static void
reverse_row (const SacAttentionSource *source,
             const SacAttentionTile *tile,
             int64_t query,
             SacTensor *const *input_gradients,
             float *gradient)
{
  const SacFusedAttention *of = &source->plan->of;

  for (int i = of->step_count; i > 0; i--) {
    const SacScoreStep *step = &of->steps[i - 1];
    Row row = find_row (source->plan, i - 1, tile->batch, query);

    switch (step->kind) {
    case SAC_SCORE_MULTIPLY:
      multiply_row (gradient, of->keys, step->number);
      break;
    case SAC_SCORE_DIVIDE:
      divide_row (gradient, of->keys, step->number);
      break;
    case SAC_SCORE_SCALE:
      scale_row (&row, sac_tensor_f32 (source->inputs[step->input]), gradient);
      break;
    case SAC_SCORE_ADD:
      if (input_gradients[step->input] != NULL)
        add_back (&row, gradient,
                  sac_tensor_f32 (input_gradients[step->input]));
      break;
    case SAC_SCORE_SELECT:
      select_row (&row, source->inputs[step->input]->data, step->where, 0,
                  gradient);
      break;
    }
  }
}

void
sac_attention_reverse_steps (const SacAttentionSource *source,
                             const SacAttentionTile *tile,
                             SacTensor *const *input_gradients,
                             int64_t step,
                             float *gradient)
{
  for (int64_t i = 0; i < tile->count; i++)
    reverse_row (source, tile, tile->first + i, input_gradients,
                 gradient + i * step);
}

void
sac_attention_run_slots (int64_t slots,
                         void (*func) (size_t slot, void *data),
                         const void *data)
{
  if (slots == 1)
    func (0, (void *)data); /* not through the pool: products use it */
  else
    sac_pool_run ((size_t)slots, func, (void *)data);
}
