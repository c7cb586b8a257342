/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/mask-scores.h"

#include "base/json.h"
#include "support.h"

#include <math.h>
#include <string.h>

static SacMap *
new_map (const float *values, int rows, int columns)
{
  return sac_map_new_take (rows, columns,
                           g_memdup2 (values, (size_t)rows * (size_t)columns *
                                                sizeof *values));
}

static SacMaskScores
measure_map (SacMap *map, const float *mask)
{
  g_autoptr (SacMaskMeter) meter = sac_mask_meter_new (map);
  SacMaskScores scores;

  sac_mask_meter_measure (meter, mask, NULL, &scores);
  return scores;
}

static SacMaskScores
measure (const float *values, const float *mask, int rows, int columns)
{
  g_autoptr (SacMap) map = new_map (values, rows, columns);

  return measure_map (map, mask);
}

static void
check (const SacMaskScores *scores, SacMaskKind kind, double expected)
{
  g_test_message ("%s: %.9f, expected %.9f",
                  sac_mask_measures_get_all ()[kind].name,
                  scores->values[kind].value, expected);
  g_assert_null (scores->values[kind].reason);
  g_assert_cmpfloat_with_epsilon (scores->values[kind].value, expected, 2e-7);
}

static void
check_reason (const SacMaskScores *scores, SacMaskKind kind, const char *reason)
{
  g_assert_true (isnan (scores->values[kind].value));
  g_assert_cmpstr (scores->values[kind].reason, ==, reason);
}

static const float small[16] = {0.1f, 0.65f, 0, 0.2f, 0.3f, 0.9f, 0.8f, 0.1f, 0,
                                0.7f, 0.6f,  0, 0.2f, 0.1f, 0,    0.1f};
static const float centre[16] = {0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1};

/* Each measure by its formula with numpy; quantiles are numpy.quantile. */
static void
test_pinned (void)
{
  SacMaskScores scores = measure (small, centre, 4, 4);

  g_assert_cmpfloat (scores.area, ==, 0.25);
  check (&scores, SAC_MASK_ENERGY, 0.631578947);
  check (&scores, SAC_MASK_MASS, 0.631578947);
  check (&scores, SAC_MASK_RANK, 0.75);
  check (&scores, SAC_MASK_AUC, 0.979166667);
  check (&scores, SAC_MASK_POINTING, 1);
  check (&scores, SAC_MASK_IOU, 0.8);
  check (&scores, SAC_MASK_THRESHOLD, 2.0 / 3);
  check (&scores, SAC_MASK_HEAT_RATIO, 0.733021866);
  check (&scores, SAC_MASK_DIFFERENCE, 0.671296296);
  check (&scores, SAC_MASK_BACKGROUND, 1 - 0.631578947);
  g_assert_cmpfloat_with_epsilon (scores.iou_curve[4], 2.0 / 3, 1e-9);
  g_assert_cmpfloat_with_epsilon (scores.iou_curve[9], 0.8, 1e-9);
  g_assert_cmpfloat_with_epsilon (scores.iou_curve[19], 0.25, 1e-9);
  g_assert_cmpfloat_with_epsilon (scores.heat_curve[5], 0.689655172, 1e-7);
  g_assert_cmpfloat_with_epsilon (scores.heat_curve[10], 1, 1e-9);
}

/* A signed pattern full of ties, and a mask that covers cells in part. */
static void
fill (float *values, float *mask)
{
  for (int r = 0; r < 14; r++) {
    for (int c = 0; c < 14; c++) {
      int near = 40 - (r - 4) * (r - 4) - (c - 5) * (c - 5);

      values[r * 14 + c] = (float)((r * 7 + c * 13 + r * c * 5) % 23 - 6) / 8;
      mask[r * 14 + c] = CLAMP ((float)near / 16, 0.0f, 1.0f);
    }
  }
}

