/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The functions of tail.h, and those of attention, on a vector.  Private to
 * the kernels of one variant. */
#ifndef SAC_COMPUTE_KERNEL_FUNCTIONS_H
#define SAC_COMPUTE_KERNEL_FUNCTIONS_H

#include "compute/tail.h"
#include "compute/vector-math.h"
#include "compute/vector.h"

/* a b + c, each a vector or a number for all lanes. */
#define VEC_MADD(a, b, c)                                                      \
  vec_fma ((a)-vec_zero (), (b)-vec_zero (), (c)-vec_zero ())

/* As sac_vector_exp.  Adding 1.5 * 2^23 rounds to a whole number. */
static ALWAYS_INLINE Vec
vec_exp (Vec x)
{
  const float shift = 12582912.0f;
  Vec bounded = vec_min (vec_splat (89), vec_max (vec_splat (-104), x));
  Vec n = VEC_MADD (bounded, 1.44269504f, shift) - shift;
  Vec r = VEC_MADD (n, 2.12194440e-4f, VEC_MADD (n, -0.693359375f, bounded));
  Vec slope = VEC_MADD (SAC_EXP_POLYNOMIAL (VEC_MADD, r), r, 1);

  return vec_scale (VEC_MADD (slope, r, 1), n);
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

/* 2^x, x at most 126, by a near-minimax fit to 8e-8. */
static ALWAYS_INLINE Vec
vec_power_of_two (Vec x)
{
  static const float powers[6] = {1.00000007f,    0.693146967f,
                                  0.240221197f,   0.0555071328f,
                                  0.00967554154f, 0.00132764717f};
  Vec power = vec_power_bound (x);
  Vec fraction = vec_fraction (power), sum = vec_splat (powers[5]);

  UNROLL for (int i = 4; i >= 0; i--) sum = VEC_MADD (sum, fraction, powers[i]);
  return vec_scale (sum, power - fraction);
}

/* As exact as x is: off by what a bit more or less of x would make. */
static ALWAYS_INLINE Vec
vec_sigmoid (Vec x)
{
  Vec power = vec_min (vec_splat (126), -1.44269504f * x);

  return vec_reciprocal (1.0f + vec_power_of_two (power));
}

static ALWAYS_INLINE Vec
vec_tanh (Vec x)
{
  Vec size = vec_absolute (x), z = x * x;
  Vec small = VEC_MADD (SAC_TANH_POLYNOMIAL (VEC_MADD, z), x, x);
  Vec bounded = vec_min (vec_splat (40), size);
  Vec large = 1.0f - 2.0f * vec_reciprocal (vec_exp (2.0f * bounded) + 1.0f);

  return vec_choose (size, vec_splat (0.6f), small, vec_with_sign (large, x));
}

/* The normal distribution from 0 to x > 0: in each piece of 0.75 around 0,
 * 0.75, ... 5.25 a polynomial of the distance to its middle.  Near-minimax fits
 * as those of vector-math.h, to 2e-8; at 5.6 the sum is 0.5 to the last bit. */
static ALWAYS_INLINE Vec
vec_half_normal (Vec x)
{
  static const float powers[7][8] = {
    {0, 0.27337265f, 0.43319279f, 0.487775534f, 0.498650104f, 0.499911577f,
     0.499996603f, 0.49999994f},
    {0.398941934f, 0.301137507f, 0.129517674f, 0.0317396484f, 0.00443183957f,
     0.000352595671f, 1.59847623e-05f, 4.12833515e-07f},
    {0, -0.112926446f, -0.0971379727f, -0.0357074253f, -0.00664781546f,
     -0.000660377787f, -3.59735786e-05f, -3.1591419e-06f},
    {-0.0664704368f, -0.0219629947f, 0.0269753374f, 0.0214930587f,
     0.00591021078f, 0.000767505611f, 5.11566577e-05f, 1.82533222e-06f},
    {0, 0.0229317173f, 0.00607199501f, -0.00613289559f, -0.00332422601f,
     -0.00062268693f, -5.15267202e-05f, 3.70495582e-05f},
    {0.00968708657f, -6.86019193e-05f, -0.00574313384f, -0.000516140892f,
     0.00108901493f, 0.000346418645f, 4.10100365e-05f, 2.17236425e-06f},
    {0, -0.00295859156f, 0.000619340397f, 0.000970050925f, -0.000100794197f,
     -7.30453394e-05f, -2.34382624e-05f, -0.000187613041f},
  };
  const float shift = 12582912.0f;
  Vec bounded = vec_min (vec_splat (5.6f), x);
  Vec shifted = VEC_MADD (bounded, 1 / 0.75f, shift);
  Vec distance = VEC_MADD (shifted - shift, -0.75f, bounded);
  Vec sum = vec_look_up (powers[6], (VecInt)shifted);

  UNROLL for (int i = 5; i >= 0; i--) sum =
    VEC_MADD (sum, distance, vec_look_up (powers[i], (VecInt)shifted));
  return sum;
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
    return x * (0.5f + vec_with_sign (vec_half_normal (vec_absolute (x)), x));
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
