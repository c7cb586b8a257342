/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/blocked-pool.h"

#include "base/pool.h"
#include "compute/blocked-pool.h"
#include "compute/vector-math.h"

#include <math.h>
#include <string.h>

static bool
blocked_pool_infer (SacInfer *infer, GError **error)
{
  const SacBlockedPooling *pool = sac_blocked_get (infer);
  size_t out = sac_blocked_count (&pool->out), floats;

  infer->params = (void *)pool;
  if (!sac_blocked_check_input (infer, 0, &pool->in, error) ||
      !sac_blocked_infer_outputs (infer, &pool->out, &floats, error))
    return false;
  infer->workspace_bytes =
    (floats + sac_blocked_input_floats (infer, 0, &pool->in)) * sizeof (float);
  infer->gradient_workspace_bytes =
    (out + sac_blocked_count (&pool->in)) * sizeof (float);
  infer->saved_bytes = pool->average ? 0 : out;
  return true;
}

typedef struct {
  const SacBlockedPooling *pool;
  const float *x;
  float *y;
  uint8_t *taps;
} Work;

/* The taps of an output position that lie in the image. */
typedef struct {
  int64_t from[2], to[2];
  const float *x; /* the pixel that tap 0, 0 would meet */
} Reach;

static Reach
reach_of (const Work *work, const float *plane, int64_t y, int64_t x)
{
  const SacWindow *w = &work->pool->window;
  Reach reach;

  sac_window_taps (w, 0, y, &reach.from[0], &reach.to[0]);
  sac_window_taps (w, 1, x, &reach.from[1], &reach.to[1]);
  reach.x = plane + ((y * w->stride[0] - w->pad_begin[0]) * w->in[1] +
                     x * w->stride[1] - w->pad_begin[1]) *
                      SAC_BLOCK;
  return reach;
}

static inline ptrdiff_t
tap_offset (const SacWindow *w, int64_t ky, int64_t kx)
{
  return (ky * w->dilation[0] * w->in[1] + kx * w->dilation[1]) * SAC_BLOCK;
}

static void
find_average (
  const Work *work, const Reach *reach, int64_t row, int64_t column, float *y)
{
  const SacWindow *w = &work->pool->window;
  double count = work->pool->counts[0][row] * work->pool->counts[1][column];
  ptrdiff_t step = tap_offset (w, 0, 1) - tap_offset (w, 0, 0);
  double sums[SAC_BLOCK] = {0};

  for (int64_t ky = reach->from[0]; ky < reach->to[0]; ky++)
    sac_blocked_pool_add (reach->x + tap_offset (w, ky, reach->from[1]), step,
                          (size_t)(reach->to[1] - reach->from[1]), sums);
  for (int lane = 0; lane < SAC_BLOCK; lane++)
    y[lane] = (float)(sums[lane] / count);
}

/* Averages in double: one row of one block and image. */
static void
pool_row (size_t index, void *data)
{
  const Work *work = data;
  const SacBlockedPooling *pool = work->pool;
  const SacWindow *w = &pool->window;
  size_t plane = index / pool->out.height;
  int64_t row = (int64_t)(index % pool->out.height);
  const float *x =
    work->x + plane * pool->in.height * pool->in.width * SAC_BLOCK;
  size_t place = index * pool->out.width * SAC_BLOCK;

  for (int64_t i = 0; i < w->out[1]; i++, place += SAC_BLOCK) {
    Reach reach = reach_of (work, x, row, i);

    find_average (work, &reach, row, i, work->y + place);
  }
}

static bool
run_maximum (const Work *work, const SacJob *job)
{
  const SacBlockedPooling *pool = work->pool;
  const SacWindow *w = &pool->window;

  return sac_blocked_pool_run (
    &(SacBlockedPool){
      .kind = SAC_BLOCKED_POOL_MAX,
      .shape =
        {
          .images = pool->in.images,
          .channels = pool->in.channels,
          .filters = pool->in.channels,
          .height = pool->in.height,
          .width = pool->in.width,
          .out_height = pool->out.height,
          .out_width = pool->out.width,
          .kernel_height = (size_t)w->kernel[0],
          .kernel_width = (size_t)w->kernel[1],
          .stride_y = (size_t)w->stride[0],
          .stride_x = (size_t)w->stride[1],
          .dilation_y = (size_t)w->dilation[0],
          .dilation_x = (size_t)w->dilation[1],
          .pad_top = w->pad_begin[0],
          .pad_left = w->pad_begin[1],
          .groups = 1,
        },
      .x = work->x,
      .y = work->y,
      .taps = work->taps,
    },
    job);
}

static void
blocked_pool_forward (const SacCall *call)
{
  const SacBlockedPooling *pool = call->params;
  float *workspace = call->workspace;
  Work work = {.pool = pool, .taps = call->saved};

  work.x = sac_blocked_read (call->inputs[0], &pool->in, &workspace);
  work.y = sac_blocked_begin (call, &workspace);
  if (pool->average)
    sac_pool_run (sac_blocks (pool->out.channels) * pool->out.images *
                    pool->out.height,
                  pool_row, &work);
  else if (!run_maximum (&work, call->job))
    return;
  sac_blocked_clear_tail (work.y, &pool->out);
  sac_blocked_finish (call, &pool->out, work.y);
}

