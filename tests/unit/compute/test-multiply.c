/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The product's kernel by itself: what its numbers may be off, where they must
 * be exact, and numbers that are none. */
#include "compute-support.h"
#include "compute/kernels.h"
#include "compute/loop.h"

#include <math.h>
#include <string.h>

/* Of A's depth: in line, in blocks, as a plane's rows have it, and long enough
 * for several parts. */
static const ptrdiff_t run_lists[][8] = {
  {64}, {16, 16, 9}, {7, 7, 7, 7, 7, 7}, {3, 1, 40, 16, 5}, {1030, 16, 300},
};

typedef struct {
  size_t rows, depth, columns;
  SacRun runs[8];
  size_t run_count;
  float *a; /* [rows][a_step], what lies between the runs NaN */
  size_t a_step;
  float *packed; /* [panel][depth][32] */
  float *c;      /* [rows][columns] */
} Case;

static Case
case_new (const ptrdiff_t *runs, size_t rows, size_t columns)
{
  Case c = {.rows = rows, .columns = columns};
  size_t panels = (columns + SAC_PANEL - 1) / SAC_PANEL;

  for (; c.run_count < 8 && runs[c.run_count] > 0; c.run_count++) {
    c.runs[c.run_count] = (SacRun){(ptrdiff_t)c.a_step + 1, runs[c.run_count]};
    c.a_step += (size_t)runs[c.run_count] + 1;
    c.depth += (size_t)runs[c.run_count];
  }
  c.a = g_new (float, rows *c.a_step + 1);
  memset (c.a, 0xff, (rows * c.a_step + 1) * sizeof *c.a);
  c.packed = g_new0 (float, panels *c.depth *SAC_PANEL);
  c.c = guarded_new (rows * columns);
  return c;
}

static void
case_clear (Case *c)
{
  g_free (c->a);
  g_free (c->packed);
  guarded_free (c->c, c->rows * c->columns, "product");
}

static float *
a_at (const Case *c, size_t row, size_t depth)
{
  size_t run = 0;

  for (; depth >= (size_t)c->runs[run].count; run++)
    depth -= (size_t)c->runs[run].count;
  return c->a + row * c->a_step + c->runs[run].offset + depth;
}

static float *
b_at (const Case *c, size_t depth, size_t column)
{
  return c->packed + (column / SAC_PANEL * c->depth + depth) * SAC_PANEL +
         column % SAC_PANEL;
}

static void
set_random (const Case *c)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (size_t d = 0; d < c->depth; d++) {
    for (size_t row = 0; row < c->rows; row++)
      *a_at (c, row, d) = (float)g_rand_double_range (rand, -1, 1);
    for (size_t column = 0; column < c->columns; column++)
      *b_at (c, d, column) = (float)g_rand_double_range (rand, -1, 1);
  }
}

static void
multiply_rows (const Case *c, size_t row, size_t rows, bool accumulate)
{
  SacMultiply work = {
    .a = c->a + row * c->a_step,
    .a_step = (ptrdiff_t)c->a_step,
    .runs = c->runs,
    .run_count = c->run_count,
    .b = c->packed,
    .panel_floats = c->depth * SAC_PANEL,
    .c = sac_rows_plain (c->c + row * c->columns, c->columns),
    .rows = rows,
    .columns = c->columns,
    .accumulate = accumulate,
  };

  sac_kernels ()->multiply (&work);
}

static double
sum_of (const Case *c, size_t row, size_t column, double *magnitude)
{
  double sum = 0;

  *magnitude = 0;
  for (size_t d = 0; d < c->depth; d++) {
    double product = (double)*a_at (c, row, d) * *b_at (c, d, column);

    sum += product;
    *magnitude += fabs (product);
  }
  return sum;
}

/* float32 adds up to 2^-24 of what has been summed with each product; AMX
 * leaves out up to 3 * 2^-18 of each, and adds three times as often. */
