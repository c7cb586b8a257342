/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Where numbers that are not finite come from. */
#ifndef SAC_EXPLAIN_NOT_FINITE_H
#define SAC_EXPLAIN_NOT_FINITE_H

#include "network/plan.h"

/* Runs the network again, node by node, until a value holds NaN or infinity;
 * minus infinity alone, with which attention is masked, counts only where there
 * is nothing else.  Takes some runs of the network and little memory.
 * Returns: "input x holds ..." or "node n (Conv) is the first ...", a new
 * string; NULL where everything is finite, or when cancelled. */
char *sac_not_finite_describe (SacNetwork *network,
                               const SacTensor *const *inputs,
                               SacJob *job);

#endif
