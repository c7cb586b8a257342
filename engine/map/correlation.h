/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How far two rows of numbers go together.  `count` finite values each; NaN
 * where one of them is the same throughout, or there is none. */
#ifndef SAC_MAP_CORRELATION_H
#define SAC_MAP_CORRELATION_H

#include <stdbool.h>
#include <stddef.h>

double sac_pearson (const float *a, const float *b, size_t count);
/* Pearson of average ranks. */
double sac_spearman (const float *a, const float *b, size_t count);
/* tau-b, which allows for ties; n log n. */
double sac_kendall (const float *a, const float *b, size_t count);

/* Average ranks, 1 to count; NaN stands below everything. */
void sac_ranks (const float *values, size_t count, double *ret_ranks);

bool sac_is_constant (const float *values, size_t count);

/* Sum of products. */
double sac_dot (const double *a, const double *b, size_t count);

#endif
