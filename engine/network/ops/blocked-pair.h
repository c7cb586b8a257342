/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Two convolutions of blocked-conv.h, the first 1x1, the second depthwise and
 * the only one that reads the first (compute/conv-pair.h).  Back, dX of the
 * first is one convolution, and that of the second is of depthwise ones.  A
 * third output, where there is one, is the mean of each image of the result,
 * blocked. */
#ifndef SAC_NETWORK_OPS_BLOCKED_PAIR_H
#define SAC_NETWORK_OPS_BLOCKED_PAIR_H

#include "network/ops/blocked-conv.h"

/* Neither has a residual. */
typedef struct {
  const SacBlockedConv *first, *second;
} SacBlockedPair;

extern const SacOp sac_op_blocked_pair;

/* Of the third output. */
SacBlockedSize sac_blocked_pair_mean_size (const SacBlockedPair *pair);

/* Bytes that the first one leaves for the gradient; the second's follow. */
size_t sac_blocked_pair_saved (const SacBlockedConv *first);

void sac_blocked_pair_gradient (const SacGradientCall *call);

#endif
