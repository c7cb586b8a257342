/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/scale.h"

#include <math.h>

static SacMap *
new_map (const float *values, bool rectified, const char *unit)
{
  SacMap *map = sac_map_new_take (1, 5, g_memdup2 (values, 5 * sizeof *values));

  map->rectified = rectified;
  map->unit = g_strdup (unit);
  return map;
}

static SacScale
scale_of (SacScaleMode mode, const SacMap *map)
{
  return sac_scale_new (mode, &map, 1);
}

/* What positions a map gets from its own scale of a mode. */
static void
assert_positions (SacScaleMode mode, const SacMap *map, const float *expected)
{
  SacScale scale = scale_of (mode, map);
  float positions[5];

  sac_scale_apply (&scale, map, positions);
  for (int i = 0; i < 5; i++)
    g_assert_cmpfloat_with_epsilon (positions[i], expected[i], 1e-6);
}

static void
test_own (void)
{
  g_autoptr (SacMap) positive =
    new_map ((float[]){-4, 0, 1, 2, 4}, true, "logit");
  g_autoptr (SacMap) with_sign =
    new_map ((float[]){-4, 0, 1, 2, 2}, false, "logit");
  g_autoptr (SacMap) lifted =
    new_map ((float[]){3, 4, 5, 6, 6}, false, "logit");
  SacScale scale = scale_of (SAC_SCALE_OWN, with_sign);

  g_assert_true (scale.is_signed);
  g_assert_false (scale.empty);
  g_assert_cmpfloat (scale.low, ==, -4);
  g_assert_cmpfloat (scale.high, ==, 4);
  assert_positions (SAC_SCALE_OWN, positive, (float[]){0, 0, 0.25f, 0.5f, 1});
  assert_positions (SAC_SCALE_OWN, with_sign,
                    (float[]){0, 0.5f, 0.625f, 0.75f, 0.75f});
  /* Zero stays zero: the smallest value is not drawn as nothing. */
  assert_positions (SAC_SCALE_OWN, lifted,
                    (float[]){0.5f, 4 / 6.f, 5 / 6.f, 1, 1});
}

static void
test_stretched (void)
{
  g_autoptr (SacMap) lifted =
    new_map ((float[]){3, 4, 5, 6, 7}, false, "logit");
  g_autoptr (SacMap) flat = new_map ((float[]){3, 3, 3, 3, 3}, false, "logit");
  SacScale scale = scale_of (SAC_SCALE_STRETCHED, lifted);

  g_assert_cmpfloat (scale.low, ==, 3);
  g_assert_cmpfloat (scale.high, ==, 7);
  g_assert_false (scale.is_signed);
  assert_positions (SAC_SCALE_STRETCHED, lifted,
                    (float[]){0, 0.25f, 0.5f, 0.75f, 1});
  g_assert_true (scale_of (SAC_SCALE_STRETCHED, flat).empty);
  g_assert_false (scale_of (SAC_SCALE_OWN, flat).empty);
}

/* HiResCAM's numbers of three channels, stretched, and values beside the
 * largest of either sign: 5 and, of a fifth of it, -1. */
static void
test_vectors (void)
{
  g_autoptr (SacMap) four =
    new_map ((float[]){0.5f, 0.1f, 1.15f, 1.8f, 0.1f}, false, "logit");
  g_autoptr (SacMap) both = new_map ((float[]){0, 1, 4, 5, -1}, false, "logit");

  assert_positions (SAC_SCALE_STRETCHED, four,
                    (float[]){0.2352941f, 0, 0.6176470f, 1, 0});
  assert_positions (SAC_SCALE_OWN, both,
                    (float[]){0.5f, 0.6f, 0.9f, 1, 0.5f - 0.2f / 2});
}

