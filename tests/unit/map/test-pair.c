/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/pair.h"

#include "map/agreement.h"
#include "support.h"

#include <math.h>

/* rows x columns cells over the whole of a 400 x 400 image. */
static SacMap *
new_map (int rows, int columns, const float *values, const char *unit)
{
  size_t size = sizeof (float) * (size_t)rows * (size_t)columns;
  SacMap *map = sac_map_new_take (rows, columns, g_memdup2 (values, size));

  map->has_geometry = true;
  map->geometry = (SacGeometry){400, 400, {0, 0, 400, 400}, 8, 8};
  map->unit = g_strdup (unit);
  return map;
}

/* On the coarser grid, whose cells have the mean of the finer ones. */
static void
test_difference (void)
{
  static const float fine[16] = {1, 3, 0, 0, 5, 7, 0, 0,
                                 2, 2, 8, 8, 2, 2, 8, 8};
  static const float coarse[4] = {1, 2, 3, 4};
  g_autoptr (SacMap) a = new_map (4, 4, fine, "logit");
  g_autoptr (SacMap) b = new_map (2, 2, coarse, "logit");
  g_autoptr (GError) error = NULL;
  g_autoptr (SacMap) map = sac_map_difference (a, b, &error);

  g_assert_no_error (error);
  g_assert_cmpint (map->rows, ==, 2);
  g_assert_cmpint (map->columns, ==, 2);
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat (map->values[i], ==, ((float[]){3, -2, -1, 4})[i]);
  g_assert_cmpstr (map->unit, ==, "logit");
  g_assert_false (map->has_gaps);
  g_assert_cmpfloat (map->geometry.seen.width, ==, 400);

  /* The other way round it is the negative. */
  g_autoptr (SacMap) other = sac_map_difference (b, a, &error);

  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat (other->values[i], ==, -map->values[i]);
}

/* Maps of different units are compared as shares of their largest. */
static void
test_units (void)
{
  static const float values[4] = {0, 5, 10, -20};
  static const float others[4] = {0, 0.1f, 0.2f, 0.4f};
  g_autoptr (SacMap) a = new_map (2, 2, values, "logit");
  g_autoptr (SacMap) b = new_map (2, 2, others, "share");
  g_autoptr (SacMap) map = sac_map_difference (a, b, NULL);

  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (map->values[i], ((float[]){0, 0, 0, -2})[i],
                                    1e-6);
  g_assert_cmpstr (map->unit, ==, "share of the largest");
}

/* Half of one map lies beside the other: the grid is what both cover. */
static void
test_place (void)
{
  static const float values[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  g_autoptr (SacMap) a = new_map (2, 4, values, "logit");
  g_autoptr (SacMap) b = new_map (2, 4, values, "logit");

  b->geometry.seen = (SacRect){200, 0, 400, 400};

  g_autoptr (SacMap) map = sac_map_difference (a, b, NULL);

  g_assert_cmpint (map->columns, ==, 2);
  g_assert_cmpfloat (map->geometry.seen.x, ==, 200);
  g_assert_cmpfloat (map->geometry.seen.width, ==, 200);
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat (map->values[i], ==, 2);
}

static void
test_gaps (void)
{
  static const float with_gap[4] = {NAN, 2, 3, 4};
  static const float values[4] = {1, 5, 2, 7};
  g_autoptr (SacMap) a = new_map (2, 2, with_gap, "logit");
  g_autoptr (SacMap) b = new_map (2, 2, values, "logit");
  g_autoptr (GError) error = NULL;
  SacAgreement agreement;

  a->has_gaps = true;

  g_autoptr (SacMap) map = sac_map_difference (a, b, &error);

  g_assert_true (map->has_gaps);
  g_assert_true (isnan (map->values[0]));
  g_assert_cmpfloat (map->values[3], ==, -3);

  g_assert_true (sac_agreement_new (a, b, NULL, &agreement, NULL, &error));
  g_assert_cmpuint (agreement.left_out, ==, 1);
  /* Ranks 1 2 3 and 2 1 3. */
  g_assert_cmpfloat_with_epsilon (agreement.values[SAC_AGREEMENT_SPEARMAN]
                                    .value,
                                  0.5, 1e-12);

  g_autoptr (SacOverlap) overlap = sac_overlap_new (a, b, 0.3, &error);

  g_assert_cmpint (overlap->cells[0], ==, SAC_OVERLAP_LEFT_OUT);
  g_assert_cmpint (overlap->cells[3], ==, SAC_OVERLAP_BOTH);
  g_assert_cmpuint (overlap->counts[SAC_OVERLAP_NEITHER], ==, 2);

  /* Without a cell in common there is nothing to say. */
  static const float other_gaps[4] = {1, NAN, NAN, NAN};
  g_autoptr (SacMap) c = new_map (2, 2, other_gaps, "logit");

  c->has_gaps = true;
  g_assert_false (sac_agreement_new (a, c, NULL, &agreement, NULL, &error));
  g_assert_nonnull (error);
}

/* NaN that is no gap makes the numbers undefined, as before. */
static void
test_not_finite (void)
{
  static const float values[4] = {NAN, 2, 3, 4};
  g_autoptr (SacMap) a = new_map (2, 2, values, "logit");
  SacAgreement agreement;

  g_assert_true (sac_agreement_new (a, a, NULL, &agreement, NULL, NULL));
  g_assert_true (isnan (agreement.values[SAC_AGREEMENT_SPEARMAN].value));
  g_assert_cmpuint (agreement.left_out, ==, 0);
}

static void
test_overlap (void)
{
  static const float values[10] = {9, 8, 7, 1, 1, 1, 1, 1, 1, 1};
  static const float others[10] = {9, 1, 8, 7, 1, 1, 1, 1, 1, 1};
  g_autoptr (SacMap) a = new_map (2, 5, values, "logit");
  g_autoptr (SacMap) b = new_map (2, 5, others, "logit");
  g_autoptr (SacOverlap) three = sac_overlap_new (a, b, 0.3, NULL);
  static const SacOverlapKind expected[10] = {SAC_OVERLAP_BOTH,
                                              SAC_OVERLAP_ONLY_A,
                                              SAC_OVERLAP_BOTH,
                                              SAC_OVERLAP_ONLY_B};

  for (int i = 0; i < 10; i++)
    g_assert_cmpint (three->cells[i], ==, expected[i]);
  g_assert_cmpuint (three->counts[SAC_OVERLAP_BOTH], ==, 2);
  g_assert_cmpuint (three->counts[SAC_OVERLAP_NEITHER], ==, 6);

  /* Five of ten: the fourth and fifth are among seven equals, and stay out. */
  g_autoptr (SacOverlap) five = sac_overlap_new (a, b, 0.5, NULL);

  for (int i = 0; i < 10; i++)
    g_assert_cmpint (five->cells[i], ==, expected[i]);

  g_autoptr (SacOverlap) all = sac_overlap_new (a, b, 1, NULL);

  g_assert_cmpuint (all->counts[SAC_OVERLAP_BOTH], ==, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pair/difference", test_difference);
  g_test_add_func ("/pair/units", test_units);
  g_test_add_func ("/pair/place", test_place);
  g_test_add_func ("/pair/gaps", test_gaps);
  g_test_add_func ("/pair/not-finite", test_not_finite);
  g_test_add_func ("/pair/overlap", test_overlap);
  return g_test_run ();
}
