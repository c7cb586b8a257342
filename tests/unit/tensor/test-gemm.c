/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/pool.h"
#include "support.h"
#include "tensor/gemm.h"

#include <math.h>
#include <string.h>

static void
fill (float *values, size_t count, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  for (size_t i = 0; i < count; i++)
    values[i] = (float)g_rand_double_range (rand, -1, 1);
}

/* The definition, in double. */
static void
multiply_plainly (const SacGemm *g, float *c)
{
  for (int64_t i = 0; i < g->m; i++) {
    for (int64_t j = 0; j < g->n; j++) {
      double sum = 0;

      for (int64_t p = 0; p < g->k; p++)
        sum += (double)g->a[g->transpose_a ? p * g->lda + i : i * g->lda + p] *
               g->b[g->transpose_b ? j * g->ldb + p : p * g->ldb + j];
      float *place = c + i * g->ldc + j;

      *place =
        (float)(g->alpha * sum + (g->beta == 0 ? 0 : (double)g->beta * *place));
    }
  }
}

/* Rows are longer than the matrices need, so that writing past a row shows. */
static void
check (bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k)
{
  int64_t lda = (transpose_a ? m : k) + 3;
  int64_t ldb = (transpose_b ? k : n) + 2;
  int64_t ldc = n + 1;
  size_t c_count = (size_t)(m * ldc);
  g_autofree float *a = g_new (float, (transpose_a ? k : m) * lda + 1);
  g_autofree float *b = g_new (float, (transpose_b ? n : k) * ldb + 1);
  g_autofree float *start = g_new (float, c_count + 1);
  g_autofree float *expected = g_new (float, c_count + 1);
  g_autofree float *got = g_new (float, c_count + 1);

  fill (a, (size_t)((transpose_a ? k : m) * lda), 1);
  fill (b, (size_t)((transpose_b ? n : k) * ldb), 2);
  fill (start, c_count, 3);
  for (int step = 0; step < 4; step++) {
    SacGemm g = {transpose_a,
                 transpose_b,
                 m,
                 n,
                 k,
                 0.5f,
                 a,
                 lda,
                 b,
                 ldb,
                 step % 2 == 0 ? 0.0f : 2.0f,
                 got,
                 ldc};

    memcpy (expected, start, c_count * sizeof (float));
    memcpy (got, start, c_count * sizeof (float));
    if (g.beta == 0) {
      for (int64_t i = 0; i < m; i++)
        memset (got + i * ldc, 0xff, (size_t)n * sizeof (float)); /* NaN */
    }
    multiply_plainly (&g, expected);
    if (step < 2)
      sac_gemm (&g);
    else
      sac_gemm_parallel (&g);
    test_assert_close (got, expected, c_count, 1e-5, "product");
  }
}

static void
test_products (void)
{
  static const int64_t sizes[][3] = {{1, 1, 1},     {1, 40, 70},  {40, 1, 70},
                                     {7, 9, 11},    {33, 17, 1},  {0, 4, 3},
                                     {4, 0, 3},     {4, 3, 0},    {1, 300, 0},
                                     {64, 700, 90}, {600, 50, 80}};

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    for (int transposes = 0; transposes < 4; transposes++)
      check (transposes & 1, transposes >> 1, sizes[i][0], sizes[i][1],
             sizes[i][2]);
  }
}

static void
test_threads (void)
{
  enum { M = 300, N = 1100, K = 130 };
  g_autofree float *a = g_new (float, M *K);
  g_autofree float *b = g_new (float, K *N);
  g_autofree float *one = g_new (float, M *N);
  g_autofree float *three = g_new (float, M *N);
  SacGemm g = {false, false, M, N, K, 1, a, K, b, N, 0, one, N};

  fill (a, M * K, 4);
  fill (b, K * N, 5);
  sac_pool_set_threads (1);
  sac_gemm_parallel (&g);
  sac_pool_set_threads (3);
  g.c = three;
  sac_gemm_parallel (&g);
  sac_pool_set_threads (0);
  g_assert_cmpmem (one, M * N * sizeof (float), three, M * N * sizeof (float));
}

static void
test_cancel (void)
{
  enum { SIDE = 512 };
  g_autofree float *a = g_new0 (float, SIDE *SIDE);
  g_autofree float *c = g_new0 (float, SIDE *SIDE);
  g_autoptr (SacJob) job = sac_job_new (NULL);
  SacGemm g = {.m = SIDE,
               .n = SIDE,
               .k = SIDE,
               .alpha = 1,
               .a = a,
               .lda = SIDE,
               .b = a,
               .ldb = SIDE,
               .c = c,
               .ldc = SIDE,
               .job = job};

  c[0] = 3;
  sac_job_cancel (job);
  sac_gemm_parallel (&g);
  g_assert_cmpfloat (c[0], ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gemm/products", test_products);
  g_test_add_func ("/gemm/threads", test_threads);
  g_test_add_func ("/gemm/cancel", test_cancel);
  return g_test_run ();
}
