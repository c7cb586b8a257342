/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/linear.h"

#include "base/error.h"
#include "base/pool.h"
#include "compute/product-reverse.h"
#include "compute/product-sparse.h"
#include "compute/product.h"
#include "compute/vector-math.h"

#include <string.h>

/* Rows that one chunk scales. */
#define CHUNK_ROWS 64

static bool
has_few_rows (const SacLinear *linear)
{
  return linear->rows <= SAC_PRODUCT_REVERSE_ROWS;
}

static size_t
count_results (const SacLinear *linear)
{
  return linear->rows * linear->columns;
}

/* Of dX. */
static size_t
count_sums (const SacLinear *linear)
{
  return linear->run > 0 ? linear->rows * linear->depth / linear->run : 0;
}

static bool
linear_infer (SacInfer *infer, GError **error)
{
  const SacLinear *linear = sac_blocked_get (infer);
  const SacShape *x = &infer->inputs[0]->shape;

  infer->params = (void *)linear;
  if (!sac_infer_need_float (infer, 0, error) ||
      (linear->residual && !sac_infer_need_float (infer, 1, error)))
    return false;
  if (x->rank < 1 || x->dims[x->rank - 1] != (int64_t)linear->depth ||
      (linear->residual &&
       !sac_shape_equal (&infer->inputs[1]->shape, &linear->shape)))
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "the shapes do not fit the weights");
  infer->saved_bytes =
    sac_blocked_activation_saved (&linear->activation, count_results (linear));
  infer->gradient_workspace_bytes =
    (count_results (linear) + count_sums (linear)) * sizeof (float);
  if (linear->residual)
    infer->passes = SAC_SAVE (1);
  infer->cost = (double)count_results (linear) * (double)linear->depth;
  return sac_infer_output (infer, 0, SAC_TYPE_FLOAT, &linear->shape, error);
}

static bool
linear_prepare (const void *params,
                bool gradient,
                const SacJob *job,
                GError **error)
{
  const SacLinear *linear = params;

  if (gradient && linear->run > 0)
    return sac_pack_make (linear->sums, job, error);
  return sac_pack_make (gradient && !has_few_rows (linear) ? linear->reversed
                                                           : linear->pack,
                        job, error);
}

static void
linear_forward (const SacCall *call)
{
  const SacLinear *linear = call->params;
  float *y = sac_tensor_f32 (call->outputs[0]);
  SacProduct product = {
    .rows = linear->rows,
    .depth = linear->depth,
    .columns = linear->columns,
    .a = sac_rows_plain (sac_tensor_f32 (call->inputs[0]), linear->depth),
    .packed = sac_pack_get (linear->pack),
    .c = sac_rows_plain (y, linear->columns),
    .tail = {.bias = linear->bias, .scale = linear->scale},
  };

  if (linear->residual)
    product.tail.residual = sac_tensor_f32 (call->inputs[1]);
  else
    sac_blocked_activation_end (&linear->activation, y, call->saved,
                                &product.tail);
  sac_product_run (&product, call->job);
}

typedef struct {
  const float *from, *other; /* factors, one a column, or a second sum */
  float *to;
  size_t rows, columns;
} Rows;

static SAC_WIDE void
scale_rows (size_t index, void *data)
{
  const Rows *rows = data;
  size_t first = index * CHUNK_ROWS;

  for (size_t i = first; i < MIN (first + CHUNK_ROWS, rows->rows); i++) {
    const float *from = rows->from + i * rows->columns;
    float *to = rows->to + i * rows->columns;

    SAC_INDEPENDENT
    for (size_t k = 0; k < rows->columns; k++)
      to[k] = from[k] * rows->other[k];
  }
}

static SAC_WIDE void
add_rows (size_t index, void *data)
{
  const Rows *rows = data;
  size_t first = index * CHUNK_ROWS * rows->columns;
  size_t count = MIN (CHUNK_ROWS, rows->rows - index * CHUNK_ROWS);

  SAC_INDEPENDENT
  for (size_t i = first; i < first + count * rows->columns; i++)
    rows->to[i] = rows->from[i] + rows->other[i];
}