typedef struct {
  const SacBlockedPooling *pool;
  const float *dy;
  const float *base; /* what dX is added to, or NULL */
  float *dx;
  const uint8_t *taps;
  ptrdiff_t offsets[SAC_BLOCKED_TAPS_MAX]; /* of each tap */
} Reverse;

static SAC_WIDE void
spread_average (const Reverse *reverse,
                const Reach *reach,
                double count,
                const float *dy)
{
  const SacWindow *w = &reverse->pool->window;
  float share[SAC_BLOCK];

  for (int lane = 0; lane < SAC_BLOCK; lane++)
    share[lane] = (float)((double)dy[lane] / count);
  for (int64_t ky = reach->from[0]; ky < reach->to[0]; ky++) {
    for (int64_t kx = reach->from[1]; kx < reach->to[1]; kx++) {
      float *dx = (float *)reach->x + tap_offset (w, ky, kx);

      for (int lane = 0; lane < SAC_BLOCK; lane++)
        dx[lane] += share[lane];
    }
  }
}

static inline void
spread_maximum (const Reverse *reverse,
                float *first,
                const float *dy,
                const uint8_t *taps)
{
  for (int lane = 0; lane < SAC_BLOCK; lane++) {
    if (taps[lane] < SAC_BLOCKED_TAPS_MAX)
      first[reverse->offsets[taps[lane]] + lane] += dy[lane];
  }
}

/* The one window is the whole image. */
static SAC_WIDE void
spread_plane (const Reverse *reverse, size_t plane)
{
  const SacBlockedPooling *pool = reverse->pool;
  size_t pixels = pool->in.height * pool->in.width;
  double count = pool->counts[0][0] * pool->counts[1][0];
  size_t start = plane * pixels * SAC_BLOCK;
  float share[SAC_BLOCK];

  for (size_t lane = 0; lane < SAC_BLOCK; lane++)
    share[lane] =
      (float)((double)reverse->dy[plane * SAC_BLOCK + lane] / count);
  for (size_t i = 0; i < pixels; i++) {
    size_t place = start + i * SAC_BLOCK;

    SAC_INDEPENDENT
    for (size_t lane = 0; lane < SAC_BLOCK; lane++)
      reverse->dx[place + lane] =
        (reverse->base != NULL ? reverse->base[place + lane] : 0) + share[lane];
  }
}

bool
sac_blocked_pooling_is_mean (const SacBlockedPooling *pool)
{
  const SacWindow *w = &pool->window;
  bool whole = pool->average;

  for (int axis = 0; axis < 2; axis++)
    whole = whole && w->out[axis] == 1 && w->kernel[axis] == w->in[axis] &&
            w->pad_begin[axis] == 0 && w->dilation[axis] == 1;
  return whole;
}

/* One block and image: windows overlap. */
static void
reverse_plane (size_t plane, void *data)
{
  const Reverse *reverse = data;
  const SacBlockedPooling *pool = reverse->pool;
  const SacWindow *w = &pool->window;
  Work work = {.pool = pool};
  size_t floats = pool->in.height * pool->in.width * SAC_BLOCK;
  float *x = reverse->dx + plane * floats;
  size_t place = plane * pool->out.height * pool->out.width * SAC_BLOCK;

  if (sac_blocked_pooling_is_mean (pool)) {
    spread_plane (reverse, plane);
    return;
  }
  if (reverse->base != NULL)
    memcpy (x, reverse->base + plane * floats, floats * sizeof *x);
  else
    memset (x, 0, floats * sizeof *x);
  for (int64_t row = 0; row < w->out[0]; row++) {
    for (int64_t i = 0; i < w->out[1]; i++, place += SAC_BLOCK) {
      Reach reach = reach_of (&work, x, row, i);

      if (pool->average)
        spread_average (reverse, &reach,
                        pool->counts[0][row] * pool->counts[1][i],
                        reverse->dy + place);
      else
        spread_maximum (reverse, (float *)reach.x, reverse->dy + place,
                        reverse->taps + place);
    }
  }
}

static void
blocked_pool_gradient (const SacGradientCall *call)
{
  const SacBlockedPooling *pool = call->params;
  const SacWindow *w = &pool->window;
  float *workspace = (float *)call->workspace;
  float *dx = workspace + sac_blocked_count (&pool->out);
  Reverse reverse = {.pool = pool, .taps = call->saved};

  if (call->input_gradients[0] == NULL)
    return;
  for (int64_t i = 0; !pool->average && i < w->kernel[0] * w->kernel[1]; i++)
    reverse.offsets[i] = tap_offset (w, i / w->kernel[1], i % w->kernel[1]);
  reverse.dy = sac_blocked_collect (call, &pool->out, &workspace);
  reverse.dx = sac_blocked_target (call, 0, dx, &reverse.base);
  sac_pool_run (sac_blocks (pool->in.channels) * pool->in.images, reverse_plane,
                &reverse);
  sac_blocked_give (call, 0, &pool->in, reverse.dx);
}

const SacOp sac_op_blocked_pool = {
  .name = "BlockedPool",
  .domain = "saccade",
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 2,
  .infer = blocked_pool_infer,
  .forward = blocked_pool_forward,
  .gradient = blocked_pool_gradient,
  .sets = true,
};
