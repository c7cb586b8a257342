/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* LRN: each element divided by a power of the squares around it, over channels:
 *
 *   s_c = bias + alpha / size * sum of x_i^2, i in [c - floor ((size - 1) / 2),
 *                                               c + ceil ((size - 1) / 2)]
 *   y_c = x_c s_c^-beta
 *
 * Sums are in double, in the order of the channels. */
#include "base/error.h"
#include "network/ops/checks.h"
#include "network/ops/elements.h"

#include <math.h>

/* Widest window: each element costs as much.  AlexNet's has 5 channels. */
#define WINDOW_MAX 1024

typedef struct {
  int64_t images; /* 0 when there are no elements */
  int64_t channels;
  int64_t size; /* of a plane */
  int64_t before, after;
  double alpha, beta, bias; /* alpha already divided by the window's size */
} Params;

static bool
lrn_infer (SacInfer *infer, GError **error)
{
  Params *params = sac_infer_alloc (infer, sizeof *params);
  int64_t size;
  float alpha, beta, bias;

  if (!sac_checks_float32 (infer, error) ||
      !sac_infer_int (infer, "size", 0, &size, error) ||
      !sac_infer_float (infer, "alpha", 1e-4f, &alpha, error) ||
      !sac_infer_float (infer, "beta", 0.75f, &beta, error) ||
      !sac_infer_float (infer, "bias", 1, &bias, error))
    return false;

  const SacShape *x = &infer->inputs[0]->shape;

  if (size < 1)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "size is missing or not positive");
  if (MIN (size, x->rank < 2 ? 1 : x->dims[1]) > WINDOW_MAX)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "windows of more than %d channels are not supported",
                           WINDOW_MAX);
  if (x->rank < 2)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "the input has rank %d, so no channels", x->rank);
  if (sac_shape_size (x) > 0) {
    params->images = x->dims[0];
    params->size = sac_shape_product (x, 2, x->rank);
  }
  params->channels = x->dims[1];
  params->before = MIN ((size - 1) / 2, params->channels);
  params->after = MIN (size - 1 - (size - 1) / 2, params->channels);
  params->alpha = (double)alpha / (double)size;
  params->beta = (double)beta;
  params->bias = (double)bias;
  infer->params = params;
  return sac_infer_output (infer, 0, infer->inputs[0]->type, x, error);
}

static double
sum_squares (const Params *params, const float *x, int64_t channel)
{
  int64_t from = MAX (0, channel - params->before);
  int64_t to = MIN (params->channels, channel + params->after + 1);
  double sum = 0;

  for (int64_t c = from; c < to; c++) {
    double value = (double)x[c * params->size];

    sum += value * value;
  }
  return params->bias + params->alpha * sum;
}

/* Where the channels of position `index` of all images begin. */
static int64_t
find_start (const Params *params, int64_t index)
{
  return index / params->size * params->channels * params->size +
         index % params->size;
}

static void
forward_positions (int64_t from, int64_t to, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;

  for (int64_t i = from; i < to; i++) {
    int64_t start = find_start (params, i);
    const float *x = sac_tensor_f32 (call->inputs[0]) + start;
    float *y = sac_tensor_f32 (call->outputs[0]) + start;

    for (int64_t c = 0; c < params->channels; c++)
      y[c * params->size] =
        (float)((double)x[c * params->size] *
                pow (sum_squares (params, x, c), -params->beta));
  }
}

static int64_t
choose_chunk (const Params *params)
{
  return MAX (1, SAC_ELEMENTS_CHUNK / 8 / MAX (1, params->channels));
}

static void
lrn_forward (const SacCall *call)
{
  const Params *params = call->params;

  sac_elements_run (params->images * params->size, choose_chunk (params),
                    forward_positions, (void *)call);
}

/* dx_i = dy_i s_i^-beta
 *        - 2 alpha beta x_i * sum of dy_c x_c s_c^(-beta - 1) over the windows
 *          c that element i lies in.
 * Each channel c gives its term to the elements of its own window. */
static void
gradient_positions (int64_t from, int64_t to, void *data)
{
  const SacGradientCall *call = data;
  const Params *params = call->params;

  for (int64_t i = from; i < to; i++) {
    int64_t start = find_start (params, i);
    const float *x = sac_tensor_f32 (call->inputs[0]) + start;
    const float *dy = sac_tensor_f32 (call->output_gradients[0]) + start;
    float *dx = sac_tensor_f32 (call->input_gradients[0]) + start;

    for (int64_t c = 0; c < params->channels; c++) {
      double sum = sum_squares (params, x, c);
      double power = pow (sum, -params->beta);
      double g = (double)dy[c * params->size];
      double term = -2 * params->alpha * params->beta * g *
                    (double)x[c * params->size] * power / sum;
      int64_t last = MIN (params->channels, c + params->after + 1);

      dx[c * params->size] += (float)(g * power);
      for (int64_t j = MAX (0, c - params->before); j < last; j++)
        dx[j * params->size] += (float)(term * (double)x[j * params->size]);
    }
  }
}

static void
lrn_gradient (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL)
    return;
  sac_elements_run (params->images * params->size, choose_chunk (params),
                    gradient_positions, (void *)call);
}

const SacOp sac_op_lrn = {
  .name = "LRN",
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = lrn_infer,
  .forward = lrn_forward,
  .gradient = lrn_gradient,
  .saves_inputs = SAC_SAVE (0),
};
