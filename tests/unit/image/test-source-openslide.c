/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"
#include "base/limits.h"
#include "image/phantom-pattern.h"
#include "image/resize.h"
#include "image/slide-extras.h"
#include "image/source.h"
#include "leica-writer.h"
#include "pictures.h"
#include "support.h"
#include "tiff-writer.h"

#include <openslide.h>
#include <string.h>
#include <unistd.h>

#define WIDTH 320
#define HEIGHT 240

/* A tiled pyramid that says it is an Aperio slide. */
static const TiffSpec pyramid = {
  .width = WIDTH,
  .height = HEIGHT,
  .bits = 8,
  .samples = 3,
  .photometric = PHOTOMETRIC_RGB,
  .compression = COMPRESSION_LZW,
  .tiled = true,
  .levels = 2,
  .description = "Aperio Image Library v1.0|AppMag = 20|MPP = 0.5",
};

typedef struct {
  char *folder, *path;
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  fixture->folder = test_folder_new ();
  fixture->path = g_build_filename (fixture->folder, "slide.tif", NULL);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  test_folder_remove (fixture->folder);
  g_free (fixture->path);
}

static uint32_t
get_pixel (const TiffSpec *spec, unsigned x, unsigned y)
{
  return sac_pixel (tiff_writer_sample (spec, x, y, 0),
                    tiff_writer_sample (spec, x, y, 1),
                    tiff_writer_sample (spec, x, y, 2));
}

