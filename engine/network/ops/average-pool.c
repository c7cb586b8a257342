/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* AveragePool divides by the number of taps in the input or, with
 * count_include_pad, in the padded input; what hangs over its end in ceil_mode
 * never counts.  Sums over a window are kept in double, in row-major order. */
#include "network/ops/pooling.h"

#include "base/error.h"

#include <inttypes.h>

/* Longest axis of an output; its counts are then 128 MiB. */
#define AXIS_MAX (1 << 24)

typedef struct {
  SacPooling pooling;
  const double *counts[2]; /* taps along each axis, per output position */
} Params;

/* Taps of an output position that count, along one axis. */
static int64_t
count_taps (const SacWindow *w, int axis, int64_t position, bool include_pads)
{
  SacWindow padded = *w;
  int64_t from, to;

  if (include_pads) {
    padded.in[axis] += w->pad_begin[axis] + w->pad_end[axis];
    padded.pad_begin[axis] = 0;
  }
  sac_window_taps (&padded, axis, position, &from, &to);
  return to - from;
}

static bool
average_pool_infer (SacInfer *infer, GError **error)
{
  Params *params = sac_infer_alloc (infer, sizeof *params);
  const SacWindow *w = &params->pooling.window;
  int64_t include_pads;

  if (!sac_pooling_infer (infer, &params->pooling, error) ||
      !sac_infer_int (infer, "count_include_pad", 0, &include_pads, error))
    return false;
  infer->params = params;
  if (params->pooling.planes == 0)
    return true;
  for (int axis = 0; axis < 2; axis++) {
    if (w->out[axis] > AXIS_MAX)
      return sac_infer_fail (infer, SAC_ERROR_TOO_LARGE, error,
                             "an output axis of %" PRId64 " is too long",
                             w->out[axis]);

    double *counts =
      sac_infer_alloc (infer, (size_t)w->out[axis] * sizeof (double));

    for (int64_t i = 0; i < w->out[axis]; i++)
      counts[i] = (double)count_taps (w, axis, i, include_pads != 0);
    params->counts[axis] = counts;
  }
  return true;
}

typedef struct {
  const float *plane;
  double sum[SAC_POOLING_BLOCK];
} Block;

/* With a stride known to the compiler this becomes vector code. */
static inline void
add_elements (double *restrict sum,
              const float *restrict input,
              int64_t count,
              int64_t stride)
{
  for (int64_t i = 0; i < count; i++)
    sum[i] += (double)input[i * stride];
}

static void
add_tap (const SacPoolingTap *tap, void *data)
{
  Block *block = data;
  const float *input = block->plane + tap->input;
  double *sum = block->sum + tap->from;

  if (tap->stride == 1)
    add_elements (sum, input, tap->count, 1);
  else if (tap->stride == 2)
    add_elements (sum, input, tap->count, 2);
  else
    add_elements (sum, input, tap->count, tap->stride);
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

  block.plane = sac_tensor_f32 (call->inputs[0]) + plane * w->in[0] * w->in[1];
  for (int64_t y = 0; y < w->out[0]; y++) {
    for (int64_t first = 0; first < w->out[1]; first += SAC_POOLING_BLOCK) {
      int64_t count = MIN (SAC_POOLING_BLOCK, w->out[1] - first);
      const double *columns = params->counts[1] + first;
      float *out = y_plane + y * w->out[1] + first;

      for (int64_t i = 0; i < count; i++)
        block.sum[i] = 0;
      sac_pooling_visit (&(SacPoolingBlock){w, call->job, y, first, count},
                         add_tap, &block);
      for (int64_t i = 0; i < count; i++)
        out[i] = (float)(block.sum[i] / (params->counts[0][y] * columns[i]));
    }
  }
}

static void
average_pool_forward (const SacCall *call)
{
  const Params *params = call->params;

  sac_pooling_run (&params->pooling, pool_plane, (void *)call);
}

typedef struct {
  float *plane;
  float share[SAC_POOLING_BLOCK]; /* what each output gives to each tap */
} Shares;

static void
give_share (const SacPoolingTap *tap, void *data)
{
  const Shares *shares = data;
  float *input = shares->plane + tap->input;
  const float *share = shares->share + tap->from;

  for (int64_t i = 0; i < tap->count; i++)
    input[i * tap->stride] += share[i];
}

static void
spread_plane (size_t index, void *data)
{
  const SacGradientCall *call = data;
  const Params *params = call->params;
  const SacWindow *w = &params->pooling.window;
  int64_t plane = (int64_t)index;
  const float *dy_plane =
    sac_tensor_f32 (call->output_gradients[0]) + plane * w->out[0] * w->out[1];
  Shares shares;

  shares.plane =
    sac_tensor_f32 (call->input_gradients[0]) + plane * w->in[0] * w->in[1];
  for (int64_t y = 0; y < w->out[0]; y++) {
    for (int64_t first = 0; first < w->out[1]; first += SAC_POOLING_BLOCK) {
      int64_t count = MIN (SAC_POOLING_BLOCK, w->out[1] - first);
      const double *columns = params->counts[1] + first;
      const float *dy = dy_plane + y * w->out[1] + first;

      for (int64_t i = 0; i < count; i++)
        shares.share[i] =
          (float)((double)dy[i] / (params->counts[0][y] * columns[i]));
      sac_pooling_visit (&(SacPoolingBlock){w, call->job, y, first, count},
                         give_share, &shares);
    }
  }
}

static void
average_pool_gradient (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL)
    return;
  sac_pooling_run (&params->pooling, spread_plane, (void *)call);
}

const SacOp sac_op_average_pool = {
  .name = "AveragePool",
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = average_pool_infer,
  .forward = average_pool_forward,
  .gradient = average_pool_gradient,
};
