/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Softmax of one contiguous row.  The sum is in double; a row of minus
 * infinities gives NaN, and a row with one NaN is NaN throughout. */
#ifndef SAC_NETWORK_OPS_SOFTMAX_ROW_H
#define SAC_NETWORK_OPS_SOFTMAX_ROW_H

#include <stdint.h>

/* y may be x. */
void sac_softmax_row (float *y, const float *x, int64_t size);

/* y = x - max (x) - log (sum (exp (x - max (x)))) */
void sac_log_softmax_row (float *y, const float *x, int64_t size);

/* dx += y (dy - sum (dy y)) */
void sac_softmax_row_gradient (const float *y,
                               const float *dy,
                               float *dx,
                               int64_t size);

/* dy = y (dy - sum (dy y)) */
void
sac_softmax_row_gradient_in_place (const float *y, float *dy, int64_t size);

#endif
