/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The functions alone, over their whole range, against the C library's. */
#include "compute-support.h"
#include "compute/elementwise.h"

#include <math.h>
#include <string.h>

/* Runs 16 values through one function. */
static void
apply (SacFunction function, const float *x, float *y)
{
  SacElementwise work = {1, 16,   1,
                         x, NULL, {.last = function, .low = 0.3f, .high = 0.6f},
                         y};

  g_assert_true (sac_elementwise_run (&work, NULL));
}

/* How much the function changes by half a bit of x. */
static double
half_bit (const SacTail *tail, double x)
{
  return fabs (tail_of (tail, x * (1 + 0x1p-24), 0, 0) -
               tail_of (tail, x, 0, 0));
}

/* `bits`: halves of a bit of x that the function may be off. */
static void
check_function (SacFunction function,
                double bits,
                double relative,
                double absolute)
{
  SacTail tail = {.last = function, .low = 0.3f, .high = 0.6f};
  double step = 1.0 / 64;

  for (double start = -100; start < 100; start += 16 * step) {
    float x[16], y[16];

    for (int i = 0; i < 16; i++)
      x[i] = (float)(start + i * step);
    apply (function, x, y);
    for (int i = 0; i < 16; i++) {
      double expected = tail_of (&tail, x[i], 0, 0);
      double allowed =
        bits * half_bit (&tail, x[i]) + fabs (expected) * relative + absolute;

      if (!(fabs (y[i] - expected) <= allowed))
        g_error ("function %d of %.9g is %.9g, expected %.9g", (int)function,
                 (double)x[i], (double)y[i], expected);
    }
  }
}

static void
test_ranges (void)
{
  check_function (SAC_FUNCTION_RELU, 0, 0, 0);
  check_function (SAC_FUNCTION_CLIP, 0, 0, 0);
  check_function (SAC_FUNCTION_LEAKY_RELU, 0, 1e-7, 0);
  check_function (SAC_FUNCTION_HARD_SIGMOID, 0, 2e-7, 1e-7);
  check_function (SAC_FUNCTION_HARD_SWISH, 0, 3e-7, 2e-7);
  check_function (SAC_FUNCTION_SIGMOID, 2, 3e-7, 1e-37);
  check_function (SAC_FUNCTION_SILU, 2, 4e-7, 1e-35);
  check_function (SAC_FUNCTION_TANH, 0, 3e-7, 0);
  check_function (SAC_FUNCTION_GELU, 0, 3e-7, 2e-7);
  check_function (SAC_FUNCTION_GELU_TANH, 0, 1e-6, 2e-7);
  check_function (SAC_FUNCTION_GELU_QUICK, 0, 1e-6, 1e-7);
}

static void
test_specials (void)
{
  static const SacFunction smooth[] = {SAC_FUNCTION_SIGMOID,
                                       SAC_FUNCTION_SILU,
                                       SAC_FUNCTION_TANH,
                                       SAC_FUNCTION_GELU,
                                       SAC_FUNCTION_GELU_TANH,
                                       SAC_FUNCTION_GELU_QUICK};

  for (SacFunction f = 0; f < SAC_FUNCTION_COUNT; f++) {
    float x[16] = {NAN, 0}, y[16];

    apply (f, x, y);
    g_assert_true (isnan (y[0]));
  }
  for (size_t i = 0; i < G_N_ELEMENTS (smooth); i++) {
    bool bounded =
      smooth[i] == SAC_FUNCTION_SIGMOID || smooth[i] == SAC_FUNCTION_TANH;
    float x[16] = {INFINITY, 1000, -1000, 0}, y[16];

    apply (smooth[i], x, y);
    g_assert_cmpfloat (y[0], ==, bounded ? 1 : INFINITY);
    g_assert_cmpfloat (y[1], ==, bounded ? 1 : 1000);
    g_assert_cmpfloat_with_epsilon (y[2],
                                    smooth[i] == SAC_FUNCTION_TANH ? -1 : 0,
                                    1e-30);
    g_assert_cmpfloat (y[3], ==, smooth[i] == SAC_FUNCTION_SIGMOID ? 0.5 : 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_for_variants ("/tail/ranges", test_ranges);
  add_for_variants ("/tail/specials", test_specials);
  return g_test_run ();
}
