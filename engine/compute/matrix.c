/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/matrix.h"

#include "compute/kernels.h"
#include "compute/loop.h"
#include "compute/product.h"
#include "compute/scratch.h"

#include <glib.h>

/* What a chunk of fewer multiplications would gain, its start would cost. */
#define CHUNK_MULTIPLICATIONS ((size_t)4 << 20)
/* Several heights of a tile of every variant. */
#define CHUNK_ROWS 84

typedef struct {
  SacMatrixProduct of;
  const float *packed;
  size_t rows; /* of a chunk */
} Work;

static SacMatrix
turn (SacMatrix matrix)
{
  return (SacMatrix){matrix.data, matrix.column, matrix.row};
}

void
sac_matrix_multiply_packed (const SacMatrixProduct *product,
                            const float *packed)
{
  SacRun whole = {0, (ptrdiff_t)product->k};
  SacMultiply multiply = {
    .a = product->a.data,
    .a_step = product->a.row,
    .runs = &whole,
    .run_count = 1,
    .b = packed,
    .panel_floats = product->k * SAC_PANEL,
    .c = {product->c.data, product->c.row, SAC_BLOCK, false},
    .rows = product->m,
    .columns = product->n,
    .accumulate = product->add,
  };

  sac_kernels ()->multiply (&multiply);
}

static void
multiply_chunk (const void *data, size_t index)
{
  const Work *work = data;
  SacMatrixProduct part = work->of;
  size_t row = index * work->rows;

  part.a.data += (ptrdiff_t)row * part.a.row;
  part.c.data += (ptrdiff_t)row * part.c.row;
  part.m = MIN (work->rows, part.m - row);
  sac_matrix_multiply_packed (&part, work->packed);
}

/* The kernel wants rows of A without gaps between their elements, and so those
 * of C; where C's columns are so, C' = B' A' is the same. */
bool
sac_matrix_multiply (const SacMatrixProduct *product, const SacJob *job)
{
  Work work = {.of = *product};
  SacMatrixProduct *p = &work.of;

  if (p->c.column != 1 && p->n != 1) {
    p->a = turn (product->b);
    p->b = turn (product->a);
    p->c = turn (product->c);
    p->m = product->n;
    p->n = product->m;
  }

  size_t packed_count = sac_product_packed_count (p->k, p->n);
  bool turned = p->a.column != 1 && p->k != 1;
  float *packed = sac_scratch (packed_count + (turned ? p->m * p->k : 0));

  sac_product_pack (packed, p->b.data, p->k, p->n, p->b.row, p->b.column);
  if (turned) {
    float *a = packed + packed_count;

    sac_kernels ()->transpose (p->a.data, p->a.column, p->k, p->m, a,
                               (ptrdiff_t)p->k);
    p->a = (SacMatrix){a, (ptrdiff_t)p->k, 1};
  }
  work.packed = packed;
  work.rows = MAX (1, CHUNK_MULTIPLICATIONS / MAX (1, p->n * p->k));
  work.rows = (work.rows + CHUNK_ROWS - 1) / CHUNK_ROWS * CHUNK_ROWS;
  return sac_loop_run ((p->m + work.rows - 1) / work.rows, multiply_chunk,
                       &work, job);
}
