/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/softmax-row.h"

#include "compute/vector-math.h"
#include "network/ops/sums.h"

/* Lanes keep the additions independent of each other. */
#define LANES 16

static SAC_WIDE float
find_row_maximum (const float *x, int64_t size)
{
  float lanes[LANES];
  int64_t i = 0;

  for (int lane = 0; lane < LANES; lane++)
    lanes[lane] = -INFINITY;
  for (; i + LANES <= size; i += LANES) {
    for (int lane = 0; lane < LANES; lane++)
      lanes[lane] = x[i + lane] > lanes[lane] ? x[i + lane] : lanes[lane];
  }
  for (; i < size; i++)
    lanes[0] = x[i] > lanes[0] ? x[i] : lanes[0];
  for (int lane = 1; lane < LANES; lane++)
    lanes[0] = lanes[lane] > lanes[0] ? lanes[lane] : lanes[0];
  return lanes[0];
}

/* Below, a share of the sum is left out: it is less than 2e-35, and products
 * with what is not a normal number any more take a hundred times as long. */
#define EXPONENT_MIN (-80.0f)

/* y = exp (x - shift).  Returns: the sum. */
static SAC_WIDE double
exponentiate_row (float *y, const float *x, int64_t size, float shift)
{
  SAC_INDEPENDENT
  for (int64_t i = 0; i < size; i++)
    y[i] = x[i] - shift < EXPONENT_MIN ? 0 : sac_vector_exp (x[i] - shift);
  return sac_sums_elements (y, size);
}

SAC_WIDE void
sac_softmax_row (float *y, const float *x, int64_t size)
{
  double sum = exponentiate_row (y, x, size, find_row_maximum (x, size));
  float factor = (float)(1 / sum);

  for (int64_t i = 0; i < size; i++)
    y[i] *= factor;
}

SAC_WIDE void
sac_log_softmax_row (float *y, const float *x, int64_t size)
{
  float largest = find_row_maximum (x, size);
  float shift = (float)log (exponentiate_row (y, x, size, largest));

  for (int64_t i = 0; i < size; i++)
    y[i] = (x[i] - largest) - shift;
}

SAC_WIDE void
sac_softmax_row_gradient (const float *y,
                          const float *dy,
                          float *dx,
                          int64_t size)
{
  double sum = sac_sums_products (dy, y, size);

  for (int64_t i = 0; i < size; i++)
    dx[i] += y[i] * (float)((double)dy[i] - sum);
}

SAC_WIDE void
sac_softmax_row_gradient_in_place (const float *y, float *dy, int64_t size)
{
  double sum = sac_sums_products (dy, y, size);

  for (int64_t i = 0; i < size; i++)
    dy[i] = y[i] * (float)((double)dy[i] - sum);
}
