/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A clinical phantom shows the lesion of its dermoscopy phantom, where it says,
 * and its masks are true. */
#include "base/error.h"
#include "base/pool.h"
#include "image/phantom-clinical.h"
#include "pictures.h"
#include "support.h"

#include <math.h>

#define WIDTH 64
#define HEIGHT 48
#define ALL ((1u << SAC_PHANTOM_CLINICAL_COUNT) - 1)
#define DERMOSCOPIC ((1u << SAC_PHANTOM_STRUCTURE_COUNT) - 1)

/* From now on: models are trained on these pictures. */
#define DIGEST                                                                 \
  "536c4b30ac2bc743c7e2f9ba222347a25cea5f2e17cbccefce7e91a232cc672b"

static SacPhantomClinicalParams
plan (uint64_t seed, int scale)
{
  return (SacPhantomClinicalParams){
    .dermoscopy = {.width = WIDTH * scale,
                   .height = HEIGHT * scale,
                   .seed = seed,
                   .with = 1,
                   .asymmetry = -1,
                   .irregularity = -1},
    .width = WIDTH * scale,
    .height = HEIGHT * scale,
  };
}

static SacPhantomClinical *
draw (const SacPhantomClinicalParams *params)
{
  g_autoptr (GError) error = NULL;
  SacPhantomClinical *phantom =
    sac_phantom_clinical_draw (params, NULL, &error);

  g_assert_no_error (error);
  return phantom;
}

/* Whether the structure lies nearer than the defocus reaches. */
static bool
is_near (const SacPhantomClinical *phantom, int x, int y, int which)
{
  int reach = (int)phantom->defocus_px;

  for (int row = MAX (0, y - reach); row <= MIN (HEIGHT - 1, y + reach); row++)
    for (int i = MAX (0, x - reach); i <= MIN (WIDTH - 1, x + reach); i++)
      if ((phantom->structures[row * WIDTH + i] >> which & 1) != 0)
        return true;
  return false;
}

static SacPhantomClinical *
draw_shown (unsigned shown)
{
  SacPhantomClinicalParams params = plan (4, 1);

  params.with = shown;
  params.without = ALL & ~shown;
  return draw (&params);
}

/* `on` has the structure and `off` has it not; everything else is alike. */
static void
check_switch (const SacPhantomClinical *on,
              const SacPhantomClinical *off,
              int which)
{
  unsigned bit = 1u << which;
  int inside = 0, changed = 0;

  for (int i = 0; i < WIDTH * HEIGHT; i++) {
    bool differs = on->image->pixels[i] != off->image->pixels[i];

    g_assert_cmpuint (on->structures[i] & ~bit, ==, off->structures[i]);
    g_assert_cmpuint (off->structures[i] & bit, ==, 0);
    if (differs)
      g_assert_true (is_near (on, i % WIDTH, i / WIDTH, which));
    inside += (on->structures[i] & bit) != 0;
    changed += (on->structures[i] & bit) != 0 && differs;
  }
  g_test_message ("%s: %d pixels, %d changed",
                  sac_phantom_clinical_structures[which].name, inside, changed);
  g_assert_cmpint (inside, >, 10);
  g_assert_cmpint (inside, ==, on->areas[which]);
  g_assert_cmpint (changed, >=, inside * 7 / 10);
}

/* With the lesion alone and among all others. */
static void
test_masks_are_exact (void)
{
  unsigned lesion = 1u << SAC_PHANTOM_CLINICAL_LESION;
  g_autoptr (SacPhantomClinical) alone = draw_shown (lesion);
  g_autoptr (SacPhantomClinical) all = draw_shown (ALL);

  for (int i = SAC_PHANTOM_CLINICAL_RAISED; i < SAC_PHANTOM_CLINICAL_COUNT;
       i++) {
    g_autoptr (SacPhantomClinical) with = draw_shown (lesion | 1u << i);
    g_autoptr (SacPhantomClinical) without = draw_shown (ALL & ~(1u << i));

    check_switch (with, alone, i);
    check_switch (all, without, i);
  }
}

/* What a dermoscope is needed for changes no byte here, and what stands out
 * changes none there; a veil is seen by both. */
static void
test_shares_nothing_fine (void)
{
  unsigned fine = 1u << SAC_PHANTOM_NETWORK | 1u << SAC_PHANTOM_DOTS |
                  1u << SAC_PHANTOM_STREAKS | 1u << SAC_PHANTOM_VESSELS |
                  1u << SAC_PHANTOM_HAIR | 1u << SAC_PHANTOM_RULER |
                  1u << SAC_PHANTOM_BUBBLES | 1u << SAC_PHANTOM_CORNERS;
  unsigned veil = 1u << SAC_PHANTOM_VEIL;
  SacPhantomClinicalParams params = plan (9, 1);

  params.dermoscopy.with = 1;
  params.dermoscopy.without = fine | veil;

  g_autoptr (SacPhantomClinical) plain = draw (&params);

  params.dermoscopy.with = 1 | fine;
  params.dermoscopy.without = veil;

  g_autoptr (SacPhantomClinical) adorned = draw (&params);

  params.dermoscopy.with = 1 | veil;
  params.dermoscopy.without = fine;

  g_autoptr (SacPhantomClinical) veiled = draw (&params);
  g_autofree char *digest = picture_digest (plain->image);
  g_autofree char *same = picture_digest (adorned->image);
  g_autofree char *other = picture_digest (veiled->image);

  g_assert_cmpstr (digest, ==, same);
  g_assert_cmpstr (digest, !=, other);
}

