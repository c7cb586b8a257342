/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Products of matrices of which neither is known beforehand, as attention has
 * them: both may lie transposed, with gaps between their rows. */
#ifndef SAC_COMPUTE_MATRIX_H
#define SAC_COMPUTE_MATRIX_H

#include "base/job.h"

#include <stdbool.h>
#include <stddef.h>

/* Element (i, j) stands at data[i * row + j * column].  One of the steps is 1,
 * unless that side has size 1. */
typedef struct {
  float *data;
  ptrdiff_t row, column;
} SacMatrix;

/* c (m x n) = a (m x k) b (k x n), or that added to c.  No size is 0. */
typedef struct {
  SacMatrix a, b; /* not written */
  SacMatrix c;    /* must not meet the others */
  size_t m, n, k;
  bool add;
} SacMatrixProduct;

/* The same in the calling thread, of a B packed by sac_product_pack.  Rows of a
 * and c have no gaps between their elements. */
void sac_matrix_multiply_packed (const SacMatrixProduct *product,
                                 const float *packed);

/* On the pool, unless it is called from there.  Worth its preparations from
 * some rows and columns on.  Returns: false when cancelled. */
bool sac_matrix_multiply (const SacMatrixProduct *product, const SacJob *job);

#endif
