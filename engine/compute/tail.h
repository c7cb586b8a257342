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
#include <stddef.h>

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
  /* Room for what a gradient needs of the first function, or of the last where
   * there is no first; or NULL.  One entry for each row of 16 floats of the
   * result, which begins at `origin` and has nothing but whole such rows: a bit
   * an element (uint16_t), or the function's 16 slopes. */
  void *saved;
  const float *origin;
} SacTail;

/* The tail of a part of the result that begins at `column` and, of what lies as
 * the result does, at element `place`; what is saved stays, as `origin` says
 * where. */
static inline SacTail
sac_tail_from (const SacTail *tail, size_t column, ptrdiff_t place)
{
  SacTail part = *tail;

  if (part.bias != NULL)
    part.bias += column;
  if (part.scale != NULL)
    part.scale += column;
  if (part.residual != NULL)
    part.residual += place;
  return part;
}

/* Whether a bit an element tells the slope.  At a kink the bit says the slope
 * that the plain ops have there. */
static inline bool
sac_tail_saves_bits (SacFunction function)
{
  return function == SAC_FUNCTION_RELU || function == SAC_FUNCTION_CLIP ||
         function == SAC_FUNCTION_LEAKY_RELU ||
         function == SAC_FUNCTION_HARD_SIGMOID;
}

#endif