static void
test_shares (void)
{
  float values[196], mask[196];

  fill (values, mask);

  g_autoptr (SacMap) map = new_map (values, 14, 14);
  SacMaskScores scores = measure_map (map, mask);

  map->rectified = true;

  SacMaskScores rectified = measure_map (map, mask);

  g_assert_cmpfloat_with_epsilon (scores.area, 94.1875 / 196, 1e-9);
  check (&scores, SAC_MASK_ENERGY, 0.506587404);
  check (&scores, SAC_MASK_MASS, 0.491694506);
  check (&scores, SAC_MASK_RANK, 0.538339600);
  check (&scores, SAC_MASK_AUC, 0.539597491);
  check (&scores, SAC_MASK_IOU, 0.435947205);
  check (&scores, SAC_MASK_THRESHOLD, 0.0625);
  check (&scores, SAC_MASK_HEAT_RATIO, 0.487722069);
  check (&scores, SAC_MASK_DIFFERENCE, 0.058457300);
  g_assert_cmpfloat_with_epsilon (scores.iou_curve[4], 0.392272155, 1e-7);
  g_assert_cmpfloat_with_epsilon (scores.iou_curve[9], 0.317818524, 1e-7);
  /* What is cut off below zero changes what is shown, not the magnitudes. */
  check (&rectified, SAC_MASK_ENERGY, 0.506587404);
  check (&rectified, SAC_MASK_MASS, 0.491694506);
  check (&rectified, SAC_MASK_DIFFERENCE, 0.038818234);

  g_autoptr (SacMap) shown = new_map (values, 14, 14);

  shown->rectified = true;
  rectified = measure_map (shown, mask);
  check (&rectified, SAC_MASK_AUC, 0.537749760);
}

/* Shares of places that a map does not know of are shares of the area. */
static void
test_even (void)
{
  float values[16];

  for (int i = 0; i < 16; i++)
    values[i] = 2;

  SacMaskScores scores = measure (values, centre, 4, 4);

  check (&scores, SAC_MASK_ENERGY, 0.25);
  check (&scores, SAC_MASK_MASS, 0.25);
  check (&scores, SAC_MASK_HEAT_RATIO, 0.25);
  check (&scores, SAC_MASK_IOU, 0.25);
  check (&scores, SAC_MASK_DIFFERENCE, 0);
  check (&scores, SAC_MASK_AUC, 0.5);
  check_reason (&scores, SAC_MASK_RANK, "the map is the same everywhere");
  check_reason (&scores, SAC_MASK_POINTING, "the map is the same everywhere");
}

/* A map that is the mask. */
static void
test_same (void)
{
  SacMaskScores scores = measure (centre, centre, 4, 4);

  for (int kind = 0; kind < SAC_MASK_BACKGROUND; kind++)
    check (&scores, (SacMaskKind)kind, 1);
  check (&scores, SAC_MASK_BACKGROUND, 0);
}

/* Four cells share the first place, two of them in a mask of two: either half
 * of them may be the two highest. */
static void
test_ties (void)
{
  static const float tied[16] = {1, 1, 0, 0, 1, 1};
  static const float half[16] = {1, 0, 0, 0, 1};
  SacMaskScores scores = measure (tied, half, 4, 4);

  check (&scores, SAC_MASK_RANK, 0.5);
  check (&scores, SAC_MASK_ENERGY, 0.5);
  check (&scores, SAC_MASK_IOU, 0.5);
  /* Of 2 x 14 pairs 2 x 2 are ties and the others in order. */
  check (&scores, SAC_MASK_AUC, (24 + 4 / 2.0) / 28);
}

