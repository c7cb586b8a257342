/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/concentration.h"
#include "map/map.h"
#include "map/order.h"

#include <math.h>

static SacMap *
new_map (int rows, int columns, const float *values)
{
  return sac_map_new_take (rows, columns,
                           g_memdup2 (values, sizeof *values * (size_t)rows *
                                                (size_t)columns));
}

static SacMapSummary
summarize (const float *values, bool rectified)
{
  g_autoptr (SacMap) map = new_map (2, 2, values);
  SacMapSummary summary;

  map->rectified = rectified;
  sac_map_summarize (map, &summary);
  return summary;
}

static void
test_summary (void)
{
  SacMapSummary signs = summarize ((float[]){-1, 0, 1, 2}, false);

  g_assert_cmpint (signs.evidence, ==, SAC_EVIDENCE_PRESENT);
  g_assert_cmpfloat (signs.min, ==, -1);
  g_assert_cmpfloat (signs.max, ==, 2);
  g_assert_cmpfloat (signs.negative_share, ==, 0.25);
  g_assert_cmpfloat (signs.positive_cells, ==, 0.5);

  SacMapSummary rectified = summarize ((float[]){-1, 0, 1, 2}, true);

  g_assert_cmpfloat (rectified.min, ==, 0);
  g_assert_cmpfloat (rectified.raw_min, ==, -1);
  g_assert_cmpfloat (rectified.negative_share, ==, 0.25);
}

static SacConcentration
concentrate (const float *values, int rows, int columns, bool has_gaps)
{
  g_autoptr (SacMap) map = new_map (rows, columns, values);
  SacConcentration concentration;

  map->has_gaps = has_gaps;
  sac_map_concentration (map, &concentration);
  return concentration;
}

