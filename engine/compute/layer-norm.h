/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* y = (x - mean) / sqrt (variance + epsilon) * scale + bias over the columns of
 * each row, in either layout (rows.h); mean and variance in two passes. */
#ifndef SAC_COMPUTE_LAYER_NORM_H
#define SAC_COMPUTE_LAYER_NORM_H

#include "base/job.h"
#include "compute/rows.h"

typedef struct {
  size_t rows, columns;
  SacRows x;
  SacRows y;          /* may be x itself */
  const float *scale; /* one a column, or NULL */
  const float *bias;  /* likewise */
  float epsilon;
  float *means;   /* one a row for the reverse pass, or NULL */
  float *inverse; /* 1 / sqrt (variance + epsilon), likewise */
} SacLayerNorm;

/* On the pool.  Returns: false when cancelled. */
bool sac_layer_norm_run (const SacLayerNorm *norm, const SacJob *job);

/* dx += inverse (g - mean of g - z mean of (g z)) with g = dy scale and the
 * standardised z = (x - mean) inverse, row by row. */
typedef struct {
  size_t rows, columns;
  SacRows x, dy;
  SacRows dx; /* its tails stay as they are */
  const float *scale;
  const float *means, *inverse; /* what the forward pass has left */
} SacLayerNormGradient;

bool sac_layer_norm_gradient_run (const SacLayerNormGradient *gradient,
                                  const SacJob *job);

#endif
