/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/blocked-pair.h"

#include "compute/conv-pair.h"

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
  infer->cost = sac_blocked_conv_cost (&pair->first->shape) +
                sac_blocked_conv_cost (&pair->second->shape);
  return true;
}

static bool
blocked_pair_prepare (const void *params,
                      bool gradient,
                      const SacJob *job,
                      GError **error)
{
  const SacBlockedPair *pair = params;

  return gradient || (sac_pack_make (pair->first->pack, job, error) &&
                      sac_pack_make (pair->second->pack, job, error));
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
  SacConvPair pair = {sac_blocked_conv_work (of->first),
                      sac_blocked_conv_work (of->second)};

  pair.first.x = sac_blocked_read (call->inputs[0], &in, &workspace);
  pair.second.y = sac_blocked_begin (call, &workspace);
  if (sac_conv_pair_run (&pair, call->job))
    sac_blocked_finish (call, &out, pair.second.y);
}

const SacOp sac_op_blocked_pair = {
  .name = "BlockedPair",
  .domain = "saccade",
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 2,
  .infer = blocked_pair_infer,
  .prepare = blocked_pair_prepare,
  .algorithm = blocked_pair_algorithm,
  .forward = blocked_pair_forward,
};
