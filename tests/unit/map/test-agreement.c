/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/agreement.h"

#include "base/json.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* A small map and its transpose with another corner. */
static const float map_a[16] = {0.1f, 0.65f, 0, 0.2f, 0.3f, 0.9f, 0.8f, 0.1f, 0,
                                0.7f, 0.6f,  0, 0.2f, 0.1f, 0,    0.1f};
static const float map_b[16] = {0.5f, 0.3f, 0, 0.2f, 0.65f, 0.9f, 0.7f, 0.1f, 0,
                                0.8f, 0.6f, 0, 0.2f, 0.1f,  0,    0.1f};

/* numpy.corrcoef, scipy.stats.spearmanr, and scipy's jensenshannon squared in
 * nats. */
static void
test_pinned (void)
{
  g_assert_cmpfloat_with_epsilon (sac_pearson (map_a, map_b, 16), 0.8633631,
                                  5e-8);
  g_assert_cmpfloat_with_epsilon (sac_spearman (map_a, map_b, 16), 0.9426079,
                                  5e-8);
  g_assert_cmpfloat_with_epsilon (sac_jensen_shannon (map_a, map_b, 16),
                                  0.0280404, 5e-8);
  g_assert_cmpfloat_with_epsilon (sac_top_iou (map_a, map_b, 16, 0.25), 0.6,
                                  1e-12);
}

static void
test_ranks (void)
{
  static const float values[] = {-1.2f, 0.3f, 0.3f, 2, -0.5f};
  static const float with_nan[] = {3, NAN, 1, NAN, 2};
  double ranks[5];

  /* scipy.stats.rankdata */
  sac_ranks (values, 5, ranks);
  for (int i = 0; i < 5; i++)
    g_assert_cmpfloat (ranks[i], ==, ((double[]){1, 3.5, 3.5, 5, 2})[i]);
  sac_ranks (with_nan, 5, ranks);
  for (int i = 0; i < 5; i++)
    g_assert_cmpfloat (ranks[i], ==, ((double[]){5, 1.5, 3, 1.5, 4})[i]);
}

static void
test_self (void)
{
  float opposite[16];

  for (int i = 0; i < 16; i++)
    opposite[i] = -map_a[i];
  g_assert_cmpfloat_with_epsilon (sac_pearson (map_a, map_a, 16), 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (sac_spearman (map_a, opposite, 16), -1,
                                  1e-12);
  g_assert_cmpfloat (sac_top_iou (map_a, map_a, 16, 0.1), ==, 1);
  g_assert_cmpfloat (sac_jensen_shannon (map_a, map_a, 16), ==, 0);
}

/* Disjoint positive parts are log 2 apart; scaling changes nothing. */
static void
test_jensen_shannon (void)
{
  static const float left[] = {3, 1, 0, -5};
  static const float right[] = {0, -1, 2, 2};
  static const float larger[] = {30, 10, 0, -1};

  g_assert_cmpfloat_with_epsilon (sac_jensen_shannon (left, right, 4), log (2),
                                  1e-12);
  g_assert_cmpfloat_with_epsilon (sac_jensen_shannon (left, larger, 4), 0,
                                  1e-12);
}

/* Cells that tie at the border count by share, in whatever order they stand. */
static void
test_ties (void)
{
  static const float a[] = {9, 5, 5, 5, 5, 0, 0, 0, 0, 0};
  static const float b[] = {9, 0, 0, 0, 0, 5, 5, 0, 0, 0};
  static const float b_moved[] = {9, 0, 0, 0, 0, 0, 0, 0, 5, 5};
  float border[10] = {0};

  /* Top 3 of a: one whole cell and four halves; of b: three whole ones. */
  g_assert_cmpfloat_with_epsilon (sac_top_iou (a, b, 10, 0.3), 1.0 / 5, 1e-12);
  g_assert_cmpfloat_with_epsilon (sac_top_iou (a, b_moved, 10, 0.3), 1.0 / 5,
                                  1e-12);
  /* One cell stands above nine zeros that share the second place. */
  border[3] = 1;
  g_assert_cmpfloat_with_epsilon (sac_top_iou (border, b, 10, 0.2),
                                  (3.0 / 9) / (3 + 6.0 / 9), 1e-12);
}

/* 0.2 * 35 is a hair above 7 in binary; the eighth cell must stay out. */
static void
test_top_count (void)
{
  float a[35], b[35];

  for (int i = 0; i < 35; i++)
    a[i] = b[i] = i;
  b[27] = 100;
  b[28] = 0;
  g_assert_cmpfloat_with_epsilon (sac_top_iou (a, b, 35, 0.2), 6.0 / 8, 1e-12);
}

static void
test_undefined (void)
{
  static const float flat[] = {0.1f, 0.1f, 0.1f, 0.1f};
  static const float negative[] = {-1, -2, -3, 0};
  static const float good[] = {1, 2, 3, 0};

  g_assert_true (isnan (sac_pearson (flat, good, 4)));
  g_assert_true (isnan (sac_spearman (good, flat, 4)));
  g_assert_true (isnan (sac_top_iou (flat, good, 4, 0.25)));
  g_assert_true (isnan (sac_jensen_shannon (negative, good, 4)));
  g_assert_true (isnan (sac_pearson (good, good, 1)));
  g_assert_false (isnan (sac_pearson (negative, good, 4)));
}

static SacMap *
new_map (const float *values)
{
  return sac_map_new_take (4, 4, g_memdup2 (values, 16 * sizeof *values));
}

static void
test_maps (void)
{
  g_autoptr (SacMap) a = new_map (map_a);
  g_autoptr (SacMap) b = new_map (map_b);
  g_autoptr (GError) error = NULL;
  SacAgreement agreement;

  g_assert_true (sac_agreement_new (a, b, &agreement, &error));
  g_assert_cmpint (agreement.rows, ==, 4);
  g_assert_cmpint (agreement.columns, ==, 4);
  g_assert_cmpfloat_with_epsilon (agreement.pearson, 0.8633631, 5e-8);
  g_assert_cmpfloat_with_epsilon (agreement.spearman, 0.9426079, 5e-8);
  /* ceil (0.8), ceil (1.6) and ceil (3.2) cells */
  g_assert_cmpfloat (agreement.top5_iou, ==, 1);
  g_assert_cmpfloat_with_epsilon (agreement.top10_iou, 1.0 / 3, 1e-12);
  g_assert_cmpfloat_with_epsilon (agreement.top20_iou, 0.6, 1e-12);
  a->values[3] = NAN;
  g_assert_true (sac_agreement_new (a, b, &agreement, &error));
  g_assert_true (isnan (agreement.pearson));

  g_autoptr (JsonObject) object = sac_agreement_to_json (&agreement);
  g_autofree char *text = sac_json_to_text (object, false);

  g_assert_cmpstr (text, ==,
                   "{\"grid\":[4,4],\"pearson\":null,\"spearman\":null,"
                   "\"top5_iou\":null,\"top10_iou\":null,\"top20_iou\":null,"
                   "\"jensen_shannon\":null}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/agreement/pinned", test_pinned);
  g_test_add_func ("/agreement/ranks", test_ranks);
  g_test_add_func ("/agreement/self", test_self);
  g_test_add_func ("/agreement/jensen-shannon", test_jensen_shannon);
  g_test_add_func ("/agreement/ties", test_ties);
  g_test_add_func ("/agreement/top-count", test_top_count);
  g_test_add_func ("/agreement/undefined", test_undefined);
  g_test_add_func ("/agreement/maps", test_maps);
  return g_test_run ();
}
