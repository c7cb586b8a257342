/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Whether a score is a linear function of one value, all else held: then the
 * value's elements times their gradients are shares that sum to the score less
 * a bias that no input changes. */
#ifndef SAC_EXPLAIN_LINEAR_H
#define SAC_EXPLAIN_LINEAR_H

#include "explain/flow.h"

/* flow: of all inputs.  The value may be multiplied by others that depend on
 * the inputs (features weighed by attention), but only constants are added.
 * Errors: UNDEFINED, with the node at which it ends. */
bool
sac_linear_check (const SacFlow *flow, int value, int score, GError **error);

#endif
