/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "tensor/gemm.h"

#include "base/pool.h"
#include "compute/kernels.h"
#include "compute/scratch.h"

#include <glib.h>
#include <string.h>

/* A block shorter than this spends more time packing its operands than
 * multiplying them. */
#define BLOCK_EDGE_MIN 128
#define BLOCK_COUNT_MAX 16
/* A block with less work than this is not worth waking a thread for. */
#define BLOCK_MULTIPLICATIONS_MIN (1 << 20)

/* Depth that is packed at a time: a panel of B then fits into the L2 cache. */
#define DEPTH_A_TIME 2048
/* Rows of a transposed A that are turned at a time. */
#define ROWS_A_TIME 112
/* Up to here packing would take as long as what it is for. */
#define ROWS_FEW 8

static void
scale_rows (float *c, int64_t m, int64_t n, int64_t ldc, float beta)
{
  for (int64_t row = 0; row < m; row++) {
    for (int64_t column = 0; column < n; column++) {
      float *place = c + row * ldc + column;

      *place = beta == 0 ? 0 : *place * beta;
    }
  }
}

static const float *
a_at (const SacGemm *g, int64_t row, int64_t depth)
{
  return g->a + (g->transpose_a ? depth * g->lda + row : row * g->lda + depth);
}

static const float *
b_at (const SacGemm *g, int64_t depth, int64_t column)
{
  return g->b +
         (g->transpose_b ? column * g->ldb + depth : depth * g->ldb + column);
}

/* to[depth][32] = alpha op(B) for one panel of columns, zeros past the last. */
static void
pack_panel (
  const SacGemm *g, int64_t depth, int64_t depths, int64_t column, float *to)
{
  int64_t columns = MIN (SAC_PANEL, g->n - column);
  int64_t depth_step = g->transpose_b ? 1 : g->ldb;
  int64_t column_step = g->transpose_b ? g->ldb : 1;
  const float *from = b_at (g, depth, column);

  if (columns < SAC_PANEL)
    memset (to, 0, (size_t)depths * SAC_PANEL * sizeof (float));
  if (g->transpose_b) {
    for (int64_t i = 0; i < columns; i++) {
      for (int64_t d = 0; d < depths; d++)
        to[d * SAC_PANEL + i] = g->alpha * from[i * column_step + d];
    }
    return;
  }
  for (int64_t d = 0; d < depths; d++) {
    for (int64_t i = 0; i < columns; i++)
      to[d * SAC_PANEL + i] = g->alpha * from[d * depth_step + i];
  }
}

/* to[row][depth] = op(A) for some rows of a transposed A. */
static void
turn_rows (const SacGemm *g,
           int64_t row,
           int64_t rows,
           int64_t depth,
           int64_t depths,
           float *to)
{
  for (int64_t d = 0; d < depths; d++) {
    const float *from = a_at (g, row, depth + d);

    for (int64_t i = 0; i < rows; i++)
      to[i * depths + d] = from[i];
  }
}

/* C += alpha op(A) op(B) for a part of the depth, `accumulate` false: =. */
static void
multiply_depths (const SacGemm *g,
                 int64_t depth,
                 int64_t depths,
                 bool accumulate)
{
  int64_t stripe = g->transpose_a ? ROWS_A_TIME : g->m;
  float *turned = sac_scratch (
    (size_t)((SAC_PANEL + (g->transpose_a ? ROWS_A_TIME : 0)) * depths));
  float *packed = turned + (g->transpose_a ? ROWS_A_TIME * depths : 0);
  bool few = g->m <= ROWS_FEW && !g->transpose_b && g->alpha == 1;
  SacRun run = {0, depths};

  for (int64_t row = 0; row < g->m; row += stripe) {
    int64_t rows = MIN (stripe, g->m - row);
    SacMultiply work = {
      .a = g->transpose_a ? turned : a_at (g, row, depth),
      .a_step = g->transpose_a ? depths : g->lda,
      .runs = &run,
      .run_count = 1,
      .rows = (size_t)rows,
      .accumulate = accumulate,
    };

    if (g->transpose_a)
      turn_rows (g, row, rows, depth, depths, turned);
    for (int64_t column = 0; column < g->n; column += SAC_PANEL) {
      bool in_place = few && g->n - column >= SAC_PANEL;

      if (!in_place)
        pack_panel (g, depth, depths, column, packed);
      work.b = in_place ? b_at (g, depth, column) : packed;
      work.b_step = in_place ? g->ldb : SAC_PANEL;
      work.columns = (size_t)MIN (SAC_PANEL, g->n - column);
      work.c = sac_rows_plain (g->c + row * g->ldc + column, (size_t)g->ldc);
      sac_kernels ()->multiply (&work);
    }
  }
}

