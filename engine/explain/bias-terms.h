/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The biases of a network: what its nodes add to values, whatever comes in. */
#ifndef SAC_EXPLAIN_BIAS_TERMS_H
#define SAC_EXPLAIN_BIAS_TERMS_H

#include "explain/run.h"

typedef struct {
  int value;      /* that the bias is in */
  SacShape shape; /* of `elements`, read along the value's last axes */
  float *elements;
} SacBiasTerm;

/* Biases of convolutions, products, normalisations (what is left of scale,
 * shift, mean and variance: shift - mean scale / deviation) and sums with
 * constants, on ways from the inputs to the score, each of another value.
 * Errors: those of reading weights.  Returns: array of SacBiasTerm. */
GArray *sac_bias_terms_find (const SacExplainRun *run, GError **error);

/* The bias times the gradient of its value.  ret: an element for each of the
 * gradient's. */
void sac_bias_term_multiply (const SacBiasTerm *term,
                             const SacTensor *gradient,
                             float *ret);

#endif
