/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A 1x1 convolution of an image times a factor for each image and channel, as
 * squeeze and excitation has it.  The factors go to the weights, or to some
 * pixels at a time, which never leave the cache. */
#ifndef SAC_COMPUTE_CONV_GATED_H
#define SAC_COMPUTE_CONV_GATED_H

#include "compute/conv.h"

typedef struct {
  SacConv conv;      /* SAC_CONV_POINTWISE */
  const float *gate; /* blocked, one pixel an image */
} SacConvGated;

/* Whether the shape is one. */
bool sac_conv_gated_can (const SacConvShape *shape);

/* On the pool.  Returns: false when cancelled. */
bool sac_conv_gated_run (const SacConvGated *gated, const SacJob *job);

#endif
