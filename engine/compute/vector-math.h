/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* exp, tanh and erf of float32 without branches or calls, so that loops over
 * them become vector code.
 *
 * Relative errors: exp 1e-7 down to the smallest normal number, tanh 1.5e-7,
 * erf 1e-7.  NaN gives NaN, infinities their limits.  The polynomials are our
 * own near-minimax fits (iteratively reweighted least squares on Chebyshev
 * nodes).  SAC_EXP and its sisters take the type of their argument; for double
 * they are the C library's. */
#ifndef SAC_COMPUTE_VECTOR_MATH_H
#define SAC_COMPUTE_VECTOR_MATH_H

#include "base/wide.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* The loop that follows may write where it reads, at the same index only. */
#define SAC_INDEPENDENT _Pragma ("GCC ivdep")

static inline uint32_t
sac_vector_bits (float value)
{
  uint32_t bits;

  memcpy (&bits, &value, sizeof bits);
  return bits;
}

static inline float
sac_vector_float (uint32_t bits)
{
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

/* The polynomials.  Of those that kernels use on vectors too, MADD (a, b, c) is
 * a b + c.
 * exp (r) = 1 + r + r^2 SAC_EXP_POLYNOMIAL (r), |r| <= log (2) / 2. */
#define SAC_EXP_POLYNOMIAL(MADD, r)                                            \
  MADD (MADD (MADD (MADD (0.00138144672f, r, 0.00836878084f), r,               \
                    0.0416683927f),                                            \
              r, 0.166665196f),                                                \
        r, 0.49999994f)
/* tanh (x) = x + x SAC_TANH_POLYNOMIAL (x^2), |x| < 0.6. */
#define SAC_TANH_POLYNOMIAL(MADD, z)                                           \
  (MADD (MADD (MADD (MADD (-0.00590586849f, z, 0.020805385f), z,               \
                     -0.0537866838f),                                          \
               z, 0.133319587f),                                               \
         z, -0.333332986f) *                                                   \
   (z))
/* erf (x) = x + x SAC_ERF_POLYNOMIAL (x^2), |x| < 0.9. */
#define SAC_ERF_POLYNOMIAL(z)                                                  \
  ((((((8.53884121e-05f * (z)-0.000818192784f) * (z) + 0.0052044359f) *        \
      (z)-0.0268607531f) *                                                     \
       (z) +                                                                   \
     0.112837195f) *                                                           \
    (z)-0.376126349f) *                                                        \
     (z) +                                                                     \
   0.128379167f)
/* erf (x) = 1 - exp (-SAC_ERF_EXPONENT (x)), 0.9 <= x <= 4. */
#define SAC_ERF_EXPONENT(x)                                                    \
  ((((((-0.00019718158f * (x) + 0.00305560627f) * (x)-0.0222770814f) * (x) +   \
      0.104037352f) *                                                          \
       (x) +                                                                   \
     0.637059748f) *                                                           \
      (x) +                                                                    \
    1.12774956f) *                                                             \
     (x) +                                                                     \
   0.000177496113f)

/* Rounded twice on every processor, so that results do not depend on it. */
static inline float
sac_vector_madd (float a, float b, float c)
{
  return a * b + c;
}

/* exp (x) = 2^n exp (r), |r| <= log (2) / 2.  Adding 1.5 * 2^23 rounds to a
 * whole number and leaves it in the low bits.  2^n goes on in two halves, so
 * that results below the smallest normal number and overflow come out right. */
static inline float
sac_vector_exp (float x)
{
  const float shift = 12582912.0f;
  float low = x < -104.0f ? -104.0f : x;
  float bounded = low > 89.0f ? 89.0f : low;
  float shifted = bounded * 1.44269504f + shift;
  float n = shifted - shift;
  int32_t power = (int32_t)(sac_vector_bits (shifted) - 0x4b400000u);
  uint32_t half = (uint32_t)(power >> 1);
  uint32_t rest = (uint32_t)power - half;
  float r = (bounded - n * 0.693359375f) + n * 2.12194440e-4f;
  float q = SAC_EXP_POLYNOMIAL (sac_vector_madd, r);

  float scaled = (q * r * r + r + 1.0f) * sac_vector_float ((half + 127) << 23);

  return scaled * sac_vector_float ((rest + 127) << 23);
}

/* exp (x) - 1, without the loss of digits near 0. */
static inline float
sac_vector_expm1 (float x)
{
  float small = SAC_EXP_POLYNOMIAL (sac_vector_madd, x) * x * x + x;

  return fabsf (x) < 0.34f ? small : sac_vector_exp (x) - 1.0f;
}

/* An odd polynomial below 0.6, 1 - 2 / (exp (2 x) + 1) above. */
static inline float
sac_vector_tanh (float x)
{
  float size = fabsf (x);
  float z = x * x;
  float small = SAC_TANH_POLYNOMIAL (sac_vector_madd, z) * x + x;
  float large = 1.0f - 2.0f / (sac_vector_exp (2.0f * size) + 1.0f);

  return size < 0.6f ? small : copysignf (large, x);
}

/* An odd polynomial below 0.9, 1 - exp (-p (x)) above, where p is fitted to
 * -log (erfc (x)); at 4 the result is 1 to the last bit. */
static inline float
sac_vector_erf (float x)
{
  float size = fabsf (x);
  float z = x * x;
  float q = SAC_ERF_POLYNOMIAL (z);
  float bounded = size > 4.0f ? 4.0f : size;
  float p = SAC_ERF_EXPONENT (bounded);
  float large = 1.0f - sac_vector_exp (-p);

  return size < 0.9f ? q * x + x : copysignf (large, x);
}

#define SAC_EXP(x) (_Generic((x), float : sac_vector_exp, double : exp) (x))
#define SAC_EXPM1(x)                                                           \
  (_Generic((x), float : sac_vector_expm1, double : expm1) (x))
#define SAC_TANH(x) (_Generic((x), float : sac_vector_tanh, double : tanh) (x))
#define SAC_ERF(x) (_Generic((x), float : sac_vector_erf, double : erf) (x))

#endif
