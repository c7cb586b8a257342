/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute-support.h"
#include "compute/blocked-pool.h"
#include "compute/elementwise.h"
#include "conv-support.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* One output of [channel] from rows [pixel][channels]. */
static double
expect_one (const SacBlockedPool *p,
            const float *rows,
            size_t image,
            size_t channel,
            size_t y,
            size_t x)
{
  const SacConvShape *s = &p->shape;
  double most = -INFINITY, sum = 0;
  size_t inside = 0;

  for (size_t ky = 0; ky < s->kernel_height; ky++) {
    ptrdiff_t iy =
      (ptrdiff_t)(y * s->stride_y + ky * s->dilation_y) - s->pad_top;

    for (size_t kx = 0; kx < s->kernel_width; kx++) {
      ptrdiff_t ix =
        (ptrdiff_t)(x * s->stride_x + kx * s->dilation_x) - s->pad_left;

      if (iy < 0 || iy >= (ptrdiff_t)s->height || ix < 0 ||
          ix >= (ptrdiff_t)s->width)
        continue;
      size_t pixel = (image * s->height + (size_t)iy) * s->width + (size_t)ix;
      double value = rows[pixel * s->channels + channel];

      most = fmax (most, value);
      sum += value;
      inside++;
    }
  }
  if (p->kind == SAC_BLOCKED_POOL_MAX)
    return most;
  if (p->kind == SAC_BLOCKED_POOL_AVERAGE_ALL)
    return sum / (double)(s->kernel_height * s->kernel_width);
  return inside > 0 ? sum / (double)inside : 0;
}

static void
check (SacBlockedPoolKind kind, SacConvShape s)
{
  size_t in_rows = sac_conv_in_pixels (&s), out_rows = sac_conv_out_pixels (&s);
  size_t out_count = sac_conv_out_count (&s), at = 0;
  g_autofree float *rows = g_new (float, in_rows *s.channels);
  g_autofree float *x = g_new (float, sac_conv_in_count (&s));
  g_autofree float *expected = g_new (float, out_rows *s.channels);
  g_autofree float *got = g_new (float, out_rows *s.channels);
  float *y = guarded_new (out_count);
  SacBlockedPool pooling = {kind, s, x, y, NULL};

  fill (rows, in_rows * s.channels, 23);
  to_blocked (x, rows, in_rows, s.channels);
  g_assert_true (sac_blocked_pool_run (&pooling, NULL));
  for (size_t row = 0; row < out_rows; row++) {
    for (size_t c = 0; c < s.channels; c++, at++)
      expected[at] =
        (float)expect_one (&pooling, rows, row / s.out_width / s.out_height, c,
                           row / s.out_width % s.out_height, row % s.out_width);
  }
  from_blocked (got, y, out_rows, s.channels);
  test_assert_close (got, expected, out_rows * s.channels, 1e-6, "pooling");
  guarded_free (y, out_count, "pooling");
}

static void
test_shapes (void)
{
  SacConvShape dilated = conv_shape (1, 16, 16, 9, 9, 3, 1, 1, 1);
  SacConvShape ceiled = conv_shape (1, 32, 32, 8, 8, 3, 2, 0, 1);

  dilated.dilation_y = 2;
  dilated.pad_top = 2;
  ceiled.out_height = ceiled.out_width = 4; /* the last window is cut */
  for (SacBlockedPoolKind kind = 0; kind <= SAC_BLOCKED_POOL_AVERAGE_ALL;
       kind++) {
    check (kind, conv_shape (2, 16, 16, 13, 12, 3, 2, 1, 1));
    check (kind, conv_shape (1, 48, 48, 8, 8, 2, 2, 0, 1));
    check (kind, conv_shape (1, 16, 16, 3, 3, 5, 1, 2, 1));
    check (kind, dilated);
    check (kind, ceiled);
  }
}

