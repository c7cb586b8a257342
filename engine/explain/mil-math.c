/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/mil-math.h"

void
sac_mil_add_evidence (const float *weights,
                      const float *slopes,
                      int64_t count,
                      double *evidence)
{
  for (int64_t i = 0; i < count; i++)
    evidence[i] += (double)weights[i] * slopes[i];
}

double
sac_mil_effective_count (const float *weights, int64_t count)
{
  double sum = 0;

  for (int64_t i = 0; i < count; i++)
    sum += (double)weights[i] * weights[i];
  return 1.0 / sum;
}

bool
sac_mil_is_used (const float *slopes, int64_t count)
{
  for (int64_t i = 0; i < count; i++) {
    if (slopes[i] != 0)
      return true;
  }
  return false;
}
