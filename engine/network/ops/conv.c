/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"
#include "network/ops/checks.h"
#include "network/ops/convolve.h"

#include <inttypes.h>

/* X: batch x channels x spatial; W: features x channels of a group x kernel. */
static bool
check_channels (const SacInfer *infer, int64_t groups, GError **error)
{
  const SacShape *x = &infer->inputs[0]->shape;
  const SacShape *w = &infer->inputs[1]->shape;

  if (groups < 1)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "group is %" PRId64 ", not positive", groups);
  if (x->dims[1] % groups != 0 || w->dims[0] % groups != 0 ||
      w->dims[1] != x->dims[1] / groups)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "weights of %" PRId64 " x %" PRId64
                           " channels do not fit %" PRId64
                           " input channels in %" PRId64 " groups",
                           w->dims[0], w->dims[1], x->dims[1], groups);
  return sac_checks_shape (infer, 2, &(SacShape){1, {w->dims[0]}}, "bias",
                           error);
}

static bool
conv_infer (SacInfer *infer, GError **error)
{
  SacConvolve c = {0};

  if (!sac_checks_float32 (infer, error))
    return false;
  if (!sac_infer_has (infer, 1))
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "the weights are missing");

  const SacShape *x = &infer->inputs[0]->shape;
  const SacShape *w = &infer->inputs[1]->shape;

  if (!sac_window_read (infer, x, w, &c.window, error) ||
      !sac_infer_int (infer, "group", 1, &c.groups, error) ||
      !check_channels (infer, c.groups, error) ||
      !sac_window_slide (infer, &c.window, false, error))
    return false;

  SacShape y = {x->rank, {x->dims[0], w->dims[0]}};

  for (int i = 0; i < c.window.rank; i++)
    y.dims[2 + i] = c.window.out[2 - c.window.rank + i];
  if (!sac_infer_output (infer, 0, infer->inputs[0]->type, &y, error))
    return false;

  c.batch = x->dims[0];
  c.large_channels = w->dims[1];
  c.small_channels = w->dims[0] / c.groups;
  sac_convolve_prepare (&c);
  *(SacConvolve *)(infer->params = sac_infer_alloc (infer, sizeof c)) = c;
  infer->cost = (double)sac_shape_size (&y) * sac_shape_product (w, 1, w->rank);
  infer->workspace_bytes = sac_convolve_get_gather_bytes (&c);
  infer->gradient_workspace_bytes = sac_convolve_get_scatter_bytes (&c);
  return true;
}

static void
conv_forward (const SacCall *call)
{
  const SacConvolve *c = call->params;
  bool biased = call->input_count > 2 && call->inputs[2] != NULL;

  sac_convolve_fill (sac_tensor_f32 (call->outputs[0]), c->batch,
                     c->groups * c->small_channels,
                     c->window.out[0] * c->window.out[1],
                     biased ? sac_tensor_f32 (call->inputs[2]) : NULL);
  sac_convolve_gather (c, &(SacConvolveCall){
                            .weights = sac_tensor_f32 (call->inputs[1]),
                            .from = sac_tensor_f32 (call->inputs[0]),
                            .to = sac_tensor_f32 (call->outputs[0]),
                            .workspace = call->workspace,
                            .job = call->job,
                          });
}

static void
conv_gradient (const SacGradientCall *call)
{
  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL)
    return;
  sac_convolve_scatter (call->params,
                        &(SacConvolveCall){
                          .weights = sac_tensor_f32 (call->inputs[1]),
                          .from = sac_tensor_f32 (call->output_gradients[0]),
                          .to = sac_tensor_f32 (call->input_gradients[0]),
                          .workspace = call->workspace,
                          .job = call->job,
                        });
}

const SacOp sac_op_conv = {
  .name = "Conv",
  .inputs_min = 2,
  .inputs_max = 3,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = conv_infer,
  .forward = conv_forward,
  .gradient = conv_gradient,
  .saves_inputs = SAC_SAVE (1),
  .gradient_inputs = SAC_SAVE (0),
};
