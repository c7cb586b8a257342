/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/mask-scores.h"

#include "map/mask-meter.h"

#include <math.h>

#define N_(text) text

static const char empty[] = N_ ("the mask is empty where the model looked");
static const char everything[] =
  N_ ("the mask covers everything that the model looked at");
static const char not_finite[] = N_ ("the map has cells that are no numbers");
static const char no_positive[] = N_ ("the map has nothing above zero");
static const char flat[] = N_ ("the map is the same everywhere");
static const char all_zero[] = N_ ("the map is zero everywhere");

/* Whether the mask meets a cell, or one whose middle is near its middle. */
static bool
meets (const SacMap *map, const float *mask, uint32_t cell)
{
  const SacRect *seen = &map->geometry.seen;
  double height = map->has_geometry ? seen->height : map->rows;
  double width = map->has_geometry ? seen->width : map->columns;
  double reach = SAC_MASK_TOLERANCE * fmin (height, width) * (1 + 1e-9);
  double step_y = height / map->rows, step_x = width / map->columns;
  int row = (int)(cell / (uint32_t)map->columns);
  int column = (int)(cell % (uint32_t)map->columns);
  int down = (int)(reach / step_y), over = (int)(reach / step_x);

  for (int r = MAX (row - down, 0); r <= MIN (row + down, map->rows - 1); r++)
    for (int c = MAX (column - over, 0);
         c <= MIN (column + over, map->columns - 1); c++)
      if (mask[(size_t)r * (size_t)map->columns + (size_t)c] > 0 &&
          hypot ((r - row) * step_y, (c - column) * step_x) <= reach)
        return true;
  return false;
}

static double
point (const SacMaskMeter *meter, const float *mask)
{
  size_t end = mask_meter_find_end (meter, 0);
  size_t hits = 0;

  for (size_t i = 0; i < end; i++)
    hits += meets (meter->map, mask, meter->cells[i]);
  return (double)hits / (double)end;
}

static bool
is_flat (const SacMaskMeter *meter)
{
  return meter->values[0] == meter->values[meter->count - 1];
}

static const char *
explain_undefined (const SacMaskMeter *meter, SacMaskKind kind, double area)
{
  bool needs_order = kind == SAC_MASK_RANK || kind == SAC_MASK_POINTING;

  if (!meter->is_finite)
    return not_finite;
  if (meter->count == 0 || !(area > 0))
    return empty;
  if (kind == SAC_MASK_AUC)
    return area < (double)meter->count ? NULL : everything;
  if (kind == SAC_MASK_DIFFERENCE)
    return area >= (double)meter->count ? everything
           : meter->largest > 0         ? NULL
                                        : all_zero;
  if (kind == SAC_MASK_MASS)
    return meter->magnitude > 0 ? NULL : all_zero;
  if (needs_order)
    return is_flat (meter) ? flat : NULL;
  return meter->positive > 0 ? NULL : no_positive;
}

/* Even steps from the lowest to the highest quantile. */
static double
integrate (const double *curve)
{
  double sum = 0;

  for (int i = 1; i < SAC_MASK_HEAT_STEPS; i++)
    sum += (curve[i - 1] + curve[i]) / 2;
  return sum / (SAC_MASK_HEAT_STEPS - 1);
}

/* Of all pairs of a share inside and one outside those in order, ties by half:
 * a cell's rank less a half is how many it is above, itself by half, and the
 * pairs of two shares inside are as often one way as the other. */
static double
find_auc (const MaskSums *sums, double outside)
{
  return (sums->ranks - sums->area / 2 - sums->area * sums->area / 2) /
         (sums->area * outside);
}

static void
fill_in (const SacMaskMeter *meter,
         const float *mask,
         const MaskSums *sums,
         SacMaskScores *scores)
{
  double count = (double)meter->count, outside = count - sums->area;
  const double values[SAC_MASK_KIND_COUNT] = {
    [SAC_MASK_ENERGY] = sums->energy / meter->positive,
    [SAC_MASK_MASS] = sums->mass / meter->magnitude,
    [SAC_MASK_RANK] = sums->rank / sums->area,
    [SAC_MASK_AUC] = find_auc (sums, outside),
    [SAC_MASK_POINTING] = meter->count > 0 ? point (meter, mask) : NAN,
    [SAC_MASK_IOU] = sums->best_inside / sums->best_either,
    [SAC_MASK_THRESHOLD] = sums->best_threshold,
    [SAC_MASK_HEAT_RATIO] = integrate (sums->heat_curve),
    [SAC_MASK_DIFFERENCE] =
      (sums->inside / sums->area - sums->outside / outside) / meter->largest,
    [SAC_MASK_BACKGROUND] = 1 - sums->in_any / meter->positive,
  };

  for (int kind = 0; kind < SAC_MASK_KIND_COUNT; kind++) {
    SacMaskValue *value = &scores->values[kind];

    if (value->reason == NULL)
      value->value = values[kind];
  }
}

/* Of a map whose cells are no numbers. */
static double
sum_area (const SacMaskMeter *meter, const float *mask)
{
  double area = 0;

  for (size_t i = 0; i < meter->count; i++)
    area += mask[meter->cells[i]];
  return area;
}

static void
fill_curves (const MaskSums *sums, SacMaskScores *scores)
{
  for (int k = 0; k < SAC_MASK_IOU_STEPS; k++)
    scores->iou_curve[k] = sums != NULL ? sums->iou_curve[k] : NAN;
  for (int k = 0; k < SAC_MASK_HEAT_STEPS; k++)
    scores->heat_curve[k] = sums != NULL ? sums->heat_curve[k] : NAN;
}

void
sac_mask_meter_measure (const SacMaskMeter *meter,
                        const float *mask,
                        const float *any,
                        SacMaskScores *ret_scores)
{
  bool is_good = meter->is_finite && meter->count > 0;
  MaskSums sums = {0};

  *ret_scores = (SacMaskScores){.area = NAN};
  if (is_good)
    mask_meter_add_up (meter, mask, any, &sums);
  else
    sums.area = sum_area (meter, mask);
  for (int kind = 0; kind < SAC_MASK_KIND_COUNT; kind++) {
    ret_scores->values[kind].value = NAN;
    ret_scores->values[kind].reason =
      explain_undefined (meter, (SacMaskKind)kind, sums.area);
  }
  if (meter->count > 0)
    ret_scores->area = sums.area / (double)meter->count;
  is_good = is_good && sums.area > 0;
  fill_curves (is_good ? &sums : NULL, ret_scores);
  if (is_good)
    fill_in (meter, mask, &sums, ret_scores);
}
