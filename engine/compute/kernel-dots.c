/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/kernel-table.h"

/* Rows of b that share a reading of a. */
#define ROWS 4

static ALWAYS_INLINE void
some_dots (const float *a,
           const float *b,
           ptrdiff_t b_step,
           size_t depth,
           float *y,
           const int rows)
{
  Vec sums[ROWS][2];
  size_t d = 0;

  UNROLL for (int r = 0; r < rows; r++) sums[r][0] = sums[r][1] = vec_zero ();
  for (; d + 2 * LANES <= depth; d += 2 * LANES) {
    Vec a0 = vec_load (a + d), a1 = vec_load (a + d + LANES);

    UNROLL for (int r = 0; r < rows; r++)
    {
      const float *row = b + r * b_step + d;

      sums[r][0] = vec_fma (a0, vec_load (row), sums[r][0]);
      sums[r][1] = vec_fma (a1, vec_load (row + LANES), sums[r][1]);
    }
  }
  for (int r = 0; r < rows; r++) {
    Vec both = sums[r][0] + sums[r][1];
    float sum = 0;

    for (int i = 0; i < LANES; i++)
      sum += both[i];
    for (size_t rest = d; rest < depth; rest++)
      sum += a[rest] * b[r * b_step + (ptrdiff_t)rest];
    y[r] = sum;
  }
}

void
SAC_KERNEL (dots) (const float *a,
                   const float *b,
                   ptrdiff_t b_step,
                   size_t depth,
                   float *y,
                   size_t count)
{
  for (; count >= ROWS; count -= ROWS, b += ROWS * b_step, y += ROWS)
    some_dots (a, b, b_step, depth, y, ROWS);
  for (; count > 0; count--, b += b_step, y++)
    some_dots (a, b, b_step, depth, y, 1);
}