static void
check_bound (const Case *c, double begun)
{
  bool amx = sac_compute_get_variant () == SAC_VARIANT_AMX;
  double share =
    (double)c->depth * 0x1p-24 * (amx ? 3 : 1) + (amx ? 3 * 0x1p-18 : 0);

  for (size_t row = 0; row < c->rows; row++) {
    for (size_t column = 0; column < c->columns; column++) {
      double magnitude, sum = begun + sum_of (c, row, column, &magnitude);
      double got = (double)c->c[row * c->columns + column];

      if (!(fabs (got - sum) <= share * (fabs (begun) + magnitude)))
        g_error ("(%zu, %zu) is %.9g, expected %.9g", row, column, got, sum);
    }
  }
}

static void
test_bound (void)
{
  static const size_t sizes[][2] = {{1, 32},  {3, 5},   {16, 16},
                                    {35, 49}, {64, 96}, {17, 80}};

  for (size_t i = 0; i < G_N_ELEMENTS (run_lists); i++) {
    for (size_t k = 0; k < G_N_ELEMENTS (sizes); k++) {
      Case c = case_new (run_lists[i], sizes[k][0], sizes[k][1]);

      set_random (&c);
      multiply_rows (&c, 0, c.rows, false);
      check_bound (&c, 0);
      for (size_t j = 0; j < c.rows * c.columns; j++)
        c.c[j] = 3;
      multiply_rows (&c, 0, c.rows, true);
      check_bound (&c, 3);
      case_clear (&c);
    }
  }
}

/* Numbers of up to 16 bits times numbers of up to 8, with sums below 2^24. */
static void
test_exact (void)
{
  Case c = case_new ((const ptrdiff_t[8]){16, 16, 9}, 37, 70);
  double magnitude;

  for (size_t d = 0; d < c.depth; d++) {
    for (size_t row = 0; row < c.rows; row++)
      *a_at (&c, row, d) =
        (float)((int)((row * 7919 + d * 104729) % 65536) - 32768) * 0x1p-20f;
    for (size_t column = 0; column < c.columns; column++)
      *b_at (&c, d, column) =
        (float)((int)((column * 31 + d * 17) % 15) - 7) * 0x1p40f;
  }
  multiply_rows (&c, 0, c.rows, false);
  for (size_t i = 0; i < c.rows * c.columns; i++)
    g_assert_cmpfloat ((double)c.c[i], ==,
                       sum_of (&c, i / c.columns, i % c.columns, &magnitude));
  case_clear (&c);
}

/* Which rows stand beside a row changes none of its bits; AMX leaves less than
 * a tile of rows to AVX-512. */
static void
test_alone (void)
{
  Case c = case_new ((const ptrdiff_t[8]){16, 16, 9}, 45, 72);
  static const size_t heights[] = {1, 5, 16, 21, 33};
  g_autofree float *whole = NULL;

  set_random (&c);
  multiply_rows (&c, 0, c.rows, false);
  whole = g_memdup2 (c.c, c.rows * c.columns * sizeof *c.c);
  for (size_t i = 0; i < G_N_ELEMENTS (heights); i++) {
    bool amx = sac_compute_get_variant () == SAC_VARIANT_AMX;

    for (size_t row = 0; row + heights[i] <= c.rows; row++) {
      if (!amx || heights[i] >= 16)
        multiply_rows (&c, row, heights[i], false);
    }
  }
  g_assert_cmpmem (whole, c.rows * c.columns * sizeof *c.c, c.c,
                   c.rows * c.columns * sizeof *c.c);
  case_clear (&c);
}

static void
check_kind (const Case *c)
{
  double magnitude;

  for (size_t row = 0; row < c->rows; row++) {
    for (size_t column = 0; column < c->columns; column++) {
      double sum = sum_of (c, row, column, &magnitude);
      double got = (double)c->c[row * c->columns + column];

      if (isnan (sum))
        g_assert_true (isnan (got));
      else if (isinf (sum))
        g_assert_cmpfloat (got, ==, sum);
      else
        g_assert_cmpfloat_with_epsilon (got, sum, 1e-4 * magnitude + 1e-37);
    }
  }
}

/* What is not a number, infinite, as large as a float can be, or smaller than
 * a normal one, in one place of A or of B. */
