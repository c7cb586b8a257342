/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/blocked-pair.h"

#include "compute/conv-pair.h"

/* Of whole lines of the cache. */
size_t
sac_blocked_pair_saved (const SacBlockedConv *first)
{
  SacBlockedSize out = sac_blocked_conv_out (&first->shape);
  size_t bytes =
    sac_blocked_activation_saved (&first->activation, sac_blocked_count (&out));

  return (bytes + 63) / 64 * 64;
}

SacBlockedSize
sac_blocked_pair_mean_size (const SacBlockedPair *pair)
{
  const SacConvShape *s = &pair->second->shape;

  return (SacBlockedSize){s->images, s->channels, 1, 1};
}

static size_t
count_sums (const SacBlockedPair *pair)
{
  return sac_conv_pair_sums (&pair->first->shape, &pair->second->shape);
}

static bool
infer_mean (SacInfer *infer, const SacBlockedPair *pair, GError **error)
{
  SacBlockedSize size = sac_blocked_pair_mean_size (pair);
  SacShape shape = sac_blocked_shape (&size);

  if (infer->output_count < 3)
    return true;
  infer->workspace_bytes += count_sums (pair) * sizeof (double);
  return sac_infer_output (infer, 2, SAC_TYPE_FLOAT, &shape, error);
}

static bool
blocked_pair_infer (SacInfer *infer, GError **error)
{
  const SacBlockedPair *pair = sac_blocked_get (infer);
  SacBlockedSize in = sac_blocked_conv_in (&pair->first->shape);
  SacBlockedSize out = sac_blocked_conv_out (&pair->second->shape);
  size_t floats;

  infer->params = (void *)pair;
  if (!sac_blocked_check_input (infer, 0, &in, error) ||
      !sac_blocked_infer_outputs (infer, &out, &floats, error))
    return false;
  floats += sac_blocked_input_floats (infer, 0, &in);
  infer->workspace_bytes = floats * sizeof (float);
  infer->gradient_workspace_bytes =
    (sac_blocked_count (&out) + sac_blocked_count (&in)) * sizeof (float);
  infer->saved_bytes = sac_blocked_pair_saved (pair->first) +
                       sac_blocked_activation_saved (&pair->second->activation,
                                                     sac_blocked_count (&out));
  infer->cost = sac_blocked_conv_cost (&pair->first->shape) +
                sac_blocked_conv_cost (&pair->second->shape);
  return infer_mean (infer, pair, error);
}

static bool
blocked_pair_prepare (const void *params,
                      bool gradient,
                      const SacJob *job,
                      GError **error)
{
  const SacBlockedPair *pair = params;

  if (!gradient)
    return sac_pack_make (pair->first->pack, job, error) &&
           sac_pack_make (pair->second->pack, job, error);
  for (size_t i = 0; i < pair->second->phase_count; i++) {
    if (!sac_pack_make (pair->second->phases[i].pack, job, error))
      return false;
  }
  return sac_pack_make (pair->first->phases[0].pack, job, error);
}

static const char *
blocked_pair_algorithm (const void *params, bool gradient)
{
  return "pointwise and depthwise";
}

static void
blocked_pair_forward (const SacCall *call)
{
  const SacBlockedPair *of = call->params;
  SacBlockedSize in = sac_blocked_conv_in (&of->first->shape);
  SacBlockedSize out = sac_blocked_conv_out (&of->second->shape);
  float *workspace = call->workspace;
  SacConvPair pair = {.first = sac_blocked_conv_work (of->first),
                      .second = sac_blocked_conv_work (of->second)};

  if (call->output_count > 2 && call->outputs[2] != NULL) {
    pair.mean = sac_tensor_f32 (call->outputs[2]);
    pair.sums = (double *)(void *)workspace;
    workspace += count_sums (of) * (sizeof (double) / sizeof (float));
  }
  pair.first.x = sac_blocked_read (call->inputs[0], &in, &workspace);
  pair.second.y = sac_blocked_begin (call, &workspace);
  if (call->saved != NULL) {
    sac_blocked_activation_end (&of->first->activation, NULL, call->saved,
                                &pair.first.tail);
    sac_blocked_activation_end (&of->second->activation, pair.second.y,
                                (char *)call->saved +
                                  sac_blocked_pair_saved (of->first),
                                &pair.second.tail);
  }
  if (sac_conv_pair_run (&pair, call->job))
    sac_blocked_finish (call, &out, pair.second.y);
}

const SacOp sac_op_blocked_pair = {
  .name = "BlockedPair",
  .domain = "saccade",
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 3,
  .infer = blocked_pair_infer,
  .prepare = blocked_pair_prepare,
  .algorithm = blocked_pair_algorithm,
  .forward = blocked_pair_forward,
  .gradient = sac_blocked_pair_gradient,
  .sets = true,
};
