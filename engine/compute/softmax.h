/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#ifndef SAC_COMPUTE_SOFTMAX_H
#define SAC_COMPUTE_SOFTMAX_H

#include "base/job.h"

#include <stdbool.h>
#include <stddef.h>

/* y = softmax (x) along rows of `columns` that begin `step` apart; y may be x.
 * Sums of up to 64 vectors are in float32, their sum is in double.  A row of
 * minus infinities is NaN, and so is a whole row with one NaN. */
typedef struct {
  size_t rows, columns;
  const float *x;
  ptrdiff_t x_step;
  float *y;
  ptrdiff_t y_step;
} SacSoftmax;

/* On the pool, unless it is called from there.  Returns: false when cancelled.
 */
bool sac_softmax_run (const SacSoftmax *softmax, const SacJob *job);

#endif
