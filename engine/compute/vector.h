/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One vector of the variant that a file is compiled for: 16, 8 or 4 floats.
 * For kernels only, which are compiled once a variant with SAC_VARIANT_NAME
 * set to its name and, for all but plain, with SAC_WIDE_LANES to its width. */
#ifndef SAC_COMPUTE_VECTOR_H
#define SAC_COMPUTE_VECTOR_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef SAC_WIDE_LANES
#include <immintrin.h>
#define LANES SAC_WIDE_LANES
#else
#define LANES 4
#endif

#ifndef SAC_VARIANT_NAME
#define SAC_VARIANT_NAME plain
#endif

/* sac_NAME_VARIANT: what a kernel file exports. */
#define SAC_JOIN(name, variant) sac_##name##_##variant
#define SAC_JOIN_EXPANDED(name, variant) SAC_JOIN (name, variant)
#define SAC_KERNEL(name) SAC_JOIN_EXPANDED (name, SAC_VARIANT_NAME)

#define ALWAYS_INLINE inline __attribute__ ((always_inline))
#define UNROLL _Pragma ("GCC unroll 32")

/* A pointer that the compiler is not to work out from others again: it would
 * rather keep their distances, and has too few registers for them. */
#define HIDE_ORIGIN(pointer) __asm__("" : "+r"(pointer))

/* Vectors in a block of 16 channels. */
#define PARTS (16 / LANES)

typedef float Vec __attribute__ ((vector_size (4 * LANES), may_alias));
typedef int32_t VecInt __attribute__ ((vector_size (4 * LANES), may_alias));
typedef float VecLoose
  __attribute__ ((vector_size (4 * LANES), may_alias, aligned (4)));

static ALWAYS_INLINE Vec
vec_load (const float *place)
{
  return *(const VecLoose *)place;
}

static ALWAYS_INLINE void
vec_store (float *place, Vec value)
{
  *(VecLoose *)place = value;
}

static ALWAYS_INLINE Vec
vec_zero (void)
{
  return (Vec){0};
}

/* Subtracting zero changes nothing, so only the spreading is left of it. */
static ALWAYS_INLINE Vec
vec_splat (float value)
{
  return value - (Vec){0};
}

/* The larger and the smaller; the second where either is NaN. */
#if LANES == 16
static ALWAYS_INLINE Vec
vec_max (Vec a, Vec b)
{
  return _mm512_max_ps (a, b);
}

static ALWAYS_INLINE Vec
vec_min (Vec a, Vec b)
{
  return _mm512_min_ps (a, b);
}

static ALWAYS_INLINE Vec
vec_fma (Vec a, Vec b, Vec c)
{
  return _mm512_fmadd_ps (a, b, c);
}

/* a < b ? yes : no, in each lane. */
static ALWAYS_INLINE Vec
vec_choose (Vec a, Vec b, Vec yes, Vec no)
{
  return _mm512_mask_blend_ps (_mm512_cmp_ps_mask (a, b, _CMP_LT_OQ), no, yes);
}

/* Whether a is NaN ? yes : no. */
static ALWAYS_INLINE Vec
vec_choose_nan (Vec a, Vec yes, Vec no)
{
  return _mm512_mask_blend_ps (_mm512_cmp_ps_mask (a, a, _CMP_UNORD_Q), no,
                               yes);
}

/* table[index % 8] in each lane. */
static ALWAYS_INLINE Vec
vec_look_up (const float *table, VecInt index)
{
  Vec low = _mm512_castps256_ps512 (_mm256_loadu_ps (table));

  return _mm512_permutexvar_ps ((__m512i)(index & 7), low);
}

/* A bit a lane. */
static ALWAYS_INLINE unsigned
vec_above_zero (Vec a)
{
  return _mm512_cmp_ps_mask (a, vec_zero (), _CMP_GT_OQ);
}

/* A bit a lane: low <= a <= high. */
static ALWAYS_INLINE unsigned
vec_between (Vec low, Vec a, Vec high)
{
  return _mm512_mask_cmp_ps_mask (_mm512_cmp_ps_mask (low, a, _CMP_LE_OQ), a,
                                  high, _CMP_LE_OQ);
}

static ALWAYS_INLINE Vec
vec_scale (Vec value, Vec power)
{
  return _mm512_scalef_ps (value, power);
}

/* 1 / x for x from 1 to 2^126, to the last bit but one: a division takes as
 * long as a whole exponential. */
static ALWAYS_INLINE Vec
vec_reciprocal (Vec x)
{
  Vec guess = _mm512_rcp14_ps (x);
  Vec error = _mm512_fnmadd_ps (x, guess, vec_splat (1));

  return _mm512_fmadd_ps (guess, error, guess);
}