static void
test_shared (void)
{
  g_autoptr (SacMap) low = new_map ((float[]){0, 0, 0, 0, 1}, true, "logit");
  g_autoptr (SacMap) high = new_map ((float[]){0, 0, 0, 0, 8}, true, "logit");
  g_autoptr (SacMap) broken =
    new_map ((float[]){0, 0, 0, NAN, 99}, true, "logit");
  g_autoptr (SacMap) other =
    new_map ((float[]){0, 0, 0, 0, 1}, true, "probability");
  const SacMap *fit[] = {low, high, broken};
  const SacMap *misfit[] = {low, other};
  SacScale scale = sac_scale_new (SAC_SCALE_SHARED, fit, 3);

  g_assert_true (sac_scale_can_share (fit, 3));
  g_assert_cmpint (scale.mode, ==, SAC_SCALE_SHARED);
  g_assert_cmpfloat (scale.high, ==, 8);
  g_assert_cmpfloat (sac_scale_position (&scale, 1), ==, 0.125);
  g_assert_false (sac_scale_can_share (misfit, 2));
  scale = sac_scale_new (SAC_SCALE_SHARED, misfit, 2);
  g_assert_cmpint (scale.mode, ==, SAC_SCALE_OWN);
  g_assert_cmpfloat (scale.high, ==, 1);
}

/* What is rounding has no colours, unless it is stretched on purpose. */
static void
test_negligible (void)
{
  g_autoptr (SacMap) noise =
    new_map ((float[]){-1e-9f, 0, 1e-9f, 2e-9f, 0}, false, "logit");
  g_autoptr (SacMap) clear = new_map ((float[]){0, 1, 2, 3, 4}, false, "logit");
  const SacMap *both[] = {noise, clear};
  SacScale shared;

  g_assert_false (scale_of (SAC_SCALE_OWN, noise).empty);
  noise->noise_floor = clear->noise_floor = 1e-8;
  g_assert_true (scale_of (SAC_SCALE_OWN, noise).empty);
  g_assert_true (scale_of (SAC_SCALE_PERCENTILE, noise).empty);
  g_assert_false (scale_of (SAC_SCALE_STRETCHED, noise).empty);
  g_assert_false (scale_of (SAC_SCALE_OWN, clear).empty);
  shared = sac_scale_new (SAC_SCALE_SHARED, both, 2);
  g_assert_false (shared.empty);
  g_assert_false (shared.is_signed);
  g_assert_cmpfloat (shared.high, ==, 4);
}

static void
test_percentile (void)
{
  g_autoptr (SacMap) plateau =
    new_map ((float[]){0, 0, 0, 5, 9}, true, "logit");
  g_autoptr (SacMap) with_sign =
    new_map ((float[]){-9, 0, 0, 5, 1}, false, "logit");

  assert_positions (SAC_SCALE_PERCENTILE, plateau, (float[]){0, 0, 0, 0.8f, 1});
  assert_positions (SAC_SCALE_PERCENTILE, with_sign,
                    (float[]){0, 0.5f, 0.5f, 0.9f, 0.8f});
}

static void
test_empty (void)
{
  static const struct {
    float values[5];
    bool rectified;
    bool empty;
  } cases[] = {
    {{-1, -2, -3, -4, 0}, true, true},
    {{-1, -2, -3, -4, 0}, false, false}, /* evidence against */
    {{0, 0, 0, 0, 0}, false, true},
    {{1, 2, 3, 4, NAN}, false, true},
    {{1, 2, 3, 4, 5}, false, false},
  };
  static const SacScaleMode modes[] = {SAC_SCALE_OWN, SAC_SCALE_SHARED,
                                       SAC_SCALE_PERCENTILE};

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SacMap) map =
      new_map (cases[i].values, cases[i].rectified, NULL);

    for (gsize m = 0; m < G_N_ELEMENTS (modes); m++) {
      SacScale scale = scale_of (modes[m], map);
      float positions[5];

      g_assert_true (scale.empty == cases[i].empty);
      sac_scale_apply (&scale, map, positions);
      for (int c = 0; c < 5; c++)
        g_assert_true (isnan (positions[c]) == isnan (cases[i].values[c]));
    }
  }
}

