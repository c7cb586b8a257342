/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How far two rows of numbers go together.  `count` finite values each; NaN
 * where one of them is the same throughout, or there is none. */
#ifndef SAC_MAP_CORRELATION_H
#define SAC_MAP_CORRELATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

double sac_pearson (const float *a, const float *b, size_t count);
/* Pearson of average ranks. */
double sac_spearman (const float *a, const float *b, size_t count);
/* tau-b, which allows for ties; n log n. */
double sac_kendall (const float *a, const float *b, size_t count);

/* Average ranks, 1 to count; NaN stands below everything. */
void sac_ranks (const float *values, size_t count, double *ret_ranks);

bool sac_is_constant (const float *values, size_t count);

/* The parts, for whoever compares the same numbers again and again. */

/* Of numbers that are not all the same. */
double sac_correlate (const double *a, const double *b, size_t count);

/* Numbers by their order alone: the codes of the values, 0 to `ret_levels` - 1,
 * equal where the values are, and the places from the lowest to the highest. */
typedef struct {
  uint32_t *codes;
  uint32_t *order; /* NULL when nobody asked */
  uint32_t levels;
  double tied_pairs; /* of equal values */
} SacOrder;

void sac_order_init (SacOrder *order, const float *values, size_t count);
void sac_order_clear (SacOrder *order);
/* `scratch`: b's levels + 1 numbers. */
double sac_order_kendall (const SacOrder *a,
                          const SacOrder *b,
                          size_t count,
                          uint32_t *scratch);

#endif