/* x less the nearest whole number; 0 of infinity. */
static ALWAYS_INLINE Vec
vec_fraction (Vec x)
{
  return _mm512_reduce_ps (x, 0);
}

/* Below, a power of two is zero for vec_scale, which may want to be told. */
static ALWAYS_INLINE Vec
vec_power_bound (Vec x)
{
  return x;
}
#elif LANES == 8
static ALWAYS_INLINE Vec
vec_max (Vec a, Vec b)
{
  return _mm256_max_ps (a, b);
}

static ALWAYS_INLINE Vec
vec_min (Vec a, Vec b)
{
  return _mm256_min_ps (a, b);
}

static ALWAYS_INLINE Vec
vec_fma (Vec a, Vec b, Vec c)
{
  return _mm256_fmadd_ps (a, b, c);
}

static ALWAYS_INLINE Vec
vec_choose (Vec a, Vec b, Vec yes, Vec no)
{
  return _mm256_blendv_ps (no, yes, _mm256_cmp_ps (a, b, _CMP_LT_OQ));
}

static ALWAYS_INLINE Vec
vec_choose_nan (Vec a, Vec yes, Vec no)
{
  return _mm256_blendv_ps (no, yes, _mm256_cmp_ps (a, a, _CMP_UNORD_Q));
}

static ALWAYS_INLINE Vec
vec_look_up (const float *table, VecInt index)
{
  return _mm256_permutevar8x32_ps (_mm256_loadu_ps (table), (__m256i)index);
}

static ALWAYS_INLINE unsigned
vec_above_zero (Vec a)
{
  return (unsigned)_mm256_movemask_ps (
    _mm256_cmp_ps (a, vec_zero (), _CMP_GT_OQ));
}

static ALWAYS_INLINE unsigned
vec_between (Vec low, Vec a, Vec high)
{
  return (unsigned)_mm256_movemask_ps (
    _mm256_and_ps (_mm256_cmp_ps (low, a, _CMP_LE_OQ),
                   _mm256_cmp_ps (a, high, _CMP_LE_OQ)));
}
#else
static ALWAYS_INLINE Vec
vec_max (Vec a, Vec b)
{
  VecInt above = a > b;

  return (Vec)((above & (VecInt)a) | (~above & (VecInt)b));
}

static ALWAYS_INLINE Vec
vec_min (Vec a, Vec b)
{
  VecInt below = a < b;

  return (Vec)((below & (VecInt)a) | (~below & (VecInt)b));
}

static ALWAYS_INLINE Vec
vec_fma (Vec a, Vec b, Vec c)
{
  return a * b + c;
}

static ALWAYS_INLINE Vec
vec_choose (Vec a, Vec b, Vec yes, Vec no)
{
  VecInt below = a < b;

  return (Vec)((below & (VecInt)yes) | (~below & (VecInt)no));
}

static ALWAYS_INLINE Vec
vec_choose_nan (Vec a, Vec yes, Vec no)
{
  VecInt nan = a != a;

  return (Vec)((nan & (VecInt)yes) | (~nan & (VecInt)no));
}

static ALWAYS_INLINE Vec
vec_look_up (const float *table, VecInt index)
{
  Vec found;

  for (int i = 0; i < LANES; i++)
    found[i] = table[index[i] & 7];
  return found;
}

static ALWAYS_INLINE unsigned
vec_above_zero (Vec a)
{
  unsigned bits = 0;

  for (int i = 0; i < LANES; i++)
    bits |= (unsigned)(a[i] > 0) << i;
  return bits;
}

static ALWAYS_INLINE unsigned
vec_between (Vec low, Vec a, Vec high)
{
  unsigned bits = 0;

  for (int i = 0; i < LANES; i++)
    bits |= (unsigned)(low[i] <= a[i] && a[i] <= high[i]) << i;
  return bits;
}
#endif

#if LANES != 16
/* value 2^power for whole powers from -150 to 130, in two halves so that tiny
 * and infinite results come out right. */
static ALWAYS_INLINE Vec
vec_scale (Vec value, Vec power)
{
  VecInt whole = __builtin_convertvector(power, VecInt);
  VecInt half = whole >> 1;
  Vec first = (Vec)((half + 127) << 23);
  Vec second = (Vec)((whole - half + 127) << 23);

  return value * first * second;
}

static ALWAYS_INLINE Vec
vec_reciprocal (Vec x)
{
  return 1.0f / x;
}

/* Of numbers less than 2^22.  Adding 1.5 * 2^23 rounds to a whole number. */
static ALWAYS_INLINE Vec
vec_fraction (Vec x)
{
  const float shift = 12582912.0f;

  return x - ((x + shift) - shift);
}

static ALWAYS_INLINE Vec
vec_power_bound (Vec x)
{
  return vec_max (vec_splat (-150), x);
}
#endif

#endif