static void
test_odd_numbers (void)
{
  static const guint32 nan_bits[] = {0x7fc00000, 0xffffffff, 0x7f800001};
  float odd[] = {NAN,      NAN,      NAN,    INFINITY, -INFINITY, FLT_MAX,
                 -3.4e38f, 0x1p127f, 1e-38f, 1e-40f,   -1e-45f,   0};

  memcpy (odd, nan_bits, sizeof nan_bits);
  for (size_t i = 0; i < G_N_ELEMENTS (odd); i++) {
    for (size_t in_b = 0; in_b < 2; in_b++) {
      Case c = case_new (run_lists[i % 4], 33, 64);

      set_random (&c);
      *(in_b ? b_at (&c, 18, 40) : a_at (&c, 20, 18)) = odd[i];
      for (size_t d = 0; d < c.depth && fabsf (odd[i]) > 1e37f; d++) {
        *a_at (&c, 20, d) *= 0.5f; /* so that no sum is too large */
        *b_at (&c, d, 40) *= 0.5f;
      }
      multiply_rows (&c, 0, c.rows, false);
      check_kind (&c);
      case_clear (&c);
    }
  }
}

/* Rows that were split beforehand, for products of few columns too.  Returns:
 * whether they could be. */
static bool
multiply_split (const Case *c)
{
  size_t plane = (c->rows + SAC_SPLIT_ROWS_AFTER) * SAC_SPLIT_ROW_BYTES;
  float *parts = g_aligned_alloc0 (c->depth * 2 * plane / sizeof (float),
                                   sizeof (float), 64);
  SacMultiply work = {
    .a = c->a,
    .a_step = (ptrdiff_t)c->a_step,
    .runs = c->runs,
    .run_count = c->run_count,
    .b = c->packed,
    .panel_floats = c->depth * SAC_PANEL,
    .c = sac_rows_plain (c->c, c->columns),
    .rows = c->rows,
    .columns = c->columns,
    .split = {(char *)parts, plane},
  };
  bool could = sac_kernels ()->split (&work);

  if (could)
    sac_kernels ()->multiply (&work);
  g_aligned_free (parts);
  return could;
}

static void
test_split (void)
{
  static const size_t sizes[][2] = {{16, 16}, {35, 49}, {64, 96}, {17, 32}};

  if (sac_kernels ()->split == NULL) {
    g_test_skip ("products of these kernels do not split");
    return;
  }
  for (size_t i = 0; i < G_N_ELEMENTS (run_lists); i++) {
    for (size_t k = 0; k < G_N_ELEMENTS (sizes); k++) {
      Case c = case_new (run_lists[i], sizes[k][0], sizes[k][1]);

      set_random (&c);
      g_assert_true (multiply_split (&c));
      check_bound (&c, 0);
      *b_at (&c, 18, 3) = INFINITY;
      g_assert_true (multiply_split (&c));
      check_kind (&c);
      *a_at (&c, 11, 18) = NAN;
      g_assert_false (multiply_split (&c));
      case_clear (&c);
    }
  }
}

/* Where float32 is asked for, it is what comes. */
static void
test_asked (void)
{
  Case c = case_new ((const ptrdiff_t[8]){64}, 33, 96);
  g_autofree float *asked = NULL;
  SacMultiply work = {
    .a = c.a,
    .a_step = (ptrdiff_t)c.a_step,
    .runs = c.runs,
    .run_count = c.run_count,
    .b = c.packed,
    .panel_floats = c.depth * SAC_PANEL,
    .c = sac_rows_plain (c.c, c.columns),
    .rows = c.rows,
    .columns = c.columns,
  };

  set_random (&c);
  sac_loop_set_float32 (true);
  sac_kernels ()->multiply (&work);
  sac_loop_set_float32 (false);
  asked = g_memdup2 (c.c, c.rows * c.columns * sizeof *c.c);
  if (sac_compute_get_variant () == SAC_VARIANT_AMX)
    sac_compute_set_variant (SAC_VARIANT_AVX512);
  multiply_rows (&c, 0, c.rows, false);
  g_assert_cmpmem (asked, c.rows * c.columns * sizeof *c.c, c.c,
                   c.rows * c.columns * sizeof *c.c);
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_for_variants ("/multiply/bound", test_bound);
  add_for_variants ("/multiply/exact", test_exact);
  add_for_variants ("/multiply/alone", test_alone);
  add_for_variants ("/multiply/split", test_split);
  add_for_variants ("/multiply/asked", test_asked);
  add_for_variants ("/multiply/odd-numbers", test_odd_numbers);
  return g_test_run ();
}
