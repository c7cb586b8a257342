/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a score does not read: where only a class token is read, the tokens of
 * the image after the last attention have a gradient of 0; where the mean of
 * these is read, the class token has. */
#ifndef SAC_EXPLAIN_ZERO_GRADIENT_H
#define SAC_EXPLAIN_ZERO_GRADIENT_H

#include "explain/cam-target.h"
#include "explain/flow.h"

/* Sets zero_gradient of those of `targets` (SacCamTarget, in the order of the
 * graph) of which no path leads from a place to `score`, whatever the weights
 * are.  Looks from the score back to the last target that is read; those before
 * it are taken to be read. */
void sac_zero_gradient_mark (const SacFlow *flow, int score, GArray *targets);

/* Which places along an axis of a value the score reads, whatever the weights
 * are.  Returns: a new array, one for each place; NULL where looking would take
 * too long. */
bool *sac_zero_gradient_read_places (const SacFlow *flow,
                                     int score,
                                     int value,
                                     int axis);

#endif
