/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* BatchNormalization as inference has it: each channel scaled and shifted by
 * numbers that do not depend on the input. */
#include "base/error.h"
#include "compute/vector-math.h"
#include "network/ops/checks.h"
#include "network/ops/elements.h"

#include <math.h>
#include <string.h>

typedef struct {
  int64_t planes; /* images x channels; 0 when there are no elements */
  int64_t channels;
  int64_t size; /* of a plane */
  double epsilon;
} Params;

/* Before opset 14 a node that gives the moments is in training. */
static bool
gives_moments (const SacInfer *infer)
{
  for (size_t i = 1; i < infer->output_count; i++) {
    if (infer->node->outputs[i] >= 0)
      return true;
  }
  return false;
}

static bool
check_mode (const SacInfer *infer, GError **error)
{
  int64_t training, spatial;

  if (!sac_infer_int (infer, "training_mode", 0, &training, error) ||
      !sac_infer_int (infer, "spatial", 1, &spatial, error))
    return false;
  if (training != 0)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "training_mode is not supported; export the model "
                           "for inference");
  if (infer->opset < 14 && gives_moments (infer))
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "more than one output means training before opset "
                           "14, which is not supported; export the model for "
                           "inference");
  if (spatial == 0)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "spatial = 0 is not supported");
  return true;
}

/* The parameters may be wider than a float16 input. */
static bool
check_inputs (const SacInfer *infer, GError **error)
{
  static const char *const nouns[] = {NULL, "scale", "bias", "mean",
                                      "variance"};
  const SacShape *x = &infer->inputs[0]->shape;

  for (size_t i = 0; i < 5; i++) {
    if (!sac_infer_need_float (infer, i, error))
      return false;
    if (sac_type_get_kind (infer->inputs[i]->type) != SAC_KIND_F32)
      return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                             "float64 is not supported here; convert the model "
                             "to float32");
    if (i == 0 && x->rank < 2)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "the input has rank %d, so no channels", x->rank);
    if (i > 0 && !sac_checks_shape (infer, i, &(SacShape){1, {x->dims[1]}},
                                    nouns[i], error))
      return false;
  }
  return true;
}

/* Outputs 1 to 4 are the running and the saved moments, in turn. */
static size_t
source_of_output (size_t output)
{
  return output % 2 == 1 ? 3 : 4;
}

static bool
batch_norm_infer (SacInfer *infer, GError **error)
{
  Params *params = sac_infer_alloc (infer, sizeof *params);
  float epsilon;

  if (!sac_infer_need_float (infer, 0, error) || !check_mode (infer, error) ||
      !check_inputs (infer, error) ||
      !sac_infer_float (infer, "epsilon", 1e-5f, &epsilon, error))
    return false;

  const SacShape *x = &infer->inputs[0]->shape;

  for (size_t i = 0; i < infer->output_count; i++) {
    const SacValueInfo *source =
      infer->inputs[i == 0 ? 0 : source_of_output (i)];

    if (!sac_infer_output (infer, i, source->type, &source->shape, error))
      return false;
  }
  if (sac_shape_size (x) > 0) {
    params->planes = x->dims[0] * x->dims[1];
    params->size = sac_shape_product (x, 2, x->rank);
  }
  params->channels = x->dims[1];
  params->epsilon = (double)epsilon;
  infer->params = params;
  return true;
}

static double
get_factor (const Params *params,
            const SacTensor *scale,
            const SacTensor *variance,
            int64_t channel)
{
  return (double)sac_tensor_f32 (scale)[channel] /
         sqrt ((double)sac_tensor_f32 (variance)[channel] + params->epsilon);
}

static SAC_WIDE void
forward_planes (int64_t from, int64_t to, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;

  for (int64_t plane = from; plane < to; plane++) {
    int64_t channel = plane % params->channels;
    double factor =
      get_factor (params, call->inputs[1], call->inputs[4], channel);
    double mean = (double)sac_tensor_f32 (call->inputs[3])[channel];
    float scale = (float)factor;
    float shift = (float)((double)sac_tensor_f32 (call->inputs[2])[channel] -
                          mean * factor);
    const float *x = sac_tensor_f32 (call->inputs[0]) + plane * params->size;
    float *y = sac_tensor_f32 (call->outputs[0]) + plane * params->size;

    for (int64_t i = 0; i < params->size; i++)
      y[i] = x[i] * scale + shift;
  }
}

static int64_t
choose_chunk (const Params *params)
{
  return MAX (1, SAC_ELEMENTS_CHUNK / MAX (1, params->size));
}

static void
batch_norm_forward (const SacCall *call)
{
  const Params *params = call->params;

  for (size_t i = 1; i < call->output_count; i++) {
    if (call->outputs[i] != NULL)
      memcpy (call->outputs[i]->data, call->inputs[source_of_output (i)]->data,
              sac_tensor_get_bytes (call->outputs[i]));
  }
  if (call->outputs[0] != NULL)
    sac_elements_run (params->planes, choose_chunk (params), forward_planes,
                      (void *)call);
}

static SAC_WIDE void
gradient_planes (int64_t from, int64_t to, void *data)
{
  const SacGradientCall *call = data;
  const Params *params = call->params;

  for (int64_t plane = from; plane < to; plane++) {
    float scale = (float)get_factor (params, call->inputs[1], call->inputs[4],
                                     plane % params->channels);
    int64_t at = plane * params->size;
    const float *dy = sac_tensor_f32 (call->output_gradients[0]) + at;
    float *dx = sac_tensor_f32 (call->input_gradients[0]) + at;

    for (int64_t i = 0; i < params->size; i++)
      dx[i] += dy[i] * scale;
  }
}

static void
batch_norm_gradient (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL)
    return;
  sac_elements_run (params->planes, choose_chunk (params), gradient_planes,
                    (void *)call);
}

const SacOp sac_op_batch_normalization = {
  .name = "BatchNormalization",
  .inputs_min = 5,
  .inputs_max = 5,
  .outputs_min = 1,
  .outputs_max = 5,
  .infer = batch_norm_infer,
  .forward = batch_norm_forward,
  .gradient = batch_norm_gradient,
  .saves_inputs = SAC_SAVE (1) | SAC_SAVE (4),
  .gradient_inputs = SAC_SAVE (0),
};
