/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Passes over blocked images (conv-shape.h) for what no kernel's tail could
 * take along. */
#ifndef SAC_COMPUTE_ELEMENTWISE_H
#define SAC_COMPUTE_ELEMENTWISE_H

#include "base/job.h"
#include "compute/rows.h"
#include "compute/tail.h"

/* y = tail (x * gate): sums of two images (the tail's residual), functions
 * alone, squeeze and excitation. */
typedef struct {
  size_t images, channels, pixels; /* pixels of one image */
  const float *x;
  const float *gate; /* blocked, one pixel an image; NULL: none */
  SacTail tail;
  float *y; /* may be x, but not the residual */
} SacElementwise;

/* On the pool.  Returns: false when cancelled. */
bool sac_elementwise_run (const SacElementwise *work, const SacJob *job);

/* The average of each image and channel; y is blocked, one pixel an image. */
typedef struct {
  size_t images, channels, pixels;
  const float *x;
  float *y;
} SacGlobalAverage;

bool sac_global_average_run (const SacGlobalAverage *work, const SacJob *job);

#endif
