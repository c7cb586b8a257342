/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A 1x1 convolution and the depthwise one that reads its result, which is made
 * some rows of 32 channels at a time and never leaves the cache. */
#ifndef SAC_COMPUTE_CONV_PAIR_H
#define SAC_COMPUTE_CONV_PAIR_H

#include "compute/conv.h"

/* Both with their weights packed and their tails; `first` is
 * SAC_CONV_POINTWISE without a residual, and its y is not used, `second` is
 * SAC_CONV_DEPTHWISE, and its x is not used.  What the tail of `first` saves
 * lies as its y would; where nobody reads that, it is 0. */
typedef struct {
  SacConv first, second;
  float *mean;  /* of each image of y, blocked; NULL: nobody asks */
  double *sums; /* room for it: sac_conv_pair_sums */
} SacConvPair;

/* Whether the shapes fit together, and rows are so short that few of them have
 * to be made twice. */
bool sac_conv_pair_can (const SacConvShape *first, const SacConvShape *second);

size_t sac_conv_pair_sums (const SacConvShape *first,
                           const SacConvShape *second);

/* On the pool; the same bits as both by themselves, unless AMX is worth its
 * preparation in one of the two ways alone.  Returns: false when cancelled. */
bool sac_conv_pair_run (const SacConvPair *pair, const SacJob *job);

#endif
