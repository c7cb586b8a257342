/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The truth that comes with a dermoscopy phantom is true: checked by switching
 * structures on and off. */
#include "base/error.h"
#include "base/pool.h"
#include "image/phantom-dermoscopy.h"
#include "pictures.h"
#include "support.h"

#include <string.h>

#define WIDTH 120
#define HEIGHT 90
#define ALL ((1u << SAC_PHANTOM_STRUCTURE_COUNT) - 1)

/* From now on: results about these pictures are compared across versions. */
#define DIGEST                                                                 \
  "cbda1bbd79d1391a2c8a1f5a16696931620aaeae346cae143e64a2f9ba39376f"

static SacPhantomDermoscopy *
draw (uint64_t seed, unsigned with, unsigned without)
{
  g_autoptr (GError) error = NULL;
  SacPhantomDermoscopyParams params = {WIDTH,   HEIGHT, seed, with,
                                       without, -1,     -1,   0};
  SacPhantomDermoscopy *phantom =
    sac_phantom_dermoscopy_draw (&params, NULL, &error);

  g_assert_no_error (error);
  return phantom;
}

/* With and without one structure: outside its mask it changes no byte, inside
 * nearly every one, and no other mask.  least: of those inside, in a hundred.
 */
static void
check_switch (const SacPhantomDermoscopy *on,
              const SacPhantomDermoscopy *off,
              int which,
              int least)
{
  unsigned bit = 1u << which;
  int inside = 0, changed = 0;

  for (int i = 0; i < WIDTH * HEIGHT; i++) {
    bool differs = on->image->pixels[i] != off->image->pixels[i];

    g_assert_cmpuint (off->structures[i] & bit, ==, 0);
    g_assert_cmpuint (on->structures[i] & ~bit, ==, off->structures[i]);
    if ((on->structures[i] & bit) == 0) {
      g_assert_false (differs);
      continue;
    }
    inside++;
    changed += differs;
  }
  g_test_message ("%s: %d pixels, %d changed",
                  sac_phantom_structures[which].name, inside, changed);
  g_assert_cmpint (inside, >, WIDTH * HEIGHT / 1000);
  g_assert_cmpint (inside, ==, on->areas[which]);
  g_assert_cmpint (changed, >=, inside * least / 100);
}

/* Added to the lesion alone, and taken from all that can be there. */
static void
test_masks_are_exact (void)
{
  unsigned lesion = 1u << SAC_PHANTOM_LESION;
  g_autoptr (SacPhantomDermoscopy) bare = draw (3, lesion, ALL & ~lesion);
  g_autoptr (SacPhantomDermoscopy) full = draw (3, ALL, 0);

  for (int which = SAC_PHANTOM_NETWORK; which < SAC_PHANTOM_STRUCTURE_COUNT;
       which++) {
    unsigned bit = 1u << which;
    g_autoptr (SacPhantomDermoscopy) with =
      draw (3, lesion | bit, ALL & ~lesion & ~bit);
    g_autoptr (SacPhantomDermoscopy) without = draw (3, ALL & ~bit, bit);

    check_switch (with, bare, which, 90);
    check_switch (full, without, which, 70);
  }
}

/* Structures of a lesion are nowhere without it. */
static void
test_healthy_skin (void)
{
  unsigned lesion = 1u << SAC_PHANTOM_LESION;
  g_autoptr (SacPhantomDermoscopy) skin = draw (3, ALL, lesion);

  for (int i = 0; i < SAC_PHANTOM_STRUCTURE_COUNT; i++)
    g_assert_true ((skin->areas[i] > 0) ==
                   sac_phantom_structures[i].is_artefact);
}

/* The seed decides what nobody else does, and not always alike. */
static void
test_seed_decides (void)
{
  unsigned ever = 0, always = ALL;

  for (uint64_t seed = 1; seed <= 40; seed++) {
    SacPhantomDermoscopyParams params = {16, 12, seed, 0, 0, -1, -1, 0};
    g_autoptr (SacPhantomDermoscopy) phantom =
      sac_phantom_dermoscopy_draw (&params, NULL, NULL);

    ever |= phantom->shown;
    always &= phantom->shown;
  }
  g_assert_cmpuint (ever, ==, ALL);
  g_assert_cmpuint (always, ==, 1u << SAC_PHANTOM_LESION);
}

static void
test_repeats (void)
{
  g_autoptr (SacPhantomDermoscopy) first = draw (7, ALL, 0);

  sac_pool_set_threads (1);

  g_autoptr (SacPhantomDermoscopy) again = draw (7, ALL, 0);

  sac_pool_set_threads (0);

  g_autofree char *digest = picture_digest (first->image);
  g_autofree char *again_digest = picture_digest (again->image);

  g_assert_cmpstr (digest, ==, DIGEST);
  g_assert_cmpstr (again_digest, ==, digest);
  g_assert_cmpmem (first->structures, sizeof (uint16_t) * WIDTH * HEIGHT,
                   again->structures, sizeof (uint16_t) * WIDTH * HEIGHT);
}

static JsonObject *
describe_form (float asymmetry, float irregularity, uint64_t seed)
{
  SacPhantomDermoscopyParams params = {WIDTH,     HEIGHT,    seed,         1,
                                       ALL & ~1u, asymmetry, irregularity, 0};
  g_autoptr (SacPhantomDermoscopy) phantom =
    sac_phantom_dermoscopy_draw (&params, NULL, NULL);

  return sac_phantom_dermoscopy_describe (phantom);
}

static double
get_form (JsonObject *object, const char *name)
{
  return json_object_get_double_member (
    json_object_get_object_member (object, "lesion"), name);
}

