/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* dX = dY B' + base, with B as it was packed for the product itself
 * (product.h), for a few rows: a second packing would take its memory and be
 * read no faster.  Panels of which dY has only zeros are not read, so that the
 * gradient of one class costs next to nothing. */
#ifndef SAC_COMPUTE_PRODUCT_REVERSE_H
#define SAC_COMPUTE_PRODUCT_REVERSE_H

#include "base/job.h"

#include <stddef.h>

/* Beyond, a product with weights packed for it is faster. */
#define SAC_PRODUCT_REVERSE_ROWS 8

typedef struct {
  size_t rows, depth, columns; /* of the product itself; none 0 */
  const float *packed;         /* depth x columns */
  const float *dy;             /* rows x columns */
  const float *base;           /* rows x depth, or NULL; may be dx */
  float *dx;                   /* rows x depth */
} SacProductReverse;

/* On the pool.  Returns: false when cancelled. */
bool sac_product_reverse_run (const SacProductReverse *work, const SacJob *job);

#endif