static void
test_pyramid (Fixture *fixture, const void *data)
{
  g_autoptr (GBytes) file = tiff_writer_make (&pyramid, fixture->path);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source = sac_source_open (fixture->path, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (sac_source_is_slide (source));
  g_assert_cmpstr (sac_source_get_format (source), ==, "Aperio");
  g_assert_cmpfloat (sac_source_get_mpp (source), ==, 0.5);
  g_assert_cmpint (sac_source_get_level_count (source), ==, 3);
  g_assert_cmpfloat (sac_source_get_level (source, 2)->downsample, ==, 4);
  g_assert_cmpint (sac_source_get_level (source, 1)->width, ==, WIDTH / 2);
  g_assert_cmpint (sac_source_get_level (source, 0)->tile_width, ==, 32);
  g_assert_cmpint (sac_source_get_level (source, 0)->tile_height, ==, 16);
  g_assert_true (
    g_str_has_prefix (sac_source_get_hash (source), "quickhash-1:"));
  for (int level = 0; level < 3; level++) {
    g_autoptr (SacImage) image =
      sac_source_read (source, level, 11, 5, 30, 20, SAC_COLORS_FILE, NULL,
                       &error);

    g_assert_no_error (error);
    for (unsigned y = 0; y < 20; y++)
      for (unsigned x = 0; x < 30; x++)
        g_assert_cmphex (image->pixels[y * 30 + x], ==,
                         get_pixel (&pyramid, x + 11, y + 5));
  }
}

static void
test_outside_is_white (Fixture *fixture, const void *data)
{
  g_autoptr (GBytes) file = tiff_writer_make (&pyramid, fixture->path);
  g_autoptr (SacSource) source = sac_source_open (fixture->path, NULL, NULL);
  g_autoptr (SacImage) image =
    sac_source_read (source, 0, -10, HEIGHT - 10, 20, 20, SAC_COLORS_FILE, NULL,
                     NULL);

  for (unsigned y = 0; y < 20; y++)
    for (unsigned x = 0; x < 20; x++)
      g_assert_cmphex (image->pixels[y * 20 + x], ==,
                       x < 10 || y >= 10
                         ? 0xffffffff
                         : get_pixel (&pyramid, x - 10, HEIGHT - 10 + y));
}

/* A slide that covers its sheet. */
static void
test_no_bounds (Fixture *fixture, const void *data)
{
  g_autoptr (GBytes) file = tiff_writer_make (&pyramid, fixture->path);
  g_autoptr (SacSource) source = sac_source_open (fixture->path, NULL, NULL);
  SacRect bounds = sac_source_get_bounds (source);

  g_assert_cmpfloat (bounds.x, ==, 0);
  g_assert_cmpfloat (bounds.y, ==, 0);
  g_assert_cmpfloat (bounds.width, ==, WIDTH);
  g_assert_cmpfloat (bounds.height, ==, HEIGHT);
}

/* What was scanned lies where the file says, at every level, and coordinates
 * are those of the sheet. */
static void
test_bounds (Fixture *fixture, const void *data)
{
  const LeicaSpec spec = {1280, 960, 200, 400, 512, 256, 3, 600};
  g_autoptr (GError) error = NULL;

  leica_write (&spec, fixture->path);

  g_autoptr (SacSource) source = sac_source_open (fixture->path, NULL, &error);

  g_assert_no_error (error);

  SacRect bounds = sac_source_get_bounds (source);

  g_assert_cmpstr (sac_source_get_format (source), ==, "Leica");
  g_assert_cmpfloat (sac_source_get_mpp (source), ==, LEICA_MPP);
  g_assert_cmpint (sac_source_get_width (source), ==, 1280);
  g_assert_cmpint (sac_source_get_level_count (source), ==, 3);
  g_assert_cmpfloat (bounds.x, ==, 200);
  g_assert_cmpfloat (bounds.y, ==, 400);
  g_assert_cmpfloat (bounds.width, ==, 512);
  g_assert_cmpfloat (bounds.height, ==, 256);
  for (int level = 0; level < 3; level++) {
    int x = (200 >> level) + 7, y = (400 >> level) + 11;
    g_autoptr (SacImage) image =
      sac_source_read (source, level, x, y, 20, 16, SAC_COLORS_FILE, NULL,
                       &error);
    g_autoptr (SacImage) expected = sac_image_new (20, 16, NULL);
    g_autoptr (SacImage) outside =
      sac_source_read (source, level, x - 40, y, 20, 16, SAC_COLORS_FILE, NULL,
                       &error);

    g_assert_no_error (error);
    sac_phantom_pattern_draw (600, 1 << level, x, y, expected);
    g_assert_cmpmem (image->pixels, 20 * 16 * 4, expected->pixels, 20 * 16 * 4);
    /* Nothing was seen there: it is white, not black. */
    g_assert_cmphex (outside->pixels[0], ==, 0xffffffff);
  }
}

static void
test_block_too_large (Fixture *fixture, const void *data)
{
  g_autoptr (GBytes) file = tiff_writer_make (&pyramid, fixture->path);
  g_autoptr (SacSource) source = sac_source_open (fixture->path, NULL, NULL);
  GError *error = NULL;

  g_assert_null (sac_source_read (source, 0, 0, 0, SAC_LIMIT_BLOCK_SIDE + 1, 1,
                                  SAC_COLORS_FILE, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_TOO_LARGE, "4097");
}

static void
test_profile (Fixture *fixture, const void *data)
{
  g_autoptr (GBytes) icc = picture_profile_new (1.0);
  TiffSpec spec = pyramid;

  spec.icc = icc;

  g_autoptr (GBytes) file = tiff_writer_make (&spec, fixture->path);
  g_autoptr (SacSource) source = sac_source_open (fixture->path, NULL, NULL);
  g_autoptr (SacImage) raw =
    sac_source_read (source, 0, 0, 0, 64, 64, SAC_COLORS_FILE, NULL, NULL);
  g_autoptr (SacImage) shown =
    sac_source_read (source, 0, 0, 0, 64, 64, SAC_COLORS_DISPLAY, NULL, NULL);

  g_assert_true (sac_source_has_profile (source));
  g_assert_cmphex (raw->pixels[70], ==, get_pixel (&spec, 6, 1));
  g_assert_cmphex (shown->pixels[70], !=, raw->pixels[70]);
}

/* OpenSlide gives background for it; the source says so. */
static void
test_absent_tile (Fixture *fixture, const void *data)
{
  TiffSpec spec = pyramid;

  spec.absent = 13;

  g_autoptr (GBytes) file = tiff_writer_make (&spec, fixture->path);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source = sac_source_open (fixture->path, NULL, &error);
  g_autoptr (SacImage) image =
    sac_source_read (source, 0, 64, 16, 32, 16, SAC_COLORS_FILE, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmphex (image->pixels[0], ==, 0xffffffff);
  g_assert_cmpstr (sac_source_get_notes (source)[0], ==,
                   "1 of the 150 tiles of level 0 are not in the file and show "
                   "as background");
  g_assert_null (sac_source_get_notes (source)[1]);
}

/* Where the tiles of level 0 begin (little-endian). */
static guint32
find_tile (const guint8 *file, unsigned tile)
{
  guint32 directory, offsets, offset;
  guint16 count;

  memcpy (&directory, file + 4, 4);
  memcpy (&count, file + directory, 2);
  for (unsigned i = 0; i < count; i++) {
    const guint8 *entry = file + directory + 2 + 12 * i;

    if ((entry[0] | entry[1] << 8) == TIFFTAG_TILEOFFSETS) {
      memcpy (&offsets, entry + 8, 4);
      memcpy (&offset, file + offsets + 4 * tile, 4);
      return offset;
    }
  }
  g_assert_not_reached ();
}

/* A pyramid whose tile 13 of level 0, at 96, 16, is nonsense. */
static void
write_damaged (const char *path)
{
  g_autoptr (GBytes) file = tiff_writer_make (&pyramid, path);
  g_autofree guint8 *copy =
    g_memdup2 (g_bytes_get_data (file, NULL), g_bytes_get_size (file));

  memset (copy + find_tile (copy, 13), 0xff, 40);
  g_assert_true (g_file_set_contents (path, (const char *)copy,
                                      (gssize)g_bytes_get_size (file), NULL));
}

static bool
is_in_damage (unsigned x, unsigned y)
{
  return x >= 96 && x < 128 && y >= 16 && y < 32;
}

static void
check_tile (SacSource *source, unsigned x, unsigned y)
{
  GError *error = NULL;
  g_autoptr (SacImage) image =
    sac_source_read (source, 0, x, y, 32, 16, SAC_COLORS_FILE, NULL, &error);

  if (is_in_damage (x, y)) {
    g_assert_null (image);
    test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "96, 16");
    return;
  }
  g_assert_no_error (error);
  for (unsigned row = 0; row < 16; row++)
    for (unsigned column = 0; column < 32; column++)
      g_assert_cmphex (image->pixels[row * 32 + column], ==,
                       get_pixel (&pyramid, x + column, y + row));
}

/* OpenSlide's error latches; ours must not: one bad tile, the others good,
 * again and again. */
static void
test_one_bad_tile (Fixture *fixture, const void *data)
{
  write_damaged (fixture->path);

  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source = sac_source_open (fixture->path, NULL, &error);

  g_assert_no_error (error);
  for (int round = 0; round < 3; round++)
    for (unsigned y = 0; y < HEIGHT; y += 16)
      for (unsigned x = 0; x < WIDTH; x += 32)
        check_tile (source, x, y);
}

static void *
read_tiles (void *data)
{
  SacSource *source = data;

  for (int round = 0; round < 4; round++)
    for (unsigned y = 0; y < HEIGHT; y += 16)
      for (unsigned x = 0; x < WIDTH; x += 32)
        check_tile (source, x, y);
  sac_source_unref (source);
  return NULL;
}

/* Others' bad tiles spoil nobody's good one. */
static void
test_bad_tile_threads (Fixture *fixture, const void *data)
{
  write_damaged (fixture->path);

  SacSource *source = sac_source_open (fixture->path, NULL, NULL);
  GThread *threads[4];

  for (int i = 0; i < 4; i++)
    threads[i] = g_thread_new ("reader", read_tiles, sac_source_ref (source));
  sac_source_unref (source);
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);
}

/* Another slide under the same name is not mixed in after a fault. */
static void
test_replaced (Fixture *fixture, const void *data)
{
  write_damaged (fixture->path);

  g_autoptr (SacSource) source = sac_source_open (fixture->path, NULL, NULL);
  TiffSpec other = pyramid;
  GError *error = NULL;

  g_assert_nonnull (source);
  g_assert_null (
    sac_source_read (source, 0, 96, 16, 32, 16, SAC_COLORS_FILE, NULL, &error));
  g_clear_error (&error);
  other.width = 200;

  g_autoptr (GBytes) file = tiff_writer_make (&other, fixture->path);

  g_assert_null (
    sac_source_read (source, 0, 0, 0, 32, 16, SAC_COLORS_FILE, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "changed since");
}

/* A file that is cut or vanishes while it is open costs what was in it, and no
 * more: no signal, and no empty pixels. */
static void
test_cut_while_open (Fixture *fixture, const void *data)
{
  g_autoptr (GBytes) file = tiff_writer_make (&pyramid, fixture->path);
  g_autoptr (SacSource) source = sac_source_open (fixture->path, NULL, NULL);

  for (int cut = 0; cut < 2; cut++) {
    if (cut == 0)
      g_assert_cmpint (truncate (fixture->path, 300), ==, 0);
    else
      g_assert_cmpint (unlink (fixture->path), ==, 0);
    for (int i = 0; i < 3; i++) {
      GError *error = NULL;
      g_autoptr (SacImage) image =
        sac_source_read (source, 0, 64 * i, 32, 32, 16, SAC_COLORS_FILE, NULL,
                         &error);

      if (image == NULL)
        test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED,
                           "cannot be read");
      else
        g_assert_cmphex (image->pixels[0], ==,
                         get_pixel (&pyramid, 64 * (unsigned)i, 32));
    }
  }
}

/* In strips: nothing for OpenSlide, but a flat image all the same. */
static void
test_falls_through (Fixture *fixture, const void *data)
{
  TiffSpec spec = pyramid;

  spec.tiled = false;
  spec.levels = 0;

  g_autoptr (GBytes) file = tiff_writer_make (&spec, fixture->path);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source = sac_source_open (fixture->path, NULL, &error);

  g_assert_no_error (error);
  g_assert_false (sac_source_is_slide (source));
  g_assert_cmpstr (sac_source_get_format (source), ==, "TIFF");
}

/* The pixels of a region that takes many blocks are those of one resize. */
static void
test_region_in_tiles (Fixture *fixture, const void *data)
{
  TiffSpec spec = pyramid;

  spec.width = 4500;
  spec.height = 4300;
  spec.levels = 0;

  g_autoptr (GBytes) file = tiff_writer_make (&spec, fixture->path);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source = sac_source_open (fixture->path, NULL, &error);

  g_assert_no_error (error);

  SacRect region = {-20.5, 3.25, 4500, 4200.5};
  g_autoptr (SacImage) got =
    sac_source_read_region (source, &region, 300, 280, SAC_FILTER_BILINEAR,
                            SAC_COLORS_FILE, NULL, &error);

  g_assert_no_error (error);

  g_autoptr (SacImage) whole = sac_image_new (4521, 4300, NULL);

  for (int y = 0; y < 4300; y++)
    for (int x = 21; x < 4521; x++)
      whole->pixels[(size_t)y * 4521 + (size_t)x] =
        get_pixel (&spec, (unsigned)x - 21, (unsigned)y);
  region.x += 21;

  g_autoptr (SacImage) expected =
    sac_resize (whole, &region, 300, 280, SAC_FILTER_BILINEAR, NULL, NULL);

  g_assert_cmpuint (picture_compare (got, expected, 1, "tiles"), <, 10);
}

static void
test_shared_slides (void)
{
  static const struct {
    const char *name, *format, *hash;
    int64_t width, height;
    int levels;
    double mpp, objective;
  } slides[] = {
    {"CMU-1-Small-Region.svs", "Aperio",
     "quickhash-1:"
     "6335ea0e6cc54c2cba64bb265d3c713a50cd84484924e3a9c109558c13521d5c",
     2220, 2967, 1, 0.499, 20},
    {"boxes.tiff", "TIFF pyramid",
     "quickhash-1:"
     "8598af2eacecc99dbac4f1af10bc2f82e88c86ec2d2c44f5e3afd0839d97d57b",
     300, 250, 4, 0, 0},
    {"small_HE_levels.tiff", "TIFF pyramid",
     "quickhash-1:"
     "c08b056490bac8bcb329d9b8fb175888083d4097952a55fee99997758c728c36",
     300, 250, 4, 0, 0},
    {"small.svs", "Aperio",
     "quickhash-1:"
     "1eaa4a1693dd7a48286bb6f3dd70457dab6bb6395f3071dfd7d80beb3f2dc4e4",
     16, 16, 1, 0.499, 20},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (slides); i++) {
    g_autofree char *name = g_strconcat ("data/slides/", slides[i].name, NULL);
    g_autofree char *path = test_shared (name);
    g_autoptr (GError) error = NULL;

    if (path == NULL)
      return;

    g_autoptr (SacSource) source = sac_source_open (path, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (sac_source_get_format (source), ==, slides[i].format);
    g_assert_cmpstr (sac_source_get_hash (source), ==, slides[i].hash);
    g_assert_cmpint (sac_source_get_width (source), ==, slides[i].width);
    g_assert_cmpint (sac_source_get_height (source), ==, slides[i].height);
    g_assert_cmpint (sac_source_get_level_count (source), ==, slides[i].levels);
    g_assert_cmpfloat_with_epsilon (sac_source_get_mpp (source), slides[i].mpp,
                                    1e-9);
    g_assert_cmpfloat (sac_source_get_objective (source), ==,
                       slides[i].objective);
  }
}

/* np.asarray (Image.open (f)) [500:756, 800:1056] with Pillow 9.4.0, which
 * reads this Aperio file as the TIFF that it is. */
static void
test_shared_pixels (void)
{
  g_autofree char *path = test_shared ("data/slides/CMU-1-Small-Region.svs");

  if (path == NULL)
    return;

  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source = sac_source_open (path, NULL, &error);
  g_autoptr (SacImage) image = sac_source_read (source, 0, 800, 500, 256, 256,
                                                SAC_COLORS_FILE, NULL, &error);

  g_assert_no_error (error);

  g_autofree char *digest = picture_digest (image);

  g_assert_cmpstr (digest, ==,
                   "b3238872c8145f4d2d5fce7c98fe8413fd95a0e24e016592dddf92d47fb"
                   "237f5");
}

static void
check_shared_error (const char *name, SacErrorCode code, const char *part)
{
  g_autofree char *path = test_shared (name);
  GError *error = NULL;

  if (path == NULL)
    return;
  g_assert_null (sac_source_open (path, NULL, &error));
  test_assert_error (&error, SAC_ERROR, code, part);
}

static void
test_shared_broken (void)
{
  check_shared_error ("data/slides/broken.svs", SAC_ERROR_UNSUPPORTED,
                      "a text file");
  check_shared_error ("data/slides/unopenable.tiff", SAC_ERROR_UNSUPPORTED,
                      "method 52479");
}

static void
test_shared_unreadable (void)
{
  g_autofree char *path = test_shared ("data/slides/unreadable.svs");
  GError *error = NULL;

  if (path == NULL)
    return;

  g_autoptr (SacSource) source = sac_source_open (path, NULL, NULL);

  for (int i = 0; i < 3; i++) {
    g_assert_null (
      sac_source_read (source, 0, 0, 0, 16, 16, SAC_COLORS_FILE, NULL, &error));
    test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "16 x 16 pixels");
  }
}

/* Older versions say what they lack; newer ones read the slides. */
static void
test_shared_dicom (void)
{
  static const char *const names[] = {
    "data/slides/boxes_0.dcm",
    "data/slides/small_dicom.dcm",
    "data/slides/multiframe_camelyon_challenge_image.dcm",
  };

  if (openslide_get_version ()[0] >= '4') {
    g_test_skip ("this OpenSlide reads DICOM");
    return;
  }
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    check_shared_error (names[i], SAC_ERROR_UNSUPPORTED, "OpenSlide 4");
}

/* A picture in strips behind the levels: what Aperio's scanners call a label by
 * the second line of its description. */
static void
append_extra (const char *path, const char *name, int width, int height)
{
  TIFF *tiff = TIFFOpen (path, "a");
  g_autofree guint8 *row = g_malloc ((gsize)width * 3);
  g_autofree char *text =
    g_strdup_printf ("Aperio Image Library v1.0\n%s %dx%d", name, width,
                     height);

  g_assert_nonnull (tiff);
  TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, width);
  TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, height);
  TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, 8);
  TIFFSetField (tiff, TIFFTAG_SAMPLESPERPIXEL, 3);
  TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
  TIFFSetField (tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField (tiff, TIFFTAG_COMPRESSION, COMPRESSION_LZW);
  TIFFSetField (tiff, TIFFTAG_ROWSPERSTRIP, height);
  TIFFSetField (tiff, TIFFTAG_IMAGEDESCRIPTION, text);
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) {
      row[3 * x] = (guint8)x;
      row[3 * x + 1] = (guint8)y;
      row[3 * x + 2] = 77;
    }
    g_assert_cmpint (TIFFWriteScanline (tiff, row, (uint32_t)y, 0), ==, 1);
  }
  TIFFClose (tiff);
}

