/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* C = A B + sum, where many rows of A may be zero throughout, as the gradient
 * of one token is: those are left out.  The bits are those of the product of
 * all rows; but with AMX, which leaves fewer than 16 rows to AVX-512. */
#ifndef SAC_COMPUTE_PRODUCT_SPARSE_H
#define SAC_COMPUTE_PRODUCT_SPARSE_H

#include "base/job.h"

#include <stddef.h>

typedef struct {
  size_t rows, depth, columns; /* none 0 */
  const float *a;              /* rows x depth */
  const float *packed;         /* depth x columns (product.h) */
  const float *sum;            /* rows x columns, or NULL; not c */
  float *c;                    /* rows x columns */
  float *room;                 /* rows x depth; may be a, which then changes */
} SacProductSparse;

/* On the pool.  Returns: false when cancelled. */
bool sac_product_sparse_run (const SacProductSparse *work, const SacJob *job);

#endif