static void
run_rows (SacPoolFunc func, const Rows *rows)
{
  sac_pool_run ((rows->rows + CHUNK_ROWS - 1) / CHUNK_ROWS, func, (void *)rows);
}

/* dY before the function or the scale: dY itself where there is neither. */
static const float *
go_back (const SacGradientCall *call, const float *dy, float *workspace)
{
  const SacLinear *linear = call->params;

  if (linear->activation.function != SAC_FUNCTION_NONE)
    sac_blocked_activation_reverse (&linear->activation, workspace, dy,
                                    count_results (linear) / SAC_BLOCK,
                                    call->saved);
  else if (linear->scale != NULL)
    run_rows (scale_rows, &(Rows){dy, linear->scale, workspace, linear->rows,
                                  linear->columns});
  else
    return dy;
  return workspace;
}

static const float *
get_sum (const SacGradientCall *call, size_t input)
{
  return call->sums[input] != NULL ? sac_tensor_f32 (call->sums[input]) : NULL;
}

static void
give_product (const SacGradientCall *call, const float *dy)
{
  const SacLinear *linear = call->params;
  float *dx = sac_tensor_f32 (call->input_gradients[0]);
  SacProductSparse product = {
    .rows = linear->rows,
    .depth = linear->columns,
    .columns = linear->depth,
    .a = dy,
    .packed = sac_pack_get (linear->reversed),
    .sum = get_sum (call, 0),
    .c = dx,
    .room = call->workspace,
  };
  SacProductReverse reverse = {
    .rows = linear->rows,
    .depth = linear->depth,
    .columns = linear->columns,
    .packed = sac_pack_get (linear->pack),
    .dy = dy,
    .base = get_sum (call, 0),
    .dx = dx,
  };

  if (has_few_rows (linear))
    sac_product_reverse_run (&reverse, call->job);
  else
    sac_product_sparse_run (&product, call->job);
}

/* Each sum, spread evenly. */
static void
give_sums (const SacGradientCall *call, const float *dy, float *room)
{
  const SacLinear *linear = call->params;
  const float *before = get_sum (call, 0);
  float *dx = sac_tensor_f32 (call->input_gradients[0]);
  SacProductReverse reverse = {
    .rows = linear->rows,
    .depth = linear->depth / linear->run,
    .columns = linear->columns,
    .packed = sac_pack_get (linear->sums),
    .dy = dy,
    .dx = room,
  };

  if (!sac_product_reverse_run (&reverse, call->job))
    return;
  for (size_t i = 0; i < linear->rows * linear->depth; i++)
    dx[i] = room[i / linear->run] / (float)linear->run +
            (before != NULL ? before[i] : 0);
}

static void
give_residual (const SacGradientCall *call, const float *dy)
{
  const SacLinear *linear = call->params;
  float *dx = sac_tensor_f32 (call->input_gradients[1]);
  const float *sum = get_sum (call, 1);

  if (sum == NULL)
    memcpy (dx, dy, count_results (linear) * sizeof *dx);
  else
    run_rows (add_rows, &(Rows){dy, sum, dx, linear->rows, linear->columns});
}

static void
linear_gradient (const SacGradientCall *call)
{
  const SacLinear *linear = call->params;
  const float *dy = sac_tensor_f32 (call->output_gradients[0]);
  float *workspace = call->workspace;

  if (call->input_gradients[0] != NULL && linear->run > 0)
    give_sums (call, go_back (call, dy, workspace),
               workspace + count_results (linear));
  else if (call->input_gradients[0] != NULL)
    give_product (call, go_back (call, dy, workspace));
  if (linear->residual && call->input_gradients[1] != NULL)
    give_residual (call, dy);
}

const SacOp sac_op_linear = {
  .name = "Linear",
  .domain = "saccade",
  .inputs_min = 1,
  .inputs_max = 2,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = linear_infer,
  .prepare = linear_prepare,
  .forward = linear_forward,
  .gradient = linear_gradient,
  .sets = true,
};
