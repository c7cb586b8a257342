/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The slopes of the functions of tail.h that are more than one of two numbers,
 * on a vector: of the same parts as the functions themselves, which are then
 * worked out once for both.  Private to the kernels of one variant. */
#ifndef SAC_COMPUTE_KERNEL_SLOPES_H
#define SAC_COMPUTE_KERNEL_SLOPES_H

#include "compute/kernel-functions.h"

#define ROOT_2_PI 0.797884561f /* sqrt (2 / pi) */

/* x sigmoid (a x) */
static ALWAYS_INLINE Vec
slope_gated (Vec x, float a)
{
  Vec gate = vec_sigmoid (a * x);

  return gate * (1.0f + a * x * (1.0f - gate));
}

static ALWAYS_INLINE Vec
slope_gelu (Vec x)
{
  Vec share = vec_with_sign (vec_half_normal (vec_absolute (x)), x);
  /* exp (-x^2 / 2) as a power of two */
  Vec density = 0.398942280f * vec_power_of_two (-0.721347520f * x * x);

  return 0.5f + share + x * density;
}

static ALWAYS_INLINE Vec
slope_gelu_tanh (Vec x)
{
  Vec gate = vec_tanh (ROOT_2_PI * (1.0f + 0.044715f * x * x) * x);
  Vec inner = ROOT_2_PI * (1.0f + 0.134145f * x * x);

  return 0.5f * (1.0f + gate) + 0.5f * x * (1.0f - gate * gate) * inner;
}

static ALWAYS_INLINE Vec
slope_hard_swish (Vec x)
{
  Vec line = x * (1.0f / 3) + 0.5f;
  Vec above = vec_choose (vec_splat (3), x, vec_splat (1), line);

  return vec_choose (x, vec_splat (-3), vec_zero (), above);
}

static ALWAYS_INLINE Vec
vec_slope (const SacFunction function, Vec x)
{
  switch (function) {
  case SAC_FUNCTION_SIGMOID:
    return vec_sigmoid (x) * vec_sigmoid (-x);
  case SAC_FUNCTION_SILU:
    return slope_gated (x, 1);
  case SAC_FUNCTION_HARD_SWISH:
    return slope_hard_swish (x);
  case SAC_FUNCTION_TANH:
    return 1.0f - vec_tanh (x) * vec_tanh (x);
  case SAC_FUNCTION_GELU:
    return slope_gelu (x);
  case SAC_FUNCTION_GELU_TANH:
    return slope_gelu_tanh (x);
  case SAC_FUNCTION_GELU_QUICK:
    return slope_gated (x, 1.702f);
  default:
    return vec_splat (1);
  }
}

#endif
