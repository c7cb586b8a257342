/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/mask-scores.h"

#include "base/pool.h"
#include "map/order.h"

#include <math.h>

#define N_(text) text

static const char empty[] = N_ ("the mask is empty where the model looked");
static const char everything[] =
  N_ ("the mask covers everything that the model looked at");
static const char not_finite[] = N_ ("the map has cells that are no numbers");
static const char no_positive[] = N_ ("the map has nothing above zero");
static const char flat[] = N_ ("the map is the same everywhere");
static const char all_zero[] = N_ ("the map is zero everywhere");

struct SacMaskMeter {
  SacMap *map;
  /* Covered cells from the highest to the lowest shown value. */
  uint32_t *cells;
  float *values;
  float *ranks; /* average ones, 1 the lowest; see is_whole */
  size_t count;
  bool is_finite;
  double positive;  /* sum of what is above zero */
  double magnitude; /* sum of magnitudes before rectification */
  double largest;   /* magnitude of the shown values */
  size_t heat_ends[SAC_MASK_HEAT_STEPS]; /* how many reach each quantile */
  double heat_sums[SAC_MASK_HEAT_STEPS]; /* of what is above zero of those */
};

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

static size_t
find_end (const SacMaskMeter *meter, size_t start)
{
  size_t end = start + 1;

  while (end < meter->count && meter->values[end] == meter->values[start])
    end++;
  return end;
}

/* Every cell of the map counts: sums go over them as they lie in memory; else
 * from the highest to the lowest. */
static bool
is_whole (const SacMaskMeter *meter)
{
  return meter->count == (size_t)meter->map->rows * (size_t)meter->map->columns;
}

static void
find_ranks (SacMaskMeter *meter)
{
  bool whole = is_whole (meter);

  meter->ranks = g_new (float, meter->count);
  for (size_t start = 0, end; start < meter->count; start = end) {
    end = find_end (meter, start);

    double rank = (double)meter->count - (double)(start + end - 1) / 2;

    for (size_t i = start; i < end; i++)
      meter->ranks[whole ? meter->cells[i] : i] = (float)rank;
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
    meter->magnitude += fabs (map->values[i]);
    meter->largest = fmax (meter->largest, fabs (value));
  }
  if (!meter->is_finite || meter->count == 0)
    return meter;
  sort_cells (meter, values);
  find_heat_ends (meter);
  find_ranks (meter);
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
  g_free (meter);
}

SacMap *
sac_mask_meter_get_map (const SacMaskMeter *meter)
{
  return meter->map;
}

/* What is added up: first over the cells as they lie in memory, then in a walk
 * down them.  Both are sums of the same numbers as one by one, in another
 * order: they differ from that by rounding, less than 1e-12 of the whole. */
typedef struct {
  double area;                     /* cells of the mask */
  double energy;                   /* positive values inside */
  double mass;                     /* magnitudes inside */
  double inside;                   /* values inside */
  double outside;                  /* values outside */
  double in_any;                   /* positive values in any annotation */
  double rank;                     /* of the mask's area in the highest cells */
  double ranks;                    /* of cells inside */
  double best_inside, best_either; /* at the best overlap: mask in both, cells
                                      in either; 0 where nothing is positive */
  double best_threshold;
} Sums;

/* Cells of a row and lane by lane, so that no sum waits for the last. */
#define LANES 4

typedef struct {
  double energy[LANES], mass[LANES], inside[LANES], in_any[LANES], all[LANES],
    ranks[LANES];
} LaneSums;

static void
add_cell (LaneSums *sums,
          size_t lane,
          float value,
          float shown,
          float share,
          float in_any,
          float rank)
{
  double positive = shown > 0 ? shown : 0;

  sums->energy[lane] += positive * share;
  sums->mass[lane] += (double)fabsf (value) * share;
  sums->inside[lane] += (double)shown * share;
  sums->in_any[lane] += positive * in_any;
  sums->all[lane] += shown;
  sums->ranks[lane] += (double)rank * share;
}

static double
add_lanes (const double *lanes)
{
  return lanes[0] + lanes[1] + lanes[2] + lanes[3];
}

static double
sum_area (const SacMaskMeter *meter, const float *mask)
{
  double area[LANES] = {0};

  if (is_whole (meter)) {
    for (size_t i = 0; i < meter->count; i++)
      area[i % LANES] += mask[i];
  } else {
    for (size_t i = 0; i < meter->count; i++)
      area[i % LANES] += mask[meter->cells[i]];
  }
  return add_lanes (area);
}

static void
sum_cells (const SacMaskMeter *meter,
           const float *mask,
           const float *any,
           Sums *sums)
{
  const SacMap *map = meter->map;
  float least = map->rectified ? 0 : -INFINITY;
  LaneSums lanes = {0};

  if (is_whole (meter)) {
    for (size_t i = 0; i < meter->count; i++) {
      float value = map->values[i];

      add_cell (&lanes, i % LANES, value, value > least ? value : least,
                mask[i], any[i], meter->ranks[i]);
    }
  } else {
    for (size_t i = 0; i < meter->count; i++) {
      uint32_t cell = meter->cells[i];

      add_cell (&lanes, i % LANES, map->values[cell], meter->values[i],
                mask[cell], any[cell], meter->ranks[i]);
    }
  }
  sums->energy = add_lanes (lanes.energy);
  sums->mass = add_lanes (lanes.mass);
  sums->inside = add_lanes (lanes.inside);
  sums->outside = add_lanes (lanes.all) - sums->inside;
  sums->in_any = add_lanes (lanes.in_any);
  sums->ranks = add_lanes (lanes.ranks);
}

