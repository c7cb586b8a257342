/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* MaskBias, which only the decomposition of attention uses: the mask as what is
 * added to the scores, which are the second input.  A bool mask becomes 0 where
 * it is true and minus infinity elsewhere; one of the scores' own type stays as
 * it is. */
#include "base/error.h"
#include "network/decompose.h"
#include "network/op.h"
#include "network/ops/elements.h"

#include <math.h>
#include <string.h>

static bool
infer_mask_bias (SacInfer *infer, GError **error)
{
  const SacValueInfo *mask = infer->inputs[0], *scores = infer->inputs[1];
  int last = mask->shape.rank - 1;
  SacShape shape;

  if (!sac_infer_need_float (infer, 1, error))
    return false;
  if (mask->type != SAC_TYPE_BOOL && mask->type != scores->type)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "the mask is %s, neither bool nor %s like the "
                           "scores",
                           sac_type_get_name (mask->type),
                           sac_type_get_name (scores->type));
  if (last < 0 || scores->shape.rank == 0 ||
      !sac_shape_broadcast (&mask->shape, &scores->shape, &shape) ||
      !sac_shape_equal (&shape, &scores->shape) ||
      mask->shape.dims[last] != shape.dims[shape.rank - 1]) {
    g_autofree char *is = sac_shape_to_string (&mask->shape);
    g_autofree char *wanted = sac_shape_to_string (&scores->shape);

    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "a mask of shape %s is not supported for scores of "
                           "shape %s: it needs a value for each key",
                           is, wanted);
  }
  infer->alias = mask->type == scores->type;
  return sac_infer_output (infer, 0, scores->type, &mask->shape, error);
}

static void
forward_range (int64_t from, int64_t to, void *data)
{
  const SacCall *call = data;
  const uint8_t *mask = call->inputs[0]->data;

  if (sac_tensor_get_kind (call->outputs[0]) == SAC_KIND_F64) {
    double *bias = call->outputs[0]->data;

    for (int64_t i = from; i < to; i++)
      bias[i] = mask[i] != 0 ? 0 : -(double)INFINITY;
  } else {
    float *bias = call->outputs[0]->data;

    for (int64_t i = from; i < to; i++)
      bias[i] = mask[i] != 0 ? 0 : -INFINITY;
  }
}

static void
forward (const SacCall *call)
{
  if (call->inputs[0]->type != SAC_TYPE_BOOL)
    memcpy (call->outputs[0]->data, call->inputs[0]->data,
            sac_tensor_get_bytes (call->outputs[0]));
  else
    sac_elements_run (sac_tensor_get_count (call->outputs[0]),
                      SAC_ELEMENTS_CHUNK, forward_range, (void *)call);
}

/* Nothing flows to the scores, whose shape alone was looked at. */
static void
gradient (const SacGradientCall *call)
{
  SacTensor *dx = call->input_gradients[0];
  const SacTensor *dy = call->output_gradients[0];

  if (dx == NULL || dy == NULL)
    return;
  for (int64_t i = 0; i < sac_tensor_get_count (dx); i++) {
    if (sac_tensor_get_kind (dx) == SAC_KIND_F64)
      ((double *)dx->data)[i] += ((const double *)dy->data)[i];
    else
      ((float *)dx->data)[i] += ((const float *)dy->data)[i];
  }
}

const SacOp sac_op_mask_bias = {
  .name = "MaskBias",
  .domain = SAC_DOMAIN_OWN,
  .shape_inputs = SAC_SAVE (1),
  .inputs_min = 2,
  .inputs_max = 2,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = infer_mask_bias,
  .forward = forward,
  .gradient = gradient,
};
