/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Two convolutions of blocked-conv.h, the first 1x1, the second depthwise and
 * the only one that reads the first (compute/conv-pair.h).  Stands only where
 * no gradient goes back. */
#ifndef SAC_NETWORK_OPS_BLOCKED_PAIR_H
#define SAC_NETWORK_OPS_BLOCKED_PAIR_H

#include "network/ops/blocked-conv.h"

/* Neither has a residual. */
typedef struct {
  const SacBlockedConv *first, *second;
} SacBlockedPair;

extern const SacOp sac_op_blocked_pair;

#endif
