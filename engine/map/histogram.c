/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/histogram.h"

#include <math.h>

static size_t
count_cells (const SacMap *map)
{
  return (size_t)map->rows * (size_t)map->columns;
}

void
sac_histogram_init (SacHistogram *histogram,
                    const SacMap *map,
                    size_t bin_count)
{
  SacMapSummary summary;

  g_assert (bin_count > 0);
  sac_map_summarize (map, &summary);
  *histogram = (SacHistogram){
    .low = summary.min,
    .high = summary.max,
    .counts = g_new0 (size_t, bin_count),
    .bin_count = bin_count,
  };

  double width = histogram->high - histogram->low;

  for (size_t i = 0; i < count_cells (map); i++) {
    double value = sac_map_shown (map, i);

    if (!isfinite (value))
      continue;

    double place =
      width > 0 ? (value - histogram->low) / width * (double)bin_count : 0;
    size_t bin = MIN ((size_t)fmax (place, 0), bin_count - 1);

    histogram->counts[bin]++;
    histogram->total++;
    histogram->largest = MAX (histogram->largest, histogram->counts[bin]);
  }
}

void
sac_histogram_clear (SacHistogram *histogram)
{
  g_clear_pointer (&histogram->counts, g_free);
  *histogram = (SacHistogram){0};
}

double
sac_histogram_clipped (const SacMap *map, double low, double high)
{
  size_t finite = 0, outside = 0;

  for (size_t i = 0; i < count_cells (map); i++) {
    double value = sac_map_shown (map, i);

    if (!isfinite (value))
      continue;
    finite++;
    outside += value < low || value > high;
  }
  return finite > 0 ? (double)outside / (double)finite : 0;
}
