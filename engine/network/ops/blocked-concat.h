/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Blocked images one after the other along their channels. */
#ifndef SAC_NETWORK_OPS_BLOCKED_CONCAT_H
#define SAC_NETWORK_OPS_BLOCKED_CONCAT_H

#include "network/ops/blocked.h"

typedef struct {
  SacBlockedSize size;    /* of the whole */
  const size_t *channels; /* of each input */
  size_t largest;         /* input, in floats */
} SacBlockedConcat;

extern const SacOp sac_op_blocked_concat;

#endif