/* Few rows of op(A) and rows of B that lie in line: products of vectors, which
 * read B once and need no packing. */
static void
multiply_vectors (const SacGemm *g)
{
  float *sums = sac_scratch ((size_t)(g->n + g->k));
  float *row = sums + g->n;

  for (int64_t i = 0; i < g->m; i++) {
    const float *a = a_at (g, i, 0);
    float *c = g->c + i * g->ldc;

    if (g->transpose_a) {
      for (int64_t d = 0; d < g->k; d++)
        row[d] = a[d * g->lda];
      a = row;
    }
    sac_kernels ()->dots (a, g->b, g->ldb, (size_t)g->k, sums, (size_t)g->n);
    for (int64_t n = 0; n < g->n; n++)
      c[n] = g->alpha * sums[n] + (g->beta == 0 ? 0 : g->beta * c[n]);
  }
}

/* One column of C is one row of its transpose. */
static void
multiply_column (const SacGemm *g)
{
  g_autofree float *row = g_new (float, g->m);
  SacGemm turned = {
    .transpose_a = !g->transpose_b,
    .transpose_b = !g->transpose_a,
    .m = 1,
    .n = g->m,
    .k = g->k,
    .alpha = g->alpha,
    .a = g->b,
    .lda = g->ldb,
    .b = g->a,
    .ldb = g->lda,
    .c = row,
    .ldc = g->m,
  };

  sac_gemm (&turned);
  for (int64_t i = 0; i < g->m; i++) {
    float *place = g->c + i * g->ldc;

    *place = row[i] + (g->beta == 0 ? 0 : g->beta * *place);
  }
}

void
sac_gemm (const SacGemm *g)
{
  if (g->m == 0 || g->n == 0)
    return;
  if (g->k == 0) {
    scale_rows (g->c, g->m, g->n, g->ldc, g->beta);
    return;
  }
  if (g->n == 1 && g->m > 1) {
    multiply_column (g);
    return;
  }
  if (g->m <= ROWS_FEW && g->transpose_b) {
    multiply_vectors (g);
    return;
  }
  if (g->beta != 0 && g->beta != 1)
    scale_rows (g->c, g->m, g->n, g->ldc, g->beta);
  for (int64_t depth = 0; depth < g->k; depth += DEPTH_A_TIME)
    multiply_depths (g, depth, MIN (DEPTH_A_TIME, g->k - depth),
                     depth > 0 || g->beta != 0);
}

typedef struct {
  const SacGemm *gemm;
  bool split_m; /* the longer side of C is cut */
  int64_t edge; /* of a block along it */
} Blocks;

static void
multiply_block (size_t index, void *data)
{
  const Blocks *blocks = data;
  SacGemm g = *blocks->gemm;
  int64_t start = (int64_t)index * blocks->edge;

  if (g.job != NULL && sac_job_is_cancelled (g.job))
    return;
  if (blocks->split_m) {
    g.m = MIN (blocks->edge, g.m - start);
    g.a += start * (g.transpose_a ? 1 : g.lda);
    g.c += start * g.ldc;
  } else {
    g.n = MIN (blocks->edge, g.n - start);
    g.b += start * (g.transpose_b ? g.ldb : 1);
    g.c += start;
  }
  sac_gemm (&g);
}

/* Cutting the longer side repeats the packing of the smaller operand only.
 * Counts are powers of two, so that they share out evenly. */
void
sac_gemm_parallel (const SacGemm *gemm)
{
  bool split_m = gemm->m > gemm->n;
  int64_t side = split_m ? gemm->m : gemm->n;
  double work = (double)gemm->m * (double)gemm->n * (double)gemm->k;
  int64_t count = 1;

  while (count < BLOCK_COUNT_MAX && side / (2 * count) >= BLOCK_EDGE_MIN &&
         work / (double)(2 * count) >= BLOCK_MULTIPLICATIONS_MIN)
    count *= 2;
  if (count == 1) {
    sac_gemm (gemm);
    return;
  }

  /* Whole panels; the last block takes what is left. */
  int64_t edge = (side + count - 1) / count;

  edge = (edge + SAC_PANEL - 1) / SAC_PANEL * SAC_PANEL;
  Blocks blocks = {.gemm = gemm, .split_m = split_m, .edge = edge};

  sac_pool_run ((size_t)((side + edge - 1) / edge), multiply_block, &blocks);
}