static void
test_undefined (void)
{
  static const float nothing[16] = {0};
  float everything[16], negative[16], broken[16];
  SacMaskScores scores = measure (small, nothing, 4, 4);

  for (int i = 0; i < 16; i++) {
    everything[i] = 1;
    negative[i] = -small[i] - 1;
    broken[i] = i == 3 ? NAN : small[i];
  }
  g_assert_cmpfloat (scores.area, ==, 0);
  for (int kind = 0; kind < SAC_MASK_KIND_COUNT; kind++)
    check_reason (&scores, (SacMaskKind)kind,
                  "the mask is empty where the model looked");
  scores = measure (small, everything, 4, 4);
  check (&scores, SAC_MASK_ENERGY, 1);
  check (&scores, SAC_MASK_RANK, 1);
  check_reason (&scores, SAC_MASK_DIFFERENCE,
                "the mask covers everything that the model looked at");
  check_reason (&scores, SAC_MASK_AUC,
                "the mask covers everything that the model looked at");
  scores = measure (negative, centre, 4, 4);
  check_reason (&scores, SAC_MASK_ENERGY, "the map has nothing above zero");
  check_reason (&scores, SAC_MASK_IOU, "the map has nothing above zero");
  check_reason (&scores, SAC_MASK_HEAT_RATIO, "the map has nothing above zero");
  check (&scores, SAC_MASK_RANK, 0);
  scores = measure (nothing, centre, 4, 4);
  check_reason (&scores, SAC_MASK_MASS, "the map is zero everywhere");
  check_reason (&scores, SAC_MASK_DIFFERENCE, "the map is zero everywhere");
  check_reason (&scores, SAC_MASK_RANK, "the map is the same everywhere");
  scores = measure (everything, centre, 4, 4);
  check_reason (&scores, SAC_MASK_RANK, "the map is the same everywhere");
  check_reason (&scores, SAC_MASK_POINTING, "the map is the same everywhere");
  check (&scores, SAC_MASK_MASS, 0.25);
  check (&scores, SAC_MASK_DIFFERENCE, 0);
  scores = measure (broken, centre, 4, 4);
  check_reason (&scores, SAC_MASK_ENERGY,
                "the map has cells that are no numbers");

  g_autoptr (JsonObject) object = sac_mask_scores_to_json (&scores);
  g_autofree char *text = sac_json_to_text (object, false);

  g_assert_nonnull (strstr (text, "\"energy_inside\":null"));
  g_assert_nonnull (strstr (text, "\"undefined\":{\"energy_inside\":\"the map "
                                  "has cells that are no numbers\""));
  g_assert_null (strstr (text, "nan"));
}

/* Gaps have no cell: 12 are left, 4 of them mask. */
static void
test_gaps (void)
{
  float values[16];

  memcpy (values, small, sizeof values);
  for (int i = 0; i < 16; i += 5)
    values[i] = NAN;

  g_autoptr (SacMap) map = new_map (values, 4, 4);

  map->has_gaps = true;

  SacMaskScores scores = measure_map (map, centre);

  g_assert_cmpfloat_with_epsilon (scores.area, 2.0 / 12, 1e-12);
  check (&scores, SAC_MASK_ENERGY,
         1.5 / (0.65 + 0.2 + 0.3 + 0.8 + 0.1 + 0.7 + 0.2 + 0.1));
}

/* Highest cells that tie count by share; the neighbour of one is near enough
 * only where cells are small: 15 of 224 of 60 cells is four. */
static void
test_pointing (void)
{
  static const float twins[16] = {0, 3, 0, 0, 0, 3};
  float fine[3600] = {0}, mask[3600] = {0};
  SacMaskScores scores = measure (twins, centre, 4, 4);

  check (&scores, SAC_MASK_POINTING, 0.5);
  fine[30 * 60 + 30] = 1;
  mask[30 * 60 + 34] = 1;
  scores = measure (fine, mask, 60, 60);
  check (&scores, SAC_MASK_POINTING, 1);
  mask[30 * 60 + 34] = 0;
  mask[30 * 60 + 35] = 1;
  scores = measure (fine, mask, 60, 60);
  check (&scores, SAC_MASK_POINTING, 0);
}

/* Places of another class are no background. */
static void
test_background (void)
{
  static const float any[16] = {0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 1};
  g_autoptr (SacMap) map = new_map (small, 4, 4);
  g_autoptr (SacMaskMeter) meter = sac_mask_meter_new (map);
  SacMaskScores scores;

  sac_mask_meter_measure (meter, centre, any, &scores);
  check (&scores, SAC_MASK_ENERGY, 0.631578947);
  check (&scores, SAC_MASK_BACKGROUND, 1 - 3.65 / 4.75);
}

/* A positive factor changes nothing, whatever the mask; the order of cells that
 * tie does not matter; everything stays within its bounds. */
static void
test_properties (void)
{
  float values[196], mask[196], larger[196], turned[196], turned_mask[196];

  fill (values, mask);
  for (int i = 0; i < 196; i++) {
    larger[i] = values[i] * 16;
    turned[195 - i] = values[i];
    turned_mask[195 - i] = mask[i];
  }

  SacMaskScores one = measure (values, mask, 14, 14);
  SacMaskScores scaled = measure (larger, mask, 14, 14);
  SacMaskScores other = measure (turned, turned_mask, 14, 14);

  for (int kind = 0; kind < SAC_MASK_KIND_COUNT; kind++) {
    check (&scaled, (SacMaskKind)kind, one.values[kind].value);
    check (&other, (SacMaskKind)kind, one.values[kind].value);
    g_assert_cmpfloat (one.values[kind].value, >=, -1);
    g_assert_cmpfloat (one.values[kind].value, <=, 1);
  }
}

