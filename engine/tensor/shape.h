/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The shape of a tensor: up to SAC_LIMIT_RANK sizes, C order.
 *
 * Sizes are never negative in a bound shape; -1 stands for "not known before a
 * shape is bound" and appears only in what a network declares. */
#ifndef SAC_TENSOR_SHAPE_H
#define SAC_TENSOR_SHAPE_H

#include "base/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  int rank; /* [0, SAC_LIMIT_RANK]; 0 is a scalar with one element */
  int64_t dims[SAC_LIMIT_RANK];
} SacShape;

/* sac_shape_of (1, 3, 224, 224) */
#define sac_shape_of(...)                                                      \
  (sac_shape_from ((const int64_t[]){__VA_ARGS__},                             \
                   sizeof ((const int64_t[]){__VA_ARGS__}) /                   \
                     sizeof (int64_t)))
SacShape sac_shape_from (const int64_t *dims, size_t rank);

bool sac_shape_equal (const SacShape *a, const SacShape *b);

/* Number of elements.  Returns: false when a size is negative or the product
 * does not fit an int64. */
bool sac_shape_count (const SacShape *shape, int64_t *ret_count);

/* The same for a shape known to be good. */
int64_t sac_shape_size (const SacShape *shape);

/* True for numbers that have no places, one row a sample: at most two axes, or
 * a convolution's planes of one element each. */
bool sac_shape_is_row (const SacShape *shape);

/* Product of dims[from] .. dims[to - 1] of a good shape. */
int64_t sac_shape_product (const SacShape *shape, int from, int to);

/* Element strides of a good shape in C order. */
void sac_shape_strides (const SacShape *shape, int64_t *ret_strides);

/* NumPy broadcasting.  Returns: false when the shapes do not fit. */
bool
sac_shape_broadcast (const SacShape *a, const SacShape *b, SacShape *ret_shape);

/* axis in [-rank, rank) made non-negative.  Returns: false when out of range.
 */
bool sac_shape_axis (const SacShape *shape, int64_t axis, int *ret_axis);

/* "1x3x224x224", "?" for an unknown size, "scalar" for rank 0.
 * Returns: a new string; free with g_free. */
char *sac_shape_to_string (const SacShape *shape);

#endif
