/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Private to the kernels of one variant. */
#ifndef SAC_COMPUTE_KERNEL_FINISH_H
#define SAC_COMPUTE_KERNEL_FINISH_H

#include "compute/kernel-table.h"

#include <math.h>

/* A tail that is bias, residual and limits only, which a kernel can apply
 * while the sums are still in registers. */
typedef struct {
  bool simple;
  float low, high;
} SacLimits;

static inline bool
sac_limits_of (SacFunction function, const SacTail *tail, SacLimits *limits)
{
  switch (function) {
  case SAC_FUNCTION_NONE:
    return true;
  case SAC_FUNCTION_RELU:
    limits->low = 0;
    return true;
  case SAC_FUNCTION_CLIP:
    limits->low = tail->low;
    limits->high = tail->high;
    return true;
  default:
    return false;
  }
}

static inline SacLimits
sac_limits (const SacTail *tail)
{
  SacLimits limits = {false, -INFINITY, INFINITY};

  if (tail == NULL || tail->scale != NULL || tail->saved != NULL)
    return limits;
  if (tail->first == SAC_FUNCTION_NONE)
    limits.simple = sac_limits_of (tail->last, tail, &limits);
  else if (tail->residual == NULL && tail->last == SAC_FUNCTION_NONE)
    limits.simple = sac_limits_of (tail->first, tail, &limits);
  return limits;
}

#endif
