/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Moving elements between two layouts of one box of places: what Transpose,
 * Slice, Expand, Tile and their like do, and what flows back through them.
 *
 * A stride may be negative; a `from` stride may be 0 (elements are repeated),
 * a `to` stride may not, unless its size is 1. */
#ifndef SAC_NETWORK_OPS_STRIDED_H
#define SAC_NETWORK_OPS_STRIDED_H

#include "network/op.h"

/* Tile has two axes for each of its input's. */
#define SAC_STRIDED_RANK (2 * SAC_LIMIT_RANK)

typedef struct {
  int rank;
  int64_t dims[SAC_STRIDED_RANK];
  int64_t to[SAC_STRIDED_RANK]; /* strides in elements */
  int64_t from[SAC_STRIDED_RANK];
  int64_t to_start, from_start;
} SacStrided;

/* Axes are added from the outermost to the innermost and joined where both
 * layouts go on without a gap; start from SacStrided of zeros. */
void sac_strided_append (SacStrided *strided,
                         int64_t size,
                         int64_t to,
                         int64_t from);

/* to[...] = from[...], element_size 1, 4 or 8. */
void sac_strided_copy (const SacStrided *strided,
                       void *to,
                       const void *from,
                       size_t element_size);

/* The reverse: from[...] += to[...] in float32 or float64.  Where elements were
 * repeated their sum is kept in double. */
void sac_strided_add_back (const SacStrided *strided,
                           SacTensor *from,
                           const SacTensor *to);

/* Forward and gradient of an op whose params are a SacStrided from input 0 to
 * output 0. */
void sac_strided_forward (const SacCall *call);
void sac_strided_gradient (const SacGradientCall *call);

#endif
