/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Sums over contiguous float32, kept in double.
 *
 * Element i goes to partial sum i mod 8, and the eight are added pairwise at
 * the end: a fixed order that a compiler can vectorise. */
#ifndef SAC_NETWORK_OPS_SUMS_H
#define SAC_NETWORK_OPS_SUMS_H

#include <stdint.h>

double sac_sums_elements (const float *x, int64_t count);

/* Sum of (x - center)^2. */
double sac_sums_squares (const float *x, int64_t count, double center);

/* Sum of x y. */
double sac_sums_products (const float *x, const float *y, int64_t count);

#endif
