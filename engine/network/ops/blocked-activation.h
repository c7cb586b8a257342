/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The function at the end of a blocked op, and what its gradient needs: a bit
 * an element where the slope is one of two, else the slope itself. */
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

/* The entry of a row of 16 in what is left. */
void *sac_blocked_activation_entry (const SacBlockedActivation *activation,
                                    const void *saved,
                                    size_t row);

/* Makes the function the end of a tail, of which the result begins at y; fills
 * saved unless it is NULL. */
void sac_blocked_activation_end (const SacBlockedActivation *activation,
                                 const float *y,
                                 void *saved,
                                 SacTail *tail);

/* y = f (x), and saved unless it is NULL.  x may be y. */
void sac_blocked_activation_apply (const SacBlockedActivation *activation,
                                   const float *x,
                                   float *y,
                                   size_t rows,
                                   void *saved);

/* Of rows of 16: y = a b, element by element; y may be a. */
void sac_blocked_multiply_rows (float *y,
                                const float *a,
                                const float *b,
                                size_t rows);

/* dx = dy f'; dx may be dy. */
void sac_blocked_activation_reverse (const SacBlockedActivation *activation,
                                     float *dx,
                                     const float *dy,
                                     size_t rows,
                                     const void *saved);

/* The same for rows [first, first + count) of dy and saved, on the calling
 * thread; dx: of row `first`.  activation: one with a function. */
void
sac_blocked_activation_reverse_rows (const SacBlockedActivation *activation,
                                     float *dx,
                                     const float *dy,
                                     size_t first,
                                     size_t count,
                                     const void *saved);

#endif