/* Ends of a reader's own; raw values and zero stay what they are. */
static void
test_clip (void)
{
  g_autoptr (SacMap) positive =
    new_map ((float[]){0, 1, 2, 4, 10}, true, "logit");
  g_autoptr (SacMap) with_sign =
    new_map ((float[]){-4, 0, 1, 2, 2}, false, "logit");
  g_autoptr (SacMap) none = new_map ((float[]){-1, -2, -3, -4, 0}, true, NULL);
  SacScale scale = scale_of (SAC_SCALE_OWN, positive);
  float positions[5];

  sac_scale_clip (&scale, 3, 3);
  g_assert_false (scale.is_clipped);
  g_assert_cmpfloat (sac_scale_get_clipped (&scale, positive), ==, 0);
  sac_scale_clip (&scale, 1, 5);
  g_assert_true (scale.is_clipped);
  sac_scale_apply (&scale, positive, positions);
  for (int i = 0; i < 5; i++)
    g_assert_cmpfloat (positions[i], ==, ((float[]){0, 0, 0.25f, 0.75f, 1})[i]);
  g_assert_cmpfloat (sac_scale_get_clipped (&scale, positive), ==, 0.4);

  /* Zero stays in the middle, so that colours keep their sign. */
  scale = scale_of (SAC_SCALE_OWN, with_sign);
  sac_scale_clip (&scale, -0.5, 2);
  g_assert_cmpfloat (scale.low, ==, -2);
  g_assert_cmpfloat (scale.high, ==, 2);
  g_assert_cmpfloat (sac_scale_get_clipped (&scale, with_sign), ==, 0.2);

  scale = scale_of (SAC_SCALE_OWN, none);
  g_assert_true (scale.empty);
  sac_scale_clip (&scale, 0, 1);
  sac_scale_keep (&scale, 1);
  g_assert_true (scale.empty);
  g_assert_false (scale.is_clipped || scale.is_kept);
}

/* The scale of another image: what is below zero is not cut off unseen. */
static void
test_keep (void)
{
  g_autoptr (SacMap) positive =
    new_map ((float[]){0, 1, 2, 4, 10}, true, "logit");
  g_autoptr (SacMap) with_sign =
    new_map ((float[]){-4, 0, 1, 2, 2}, false, "logit");
  SacScale scale = scale_of (SAC_SCALE_SHARED, positive);

  sac_scale_keep (&scale, 8);
  g_assert_true (scale.is_kept);
  g_assert_cmpfloat (scale.low, ==, 0);
  g_assert_cmpfloat (scale.high, ==, 8);
  g_assert_cmpfloat (sac_scale_get_clipped (&scale, positive), ==, 0.2);
  scale = scale_of (SAC_SCALE_SHARED, with_sign);
  sac_scale_keep (&scale, 8);
  g_assert_cmpfloat (scale.low, ==, -8);
  g_assert_cmpfloat (scale.high, ==, 8);
}

/* Ranks as a map, in percent, whatever the ends are. */
static void
test_ranks (void)
{
  g_autoptr (SacMap) map = new_map ((float[]){0, -3, 1, 2, 4}, false, "logit");
  SacScale scale = scale_of (SAC_SCALE_PERCENTILE, map);

  sac_scale_clip (&scale, -50, 50);

  g_autoptr (SacMap) ranks = sac_scale_dup_map (&scale, map);

  for (int i = 0; i < 5; i++)
    g_assert_cmpfloat_with_epsilon (ranks->values[i],
                                    ((float[]){0, -80, 40, 60, 100})[i], 1e-4);
  g_assert_cmpstr (ranks->unit, ==, "%");
  g_assert_cmpfloat (sac_scale_get_clipped (&scale, map), ==, 0.6);

  scale = scale_of (SAC_SCALE_OWN, map);

  g_autoptr (SacMap) same = sac_scale_dup_map (&scale, map);

  g_assert_true (same == map);
}

static void
test_names (void)
{
  static const char *const names[] = {"own", "shared", "stretched",
                                      "percentile"};

  for (int mode = 0; mode < 4; mode++) {
    SacScaleMode found;

    g_assert_true (sac_scale_mode_find (names[mode], &found));
    g_assert_cmpint (found, ==, mode);
    g_assert_cmpstr (sac_scale_mode_get_name (mode), ==, names[mode]);
  }

  SacScaleMode kept = SAC_SCALE_SHARED;

  g_assert_false (sac_scale_mode_find ("log", &kept));
  g_assert_cmpint (kept, ==, SAC_SCALE_SHARED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scale/own", test_own);
  g_test_add_func ("/scale/stretched", test_stretched);
  g_test_add_func ("/scale/vectors", test_vectors);
  g_test_add_func ("/scale/shared", test_shared);
  g_test_add_func ("/scale/percentile", test_percentile);
  g_test_add_func ("/scale/negligible", test_negligible);
  g_test_add_func ("/scale/empty", test_empty);
  g_test_add_func ("/scale/clip", test_clip);
  g_test_add_func ("/scale/keep", test_keep);
  g_test_add_func ("/scale/ranks", test_ranks);
  g_test_add_func ("/scale/names", test_names);
  return g_test_run ();
}
