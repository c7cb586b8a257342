/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Maximum and average over windows of blocked images (conv-shape.h). */
#ifndef SAC_COMPUTE_BLOCKED_POOL_H
#define SAC_COMPUTE_BLOCKED_POOL_H

#include "base/job.h"
#include "compute/conv-shape.h"

#include <stdint.h>

typedef enum {
  SAC_BLOCKED_POOL_MAX,         /* of what is inside the image; NaN stays NaN */
  SAC_BLOCKED_POOL_AVERAGE,     /* of what is inside the image */
  SAC_BLOCKED_POOL_AVERAGE_ALL, /* divided by the whole kernel's size */
} SacBlockedPoolKind;

typedef struct {
  SacBlockedPoolKind kind;
  SacConvShape shape; /* filters = channels; groups is not looked at */
  const float *x;
  float *y;      /* must not meet x */
  uint8_t *taps; /* of a maximum: a number as each of y's elements has it, the
                    first of the kernel's taps that it was, 255 for none; NULL:
                    nobody asks */
} SacBlockedPool;

/* On the pool.  A window that lies outside altogether gives -infinity or 0.
 * Returns: false when cancelled. */
bool sac_blocked_pool_run (const SacBlockedPool *pooling, const SacJob *job);

/* sums += a block of channels of `count` pixels that are `step` floats apart,
 * on the calling thread.  Four at a time are added in float32 before double
 * takes over: off by at most 4e-7 of the sum of sizes. */
void sac_blocked_pool_add (const float *x,
                           ptrdiff_t step,
                           size_t count,
                           double *sums);

#endif
