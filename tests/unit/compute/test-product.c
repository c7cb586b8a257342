/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/pool.h"
#include "compute-support.h"
#include "compute/product-reverse.h"
#include "compute/product-sparse.h"
#include "compute/product.h"
#include "support.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

typedef struct {
  size_t rows, depth, columns;
} Size;

typedef struct {
  Size size;
  float *a, *b, *bias, *scale, *residual; /* plain */
  float *packed;
  size_t packed_count;
} Case;

static float *
filled (size_t count, guint32 seed)
{
  float *values = g_new (float, count);

  fill (values, count, seed);
  return values;
}

static Case
case_new (Size s)
{
  Case c = {.size = s};

  c.a = filled (s.rows * s.depth, 1);
  c.b = filled (s.depth * s.columns, 2);
  c.bias = filled (s.columns, 3);
  c.scale = filled (s.columns, 4);
  c.residual = filled (s.rows * s.columns, 5);
  c.packed_count = sac_product_packed_count (s.depth, s.columns);
  c.packed = guarded_new (c.packed_count);
  sac_product_pack (c.packed, c.b, s.depth, s.columns, (ptrdiff_t)s.columns, 1);
  return c;
}

static void
case_clear (Case *c)
{
  g_free (c->a);
  g_free (c->b);
  g_free (c->bias);
  g_free (c->scale);
  g_free (c->residual);
  guarded_free (c->packed, c->packed_count, "packed weights");
}

static void
expect (const Case *c, const SacTail *tail, float *expected)
{
  Size s = c->size;

  for (size_t row = 0; row < s.rows; row++) {
    for (size_t column = 0; column < s.columns; column++) {
      double sum = 0;

      for (size_t d = 0; d < s.depth; d++)
        sum += (double)c->a[row * s.depth + d] * c->b[d * s.columns + column];
      expected[row * s.columns + column] =
        (float)tail_of (tail, sum, column,
                        c->residual[row * s.columns + column]);
    }
  }
}

/* Rows of `length` floats, what follows `columns` NaN. */
static void
spread (
  float *to, const float *from, size_t rows, size_t columns, size_t length)
{
  memset (to, 0xff, rows * length * sizeof (float));
  for (size_t row = 0; row < rows; row++)
    memcpy (to + row * length, from + row * columns, columns * sizeof (float));
}

static void
check_plain (const Case *c, size_t tail_index)
{
  Size s = c->size;
  size_t a_length = s.depth + 3, c_length = s.columns + 5;
  size_t c_count = s.rows * c_length;
  g_autofree float *a = g_new (float, s.rows *a_length);
  g_autofree float *residual = g_new (float, c_count);
  g_autofree float *expected = g_new (float, s.rows *s.columns);
  float *got = guarded_new (c_count);
  SacTail tail = tail_example (tail_index, c->bias, c->scale, residual);
  SacProduct product = {s.rows,    s.depth,
                        s.columns, sac_rows_plain (a, a_length),
                        c->packed, sac_rows_plain (got, c_length),
                        tail};

  spread (a, c->a, s.rows, s.depth, a_length);
  spread (residual, c->residual, s.rows, s.columns, c_length);
  expect (c, &tail, expected);
  g_assert_true (sac_product_run (&product, NULL));
  for (size_t row = 0; row < s.rows; row++) {
    test_assert_close (got + row * c_length, expected + row * s.columns,
                       s.columns, product_tolerance (1e-5), "plain product");
    for (size_t i = s.columns; i < c_length; i++)
      g_assert_true (got[row * c_length + i] != got[row * c_length + i]);
  }
  guarded_free (got, c_count, "plain product");
}

