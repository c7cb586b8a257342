/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"
#include "base/pool.h"
#include "image/phantom.h"
#include "image/resize.h"
#include "pictures.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

/* The same on every machine, and from now on: results about these pictures are
 * compared across versions. */
#define DERMOSCOPY_DIGEST                                                      \
  "64d10caa214035dd788a5ed3e6b30d07c303891c7ef6e190b56b826fa882109c"
#define SLIDE_DIGEST                                                           \
  "32fd9f0a87b277447c1ef72812755d63134a01eb3bf748c8b3591f8b71d379cf"

static void
test_dermoscopy_repeats (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) image =
    sac_phantom_dermoscopy (200, 150, 7, NULL, &error);

  g_assert_no_error (error);

  g_autofree char *digest = picture_digest (image);
  g_autoptr (SacImage) other =
    sac_phantom_dermoscopy (200, 150, 8, NULL, &error);
  g_autofree char *other_digest = picture_digest (other);

  g_assert_cmpstr (digest, ==, DERMOSCOPY_DIGEST);
  g_assert_cmpstr (other_digest, !=, digest);
}

static double
get_brightness (uint32_t pixel)
{
  return (double)((pixel >> 16 & 0xff) + (pixel >> 8 & 0xff) + (pixel & 0xff)) /
         3;
}

/* The mask is two-valued, of a sensible size, and covers what is dark. */
static void
test_dermoscopy_mask (void)
{
  for (uint64_t seed = 1; seed <= 12; seed++) {
    g_autoptr (SacImage) mask = NULL;
    g_autoptr (SacImage) image =
      sac_phantom_dermoscopy (120, 90, seed, &mask, NULL);
    double inside = 0, outside = 0;
    int count = 0;

    for (int i = 0; i < 120 * 90; i++) {
      g_assert_true (mask->pixels[i] == 0xffffffff ||
                     mask->pixels[i] == 0xff000000);
      if (mask->pixels[i] == 0xffffffff) {
        inside += get_brightness (image->pixels[i]);
        count++;
      } else {
        outside += get_brightness (image->pixels[i]);
      }
    }
    g_assert_cmpint (count, >, 120 * 90 / 20);
    g_assert_cmpint (count, <, 120 * 90 * 6 / 10);
    g_assert_cmpfloat (inside / count + 25, <, outside / (120 * 90 - count));
  }
}

/* Shape and colour do not depend on the size it is drawn at, nor on how many
 * samples a pixel takes: one in the large picture, four in the small. */
static void
test_dermoscopy_scales (void)
{
  g_autoptr (SacImage) large = sac_phantom_dermoscopy (800, 600, 7, NULL, NULL);
  g_autoptr (SacImage) small = sac_phantom_dermoscopy (160, 120, 7, NULL, NULL);
  g_autoptr (SacImage) reduced =
    sac_resize (large, NULL, 160, 120, SAC_FILTER_BOX, NULL, NULL);
  double difference = 0;

  for (int i = 0; i < 160 * 120; i++)
    difference += fabs (get_brightness (small->pixels[i]) -
                        get_brightness (reduced->pixels[i]));
  g_assert_cmpfloat (difference / (160 * 120), <, 6);
}

