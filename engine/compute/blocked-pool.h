/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Maximum and average over windows of blocked images (conv-shape.h). */
#ifndef SAC_COMPUTE_POOLING_H
#define SAC_COMPUTE_POOLING_H

#include "base/job.h"
#include "compute/conv-shape.h"

typedef enum {
  SAC_POOLING_MAX,         /* of what is inside the image; NaN stays NaN */
  SAC_POOLING_AVERAGE,     /* of what is inside the image */
  SAC_POOLING_AVERAGE_ALL, /* divided by the whole kernel's size */
} SacPoolingKind;

typedef struct {
  SacPoolingKind kind;
  SacConvShape shape; /* filters = channels; groups is not looked at */
  const float *x;
  float *y; /* must not meet x */
} SacPooling;

/* On the pool.  A window that lies outside altogether gives -infinity or 0.
 * Returns: false when cancelled. */
bool sac_pooling_run (const SacPooling *pooling, const SacJob *job);

#endif
