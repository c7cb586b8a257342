/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The functions of tail.h, and those of attention, on a vector.  Private to
 * the kernels of one variant. */
#ifndef SAC_COMPUTE_KERNEL_FUNCTIONS_H
#define SAC_COMPUTE_KERNEL_FUNCTIONS_H

#include "compute/tail.h"
#include "compute/vector-math.h"
#include "compute/vector.h"

/* As sac_vector_exp.  Adding 1.5 * 2^23 rounds to a whole number. */
static ALWAYS_INLINE Vec
vec_exp (Vec x)
{
  const float shift = 12582912.0f;
  Vec bounded = vec_min (vec_splat (89), vec_max (vec_splat (-104), x));
  Vec n = (bounded * 1.44269504f + shift) - shift;
  Vec r = (bounded - n * 0.693359375f) + n * 2.12194440e-4f;

  return vec_scale (SAC_EXP_POLYNOMIAL (r) * r * r + r + 1.0f, n);
}

static ALWAYS_INLINE Vec
vec_absolute (Vec x)
{
  return (Vec)((VecInt)x & 0x7fffffff);
}

/* The size of one with the sign of the other. */
static ALWAYS_INLINE Vec
vec_with_sign (Vec size, Vec sign)
{
  return (Vec)((VecInt)size | ((VecInt)sign & INT32_MIN));
}

static ALWAYS_INLINE Vec
vec_sigmoid (Vec x)
{
  return vec_reciprocal (1.0f + vec_exp (-x));
}

static ALWAYS_INLINE Vec
vec_tanh (Vec x)
{
  Vec size = vec_absolute (x), z = x * x;
  Vec small = SAC_TANH_POLYNOMIAL (z) * x + x;
  Vec large = 1.0f - 2.0f * vec_reciprocal (vec_exp (2.0f * size) + 1.0f);

  return vec_choose (size, vec_splat (0.6f), small, vec_with_sign (large, x));
}

static ALWAYS_INLINE Vec
vec_erf (Vec x)
{
  Vec size = vec_absolute (x), z = x * x;
  Vec small = SAC_ERF_POLYNOMIAL (z) * x + x;
  Vec bounded = vec_min (vec_splat (4), size);
  Vec large = 1.0f - vec_exp (-SAC_ERF_EXPONENT (bounded));

  return vec_choose (size, vec_splat (0.9f), small, vec_with_sign (large, x));
}

static ALWAYS_INLINE Vec
vec_limit (Vec x, float low, float high)
{
  return vec_min (vec_splat (high), vec_max (vec_splat (low), x));
}

/* low and high are the tail's numbers. */
static ALWAYS_INLINE Vec
vec_apply (const SacFunction function, Vec x, float low, float high)
{
  switch (function) {
  case SAC_FUNCTION_RELU:
    return vec_max (vec_zero (), x);
  case SAC_FUNCTION_CLIP:
    return vec_limit (x, low, high);
  case SAC_FUNCTION_LEAKY_RELU:
    return vec_choose (x, vec_zero (), low * x, x);
  case SAC_FUNCTION_SIGMOID:
    return vec_sigmoid (x);
  case SAC_FUNCTION_HARD_SIGMOID:
    return vec_limit (low * x + high, 0, 1);
  case SAC_FUNCTION_SILU:
    return x * vec_sigmoid (x);
  case SAC_FUNCTION_HARD_SWISH:
    return x * vec_limit (x * (1.0f / 6) + 0.5f, 0, 1);
  case SAC_FUNCTION_TANH:
    return vec_tanh (x);
  case SAC_FUNCTION_GELU:
    return 0.5f * x * (1.0f + vec_erf (x * 0.707106781f));
  case SAC_FUNCTION_GELU_TANH:
    /* (1 + tanh (u)) / 2 = sigmoid (2 u) */
    return x * vec_sigmoid (1.59576912f * (x + 0.044715f * x * x * x));
  case SAC_FUNCTION_GELU_QUICK:
    return x * vec_sigmoid (1.702f * x);
  default:
    return x;
  }
}

#endif
