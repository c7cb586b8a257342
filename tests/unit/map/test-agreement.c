/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/agreement-moves.h"
#include "map/agreement.h"
#include "map/logarithm.h"
#include "map/order.h"

#include "base/json.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* A small map and its transpose with another corner. */
static const float map_a[16] = {0.1f, 0.65f, 0, 0.2f, 0.3f, 0.9f, 0.8f, 0.1f, 0,
                                0.7f, 0.6f,  0, 0.2f, 0.1f, 0,    0.1f};
static const float map_b[16] = {0.5f, 0.3f, 0, 0.2f, 0.65f, 0.9f, 0.7f, 0.1f, 0,
                                0.8f, 0.6f, 0, 0.2f, 0.1f,  0,    0.1f};

static SacMap *
new_map (const float *values, int rows, int columns)
{
  return sac_map_new_take (rows, columns,
                           g_memdup2 (values, (size_t)rows * (size_t)columns *
                                                sizeof *values));
}

static SacAgreement
agree (const float *a, const float *b, int rows, int columns)
{
  g_autoptr (SacMap) left = new_map (a, rows, columns);
  g_autoptr (SacMap) right = new_map (b, rows, columns);
  g_autoptr (GError) error = NULL;
  SacAgreement agreement = {0};

  sac_agreement_new (left, right, NULL, &agreement, NULL, &error);
  g_assert_no_error (error);
  return agreement;
}

static void
check (const SacAgreement *agreement,
       SacAgreementKind kind,
       double expected,
       double tolerance)
{
  const SacAgreementValue *value = &agreement->values[kind];

  g_test_message ("%s: %.10f, expected %.10f",
                  sac_agreement_measures_get_all ()[kind].name, value->value,
                  expected);
  g_assert_null (value->reason);
  g_assert_cmpfloat_with_epsilon (value->value, expected, tolerance);
}

/* numpy.corrcoef, scipy.stats.spearmanr and kendalltau, jensenshannon squared
 * in nats, linprog over all pairs of cells; SSIM by its formula with
 * numpy.cov. */
static void
test_pinned (void)
{
  SacAgreement agreement = agree (map_a, map_b, 4, 4);

  check (&agreement, SAC_AGREEMENT_PEARSON, 0.8633631, 5e-8);
  check (&agreement, SAC_AGREEMENT_SPEARMAN, 0.9426079, 5e-8);
  check (&agreement, SAC_AGREEMENT_KENDALL, 0.8572248, 5e-8);
  check (&agreement, SAC_AGREEMENT_COSINE, 0.9311047, 5e-8);
  check (&agreement, SAC_AGREEMENT_SSIM, 0.9088854, 1e-7);
  check (&agreement, SAC_AGREEMENT_SHARED_MASS, 0.8529382, 5e-8);
  check (&agreement, SAC_AGREEMENT_JENSEN_SHANNON, 0.0280404, 5e-8);
  check (&agreement, SAC_AGREEMENT_EARTH_MOVER, 0.0358093166, 1e-7);
  check (&agreement, SAC_AGREEMENT_CENTRE_DISTANCE, 0.0338398757, 1e-7);
  /* ceil (0.8), ceil (1.6) and ceil (3.2) cells */
  check (&agreement, SAC_AGREEMENT_TOP5_IOU, 1, 1e-12);
  check (&agreement, SAC_AGREEMENT_TOP10_IOU, 1.0 / 3, 1e-12);
  check (&agreement, SAC_AGREEMENT_TOP20_IOU, 0.6, 1e-12);
}

/* A blob, and a signed pattern full of ties or another blob, in eighths. */
static void
fill (int side, float *blob, float *pattern, float *other)
{
  for (int r = 0; r < side; r++) {
    for (int c = 0; c < side; c++) {
      int i = r * side + c;
      int row = r - 2, column = c - side + 3;

      blob[i] = (float)MAX (0, 40 - (r - 4) * (r - 4) - (c - 5) * (c - 5)) / 8;
      pattern[i] = (float)((r * 7 + c * 13 + r * c * 5) % 23 - 6) / 8;
      other[i] = (float)MAX (0, 30 - row * row - column * column) / 8;
    }
  }
}

