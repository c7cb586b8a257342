/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute-support.h"

#include <math.h>
#include <string.h>

#define GUARD 64
#define GUARD_BYTE 0xa5

float *
guarded_new (size_t count)
{
  size_t whole = count + 2 * GUARD;
  float *start = g_aligned_alloc (whole, sizeof (float), 64);

  memset (start, GUARD_BYTE, whole * sizeof (float));
  memset (start + GUARD, 0xff, count * sizeof (float)); /* NaN */
  return start + GUARD;
}

void
guarded_free (float *values, size_t count, const char *what)
{
  const guint8 *before = (const guint8 *)(values - GUARD);
  const guint8 *after = (const guint8 *)(values + count);

  for (size_t i = 0; i < GUARD * sizeof (float); i++) {
    if (before[i] != GUARD_BYTE)
      g_error ("%s: written before its beginning", what);
    if (after[i] != GUARD_BYTE)
      g_error ("%s: written past its end", what);
  }
  g_aligned_free (values - GUARD);
}

void
fill (float *values, size_t count, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  for (size_t i = 0; i < count; i++)
    values[i] = (float)g_rand_double_range (rand, -1, 1);
}

double
product_tolerance (double float32)
{
  return sac_compute_get_variant () == SAC_VARIANT_AMX ? MAX (float32, 3e-4)
                                                       : float32;
}

typedef struct {
  SacVariant variant;
  void (*test) (void);
} VariantTest;

static void
run_with_variant (gconstpointer data)
{
  const VariantTest *own = data;

  if (!sac_compute_set_variant (own->variant)) {
    g_test_skip ("this processor does not have it");
    return;
  }
  own->test ();
}

void
add_for_variants (const char *path, void (*test) (void))
{
  for (SacVariant v = 0; v < SAC_VARIANT_COUNT; v++) {
    VariantTest *own = g_new (VariantTest, 1);
    g_autofree char *name =
      g_strdup_printf ("%s/%s", path, sac_compute_variant_name (v));

    *own = (VariantTest){v, test};
    g_test_add_data_func_full (name, own, run_with_variant, g_free);
  }
}

void
to_blocked (float *blocked, const float *plain, size_t rows, size_t columns)
{
  memset (blocked, 0, sac_blocks (columns) * SAC_BLOCK * rows * sizeof (float));
  for (size_t row = 0; row < rows; row++) {
    for (size_t column = 0; column < columns; column++)
      blocked[(column / SAC_BLOCK * rows + row) * SAC_BLOCK +
              column % SAC_BLOCK] = plain[row * columns + column];
  }
}

void
from_blocked (float *plain, const float *blocked, size_t rows, size_t columns)
{
  for (size_t row = 0; row < rows; row++) {
    for (size_t column = 0; column < sac_blocks (columns) * SAC_BLOCK;
         column++) {
      float value = blocked[(column / SAC_BLOCK * rows + row) * SAC_BLOCK +
                            column % SAC_BLOCK];

      if (column < columns)
        plain[row * columns + column] = value;
      else
        g_assert_cmpfloat (value, ==, 0);
    }
  }
}

static double
function_of (SacFunction function, const SacTail *tail, double x)
{
  switch (function) {
  case SAC_FUNCTION_NONE:
    return x;
  case SAC_FUNCTION_RELU:
    return fmax (x, 0);
  case SAC_FUNCTION_CLIP:
    return fmin (tail->high, fmax (tail->low, x));
  case SAC_FUNCTION_LEAKY_RELU:
    return x < 0 ? tail->low * x : x;
  case SAC_FUNCTION_SIGMOID:
    return 1 / (1 + exp (-x));
  case SAC_FUNCTION_HARD_SIGMOID:
    return fmin (1, fmax (0, tail->low * x + tail->high));
  case SAC_FUNCTION_SILU:
    return x / (1 + exp (-x));
  case SAC_FUNCTION_HARD_SWISH:
    return x * fmin (1, fmax (0, x / 6 + 0.5));
  case SAC_FUNCTION_TANH:
    return tanh (x);
  case SAC_FUNCTION_GELU:
    return x / 2 * (1 + erf (x / sqrt (2)));
  case SAC_FUNCTION_GELU_TANH:
    return x / 2 * (1 + tanh (sqrt (2 / G_PI) * (x + 0.044715 * x * x * x)));
  case SAC_FUNCTION_GELU_QUICK:
    return x / (1 + exp (-1.702 * x));
  default:
    g_assert_not_reached ();
  }
}

/* The fourth-order difference is right to 1e-10 where there is no kink. */
double
slope_of (SacFunction function, double x)
{
  const SacTail none = {0};
  double h = 1e-3;

  if (function == SAC_FUNCTION_HARD_SWISH)
    return x < -3 ? 0 : x > 3 ? 1 : x / 3 + 0.5;
  return (8 * (function_of (function, &none, x + h) -
               function_of (function, &none, x - h)) -
          (function_of (function, &none, x + 2 * h) -
           function_of (function, &none, x - 2 * h))) /
         (12 * h);
}

double
tail_of (const SacTail *tail, double sum, size_t column, double residual)
{
  if (tail->bias != NULL)
    sum += tail->bias[column];
  sum = function_of (tail->first, tail, sum);
  if (tail->scale != NULL)
    sum *= tail->scale[column];
  if (tail->residual != NULL)
    sum += residual;
  return function_of (tail->last, tail, sum);
}

/* Whether bias, scale and residual are there. */
static const struct {
  bool bias;
  SacFunction first;
  bool scale, residual;
  SacFunction last;
} examples[] = {
  {false, SAC_FUNCTION_NONE, false, false, SAC_FUNCTION_NONE},
  {true, SAC_FUNCTION_NONE, false, true, SAC_FUNCTION_RELU},
  {true, SAC_FUNCTION_CLIP, false, false, SAC_FUNCTION_NONE},
  {true, SAC_FUNCTION_SILU, false, true, SAC_FUNCTION_NONE},
  {false, SAC_FUNCTION_GELU, true, true, SAC_FUNCTION_TANH},
  {true, SAC_FUNCTION_NONE, true, true, SAC_FUNCTION_NONE},
  {true, SAC_FUNCTION_NONE, false, false, SAC_FUNCTION_SIGMOID},
  {true, SAC_FUNCTION_HARD_SWISH, false, false, SAC_FUNCTION_NONE},
  {false, SAC_FUNCTION_HARD_SIGMOID, false, true, SAC_FUNCTION_LEAKY_RELU},
  {true, SAC_FUNCTION_GELU_QUICK, true, false, SAC_FUNCTION_NONE},
  {true, SAC_FUNCTION_GELU_TANH, false, true, SAC_FUNCTION_CLIP},
};

size_t
tail_example_count (void)
{
  return G_N_ELEMENTS (examples);
}

SacTail
tail_example (size_t index,
              const float *bias,
              const float *scale,
              const float *residual)
{
  return (SacTail){
    .bias = examples[index].bias ? bias : NULL,
    .first = examples[index].first,
    .scale = examples[index].scale ? scale : NULL,
    .residual = examples[index].residual ? residual : NULL,
    .last = examples[index].last,
    .low = 0.2f,
    .high = 0.7f,
  };
}
