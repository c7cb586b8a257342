/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* LpNormalization: vectors along an axis divided by their norm, p 1 or 2; a
 * vector of zeros stays one. */
#include "base/error.h"
#include "network/ops/checks.h"
#include "network/ops/elements.h"
#include "network/ops/lp-norm.h"

#include <inttypes.h>

typedef struct {
  int64_t vectors; /* 0 when there are no elements */
  int64_t size;
  int64_t stride; /* between the elements of a vector */
  int64_t p;
} Params;

static bool
lp_normalization_infer (SacInfer *infer, GError **error)
{
  Params *params = sac_infer_alloc (infer, sizeof *params);
  int axis;

  if (!sac_checks_float32 (infer, error))
    return false;

  const SacShape *x = &infer->inputs[0]->shape;

  if (!sac_checks_axis (infer, "axis", -1, x, &axis, error) ||
      !sac_infer_int (infer, "p", 2, &params->p, error))
    return false;
  if (params->p != 1 && params->p != 2)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "p is %" PRId64 ", not 1 or 2", params->p);
  params->size = x->dims[axis];
  params->stride = sac_shape_product (x, axis + 1, x->rank);
  if (sac_shape_size (x) > 0)
    params->vectors = sac_shape_size (x) / params->size;
  infer->params = params;
  return sac_infer_output (infer, 0, infer->inputs[0]->type, x, error);
}

static int64_t
find_start (const Params *params, int64_t vector)
{
  return vector / params->stride * params->size * params->stride +
         vector % params->stride;
}

static double
measure (const Params *params, const float *x)
{
  double sum = 0;

  for (int64_t i = 0; i < params->size; i++)
    sum += sac_lp_norm_term ((double)x[i * params->stride], params->p);
  return sac_lp_norm_root (sum, params->p);
}

static void
forward_vectors (int64_t from, int64_t to, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;

  for (int64_t vector = from; vector < to; vector++) {
    int64_t start = find_start (params, vector);
    const float *x = sac_tensor_f32 (call->inputs[0]) + start;
    float *y = sac_tensor_f32 (call->outputs[0]) + start;
    double norm = measure (params, x);

    for (int64_t i = 0; i < params->size; i++)
      y[i * params->stride] =
        norm == 0 ? 0 : (float)((double)x[i * params->stride] / norm);
  }
}

static int64_t
choose_chunk (const Params *params)
{
  return MAX (1, SAC_ELEMENTS_CHUNK / MAX (1, params->size));
}

static void
lp_normalization_forward (const SacCall *call)
{
  const Params *params = call->params;

  sac_elements_run (params->vectors, choose_chunk (params), forward_vectors,
                    (void *)call);
}

/* dx = (dy - slope * sum (dy y)) / norm, slope = d norm / dx. */
static void
gradient_vectors (int64_t from, int64_t to, void *data)
{
  const SacGradientCall *call = data;
  const Params *params = call->params;

  for (int64_t vector = from; vector < to; vector++) {
    int64_t start = find_start (params, vector);
    const float *x = sac_tensor_f32 (call->inputs[0]) + start;
    const float *dy = sac_tensor_f32 (call->output_gradients[0]) + start;
    float *dx = sac_tensor_f32 (call->input_gradients[0]) + start;
    double norm = measure (params, x);
    double sum = 0;

    if (norm == 0)
      continue;
    for (int64_t i = 0; i < params->size; i++)
      sum +=
        (double)dy[i * params->stride] * (double)x[i * params->stride] / norm;
    for (int64_t i = 0; i < params->size; i++) {
      int64_t at = i * params->stride;
      double slope = sac_lp_norm_slope ((double)x[at], norm, params->p);

      dx[at] += (float)(((double)dy[at] - slope * sum) / norm);
    }
  }
}

static void
lp_normalization_gradient (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL)
    return;
  sac_elements_run (params->vectors, choose_chunk (params), gradient_vectors,
                    (void *)call);
}

const SacOp sac_op_lp_normalization = {
  .name = "LpNormalization",
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = lp_normalization_infer,
  .forward = lp_normalization_forward,
  .gradient = lp_normalization_gradient,
  .saves_inputs = SAC_SAVE (0),
};
