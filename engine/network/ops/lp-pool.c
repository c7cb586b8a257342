/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"
#include "network/ops/lp-norm.h"
#include "network/ops/pooling.h"

#include <inttypes.h>

typedef struct {
  SacPooling pooling;
  int64_t p;
} Params;

static bool
lp_pool_infer (SacInfer *infer, GError **error)
{
  Params *params = sac_infer_alloc (infer, sizeof *params);

  if (!sac_pooling_infer (infer, &params->pooling, error) ||
      !sac_infer_int (infer, "p", 2, &params->p, error))
    return false;
  if (params->p < 1)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "p is %" PRId64 ", not positive", params->p);
  infer->params = params;
  return true;
}

typedef struct {
  const float *plane;
  int64_t p;
  double sum[SAC_POOLING_BLOCK];
} Block;

static void
add_tap (const SacPoolingTap *tap, void *data)
{
  Block *block = data;
  const float *input = block->plane + tap->input;
  double *sum = block->sum + tap->from;

  for (int64_t i = 0; i < tap->count; i++)
    sum[i] += sac_lp_norm_term ((double)input[i * tap->stride], block->p);
}

static void
pool_plane (size_t index, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;
  const SacWindow *w = &params->pooling.window;
  int64_t plane = (int64_t)index;
  float *y_plane =
    sac_tensor_f32 (call->outputs[0]) + plane * w->out[0] * w->out[1];
  Block block;

  block.p = params->p;
  block.plane = sac_tensor_f32 (call->inputs[0]) + plane * w->in[0] * w->in[1];
  for (int64_t y = 0; y < w->out[0]; y++) {
    for (int64_t first = 0; first < w->out[1]; first += SAC_POOLING_BLOCK) {
      int64_t count = MIN (SAC_POOLING_BLOCK, w->out[1] - first);
      float *out = y_plane + y * w->out[1] + first;

      for (int64_t i = 0; i < count; i++)
        block.sum[i] = 0;
      sac_pooling_visit (&(SacPoolingBlock){w, call->job, y, first, count},
                         add_tap, &block);
      for (int64_t i = 0; i < count; i++)
        out[i] = (float)sac_lp_norm_root (block.sum[i], params->p);
    }
  }
}

static void
lp_pool_forward (const SacCall *call)
{
  const Params *params = call->params;

  sac_pooling_run (&params->pooling, pool_plane, (void *)call);
}

typedef struct {
  const float *x;
  float *dx;
  const float *y, *dy; /* of the block */
  int64_t p;
} Spread;

static void
give_share (const SacPoolingTap *tap, void *data)
{
  const Spread *spread = data;

  for (int64_t i = 0; i < tap->count; i++) {
    int64_t input = tap->input + i * tap->stride;
    int64_t output = tap->from + i;

    spread->dx[input] +=
      (float)((double)spread->dy[output] *
              sac_lp_norm_slope ((double)spread->x[input],
                                 (double)spread->y[output], spread->p));
  }
}

static void
spread_plane (size_t index, void *data)
{
  const SacGradientCall *call = data;
  const Params *params = call->params;
  const SacWindow *w = &params->pooling.window;
  int64_t in = (int64_t)index * w->in[0] * w->in[1];
  int64_t out = (int64_t)index * w->out[0] * w->out[1];

  for (int64_t y = 0; y < w->out[0]; y++) {
    for (int64_t first = 0; first < w->out[1]; first += SAC_POOLING_BLOCK) {
      int64_t at = out + y * w->out[1] + first;
      Spread spread = {
        .x = sac_tensor_f32 (call->inputs[0]) + in,
        .dx = sac_tensor_f32 (call->input_gradients[0]) + in,
        .y = sac_tensor_f32 (call->outputs[0]) + at,
        .dy = sac_tensor_f32 (call->output_gradients[0]) + at,
        .p = params->p,
      };

      sac_pooling_visit (&(SacPoolingBlock){w, call->job, y, first,
                                            MIN (SAC_POOLING_BLOCK,
                                                 w->out[1] - first)},
                         give_share, &spread);
    }
  }
}

static void
lp_pool_gradient (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL)
    return;
  sac_pooling_run (&params->pooling, spread_plane, (void *)call);
}

const SacOp sac_op_lp_pool = {
  .name = "LpPool",
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = lp_pool_infer,
  .forward = lp_pool_forward,
  .gradient = lp_pool_gradient,
  .saves_inputs = SAC_SAVE (0),
  .saves_outputs = SAC_SAVE (0),
};
