/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "tensor/gemm.h"

#include "base/pool.h"
#include "tensor/gemm-library.h"

#include <glib.h>
#include <limits.h>
#include <string.h>

/* A block shorter than this spends more time packing its operands than
 * multiplying them. */
#define BLOCK_EDGE_MIN 128
#define BLOCK_COUNT_MAX 16
/* A block with less work than this is not worth waking a thread for. */
#define BLOCK_MULTIPLICATIONS_MIN (1 << 20)

bool
sac_gemm_load (GError **error)
{
  return sac_gemm_library_load (error) != NULL;
}

/* Whoever made a network has loaded it. */
static const SacGemmLibrary *
get_library (void)
{
  g_autoptr (GError) error = NULL;
  const SacGemmLibrary *library = sac_gemm_library_load (&error);

  if (library == NULL)
    g_error ("%s", error->message);
  return library;
}

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

/* One row of C is a matrix-vector product, which needs no packing. */
static void
multiply_row (const SacGemmLibrary *library, const SacGemm *g)
{
  blasint rows = (blasint)(g->transpose_b ? g->n : g->k);
  blasint columns = (blasint)(g->transpose_b ? g->k : g->n);

  if (g->beta == 0)
    memset (g->c, 0, (size_t)g->n * sizeof (float));
  library->sgemv (CblasRowMajor, g->transpose_b ? CblasNoTrans : CblasTrans,
                  rows, columns, g->alpha, g->b, (blasint)g->ldb, g->a,
                  g->transpose_a ? (blasint)g->lda : 1,
                  g->beta == 0 ? 1 : g->beta, g->c, 1);
}

/* The same for one column of C. */
static void
multiply_column (const SacGemmLibrary *library, const SacGemm *g)
{
  blasint rows = (blasint)(g->transpose_a ? g->k : g->m);
  blasint columns = (blasint)(g->transpose_a ? g->m : g->k);

  if (g->beta == 0)
    scale_rows (g->c, g->m, 1, g->ldc, 0);
  library->sgemv (CblasRowMajor, g->transpose_a ? CblasTrans : CblasNoTrans,
                  rows, columns, g->alpha, g->a, (blasint)g->lda, g->b,
                  g->transpose_b ? 1 : (blasint)g->ldb,
                  g->beta == 0 ? 1 : g->beta, g->c, (blasint)g->ldc);
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

  g_assert (g->m <= INT_MAX && g->n <= INT_MAX && g->k <= INT_MAX);

  const SacGemmLibrary *library = get_library ();

  if (g->m == 1)
    multiply_row (library, g);
  else if (g->n == 1)
    multiply_column (library, g);
  else
    library->sgemm (CblasRowMajor, g->transpose_a ? CblasTrans : CblasNoTrans,
                    g->transpose_b ? CblasTrans : CblasNoTrans, (blasint)g->m,
                    (blasint)g->n, (blasint)g->k, g->alpha, g->a,
                    (blasint)g->lda, g->b, (blasint)g->ldb, g->beta, g->c,
                    (blasint)g->ldc);
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

  /* Whole vectors of 16 floats; the last block takes what is left. */
  int64_t edge = (side + count - 1) / count;

  edge = (edge + 15) / 16 * 16;
  Blocks blocks = {.gemm = gemm, .split_m = split_m, .edge = edge};

  sac_pool_run ((size_t)((side + edge - 1) / edge), multiply_block, &blocks);
}

const char *
sac_gemm_get_core (void)
{
  return get_library ()->get_core ();
}
