/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* InstanceNormalization and GroupNormalization: rows are the planes of one
 * channel, or of a group of channels, of one image. */
#include "base/error.h"
#include "network/ops/checks.h"
#include "network/ops/standardize.h"

#include <inttypes.h>

/* Fills what does not depend on the op: groups, epsilon, and per group or per
 * channel parameters. */
static bool
infer_groups (SacInfer *infer, int64_t groups, bool per_channel, GError **error)
{
  SacStandardize *s = sac_infer_alloc (infer, sizeof *s);
  const SacShape *x = &infer->inputs[0]->shape;
  int64_t channels = x->dims[1];
  SacShape parameters = {1, {per_channel ? channels : groups}};
  float epsilon;

  if (!sac_infer_has (infer, 1) || !sac_infer_has (infer, 2))
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "the scale or the bias is missing");
  if (!sac_checks_shape (infer, 1, &parameters, "scale", error) ||
      !sac_checks_shape (infer, 2, &parameters, "bias", error) ||
      !sac_infer_float (infer, "epsilon", 1e-5f, &epsilon, error) ||
      !sac_infer_output (infer, 0, infer->inputs[0]->type, x, error))
    return false;
  infer->params = s;
  if (sac_shape_size (x) == 0)
    return true;

  int64_t plane = sac_shape_product (x, 2, x->rank);

  s->rows = x->dims[0] * groups;
  s->size = channels / groups * plane;
  s->segment = per_channel ? plane : s->size;
  s->parameters = parameters.dims[0];
  s->epsilon = (double)epsilon;
  infer->saved_bytes = sac_standardize_saved (s);
  return true;
}

static bool
check_input (SacInfer *infer, int rank_min, GError **error)
{
  if (!sac_checks_float32 (infer, error))
    return false;
  if (infer->inputs[0]->shape.rank < rank_min)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "the input has rank %d, below %d",
                           infer->inputs[0]->shape.rank, rank_min);
  return true;
}

static bool
instance_norm_infer (SacInfer *infer, GError **error)
{
  return check_input (infer, 3, error) &&
         infer_groups (infer, infer->inputs[0]->shape.dims[1], true, error);
}

/* Before opset 21 scale and bias are per group, since then per channel. */
static bool
group_norm_infer (SacInfer *infer, GError **error)
{
  int64_t groups;

  if (!check_input (infer, 3, error) ||
      !sac_infer_int (infer, "num_groups", 0, &groups, error))
    return false;

  int64_t channels = infer->inputs[0]->shape.dims[1];

  if (groups < 1 || channels % groups != 0)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "%" PRId64 " channels cannot be cut into %" PRId64
                           " groups",
                           channels, groups);
  return infer_groups (infer, groups, infer->opset >= 21, error);
}

static void
norm_forward (const SacCall *call)
{
  sac_standardize_forward (call->params,
                           &(SacStandardizeForward){
                             .x = sac_tensor_f32 (call->inputs[0]),
                             .scale = sac_tensor_f32 (call->inputs[1]),
                             .bias = sac_tensor_f32 (call->inputs[2]),
                             .y = sac_tensor_f32 (call->outputs[0]),
                             .moments = call->saved,
                           });
}

static void
norm_gradient (const SacGradientCall *call)
{
  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL)
    return;
  sac_standardize_gradient (call->params,
                            &(SacStandardizeGradient){
                              .x = sac_tensor_f32 (call->inputs[0]),
                              .scale = sac_tensor_f32 (call->inputs[1]),
                              .moments = call->saved,
                              .dy = sac_tensor_f32 (call->output_gradients[0]),
                              .dx = sac_tensor_f32 (call->input_gradients[0]),
                            });
}

const SacOp sac_op_instance_normalization = {
  .name = "InstanceNormalization",
  .inputs_min = 3,
  .inputs_max = 3,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = instance_norm_infer,
  .forward = norm_forward,
  .gradient = norm_gradient,
  .saves_inputs = SAC_SAVE (0) | SAC_SAVE (1),
  .gradient_inputs = SAC_SAVE (0),
};

const SacOp sac_op_group_normalization = {
  .name = "GroupNormalization",
  .opset_min = 18,
  .inputs_min = 3,
  .inputs_max = 3,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = group_norm_infer,
  .forward = norm_forward,
  .gradient = norm_gradient,
  .saves_inputs = SAC_SAVE (0) | SAC_SAVE (1),
  .gradient_inputs = SAC_SAVE (0),
};
