/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The p-norm (sum |x|^p)^(1/p) and its derivative, term by term in double. */
#ifndef SAC_NETWORK_OPS_LP_NORM_H
#define SAC_NETWORK_OPS_LP_NORM_H

#include <math.h>
#include <stdint.h>

static inline double
sac_lp_norm_term (double x, int64_t p)
{
  if (p == 2)
    return x * x;
  return p == 1 ? fabs (x) : pow (fabs (x), (double)p);
}

static inline double
sac_lp_norm_root (double sum, int64_t p)
{
  if (p == 2)
    return sqrt (sum);
  return p == 1 ? sum : pow (sum, 1 / (double)p);
}

/* d norm / dx; 0 where the norm or the element is 0, as PyTorch has it. */
static inline double
sac_lp_norm_slope (double x, double norm, int64_t p)
{
  if (norm == 0 || x == 0)
    return 0;
  if (p == 2)
    return x / norm;
  return p == 1 ? copysign (1, x)
                : copysign (pow (fabs (x) / norm, (double)(p - 1)), x);
}

#endif
