/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* H&E phantoms with their truth, and pyramids as OpenSlide reads them. */
#include "base/error.h"
#include "image/noise.h"
#include "image/phantom.h"
#include "image/pyramid-file.h"
#include "pictures.h"
#include "support.h"

#include <math.h>
#include <openslide.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 1500
#define HEIGHT 900

static SacImage *
draw (const SacPhantomSlideParams *params, int64_t x, int64_t y, uint8_t *bits)
{
  g_autoptr (GError) error = NULL;
  SacImage *image = sac_image_new (256, 256, NULL);

  g_assert_true (
    sac_phantom_slide_draw_truth (params, x, y, image, bits, NULL, &error));
  g_assert_no_error (error);
  return image;
}

/* What is drawn with its truth is the slide itself, and the truth is what the
 * slide says of its tumours but for the width of the grid it is taken from. */
static void
test_truth (void)
{
  SacPhantomSlideParams params = {.width = 2048, .height = 1536, .seed = 7};
  g_autoptr (SacSource) source = sac_phantom_slide (&params);
  g_autofree uint8_t *bits = g_malloc (256 * 256);
  int tumor = 0, wrong = 0;

  for (int i = 0; i < 4; i++) {
    int64_t x = 400 + 300 * i, y = 500;
    g_autoptr (SacImage) image = draw (&params, x, y, bits);
    g_autoptr (SacImage) read =
      sac_source_read (source, 0, x, y, 256, 256, SAC_COLORS_FILE, NULL, NULL);

    g_assert_cmpuint (picture_compare (image, read, 0, "truth"), ==, 0);
    for (int k = 0; k < 256 * 256; k++) {
      bool is_tumor = (bits[k] & SAC_PHANTOM_TUMOR) != 0;

      tumor += is_tumor;
      wrong +=
        is_tumor != sac_phantom_slide_is_lesion (&params, x + k % 256 + 0.5,
                                                 y + k / 256 + 0.5);
      g_assert_true ((bits[k] & SAC_PHANTOM_NEST) == 0 || is_tumor);
    }
  }
  g_test_message ("%d pixels of tumour, %d told differently", tumor, wrong);
  g_assert_cmpint (tumor, >, 20000);
  g_assert_cmpint (wrong, <, tumor / 50);
}

/* Folds and ink change nothing outside their bits, and most inside. */
static void
test_artefacts_are_exact (void)
{
  SacPhantomSlideParams clean = {.width = 1024, .height = 768, .seed = 3};
  SacPhantomSlideParams marked = clean;
  g_autofree uint8_t *before = g_malloc (256 * 256);
  g_autofree uint8_t *after = g_malloc (256 * 256);
  int inside[2] = {0}, changed[2] = {0};

  marked.artefacts = SAC_PHANTOM_FOLDS | SAC_PHANTOM_PEN;
  for (int i = 0; i < 12; i++) {
    g_autoptr (SacImage) without =
      draw (&clean, i % 4 * 256, i / 4 * 256, before);
    g_autoptr (SacImage) with = draw (&marked, i % 4 * 256, i / 4 * 256, after);

    for (int k = 0; k < 256 * 256; k++) {
      bool differs = without->pixels[k] != with->pixels[k];

      g_assert_cmpuint (after[k] & 63, ==, before[k] & 63);
      g_assert_true (!differs || (after[k] & ~63u) != 0);
      for (int bit = 0; bit < 2; bit++)
        if ((after[k] >> (6 + bit) & 1) != 0) {
          inside[bit]++;
          changed[bit] += differs;
        }
    }
  }
  for (int bit = 0; bit < 2; bit++) {
    g_test_message ("%d pixels, %d changed", inside[bit], changed[bit]);
    g_assert_cmpint (inside[bit], >, 5000);
    g_assert_cmpint (changed[bit], >, inside[bit] * 9 / 10);
  }
}

/* Many places at once give what each gives by itself, to the bit, left of and
 * above zero too. */
static void
test_noise_run (void)
{
  double x[SAC_NOISE_RUN], y[SAC_NOISE_RUN];
  float many[SAC_NOISE_RUN];

  for (int count = 1; count <= SAC_NOISE_RUN; count += 7)
    for (int octaves = 1; octaves <= 3; octaves++) {
      uint64_t seed = 0x123456789abcdefu * (uint64_t)(count + octaves);

      for (int i = 0; i < count; i++) {
        x[i] = (i - 20) / 3.4 - 17000.0 * (count % 3);
        y[i] = 0.37 * i * octaves - 5;
      }
      sac_noise_fractal_run (seed, x, y, count, octaves, many);
      for (int i = 0; i < count; i++) {
        float one = sac_noise_fractal (seed, x[i], y[i], octaves);

        g_assert_true (many[i] == one);
      }
    }
}

