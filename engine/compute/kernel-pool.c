/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/kernel-table.h"
#include "compute/kernel-window.h"

#include <math.h>

#define NO_TAP 255

/* NaN where either is. */
static ALWAYS_INLINE Vec
larger (Vec a, Vec b)
{
  Vec most = vec_max (a, b); /* b where either is NaN */

  return vec_choose_nan (a, a, most);
}

/* The number of the largest so far, when one more value has come. */
static ALWAYS_INLINE Vec
which_tap (Vec which, Vec largest, Vec value, Vec tap)
{
  Vec more =
    vec_choose_nan (value, tap, vec_choose (largest, value, tap, which));

  return vec_choose_nan (largest, which, more);
}

static ALWAYS_INLINE void
store_taps (uint8_t *taps, Vec which)
{
#if LANES == 16
  _mm_storeu_si128 ((__m128i *)(void *)taps,
                    _mm512_cvtepi32_epi8 (_mm512_cvttps_epi32 (which)));
#else
  float numbers[LANES];

  vec_store (numbers, which);
  for (int lane = 0; lane < LANES; lane++)
    taps[lane] = (uint8_t)numbers[lane];
#endif
}

/* The maximum, and which tap it was. */
static ALWAYS_INLINE void
find_pixel (const float *x,
            ptrdiff_t row_step,
            size_t kernel_width,
            const SacWindowPart *down,
            const SacWindowPart *across,
            float *y,
            uint8_t *taps)
{
  bool any = down->count > 0 && across->count > 0;
  ptrdiff_t start = down->skipped * (ptrdiff_t)kernel_width + across->skipped;

  for (int part = 0; part < PARTS; part++) {
    Vec result = vec_splat (-INFINITY);
    Vec which = vec_splat (any ? (float)start : NO_TAP);

    for (ptrdiff_t i = 0; i < down->count; i++) {
      const float *from = x + (down->first + i * down->step) * row_step +
                          across->first * SAC_BLOCK + part * LANES;
      float tap = (float)(start + i * (ptrdiff_t)kernel_width);

      for (ptrdiff_t j = 0; j < across->count; j++) {
        Vec value = vec_load (from);

        which = which_tap (which, result, value, vec_splat (tap));
        result = larger (result, value);
        tap += 1;
        from += across->step * SAC_BLOCK;
      }
    }
    vec_store (y + part * LANES, result);
    store_taps (taps + part * LANES, which);
  }
}

static ALWAYS_INLINE void
pool_pixel (const bool maximum,
            const float *x,
            ptrdiff_t row_step,
            const SacWindowPart *down,
            const SacWindowPart *across,
            float divisor,
            float *y)
{
  for (int part = 0; part < PARTS; part++) {
    Vec result = maximum ? vec_splat (-INFINITY) : vec_zero ();

    for (ptrdiff_t i = 0; i < down->count; i++) {
      const float *from = x + (down->first + i * down->step) * row_step +
                          across->first * SAC_BLOCK + part * LANES;

      for (ptrdiff_t j = 0; j < across->count; j++) {
        Vec value = vec_load (from);

        if (maximum)
          result = larger (result, value);
        else
          result += value;
        from += across->step * SAC_BLOCK;
      }
    }
    if (!maximum)
      result /= divisor;
    vec_store (y + part * LANES, result);
  }
}

void
SAC_KERNEL (pool) (const SacBlockedPool *pooling,
                   size_t plane,
                   size_t row,
                   size_t row_end)
{
  const SacConvShape *s = &pooling->shape;
  const float *x = pooling->x + plane * s->height * s->width * SAC_BLOCK;
  float *y =
    pooling->y + (plane * s->out_height + row) * s->out_width * SAC_BLOCK;
  ptrdiff_t row_step = (ptrdiff_t)s->width * SAC_BLOCK;
  float all = (float)(s->kernel_height * s->kernel_width);

  for (; row < row_end; row++) {
    SacWindowPart down =
      sac_window_part (row, s->stride_y, s->dilation_y, s->kernel_height,
                       s->pad_top, s->height);

    for (size_t column = 0; column < s->out_width; column++, y += SAC_BLOCK) {
      SacWindowPart across =
        sac_window_part (column, s->stride_x, s->dilation_x, s->kernel_width,
                         s->pad_left, s->width);
      ptrdiff_t inside = down.count * across.count;
      float divisor = pooling->kind == SAC_BLOCKED_POOL_AVERAGE_ALL
                        ? all
                        : (float)(inside > 0 ? inside : 1);

      if (pooling->taps != NULL)
        find_pixel (x, row_step, s->kernel_width, &down, &across, y,
                    pooling->taps + (y - pooling->y));
      else if (pooling->kind == SAC_BLOCKED_POOL_MAX)
        pool_pixel (true, x, row_step, &down, &across, 1, y);
      else
        pool_pixel (false, x, row_step, &down, &across, divisor, y);
    }
  }
}

/* The average of every pixel of one plane, in four sums side by side. */
void
SAC_KERNEL (average_plane) (const float *x, size_t pixels, float *y)
{
  for (int part = 0; part < PARTS; part++) {
    Vec sums[4] = {vec_zero (), vec_zero (), vec_zero (), vec_zero ()};

    for (size_t pixel = 0; pixel < pixels; pixel++)
      sums[pixel % 4] += vec_load (x + pixel * SAC_BLOCK + part * LANES);
    vec_store (y + part * LANES,
               ((sums[0] + sums[1]) + (sums[2] + sums[3])) / (float)pixels);
  }
}
