/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/mask-meter.h"

#include "map/order.h"

#include <math.h>

/* Quantile k / 10 of the shown values, between the two next to it. */
static void
find_heat_ends (SacMaskMeter *meter)
{
  size_t end = 0;
  double sum = 0;

  for (int k = SAC_MASK_HEAT_STEPS - 1; k >= 0; k--) {
    double at = (double)(SAC_MASK_HEAT_STEPS - 1 - k) /
                (SAC_MASK_HEAT_STEPS - 1) * (double)(meter->count - 1);
    size_t above = (size_t)at, below = MIN (above + 1, meter->count - 1);
    double high = meter->values[above], low = meter->values[below];
    double quantile = high - (at - (double)above) * (high - low);

    while (end < meter->count && meter->values[end] >= quantile)
      sum += fmax (meter->values[end++], 0);
    meter->heat_ends[k] = end;
    meter->heat_sums[k] = sum;
  }
}

/* Thresholds 1/20 to 20/20 of the largest. */
static void
find_iou_ends (SacMaskMeter *meter)
{
  size_t end = 0;

  for (int k = SAC_MASK_IOU_STEPS - 1; k >= 0; k--) {
    double threshold = meter->largest * (k + 1) / SAC_MASK_IOU_STEPS;

    while (end < meter->count && meter->values[end] >= threshold)
      end++;
    meter->iou_ends[k] = end;
  }
}

size_t
mask_meter_find_end (const SacMaskMeter *meter, size_t start)
{
  size_t end = start + 1;

  while (end < meter->count && meter->values[end] == meter->values[start])
    end++;
  return end;
}

static void
find_ranks (SacMaskMeter *meter, size_t all)
{
  meter->ranks = g_new0 (float, all);
  for (size_t start = 0, end; start < meter->count; start = end) {
    end = mask_meter_find_end (meter, start);

    double rank = (double)meter->count - (double)(start + end - 1) / 2;

    for (size_t i = start; i < end; i++)
      meter->ranks[meter->cells[i]] = (float)rank;
  }
}

/* Whether one of the curves has a step here.  ends: from the last to the first
 * higher and higher; *step: the first that is not below. */
static bool
is_step (const size_t *ends, int *step, size_t end)
{
  while (*step > 0 && ends[*step] < end)
    --*step;
  return ends[*step] == end;
}

static void
find_bins (SacMaskMeter *meter, size_t all)
{
  const int steps = SAC_MASK_HEAT_STEPS + SAC_MASK_IOU_STEPS;
  size_t least = meter->count / (size_t)(MASK_BINS_MOST - steps - 1) + 1;
  int heat = SAC_MASK_HEAT_STEPS - 1, iou = SAC_MASK_IOU_STEPS - 1;
  uint16_t bin = 0;

  meter->bins = g_new (uint16_t, all);
  for (size_t i = 0; i < all; i++)
    meter->bins[i] = MASK_BIN_NONE;
  for (size_t first = 0, start = 0, end; start < meter->count; start = end) {
    end = mask_meter_find_end (meter, start);
    for (size_t i = start; i < end; i++)
      meter->bins[meter->cells[i]] = bin;

    bool at_heat = is_step (meter->heat_ends, &heat, end);
    bool at_iou = is_step (meter->iou_ends, &iou, end);

    meter->bin_ends[bin] = (uint32_t)end;
    meter->bin_quantiles[bin] = (uint8_t)heat;
    meter->bin_count = bin + 1u;
    if (!at_heat && !at_iou && end - first < least)
      continue;
    first = end;
    bin++;
  }
}

/* places: of the covered cells, from the lowest value to the highest. */
static void
sort_cells (SacMaskMeter *meter, const float *values)
{
  g_autofree uint32_t *places = g_new (uint32_t, meter->count);
  g_autofree uint32_t *cells = meter->cells;

  sac_order_places (values, meter->count, places);
  meter->cells = g_new (uint32_t, meter->count);
  meter->values = g_new (float, meter->count);
  for (size_t i = 0; i < meter->count; i++) {
    uint32_t place = places[meter->count - 1 - i];

    meter->cells[i] = cells[place];
    meter->values[i] = values[place];
  }
}

SacMaskMeter *
sac_mask_meter_new (SacMap *map)
{
  SacMaskMeter *meter = g_new0 (SacMaskMeter, 1);
  size_t all = (size_t)map->rows * (size_t)map->columns;
  g_autofree float *values = g_new (float, all);

  meter->map = sac_map_ref (map);
  meter->cells = g_new (uint32_t, all);
  meter->is_finite = true;
  for (size_t i = 0; i < all; i++) {
    float value = sac_map_shown (map, i);

    if (map->has_gaps && isnan (value))
      continue;
    meter->is_finite = meter->is_finite && isfinite (value);
    meter->cells[meter->count] = (uint32_t)i;
    values[meter->count++] = value;
    meter->positive += fmax (value, 0);
    meter->total += value;
    meter->magnitude += fabs (map->values[i]);
    meter->largest = fmax (meter->largest, fabs (value));
  }
  if (!meter->is_finite || meter->count == 0)
    return meter;
  sort_cells (meter, values);
  find_heat_ends (meter);
  find_iou_ends (meter);
  find_ranks (meter, all);
  find_bins (meter, all);
  return meter;
}

void
sac_mask_meter_free (SacMaskMeter *meter)
{
  if (meter == NULL)
    return;
  sac_map_unref (meter->map);
  g_free (meter->cells);
  g_free (meter->values);
  g_free (meter->ranks);
  g_free (meter->bins);
  g_free (meter);
}

SacMap *
sac_mask_meter_get_map (const SacMaskMeter *meter)
{
  return meter->map;
}
