/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Pools of blocked images; the rules are those of max-pool.c, average-pool.c
 * and global-pool.c. */
#ifndef SAC_NETWORK_OPS_BLOCKED_POOL_H
#define SAC_NETWORK_OPS_BLOCKED_POOL_H

#include "network/ops/blocked.h"
#include "network/ops/window.h"

/* Taps that a window may have: the gradient keeps a byte for each maximum. */
#define SAC_BLOCKED_TAPS_MAX 255

typedef struct {
  SacBlockedSize in, out;
  SacWindow window;
  bool average;
  const double *counts[2]; /* average: taps along each axis that count */
} SacBlockedPooling;

/* The average of each whole image, by one window of its size. */
bool sac_blocked_pooling_is_mean (const SacBlockedPooling *pool);

extern const SacOp sac_op_blocked_pool;

#endif
