/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/pool.h"
#include "compute-support.h"
#include "compute/kernels.h"
#include "compute/layer-norm.h"
#include "compute/softmax.h"
#include "support.h"

#include <math.h>
#include <string.h>

static float *
filled (size_t count, guint32 seed)
{
  float *values = g_new (float, count);

  fill (values, count, seed);
  return values;
}

static void
test_softmax (void)
{
  enum { ROWS = 3, COLUMNS = 37, STEP = 40 };
  float x[ROWS * STEP], y[ROWS * STEP];
  SacSoftmax softmax = {ROWS, COLUMNS, x, STEP, y, STEP};

  fill (x, ROWS * STEP, 6);
  x[5] = 200;
  x[STEP + 3] = -INFINITY;
  x[STEP + 4] = -100; /* what is added by masks: no subnormal share is left */
  x[2 * STEP + 36] = NAN;
  g_assert_true (sac_softmax_run (&softmax, NULL));
  g_assert_cmpfloat_with_epsilon (y[5], 1, 1e-6);
  g_assert_cmpfloat (y[STEP + 3], ==, 0);
  g_assert_cmpfloat (y[STEP + 4], ==, 0);
  for (size_t row = 0; row < 2; row++) {
    double sum = 0, whole = 0;
    float expected[COLUMNS];

    for (size_t i = 0; i < COLUMNS; i++)
      sum += exp ((double)x[row * STEP + i] - (row == 0 ? 200 : 0));
    for (size_t i = 0; i < COLUMNS; i++) {
      expected[i] =
        (float)(exp ((double)x[row * STEP + i] - (row == 0 ? 200 : 0)) / sum);
      whole += y[row * STEP + i];
    }
    test_assert_close (y + row * STEP, expected, COLUMNS, 1e-6, "softmax");
    g_assert_cmpfloat_with_epsilon (whole, 1, 1e-6);
  }
  for (size_t i = 0; i < COLUMNS; i++)
    g_assert_true (isnan (y[2 * STEP + i]));
}

/* In place too. */
static void
test_choose (void)
{
  enum { ROWS = 5 };
  float x[ROWS * SAC_BLOCK], y[ROWS * SAC_BLOCK];
  uint16_t bits[ROWS] = {0, 0xffff, 0x8001, 0x5a3c, 0x0ff0};

  for (size_t rows = 0; rows <= ROWS; rows++) {
    fill (x, ROWS * SAC_BLOCK, 4);
    memset (y, 0, sizeof y);
    sac_kernels ()->choose (x, y, bits, rows, 0.75f, -0.25f);
    for (size_t i = 0; i < rows * SAC_BLOCK; i++) {
      bool set = (bits[i / SAC_BLOCK] >> i % SAC_BLOCK & 1) != 0;

      g_assert_cmpfloat (y[i], ==, x[i] * (set ? 0.75f : -0.25f));
    }
    for (size_t i = rows * SAC_BLOCK; i < ROWS * SAC_BLOCK; i++)
      g_assert_cmpfloat (y[i], ==, 0);
    sac_kernels ()->choose (x, x, bits, rows, 0.75f, -0.25f);
    g_assert_cmpmem (x, rows * SAC_BLOCK * sizeof *x, y,
                     rows * SAC_BLOCK * sizeof *y);
  }
}

/* What a function leaves beside its result; its kinks lie between the places
 * that are tried. */
