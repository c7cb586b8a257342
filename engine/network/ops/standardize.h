/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Rows brought to mean 0 and variance 1, then scaled and shifted: what
 * LayerNormalization, InstanceNormalization, GroupNormalization and
 * RMSNormalization (which leaves the mean in) have in common.
 *
 *   y = (x - mean) * r * scale + bias,  r = 1 / sqrt (variance + epsilon)
 *
 * Means and variances are sums in double, see sums.h. */
#ifndef SAC_NETWORK_OPS_STANDARDIZE_H
#define SAC_NETWORK_OPS_STANDARDIZE_H

#include "network/op.h"

typedef struct {
  int64_t rows; /* 0 when there are no elements */
  int64_t size; /* contiguous elements of a row */
  /* Elements of a row that follow each other and share a scale; the next
   * `segment` elements of the tensor use the next of `parameters`, and after
   * the last the first again.  1: each element has its own. */
  int64_t segment;
  int64_t parameters;
  double epsilon;
  bool keep_mean; /* RMSNormalization: the mean square, no mean taken off */
} SacStandardize;

typedef struct {
  double mean;
  double inverse; /* of the standard deviation */
} SacMoments;

/* What a forward pass leaves for the gradient. */
static inline size_t
sac_standardize_saved (const SacStandardize *standardize)
{
  return (size_t)standardize->rows * sizeof (SacMoments);
}

/* scale and bias: `parameters` numbers each; NULL: 1 and 0.  means and inverses
 * (of standard deviations): one per row, or NULL. */
typedef struct {
  const float *x;
  const float *scale;
  const float *bias;
  float *y; /* NULL: not wanted */
  float *means;
  float *inverses;
  SacMoments *moments; /* one per row, or NULL */
} SacStandardizeForward;

/* Adds to dx.  dy, d_means and d_inverses: NULL means zero. */
typedef struct {
  const float *x;
  const float *scale;
  const SacMoments *moments; /* one per row */
  const float *dy;
  const float *d_means;
  const float *d_inverses;
  float *dx;
} SacStandardizeGradient;

/* On the pool. */
void sac_standardize_forward (const SacStandardize *standardize,
                              const SacStandardizeForward *forward);
void sac_standardize_gradient (const SacStandardize *standardize,
                               const SacStandardizeGradient *gradient);

#endif
