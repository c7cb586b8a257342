/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/sums.h"

#include "base/wide.h"

#define LANES 8

static double
add_lanes (const double *lanes)
{
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
         ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

SAC_WIDE double
sac_sums_elements (const float *x, int64_t count)
{
  double lanes[LANES] = {0};
  int64_t i = 0;

  for (; i + LANES <= count; i += LANES) {
    for (int lane = 0; lane < LANES; lane++)
      lanes[lane] += (double)x[i + lane];
  }
  for (int lane = 0; i + lane < count; lane++)
    lanes[lane] += (double)x[i + lane];
  return add_lanes (lanes);
}

double
sac_sums_squares (const float *x, int64_t count, double center)
{
  double lanes[LANES] = {0};
  int64_t i = 0;

  for (; i + LANES <= count; i += LANES) {
    for (int lane = 0; lane < LANES; lane++) {
      double difference = (double)x[i + lane] - center;

      lanes[lane] += difference * difference;
    }
  }
  for (int lane = 0; i + lane < count; lane++) {
    double difference = (double)x[i + lane] - center;

    lanes[lane] += difference * difference;
  }
  return add_lanes (lanes);
}

SAC_WIDE double
sac_sums_products (const float *x, const float *y, int64_t count)
{
  double lanes[LANES] = {0};
  int64_t i = 0;

  for (; i + LANES <= count; i += LANES) {
    for (int lane = 0; lane < LANES; lane++)
      lanes[lane] += (double)x[i + lane] * (double)y[i + lane];
  }
  for (int lane = 0; i + lane < count; lane++)
    lanes[lane] += (double)x[i + lane] * (double)y[i + lane];
  return add_lanes (lanes);
}
