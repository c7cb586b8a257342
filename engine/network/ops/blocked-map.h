/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What stands between convolutions, element by element, on blocked images:
 *   map:      y = activation (x scale + shift), a number for each channel
 *   add:      y = activation (a + b)
 *   multiply: y = a b, where b may be one number for each image and channel */
#ifndef SAC_NETWORK_OPS_BLOCKED_MAP_H
#define SAC_NETWORK_OPS_BLOCKED_MAP_H

#include "network/ops/blocked-activation.h"

typedef struct {
  SacBlockedSize size;
  const float *scale, *shift; /* map: whole blocks, or NULL */
  bool gate;                  /* multiply: b has one pixel an image */
  SacBlockedActivation activation;
} SacBlockedMap;

/* Back through y = a b of pixels that share one block of b: dA = dY b + base,
 * with one reading of dY. */
typedef struct {
  size_t pixels;
  const float *dy;
  const float *a;    /* for the sums; or NULL */
  const float *b;    /* 16 */
  const float *base; /* or NULL */
  float *da;         /* may be dy; or NULL */
} SacBlockedGateBack;

/* Adds dY a of all pixels to the 16 sums. */
void sac_blocked_gate_back (const SacBlockedGateBack *back, double *sums);

extern const SacOp sac_op_blocked_map, sac_op_blocked_add,
  sac_op_blocked_multiply;

#endif
