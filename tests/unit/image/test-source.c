/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"
#include "base/hash.h"
#include "image/color.h"
#include "image/resize.h"
#include "image/source.h"
#include "pictures.h"
#include "support.h"

#include <string.h>

static void
test_levels (void)
{
  g_autoptr (SacImage) image = picture_new (1301, 700);
  g_autoptr (SacSource) source = sac_source_new_for_image (image, "memory");
  static const struct {
    int64_t width, height;
  } sizes[] = {{1301, 700}, {651, 350}, {326, 175}};

  g_assert_cmpint (sac_source_get_level_count (source), ==, 3);
  for (int i = 0; i < 3; i++) {
    const SacSourceLevel *level = sac_source_get_level (source, i);

    g_assert_cmpint (level->width, ==, sizes[i].width);
    g_assert_cmpint (level->height, ==, sizes[i].height);
    g_assert_cmpfloat (level->downsample, ==, 1 << i);
  }
  g_assert_cmpstr (sac_source_get_path (source), ==, "memory");
  g_assert_false (sac_source_is_slide (source));
  g_assert_false (sac_source_has_profile (source));
  g_assert_cmpfloat (sac_source_get_mpp (source), ==, 0);
  g_assert_cmpint (sac_source_get_width (source), ==, 1301);
}

/* Each pixel is the mean of two by two; at the odd edge of what is there. */
static void
test_level_is_mean (void)
{
  g_autoptr (SacImage) image = picture_new (1301, 700);
  g_autoptr (SacSource) source = sac_source_new_for_image (image, "memory");
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) half =
    sac_source_read (source, 1, 0, 0, 651, 350, SAC_COLORS_FILE, NULL, &error);

  g_assert_no_error (error);
  for (int y = 0; y < 350; y++)
    for (int x = 0; x < 651; x++)
      for (int shift = 0; shift < 24; shift += 8) {
        const uint32_t *at = image->pixels + 2 * y * 1301 + 2 * x;
        unsigned right = x < 650 ? 1 : 0;
        unsigned sum = (at[0] >> shift & 0xff) + (at[right] >> shift & 0xff) +
                       (at[1301] >> shift & 0xff) +
                       (at[1301 + right] >> shift & 0xff);

        g_assert_cmpfloat_with_epsilon (half->pixels[y * 651 + x] >> shift &
                                          0xff,
                                        sum / 4.0, 0.51);
      }
}

static void
test_read_outside (void)
{
  g_autoptr (SacImage) image = picture_new (30, 20);
  g_autoptr (SacSource) source = sac_source_new_for_image (image, "memory");
  g_autoptr (SacImage) around =
    sac_source_read (source, 0, -5, -7, 50, 40, SAC_COLORS_FILE, NULL, NULL);
  g_autoptr (SacImage) beside =
    sac_source_read (source, 0, 30, 0, 4, 4, SAC_COLORS_FILE, NULL, NULL);
  g_autoptr (SacImage) far =
    sac_source_read (source, 0, -1000000, 5, 4, 4, SAC_COLORS_FILE, NULL, NULL);

  for (int y = 0; y < 40; y++)
    for (int x = 0; x < 50; x++) {
      bool inside = x >= 5 && x < 35 && y >= 7 && y < 27;

      g_assert_cmphex (around->pixels[y * 50 + x], ==,
                       inside ? image->pixels[(y - 7) * 30 + x - 5]
                              : 0xffffffff);
    }
  for (int i = 0; i < 16; i++) {
    g_assert_cmphex (beside->pixels[i], ==, 0xffffffff);
    g_assert_cmphex (far->pixels[i], ==, 0xffffffff);
  }
}

/* A region gives exactly what resizing the whole image with a box gives. */
static void
test_region_is_resize (void)
{
  g_autoptr (SacImage) image = picture_new (1301, 700);
  g_autoptr (SacSource) source = sac_source_new_for_image (image, "memory");
  static const SacRect regions[] = {
    {0, 0, 1301, 700},
    {100.25, 50.5, 900.5, 600.125},
    {600, 300, 16, 16},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (regions); i++)
    for (int filter = SAC_FILTER_BOX; filter <= SAC_FILTER_LANCZOS; filter++) {
      g_autoptr (SacImage) got =
        sac_source_read_region (source, &regions[i], 64, 48, filter,
                                SAC_COLORS_FILE, NULL, NULL);
      g_autoptr (SacImage) expected =
        sac_resize (image, &regions[i], 64, 48, (SacFilter)filter, NULL, NULL);

      g_assert_cmpuint (picture_compare (got, expected, 0, "region"), ==, 0);
    }
}

/* What lies outside is white, and mixed in as such. */
static void
test_region_outside (void)
{
  g_autoptr (SacImage) image = sac_image_new (100, 100, NULL);

  memset (image->pixels, 0, sac_image_get_bytes (image));

  g_autoptr (SacSource) source = sac_source_new_for_image (image, "memory");
  g_autoptr (SacImage) got =
    sac_source_read_region (source, &(SacRect){-100, 0, 200, 100}, 8, 4,
                            SAC_FILTER_BOX, SAC_COLORS_FILE, NULL, NULL);

  for (int y = 0; y < 4; y++)
    for (int x = 0; x < 8; x++)
      g_assert_cmphex (got->pixels[y * 8 + x] & 0xff, ==, x < 4 ? 0xff : 0);
}

