/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Pools over the whole of each plane (image and channel), whatever the number
 * of spatial axes. */
#include "base/error.h"
#include "base/pool.h"
#include "network/ops/checks.h"
#include "network/ops/lp-norm.h"
#include "network/ops/sums.h"

#include <inttypes.h>
#include <math.h>

typedef struct {
  int64_t planes; /* 0 when the output has no elements */
  int64_t size;   /* elements of a plane */
  int64_t p;      /* of GlobalLpPool */
} Params;

static bool
global_pool_infer (SacInfer *infer, GError **error)
{
  Params *params = sac_infer_alloc (infer, sizeof *params);

  if (!sac_checks_float32 (infer, error))
    return false;

  const SacShape *x = &infer->inputs[0]->shape;
  SacShape y = *x;

  if (x->rank < 3)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "the input has rank %d, so nothing to pool over",
                           x->rank);
  for (int i = 2; i < x->rank; i++)
    y.dims[i] = 1;
  if (!sac_infer_output (infer, 0, infer->inputs[0]->type, &y, error))
    return false;
  params->planes = y.dims[0] * y.dims[1];
  params->size = params->planes > 0 ? sac_shape_product (x, 2, x->rank) : 0;
  infer->params = params;
  return true;
}

/* For the gradient the place of each maximum is kept. */
static bool
global_max_pool_infer (SacInfer *infer, GError **error)
{
  if (!global_pool_infer (infer, error))
    return false;

  const Params *params = infer->params;

  infer->saved_bytes = (size_t)params->planes * sizeof (int32_t);
  return true;
}

static bool
global_lp_pool_infer (SacInfer *infer, GError **error)
{
  int64_t p;

  if (!global_pool_infer (infer, error) ||
      !sac_infer_int (infer, "p", 2, &p, error))
    return false;
  if (p < 1)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "p is %" PRId64 ", not positive", p);
  ((Params *)infer->params)->p = p;
  return true;
}

static void
average_plane (size_t plane, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;
  const float *x =
    sac_tensor_f32 (call->inputs[0]) + (int64_t)plane * params->size;

  sac_tensor_f32 (call->outputs[0])[plane] =
    (float)(sac_sums_elements (x, params->size) / (double)params->size);
}

static void
global_average_pool_forward (const SacCall *call)
{
  const Params *params = call->params;

  sac_pool_run ((size_t)params->planes, average_plane, (void *)call);
}

static void
global_average_pool_gradient (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL)
    return;
  for (int64_t plane = 0; plane < params->planes; plane++) {
    float *dx =
      sac_tensor_f32 (call->input_gradients[0]) + plane * params->size;
    float share =
      (float)((double)sac_tensor_f32 (call->output_gradients[0])[plane] /
              (double)params->size);

    for (int64_t i = 0; i < params->size; i++)
      dx[i] += share;
  }
}

/* The first of equal elements; a NaN is larger than everything. */
static int64_t
find_largest (const float *x, int64_t count)
{
  int64_t place = 0;

  for (int64_t i = 1; i < count && !isnan (x[place]); i++) {
    if (x[i] > x[place] || isnan (x[i]))
      place = i;
  }
  return place;
}

static void
maximize_plane (size_t plane, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;
  const float *x =
    sac_tensor_f32 (call->inputs[0]) + (int64_t)plane * params->size;

  int64_t place = params->size > 0 ? find_largest (x, params->size) : 0;

  sac_tensor_f32 (call->outputs[0])[plane] =
    params->size > 0 ? x[place] : -INFINITY;
  if (call->saved != NULL)
    ((int32_t *)call->saved)[plane] = (int32_t)place;
}

static void
global_max_pool_forward (const SacCall *call)
{
  const Params *params = call->params;

  sac_pool_run ((size_t)params->planes, maximize_plane, (void *)call);
}

static void
global_max_pool_gradient (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL ||
      params->size == 0)
    return;
  for (int64_t plane = 0; plane < params->planes; plane++) {
    int64_t place = ((const int32_t *)call->saved)[plane];

    sac_tensor_f32 (call->input_gradients[0])[plane * params->size + place] +=
      sac_tensor_f32 (call->output_gradients[0])[plane];
  }
}

static void
measure_plane (size_t plane, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;
  const float *x =
    sac_tensor_f32 (call->inputs[0]) + (int64_t)plane * params->size;
  double sum = 0;

  for (int64_t i = 0; i < params->size; i++)
    sum += sac_lp_norm_term ((double)x[i], params->p);
  sac_tensor_f32 (call->outputs[0])[plane] =
    (float)sac_lp_norm_root (sum, params->p);
}

static void
global_lp_pool_forward (const SacCall *call)
{
  const Params *params = call->params;

  sac_pool_run ((size_t)params->planes, measure_plane, (void *)call);
}

static void
global_lp_pool_gradient (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL)
    return;
  for (int64_t plane = 0; plane < params->planes; plane++) {
    int64_t at = plane * params->size;
    const float *x = sac_tensor_f32 (call->inputs[0]) + at;
    float *dx = sac_tensor_f32 (call->input_gradients[0]) + at;
    double norm = (double)sac_tensor_f32 (call->outputs[0])[plane];
    double dy = (double)sac_tensor_f32 (call->output_gradients[0])[plane];

    for (int64_t i = 0; i < params->size; i++)
      dx[i] += (float)(dy * sac_lp_norm_slope ((double)x[i], norm, params->p));
  }
}

const SacOp sac_op_global_average_pool = {
  .name = "GlobalAveragePool",
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = global_pool_infer,
  .forward = global_average_pool_forward,
  .gradient = global_average_pool_gradient,
};

const SacOp sac_op_global_max_pool = {
  .name = "GlobalMaxPool",
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = global_max_pool_infer,
  .forward = global_max_pool_forward,
  .gradient = global_max_pool_gradient,
};

const SacOp sac_op_global_lp_pool = {
  .name = "GlobalLpPool",
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = global_lp_pool_infer,
  .forward = global_lp_pool_forward,
  .gradient = global_lp_pool_gradient,
  .saves_inputs = SAC_SAVE (0),
  .saves_outputs = SAC_SAVE (0),
};