static void
test_dermoscopy_refuses (void)
{
  GError *error = NULL;

  g_assert_null (sac_phantom_dermoscopy (0, 10, 1, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "0 x 10");
}

static SacImage *
read_slide (
  SacSource *source, int level, int64_t x, int64_t y, int width, int height)
{
  g_autoptr (GError) error = NULL;
  SacImage *image = sac_source_read (source, level, x, y, width, height,
                                     SAC_COLORS_FILE, NULL, &error);

  g_assert_no_error (error);
  return image;
}

static void
test_slide_repeats (void)
{
  g_autoptr (SacSource) source =
    sac_phantom_slide (&(SacPhantomSlideParams){.seed = 7});
  g_autoptr (SacImage) image = read_slide (source, 1, 400, 300, 200, 150);
  g_autofree char *digest = picture_digest (image);

  g_assert_cmpstr (digest, ==, SLIDE_DIGEST);
  g_assert_cmpstr (sac_source_get_hash (source), ==,
                   "demo:slide:8192x6144:4:7");

  g_autoptr (SacSource) node =
    sac_source_open ("demo:slide:900x700,node=1", NULL, NULL);

  g_assert_cmpstr (sac_source_get_hash (node), ==,
                   "demo:slide:900x700:4:2:node");
}

static void
test_slide_levels (void)
{
  g_autoptr (SacSource) source = sac_phantom_slide (
    &(SacPhantomSlideParams){.width = 100000, .height = 80000, .seed = 3});
  g_autoptr (SacSource) by_two =
    sac_phantom_slide (&(SacPhantomSlideParams){.level_step = 2, .seed = 3});

  g_assert_cmpint (sac_source_get_level_count (source), ==, 5);
  g_assert_cmpint (sac_source_get_level (source, 4)->width, ==, 390);
  g_assert_cmpfloat (sac_source_get_level (source, 4)->downsample, ==, 256);
  g_assert_cmpint (sac_source_get_level_count (by_two), ==, 5);
  g_assert_cmpint (sac_source_get_width (by_two), ==, 8192);
  g_assert_true (sac_source_is_slide (source));
  g_assert_cmpfloat (sac_source_get_mpp (source), ==, 0.5);
  g_assert_cmpfloat (sac_source_get_objective (source), ==, 20);
}

/* Blocks meet without a seam, whatever threads draw them. */
static void
check_blocks (SacPhantomOrgan organ)
{
  g_autoptr (SacSource) source =
    sac_phantom_slide (&(SacPhantomSlideParams){.seed = 7, .organ = organ});

  for (int level = 0; level < 3; level++) {
    const SacSourceLevel *size = sac_source_get_level (source, level);
    int64_t x = size->width * 3 / 10, y = size->height * 3 / 10;
    g_autoptr (SacImage) whole = read_slide (source, level, x, y, 150, 130);

    sac_pool_set_threads (1);

    g_autoptr (SacImage) part =
      read_slide (source, level, x + 41, y + 33, 77, 91);

    sac_pool_set_threads (0);

    g_autoptr (SacImage) expected =
      sac_image_crop (whole, 41, 33, 77, 91, NULL);

    g_assert_cmpuint (picture_compare (part, expected, 0, "blocks"), ==, 0);
  }
}

static void
test_slide_blocks_agree (void)
{
  check_blocks (SAC_PHANTOM_GUT);
  check_blocks (SAC_PHANTOM_NODE);
}

/* From a place of level 0. */
static void
check_levels (SacPhantomOrgan organ, int64_t x, int64_t y)
{
  g_autoptr (SacSource) source =
    sac_phantom_slide (&(SacPhantomSlideParams){.seed = 7, .organ = organ});

  for (int level = 1; level < 3; level++) {
    int64_t scale = level == 1 ? 1 : 4;
    g_autoptr (SacImage) fine =
      read_slide (source, level - 1, x / scale, y / scale, 512, 512);
    g_autoptr (SacImage) reduced =
      sac_resize (fine, NULL, 32, 32, SAC_FILTER_BOX, NULL, NULL);
    g_autoptr (SacImage) coarse =
      read_slide (source, level, x / scale / 4, y / scale / 4, 128, 128);
    g_autoptr (SacImage) blurred =
      sac_resize (coarse, NULL, 32, 32, SAC_FILTER_BOX, NULL, NULL);
    double difference = 0;

    for (int i = 0; i < 32 * 32; i++)
      difference += fabs (get_brightness (reduced->pixels[i]) -
                          get_brightness (blurred->pixels[i]));
    g_test_message ("organ %d, level %d: %.2f levels apart", organ, level,
                    difference / (32 * 32));
    g_assert_cmpfloat (difference / (32 * 32), <, 12);
  }
}

/* A coarse level looks like the fine one seen from further away. */
static void
test_slide_levels_agree (void)
{
  check_levels (SAC_PHANTOM_GUT, 1600, 1200);
  check_levels (SAC_PHANTOM_NODE, 2432, 1792);
}

/* The regions called tumour are there, are not everything, and are darker. */
static void
test_slide_lesion (void)
{
  SacPhantomSlideParams params = {.seed = 7};
  g_autoptr (SacSource) source = sac_phantom_slide (&params);
  const SacSourceLevel *size = sac_source_get_level (source, 2);
  g_autoptr (SacImage) image =
    read_slide (source, 2, 0, 0, (int)size->width, (int)size->height);
  double inside = 0, outside = 0;
  int lesion = 0, tissue = 0;

  for (int y = 0; y < image->height; y++)
    for (int x = 0; x < image->width; x++) {
      double brightness = get_brightness (
        image->pixels[(size_t)y * (size_t)image->width + (size_t)x]);

      if (sac_phantom_slide_is_lesion (&params, x * 16 + 8, y * 16 + 8)) {
        inside += brightness;
        lesion++;
      } else if (brightness < 225) {
        outside += brightness;
        tissue++;
      }
    }
  g_assert_cmpint (lesion, >, image->width * image->height / 50);
  g_assert_cmpint (lesion, <, tissue);
  g_assert_cmpfloat (inside / lesion + 15, <, outside / tissue);
}

/* As many blocks fail as were asked for, always the same, and no others;
 * whatever is drawn. */
static void
test_slide_faults (void)
{
  g_autoptr (SacSource) source =
    sac_phantom_slide (&(SacPhantomSlideParams){.seed = 5,
                                                .fault_per_mille = 200,
                                                .pattern_side = 64});
  int faults = 0;

  for (int y = 0; y < 24; y++)
    for (int x = 0; x < 32; x++) {
      GError *error = NULL;
      GError *again = NULL;
      g_autoptr (SacImage) image =
        sac_source_read (source, 0, x * 256 + 100, y * 256 + 50, 8, 8,
                         SAC_COLORS_FILE, NULL, &error);
      g_autoptr (SacImage) second =
        sac_source_read (source, 0, x * 256 + 200, y * 256 + 250, 4, 4,
                         SAC_COLORS_FILE, NULL, &again);

      g_assert_true ((image == NULL) == (second == NULL));
      g_assert_true ((image == NULL) == (error != NULL));
      if (error == NULL)
        continue;
      faults++;
      g_clear_error (&again);
      test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "demo:slide");
    }
  g_assert_cmpint (faults, >, 768 * 15 / 100);
  g_assert_cmpint (faults, <, 768 * 25 / 100);
}