static void
test_slope (void)
{
  enum { ROWS = 9, COUNT = ROWS * SAC_BLOCK };
  static const SacFunction functions[] = {SAC_FUNCTION_SIGMOID,
                                          SAC_FUNCTION_SILU,
                                          SAC_FUNCTION_HARD_SWISH,
                                          SAC_FUNCTION_TANH,
                                          SAC_FUNCTION_GELU,
                                          SAC_FUNCTION_GELU_TANH,
                                          SAC_FUNCTION_GELU_QUICK};
  float x[COUNT], y[COUNT], saved[COUNT], slopes[COUNT], values[COUNT];

  for (int i = 0; i < COUNT; i++)
    x[i] = ((float)i - COUNT / 2 + 0.37f) / 9;
  for (size_t f = 0; f < G_N_ELEMENTS (functions); f++) {
    SacTail tail = {.last = functions[f], .saved = saved, .origin = y};

    for (int i = 0; i < COUNT; i++) {
      slopes[i] = (float)slope_of (functions[f], (double)x[i]);
      values[i] =
        (float)tail_of (&(SacTail){.last = functions[f]}, (double)x[i], 0, 0);
    }
    memcpy (y, x, sizeof y);
    memset (saved, 0xff, sizeof saved);
    sac_kernels ()->finish (&tail, &(SacFinish){.c = y,
                                                .row_step = SAC_BLOCK,
                                                .rows = ROWS});
    test_assert_close (saved, slopes, COUNT, 2e-6, "slope");
    test_assert_close (y, values, COUNT, 2e-6, "value");
  }
}

static void
norm_row (const float *x,
          size_t columns,
          const float *scale,
          const float *bias,
          float *y)
{
  double mean = 0, variance = 0;

  for (size_t i = 0; i < columns; i++)
    mean += x[i] / (double)columns;
  for (size_t i = 0; i < columns; i++)
    variance += (x[i] - mean) * (x[i] - mean) / (double)columns;
  for (size_t i = 0; i < columns; i++)
    y[i] = (float)((x[i] - mean) / sqrt (variance + 1e-5) * scale[i] + bias[i]);
}

static void
check_norm (size_t rows, size_t columns)
{
  size_t blocked_count = rows * sac_blocks (columns) * SAC_BLOCK;
  g_autofree float *x = filled (rows * columns, 7);
  g_autofree float *scale = filled (columns, 8);
  g_autofree float *bias = filled (columns, 9);
  g_autofree float *expected = g_new (float, rows *columns);
  g_autofree float *x_blocked = g_new (float, blocked_count);
  g_autofree float *back = g_new (float, rows *columns);
  float *y = guarded_new (rows * columns);
  float *y_blocked = guarded_new (blocked_count);
  SacLayerNorm norm = {
    .rows = rows,
    .columns = columns,
    .x = sac_rows_plain (x, columns),
    .y = sac_rows_plain (y, columns),
    .scale = scale,
    .bias = bias,
    .epsilon = 1e-5f,
  };

  for (size_t i = 0; i < rows * columns; i++)
    x[i] += 3; /* a mean that is not near 0 */
  to_blocked (x_blocked, x, rows, columns);
  for (size_t row = 0; row < rows; row++)
    norm_row (x + row * columns, columns, scale, bias,
              expected + row * columns);
  g_assert_true (sac_layer_norm_run (&norm, NULL));
  test_assert_close (y, expected, rows * columns, 2e-6, "layer norm");
  norm.x = sac_rows_blocked (x_blocked, rows);
  norm.y = sac_rows_blocked (y_blocked, rows);
  g_assert_true (sac_layer_norm_run (&norm, NULL));
  from_blocked (back, y_blocked, rows, columns);
  test_assert_close (back, expected, rows * columns, 2e-6, "blocked norm");
  guarded_free (y, rows * columns, "layer norm");
  guarded_free (y_blocked, blocked_count, "blocked norm");
}

static double
get_g (const float *dy, const float *scale, size_t i)
{
  return (double)dy[i] * (double)scale[i];
}

/* dx of one row, from the formula as it is. */
static void
norm_row_gradient (const float *x,
                   const float *dy,
                   const float *scale,
                   size_t columns,
                   float *dx)
{
  double n = (double)columns, mean = 0, variance = 0, sum = 0, along = 0;

  for (size_t i = 0; i < columns; i++)
    mean += x[i] / n;
  for (size_t i = 0; i < columns; i++)
    variance += (x[i] - mean) * (x[i] - mean) / n;

  double inverse = 1 / sqrt (variance + 1e-5);

  for (size_t i = 0; i < columns; i++) {
    sum += get_g (dy, scale, i) / n;
    along += get_g (dy, scale, i) * (x[i] - mean) * inverse / n;
  }
  for (size_t i = 0; i < columns; i++)
    dx[i] += (float)(inverse * (get_g (dy, scale, i) - sum -
                                (x[i] - mean) * inverse * along));
}

