/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/pool.h"
#include "compute-support.h"
#include "compute/kernels.h"
#include "compute/matrix.h"
#include "support.h"

#include <string.h>

/* Floats between the end of a line and the next. */
#define GAP 3

typedef struct {
  size_t m, n, k;
} Size;

typedef struct {
  SacMatrix matrix;
  size_t count;
} Operand;

/* A matrix whose rows, or columns, lie in lines with gaps; what is no element
 * is NaN. */
static Operand
operand_new (size_t rows, size_t columns, bool turned, guint32 seed)
{
  size_t line = (turned ? rows : columns) + GAP;
  Operand operand = {.count = line * (turned ? columns : rows)};
  g_autofree float *values = g_new (float, rows *columns);
  float *data = guarded_new (operand.count);

  operand.matrix = turned ? (SacMatrix){data, 1, (ptrdiff_t)line}
                          : (SacMatrix){data, (ptrdiff_t)line, 1};
  fill (values, rows * columns, seed);
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < columns; j++)
      data[(ptrdiff_t)i * operand.matrix.row +
           (ptrdiff_t)j * operand.matrix.column] = values[i * columns + j];
  }
  return operand;
}

static float
element (const SacMatrix *matrix, size_t i, size_t j)
{
  return matrix
    ->data[(ptrdiff_t)i * matrix->row + (ptrdiff_t)j * matrix->column];
}

static size_t
count_numbers (const Operand *operand)
{
  size_t count = 0;

  for (size_t i = 0; i < operand->count; i++)
    count += operand->matrix.data[i] == operand->matrix.data[i];
  return count;
}

/* Bits of `turned`: a, b, c. */
static void
check (Size s, unsigned turned, bool add)
{
  Operand a = operand_new (s.m, s.k, turned & 1, 1);
  Operand b = operand_new (s.k, s.n, turned & 2, 2);
  Operand c = operand_new (s.m, s.n, turned & 4, 3);
  SacMatrixProduct product = {a.matrix, b.matrix, c.matrix, s.m, s.n, s.k, add};
  g_autofree float *expected = g_new (float, s.m *s.n);
  g_autofree float *got = g_new (float, s.m *s.n);

  for (size_t i = 0; i < s.m; i++) {
    for (size_t j = 0; j < s.n; j++) {
      double sum = add ? element (&c.matrix, i, j) : 0;

      for (size_t d = 0; d < s.k; d++)
        sum += (double)element (&a.matrix, i, d) * element (&b.matrix, d, j);
      expected[i * s.n + j] = (float)sum;
    }
  }
  g_assert_true (sac_matrix_multiply (&product, NULL));
  for (size_t i = 0; i < s.m * s.n; i++)
    got[i] = element (&c.matrix, i / s.n, i % s.n);
  test_assert_close (got, expected, s.m * s.n, product_tolerance (1e-5),
                     "product");
  g_assert_cmpuint (count_numbers (&c), ==, s.m * s.n);
  guarded_free (a.matrix.data, a.count, "left operand");
  guarded_free (b.matrix.data, b.count, "right operand");
  guarded_free (c.matrix.data, c.count, "product");
}

static void
test_sizes (void)
{
  static const Size sizes[] = {{1, 1, 1},      {1, 40, 7},   {33, 1, 5},
                               {5, 9, 1},      {4, 4, 4},    {17, 31, 33},
                               {49, 49, 32},   {49, 32, 49}, {197, 197, 64},
                               {197, 64, 197}, {64, 197, 5}, {90, 48, 65},
                               {600, 70, 130}};

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    for (unsigned turned = 0; turned < 8; turned++)
      check (sizes[i], turned, turned % 3 == 0);
  }
}

/* Rows go to chunks, and to threads, as they like. */
static void
test_threads (void)
{
  Operand a = operand_new (600, 130, false, 4);
  Operand b = operand_new (130, 90, true, 5);
  Operand one = operand_new (600, 90, false, 6);
  Operand three = operand_new (600, 90, false, 6);
  SacMatrixProduct product = {a.matrix, b.matrix, one.matrix, 600,
                              90,       130,      false};

  sac_pool_set_threads (1);
  g_assert_true (sac_matrix_multiply (&product, NULL));
  sac_pool_set_threads (3);
  product.c = three.matrix;
  g_assert_true (sac_matrix_multiply (&product, NULL));
  sac_pool_set_threads (0);
  g_assert_cmpmem (one.matrix.data, one.count * sizeof (float),
                   three.matrix.data, three.count * sizeof (float));
  guarded_free (a.matrix.data, a.count, "left operand");
  guarded_free (b.matrix.data, b.count, "right operand");
  guarded_free (one.matrix.data, one.count, "product");
  guarded_free (three.matrix.data, three.count, "product");
}

static void
check_transpose (size_t rows, size_t columns)
{
  Operand from = operand_new (rows, columns, false, 7);
  Operand to = operand_new (rows, columns, true, 8);

  sac_kernels ()->transpose (from.matrix.data, from.matrix.row, rows, columns,
                             to.matrix.data, to.matrix.column);
  for (size_t i = 0; i < rows * columns; i++)
    g_assert_cmpfloat (element (&to.matrix, i / columns, i % columns), ==,
                       element (&from.matrix, i / columns, i % columns));
  g_assert_cmpuint (count_numbers (&to), ==, rows * columns);
  guarded_free (from.matrix.data, from.count, "what is transposed");
  guarded_free (to.matrix.data, to.count, "what is transposed to");
}

static void
test_transpose (void)
{
  for (size_t rows = 1; rows < 36; rows += 2) {
    for (size_t columns = 1; columns < 36; columns += 3)
      check_transpose (rows, columns);
  }
  check_transpose (16, 16);
  check_transpose (32, 48);
}

static void
test_cancel (void)
{
  float a[1] = {1}, b[1] = {2}, c[1] = {3};
  SacMatrixProduct product = {{a, 1, 1}, {b, 1, 1}, {c, 1, 1}, 1, 1, 1, false};
  g_autoptr (SacJob) job = sac_job_new (NULL);

  sac_job_cancel (job);
  g_assert_false (sac_matrix_multiply (&product, job));
  g_assert_cmpfloat (c[0], ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_for_variants ("/matrix/sizes", test_sizes);
  add_for_variants ("/matrix/threads", test_threads);
  add_for_variants ("/matrix/transpose", test_transpose);
  g_test_add_func ("/matrix/cancel", test_cancel);
  return g_test_run ();
}
