/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/blocked-conv.h"

SacBlockedSize
sac_blocked_conv_in (const SacConvShape *shape)
{
  return (SacBlockedSize){shape->images, shape->channels, shape->height,
                          shape->width};
}

SacBlockedSize
sac_blocked_conv_out (const SacConvShape *shape)
{
  return (SacBlockedSize){shape->images, shape->filters, shape->out_height,
                          shape->out_width};
}

double
sac_blocked_conv_cost (const SacConvShape *s)
{
  return (double)sac_conv_out_pixels (s) * (double)s->filters *
         (double)(s->channels / s->groups) *
         (double)(s->kernel_height * s->kernel_width);
}

SacConv
sac_blocked_conv_work (const SacBlockedConv *of)
{
  return (SacConv){
    .shape = of->shape,
    .algorithm = of->algorithm,
    .packed = sac_pack_get (of->pack),
    .tail = {.bias = of->bias,
             .last = of->activation.function,
             .low = of->activation.low,
             .high = of->activation.high},
  };
}

static bool
blocked_conv_infer (SacInfer *infer, GError **error)
{
  const SacBlockedConv *conv = sac_blocked_get (infer);
  SacBlockedSize in = sac_blocked_conv_in (&conv->shape);
  SacBlockedSize out = sac_blocked_conv_out (&conv->shape);
  size_t floats;

  infer->params = (void *)conv;
  if (!sac_blocked_check_input (infer, 0, &in, error) ||
      (conv->residual && !sac_blocked_check_input (infer, 1, &out, error)) ||
      !sac_blocked_infer_outputs (infer, &out, &floats, error))
    return false;
  if (conv->algorithm != SAC_CONV_PLANAR)
    floats += sac_blocked_input_floats (infer, 0, &in);
  if (conv->residual)
    floats += sac_blocked_input_floats (infer, 1, &out);
  infer->workspace_bytes = floats * sizeof (float);
  infer->gradient_workspace_bytes =
    sac_blocked_conv_gradient_floats (conv, sac_blocked_is (
                                              &infer->inputs[0]->shape)) *
    sizeof (float);
  infer->saved_bytes =
    sac_blocked_activation_saved (&conv->activation, sac_blocked_count (&out));
  if (conv->residual && conv->activation.function == SAC_FUNCTION_NONE)
    infer->passes = SAC_SAVE (1);
  infer->cost = sac_blocked_conv_cost (&conv->shape);
  return true;
}

static bool
blocked_conv_prepare (const void *params,
                      bool gradient,
                      const SacJob *job,
                      GError **error)
{
  const SacBlockedConv *conv = params;

  if (!gradient || conv->spreads)
    return sac_pack_make (conv->pack, job, error);
  for (size_t i = 0; i < conv->phase_count; i++) {
    if (!sac_pack_make (conv->phases[i].pack, job, error))
      return false;
  }
  return true;
}

static const char *
blocked_conv_algorithm (const void *params, bool gradient)
{
  const SacBlockedConv *conv = params;

  if (!gradient || conv->spreads)
    return sac_conv_algorithm_name (conv->algorithm);
  return conv->phase_count > 0
           ? sac_conv_algorithm_name (conv->phases[0].algorithm)
           : "";
}

static void
blocked_conv_forward (const SacCall *call)
{
  const SacBlockedConv *of = call->params;
  SacBlockedSize in = sac_blocked_conv_in (&of->shape);
  SacBlockedSize out = sac_blocked_conv_out (&of->shape);
  float *workspace = call->workspace;
  SacConv conv = {
    .shape = of->shape,
    .algorithm = of->algorithm,
    .packed = sac_pack_get (of->pack),
    .tail = {.bias = of->bias},
  };

  conv.x = of->algorithm == SAC_CONV_PLANAR
             ? sac_tensor_f32 (call->inputs[0])
             : sac_blocked_read (call->inputs[0], &in, &workspace);
  if (of->residual)
    conv.tail.residual = sac_blocked_read (call->inputs[1], &out, &workspace);
  conv.y = sac_blocked_begin (call, &workspace);
  sac_blocked_activation_end (&of->activation, conv.y, call->saved, &conv.tail);
  if (sac_conv_run (&conv, call->job))
    sac_blocked_finish (call, &out, conv.y);
}

const SacOp sac_op_blocked_conv = {
  .name = "BlockedConv",
  .domain = "saccade",
  .inputs_min = 1,
  .inputs_max = 2,
  .outputs_min = 1,
  .outputs_max = 2,
  .infer = blocked_conv_infer,
  .prepare = blocked_conv_prepare,
  .algorithm = blocked_conv_algorithm,
  .forward = blocked_conv_forward,
  .gradient = sac_blocked_conv_gradient,
  .sets = true,
};
