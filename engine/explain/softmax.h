/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a Softmax weighs: where its logits come from and whether its
 * probabilities weigh values that depend on the input. */
#ifndef SAC_EXPLAIN_SOFTMAX_H
#define SAC_EXPLAIN_SOFTMAX_H

#include "explain/axis.h"

typedef enum {
  SAC_LOGITS_NONE,    /* no scores between positions: not attention */
  SAC_LOGITS_PRODUCT, /* queries times keys, summed over features */
  SAC_LOGITS_LINEAR,  /* one number per position from constant weights */
} SacLogitsKind;

/* An operand of a product: its axis of positions, and the axis of features
 * that the product sums over. */
typedef struct {
  int value;
  int rows, features;
} SacOperand;

typedef struct {
  SacLogitsKind kind;
  const SacNode *node;      /* that made the scores */
  int key_axis;             /* of the Softmax's output */
  int score_axis;           /* the same axis of the node's output */
  SacOperand queries, keys; /* of a product */
  bool neighbourhood;       /* a product in which each query has its own keys */
} SacLogits;

/* False when the node is no Softmax along one axis, its input does not depend
 * on the data, or it scores something else than positions: classes, channels,
 * branches, experts. */
bool
sac_softmax_logits (const SacFlow *flow, const SacNode *node, SacLogits *ret);

/* True when the values made by the node weigh, by a product and a sum, others
 * that depend on the input. */
bool sac_softmax_weighs (const SacFlow *flow, const SacNode *node);

#endif
