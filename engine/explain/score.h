/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The score that is explained: an element of an output, or, where the network
 * ends in a softmax or sigmoid, of what goes into it.  A probability saturates,
 * and its gradient with it; the logit does not. */
#ifndef SAC_EXPLAIN_SCORE_H
#define SAC_EXPLAIN_SCORE_H

#include "network/graph.h"

typedef struct {
  int output; /* the graph's output */
  int value;  /* that is differentiated; elements in the same order */
  const char *activation; /* op left out between the two, or NULL */
} SacScore;

SacScore sac_score_find (const SacGraph *graph, int output);

#endif
