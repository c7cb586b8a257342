/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/kernel-finish.h"

/* Pixels whose sums stay in registers together. */
#if LANES == 16
#define PIXELS 14
#define FOR_PIXELS(X)                                                          \
  X (1)                                                                        \
  X (2)                                                                        \
  X (3) X (4) X (5) X (6) X (7) X (8) X (9) X (10) X (11) X (12) X (13) X (14)
#else
#define PIXELS 7
#define FOR_PIXELS(X) X (1) X (2) X (3) X (4) X (5) X (6) X (7)
#endif

typedef struct {
  const SacDepthwise *work;
  SacLimits limits;
  float bias[SAC_BLOCK];
} Row;

static ALWAYS_INLINE void
some_pixels (
  const Row *row, const int count, const float *x, float *y, int part)
{
  const SacDepthwise *work = row->work;
  const SacConvShape *s = work->shape;
  ptrdiff_t pixel_step = (ptrdiff_t)s->stride_x * SAC_BLOCK;
  ptrdiff_t tap_step = (ptrdiff_t)s->dilation_x * SAC_BLOCK;
  ptrdiff_t tap_row_step = (ptrdiff_t)s->dilation_y * work->x_row_step;
  const float *weights = work->weights + part * LANES;
  Vec sums[PIXELS];

  UNROLL for (int i = 0; i < count; i++) sums[i] = vec_zero ();
  for (size_t ky = 0; ky < s->kernel_height; ky++) {
    const float *from = x + (ptrdiff_t)ky * tap_row_step;

    for (size_t kx = 0; kx < s->kernel_width; kx++) {
      Vec weight = vec_load (weights);

      UNROLL for (int i = 0; i < count; i++) sums[i] =
        vec_fma (vec_load (from + i * pixel_step), weight, sums[i]);
      weights += SAC_BLOCK;
      from += tap_step;
    }
  }
  if (row->limits.simple) {
    Vec bias = vec_load (row->bias + part * LANES);
    Vec low = vec_splat (row->limits.low), high = vec_splat (row->limits.high);

    UNROLL for (int i = 0; i < count; i++)
    {
      sums[i] += bias;
      if (work->residual != NULL)
        sums[i] += vec_load (work->residual + (y - work->y) + i * SAC_BLOCK);
      sums[i] = vec_min (high, vec_max (low, sums[i]));
    }
  }
  UNROLL for (int i = 0; i < count; i++) vec_store (y + i * SAC_BLOCK, sums[i]);
}

#define DEFINE(count)                                                          \
  static void pixels_##count (const Row *row, const float *x, float *y,        \
                              int part)                                        \
  {                                                                            \
    some_pixels (row, count, x, y, part);                                      \
  }
FOR_PIXELS (DEFINE)

#define NAME(count) pixels_##count,
static void (*const runs[PIXELS]) (const Row *, const float *, float *, int) = {
  FOR_PIXELS (NAME)};

/* In runs of nearly equal length: a short one would wait for its own sums. */
static void
one_row (const Row *row, const float *x, float *y)
{
  const SacConvShape *s = row->work->shape;
  size_t count = (s->out_width + PIXELS - 1) / PIXELS;

  for (size_t run = 0; run < count; run++) {
    size_t first = s->out_width * run / count;
    size_t length = s->out_width * (run + 1) / count - first;

    for (int part = 0; part < PARTS; part++)
      runs[length - 1](row, x + first * s->stride_x * SAC_BLOCK + part * LANES,
                       y + first * SAC_BLOCK + part * LANES, part);
  }
}

void
SAC_KERNEL (depthwise) (const SacDepthwise *work)
{
  const SacConvShape *s = work->shape;
  const SacTail *tail = work->tail;
  size_t first = work->block * SAC_BLOCK, left = s->channels - first;
  size_t lanes = left < SAC_BLOCK ? left : SAC_BLOCK;
  Row row = {.work = work, .limits = sac_limits (tail)};
  float scale[SAC_BLOCK] = {0};
  size_t pixels = work->rows * s->out_width;
  SacFinish finish = {work->y,
                      SAC_BLOCK,
                      pixels,
                      row.bias,
                      tail->scale != NULL ? scale : NULL,
                      work->residual};

  if (tail->bias != NULL)
    memcpy (row.bias, tail->bias + first, lanes * sizeof (float));
  if (tail->scale != NULL)
    memcpy (scale, tail->scale + first, lanes * sizeof (float));
  for (size_t y = 0; y < work->rows; y++)
    one_row (&row, work->x + (ptrdiff_t)(y * s->stride_y) * work->x_row_step,
             work->y + y * s->out_width * SAC_BLOCK);
  if (!row.limits.simple)
    SAC_KERNEL (finish) (tail, &finish);
  if (lanes < SAC_BLOCK) {
    for (size_t i = 0; i < pixels; i++)
      memset (work->y + i * SAC_BLOCK + lanes, 0,
              (SAC_BLOCK - lanes) * sizeof (float));
  }
}