/* On the way down: of the mask and of positive values inside so far. */
typedef struct {
  double seen, energy;
  double iou;
  int quantile, step; /* of the curves, not yet filled */
} Walk;

/* After the cells of one value, of which `before` of the mask lay above. */
static void
end_group (const SacMaskMeter *meter,
           size_t start,
           size_t end,
           double before,
           Walk *walk,
           Sums *sums)
{
  double fits = CLAMP (sums->area - (double)start, 0, (double)(end - start));
  double either = (double)end + sums->area - walk->seen;

  sums->rank += (walk->seen - before) * fits / (double)(end - start);
  if (meter->values[start] > 0 &&
      walk->seen * sums->best_either > sums->best_inside * either) {
    sums->best_inside = walk->seen;
    sums->best_either = either;
    sums->best_threshold = meter->values[start] / meter->largest;
  }
}

/* Thresholds that only the cells so far, `end` of them, reach. */
static void
fill_iou_curve (const SacMaskMeter *meter,
                double value,
                size_t end,
                double area,
                Walk *walk,
                SacMaskScores *scores)
{
  while (walk->step >= 0 &&
         value < meter->largest * (walk->step + 1) / SAC_MASK_IOU_STEPS)
    scores->iou_curve[walk->step--] =
      end > 0 ? walk->seen / ((double)end + area - walk->seen) : 0;
}

/* Far enough ahead that the mask's cell has come when it is its turn. */
#define AHEAD 24

static void
walk_down (const SacMaskMeter *meter,
           const float *mask,
           SacMaskScores *scores,
           Sums *sums)
{
  Walk walk = {.quantile = SAC_MASK_HEAT_STEPS - 1,
               .step = SAC_MASK_IOU_STEPS - 1};
  size_t end = 0, last = meter->count - 1;

  /* Below zero, and below the highest cells, nothing is counted any more. */
  for (size_t start = 0; start < meter->count; start = end) {
    double before = walk.seen, value = meter->values[start];

    if (value <= 0 && (double)start >= sums->area)
      break;
    fill_iou_curve (meter, value, start, sums->area, &walk, scores);
    for (end = start;
         end < meter->count && meter->values[end] == meter->values[start];
         end++) {
      double share = mask[meter->cells[end]];

      __builtin_prefetch (mask + meter->cells[MIN (end + AHEAD, last)]);
      walk.seen += share;
      walk.energy += value > 0 ? value * share : 0;
    }
    for (; walk.quantile >= 0 && meter->heat_ends[walk.quantile] == end;
         walk.quantile--)
      scores->heat_curve[walk.quantile] =
        walk.energy / meter->heat_sums[walk.quantile];
    end_group (meter, start, end, before, &walk, sums);
  }
  fill_iou_curve (meter, -INFINITY, end, sums->area, &walk, scores);
  for (; walk.quantile >= 0; walk.quantile--)
    scores->heat_curve[walk.quantile] =
      walk.energy / meter->heat_sums[walk.quantile];
}

/* What is left once the area is known: two parts that share no number they
 * write. */
typedef struct {
  const SacMaskMeter *meter;
  const float *mask, *any;
  SacMaskScores *scores;
  Sums *sums;
} Parts;

static void
do_part (size_t index, void *data)
{
  const Parts *parts = data;

  if (index == 0)
    walk_down (parts->meter, parts->mask, parts->scores, parts->sums);
  else
    sum_cells (parts->meter, parts->mask, parts->any, parts->sums);
}

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
  size_t end = find_end (meter, 0);
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
find_auc (const Sums *sums, double outside)
{
  return (sums->ranks - sums->area / 2 - sums->area * sums->area / 2) /
         (sums->area * outside);
}

static void
fill_in (const SacMaskMeter *meter,
         const float *mask,
         const Sums *sums,
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
    [SAC_MASK_HEAT_RATIO] = integrate (scores->heat_curve),
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

void
sac_mask_meter_measure (const SacMaskMeter *meter,
                        const float *mask,
                        const float *any,
                        SacMaskScores *ret_scores)
{
  Sums sums = {.best_either = 1};

  *ret_scores = (SacMaskScores){.area = NAN};
  for (int k = 0; k < SAC_MASK_IOU_STEPS; k++)
    ret_scores->iou_curve[k] = NAN;
  for (int k = 0; k < SAC_MASK_HEAT_STEPS; k++)
    ret_scores->heat_curve[k] = NAN;
  if (meter->count > 0)
    sums.area = sum_area (meter, mask);
  for (int kind = 0; kind < SAC_MASK_KIND_COUNT; kind++) {
    ret_scores->values[kind].value = NAN;
    ret_scores->values[kind].reason =
      explain_undefined (meter, (SacMaskKind)kind, sums.area);
  }
  if (meter->count > 0)
    ret_scores->area = sums.area / (double)meter->count;
  if (!meter->is_finite || !(sums.area > 0))
    return;
  sac_pool_run (2, do_part,
                &(Parts){meter, mask, any != NULL ? any : mask, ret_scores,
                         &sums});
  fill_in (meter, mask, &sums, ret_scores);
}