static void
check_blocked (const Case *c, size_t tail_index)
{
  Size s = c->size;
  size_t c_count = s.rows * sac_blocks (s.columns) * SAC_BLOCK;
  g_autofree float *a = g_new (float, s.rows *sac_blocks (s.depth) * SAC_BLOCK);
  g_autofree float *residual = g_new (float, c_count);
  g_autofree float *expected = g_new (float, s.rows *s.columns);
  g_autofree float *plain = g_new (float, s.rows *s.columns);
  float *got = guarded_new (c_count);
  SacTail tail = tail_example (tail_index, c->bias, c->scale, residual);
  SacProduct product = {s.rows,    s.depth,
                        s.columns, sac_rows_blocked (a, s.rows),
                        c->packed, sac_rows_blocked (got, s.rows),
                        tail};

  to_blocked (a, c->a, s.rows, s.depth);
  to_blocked (residual, c->residual, s.rows, s.columns);
  expect (c, &tail, expected);
  g_assert_true (sac_product_run (&product, NULL));
  from_blocked (plain, got, s.rows, s.columns);
  test_assert_close (plain, expected, s.rows * s.columns,
                     product_tolerance (1e-5), "blocked product");
  guarded_free (got, c_count, "blocked product");
}

static void
test_sizes (void)
{
  static const Size sizes[] = {
    {1, 1, 1},    {1, 40, 70},  {2, 16, 16},  {3, 17, 15},   {5, 33, 31},
    {7, 9, 32},   {8, 5, 33},   {13, 24, 48}, {14, 20, 40},  {15, 16, 64},
    {29, 50, 17}, {49, 64, 96}, {230, 7, 9},  {460, 30, 70},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    Case c = case_new (sizes[i]);

    for (size_t tail = 0; tail < tail_example_count (); tail++) {
      check_plain (&c, tail);
      check_blocked (&c, tail);
    }
    case_clear (&c);
  }
}

/* Every number of rows that a tile can have, next to its neighbours; of two
 * panels side by side, of one, and of what does not fill one. */
static void
test_tile_heights (void)
{
  for (size_t rows = 1; rows < 32; rows++) {
    Case c = case_new ((Size){rows, 11, 99});

    check_plain (&c, 1);
    check_blocked (&c, 4);
    case_clear (&c);
  }
}

/* Whatever the rows hold: columns that do not exist stay zero. */
static void
test_blocked_tail (void)
{
  enum { ROWS = 3, COLUMNS = 21 };
  Case c = case_new ((Size){ROWS, 16, COLUMNS});
  float got[2 * ROWS * SAC_BLOCK], a[ROWS * SAC_BLOCK];
  SacProduct product = {ROWS,
                        16,
                        COLUMNS,
                        sac_rows_blocked (a, ROWS),
                        c.packed,
                        sac_rows_blocked (got, ROWS),
                        {.last = SAC_FUNCTION_SIGMOID}};

  for (size_t i = 0; i < G_N_ELEMENTS (a); i++)
    a[i] = i < SAC_BLOCK ? NAN : i < 2 * SAC_BLOCK ? INFINITY : 1;
  g_assert_true (sac_product_run (&product, NULL));
  for (size_t row = 0; row < ROWS; row++) {
    for (size_t i = COLUMNS - SAC_BLOCK; i < SAC_BLOCK; i++)
      g_assert_cmpfloat (got[(ROWS + row) * SAC_BLOCK + i], ==, 0);
  }
  g_assert_true (isnan (got[ROWS * SAC_BLOCK]));
  case_clear (&c);
}

/* B may lie transposed, as fully connected layers store it. */
static void
test_pack_transposed (void)
{
  enum { DEPTH = 5, COLUMNS = 37 };
  g_autofree float *b = filled (DEPTH * COLUMNS, 6);
  size_t count = sac_product_packed_count (DEPTH, COLUMNS);
  float *packed = guarded_new (count);

  g_assert_cmpuint (count, ==, 2 * DEPTH * 32);
  sac_product_pack (packed, b, DEPTH, COLUMNS, 1, DEPTH);
  for (size_t column = 0; column < 64; column++) {
    for (size_t d = 0; d < DEPTH; d++)
      g_assert_cmpfloat (packed[(column / 32 * DEPTH + d) * 32 + column % 32],
                         ==, column < COLUMNS ? b[column * DEPTH + d] : 0);
  }
  guarded_free (packed, count, "packed weights");
}

