/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Layer normalisation with known scale and bias, on plain rows or over the
 * channels of blocked images.  A rewriting puts it in the place of
 * LayerNormalization, or of the ops that exporters make of it; no file can name
 * it. */
#ifndef SAC_NETWORK_OPS_ROW_NORM_H
#define SAC_NETWORK_OPS_ROW_NORM_H

#include "network/ops/blocked.h"

typedef struct {
  const float *scale, *bias; /* whole blocks, or NULL */
  float epsilon;
  size_t columns;
  SacBlockedSize size; /* of the image; its channels are the columns */
} SacRowNorm;

/* Rows are the last axis. */
extern const SacOp sac_op_row_norm;

/* A blocked op (blocked.h) of one input. */
extern const SacOp sac_op_blocked_norm;

#endif