/* What is left to do for each stroke on a map as fine as the image; 16 ms are
 * allowed in the window. */
static void
test_time (void)
{
  const int side = 1024;
  g_autofree float *values = g_new (float, side *side);
  g_autofree float *mask = g_new0 (float, side *side);
  gint64 least = G_MAXINT64;
  SacMaskScores scores;

  for (int i = 0; i < side * side; i++) {
    values[i] = (float)(i * 7919L % 104729) / 104729 - 0.2f;
    mask[i] = (i / side + i % side) % 1024 < 300;
  }

  g_autoptr (SacMap) map = new_map (values, side, side);
  g_autoptr (SacMaskMeter) meter = sac_mask_meter_new (map);

  for (int k = 0; k < 3; k++) {
    gint64 start = g_get_monotonic_time ();

    sac_mask_meter_measure (meter, mask, NULL, &scores);
    least = MIN (least, g_get_monotonic_time () - start);
  }
  g_test_message ("1024 x 1024 cells: %.2f ms", (double)least / 1000);
  g_assert_cmpint (least, <, 2 * G_USEC_PER_SEC);
}

/* The same by the formulas, threshold by threshold, each over all cells. */
static double
find_plain_iou (const float *values, const float *mask, int count)
{
  double best = 0;

  for (int t = 0; t < count; t++) {
    double inside = 0, above = 0, area = 0;

    if (!(values[t] > 0))
      continue;
    for (int i = 0; i < count; i++) {
      area += isnan (values[i]) ? 0 : mask[i];
      inside += values[i] >= values[t] ? mask[i] : 0;
      above += values[i] >= values[t];
    }
    best = fmax (best, inside / (above + area - inside));
  }
  return best;
}

/* All pairs of cells. */
static double
find_plain_auc (const float *values, const float *mask, int count)
{
  double above = 0, pairs = 0;

  for (int i = 0; i < count; i++) {
    for (int k = 0; k < count; k++) {
      double share = (double)mask[i] * (1 - (double)mask[k]);

      if (isnan (values[i]) || isnan (values[k]))
        continue;
      pairs += share;
      above += values[i] > values[k]    ? share
               : values[i] == values[k] ? share / 2
                                        : 0;
    }
  }
  return above / pairs;
}

/* A map of noise knows nothing of a mask: four standard errors. */
static void
test_noise (void)
{
  enum { SIDE = 100, COUNT = SIDE * SIDE };
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  static float values[COUNT], mask[COUNT];

  for (int i = 0; i < COUNT; i++) {
    values[i] = (float)g_rand_double (random);
    mask[i] = i / SIDE < 30 && i % SIDE < 60;
  }

  SacMaskScores scores = measure (values, mask, SIDE, SIDE);

  g_assert_cmpfloat_with_epsilon (scores.area, 0.18, 1e-12);
  g_assert_cmpfloat_with_epsilon (scores.values[SAC_MASK_AUC].value, 0.5, 0.03);
  g_assert_cmpfloat_with_epsilon (scores.values[SAC_MASK_MASS].value, 0.18,
                                  0.01);
  g_assert_cmpfloat_with_epsilon (scores.values[SAC_MASK_ENERGY].value, 0.18,
                                  0.01);
}

/* Ties, gaps, shares of cells, values below zero, in 1000 cells: what is added
 * up in another order differs by rounding alone. */