static void
test_region_refused (void)
{
  g_autoptr (SacImage) image = picture_new (30, 20);
  g_autoptr (SacSource) source = sac_source_new_for_image (image, "memory");
  static const SacRect regions[] = {
    {0, 0, 0, 10},    {0, 0, 10, -1},  {-1e12, 0, 10, 10},
    {1e300, 0, 5, 5}, {0, 0, 1e9, 10},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (regions); i++) {
    GError *error = NULL;

    g_assert_null (sac_source_read_region (source, &regions[i], 8, 8,
                                           SAC_FILTER_BOX, SAC_COLORS_FILE,
                                           NULL, &error));
    test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "outside");
  }
}

static void
test_choose_level (void)
{
  g_autoptr (SacImage) image = picture_new (2100, 600);
  g_autoptr (SacSource) source = sac_source_new_for_image (image, "memory");
  static const struct {
    double downsample;
    int level;
  } cases[] = {{0.1, 0}, {1, 0},   {1.9, 0}, {1.99, 1},
               {2, 1},   {3.9, 1}, {4, 2},   {1000, 3}};

  g_assert_cmpint (sac_source_get_level_count (source), ==, 4);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (sac_source_choose_level (source, cases[i].downsample), ==,
                     cases[i].level);
}

static void
test_a_file (void)
{
  g_autofree char *golden = test_file ("golden/image/rgb-420.jpg");
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source = sac_source_open (golden, NULL, &error);

  g_assert_no_error (error);

  g_autofree char *digest = sac_hash_file (golden, NULL, NULL);
  g_autofree char *hash = g_strconcat ("sha256:", digest, NULL);

  g_assert_cmpstr (sac_source_get_hash (source), ==, hash);
  g_assert_cmpstr (sac_source_get_hash (source), ==, hash);
  g_assert_cmpstr (sac_source_get_format (source), ==, "JPEG");
  g_assert_cmpstr (sac_source_get_path (source), ==, golden);
}

/* Models see the file's values, people see sRGB. */
static void
test_colors (void)
{
  g_autoptr (SacImage) image = picture_new (40, 30);

  image->icc = picture_profile_new (1.0);

  g_autoptr (SacSource) source = sac_source_new_for_image (image, "memory");
  g_autoptr (SacImage) file =
    sac_source_read (source, 0, 0, 0, 40, 30, SAC_COLORS_FILE, NULL, NULL);
  g_autoptr (SacImage) shown =
    sac_source_read (source, 0, 0, 0, 40, 30, SAC_COLORS_DISPLAY, NULL, NULL);
  g_autoptr (SacImage) expected = sac_color_to_srgb (image, NULL);

  g_assert_true (sac_source_has_profile (source));
  g_assert_cmpuint (picture_compare (file, image, 0, "file"), ==, 0);
  g_assert_true (file->icc == image->icc);
  g_assert_cmpuint (picture_compare (shown, expected, 0, "display"), ==, 0);
  g_assert_null (shown->icc);
  g_assert_cmphex (shown->pixels[300], !=, file->pixels[300]);
}

static void
check_refused (const char *path, SacErrorCode code, const char *part)
{
  GError *error = NULL;

  g_assert_null (sac_source_open (path, NULL, &error));
  g_assert_true (g_str_has_prefix (error->message, path));
  test_assert_error (&error, SAC_ERROR, code, part);
}

static void
test_refused (void)
{
  check_refused ("/nowhere/at/all.svs", SAC_ERROR_UNREADABLE, "No such file");
  check_refused ("/", SAC_ERROR_UNREADABLE, "a folder");
  check_refused ("/dev/null", SAC_ERROR_UNREADABLE, "a device");
  check_refused ("demo:unknown", SAC_ERROR_UNREADABLE, "demo:slide");
}

typedef struct {
  SacSource *source;
  const SacImage *image;
  int first_level;
} Reader;

static void *
read_often (void *data)
{
  const Reader *reader = data;

  for (int i = 0; i < 60; i++) {
    int level = (reader->first_level + i) % 3;
    const SacSourceLevel *size = sac_source_get_level (reader->source, level);
    int64_t x = i * 13 % (size->width - 40), y = i * 29 % (size->height - 40);
    g_autoptr (SacImage) got =
      sac_source_read (reader->source, level, x, y, 40, 40, SAC_COLORS_FILE,
                       NULL, NULL);

    g_assert_nonnull (got);
    g_assert_nonnull (sac_source_get_hash (reader->source));
    if (level == 0)
      g_assert_cmphex (got->pixels[0], ==,
                       reader->image->pixels[y * reader->image->width + x]);
  }
  sac_source_unref (reader->source);
  return NULL;
}

