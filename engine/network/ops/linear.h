/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A product with constant weights and what follows it, on plain rows (tokens,
 * samples):
 *   y = function (x W + bias)   or   y = (x W + bias) * scale + residual
 * Input 0 is x, input 1 the residual, if there is one.  A rewriting puts it in
 * the place of MatMul, Gemm and the ops after them; no file can name it. */
#ifndef SAC_NETWORK_OPS_LINEAR_H
#define SAC_NETWORK_OPS_LINEAR_H

#include "network/ops/blocked-activation.h"
#include "network/packs.h"

typedef struct {
  SacShape shape; /* of y */
  size_t rows, depth, columns;
  SacPack *pack;     /* depth x columns */
  SacPack *reversed; /* columns x depth */
  /* Of dX only the sums of each `run` neighbouring elements are wanted; 0: all
     of it is.  sums: the product's weights, added up likewise. */
  size_t run;
  SacPack *sums;
  const float *bias; /* whole blocks, or NULL */
  const float *scale;
  SacBlockedActivation activation; /* only without scale and residual */
  bool residual;
} SacLinear;

extern const SacOp sac_op_linear;

#endif
