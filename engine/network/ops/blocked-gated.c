/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/blocked-gated.h"

#include "compute/conv-gated.h"

SacBlockedSize
sac_blocked_gate_size (const SacConvShape *shape)
{
  return (SacBlockedSize){shape->images, shape->channels, 1, 1};
}

static bool
blocked_gated_infer (SacInfer *infer, GError **error)
{
  const SacBlockedConv *conv = sac_blocked_get (infer);
  SacBlockedSize in = sac_blocked_conv_in (&conv->shape);
  SacBlockedSize gate = sac_blocked_gate_size (&conv->shape);
  SacBlockedSize out = sac_blocked_conv_out (&conv->shape);
  size_t floats;

  infer->params = (void *)conv;
  if (!sac_blocked_check_input (infer, 0, &in, error) ||
      !sac_blocked_check_input (infer, 1, &gate, error) ||
      (conv->residual && !sac_blocked_check_input (infer, 2, &out, error)) ||
      !sac_blocked_infer_outputs (infer, &out, &floats, error))
    return false;
  floats += sac_blocked_input_floats (infer, 0, &in);
  floats += sac_blocked_input_floats (infer, 1, &gate);
  infer->gradient_workspace_bytes =
    (sac_blocked_gated_gradient_floats (conv) +
     sac_blocked_input_floats (infer, 0, &in) +
     sac_blocked_input_floats (infer, 1, &gate)) *
    sizeof (float);
  if (conv->residual)
    floats += sac_blocked_input_floats (infer, 2, &out);
  infer->workspace_bytes = floats * sizeof (float);
  infer->saved_bytes =
    sac_blocked_activation_saved (&conv->activation, sac_blocked_count (&out));
  if (conv->residual && conv->activation.function == SAC_FUNCTION_NONE)
    infer->passes = SAC_SAVE (2);
  infer->cost = sac_blocked_conv_cost (&conv->shape);
  return true;
}

static bool
blocked_gated_prepare (const void *params,
                       bool gradient,
                       const SacJob *job,
                       GError **error)
{
  const SacBlockedConv *conv = params;

  return sac_pack_make (gradient ? conv->phases[0].pack : conv->pack, job,
                        error);
}

static const char *
blocked_gated_algorithm (const void *params, bool gradient)
{
  return "pointwise with a gate";
}

static void
blocked_gated_forward (const SacCall *call)
{
  const SacBlockedConv *of = call->params;
  SacBlockedSize in = sac_blocked_conv_in (&of->shape);
  SacBlockedSize gate = sac_blocked_gate_size (&of->shape);
  SacBlockedSize out = sac_blocked_conv_out (&of->shape);
  float *workspace = call->workspace;
  SacConvGated gated = {sac_blocked_conv_work (of), NULL};
  SacConv *conv = &gated.conv;

  conv->x = sac_blocked_read (call->inputs[0], &in, &workspace);
  gated.gate = sac_blocked_read (call->inputs[1], &gate, &workspace);
  if (of->residual)
    conv->tail.residual = sac_blocked_read (call->inputs[2], &out, &workspace);
  conv->y = sac_blocked_begin (call, &workspace);
  sac_blocked_activation_end (&of->activation, conv->y, call->saved,
                              &conv->tail);
  if (sac_conv_gated_run (&gated, call->job))
    sac_blocked_finish (call, &out, conv->y);
}

const SacOp sac_op_blocked_gated = {
  .name = "BlockedGated",
  .domain = "saccade",
  .inputs_min = 2,
  .inputs_max = 3,
  .outputs_min = 1,
  .outputs_max = 2,
  .infer = blocked_gated_infer,
  .prepare = blocked_gated_prepare,
  .algorithm = blocked_gated_algorithm,
  .forward = blocked_gated_forward,
  .gradient = sac_blocked_gated_gradient,
  .sets = true,
  .saves_cross = SAC_SAVE (0) | SAC_SAVE (1),
};
