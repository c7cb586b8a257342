/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/kernel-finish.h"

/* Pixels whose sums stay in registers together. */
#if LANES == 16
#define PIXELS 14
#else
#define PIXELS 7
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

static void
one_row (const Row *row, const float *x, float *y)
{
  const SacConvShape *s = row->work->shape;
  ptrdiff_t pixel_step = (ptrdiff_t)s->stride_x * SAC_BLOCK;

  for (int part = 0; part < PARTS; part++) {
    const float *from = x + part * LANES;
    float *to = y + part * LANES;
    size_t left = s->out_width;

    for (; left >= PIXELS; left -= PIXELS) {
      some_pixels (row, PIXELS, from, to, part);
      from += PIXELS * pixel_step;
      to += PIXELS * SAC_BLOCK;
    }
    for (; left >= 4; left -= 4) {
      some_pixels (row, 4, from, to, part);
      from += 4 * pixel_step;
      to += 4 * SAC_BLOCK;
    }
    for (; left > 0; left--) {
      some_pixels (row, 1, from, to, part);
      from += pixel_step;
      to += SAC_BLOCK;
    }
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