/* What is measured follows what was asked for. */
static void
test_form (void)
{
  double even = 0, odd = 0, smooth = 0, ragged = 0;

  for (uint64_t seed = 1; seed <= 5; seed++) {
    g_autoptr (JsonObject) plain = describe_form (0, 0, seed);
    g_autoptr (JsonObject) mirrored = describe_form (0, 0.8f, seed);
    g_autoptr (JsonObject) crooked = describe_form (1, 0.8f, seed);

    even += get_form (mirrored, "mirrored_long_axis") / 5;
    odd += get_form (crooked, "mirrored_long_axis") / 5;
    smooth += get_form (plain, "outline_to_square") / 5;
    ragged += get_form (crooked, "outline_to_square") / 5;
  }
  g_test_message ("mirrored %.3f and %.3f, outline %.3f and %.3f", even, odd,
                  smooth, ragged);
  g_assert_cmpfloat (even, >, odd + 0.05);
  g_assert_cmpfloat (even, >, 0.88);
  g_assert_cmpfloat (ragged, >, smooth * 1.15);
}

/* How far the middle of the lesion stands out from the skin. */
static double
get_contrast (const SacPhantomDermoscopy *phantom)
{
  double inside = 0, outside = 0;
  int count = 0;

  for (int i = 0; i < WIDTH * HEIGHT; i++) {
    double green = phantom->image->pixels[i] >> 8 & 0xff;
    bool is_lesion = (phantom->structures[i] & 1) != 0;

    count += is_lesion;
    inside += is_lesion ? green : 0;
    outside += is_lesion ? 0 : green;
  }
  return outside / (WIDTH * HEIGHT - count) - inside / count;
}

/* A softer lesion has less contrast, and lies where the other does; its masks
 * are as exact. */
static void
test_softness (void)
{
  SacPhantomDermoscopyParams params = {WIDTH,     HEIGHT, 11, 1,
                                       ALL & ~1u, -1,     -1, 0};
  g_autoptr (SacPhantomDermoscopy) hard =
    sac_phantom_dermoscopy_draw (&params, NULL, NULL);
  double contrast = get_contrast (hard);

  params.softness = 1;

  g_autoptr (SacPhantomDermoscopy) soft =
    sac_phantom_dermoscopy_draw (&params, NULL, NULL);

  g_test_message ("contrast %.1f, soft %.1f", contrast, get_contrast (soft));
  g_assert_cmpmem (hard->structures, sizeof (uint16_t) * WIDTH * HEIGHT,
                   soft->structures, sizeof (uint16_t) * WIDTH * HEIGHT);
  g_assert_cmpfloat (get_contrast (soft), <, 0.8 * contrast);
  g_assert_cmpfloat (get_contrast (soft), >, 0.4 * contrast);
  params.with |= 1u << SAC_PHANTOM_NETWORK;
  params.without &= ~params.with;

  g_autoptr (SacPhantomDermoscopy) network =
    sac_phantom_dermoscopy_draw (&params, NULL, NULL);

  check_switch (network, soft, SAC_PHANTOM_NETWORK, 90);
}

static void
test_describes (void)
{
  g_autoptr (SacPhantomDermoscopy) phantom = draw (7, ALL, 0);
  g_autoptr (JsonObject) object = sac_phantom_dermoscopy_describe (phantom);
  JsonObject *structures = json_object_get_object_member (object, "structures");
  JsonObject *veil = json_object_get_object_member (structures, "veil");
  JsonArray *colors =
    json_object_get_array_member (json_object_get_object_member (object,
                                                                 "lesion"),
                                  "colors");
  bool blue = false;

  g_assert_cmpstr (json_object_get_string_member (object, "seed"), ==, "7");
  g_assert_cmpint (json_object_get_int_member (veil, "pixels"), ==,
                   phantom->areas[SAC_PHANTOM_VEIL]);
  g_assert_true (json_object_get_boolean_member (veil, "present"));
  g_assert_cmpfloat (json_object_get_double_member (object, "mpp"), ==, 200);
  for (guint i = 0; i < json_array_get_length (colors); i++)
    blue |=
      g_str_equal (json_array_get_string_element (colors, i), "blue-grey");
  g_assert_true (blue);
}

static void
test_refuses (void)
{
  g_autoptr (SacJob) job = sac_job_new (NULL);
  SacPhantomDermoscopyParams empty = {0, 10, 1, 0, 0, -1, -1};
  SacPhantomDermoscopyParams large = {1 << 20, 1 << 20, 1, 0, 0, -1, -1};
  SacPhantomDermoscopyParams good = {100, 100, 1, 0, 0, -1, -1};
  GError *error = NULL;

  g_assert_null (sac_phantom_dermoscopy_draw (&empty, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "0 x 10");
  g_assert_null (sac_phantom_dermoscopy_draw (&large, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_TOO_LARGE, "1048576");
  sac_job_cancel (job);
  g_assert_null (sac_phantom_dermoscopy_draw (&good, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phantom-dermoscopy/masks-are-exact", test_masks_are_exact);
  g_test_add_func ("/phantom-dermoscopy/healthy-skin", test_healthy_skin);
  g_test_add_func ("/phantom-dermoscopy/seed-decides", test_seed_decides);
  g_test_add_func ("/phantom-dermoscopy/repeats", test_repeats);
  g_test_add_func ("/phantom-dermoscopy/form", test_form);
  g_test_add_func ("/phantom-dermoscopy/softness", test_softness);
  g_test_add_func ("/phantom-dermoscopy/describes", test_describes);
  g_test_add_func ("/phantom-dermoscopy/refuses", test_refuses);
  return g_test_run ();
}