static int
count_tumor (SacPhantomOrgan organ, SacPhantomTumor kind)
{
  SacPhantomSlideParams params = {.width = 8192,
                                  .height = 6144,
                                  .seed = 5,
                                  .organ = organ,
                                  .tumor = kind};
  int count = 0;

  for (int y = 48; y < 6144; y += 96)
    for (int x = 64; x < 8192; x += 128)
      count += sac_phantom_slide_is_lesion (&params, x, y);
  return count;
}

static void
test_tumors (void)
{
  for (int i = 0; i < 2; i++) {
    SacPhantomOrgan organ = i == 0 ? SAC_PHANTOM_GUT : SAC_PHANTOM_NODE;
    int small = count_tumor (organ, SAC_PHANTOM_TUMOR_SMALL);
    int large = count_tumor (organ, SAC_PHANTOM_TUMOR_LARGE);

    g_test_message ("small %d, large %d", small, large);
    g_assert_cmpint (count_tumor (organ, SAC_PHANTOM_TUMOR_NONE), ==, 0);
    g_assert_cmpint (small, >, 7);
    g_assert_cmpint (small * 4, <, large);
  }
}

/* A micrometastasis is from 0.2 to 2 mm wide, however large the slide is, and
 * lies inside the node of every seed. */
static void
test_micrometastasis (void)
{
  for (uint64_t seed = 1; seed <= 4; seed++) {
    SacPhantomSlideParams params = {.width = 60000,
                                    .height = 40000,
                                    .seed = seed,
                                    .organ = SAC_PHANTOM_NODE,
                                    .tumor = SAC_PHANTOM_TUMOR_SMALL};
    int64_t left = INT64_MAX, right = 0, top = INT64_MAX, bottom = 0;

    for (int64_t y = 200; y < 40000; y += 400)
      for (int64_t x = 200; x < 60000; x += 400)
        if (sac_phantom_slide_is_lesion (&params, (double)x, (double)y)) {
          left = MIN (left, x);
          right = MAX (right, x);
          top = MIN (top, y);
          bottom = MAX (bottom, y);
        }

    int64_t across = MAX (right - left, bottom - top) + 400;

    g_test_message ("seed %d: %d pixels of 0.5 um", (int)seed, (int)across);
    g_assert_cmpint (across, >=, 400);
    g_assert_cmpint (across, <=, 4000);
  }
}

/* What a node is made of is there, and tumour is neither fat nor follicle. */
static void
test_node (void)
{
  SacPhantomSlideParams params = {.width = 3072,
                                  .height = 2304,
                                  .seed = 5,
                                  .organ = SAC_PHANTOM_NODE};
  g_autofree uint8_t *bits = g_malloc (256 * 256);
  int64_t counts[8] = {0};

  for (int i = 0; i < 12 * 9; i += 5) {
    g_autoptr (SacImage) image =
      draw (&params, i % 12 * 256, i / 12 * 256, bits);

    for (int k = 0; k < 256 * 256; k++) {
      for (int bit = 0; bit < 8; bit++)
        counts[bit] += bits[k] >> bit & 1;
      g_assert_true ((bits[k] & SAC_PHANTOM_TUMOR) == 0 ||
                     (bits[k] & (SAC_PHANTOM_FAT | SAC_PHANTOM_FOLLICLE)) == 0);
    }
  }
  for (int bit = 0; bit < 6; bit++)
    g_assert_cmpint (counts[bit], >, 5000);
  g_assert_cmpint (counts[6] + counts[7], ==, 0);
}

/* Smooth, so that JPEG keeps it within a few steps. */
static uint8_t
get_color (int64_t x, int64_t y, int channel)
{
  return (uint8_t)(128 + 90 * sin ((double)(x + 40 * channel) / 60) *
                           cos ((double)y / 50));
}

/* Some square blocks of different values, many tiles of nothing. */
static uint8_t
get_mask (int64_t x, int64_t y)
{
  return x / 64 == 3 && y > 500 ? (uint8_t)(y % 7 + 1) : 0;
}

static char *
write_pyramid (const char *folder, int channels)
{
  g_autoptr (GError) error = NULL;
  SacPyramidParams params = {WIDTH, HEIGHT, channels, 90, 0.25, "about it"};
  char *path = g_build_filename (folder, "slide.tif", NULL);
  g_autoptr (SacPyramidFile) pyramid =
    sac_pyramid_file_new (path, &params, &error);

  g_assert_no_error (error);
  for (int64_t top = 0; top < HEIGHT; top += SAC_PYRAMID_TILE) {
    uint8_t *rows = sac_pyramid_file_get_rows (pyramid);

    for (int64_t i = 0; i < (int64_t)WIDTH * SAC_PYRAMID_TILE; i++)
      for (int k = 0; k < channels; k++)
        rows[i * channels + k] = channels == 3
                                   ? get_color (i % WIDTH, top + i / WIDTH, k)
                                   : get_mask (i % WIDTH, top + i / WIDTH);
    g_assert_true (sac_pyramid_file_put_rows (pyramid, NULL, &error));
  }
  g_assert_true (sac_pyramid_file_finish (pyramid, &error));
  g_assert_no_error (error);
  return path;
}

