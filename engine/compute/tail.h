/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What is done to a sum before it is stored, so that it makes no pass of its
 * own:
 *   y = last (first (sum + bias) * scale + residual)
 * with every part optional.  A zeroed SacTail does nothing.
 *
 * Errors of the functions, relative to the result: sigmoid, tanh 3e-7, SiLU
 * 4e-7, the three GELUs 1e-6 but for an absolute 2e-7 below zero.  Sigmoid's
 * tail ends at 1e-38.  NaN stays NaN.
 */
#ifndef SAC_COMPUTE_TAIL_H
#define SAC_COMPUTE_TAIL_H

#include <stdbool.h>

typedef enum {
  SAC_FUNCTION_NONE,
  SAC_FUNCTION_RELU,
  SAC_FUNCTION_CLIP,         /* min (high, max (low, x)) */
  SAC_FUNCTION_LEAKY_RELU,   /* x < 0 ? low * x : x */
  SAC_FUNCTION_SIGMOID,      /* 1 / (1 + exp (-x)) */
  SAC_FUNCTION_HARD_SIGMOID, /* min (1, max (0, low * x + high)) */
  SAC_FUNCTION_SILU,         /* x sigmoid (x) */
  SAC_FUNCTION_HARD_SWISH,   /* x min (1, max (0, x / 6 + 0.5)) */
  SAC_FUNCTION_TANH,
  SAC_FUNCTION_GELU,       /* x / 2 (1 + erf (x / sqrt (2))) */
  SAC_FUNCTION_GELU_TANH,  /* its approximation through tanh */
  SAC_FUNCTION_GELU_QUICK, /* x sigmoid (1.702 x) */
  SAC_FUNCTION_COUNT,
} SacFunction;

typedef struct {
  const float *bias; /* one a column, or NULL */
  SacFunction first;
  const float *scale; /* one a column, or NULL */
  /* Or NULL.  Lies as the result does, with the same steps; must not be the
   * result itself. */
  const float *residual;
  SacFunction last;
  float low; /* the numbers of the functions above, for whichever has them */
  float high;
} SacTail;

#endif
