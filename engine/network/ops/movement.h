/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A chain of ops that only move elements, done at once: each output is made of
 * runs of its input, or of zeros.  A rewriting puts it in the place of the
 * chain; no file can name it. */
#ifndef SAC_NETWORK_OPS_MOVEMENT_H
#define SAC_NETWORK_OPS_MOVEMENT_H

#include "network/op.h"

#define SAC_MOVEMENT_OUTPUTS 16

/* Run i of the output, `length` elements, is that of the input from starts[i]
 * on; -1: zeros. */
typedef struct {
  SacShape shape;
  int64_t run_count;
  int64_t length;
  const int32_t *starts;
  bool unique; /* no element of the input is taken twice */
} SacMovementTable;

typedef struct {
  size_t output_count;
  SacMovementTable outputs[SAC_MOVEMENT_OUTPUTS];
} SacMovement;

extern const SacOp sac_op_movement;

/* The attribute that carries it; it must live as long as the node. */
SacAttribute sac_movement_attribute (const SacMovement *movement);

#endif