static void
test_threads (void)
{
  Case c = case_new ((Size){300, 70, 300});
  g_autofree float *one = g_new (float, 300 * 300);
  g_autofree float *three = g_new (float, 300 * 300);
  SacProduct product = {300,      70,
                        300,      sac_rows_plain (c.a, 70),
                        c.packed, sac_rows_plain (one, 300)};

  sac_pool_set_threads (1);
  g_assert_true (sac_product_run (&product, NULL));
  sac_pool_set_threads (3);
  product.c = sac_rows_plain (three, 300);
  g_assert_true (sac_product_run (&product, NULL));
  sac_pool_set_threads (0);
  g_assert_cmpmem (one, 300 * 300 * sizeof (float), three,
                   300 * 300 * sizeof (float));
  case_clear (&c);
}

static void
test_cancel (void)
{
  Case c = case_new ((Size){4, 4, 4});
  float result[16] = {3};
  SacProduct product = {4,        4,
                        4,        sac_rows_plain (c.a, 4),
                        c.packed, sac_rows_plain (result, 4)};
  g_autoptr (SacJob) job = sac_job_new (NULL);

  sac_job_cancel (job);
  g_assert_false (sac_product_run (&product, job));
  g_assert_cmpfloat (result[0], ==, 3);
  case_clear (&c);
}

static bool
has_slope (const SacTail *tail, float x)
{
  switch (tail->last) {
  case SAC_FUNCTION_CLIP:
    return x >= tail->low && x <= tail->high;
  case SAC_FUNCTION_HARD_SIGMOID:
    return tail->low * x + tail->high > 0 && tail->low * x + tail->high < 1;
  default:
    return x > 0;
  }
}

/* What a function leaves for its gradient, also of columns that do not fill a
 * block: by the arguments of a run without a function. */
static void
check_saved (const Case *c, SacFunction function)
{
  Size s = c->size;
  size_t blocks = sac_blocks (s.columns), lines = s.rows * blocks;
  size_t count = lines * SAC_BLOCK;
  g_autofree float *plain = g_new (float, count);
  g_autofree float *got = g_new (float, count);
  g_autofree float *a = g_new (float, s.rows *sac_blocks (s.depth) * SAC_BLOCK);
  SacProduct product = {s.rows,    s.depth,
                        s.columns, sac_rows_blocked (a, s.rows),
                        c->packed, sac_rows_blocked (plain, s.rows),
                        {0}};
  bool bits = sac_tail_saves_bits (function);
  size_t saved_floats = bits ? (lines + 1) / 2 : count;
  float *saved = guarded_new (saved_floats);

  to_blocked (a, c->a, s.rows, s.depth);
  g_assert_true (sac_product_run (&product, NULL));
  product.c = sac_rows_blocked (got, s.rows);
  product.tail = (SacTail){.last = function,
                           .low = 0.2f,
                           .high = 0.5f,
                           .saved = saved,
                           .origin = got};
  g_assert_true (sac_product_run (&product, NULL));
  for (size_t i = 0; i < count; i++) {
    size_t column = i / SAC_BLOCK / s.rows * SAC_BLOCK + i % SAC_BLOCK;
    unsigned word = ((const uint16_t *)saved)[i / SAC_BLOCK];

    if (column >= s.columns)
      continue;
    if (bits)
      g_assert_cmpint (word >> i % SAC_BLOCK & 1, ==,
                       has_slope (&product.tail, plain[i]));
    else
      g_assert_cmpfloat_with_epsilon (saved[i],
                                      slope_of (function, (double)plain[i]),
                                      2e-6);
  }
  guarded_free (saved, saved_floats, "what a function saves");
}

static void
test_saved (void)
{
  static const Size sizes[] = {{1, 3, 16},
                               {29, 40, 64},
                               {17, 5, 24},
                               {3, 7, 1}};

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    Case c = case_new (sizes[i]);

    for (SacFunction f = SAC_FUNCTION_RELU; f < SAC_FUNCTION_COUNT; f++)
      check_saved (&c, f);
    case_clear (&c);
  }
}

