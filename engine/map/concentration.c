/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/concentration.h"

#include "map/order.h"

#include <math.h>

void
sac_map_concentration (const SacMap *map, SacConcentration *ret_concentration)
{
  size_t all = (size_t)map->rows * (size_t)map->columns, count = 0;
  g_autofree float *sizes = g_new (float, all);
  g_autofree uint32_t *places = g_new (uint32_t, all);
  double sum = 0, balance = 0, entropy = 0;

  *ret_concentration = (SacConcentration){NAN, NAN};
  for (size_t i = 0; i < all; i++) {
    float value = sac_map_shown (map, i);

    if (map->has_gaps && isnan (value))
      continue;
    sizes[count] = fabsf (value);
    sum += sizes[count++];
  }
  if (!(sum > 0) || !isfinite (sum))
    return;
  sac_order_places (sizes, count, places);
  for (size_t i = 0; i < count; i++) {
    double size = sizes[places[i]], share = size / sum;

    balance += (2 * (double)i + 1 - (double)count) * size;
    entropy -= share > 0 ? share * log (share) : 0;
  }
  *ret_concentration =
    (SacConcentration){balance / ((double)count * sum), entropy};
}