/* The first tap of a plane's pixel that is its maximum, 255 for none. */
static int
expect_tap (
  const SacConvShape *s, const float *plane, size_t lane, size_t y, size_t x)
{
  float most = 0;
  int tap = 255;

  for (size_t k = 0; k < s->kernel_height * s->kernel_width; k++) {
    ptrdiff_t iy = (ptrdiff_t)(y * s->stride_y) - s->pad_top +
                   (ptrdiff_t)(k / s->kernel_width * s->dilation_y);
    ptrdiff_t ix = (ptrdiff_t)(x * s->stride_x) - s->pad_left +
                   (ptrdiff_t)(k % s->kernel_width * s->dilation_x);

    if (iy < 0 || iy >= (ptrdiff_t)s->height || ix < 0 ||
        ix >= (ptrdiff_t)s->width)
      continue;

    float value = plane[((size_t)iy * s->width + (size_t)ix) * 16 + lane];

    if (tap == 255 || value > most || (isnan (value) && !isnan (most))) {
      tap = (int)k;
      most = value;
    }
  }
  return tap;
}

/* Few different values, so that many are equal, and some NaN. */
static void
check_taps (SacConvShape s)
{
  size_t in_count = sac_conv_in_count (&s), out_count = sac_conv_out_count (&s);
  size_t in_plane = s.height * s.width, out_plane = s.out_height * s.out_width;
  g_autofree float *x = g_new (float, in_count);
  g_autofree float *y = g_new (float, out_count);
  g_autofree float *again = g_new (float, out_count);
  size_t room = (out_count + 3) / 4;
  float *taps = guarded_new (room);
  SacBlockedPool pooling = {SAC_BLOCKED_POOL_MAX, s, x, y,
                            (uint8_t *)(void *)taps};

  fill (x, in_count, 31);
  for (size_t i = 0; i < in_count; i++)
    x[i] = x[i] > 0.95f ? NAN : floorf (x[i] * 2);
  g_assert_true (sac_blocked_pool_run (&pooling, NULL));
  for (size_t i = 0; i < out_count; i++) {
    size_t pixel = i / 16 % out_plane;
    const float *plane = x + i / 16 / out_plane * in_plane * 16;

    g_assert_cmpint (pooling.taps[i], ==,
                     expect_tap (&s, plane, i % 16, pixel / s.out_width,
                                 pixel % s.out_width));
  }
  pooling.y = again;
  pooling.taps = NULL;
  g_assert_true (sac_blocked_pool_run (&pooling, NULL));
  for (size_t i = 0; i < out_count; i++)
    g_assert_true (y[i] == again[i] || (isnan (y[i]) && isnan (again[i])));
  guarded_free (taps, room, "taps");
}

static void
test_taps (void)
{
  SacConvShape outside = conv_shape (1, 16, 16, 3, 3, 2, 1, 1, 1);

  outside.pad_top = 2; /* the first windows see nothing */
  check_taps (outside);
  check_taps (conv_shape (2, 32, 32, 13, 12, 3, 2, 1, 1));
  check_taps (conv_shape (1, 16, 16, 3, 3, 5, 1, 2, 1));
}

/* Maxima keep NaN wherever it stands in the window. */
static void
test_nan (void)
{
  SacConvShape s = conv_shape (1, 16, 16, 3, 3, 3, 1, 0, 1);

  for (size_t at = 0; at < 9; at++) {
    float x[9 * 16] = {0}, y[16] = {0};
    SacBlockedPool pooling = {SAC_BLOCKED_POOL_MAX, s, x, y, NULL};

    x[at * 16 + 5] = NAN;
    x[4 * 16 + 6] = 2;
    g_assert_true (sac_blocked_pool_run (&pooling, NULL));
    g_assert_true (isnan (y[5]));
    g_assert_cmpfloat (y[6], ==, 2);
  }
}

