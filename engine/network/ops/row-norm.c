/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/row-norm.h"

#include "base/error.h"
#include "compute/layer-norm.h"

#include <string.h>

/* A mean and an inverse deviation for each row. */
static size_t
count_saved (size_t rows)
{
  return 2 * rows * sizeof (float);
}

static bool
run (const SacCall *call, size_t rows, SacRows x, SacRows y)
{
  const SacRowNorm *of = call->params;
  float *saved = call->saved;
  SacLayerNorm norm = {
    .rows = rows,
    .columns = of->columns,
    .x = x,
    .y = y,
    .scale = of->scale,
    .bias = of->bias,
    .epsilon = of->epsilon,
    .means = saved,
    .inverse = saved != NULL ? saved + rows : NULL,
  };

  return sac_layer_norm_run (&norm, call->job);
}

/* Returns: false when cancelled. */
static bool
run_gradient (
  const SacGradientCall *call, size_t rows, SacRows x, SacRows dy, SacRows dx)
{
  const SacRowNorm *of = call->params;
  const float *saved = call->saved;
  SacLayerNormGradient gradient = {
    .rows = rows,
    .columns = of->columns,
    .x = x,
    .dy = dy,
    .dx = dx,
    .scale = of->scale,
    .means = saved,
    .inverse = saved + rows,
  };

  return sac_layer_norm_gradient_run (&gradient, call->job);
}

static size_t
count_rows (const SacRowNorm *norm, const SacShape *shape)
{
  return (size_t)sac_shape_size (shape) / norm->columns;
}

static bool
row_norm_infer (SacInfer *infer, GError **error)
{
  const SacRowNorm *norm = sac_blocked_get (infer);
  const SacShape *x = &infer->inputs[0]->shape;

  infer->params = (void *)norm;
  if (!sac_infer_need_float (infer, 0, error))
    return false;
  if (x->rank < 1 || x->dims[x->rank - 1] != (int64_t)norm->columns)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "the scale does not fit the last axis");
  infer->saved_bytes = count_saved (count_rows (norm, x));
  infer->cost = (double)sac_shape_size (x);
  return sac_infer_output (infer, 0, SAC_TYPE_FLOAT, x, error);
}

static SacRows
rows_of (const SacRowNorm *norm, const SacTensor *tensor)
{
  return sac_rows_plain (tensor->data, norm->columns);
}

static void
row_norm_forward (const SacCall *call)
{
  const SacRowNorm *norm = call->params;

  run (call, count_rows (norm, &call->inputs[0]->shape),
       rows_of (norm, call->inputs[0]), rows_of (norm, call->outputs[0]));
}

static void
row_norm_gradient (const SacGradientCall *call)
{
  const SacRowNorm *norm = call->params;

  if (call->input_gradients[0] == NULL || call->output_gradients[0] == NULL)
    return;
  run_gradient (call, count_rows (norm, &call->inputs[0]->shape),
                rows_of (norm, call->inputs[0]),
                rows_of (norm, call->output_gradients[0]),
                rows_of (norm, call->input_gradients[0]));
}

const SacOp sac_op_row_norm = {
  .name = "RowNorm",
  .domain = "saccade",
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = row_norm_infer,
  .forward = row_norm_forward,
  .gradient = row_norm_gradient,
  .saves_inputs = SAC_SAVE (0),
};

static bool
blocked_norm_infer (SacInfer *infer, GError **error)
{
  const SacRowNorm *norm = sac_blocked_get (infer);
  size_t floats;

  infer->params = (void *)norm;
  if (!sac_blocked_check_input (infer, 0, &norm->size, error) ||
      !sac_blocked_infer_outputs (infer, &norm->size, &floats, error))
    return false;
  floats += sac_blocked_input_floats (infer, 0, &norm->size);
  infer->workspace_bytes = floats * sizeof (float);
  infer->gradient_workspace_bytes =
    3 * sac_blocked_count (&norm->size) * sizeof (float);
  infer->saved_bytes = count_saved (sac_blocked_pixels (&norm->size));
  infer->cost = (double)sac_blocked_count (&norm->size);
  return true;
}

static void
blocked_norm_forward (const SacCall *call)
{
  const SacBlockedSize *size = &((const SacRowNorm *)call->params)->size;
  size_t pixels = sac_blocked_pixels (size);
  float *workspace = call->workspace;
  const float *x = sac_blocked_read (call->inputs[0], size, &workspace);
  float *y = sac_blocked_begin (call, &workspace);

  if (run (call, pixels, sac_rows_blocked (x, pixels),
           sac_rows_blocked (y, pixels)))
    sac_blocked_finish (call, size, y);
}

static void
blocked_norm_gradient (const SacGradientCall *call)
{
  const SacBlockedSize *size = &((const SacRowNorm *)call->params)->size;
  size_t pixels = sac_blocked_pixels (size);
  float *workspace = call->workspace;
  float *dx = workspace;

  workspace += sac_blocked_count (size);

  const float *dy = sac_blocked_collect (call, size, &workspace);

  if (dy == NULL || call->input_gradients[0] == NULL)
    return;

  const float *x = sac_blocked_read (call->inputs[0], size, &workspace);

  memset (dx, 0, sac_blocked_count (size) * sizeof *dx);
  if (run_gradient (call, pixels, sac_rows_blocked (x, pixels),
                    sac_rows_blocked (dy, pixels),
                    sac_rows_blocked (dx, pixels)))
    sac_blocked_give (call, 0, size, dx);
}

const SacOp sac_op_blocked_norm = {
  .name = "BlockedNorm",
  .domain = "saccade",
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 2,
  .infer = blocked_norm_infer,
  .forward = blocked_norm_forward,
  .gradient = blocked_norm_gradient,
  .saves_inputs = SAC_SAVE (0),
};
