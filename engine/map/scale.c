/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/scale.h"

#include "map/agreement.h"
#include "map/histogram.h"

#include <math.h>

typedef struct {
  SacScaleMode mode;
  const char *name; /* stable: kept views and scene files store it */
} ModeName;

static const ModeName mode_names[] = {
  {SAC_SCALE_OWN, "own"},
  {SAC_SCALE_SHARED, "shared"},
  {SAC_SCALE_STRETCHED, "stretched"},
  {SAC_SCALE_PERCENTILE, "percentile"},
};

const char *
sac_scale_mode_get_name (SacScaleMode mode)
{
  for (size_t i = 0; i < G_N_ELEMENTS (mode_names); i++) {
    if (mode_names[i].mode == mode)
      return mode_names[i].name;
  }
  g_assert_not_reached ();
}

bool
sac_scale_mode_find (const char *name, SacScaleMode *ret_mode)
{
  for (size_t i = 0; i < G_N_ELEMENTS (mode_names); i++) {
    if (g_strcmp0 (mode_names[i].name, name) == 0) {
      *ret_mode = mode_names[i].mode;
      return true;
    }
  }
  return false;
}

bool
sac_scale_can_share (const SacMap *const *maps, size_t map_count)
{
  for (size_t i = 1; i < map_count; i++) {
    if (g_strcmp0 (maps[i]->unit, maps[0]->unit) != 0)
      return false;
  }
  return true;
}

/* The range of the maps that mean something; those with NaN or infinity do not
 * take part, nor, unless it is to be stretched, does what is rounding. */
typedef struct {
  double min, max;
  bool any;
} Range;

static Range
find_range (SacScaleMode mode, const SacMap *const *maps, size_t map_count)
{
  Range range = {.min = INFINITY, .max = -INFINITY};

  for (size_t i = 0; i < map_count; i++) {
    SacMapSummary summary;

    sac_map_summarize (maps[i], &summary);
    if (summary.evidence == SAC_EVIDENCE_NOT_FINITE ||
        (summary.evidence == SAC_EVIDENCE_NEGLIGIBLE &&
         mode != SAC_SCALE_STRETCHED))
      continue;
    range.any = true;
    range.min = fmin (range.min, summary.min);
    range.max = fmax (range.max, summary.max);
  }
  return range;
}

SacScale
sac_scale_new (SacScaleMode mode, const SacMap *const *maps, size_t map_count)
{
  g_assert (map_count > 0);
  if (mode != SAC_SCALE_SHARED)
    map_count = 1;
  if (!sac_scale_can_share (maps, map_count)) {
    mode = SAC_SCALE_OWN;
    map_count = 1;
  }

  Range range = find_range (mode, maps, map_count);
  SacScale scale = {.mode = mode, .empty = !range.any};

  if (!range.any)
    return scale;
  if (mode == SAC_SCALE_STRETCHED) {
    scale.low = range.min;
    scale.high = range.max;
    scale.empty = range.min == range.max;
    return scale;
  }
  scale.is_signed = range.min < 0;
  scale.high =
    scale.is_signed ? fmax (range.max, -range.min) : fmax (range.max, 0);
  scale.empty = scale.high == 0;
  if (mode == SAC_SCALE_PERCENTILE)
    scale.high = 100;
  scale.low = scale.is_signed ? -scale.high : 0;
  return scale;
}

void
sac_scale_clip (SacScale *scale, double low, double high)
{
  if (scale->empty || !(low < high))
    return;
  scale->is_clipped = true;
  scale->high = scale->is_signed ? fmax (fabs (low), fabs (high)) : high;
  scale->low = scale->is_signed ? -scale->high : low;
}

void
sac_scale_keep (SacScale *scale, double high)
{
  if (scale->empty || !(high > 0))
    return;
  scale->is_kept = true;
  scale->high = high;
  scale->low = scale->is_signed ? -high : 0;
}

double
sac_scale_position (const SacScale *scale, double value)
{
  if (isnan (value))
    return value;
  if (scale->high <= scale->low)
    return scale->is_signed ? 0.5 : 0;
  return CLAMP ((value - scale->low) / (scale->high - scale->low), 0, 1);
}

/* Ranks are of the magnitude (NaN has the lowest, and counts for none), and
 * zero stays zero: a plateau of zeros is not lifted to the middle of its own
 * ranks. */
static void
apply_ranks (const SacScale *scale, const SacMap *map, float *ret_positions)
{
  size_t count = (size_t)map->rows * (size_t)map->columns;
  g_autofree float *magnitudes = g_new (float, count);
  g_autofree double *ranks = g_new (double, count);
  size_t gaps = 0;

  for (size_t i = 0; i < count; i++) {
    magnitudes[i] = fabsf (sac_map_shown (map, i));
    gaps += isnan (magnitudes[i]);
  }
  sac_ranks (magnitudes, count, ranks);
  for (size_t i = 0; i < count; i++) {
    float value = sac_map_shown (map, i);
    double percent = value == 0 ? 0 : 100 * (ranks[i] - gaps) / (count - gaps);

    ret_positions[i] =
      isnan (value) ? value
                    : sac_scale_position (scale, copysign (percent, value));
  }
}

void
sac_scale_apply (const SacScale *scale, const SacMap *map, float *ret_positions)
{
  size_t count = (size_t)map->rows * (size_t)map->columns;

  if (scale->mode == SAC_SCALE_PERCENTILE) {
    apply_ranks (scale, map, ret_positions);
    return;
  }
  for (size_t i = 0; i < count; i++)
    ret_positions[i] = sac_scale_position (scale, sac_map_shown (map, i));
}

SacMap *
sac_scale_dup_map (const SacScale *scale, const SacMap *map)
{
  size_t count = (size_t)map->rows * (size_t)map->columns;
  SacScale whole = {.mode = SAC_SCALE_PERCENTILE,
                    .low = scale->is_signed ? -100 : 0,
                    .high = 100,
                    .is_signed = scale->is_signed};

  if (scale->mode != SAC_SCALE_PERCENTILE)
    return sac_map_ref ((SacMap *)map);

  float *percents = g_new (float, count);

  apply_ranks (&whole, map, percents);
  for (size_t i = 0; i < count; i++)
    percents[i] = (float)(whole.low + percents[i] * (whole.high - whole.low));

  SacMap *ranks = sac_map_new_take (map->rows, map->columns, percents);

  ranks->has_gaps = map->has_gaps;
  ranks->has_geometry = map->has_geometry;
  ranks->geometry = map->geometry;
  ranks->class_specific = map->class_specific;
  ranks->unit = g_strdup ("%");
  return ranks;
}

double
sac_scale_get_clipped (const SacScale *scale, const SacMap *map)
{
  g_autoptr (SacMap) in_unit = sac_scale_dup_map (scale, map);

  return sac_histogram_clipped (in_unit, scale->low, scale->high);
}
