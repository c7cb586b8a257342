/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The arithmetic of one Reduce op, and the loops that all of them share.
 *
 * Floating types are accumulated in double, integers in int64 with wrap-around.
 * Elements that lie side by side are summed in eight partial sums, others in
 * C order. */
#ifndef SAC_NETWORK_OPS_REDUCE_H
#define SAC_NETWORK_OPS_REDUCE_H

#include "network/op.h"

/* What a slope may need beside the element and its result. */
typedef struct {
  double product; /* of the elements that are not 0 */
  int64_t zeros;
} SacReduceFacts;

typedef struct {
  int axes_input_since; /* opset from which the axes are an input */
  double start;
  /* total[i] (+)= x[i] */
  void (*join) (double *total, const double *x, int64_t count);
  /* Returns: total (+) x[0] (+) ... */
  double (*fold) (double total, const double *x, int64_t count);
  double (*finish) (double total, int64_t count); /* NULL: the total itself */
  bool exponential; /* LogSumExp: elements less their maximum, exponentiated */
  /* d result / d x; NULL: 1, or 1 / count when `mean`. */
  double (*slope) (double x, double result, const SacReduceFacts *facts);
  bool mean;
  bool needs_facts;
  bool chooses; /* largest, smallest: what comes back is shared by the elements
                   equal to the result, which are marked by a byte each */
  /* Integers; NULL: not for them. */
  uint64_t (*join_integer) (uint64_t total, int64_t x);
  uint64_t start_integer;
} SacReduce;

bool
sac_reduce_infer (SacInfer *infer, const SacReduce *reduce, GError **error);
void sac_reduce_forward (const SacCall *call);
void sac_reduce_gradient (const SacGradientCall *call);

#endif
