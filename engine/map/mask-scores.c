/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/mask-scores.h"

#include "base/json.h"

#include <math.h>
#include <stdlib.h>

#define N_(text) text

static const char empty[] = N_ ("the mask is empty where the model looked");
static const char everything[] =
  N_ ("the mask covers everything that the model looked at");
static const char not_finite[] = N_ ("the map has cells that are no numbers");
static const char no_positive[] = N_ ("the map has nothing above zero");
static const char flat[] = N_ ("the map is the same everywhere");
static const char all_zero[] = N_ ("the map is zero everywhere");

static const SacMaskMeasure measures[SAC_MASK_KIND_COUNT] = {
  [SAC_MASK_ENERGY] = {"energy_inside", N_ ("Energy inside"),
                       N_ ("The share of the positive values that lies inside; "
                           "a map that knows nothing of the mask has the "
                           "mask's share of the area.")},
  [SAC_MASK_MASS] = {"mass_accuracy", N_ ("Relevance mass"),
                     N_ ("The share of all magnitudes, evidence for and "
                         "against, that lies inside.")},
  [SAC_MASK_RANK] = {"rank_accuracy", N_ ("Relevance rank"),
                     N_ ("Of the highest cells, as many as the mask is large, "
                         "the share that lies inside.  Cells that tie count by "
                         "share.")},
  [SAC_MASK_POINTING] = {"pointing", N_ ("Pointing game"),
                         N_ ("1 when the highest cell, or one within 15 pixels "
                             "of 224 of it, meets the mask; with several "
                             "highest cells the share of them.")},
  [SAC_MASK_IOU] = {"best_iou", N_ ("Best overlap"),
                    N_ ("Intersection over union with the mask, at the "
                        "threshold where it is largest.")},
  [SAC_MASK_THRESHOLD] = {"best_threshold", N_ ("Its threshold"),
                          N_ ("Where the overlap is best, as a share of the "
                              "largest value.")},
  [SAC_MASK_HEAT_RATIO] =
    {"heat_ratio_auc", N_ ("Effective heat"),
     N_ ("Of the positive values at or above a quantile, the share inside; the "
         "mean over all quantiles (area under the curve).")},
  [SAC_MASK_DIFFERENCE] = {"inside_minus_outside", N_ ("Inside less outside"),
                           N_ ("Mean value inside less mean value outside, as "
                               "a share of the largest magnitude.")},
  [SAC_MASK_BACKGROUND] = {"background", N_ ("On background"),
                           N_ ("The share of the positive values that lies in "
                               "no annotation of any class.")},
};

const SacMaskMeasure *
sac_mask_measures_get_all (void)
{
  return measures;
}

/* Covered cells from the highest to the lowest. */
typedef struct {
  float value, magnitude; /* shown; before rectification */
  uint32_t cell;
} Ranked;

struct SacMaskMeter {
  SacMap *map;
  Ranked *ranked;
  size_t count;
  bool is_finite;
  double positive;  /* sum of what is above zero */
  double magnitude; /* sum of magnitudes before rectification */
  double largest;   /* magnitude of the shown values */
  size_t heat_ends[SAC_MASK_HEAT_STEPS]; /* how many reach each quantile */
};

static int
compare_down (const void *a, const void *b)
{
  float x = ((const Ranked *)a)->value, y = ((const Ranked *)b)->value;

  return (x < y) - (x > y);
}

/* Quantile k / 10 of the shown values, between the two next to it. */
static void
find_heat_ends (SacMaskMeter *meter)
{
  size_t end = 0;

  for (int k = SAC_MASK_HEAT_STEPS - 1; k >= 0; k--) {
    double at = (double)(SAC_MASK_HEAT_STEPS - 1 - k) /
                (SAC_MASK_HEAT_STEPS - 1) * (double)(meter->count - 1);
    size_t above = (size_t)at, below = MIN (above + 1, meter->count - 1);
    double high = meter->ranked[above].value, low = meter->ranked[below].value;
    double quantile = high - (at - (double)above) * (high - low);

    while (end < meter->count && meter->ranked[end].value >= quantile)
      end++;
    meter->heat_ends[k] = end;
  }
}

SacMaskMeter *
sac_mask_meter_new (SacMap *map)
{
  SacMaskMeter *meter = g_new0 (SacMaskMeter, 1);
  size_t all = (size_t)map->rows * (size_t)map->columns;

  meter->map = sac_map_ref (map);
  meter->ranked = g_new (Ranked, all);
  meter->is_finite = true;
  for (size_t i = 0; i < all; i++) {
    float value = sac_map_shown (map, i);

    if (map->has_gaps && isnan (value))
      continue;
    meter->is_finite = meter->is_finite && isfinite (value);
    meter->ranked[meter->count++] =
      (Ranked){value, fabsf (map->values[i]), (uint32_t)i};
    meter->positive += fmax (value, 0);
    meter->magnitude += fabs (map->values[i]);
    meter->largest = fmax (meter->largest, fabs (value));
  }
  if (!meter->is_finite || meter->count == 0)
    return meter;
  qsort (meter->ranked, meter->count, sizeof *meter->ranked, compare_down);
  find_heat_ends (meter);
  return meter;
}

void
sac_mask_meter_free (SacMaskMeter *meter)
{
  if (meter == NULL)
    return;
  sac_map_unref (meter->map);
  g_free (meter->ranked);
  g_free (meter);
}

SacMap *
sac_mask_meter_get_map (const SacMaskMeter *meter)
{
  return meter->map;
}

/* What is added up in one walk down the cells. */
typedef struct {
  double area;     /* cells of the mask */
  double energy;   /* positive values inside */
  double mass;     /* magnitudes inside */
  double inside;   /* values inside */
  double outside;  /* values outside */
  double in_any;   /* positive values in any annotation */
  double rank;     /* of the mask's area in the highest cells */
  double iou;      /* of the cells so far */
  double best_iou; /* 0 where nothing is positive */
  double best_threshold;
} Sums;

