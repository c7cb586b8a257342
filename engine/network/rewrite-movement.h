/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Chains of ops that only move elements, while they become one: what one says,
 * and the runs that it copies. */
#ifndef SAC_NETWORK_REWRITE_MOVEMENT_H
#define SAC_NETWORK_REWRITE_MOVEMENT_H

#include "network/ops/movement.h"
#include "network/plan-private.h"

#define SAC_MOVEMENT_NODES 64

typedef struct {
  int last;                      /* node */
  int nodes[SAC_MOVEMENT_NODES]; /* with `last`; ascending once complete */
  int node_count;
  int source;          /* value; -1: not found yet */
  GHashTable *tensors; /* value + 1 -> SacTensor with numbers */
} SacMovementChain;

/* All that decides what the chain does: repeated blocks of a network say the
 * same.  Returns: NULL when it cannot be told. */
GBytes *sac_movement_describe (const SacPlan *plan,
                               const SacMovementChain *chain);

/* Cuts what came out of a chain into runs.  numbers: 1 + the place in the
 * source of each element, 0 for one that is zero; table: lives in the plan's
 * store. Returns: false when the runs are too short for a gain. */
bool sac_movement_fill_table (SacPlan *plan,
                              const SacTensor *numbers,
                              int64_t source_count,
                              SacMovementTable *table);

#endif