/* dX = dY B' + base; dY is zero but for some columns, or nowhere. */
static void
check_reverse (const Case *c, size_t zeros)
{
  Size s = c->size;
  g_autofree float *dy = filled (s.rows * s.columns, 6);
  g_autofree float *base = filled (s.rows * s.depth, 7);
  g_autofree float *expected = g_new (float, s.rows *s.depth);
  float *dx = guarded_new (s.rows * s.depth);
  SacProductReverse reverse = {s.rows, s.depth, s.columns, c->packed,
                               dy,     base,    dx};

  for (size_t i = 0; i < s.rows * s.columns; i++)
    dy[i] = i % s.columns < zeros ? 0 : dy[i];
  for (size_t i = 0; i < s.rows * s.depth; i++) {
    double sum = (double)base[i];

    for (size_t k = 0; k < s.columns; k++)
      sum += (double)dy[i / s.depth * s.columns + k] *
             (double)c->b[i % s.depth * s.columns + k];
    expected[i] = (float)sum;
  }
  g_assert_true (sac_product_reverse_run (&reverse, NULL));
  test_assert_close (dx, expected, s.rows * s.depth, 1e-5, "reverse product");
  guarded_free (dx, s.rows * s.depth, "reverse product");
}

static void
test_reverse (void)
{
  static const Size sizes[] = {{1, 1, 1},    {1, 300, 100}, {2, 128, 32},
                               {3, 129, 33}, {8, 7, 1000},  {1, 1100, 65}};

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    Case c = case_new (sizes[i]);

    check_reverse (&c, 0);
    check_reverse (&c, sizes[i].columns - 1);
    check_reverse (&c, sizes[i].columns);
    case_clear (&c);
  }
}

/* Rows are left out whose number is no multiple of `step`; the bits are those
 * of the product of all, but with AMX, which does not do a few rows. */
static void
check_sparse (const Case *c, size_t step, bool in_place)
{
  Size s = c->size;
  size_t a_count = s.rows * s.depth, count = s.rows * s.columns;
  g_autofree float *a = g_memdup2 (c->a, a_count * sizeof *a);
  g_autofree float *sum = filled (count, 6);
  g_autofree float *expected = g_new (float, count);
  g_autofree float *room = g_new (float, a_count);
  float *got = guarded_new (count);

  for (size_t i = 0; i < a_count; i++)
    a[i] = step > 0 && i / s.depth % step == 0 ? a[i] : 0;

  SacProduct all = {s.rows,    s.depth,
                    s.columns, sac_rows_plain (a, s.depth),
                    c->packed, sac_rows_plain (expected, s.columns),
                    {0}};
  SacProductSparse sparse = {s.rows, s.depth, s.columns,          a, c->packed,
                             NULL,   got,     in_place ? a : room};

  if (!in_place)
    all.tail.residual = sparse.sum = sum;
  g_assert_true (sac_product_run (&all, NULL));
  g_assert_true (sac_product_sparse_run (&sparse, NULL));
  if (sac_compute_get_variant () == SAC_VARIANT_AMX)
    test_assert_close (got, expected, count, product_tolerance (0),
                       "sparse product");
  else
    g_assert_cmpmem (got, count * sizeof *got, expected, count * sizeof *got);
  guarded_free (got, count, "sparse product");
}

static void
test_sparse (void)
{
  static const Size sizes[] = {{1, 3, 5}, {29, 40, 64}, {50, 7, 33}};

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    Case c = case_new (sizes[i]);

    for (size_t step = 0; step < 8; step++) {
      check_sparse (&c, step, false);
      check_sparse (&c, step, true);
    }
    case_clear (&c);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_for_variants ("/product/sizes", test_sizes);
  add_for_variants ("/product/tile-heights", test_tile_heights);
  add_for_variants ("/product/blocked-tail", test_blocked_tail);
  g_test_add_func ("/product/pack-transposed", test_pack_transposed);
  add_for_variants ("/product/threads", test_threads);
  add_for_variants ("/product/cancel", test_cancel);
  add_for_variants ("/product/saved", test_saved);
  g_test_add_func ("/product/reverse", test_reverse);
  add_for_variants ("/product/sparse", test_sparse);
  return g_test_run ();
}
