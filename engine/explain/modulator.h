/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Focal modulation found in a graph: what each place's query is multiplied with
 * instead of attending to others.  It is a linear map of a sum of contexts,
 * each weighed place by place by a gate of its own. */
#ifndef SAC_EXPLAIN_MODULATOR_H
#define SAC_EXPLAIN_MODULATOR_H

#include "explain/flow.h"

/* Returns: array of int, the modulators' values in graph order. */
GArray *sac_modulator_find (const SacFlow *flow);

#endif