static void
check_norm_gradient (size_t rows, size_t columns)
{
  size_t count = rows * columns;
  size_t blocked_count = rows * sac_blocks (columns) * SAC_BLOCK;
  g_autofree float *x = filled (count, 7), *dy = filled (count, 8);
  g_autofree float *scale = filled (columns, 9);
  g_autofree float *expected = filled (count, 10);
  g_autofree float *x_blocked = g_new (float, blocked_count);
  g_autofree float *dy_blocked = g_new (float, blocked_count);
  g_autofree float *back = g_new (float, count);
  g_autofree float *moments = g_new (float, 2 * rows);
  g_autofree float *y = g_new (float, count);
  float *dx = guarded_new (count);
  float *dx_blocked = guarded_new (blocked_count);
  SacLayerNorm norm = {
    .rows = rows,
    .columns = columns,
    .x = sac_rows_plain (x, columns),
    .y = sac_rows_plain (y, columns),
    .epsilon = 1e-5f,
    .means = moments,
    .inverse = moments + rows,
  };
  SacLayerNormGradient gradient = {
    .rows = rows,
    .columns = columns,
    .x = norm.x,
    .dy = sac_rows_plain (dy, columns),
    .dx = sac_rows_plain (dx, columns),
    .scale = scale,
    .means = moments,
    .inverse = moments + rows,
  };

  /* What is there before is added to. */
  memcpy (dx, expected, count * sizeof *dx);
  to_blocked (dx_blocked, expected, rows, columns);
  to_blocked (x_blocked, x, rows, columns);
  to_blocked (dy_blocked, dy, rows, columns);
  for (size_t row = 0; row < rows; row++)
    norm_row_gradient (x + row * columns, dy + row * columns, scale, columns,
                       expected + row * columns);
  g_assert_true (sac_layer_norm_run (&norm, NULL));
  g_assert_true (sac_layer_norm_gradient_run (&gradient, NULL));
  test_assert_close (dx, expected, count, 5e-6, "gradient");
  gradient.x = sac_rows_blocked (x_blocked, rows);
  gradient.dy = sac_rows_blocked (dy_blocked, rows);
  gradient.dx = sac_rows_blocked (dx_blocked, rows);
  g_assert_true (sac_layer_norm_gradient_run (&gradient, NULL));
  from_blocked (back, dx_blocked, rows, columns);
  test_assert_close (back, expected, count, 5e-6, "blocked gradient");
  guarded_free (dx, count, "gradient");
  guarded_free (dx_blocked, blocked_count, "blocked gradient");
}

static void
test_layer_norm_gradient (void)
{
  static const size_t sizes[][2] = {
    {1, 2}, {3, 7}, {5, 16}, {4, 33}, {9, 96}, {700, 100}, {2, 1000},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    check_norm_gradient (sizes[i][0], sizes[i][1]);
}

static void
test_layer_norm (void)
{
  check_norm (1, 5);
  check_norm (7, 16);
  check_norm (50, 96);
  check_norm (3, 770);
  check_norm (300, 33);
}

static void
test_cancel (void)
{
  float x[4] = {1, 2, 3, 4}, y[4] = {9};
  SacSoftmax softmax = {1, 4, x, 4, y, 4};
  g_autoptr (SacJob) job = sac_job_new (NULL);

  sac_job_cancel (job);
  g_assert_false (sac_softmax_run (&softmax, job));
  g_assert_cmpfloat (y[0], ==, 9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_for_variants ("/rows/choose", test_choose);
  add_for_variants ("/rows/slope", test_slope);
  add_for_variants ("/rows/softmax", test_softmax);
  add_for_variants ("/rows/layer-norm", test_layer_norm);
  add_for_variants ("/rows/layer-norm-gradient", test_layer_norm_gradient);
  g_test_add_func ("/rows/cancel", test_cancel);
  return g_test_run ();
}
