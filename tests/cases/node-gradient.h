/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The gradient of any network whose forward pass is known to be right, against
 * central differences of that pass.
 *
 * Each floating input of each floating output is changed in a few elements, one
 * at a time, by 1/256 of its size; outputs are compared one by one and summed
 * in double, so that float32 leaves four digits.  Where the function has a kink
 * the slopes on the two sides differ, and the element is skipped. */
#ifndef SAC_TESTS_NODE_GRADIENT_H
#define SAC_TESTS_NODE_GRADIENT_H

#include "network/plan.h"

typedef struct {
  guint pairs;   /* of an output and an input, compared */
  guint without; /* pairs through which no gradient flows, by our own word */
  guint refused; /* pairs whose input is no image: weights, bounds, fillings */
  guint elements;
  guint kinks; /* elements that were skipped */
} NodeGradientCounts;

/* counts: added to.  Returns: what is wrong, or NULL. */
char *node_gradient_check (SacNetwork *network,
                           const SacTensor *const *inputs,
                           NodeGradientCounts *counts);

#endif