static void
test_global_average (void)
{
  enum { IMAGES = 2, CHANNELS = 19, PIXELS = 50 };
  g_autofree float *rows = g_new (float, IMAGES *PIXELS *CHANNELS);
  g_autofree float *x = g_new (float, IMAGES *PIXELS * 32);
  float y[IMAGES * 32], got[IMAGES * CHANNELS], expected[IMAGES * CHANNELS];
  SacGlobalAverage work = {IMAGES, CHANNELS, PIXELS, x, y};

  fill (rows, IMAGES * PIXELS * CHANNELS, 29);
  to_blocked (x, rows, IMAGES * PIXELS, CHANNELS);
  for (size_t image = 0; image < IMAGES; image++) {
    for (size_t c = 0; c < CHANNELS; c++) {
      double sum = 0;

      for (size_t p = 0; p < PIXELS; p++)
        sum += rows[(image * PIXELS + p) * CHANNELS + c];
      expected[image * CHANNELS + c] = (float)(sum / PIXELS);
    }
  }
  g_assert_true (sac_global_average_run (&work, NULL));
  from_blocked (got, y, IMAGES, CHANNELS);
  test_assert_close (got, expected, IMAGES * CHANNELS, 1e-6, "average");
}

static void
check_elementwise (size_t tail_index, bool gated, bool in_place)
{
  enum { IMAGES = 2, CHANNELS = 37, PIXELS = 600, ROWS = IMAGES * PIXELS };
  g_autofree float *rows = g_new (float, ROWS *CHANNELS);
  g_autofree float *added = g_new (float, ROWS *CHANNELS);
  g_autofree float *x = g_new (float, ROWS * 48);
  g_autofree float *residual = g_new (float, ROWS * 48);
  g_autofree float *expected = g_new (float, ROWS *CHANNELS);
  g_autofree float *got = g_new (float, ROWS *CHANNELS);
  float gate_rows[IMAGES * CHANNELS], gate[IMAGES * 48];
  float bias[CHANNELS], scale[CHANNELS];
  float *y = guarded_new (ROWS * 48);
  SacTail tail = tail_example (tail_index, bias, scale, residual);
  SacElementwise work =
    {IMAGES, CHANNELS, PIXELS, in_place ? y : x, gated ? gate : NULL, tail, y};

  fill (rows, ROWS * CHANNELS, 31);
  fill (added, ROWS * CHANNELS, 32);
  fill (gate_rows, IMAGES * CHANNELS, 33);
  fill (bias, CHANNELS, 34);
  fill (scale, CHANNELS, 35);
  to_blocked (in_place ? y : x, rows, ROWS, CHANNELS);
  to_blocked (residual, added, ROWS, CHANNELS);
  to_blocked (gate, gate_rows, IMAGES, CHANNELS);
  for (size_t row = 0; row < ROWS; row++) {
    for (size_t c = 0; c < CHANNELS; c++) {
      size_t at = row * CHANNELS + c;
      double sum = (double)rows[at] *
                   (gated ? gate_rows[row / PIXELS * CHANNELS + c] : 1.0f);

      expected[at] = (float)tail_of (&tail, sum, c, added[at]);
    }
  }
  g_assert_true (sac_elementwise_run (&work, NULL));
  from_blocked (got, y, ROWS, CHANNELS);
  test_assert_close (got, expected, ROWS * CHANNELS, 2e-6, "elementwise");
  guarded_free (y, ROWS * 48, "elementwise");
}

static void
test_elementwise (void)
{
  for (size_t tail = 0; tail < tail_example_count (); tail++) {
    check_elementwise (tail, tail % 2 == 0, tail % 3 == 0);
    check_elementwise (tail, tail % 2 != 0, tail % 3 == 1);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_for_variants ("/pooling/shapes", test_shapes);
  add_for_variants ("/pooling/nan", test_nan);
  add_for_variants ("/pooling/taps", test_taps);
  add_for_variants ("/pooling/global-average", test_global_average);
  add_for_variants ("/elementwise/tails", test_elementwise);
  return g_test_run ();
}