/* numpy, from the formulas; one cell, all cells, none. */
static void
test_concentration (void)
{
  static const float blob[16] = {0.1f, 0.65f, 0, 0.2f, 0.3f, 0.9f,
                                 0.8f, 0.1f,  0, 0.7f, 0.6f, 0,
                                 0.2f, 0.1f,  0, 0.1f};
  SacConcentration found = concentrate (blob, 4, 4, false);
  SacConcentration one = concentrate ((float[]){0, 0, -3, 0}, 2, 2, false);
  SacConcentration even = concentrate ((float[]){2, -2, 2, -2}, 2, 2, false);
  SacConcentration gap = concentrate ((float[]){1, NAN, 1, 2}, 2, 2, true);
  SacConcentration none = concentrate ((float[]){0, 0, 0, 0}, 2, 2, false);
  SacConcentration broken = concentrate ((float[]){0, NAN, 0, 1}, 2, 2, false);

  g_assert_cmpfloat_with_epsilon (found.gini, 0.5572368, 1e-7);
  g_assert_cmpfloat_with_epsilon (found.entropy, 2.1972008, 1e-7);
  g_assert_cmpfloat_with_epsilon (one.gini, 0.75, 1e-12);
  g_assert_cmpfloat_with_epsilon (one.entropy, 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (even.gini, 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (even.entropy, log (4), 1e-12);
  g_assert_cmpfloat_with_epsilon (gap.gini, 2.0 / 12, 1e-12);
  g_assert_cmpfloat_with_epsilon (gap.entropy, 1.5 * log (2), 1e-12);
  g_assert_true (isnan (none.gini) && isnan (none.entropy));
  g_assert_true (isnan (broken.gini) && isnan (broken.entropy));

  /* Cells above zero, and how many of the six highest lie in the middle. */
  g_autoptr (SacMap) map = new_map (4, 4, blob);
  SacMapSummary summary;
  uint32_t places[16];
  int inside = 0;

  sac_map_summarize (map, &summary);
  g_assert_cmpfloat (summary.positive_cells, ==, 12 / 16.0);
  sac_order_places (blob, 16, places);
  for (int i = 10; i < 16; i++)
    inside += places[i] / 4 % 3 != 0 && places[i] % 4 % 3 != 0;
  g_assert_cmpint (inside, ==, 4);
}

/* NaN first, then flat, then nothing positive. */
static void
test_evidence (void)
{
  static const struct {
    float values[4];
    bool rectified;
    SacEvidence evidence;
  } cases[] = {
    {{1, 2, 3, NAN}, false, SAC_EVIDENCE_NOT_FINITE},
    {{INFINITY, 1, 1, 1}, true, SAC_EVIDENCE_NOT_FINITE},
    {{NAN, NAN, NAN, NAN}, true, SAC_EVIDENCE_NOT_FINITE},
    {{0, 0, 0, 0}, true, SAC_EVIDENCE_FLAT},
    {{0.1f, 0.1f, 0.1f, 0.1f}, false, SAC_EVIDENCE_FLAT},
    {{-1, -1, -1, -1}, true, SAC_EVIDENCE_FLAT},
    {{-1, -2, -3, 0}, true, SAC_EVIDENCE_NONE_POSITIVE},
    {{-1, -2, -3, 0}, false, SAC_EVIDENCE_NONE_POSITIVE},
    {{-1, -2, -3, 1e-30f}, true, SAC_EVIDENCE_PRESENT},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    SacMapSummary summary = summarize (cases[i].values, cases[i].rectified);

    g_test_message ("case %zu", i);
    g_assert_cmpint (summary.evidence, ==, cases[i].evidence);
    g_assert_true (isfinite (summary.min) && isfinite (summary.max));
  }
}

/* Rounding of a score is no evidence, for or against. */
static void
test_negligible (void)
{
  static const struct {
    float values[4];
    SacEvidence evidence;
  } cases[] = {
    {{1e-7f, -1e-7f, 5e-8f, 0}, SAC_EVIDENCE_NEGLIGIBLE},
    {{-1e-7f, -5e-8f, 0, 0}, SAC_EVIDENCE_NEGLIGIBLE},
    {{2e-7f, -1e-7f, 5e-8f, 0}, SAC_EVIDENCE_PRESENT},
    {{1e-7f, -2e-7f, 5e-8f, 0}, SAC_EVIDENCE_PRESENT},
    {{0, 0, 0, 0}, SAC_EVIDENCE_FLAT},
    {{NAN, 0, 0, 0}, SAC_EVIDENCE_NOT_FINITE},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SacMap) map = new_map (2, 2, cases[i].values);
    SacMapSummary summary;

    map->noise_floor = 1.5e-7;
    sac_map_summarize (map, &summary);
    g_test_message ("case %zu", i);
    g_assert_cmpint (summary.evidence, ==, cases[i].evidence);
  }
}

/* A 2 x 2 map over the middle 20 x 10 pixels of a 40 x 30 image. */
static void
test_value_at (void)
{
  g_autoptr (SacMap) map = new_map (2, 2, (float[]){-1, 3, 3, 7});
  float value;
  double percentile;
  int row, column;

  g_assert_false (
    sac_map_value_at (map, 1, 1, &value, &percentile, &row, &column));
  map->rectified = true;
  map->has_geometry = true;
  map->geometry = (SacGeometry){.image_width = 40,
                                .image_height = 30,
                                .seen = {10, 10, 20, 10},
                                .input_width = 8,
                                .input_height = 8};
  g_assert_true (
    sac_map_value_at (map, 29.9, 10, &value, &percentile, &row, &column));
  g_assert_cmpfloat (value, ==, 3);
  g_assert_cmpint (row, ==, 0);
  g_assert_cmpint (column, ==, 1);
  /* Ranks 2 and 3 of 4 are shared: 2.5 / 4. */
  g_assert_cmpfloat_with_epsilon (percentile, 62.5, 1e-12);
  g_assert_true (
    sac_map_value_at (map, 10, 10, &value, &percentile, &row, &column));
  g_assert_cmpfloat (value, ==, 0);
  g_assert_cmpfloat_with_epsilon (percentile, 25, 1e-12);
  g_assert_false (
    sac_map_value_at (map, 30, 10, &value, &percentile, &row, &column));
  g_assert_false (
    sac_map_value_at (map, NAN, 10, &value, &percentile, &row, &column));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/map/summary", test_summary);
  g_test_add_func ("/map/concentration", test_concentration);
  g_test_add_func ("/map/evidence", test_evidence);
  g_test_add_func ("/map/negligible", test_negligible);
  g_test_add_func ("/map/value-at", test_value_at);
  return g_test_run ();
}