static void
test_plain (void)
{
  enum { ROWS = 25, COLUMNS = 40, COUNT = ROWS * COLUMNS };
  g_autoptr (GRand) random = g_rand_new_with_seed (11);

  for (int round = 0; round < 8; round++) {
    float values[COUNT], mask[COUNT];
    double positive = 0, energy = 0, all = 0, mass = 0;
    double inside = 0, outside = 0, area = 0, largest = 0;

    for (int i = 0; i < COUNT; i++) {
      values[i] = (float)(g_rand_int_range (random, -40, 60)) / 7;
      if (round % 2 == 1 && i % 11 == 0)
        values[i] = NAN;
      mask[i] = i % 3 == 0 ? (float)g_rand_double (random) : (float)(i % 2);
      if (isnan (values[i]))
        continue;
      area += mask[i];
      positive += fmax (values[i], 0);
      energy += fmax (values[i], 0) * mask[i];
      all += fabs (values[i]);
      mass += fabs (values[i]) * mask[i];
      inside += (double)values[i] * mask[i];
      outside += values[i] * (1 - (double)mask[i]);
      largest = fmax (largest, fabs (values[i]));
    }

    g_autoptr (SacMap) map = new_map (values, ROWS, COLUMNS);

    map->has_gaps = round % 2 == 1;

    SacMaskScores scores = measure_map (map, mask);
    const double counted = scores.area > 0 ? area / scores.area : 0;
    const struct {
      SacMaskKind kind;
      double expected;
    } plain[] = {
      {SAC_MASK_ENERGY, energy / positive},
      {SAC_MASK_MASS, mass / all},
      {SAC_MASK_IOU, find_plain_iou (values, mask, COUNT)},
      {SAC_MASK_AUC, find_plain_auc (values, mask, COUNT)},
      {SAC_MASK_DIFFERENCE,
       (inside / area - outside / (counted - area)) / largest},
      {SAC_MASK_BACKGROUND, 1 - energy / positive},
    };

    for (size_t i = 0; i < G_N_ELEMENTS (plain); i++)
      g_assert_cmpfloat_with_epsilon (scores.values[plain[i].kind].value,
                                      plain[i].expected, 1e-12);
  }
}

/* The share of the mask in as many of the highest cells as it has. */
static double
find_plain_rank (const float *values, const float *mask, int count)
{
  double area = 0, inside = 0;

  for (int i = 0; i < count; i++)
    area += mask[i];
  for (int i = 0; i < count; i++) {
    double above = 0, equal = 0;

    if (mask[i] <= 0)
      continue;
    for (int k = 0; k < count; k++) {
      above += values[k] > values[i];
      equal += values[k] == values[i];
    }
    inside += mask[i] * CLAMP ((area - above) / equal, 0, 1);
  }
  return inside / area;
}

/* More values than there are bins: of a map that follows the mask, of one that
 * is noise with a few ties, and of one below zero in most places. */
static void
test_many_values (void)
{
  enum { SIDE = 68, COUNT = SIDE * SIDE };
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  static float values[COUNT], mask[COUNT];

  for (int round = 0; round < 6; round++) {
    for (int i = 0; i < COUNT; i++) {
      double away = hypot (i / SIDE - 30, i % SIDE - 25);

      values[i] =
        (float)((round % 3 == 1 ? 0 : 1 - away / 40) +
                0.3 * g_rand_double (random) - (round % 3 == 2 ? 0.8 : 0));
      if (i % 19 == 0)
        values[i] = 0.25f;
      mask[i] = away < 18 ? (round < 3 ? 1 : (float)g_rand_double (random)) : 0;
    }

    SacMaskScores scores = measure (values, mask, SIDE, SIDE);

    check (&scores, SAC_MASK_IOU, find_plain_iou (values, mask, COUNT));
    check (&scores, SAC_MASK_AUC, find_plain_auc (values, mask, COUNT));
    check (&scores, SAC_MASK_RANK, find_plain_rank (values, mask, COUNT));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mask-scores/pinned", test_pinned);
  g_test_add_func ("/mask-scores/shares", test_shares);
  g_test_add_func ("/mask-scores/even", test_even);
  g_test_add_func ("/mask-scores/same", test_same);
  g_test_add_func ("/mask-scores/many-values", test_many_values);
  g_test_add_func ("/mask-scores/ties", test_ties);
  g_test_add_func ("/mask-scores/undefined", test_undefined);
  g_test_add_func ("/mask-scores/gaps", test_gaps);
  g_test_add_func ("/mask-scores/pointing", test_pointing);
  g_test_add_func ("/mask-scores/background", test_background);
  g_test_add_func ("/mask-scores/properties", test_properties);
  g_test_add_func ("/mask-scores/noise", test_noise);
  g_test_add_func ("/mask-scores/plain", test_plain);
  g_test_add_func ("/mask-scores/time", test_time);
  return g_test_run ();
}
