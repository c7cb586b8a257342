/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* C = tail (A B), B packed beforehand: 1x1 convolution, fully connected layers,
 * the linear parts of transformers. */
#ifndef SAC_COMPUTE_PRODUCT_H
#define SAC_COMPUTE_PRODUCT_H

#include "base/job.h"
#include "compute/rows.h"
#include "compute/tail.h"

typedef struct {
  size_t rows, depth, columns; /* none 0 */
  SacRows a;           /* rows x depth; what follows depth is not read */
  const float *packed; /* depth x columns, see below; 64-byte aligned */
  SacRows c;           /* rows x columns; must not meet a */
  SacTail tail;
  SacSplit split; /* sac_product_split's, or nothing */
} SacProduct;

/* Floats that packed weights take: [columns / 32][depth][32]. */
size_t sac_product_packed_count (size_t depth, size_t columns);

/* B's element (depth, column) stands at
 * b[depth * depth_step + column * column_step]. */
void sac_product_pack (float *packed,
                       const float *b,
                       size_t depth,
                       size_t columns,
                       ptrdiff_t depth_step,
                       ptrdiff_t column_step);

/* to: packed weights of the sums of each `run` neighbouring rows of B, which is
 * packed as depth x columns.  run divides depth.  On the pool.  Returns: false
 * when cancelled. */
bool sac_product_pack_sums (float *to,
                            const float *packed,
                            size_t depth,
                            size_t columns,
                            size_t run,
                            const SacJob *job);

/* Where several chunks would split the same rows of A, splits them for all of
 * them.  On the pool; see sac_split. */
SacSplit sac_product_split (const SacProduct *product, const SacJob *job);

/* Independent parts of the work, and one of them; see loop.h. */
size_t sac_product_chunks (const SacProduct *product);
void sac_product_chunk (const SacProduct *product, size_t index);

/* The product in the calling thread, for a chunk of a loop: cut no further than
 * cancelling asks for, as each part of the columns has its own preparations. */
void sac_product_here (const SacProduct *product);

/* All of them, on the pool.  Returns: false when cancelled. */
bool sac_product_run (const SacProduct *product, const SacJob *job);

#endif