static double
sum_area (const SacMaskMeter *meter, const float *mask)
{
  double area = 0;

  if (meter->count == (size_t)meter->map->rows * (size_t)meter->map->columns) {
    for (size_t i = 0; i < meter->count; i++)
      area += mask[i];
  } else {
    for (size_t i = 0; i < meter->count; i++)
      area += mask[meter->ranked[i].cell];
  }
  return area;
}

static size_t
find_end (const SacMaskMeter *meter, size_t start)
{
  size_t end = start + 1;

  while (end < meter->count &&
         meter->ranked[end].value == meter->ranked[start].value)
    end++;
  return end;
}

static void
add_cell (const Ranked *ranked, double share, double in_any, Sums *sums)
{
  double value = ranked->value;

  sums->energy += fmax (value, 0) * share;
  sums->in_any += fmax (value, 0) * in_any;
  sums->mass += ranked->magnitude * share;
  sums->inside += value * share;
  sums->outside += value * (1 - share);
}

/* After the cells of one value: of those so far, `before` of the mask lay above
 * them and `now` with them. */
static void
end_group (const SacMaskMeter *meter,
           size_t start,
           size_t end,
           double before,
           double now,
           Sums *sums)
{
  double value = meter->ranked[start].value;
  double fits = CLAMP (sums->area - (double)start, 0, (double)(end - start));
  double iou = now / ((double)end + sums->area - now);

  sums->rank += (now - before) * fits / (double)(end - start);
  sums->iou = iou;
  if (value > 0 && iou > sums->best_iou) {
    sums->best_iou = iou;
    sums->best_threshold = value / meter->largest;
  }
}

/* Thresholds that only the cells so far reach. */
static void
fill_iou_curve (const SacMaskMeter *meter,
                double value,
                const Sums *sums,
                int *step,
                SacMaskScores *scores)
{
  while (*step >= 0 &&
         value < meter->largest * (*step + 1) / SAC_MASK_IOU_STEPS)
    scores->iou_curve[(*step)--] = sums->iou;
}

static void
walk (const SacMaskMeter *meter,
      const float *mask,
      const float *any,
      SacMaskScores *scores,
      Sums *sums)
{
  double seen = 0, heat = 0;
  int quantile = SAC_MASK_HEAT_STEPS - 1, step = SAC_MASK_IOU_STEPS - 1;
  size_t end;

  for (size_t start = 0; start < meter->count; start = end) {
    double before = seen;

    fill_iou_curve (meter, meter->ranked[start].value, sums, &step, scores);
    end = find_end (meter, start);
    for (size_t i = start; i < end; i++) {
      const Ranked *ranked = &meter->ranked[i];
      double share = mask[ranked->cell];

      add_cell (ranked, share, any == mask ? share : any[ranked->cell], sums);
      seen += share;
      heat += fmax (ranked->value, 0);
    }
    for (; quantile >= 0 && meter->heat_ends[quantile] == end; quantile--)
      scores->heat_curve[quantile] = sums->energy / heat;
    end_group (meter, start, end, before, seen, sums);
  }
  fill_iou_curve (meter, -INFINITY, sums, &step, scores);
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
    hits += meets (meter->map, mask, meter->ranked[i].cell);
  return (double)hits / (double)end;
}

static bool
is_flat (const SacMaskMeter *meter)
{
  return meter->ranked[0].value == meter->ranked[meter->count - 1].value;
}

static const char *
explain_undefined (const SacMaskMeter *meter, SacMaskKind kind, double area)
{
  bool needs_order = kind == SAC_MASK_RANK || kind == SAC_MASK_POINTING;

  if (!meter->is_finite)
    return not_finite;
  if (meter->count == 0 || !(area > 0))
    return empty;
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
    [SAC_MASK_POINTING] = meter->count > 0 ? point (meter, mask) : NAN,
    [SAC_MASK_IOU] = sums->best_iou,
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
  Sums sums = {0};

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
  walk (meter, mask, any != NULL ? any : mask, ret_scores, &sums);
  fill_in (meter, mask, &sums, ret_scores);
}

static JsonArray *
curve_to_json (const double *curve, int count, double first, double step)
{
  JsonArray *array = json_array_new ();

  for (int i = 0; i < count; i++) {
    JsonArray *point_of = json_array_new ();

    sac_json_add_number (point_of, first + i * step);
    sac_json_add_number (point_of, curve[i]);
    json_array_add_array_element (array, point_of);
  }
  return array;
}

JsonObject *
sac_mask_scores_to_json (const SacMaskScores *scores)
{
  JsonObject *object = json_object_new ();
  g_autoptr (JsonObject) undefined = json_object_new ();

  sac_json_set_number (object, "area", scores->area);
  for (int kind = 0; kind < SAC_MASK_KIND_COUNT; kind++) {
    sac_json_set_number (object, measures[kind].name,
                         scores->values[kind].value);
    if (scores->values[kind].reason != NULL)
      json_object_set_string_member (undefined, measures[kind].name,
                                     scores->values[kind].reason);
  }
  if (json_object_get_size (undefined) > 0)
    json_object_set_object_member (object, "undefined",
                                   g_steal_pointer (&undefined));
  json_object_set_array_member (object, "iou_curve",
                                curve_to_json (scores->iou_curve,
                                               SAC_MASK_IOU_STEPS, 0.05, 0.05));
  json_object_set_array_member (object, "heat_curve",
                                curve_to_json (scores->heat_curve,
                                               SAC_MASK_HEAT_STEPS, 0, 0.1));
  return object;
}
