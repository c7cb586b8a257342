/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a plan can give of an attention's probabilities without ever holding all
 * of them: A is the probability of a query, a key and a head, dA the gradient
 * of the target with respect to it. */
#ifndef SAC_NETWORK_ATTENTION_REDUCTION_H
#define SAC_NETWORK_ATTENTION_REDUCTION_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
  SAC_REDUCE_WEIGHTS,   /* A */
  SAC_REDUCE_POSITIVE,  /* max (0, A dA) */
  SAC_REDUCE_PRODUCT,   /* A dA, and max (0, .) once heads are made one */
  SAC_REDUCE_RISE,      /* max (0, dA) */
  SAC_REDUCE_GRADIENTS, /* dA */
} SacReduceUse;

typedef enum {
  SAC_REDUCE_HEADS_MEAN,
  SAC_REDUCE_HEADS_MAX,
  SAC_REDUCE_HEADS_MIN,
  SAC_REDUCE_HEADS_ONE,
  SAC_REDUCE_HEADS_EACH, /* they stay apart */
} SacReduceHeads;

#define SAC_REDUCE_ALL_QUERIES (-1)
#define SAC_REDUCE_MEAN_QUERY (-2)

/* The result is float32 [groups, queries, keys]: groups are what is left of the
 * axes before the queries once heads are taken out, in C order (with HEADS_EACH
 * they are all of them), queries is 1 for one query and for their mean. */
typedef struct {
  const char *value; /* the probabilities */
  SacReduceUse use;
  SacReduceHeads heads;
  int head;       /* HEADS_ONE */
  int head_axis;  /* of the value's shape; -1: one head */
  int head_count; /* where the axis is longer, the heads are inside */
  int64_t query;  /* flat over the axes of queries, or one of the above */
} SacPlanReduction;

static inline bool
sac_reduce_needs_gradient (SacReduceUse use)
{
  return use != SAC_REDUCE_WEIGHTS;
}

#endif
