/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Private to the kernels of one variant. */
#ifndef SAC_COMPUTE_KERNEL_FINISH_H
#define SAC_COMPUTE_KERNEL_FINISH_H

#include "compute/kernel-table.h"

#include <float.h>
#include <math.h>

/* Where the bits of a vector's lanes are whole bytes, in the order of a
 * uint16_t, they are stored by themselves. */
#define SAC_SAVES_LANES                                                        \
  (LANES >= 8 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
#if LANES == 16
typedef uint16_t Bits;
#else
typedef uint8_t Bits;
#endif

/* A tail that is bias, residual and limits only, which a kernel can apply
 * while the sums are still in registers. */
typedef struct {
  bool simple;
  float low, high;
  /* As in SacTail; of a simple one a bit an element, set from slope_low to
   * high.
   */
  void *saved;
  const float *origin;
  float slope_low;
} SacLimits;

static inline bool
sac_limits_of (SacFunction function, const SacTail *tail, SacLimits *limits)
{
  switch (function) {
  case SAC_FUNCTION_NONE:
    return true;
  case SAC_FUNCTION_RELU:
    limits->low = 0;
    limits->slope_low = FLT_TRUE_MIN; /* above zero */
    return true;
  case SAC_FUNCTION_CLIP:
    limits->low = limits->slope_low = tail->low;
    limits->high = tail->high;
    return true;
  default:
    return false;
  }
}

static inline SacLimits
sac_limits (const SacTail *tail)
{
  SacLimits limits = {.low = -INFINITY, .high = INFINITY};

  if (tail == NULL || tail->scale != NULL ||
      (tail->saved != NULL && !SAC_SAVES_LANES))
    return limits;
  limits.saved = tail->saved;
  limits.origin = tail->origin;
  if (tail->first == SAC_FUNCTION_NONE)
    limits.simple = sac_limits_of (tail->last, tail, &limits);
  else if (tail->residual == NULL && tail->last == SAC_FUNCTION_NONE)
    limits.simple = sac_limits_of (tail->first, tail, &limits);
  return limits;
}

/* The bits of the lanes at `place` of the result, from what they are before the
 * limits.  limits: a simple one that saves. */
static ALWAYS_INLINE void
sac_save_bits (const SacLimits *limits, const float *place, Vec x)
{
  Bits *bits = limits->saved;

  bits[(place - limits->origin) / LANES] =
    (Bits)vec_between (vec_splat (limits->slope_low), x,
                       vec_splat (limits->high));
}

#endif