/* Levels are made while several ask; the last reader frees the source. */
static void
test_threads (void)
{
  g_autoptr (SacImage) image = picture_new (1301, 700);
  SacSource *source = sac_source_new_for_image (image, "memory");
  Reader readers[4];
  GThread *threads[4];

  for (int i = 0; i < 4; i++) {
    readers[i] = (Reader){sac_source_ref (source), image, i % 3};
    threads[i] = g_thread_new ("reader", read_often, &readers[i]);
  }
  sac_source_unref (source);
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);
}

/* The program's own slide of any size, and what is not one. */
static void
test_sized_demo (void)
{
  static const char *const bad[] =
    {"demo:slide:",           "demo:slide:100",          "demo:slide:0x10",
     "demo:slide:10x9999999", "demo:slide:10x10,",       "demo:slide:10x10,a=1",
     "demo:slide:10x10 ",     "demo:slide:10x10,step=-2"};
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source =
    sac_source_open ("demo:slide:90000x70000,step=2,faults=1000,pattern=512",
                     NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (sac_source_get_width (source), ==, 90000);
  g_assert_cmpint (sac_source_get_height (source), ==, 70000);
  g_assert_cmpfloat (sac_source_get_level (source, 3)->downsample, ==, 8);
  g_assert_null (
    sac_source_read (source, 0, 0, 0, 5, 5, SAC_COLORS_FILE, NULL, &error));
  g_assert_error (error, SAC_ERROR, SAC_ERROR_DAMAGED);
  g_clear_error (&error);
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_null (sac_source_open (bad[i], NULL, &error));
    g_assert_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE);
    g_clear_error (&error);
  }
}

static void
test_bounds (void)
{
  g_autoptr (SacSource) slide =
    sac_source_open ("demo:slide:9000x7000,border=1500", NULL, NULL);
  g_autoptr (SacSource) none =
    sac_source_open ("demo:slide:9000x7000,border=5000", NULL, NULL);
  SacRect bounds = sac_source_get_bounds (slide);

  g_assert_cmpfloat (bounds.x, ==, 1500);
  g_assert_cmpfloat (bounds.y, ==, 1500);
  g_assert_cmpfloat (bounds.width, ==, 6000);
  g_assert_cmpfloat (bounds.height, ==, 4000);
  /* Bounds without anything in them are none. */
  bounds = sac_source_get_bounds (none);
  g_assert_cmpfloat (bounds.width, ==, 9000);
  g_assert_cmpfloat (bounds.height, ==, 7000);
}

/* Colours tell the place, at each level by the pixel's centre. */
static void
test_pattern (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source =
    sac_source_open ("demo:slide:4096x4096,step=4,pattern=255", NULL, &error);
  g_autoptr (SacImage) fine =
    sac_source_read (source, 0, 250, 510, 8, 2, SAC_COLORS_FILE, NULL, &error);
  g_autoptr (SacImage) coarse =
    sac_source_read (source, 1, 10, 20, 2, 2, SAC_COLORS_FILE, NULL, &error);

  g_assert_no_error (error);
  /* Red rises to the edge at 255 and falls from there, from half a step on. */
  g_assert_cmpfloat_with_epsilon (fine->pixels[0] >> 16 & 255, 250.5, 0.6);
  g_assert_cmpfloat_with_epsilon (fine->pixels[7] >> 16 & 255, 252.5, 0.6);
  g_assert_cmpfloat_with_epsilon (fine->pixels[0] >> 8 & 255, 0.5, 0.6);
  g_assert_cmphex (fine->pixels[0] & 255, ==, (2 * 91 + 16) & 255);
  g_assert_cmphex (fine->pixels[7] & 255, ==, (37 + 2 * 91 + 16) & 255);
  g_assert_cmphex (coarse->pixels[0] & 0xffffff, ==, 0x2a5210);
}

static void
test_cancel (void)
{
  g_autoptr (SacImage) image = picture_new (30, 20);
  g_autoptr (SacSource) source = sac_source_new_for_image (image, "memory");
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (GError) error = NULL;

  sac_job_cancel (job);
  g_assert_null (
    sac_source_read (source, 0, 0, 0, 5, 5, SAC_COLORS_FILE, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/source/levels", test_levels);
  g_test_add_func ("/source/level-is-mean", test_level_is_mean);
  g_test_add_func ("/source/read-outside", test_read_outside);
  g_test_add_func ("/source/region-is-resize", test_region_is_resize);
  g_test_add_func ("/source/region-outside", test_region_outside);
  g_test_add_func ("/source/region-refused", test_region_refused);
  g_test_add_func ("/source/choose-level", test_choose_level);
  g_test_add_func ("/source/file", test_a_file);
  g_test_add_func ("/source/colors", test_colors);
  g_test_add_func ("/source/refused", test_refused);
  g_test_add_func ("/source/threads", test_threads);
  g_test_add_func ("/source/sized-demo", test_sized_demo);
  g_test_add_func ("/source/bounds", test_bounds);
  g_test_add_func ("/source/pattern", test_pattern);
  g_test_add_func ("/source/cancel", test_cancel);
  return g_test_run ();
}