typedef struct {
  int side;
  bool to_blob;
  double earth_mover_margin;
  double values[SAC_AGREEMENT_KIND_COUNT];
} Pinned;

/* Made in the same way, of all cells: beyond 8 x 8 the mass is gathered first,
 * so the earth mover's distance is near, not equal. */
static const Pinned pinned[] = {
  {8,
   false,
   1e-7,
   {0.0724685298, 0.0020353724, -0.0046863789, 0.5988650522, 0.03348398229,
    0.1034482759, 0.12, 0.1818181818, 0.6022986217, 0.1539054205, 0.063492328,
    0.0433954426}},
  {8,
   true,
   1e-7,
   {0.6230139856, 0.6075538576, 0.451613043, 0.9073192643, 0.5365562234,
    0.1034482759, 0.1666666667, 0.2380952381, 0.7845324012, 0.051659109,
    0.0947183512, 0.0937463779}},
  {14,
   false,
   0.005,
   {0.0640094702, 0.0507085496, 0.0358207542, 0.4453843339, 0.03811113211,
    0.0526315789, 0.0256410256, 0.0888468809, 0.4595084583, 0.2870063744,
    0.1671005714, 0.1475703828}},
  {14,
   true,
   0.005,
   {-0.0931637144, 0.0121415783, 0.0043440452, 0.2627712177, 0.1218953093, 0, 0,
    0.059602649, 0.2361373186, 0.4600559082, 0.2806522503, 0.2790889836}},
};

static void
test_larger (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (pinned); i++) {
    const Pinned *expected = &pinned[i];
    float blob[196], pattern[196], other[196];

    fill (expected->side, blob, pattern, other);

    SacAgreement agreement = agree (blob, expected->to_blob ? other : pattern,
                                    expected->side, expected->side);

    for (int kind = 0; kind < SAC_AGREEMENT_KIND_COUNT; kind++)
      check (&agreement, (SacAgreementKind)kind, expected->values[kind],
             kind == SAC_AGREEMENT_EARTH_MOVER ? expected->earth_mover_margin
                                               : 1e-7);
  }
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

