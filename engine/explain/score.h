/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The score that is explained: an element of an output, or, where the network
 * ends in a softmax or sigmoid, of what goes into it.  A probability saturates,
 * and its gradient with it; the logit does not. */
#ifndef SAC_EXPLAIN_SCORE_H
#define SAC_EXPLAIN_SCORE_H

#include "explain/method.h"
#include "network/graph.h"

typedef struct {
  int output; /* the graph's output */
  int value;  /* that is differentiated; elements in the same order */
  const char *activation; /* op left out between the two, or NULL */
} SacScore;

SacScore sac_score_find (const SacGraph *graph, int output);

/* One sample's row of numbers and what is made of it. */
typedef struct {
  SacScoreKind kind;
  const float *numbers;
  int64_t count;
  int64_t class_index, against; /* -1: none */
  SacActivation activation;     /* for the kinds of probability */
  double temperature;
  /* Of LOGIT: taken from the class's are the logits of the classes nearest to
   * it, weighted by their probabilities among each other, which count as
   * constants (Zhang et al., 2025). */
  int nearest_count;     /* 0: none */
  double nearest_weight; /* of all of them together */
} SacScoreRow;

/* ret_weights: the derivative along each number.  Returns: the score. */
double sac_score_differentiate (const SacScoreRow *row, float *ret_weights);

/* "the logit of class 3 less that of class 1": names are shown as they are.
 * against: NULL when there is none.  Returns: a new string. */
char *sac_score_describe (SacScoreKind kind,
                          const char *class_name,
                          const char *against);

#endif