/* Named without a pixel read; read by name alone; the slide itself is as it
 * was. */
static void
test_extras (Fixture *fixture, const void *data)
{
  g_autoptr (GBytes) file = tiff_writer_make (&pyramid, fixture->path);
  g_autoptr (GPtrArray) none = sac_slide_extras_list (fixture->path);
  g_autofree char *missing = g_build_filename (fixture->folder, "no.svs", NULL);
  g_autoptr (GPtrArray) of_nothing = sac_slide_extras_list (missing);
  GError *error = NULL;

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (of_nothing->len, ==, 0);
  append_extra (fixture->path, "label", 40, 30);
  append_extra (fixture->path, "macro", 100, 20);

  g_autoptr (GPtrArray) extras = sac_slide_extras_list (fixture->path);
  g_autoptr (SacImage) label =
    sac_slide_extra_read (fixture->path, "label", NULL, &error);
  g_autoptr (SacSource) source = sac_source_open (fixture->path, NULL, NULL);
  const SacSlideExtra *first, *second;

  g_assert_no_error (error);
  g_assert_cmpuint (extras->len, ==, 2);
  first = extras->pdata[0];
  second = extras->pdata[1];
  g_assert_cmpstr (first->name, ==, "label");
  g_assert_cmpint (first->width, ==, 40);
  g_assert_cmpstr (second->name, ==, "macro");
  g_assert_cmpint (second->height, ==, 20);
  g_assert_cmpint (label->width, ==, 40);
  g_assert_cmpint (label->height, ==, 30);
  g_assert_cmphex (label->pixels[7 * 40 + 12], ==, sac_pixel (12, 7, 77));
  g_assert_cmpint (sac_source_get_width (source), ==, WIDTH);
  g_assert_cmpint (sac_source_get_level_count (source), ==, 3);
  g_assert_null (
    sac_slide_extra_read (fixture->path, "thumbnail", NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "\"thumbnail\"");
}

/* A file that states more pixels than can be is not asked for them. */
static void
test_extra_too_large (Fixture *fixture, const void *data)
{
  g_autoptr (GBytes) file = tiff_writer_make (&pyramid, fixture->path);
  GError *error = NULL;
  TIFF *tiff;

  append_extra (fixture->path, "label", 40, 30);
  tiff = TIFFOpen (fixture->path, "r+");
  TIFFSetDirectory (tiff, 3);
  TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, 60000);
  TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, 60000);
  g_assert_true (TIFFRewriteDirectory (tiff));
  TIFFClose (tiff);
  g_assert_null (sac_slide_extra_read (fixture->path, "label", NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_TOO_LARGE, "60000 x 60000");
}

