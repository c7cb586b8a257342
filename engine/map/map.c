/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/map.h"

#include <math.h>

SacMap *
sac_map_new_take (int rows, int columns, float *values)
{
  SacMap *map = g_new0 (SacMap, 1);

  g_assert (rows > 0 && columns > 0 && values != NULL);
  map->rows = rows;
  map->columns = columns;
  map->values = values;
  map->provenance = json_object_new ();
  g_atomic_ref_count_init (&map->ref_count);
  return map;
}

SacMap *
sac_map_ref (SacMap *map)
{
  g_atomic_ref_count_inc (&map->ref_count);
  return map;
}

void
sac_map_unref (SacMap *map)
{
  if (map == NULL || !g_atomic_ref_count_dec (&map->ref_count))
    return;
  g_free (map->values);
  g_free (map->unit);
  g_free (map->method);
  g_clear_pointer (&map->provenance, json_object_unref);
  g_free (map);
}

typedef struct {
  size_t gap_count;
  size_t finite_count;
  size_t positive_count;
  float raw_min, raw_max; /* of the finite values */
  double negative_mass, mass;
} Tally;

static Tally
count_values (const SacMap *map, size_t count)
{
  Tally tally = {.raw_min = INFINITY, .raw_max = -INFINITY};

  for (size_t i = 0; i < count; i++) {
    float value = map->values[i];

    if (!isfinite (value)) {
      tally.gap_count += map->has_gaps && isnan (value);
      continue;
    }
    tally.finite_count++;
    tally.positive_count += value > 0;
    tally.raw_min = fminf (tally.raw_min, value);
    tally.raw_max = fmaxf (tally.raw_max, value);
    tally.mass += fabs ((double)value);
    tally.negative_mass += value < 0 ? -(double)value : 0;
  }
  return tally;
}

/* Flat is judged before rectification: a map that is negative everywhere has
 * content, all of it against the class. */
static SacEvidence
judge (const SacMap *map, const Tally *tally, size_t count)
{
  if (tally->finite_count == 0 ||
      tally->finite_count + tally->gap_count < count)
    return SAC_EVIDENCE_NOT_FINITE;
  if (tally->raw_min == tally->raw_max)
    return SAC_EVIDENCE_FLAT;
  if (tally->raw_max <= map->noise_floor && tally->raw_min >= -map->noise_floor)
    return SAC_EVIDENCE_NEGLIGIBLE;
  if (tally->positive_count == 0)
    return SAC_EVIDENCE_NONE_POSITIVE;
  return SAC_EVIDENCE_PRESENT;
}

void
sac_map_summarize (const SacMap *map, SacMapSummary *ret_summary)
{
  size_t count = (size_t)map->rows * (size_t)map->columns;
  Tally tally = count_values (map, count);
  SacMapSummary summary = {.evidence = judge (map, &tally, count)};

  if (tally.finite_count > 0) {
    summary.raw_min = tally.raw_min;
    summary.min = map->rectified ? fmaxf (tally.raw_min, 0) : tally.raw_min;
    summary.max = map->rectified ? fmaxf (tally.raw_max, 0) : tally.raw_max;
  }
  if (tally.mass > 0)
    summary.negative_share = tally.negative_mass / tally.mass;
  summary.covered_cells = (double)(count - tally.gap_count) / count;
  if (tally.gap_count < count)
    summary.positive_cells =
      (double)tally.positive_count / (count - tally.gap_count);
  *ret_summary = summary;
}

/* Average rank of `value` among the shown values, in percent: the mean of what
 * is below it and what is not above it. */
static double
percentile_of (const SacMap *map, float value)
{
  size_t count = (size_t)map->rows * (size_t)map->columns;
  size_t below = 0, equal = 0, gaps = 0;

  for (size_t i = 0; i < count; i++) {
    float other = sac_map_shown (map, i);

    below += other < value;
    equal += other == value;
    gaps += isnan (other);
  }
  if (equal == 0)
    return NAN;
  return 100 * (below + (equal + 1) / 2.0) / (count - gaps);
}

bool
sac_map_value_at (const SacMap *map,
                  double x,
                  double y,
                  float *ret_value,
                  double *ret_percentile,
                  int *ret_row,
                  int *ret_column)
{
  double row, column;

  if (!map->has_geometry ||
      !sac_geometry_locate (&map->geometry, map->rows, map->columns, x, y, &row,
                            &column))
    return false;
  *ret_row = CLAMP ((int)row, 0, map->rows - 1);
  *ret_column = CLAMP ((int)column, 0, map->columns - 1);
  *ret_value =
    sac_map_shown (map, (size_t)*ret_row * map->columns + *ret_column);
  *ret_percentile = percentile_of (map, *ret_value);
  return true;
}