/* The dermoscopy image's outline, carried over, is the clinical one's: each
 * clinical pixel's middle is looked up where it comes from. */
static void
test_same_lesion (void)
{
  for (uint64_t seed = 1; seed <= 2; seed++) {
    SacPhantomClinicalParams params = plan (seed, 3);
    g_autoptr (SacPhantomClinical) seen = draw (&params);
    g_autoptr (SacPhantomDermoscopy) near =
      sac_phantom_dermoscopy_draw (&params.dermoscopy, NULL, NULL);
    double square = seen->a * seen->a + seen->b * seen->b;
    int both = 0, either = 0;

    for (int i = 0; i < seen->image->width * seen->image->height; i++) {
      double dx = i % seen->image->width - seen->c;
      double dy = i / seen->image->width - seen->d;
      int x = (int)floor ((seen->a * dx + seen->b * dy) / square + 0.5);
      int y = (int)floor ((seen->a * dy - seen->b * dx) / square + 0.5);
      bool here = (seen->structures[i] & 1) != 0;
      bool there = x >= 0 && y >= 0 && x < near->image->width &&
                   y < near->image->height &&
                   (near->structures[y * near->image->width + x] & 1) != 0;

      both += here && there;
      either += here || there;
    }
    g_test_message ("seed %d: %d of %d pixels", (int)seed, both, either);

    /* A pixel counts when any part of it is lesion, and the clinical ones are
     * larger: the outline is wider by a part of a pixel all round. */
    g_assert_cmpint (either, >, 100);
    g_assert_cmpint (both * 100, >, either * 93);
  }
}

static void
test_repeats (void)
{
  SacPhantomClinicalParams params = plan (7, 1);

  params.with = ALL;

  g_autoptr (SacPhantomClinical) first = draw (&params);

  sac_pool_set_threads (1);

  g_autoptr (SacPhantomClinical) again = draw (&params);

  sac_pool_set_threads (0);

  g_autofree char *digest = picture_digest (first->image);
  g_autofree char *again_digest = picture_digest (again->image);

  g_assert_cmpstr (digest, ==, DIGEST);
  g_assert_cmpstr (again_digest, ==, digest);
  g_assert_cmpmem (first->structures, sizeof (uint16_t) * WIDTH * HEIGHT,
                   again->structures, sizeof (uint16_t) * WIDTH * HEIGHT);
}

/* Nothing stands out of healthy skin. */
static void
test_healthy_skin (void)
{
  SacPhantomClinicalParams params = plan (3, 1);

  params.dermoscopy.with = 0;
  params.dermoscopy.without = DERMOSCOPIC;
  params.with = ALL;

  g_autoptr (SacPhantomClinical) phantom = draw (&params);
  g_autoptr (JsonObject) object = sac_phantom_clinical_describe (phantom);
  JsonObject *structures = json_object_get_object_member (object, "structures");

  for (int i = 0; i < SAC_PHANTOM_CLINICAL_COUNT; i++) {
    JsonObject *one =
      json_object_get_object_member (structures,
                                     sac_phantom_clinical_structures[i].name);

    g_assert_true (json_object_get_boolean_member (one, "present") ==
                   (i > SAC_PHANTOM_CLINICAL_RAISED));
    g_assert_cmpint (json_object_get_int_member (one, "pixels"), ==,
                     phantom->areas[i]);
  }
}

static void
test_refuses (void)
{
  g_autoptr (SacJob) job = sac_job_new (NULL);
  SacPhantomClinicalParams params = plan (1, 1);
  GError *error = NULL;

  params.width = 0;
  g_assert_null (sac_phantom_clinical_draw (&params, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "0 x 48");
  params.width = params.height = 1 << 20;
  g_assert_null (sac_phantom_clinical_draw (&params, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_TOO_LARGE, "1048576");
  params = plan (1, 1);
  sac_job_cancel (job);
  g_assert_null (sac_phantom_clinical_draw (&params, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phantom-clinical/masks-are-exact", test_masks_are_exact);
  g_test_add_func ("/phantom-clinical/shares-nothing-fine",
                   test_shares_nothing_fine);
  g_test_add_func ("/phantom-clinical/same-lesion", test_same_lesion);
  g_test_add_func ("/phantom-clinical/repeats", test_repeats);
  g_test_add_func ("/phantom-clinical/healthy-skin", test_healthy_skin);
  g_test_add_func ("/phantom-clinical/refuses", test_refuses);
  return g_test_run ();
}