static int
find_largest_difference (openslide_t *slide, int level)
{
  int64_t width, height;
  int largest = 0, scale = 1 << level;

  openslide_get_level_dimensions (slide, level, &width, &height);

  g_autofree uint32_t *pixels = g_new (uint32_t, (size_t)(width * height));

  openslide_read_region (slide, pixels, 0, 0, level, width, height);
  g_assert_null (openslide_get_error (slide));
  for (int64_t i = 0; i < width * height; i++)
    for (int k = 0; k < 3; k++) {
      int64_t x = MIN ((i % width) * scale + scale / 2, WIDTH - 1);
      int64_t y = MIN ((i / width) * scale + scale / 2, HEIGHT - 1);
      int got = (int)(pixels[i] >> (16 - 8 * k) & 255);

      largest = MAX (largest, abs (got - get_color (x, y, k)));
    }
  return largest;
}

static void
test_openslide (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = write_pyramid (folder, 3);
  openslide_t *slide = openslide_open (path);

  g_assert_nonnull (slide);
  g_assert_null (openslide_get_error (slide));
  g_assert_cmpint (openslide_get_level_count (slide), ==, 3);
  g_assert_cmpfloat (openslide_get_level_downsample (slide, 1), ==, 2);
  g_assert_cmpstr (openslide_get_property_value (slide, "openslide.vendor"), ==,
                   "generic-tiff");
  g_assert_cmpstr (openslide_get_property_value (slide, "tiff.XResolution"), ==,
                   "40000");
  g_assert_cmpstr (openslide_get_property_value (slide, "openslide.comment"),
                   ==, "about it");
  for (int level = 0; level < 3; level++) {
    int difference = find_largest_difference (slide, level);

    g_test_message ("level %d: %d at most", level, difference);
    g_assert_cmpint (difference, <=, level == 0 ? 10 : 16);
  }
  openslide_close (slide);

  /* The program's own reader agrees about the micrometres. */
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source = sac_source_open (path, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat (sac_source_get_mpp (source), ==, 0.25);
  test_folder_remove (folder);
}

/* Masks are packed without loss; a level's pixels are some of those above. */
static void
test_mask_pyramid (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = write_pyramid (folder, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source = sac_source_open (path, NULL, &error);

  g_assert_no_error (error);
  for (int level = 0; level < 3; level++) {
    const SacSourceLevel *size = sac_source_get_level (source, level);
    g_autoptr (SacImage) image =
      sac_source_read (source, level, 0, 0, (int)size->width, (int)size->height,
                       SAC_COLORS_FILE, NULL, &error);
    int64_t scale = 1 << level, shift = level == 0 ? 0 : 1;

    g_assert_no_error (error);
    for (int64_t y = 0; y < image->height; y++)
      for (int64_t x = 0; x < image->width; x++) {
        uint8_t value = get_mask (MIN (x * scale + shift, WIDTH - 1),
                                  MIN (y * scale + shift, HEIGHT - 1));

        g_assert_cmpuint (image->pixels[y * image->width + x] & 255, ==, value);
      }
  }
  test_folder_remove (folder);
}

/* Nothing stays behind of what is not finished. */
static void
test_gives_up (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "slide.tif", NULL);
  SacPyramidParams params = {WIDTH, HEIGHT, 3, 90, 0.25, NULL};
  g_autoptr (SacJob) job = sac_job_new (NULL);
  SacPyramidFile *pyramid = sac_pyramid_file_new (path, &params, NULL);
  GError *error = NULL;

  sac_job_cancel (job);
  g_assert_false (sac_pyramid_file_put_rows (pyramid, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  sac_pyramid_file_free (pyramid);

  g_autoptr (GDir) left = g_dir_open (folder, 0, NULL);

  g_assert_null (g_dir_read_name (left));
  g_assert_null (
    sac_pyramid_file_new ("/nonexistent-folder/x.tif", &params, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNWRITABLE,
                     "cannot be written");
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phantom-slide/truth", test_truth);
  g_test_add_func ("/phantom-slide/artefacts-are-exact",
                   test_artefacts_are_exact);
  g_test_add_func ("/phantom-slide/noise-run", test_noise_run);
  g_test_add_func ("/phantom-slide/tumors", test_tumors);
  g_test_add_func ("/phantom-slide/micrometastasis", test_micrometastasis);
  g_test_add_func ("/phantom-slide/node", test_node);
  g_test_add_func ("/phantom-slide/openslide", test_openslide);
  g_test_add_func ("/phantom-slide/mask-pyramid", test_mask_pyramid);
  g_test_add_func ("/phantom-slide/gives-up", test_gives_up);
  return g_test_run ();
}