#define ADD(name, func)                                                        \
  g_test_add ("/source-openslide/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("pyramid", test_pyramid);
  ADD ("outside-is-white", test_outside_is_white);
  ADD ("no-bounds", test_no_bounds);
  ADD ("bounds", test_bounds);
  ADD ("block-too-large", test_block_too_large);
  ADD ("profile", test_profile);
  ADD ("absent-tile", test_absent_tile);
  ADD ("one-bad-tile", test_one_bad_tile);
  ADD ("bad-tile-threads", test_bad_tile_threads);
  ADD ("replaced", test_replaced);
  ADD ("cut-while-open", test_cut_while_open);
  ADD ("falls-through", test_falls_through);
  ADD ("region-in-tiles", test_region_in_tiles);
  ADD ("extras", test_extras);
  ADD ("extra-too-large", test_extra_too_large);
  g_test_add_func ("/source-openslide/shared-slides", test_shared_slides);
  g_test_add_func ("/source-openslide/shared-pixels", test_shared_pixels);
  g_test_add_func ("/source-openslide/shared-broken", test_shared_broken);
  g_test_add_func ("/source-openslide/shared-unreadable",
                   test_shared_unreadable);
  g_test_add_func ("/source-openslide/shared-dicom", test_shared_dicom);
  return g_test_run ();
}