static void *
cancel_soon (void *data)
{
  g_usleep (20000);
  sac_job_cancel (data);
  return NULL;
}

static void
test_slide_delay (void)
{
  g_autoptr (SacSource) source =
    sac_phantom_slide (&(SacPhantomSlideParams){.seed = 5, .delay_ms = 60});
  g_autoptr (SacSource) slow =
    sac_phantom_slide (&(SacPhantomSlideParams){.seed = 5, .delay_ms = 60000});
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();
  g_autoptr (SacImage) image = read_slide (source, 0, 0, 0, 8, 8);

  g_assert_cmpint (g_get_monotonic_time () - start, >=, 60000);

  GThread *thread = g_thread_new ("cancel", cancel_soon, job);

  g_assert_null (
    sac_source_read (slow, 0, 0, 0, 8, 8, SAC_COLORS_FILE, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 10000000);
  g_thread_join (thread);
}

static void
test_demo (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) skin =
    sac_source_open ("demo:dermoscopy", NULL, &error);

  g_assert_no_error (error);

  g_autoptr (SacSource) slide = sac_source_open ("demo:slide", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (sac_source_get_hash (skin), ==, "demo:dermoscopy:7");
  g_assert_cmpstr (sac_source_get_path (skin), ==, "demo:dermoscopy");
  g_assert_false (sac_source_is_slide (skin));
  g_assert_cmpint (sac_source_get_width (skin), ==, 1200);
  g_assert_cmpint (sac_source_get_height (skin), ==, 900);
  g_assert_cmpstr (sac_source_get_hash (slide), ==, "demo:slide:8192x6144:4:2");
  g_assert_true (sac_source_is_slide (slide));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phantom/dermoscopy-repeats", test_dermoscopy_repeats);
  g_test_add_func ("/phantom/dermoscopy-mask", test_dermoscopy_mask);
  g_test_add_func ("/phantom/dermoscopy-scales", test_dermoscopy_scales);
  g_test_add_func ("/phantom/dermoscopy-refuses", test_dermoscopy_refuses);
  g_test_add_func ("/phantom/slide-repeats", test_slide_repeats);
  g_test_add_func ("/phantom/slide-levels", test_slide_levels);
  g_test_add_func ("/phantom/slide-blocks-agree", test_slide_blocks_agree);
  g_test_add_func ("/phantom/slide-levels-agree", test_slide_levels_agree);
  g_test_add_func ("/phantom/slide-lesion", test_slide_lesion);
  g_test_add_func ("/phantom/slide-faults", test_slide_faults);
  g_test_add_func ("/phantom/slide-delay", test_slide_delay);
  g_test_add_func ("/phantom/demo", test_demo);
  return g_test_run ();
}
