/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The function at the end of a blocked op, and what its gradient needs: a bit
 * an element where the slope is one of two, else the function's argument. */
#ifndef SAC_NETWORK_OPS_BLOCKED_ACTIVATION_H
#define SAC_NETWORK_OPS_BLOCKED_ACTIVATION_H

#include "compute/tail.h"
#include "network/ops/blocked.h"

typedef struct {
  SacFunction function;
  float low, high; /* as in SacTail */
} SacBlockedActivation;

/* What is left for the gradient. */
size_t sac_blocked_activation_saved (const SacBlockedActivation *activation,
                                     size_t count);

/* Whether what is saved can be told from the result: the function may then be
 * applied by whoever makes its argument. */
bool sac_blocked_activation_shows (const SacBlockedActivation *activation);

/* saved, of a function that shows, from its result. */
void sac_blocked_activation_mark (const SacBlockedActivation *activation,
                                  const float *y,
                                  size_t rows,
                                  void *saved);

/* y = f (x), and saved unless it is NULL.  x may be y, or saved where the
 * argument itself is saved. */
void sac_blocked_activation_apply (const SacBlockedActivation *activation,
                                   const float *x,
                                   float *y,
                                   size_t rows,
                                   void *saved);

/* dx = dy f'; dx may be dy. */
void sac_blocked_activation_reverse (const SacBlockedActivation *activation,
                                     float *dx,
                                     const float *dy,
                                     size_t rows,
                                     const void *saved);

#endif