/* Three numbers that all correlations put half way. */
static void
test_three (void)
{
  static const float a[] = {-1, 1, 1}, b[] = {0, 0, 2};

  g_assert_cmpfloat_with_epsilon (sac_pearson (a, b, 3), 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (sac_spearman (a, b, 3), 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (sac_kendall (a, b, 3), 0.5, 1e-12);
}

/* All pairs one by one, on numbers full of ties. */
static void
test_kendall_pairs (void)
{
  float a[60], b[60];
  double balance = 0, ties_a = 0, ties_b = 0, all = 60 * 59 / 2.0;

  for (int i = 0; i < 60; i++) {
    a[i] = (float)(i * 37 % 11);
    b[i] = (float)(i * i * 17 % 13 + i % 5);
  }
  for (int i = 0; i < 60; i++) {
    for (int k = 0; k < i; k++) {
      int x = (a[i] > a[k]) - (a[i] < a[k]), y = (b[i] > b[k]) - (b[i] < b[k]);

      balance += x * y;
      ties_a += x == 0;
      ties_b += y == 0;
    }
  }
  g_assert_cmpfloat_with_epsilon (sac_kendall (a, b, 60),
                                  balance /
                                    sqrt ((all - ties_a) * (all - ties_b)),
                                  1e-12);
}

static void
test_self (void)
{
  float opposite[16];
  SacAgreement same = agree (map_a, map_a, 4, 4);

  for (int i = 0; i < 16; i++)
    opposite[i] = -map_a[i];

  SacAgreement against = agree (map_a, opposite, 4, 4);

  for (int kind = 0; kind < SAC_AGREEMENT_KIND_COUNT; kind++)
    check (&same, (SacAgreementKind)kind,
           sac_agreement_measures_get_all ()[kind].is_distance ? 0 : 1, 1e-12);
  check (&against, SAC_AGREEMENT_SPEARMAN, -1, 1e-12);
  check (&against, SAC_AGREEMENT_KENDALL, -1, 1e-12);
  check (&against, SAC_AGREEMENT_COSINE, -1, 1e-12);
}

/* Which map comes first does not matter; ranks see no monotone change, nothing
 * sees a positive factor. */
static void
test_properties (void)
{
  float blob[196], pattern[196], other[196], bent[196], scaled[196];

  fill (14, blob, pattern, other);
  for (int i = 0; i < 196; i++) {
    bent[i] = expf (pattern[i]) + 3;
    scaled[i] = pattern[i] * 0.25f;
  }

  SacAgreement one = agree (blob, pattern, 14, 14);
  SacAgreement turned = agree (pattern, blob, 14, 14);
  SacAgreement smaller = agree (blob, scaled, 14, 14);
  SacAgreement bending = agree (blob, bent, 14, 14);

  for (int kind = 0; kind < SAC_AGREEMENT_KIND_COUNT; kind++) {
    check (&turned, (SacAgreementKind)kind, one.values[kind].value, 1e-9);
    check (&smaller, (SacAgreementKind)kind, one.values[kind].value, 1e-9);
    g_assert_cmpfloat (one.values[kind].value, >=, -1);
    g_assert_cmpfloat (one.values[kind].value, <=, 1);
  }
  for (int kind = SAC_AGREEMENT_SPEARMAN; kind <= SAC_AGREEMENT_KENDALL; kind++)
    check (&bending, (SacAgreementKind)kind, one.values[kind].value, 1e-12);
  check (&bending, SAC_AGREEMENT_TOP10_IOU,
         one.values[SAC_AGREEMENT_TOP10_IOU].value, 1e-12);
}

/* Disjoint positive parts are log 2 apart; two single cells are as far apart as
 * they lie. */
static void
test_distances (void)
{
  static const float left[] = {3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -5};
  static const float right[] = {0, -1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0};
  SacAgreement agreement = agree (left, right, 3, 4);

  check (&agreement, SAC_AGREEMENT_JENSEN_SHANNON, log (2), 1e-12);
  check (&agreement, SAC_AGREEMENT_SHARED_MASS, 0, 1e-12);
  check (&agreement, SAC_AGREEMENT_EARTH_MOVER, hypot (2, 2) / 5, 1e-12);
  check (&agreement, SAC_AGREEMENT_CENTRE_DISTANCE, hypot (2, 2) / 5, 1e-12);
}

/* On an image the cells have a size: here they are twice as wide as high. */
static void
test_shape (void)
{
  float left[16] = {1}, right[16] = {0, 0, 0, 1};
  g_autoptr (SacMap) a = new_map (left, 4, 4);
  g_autoptr (SacMap) b = new_map (right, 4, 4);
  SacAgreement agreement;

  a->has_geometry = b->has_geometry = true;
  a->geometry = b->geometry = (SacGeometry){.image_width = 80,
                                            .image_height = 40,
                                            .seen = {0, 0, 80, 40},
                                            .input_width = 8,
                                            .input_height = 8};
  g_assert_true (sac_agreement_new (a, b, NULL, &agreement, NULL, NULL));
  g_assert_cmpfloat (agreement.diagonal, ==, hypot (80, 40));
  check (&agreement, SAC_AGREEMENT_EARTH_MOVER, 60 / hypot (80, 40), 1e-12);
  check (&agreement, SAC_AGREEMENT_CENTRE_DISTANCE, 60 / hypot (80, 40), 1e-12);
}

/* Cells that tie at the border count by share, in whatever order they stand. */
static void
test_ties (void)
{
  static const float a[20] = {9, 5, 5, 5, 5};
  static const float b[20] = {9, 0, 0, 0, 0, 5, 5, 5};
  static const float b_moved[20] = {9, 0, 0, 0, 0, 0, 0, 0, 5, 5, 0, 5};
  SacAgreement one = agree (a, b, 4, 5);
  SacAgreement other = agree (a, b_moved, 4, 5);

  /* Top 4 of a: one whole cell and four of three quarters; of b: four. */
  check (&one, SAC_AGREEMENT_TOP20_IOU, 1.0 / 7, 1e-12);
  check (&other, SAC_AGREEMENT_TOP20_IOU, 1.0 / 7, 1e-12);
}

/* 0.2 * 35 is a hair above 7 in binary; the eighth cell must stay out. */
static void
test_top_count (void)
{
  float a[35], b[35];

  for (int i = 0; i < 35; i++)
    a[i] = b[i] = (float)i;
  b[27] = 100;
  b[28] = 0;

  SacAgreement agreement = agree (a, b, 5, 7);

  check (&agreement, SAC_AGREEMENT_TOP20_IOU, 6.0 / 8, 1e-12);
}

static void
check_undefined (const SacAgreement *agreement,
                 SacAgreementKind kind,
                 const char *reason)
{
  g_assert_true (isnan (agreement->values[kind].value));
  g_assert_cmpstr (agreement->values[kind].reason, ==, reason);
}

static void
test_undefined (void)
{
  static const float flat[] = {0.1f, 0.1f, 0.1f, 0.1f};
  static const float zero[4] = {0};
  static const float negative[] = {-1, -2, -3, 0};
  static const float good[] = {1, 2, 3, 0};
  SacAgreement agreement = agree (flat, good, 2, 2);

  check_undefined (&agreement, SAC_AGREEMENT_PEARSON,
                   "a map is the same everywhere");
  check_undefined (&agreement, SAC_AGREEMENT_SPEARMAN,
                   "a map is the same everywhere");
  check_undefined (&agreement, SAC_AGREEMENT_KENDALL,
                   "a map is the same everywhere");
  check_undefined (&agreement, SAC_AGREEMENT_TOP20_IOU,
                   "a map is the same everywhere");
  check (&agreement, SAC_AGREEMENT_COSINE, 6 / (2 * sqrt (14)), 1e-7);
  agreement = agree (negative, good, 2, 2);
  check_undefined (&agreement, SAC_AGREEMENT_JENSEN_SHANNON,
                   "a map has nothing above zero");
  check_undefined (&agreement, SAC_AGREEMENT_EARTH_MOVER,
                   "a map has nothing above zero");
  check_undefined (&agreement, SAC_AGREEMENT_SSIM,
                   "the grid has no 3 × 3 cells that count");
  check (&agreement, SAC_AGREEMENT_PEARSON, -1, 1e-12);
  agreement = agree (zero, good, 2, 2);
  check_undefined (&agreement, SAC_AGREEMENT_COSINE,
                   "a map is zero everywhere");
  agreement = agree (good, good, 1, 1);
  check_undefined (&agreement, SAC_AGREEMENT_KENDALL,
                   "a map is the same everywhere");
}

static void
test_not_finite (void)
{
  g_autoptr (SacMap) a = new_map (map_a, 4, 4);
  g_autoptr (SacMap) b = new_map (map_b, 4, 4);
  const SacAgreementParams params = {.moved = true};
  SacAgreement agreement;

  a->values[3] = NAN;
  g_assert_true (sac_agreement_new (a, b, &params, &agreement, NULL, NULL));

  g_autoptr (JsonObject) object = sac_agreement_to_json (&agreement);
  g_autofree char *text = sac_json_to_text (object, false);

  g_assert_true (g_str_has_prefix (
    text, "{\"grid\":[4,4],\"pearson\":null,\"spearman\":null,"
          "\"kendall\":null,\"cosine\":null,\"ssim\":null,\"top5_iou\":null,"
          "\"top10_iou\":null,\"top20_iou\":null,\"shared_mass\":null,"
          "\"jensen_shannon\":null,"
          "\"earth_mover\":null,\"centre_distance\":null,\"undefined\":{"
          "\"pearson\":\"a map has cells that are no numbers\","));
  g_assert_null (strstr (text, "moved"));
}

/* A map agrees with itself more than moved ones do, a pattern with a blob no
 * more, and the same seed gives the same numbers whatever the threads. */
static void
test_moved (void)
{
  float blob[196], pattern[196], other[196];
  const SacAgreementParams params = {.moved = true, .seed = 7};
  SacAgreement same, apart, again;

  fill (14, blob, pattern, other);

  g_autoptr (SacMap) a = new_map (blob, 14, 14);
  g_autoptr (SacMap) b = new_map (pattern, 14, 14);

  g_assert_true (sac_agreement_new (a, a, &params, &same, NULL, NULL));
  g_assert_true (sac_agreement_new (a, b, &params, &apart, NULL, NULL));
  g_assert_true (sac_agreement_new (a, b, &params, &again, NULL, NULL));
  g_assert_cmpmem (&apart, sizeof apart, &again, sizeof again);
  for (int kind = 0; kind < SAC_AGREEMENT_KIND_COUNT; kind++) {
    const SacAgreementValue *value = &same.values[kind];

    g_test_message ("%s: moved %g to %g, p %g",
                    sac_agreement_measures_get_all ()[kind].name,
                    value->moved_low, value->moved_high, value->p);
    g_assert_cmpint (value->moved_count, ==, SAC_AGREEMENT_MOVED);
    g_assert_cmpfloat (value->moved_low, <=, value->moved_mean);
    g_assert_cmpfloat (value->moved_mean, <=, value->moved_high);
    g_assert_cmpint (sac_agreement_read (&same, (SacAgreementKind)kind), ==,
                     SAC_AGREEMENT_ABOVE);
    g_assert_cmpfloat (value->p, <=, 2.0 / 40);
    g_assert_cmpfloat (apart.values[kind].p, >=, 1.0 / 40);
  }
  g_assert_cmpint (sac_agreement_read (&apart, SAC_AGREEMENT_SPEARMAN), ==,
                   SAC_AGREEMENT_CHANCE);
}

/* Moved maps hold what the map holds: where only places matter, chance is what
 * it is for sets laid at random. */
static void
test_moved_overlap (void)
{
  float a[400] = {0}, b[400] = {0};
  const SacAgreementParams params = {.moved = true, .seed = 3};
  SacAgreement agreement;

  for (int i = 0; i < 80; i++)
    a[i * 7 % 400] = b[i * 11 % 400] = 1;

  g_autoptr (SacMap) left = new_map (a, 20, 20);
  g_autoptr (SacMap) right = new_map (b, 20, 20);

  g_assert_true (
    sac_agreement_new (left, right, &params, &agreement, NULL, NULL));
  g_assert_cmpfloat_with_epsilon (agreement.values[SAC_AGREEMENT_TOP20_IOU]
                                    .moved_mean,
                                  1.0 / 9, 0.02);
  g_assert_cmpfloat_with_epsilon (agreement.values[SAC_AGREEMENT_PEARSON]
                                    .moved_mean,
                                  0, 0.04);
}

/* Numbers of moved maps are those of maps that were moved, ties or not. */
static void
test_moved_by_hand (void)
{
  enum { SIDE = 12, ALL = SIDE * SIDE };
  float a[ALL], b[ALL], moved[ALL];
  uint32_t from[ALL];
  double sums[SAC_AGREEMENT_KIND_COUNT] = {0};
  const SacAgreementParams params = {.moved = true, .seed = 9};
  SacAgreement all;

  for (int i = 0; i < ALL; i++) {
    a[i] = (float)(i * 37 % 101) - 40;
    b[i] = (float)MAX (i * 53 % 89 - 30, 0) + (i % SIDE < 4 ? 20 : 0);
  }

  g_autoptr (SacMap) left = new_map (a, SIDE, SIDE);
  g_autoptr (SacMap) right = new_map (b, SIDE, SIDE);

  g_assert_true (sac_agreement_new (left, right, &params, &all, NULL, NULL));
  for (uint64_t k = 0; k < SAC_AGREEMENT_MOVED; k++) {
    agreement_move_draw (params.seed, k, SIDE, SIDE, from);
    for (int i = 0; i < ALL; i++)
      moved[i] = b[from[i]];

    SacAgreement one = agree (a, moved, SIDE, SIDE);

    for (int kind = 0; kind < SAC_AGREEMENT_KIND_COUNT; kind++)
      sums[kind] += one.values[kind].value;
  }
  for (int kind = 0; kind < SAC_AGREEMENT_KIND_COUNT; kind++) {
    g_assert_cmpint (all.values[kind].moved_count, ==, SAC_AGREEMENT_MOVED);
    g_assert_cmpfloat_with_epsilon (all.values[kind].moved_mean,
                                    sums[kind] / SAC_AGREEMENT_MOVED, 1e-12);
  }
}

/* Beyond a size fewer are looked at, and none beyond the next. */
static void
test_moved_count (void)
{
  enum { MANY = 65, TOO_MANY = 142 };
  static const int sides[] = {64, MANY, TOO_MANY};
  static const int counts[] = {SAC_AGREEMENT_MOVED, SAC_AGREEMENT_MOVED_FEW, 0};
  g_autofree float *blob = g_new (float, TOO_MANY *TOO_MANY);
  g_autofree float *pattern = g_new (float, TOO_MANY *TOO_MANY);
  g_autofree float *other = g_new (float, TOO_MANY *TOO_MANY);
  const SacAgreementParams params = {.moved = true, .seed = 7};
  SacAgreement agreement;

  for (size_t i = 0; i < G_N_ELEMENTS (sides); i++) {
    fill (sides[i], blob, pattern, other);

    g_autoptr (SacMap) a = new_map (blob, sides[i], sides[i]);
    g_autoptr (SacMap) b = new_map (pattern, sides[i], sides[i]);

    g_assert_true (sac_agreement_new (a, b, &params, &agreement, NULL, NULL));
    for (int kind = 0; kind < SAC_AGREEMENT_KIND_COUNT; kind++)
      g_assert_cmpint (agreement.values[kind].moved_count, ==, counts[i]);
  }
}

/* More numbers than one block of bits holds, many of them the same: every pair
 * is looked at. */
static void
test_kendall_many (void)
{
  enum { COUNT = 4500 };
  static float a[COUNT], b[COUNT];
  double balance = 0, ties_a = 0, ties_b = 0;
  double all = COUNT * (COUNT - 1.0) / 2;

  for (int i = 0; i < COUNT; i++) {
    a[i] = (float)(i * 7919 % 4507 / 3);
    b[i] = (float)(i * 104729 % 4493) - (i % 3 == 0 ? a[i] : 2000);
  }
  for (int i = 0; i < COUNT; i++) {
    for (int k = 0; k < i; k++) {
      int up_a = (a[i] > a[k]) - (a[i] < a[k]);
      int up_b = (b[i] > b[k]) - (b[i] < b[k]);

      balance += up_a * up_b;
      ties_a += up_a == 0;
      ties_b += up_b == 0;
    }
  }
  g_assert_cmpfloat (ties_a, >, 0);
  g_assert_cmpfloat (ties_b, >, 0);
  g_assert_cmpfloat_with_epsilon (sac_kendall (a, b, COUNT),
                                  balance / sqrt (all - ties_a) /
                                    sqrt (all - ties_b),
                                  1e-14);
}

/* Values of every size and sign; zeros are one, NaN stands below all. */
static void
test_order (void)
{
  static const float values[] = {3,      -0.0f,   1e-40f,   -INFINITY, 0,
                                 -1e30f, NAN,     INFINITY, -1e-40f,   3,
                                 NAN,    2.9999f, 1e30f};
  static const uint32_t places[] = {6, 10, 3, 5, 8, 1, 4, 2, 11, 0, 9, 12, 7};
  static const double ranks[] = {10.5, 6.5, 8,    3,   6.5, 4, 1.5,
                                 13,   5,   10.5, 1.5, 9,   12};
  uint32_t found[G_N_ELEMENTS (values)];
  double own[G_N_ELEMENTS (values)];

  sac_order_places (values, G_N_ELEMENTS (values), found);
  sac_ranks (values, G_N_ELEMENTS (values), own);
  for (size_t i = 0; i < G_N_ELEMENTS (values); i++) {
    g_assert_cmpuint (found[i], ==, places[i]);
    g_assert_cmpfloat (own[i], ==, ranks[i]);
  }
}

/* A gap is nobody's cell, moved or not; one row left of 20 x 4. */
static void
test_moved_gaps (void)
{
  float a[80], b[80];
  const SacAgreementParams params = {.moved = true, .seed = 5};
  SacAgreement agreement;

  for (int i = 0; i < 80; i++) {
    a[i] = i % 20 < 3 ? NAN : (float)(i * 13 % 29);
    b[i] = (float)(i * 13 % 29);
  }

  g_autoptr (SacMap) left = new_map (a, 4, 20);
  g_autoptr (SacMap) right = new_map (b, 4, 20);

  left->has_gaps = true;
  g_assert_true (
    sac_agreement_new (left, right, &params, &agreement, NULL, NULL));
  g_assert_cmpuint (agreement.left_out, ==, 12);
  check (&agreement, SAC_AGREEMENT_PEARSON, 1, 1e-12);
  g_assert_cmpint (sac_agreement_read (&agreement, SAC_AGREEMENT_PEARSON), ==,
                   SAC_AGREEMENT_ABOVE);
  g_assert_cmpfloat (agreement.values[SAC_AGREEMENT_PEARSON].moved_high, <, 1);
}

/* Windows of SSIM follow the grid; the strip in the window has 10 ms, of which
 * this prints its share. */
static void
test_time (void)
{
  static const int sides[] = {14, 28, 56};
  const SacAgreementParams params = {.moved = true};

  for (size_t i = 0; i < G_N_ELEMENTS (sides); i++) {
    int side = sides[i];
    g_autofree float *blob = g_new (float, side *side);
    g_autofree float *pattern = g_new (float, side *side);
    g_autofree float *other = g_new (float, side *side);
    gint64 least = G_MAXINT64;
    SacAgreement agreement;

    fill (side, blob, pattern, other);

    g_autoptr (SacMap) a = new_map (blob, side, side);
    g_autoptr (SacMap) b = new_map (pattern, side, side);

    for (int k = 0; k < 5; k++) {
      gint64 start = g_get_monotonic_time ();

      g_assert_true (sac_agreement_new (a, b, &params, &agreement, NULL, NULL));
      least = MIN (least, g_get_monotonic_time () - start);
    }
    g_test_message ("%d x %d: %.2f ms", side, side, (double)least / 1000);
    g_assert_cmpint (least, <, 2 * G_USEC_PER_SEC);
  }
}

static void
test_cancelled (void)
{
  g_autoptr (SacMap) a = new_map (map_a, 4, 4);
  g_autoptr (SacMap) b = new_map (map_b, 4, 4);
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (GError) error = NULL;
  const SacAgreementParams params = {.moved = true};
  SacAgreement agreement;

  sac_job_cancel (job);
  g_assert_false (sac_agreement_new (a, b, &params, &agreement, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* As the C library's to the last bit but one, near 1 and far from it. */
static void
test_logarithm (void)
{
  for (int i = -3000; i <= 3000; i++) {
    double near = 1 + i * 1e-4, far = ldexp (1.7, i / 3);
    double size = fmax (1, fabs (log (far)));

    g_assert_cmpfloat_with_epsilon (sac_log (near), log (near), 4e-16);
    g_assert_cmpfloat_with_epsilon (sac_log (far), log (far), 4e-16 * size);
  }
  g_assert_cmpfloat (sac_log (1), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/agreement/pinned", test_pinned);
  g_test_add_func ("/agreement/larger", test_larger);
  g_test_add_func ("/agreement/ranks", test_ranks);
  g_test_add_func ("/agreement/three", test_three);
  g_test_add_func ("/agreement/kendall-pairs", test_kendall_pairs);
  g_test_add_func ("/agreement/self", test_self);
  g_test_add_func ("/agreement/properties", test_properties);
  g_test_add_func ("/agreement/distances", test_distances);
  g_test_add_func ("/agreement/shape", test_shape);
  g_test_add_func ("/agreement/ties", test_ties);
  g_test_add_func ("/agreement/top-count", test_top_count);
  g_test_add_func ("/agreement/undefined", test_undefined);
  g_test_add_func ("/agreement/not-finite", test_not_finite);
  g_test_add_func ("/agreement/moved", test_moved);
  g_test_add_func ("/agreement/moved-overlap", test_moved_overlap);
  g_test_add_func ("/agreement/moved-by-hand", test_moved_by_hand);
  g_test_add_func ("/agreement/moved-count", test_moved_count);
  g_test_add_func ("/agreement/kendall-many", test_kendall_many);
  g_test_add_func ("/agreement/logarithm", test_logarithm);
  g_test_add_func ("/agreement/order", test_order);
  g_test_add_func ("/agreement/moved-gaps", test_moved_gaps);
  g_test_add_func ("/agreement/time", test_time);
  g_test_add_func ("/agreement/cancelled", test_cancelled);
  return g_test_run ();
}
