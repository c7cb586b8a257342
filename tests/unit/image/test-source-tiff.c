/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"
#include "base/pool.h"
#include "image/source.h"
#include "pictures.h"
#include "support.h"
#include "tiff-writer.h"

#include <math.h>
#include <openslide.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WIDTH 150
#define HEIGHT 110

typedef struct {
  char *folder, *path;
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  fixture->folder = test_folder_new ();
  fixture->path = g_build_filename (fixture->folder, "picture.tif", NULL);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  test_folder_remove (fixture->folder);
  g_free (fixture->path);
}

static SacSource *
open_spec (const TiffSpec *spec, const char *path)
{
  g_autoptr (GBytes) file = tiff_writer_make (spec, path);
  g_autoptr (GError) error = NULL;
  SacSource *source = sac_source_open (path, NULL, &error);

  g_assert_no_error (error);
  return source;
}

/* The part of a level, against what the writer put there. */
static void
check_part (SacSource *source,
            const TiffSpec *spec,
            int level,
            const SacRect *part,
            int tolerance,
            const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) got =
    sac_source_read (source, level, (int64_t)part->x, (int64_t)part->y,
                     (int)part->width, (int)part->height, SAC_COLORS_FILE, NULL,
                     &error);

  g_assert_no_error (error);

  g_autoptr (SacImage) expected = sac_image_new (got->width, got->height, NULL);

  for (int y = 0; y < got->height; y++)
    for (int x = 0; x < got->width; x++)
      expected->pixels[y * got->width + x] =
        tiff_writer_pixel (spec, (unsigned)(part->x + x),
                           (unsigned)(part->y + y));
  picture_compare (got, expected, tolerance, what);
}

static void
check_levels (SacSource *source, const TiffSpec *spec, const char *what)
{
  int tolerance = spec->compression == COMPRESSION_JPEG ? 12 : 0;

  g_assert_true (sac_source_is_slide (source));
  g_assert_cmpint (sac_source_get_level_count (source), ==, spec->levels + 1);
  for (int i = 0; i <= spec->levels; i++) {
    const SacSourceLevel *level = sac_source_get_level (source, i);
    SacRect whole = {0, 0, (double)level->width, (double)level->height};
    SacRect part = {11, 5, 23, 14};

    g_assert_cmpfloat_with_epsilon (level->downsample, 1 << i, 0.1);
    g_assert_false (level->made);
    check_part (source, spec, i, &whole, tolerance, what);
    check_part (source, spec, i, &part, tolerance, what);
  }
}

/* Every kind of sample, in tiles and strips, apart and together, with and
 * without packing. */
static void
test_kinds (Fixture *fixture, const void *data)
{
  static const uint16_t packings[] = {COMPRESSION_NONE, COMPRESSION_LZW,
                                      COMPRESSION_ADOBE_DEFLATE};

  for (size_t i = 0; i < tiff_writer_kind_count; i++)
    for (int form = 0; form < 4; form++)
      for (size_t k = 0; k < G_N_ELEMENTS (packings); k++) {
        TiffSpec spec = tiff_writer_kinds[i].spec;

        spec.width = WIDTH;
        spec.height = HEIGHT;
        spec.levels = 1;
        spec.tiled = form % 2 != 0;
        spec.planes = form / 2 != 0;
        spec.compression = packings[k];

        g_autoptr (SacSource) source = open_spec (&spec, fixture->path);

        check_levels (source, &spec, tiff_writer_kinds[i].what);
      }
}

static const TiffSpec pyramid = {
  .width = WIDTH,
  .height = HEIGHT,
  .bits = 8,
  .samples = 3,
  .photometric = PHOTOMETRIC_RGB,
  .compression = COMPRESSION_LZW,
  .tiled = true,
  .levels = 2,
};

static void
test_jpeg (Fixture *fixture, const void *data)
{
  for (int tiled = 0; tiled < 2; tiled++) {
    TiffSpec spec = pyramid;

    /* Small enough for the writer's ramps not to begin anew. */
    spec.width = 70;
    spec.height = 50;
    spec.levels = 1;
    spec.tiled = tiled != 0;
    spec.photometric = PHOTOMETRIC_YCBCR;
    spec.compression = COMPRESSION_JPEG;

    g_autoptr (SacSource) source = open_spec (&spec, fixture->path);

    check_levels (source, &spec, "YCbCr");
  }
}

/* Big files, and files of the other byte order. */
static void
test_modes (Fixture *fixture, const void *data)
{
  static const char *const modes[] = {"w8", "wb", "w8b", "wl"};

  for (size_t i = 0; i < G_N_ELEMENTS (modes); i++)
    for (int tiled = 0; tiled < 2; tiled++) {
      TiffSpec spec = pyramid;

      spec.mode = modes[i];
      spec.tiled = tiled != 0;
      spec.bits = 16;
      spec.compression = COMPRESSION_NONE;

      g_autoptr (SacSource) source = open_spec (&spec, fixture->path);

      check_levels (source, &spec, modes[i]);
    }
}

/* However a writer keeps its levels, they are found. */
static void
test_pyramids (Fixture *fixture, const void *data)
{
  TiffSpec spec = pyramid;

  spec.mpp = 0.25;
  for (int form = 0; form < 3; form++) {
    spec.plain = form == 1;
    spec.inside = form == 2;

    g_autoptr (SacSource) source = open_spec (&spec, fixture->path);

    g_assert_cmpstr (sac_source_get_format (source), ==, "TIFF pyramid");
    g_assert_cmpfloat_with_epsilon (sac_source_get_mpp (source), 0.25, 1e-6);
    g_assert_null (sac_source_get_notes (source)[0]);
    check_levels (source, &spec, "levels");
  }
}

/* The pixel of the upright image, put together by the definition of the tag:
 * which side of it is the stored image's row 0, and which its column 0. */
static uint32_t
get_upright (const TiffSpec *spec, unsigned x, unsigned y)
{
  unsigned right = spec->width - 1, bottom = spec->height - 1;

  switch (spec->orientation) {
  case ORIENTATION_TOPRIGHT:
    return tiff_writer_pixel (spec, right - x, y);
  case ORIENTATION_BOTRIGHT:
    return tiff_writer_pixel (spec, right - x, bottom - y);
  case ORIENTATION_BOTLEFT:
    return tiff_writer_pixel (spec, x, bottom - y);
  case ORIENTATION_LEFTTOP:
    return tiff_writer_pixel (spec, y, x);
  case ORIENTATION_RIGHTTOP:
    return tiff_writer_pixel (spec, y, bottom - x);
  case ORIENTATION_RIGHTBOT:
    return tiff_writer_pixel (spec, right - y, bottom - x);
  case ORIENTATION_LEFTBOT:
    return tiff_writer_pixel (spec, right - y, x);
  default:
    return tiff_writer_pixel (spec, x, y);
  }
}

/* Turned and mirrored ones stand upright on every level, tiles and strips. */
static void
test_orientations (Fixture *fixture, const void *data)
{
  for (uint16_t i = 1; i <= 8; i++)
    for (int tiled = 0; tiled < 2; tiled++) {
      TiffSpec spec = pyramid;

      spec.orientation = i;
      spec.tiled = tiled != 0;

      g_autoptr (SacSource) source = open_spec (&spec, fixture->path);
      const SacSourceLevel *first = sac_source_get_level (source, 0);

      g_assert_cmpint (first->width, ==, i >= 5 ? HEIGHT : WIDTH);
      g_assert_cmpint (first->height, ==, i >= 5 ? WIDTH : HEIGHT);
      g_assert_cmpint (first->tile_width, ==, !tiled ? 0 : i >= 5 ? 16 : 32);
      for (int level = 0; level < 3; level++) {
        const SacSourceLevel *size = sac_source_get_level (source, level);
        int width = (int)size->width - 9, height = (int)size->height - 6;
        g_autoptr (SacImage) got =
          sac_source_read (source, level, 5, 3, width, height, SAC_COLORS_FILE,
                           NULL, NULL);
        TiffSpec stored = spec;

        stored.width = (unsigned)(i >= 5 ? size->height : size->width);
        stored.height = (unsigned)(i >= 5 ? size->width : size->height);
        g_assert_nonnull (got);
        for (int y = 0; y < height; y++)
          for (int x = 0; x < width; x++)
            g_assert_cmphex (got->pixels[y * width + x], ==,
                             get_upright (&stored, (unsigned)x + 5,
                                          (unsigned)y + 3));
      }
    }
}

/* Channels first, then the smaller copies of each. */
static void
test_pages (Fixture *fixture, const void *data)
{
  TiffSpec spec = pyramid;

  spec.pages = 2;

  g_autoptr (SacSource) first = open_spec (&spec, fixture->path);

  g_assert_cmpstr (sac_source_get_notes (first)[0], ==,
                   "this is page 1 of 3; another one is opened as FILE#page=N");
  check_levels (first, &spec, "page 1");
  g_assert_cmpint (sac_source_get_page_number (first), ==, 1);
  g_assert_cmpuint (sac_source_get_pages (first)->len, ==, 3);
  for (unsigned page = 1; page < 3; page++) {
    g_autofree char *path =
      g_strdup_printf ("%s#page=%u", fixture->path, page + 1);
    g_autofree char *ending = g_strdup_printf ("#page=%u", page + 1);
    g_autoptr (GError) error = NULL;
    g_autoptr (SacSource) source = sac_source_open (path, NULL, &error);

    g_assert_no_error (error);
    g_assert_true (g_str_has_suffix (sac_source_get_hash (source), ending));
    spec.page = page;
    g_assert_cmpint (sac_source_get_page_number (source), ==, (int)page + 1);
    check_levels (source, &spec, "page");
  }

  g_autofree char *beyond = g_strconcat (fixture->path, "#page=4", NULL);
  GError *error = NULL;

  g_assert_null (sac_source_open (beyond, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNREADABLE, "the file has 3");
}

/* Small ones are held whole, as before, but pages can be chosen too. */
static void
test_flat_page (Fixture *fixture, const void *data)
{
  TiffSpec spec = pyramid;
  g_autofree char *path = g_strconcat (fixture->path, "#page=2", NULL);
  SacRect whole = {0, 0, WIDTH, HEIGHT};

  spec.levels = 0;
  spec.pages = 1;

  g_autoptr (SacSource) first = open_spec (&spec, fixture->path);
  g_autoptr (SacSource) second = sac_source_open (path, NULL, NULL);

  g_assert_false (sac_source_is_slide (first));
  g_assert_true (g_str_has_prefix (sac_source_get_hash (first), "sha256:"));
  check_part (first, &spec, 0, &whole, 0, "page 1");
  spec.page = 1;
  check_part (second, &spec, 0, &whole, 0, "page 2");
}

/* A picture that is no page and no level may be the label with the name. */
static void
test_label_left_alone (Fixture *fixture, const void *data)
{
  TiffSpec spec = pyramid;

  spec.width = 4100;
  spec.height = 40;
  spec.levels = 0;

  g_autoptr (SacSource) lone = open_spec (&spec, fixture->path);

  g_assert_null (sac_source_get_notes (lone)[0]);
  g_assert_cmpint (sac_source_get_page_number (lone), ==, 0);
  g_assert_cmpuint (sac_source_get_pages (lone)->len, ==, 0);

  TIFF *tiff = TIFFOpen (fixture->path, "a");
  uint8_t row[30] = {0};

  TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, 10);
  TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, 1);
  TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, 8);
  TIFFSetField (tiff, TIFFTAG_SAMPLESPERPIXEL, 3);
  TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
  TIFFSetField (tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField (tiff, TIFFTAG_IMAGEDESCRIPTION,
                "<Patient>Doe</Patient><Name> FITC </Name>");
  TIFFWriteScanline (tiff, row, 0, 0);
  TIFFClose (tiff);

  g_autoptr (SacSource) source = sac_source_open (fixture->path, NULL, NULL);

  g_assert_cmpstr (sac_source_get_notes (source)[0], ==,
                   "other pictures in the file (1) are shown only when asked "
                   "for, as FILE#page=2 and on: they may be labels");
  g_assert_cmpint (sac_source_get_width (source), ==, 4100);

  const GPtrArray *pages = sac_source_get_pages (source);
  const SacSourcePage *first = pages->pdata[0], *second = pages->pdata[1];
  g_autofree char *path = g_strconcat (fixture->path, "#page=2", NULL);
  g_autoptr (SacSource) asked = sac_source_open (path, NULL, NULL);

  g_assert_cmpuint (pages->len, ==, 2);
  g_assert_false (first->apart);
  g_assert_true (second->apart);
  g_assert_cmpint (second->width, ==, 10);
  g_assert_cmpstr (second->name, ==, "FITC");
  g_assert_cmpint (sac_source_get_width (asked), ==, 10);
}

static double
get_channel (const TiffSpec *spec, unsigned x, unsigned y, int shift)
{
  return tiff_writer_pixel (spec, x, y) >> shift & 0xff;
}

/* The mean of what there is under a pixel of a made level. */
static double
get_mean (
  const TiffSpec *spec, unsigned x, unsigned y, unsigned factor, int shift)
{
  double sum = 0;
  int count = 0;

  for (unsigned v = y * factor; v < MIN ((y + 1) * factor, spec->height); v++)
    for (unsigned u = x * factor; u < MIN ((x + 1) * factor, spec->width);
         u++, count++)
      sum += get_channel (spec, u, v, shift);
  return sum / count;
}

static void
check_made (SacSource *source, const TiffSpec *spec, int level)
{
  const SacSourceLevel *size = sac_source_get_level (source, level);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) image =
    sac_source_read (source, level, 0, 0, (int)size->width, (int)size->height,
                     SAC_COLORS_FILE, NULL, &error);
  unsigned step = image != NULL ? MAX (1u, (unsigned)image->width / 40) : 1;

  g_assert_no_error (error);
  g_assert_true (size->made);
  for (unsigned y = 0; y < (unsigned)image->height; y++)
    for (unsigned x = y % step; x < (unsigned)image->width; x += step) {
      double mean = get_mean (spec, x, y, 1u << level, 8);
      double got = image->pixels[y * (unsigned)image->width + x] >> 8 & 0xff;

      /* Below the overview's level, means of rounded means. */
      g_assert_cmpfloat (fabs (got - mean), <=, level <= 2 ? 0.51 : 1.01);
    }
}

/* Tiles, packed strips and plain strips; odd sizes, so that the last pixels of
 * levels stand for less. */
static void
test_made_levels (Fixture *fixture, const void *data)
{
  for (int form = 0; form < 3; form++) {
    TiffSpec spec = pyramid;

    /* Strips are read by regions only from some size on, or with a level. */
    spec.width = 4501;
    spec.height = 301;
    spec.levels = 0;
    spec.tiled = form == 0;
    spec.compression = form == 2 ? COMPRESSION_NONE : COMPRESSION_LZW;
    if (form > 0) {
      spec.width = 9002;
      spec.height = 602;
      spec.levels = 1;
    }

    g_autoptr (SacSource) source = open_spec (&spec, fixture->path);
    int first = spec.levels;

    spec.width = 4501;
    spec.height = 301;
    g_assert_cmpint (sac_source_get_level_count (source), ==, first + 5);
    g_assert_cmpint (sac_source_get_level (source, first + 4)->width, ==, 282);
    g_assert_cmpint (sac_source_get_level (source, first + 4)->height, ==, 19);
    if (form == 0)
      for (int level = 4; level > 0; level--)
        check_made (source, &spec, level);
    else
      check_part (source, &spec, 1, &(SacRect){4400, 290, 101, 11}, 0,
                  "strips");
  }
}

/* What the levels made of strips hold: compared with those made of the same
 * picture in tiles, which the test above has compared with the truth. */
static void
test_made_of_strips (Fixture *fixture, const void *data)
{
  TiffSpec spec = pyramid;

  spec.width = 8999;
  spec.height = 777;
  spec.levels = 1;

  g_autoptr (SacSource) tiles = open_spec (&spec, fixture->path);
  g_autofree char *path =
    g_build_filename (fixture->folder, "strips.tif", NULL);

  for (int form = 0; form < 3; form++) {
    spec.tiled = false;
    spec.compression = form == 0 ? COMPRESSION_NONE : COMPRESSION_LZW;
    spec.strip_rows = form == 2 ? 100 : 0;

    g_autoptr (SacSource) strips = open_spec (&spec, path);

    for (int level = 5; level > 0; level--) {
      const SacSourceLevel *size = sac_source_get_level (tiles, level);
      g_autoptr (SacImage) a =
        sac_source_read (tiles, level, 3, 1, (int)MIN (size->width, 4096) - 3,
                         (int)size->height - 1, SAC_COLORS_FILE, NULL, NULL);
      g_autoptr (SacImage) b =
        sac_source_read (strips, level, 3, 1, (int)MIN (size->width, 4096) - 3,
                         (int)size->height - 1, SAC_COLORS_FILE, NULL, NULL);

      g_assert_cmpuint (picture_compare (b, a, 0, "strips"), ==, 0);
    }
  }
}

static void
test_absent_tile (Fixture *fixture, const void *data)
{
  TiffSpec spec = pyramid;

  spec.absent = 7;

  g_autoptr (SacSource) source = open_spec (&spec, fixture->path);
  g_autoptr (SacImage) image =
    sac_source_read (source, 0, 30, 16, 36, 16, SAC_COLORS_FILE, NULL, NULL);

  g_assert_cmpstr (sac_source_get_notes (source)[0], ==,
                   "1 of the 35 tiles of level 0 are not in the file and show "
                   "as background");
  for (unsigned y = 0; y < 16; y++)
    for (unsigned x = 0; x < 36; x++)
      g_assert_cmphex (image->pixels[y * 36 + x], ==,
                       x >= 2 && x < 34
                         ? 0xffffffff
                         : tiff_writer_pixel (&spec, x + 30, y + 16));
}

/* Of masks, what is left out is the value 0; also in small ones. */
static void
test_absent_mask_tile (Fixture *fixture, const void *data)
{
  TiffSpec spec = {.width = 64,
                   .height = 32,
                   .bits = 8,
                   .samples = 1,
                   .photometric = PHOTOMETRIC_MINISBLACK,
                   .tiled = true,
                   .absent = 2};
  g_autoptr (SacSource) source = open_spec (&spec, fixture->path);
  g_autoptr (SacImage) image =
    sac_source_read (source, 0, 32, 0, 32, 16, SAC_COLORS_FILE, NULL, NULL);

  g_assert_true (g_str_has_prefix (sac_source_get_notes (source)[0], "1 of"));
  g_assert_cmphex (image->pixels[0], ==, 0xff000000);
  g_assert_cmphex (image->pixels[511], ==, 0xff000000);
}

static void
test_profile (Fixture *fixture, const void *data)
{
  g_autoptr (GBytes) icc = picture_profile_new (1.0);
  TiffSpec spec = pyramid;

  spec.icc = icc;

  g_autoptr (SacSource) source = open_spec (&spec, fixture->path);
  g_autoptr (SacImage) shown =
    sac_source_read (source, 0, 0, 0, 64, 64, SAC_COLORS_DISPLAY, NULL, NULL);

  g_assert_true (sac_source_has_profile (source));
  check_levels (source, &spec, "the file's own values");
  g_assert_cmphex (shown->pixels[70], !=, tiff_writer_pixel (&spec, 6, 1));
}

/* Overwrites tile `index` of the first picture with nonsense. */
static void
damage (const char *path, uint32_t index)
{
  TIFF *tiff = TIFFOpen (path, "r");
  uint64_t offset = TIFFGetStrileOffset (tiff, index);
  g_autofree char *data = NULL;
  gsize size;

  TIFFClose (tiff);
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  memset (data + offset, 0xff, 40);
  g_assert_true (g_file_set_contents (path, data, (gssize)size, NULL));
}

/* One bad tile costs itself, and no other, in whatever order. */
static void
test_bad_tile (Fixture *fixture, const void *data)
{
  g_autoptr (GBytes) file = tiff_writer_make (&pyramid, fixture->path);

  damage (fixture->path, 6);

  g_autoptr (SacSource) source = sac_source_open (fixture->path, NULL, NULL);

  for (int round = 0; round < 2; round++)
    for (unsigned tile = 0; tile < 35; tile++) {
      SacRect part = {tile % 5 * 32, tile / 5 * 16, tile % 5 == 4 ? 22 : 32,
                      tile / 5 == 6 ? 14 : 16};
      GError *error = NULL;

      if (tile != 6) {
        check_part (source, &pyramid, 0, &part, 0, "beside a bad tile");
        continue;
      }
      g_assert_null (sac_source_read (source, 0, 32, 16, 32, 16,
                                      SAC_COLORS_FILE, NULL, &error));
      test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "at 32, 16");
    }
}

/* A made level fails where the damage is, and only there. */
static void
test_bad_tile_made (Fixture *fixture, const void *data)
{
  TiffSpec spec = pyramid;
  GError *error = NULL;

  spec.width = 5000;
  spec.height = 64;
  spec.levels = 0;

  g_autoptr (GBytes) file = tiff_writer_make (&spec, fixture->path);

  damage (fixture->path, 0);

  g_autoptr (SacSource) source = sac_source_open (fixture->path, NULL, NULL);
  g_autoptr (SacImage) good =
    sac_source_read (source, 3, 300, 0, 100, 8, SAC_COLORS_FILE, NULL, NULL);

  g_assert_nonnull (good);
  for (int round = 0; round < 2; round++) {
    g_assert_null (
      sac_source_read (source, 3, 0, 0, 100, 8, SAC_COLORS_FILE, NULL, &error));
    test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "block at 0, 0");
  }
}

static void
test_replaced (Fixture *fixture, const void *data)
{
  g_autoptr (SacSource) source = open_spec (&pyramid, fixture->path);
  TiffSpec other = pyramid;
  GError *error = NULL;

  other.page = 1;

  g_autofree char *path = g_build_filename (fixture->folder, "other.tif", NULL);
  g_autoptr (GBytes) file = tiff_writer_make (&other, path);

  /* Under the same name; what is read is the old file or an error. */
  g_assert_cmpint (rename (path, fixture->path), ==, 0);
  for (int level = 0; level < 3; level++) {
    g_autoptr (SacImage) image =
      sac_source_read (source, level, 0, 0, 16, 16, SAC_COLORS_FILE, NULL,
                       &error);

    if (image == NULL)
      test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "has changed");
    else
      g_assert_cmphex (image->pixels[17], ==,
                       tiff_writer_pixel (&pyramid, 1, 1));
  }
}

static void
test_cut_while_open (Fixture *fixture, const void *data)
{
  g_autoptr (SacSource) source = open_spec (&pyramid, fixture->path);
  GError *error = NULL;

  g_assert_cmpint (truncate (fixture->path, 100), ==, 0);
  g_assert_null (
    sac_source_read (source, 0, 64, 64, 16, 16, SAC_COLORS_FILE, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "cannot be read");
}

static void *
read_everything (void *data)
{
  SacSource *source = data;
  GRand *random = g_rand_new_with_seed (GPOINTER_TO_UINT (g_thread_self ()));

  for (int i = 0; i < 60; i++) {
    int level = g_rand_int_range (random, 0, 5);
    const SacSourceLevel *size = sac_source_get_level (source, level);
    g_autoptr (SacImage) image =
      sac_source_read (source, level,
                       g_rand_int_range (random, 0, (int)size->width), 0, 200,
                       20, SAC_COLORS_FILE, NULL, NULL);

    g_assert_nonnull (image);
  }
  g_rand_free (random);
  return NULL;
}

/* Pieces and patches made by several threads at once are made right. */
static void
test_threads (Fixture *fixture, const void *data)
{
  TiffSpec spec = pyramid;
  GThread *threads[4];

  spec.width = 4501;
  spec.height = 301;
  spec.levels = 0;

  g_autoptr (SacSource) source = open_spec (&spec, fixture->path);

  for (int i = 0; i < 4; i++)
    threads[i] = g_thread_new ("reader", read_everything, source);
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  check_made (source, &spec, 2);
  check_made (source, &spec, 4);
}

static void
test_cancel (Fixture *fixture, const void *data)
{
  TiffSpec spec = pyramid;
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (GError) error = NULL;

  spec.width = 5000;
  spec.levels = 0;

  g_autoptr (SacSource) source = open_spec (&spec, fixture->path);

  sac_job_cancel (job);
  g_assert_null (
    sac_source_read (source, 4, 0, 0, 16, 6, SAC_COLORS_FILE, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  /* And it leaves nothing half made. */
  g_autoptr (SacImage) image =
    sac_source_read (source, 4, 0, 0, 16, 6, SAC_COLORS_FILE, NULL, NULL);

  g_assert_nonnull (image);
}

/* The same picture through OpenSlide, pixel for pixel. */
static void
check_against_openslide (const char *path, int tolerance)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source = sac_source_open (path, NULL, &error);
  openslide_t *slide = openslide_open (path);

  g_assert_no_error (error);
  g_assert_nonnull (slide);
  g_assert_null (openslide_get_error (slide));
  g_assert_cmpint (sac_source_get_level_count (source), ==,
                   openslide_get_level_count (slide));
  for (int i = 0; i < sac_source_get_level_count (source); i++) {
    const SacSourceLevel *level = sac_source_get_level (source, i);
    int64_t width, height;

    openslide_get_level_dimensions (slide, i, &width, &height);
    g_assert_cmpint (level->width, ==, width);
    g_assert_cmpint (level->height, ==, height);
    g_assert_cmpfloat_with_epsilon (level->downsample,
                                    openslide_get_level_downsample (slide, i),
                                    1e-9);

    g_autoptr (SacImage) theirs =
      sac_image_new (level->width, level->height, NULL);
    g_autoptr (SacImage) ours =
      sac_source_read (source, i, 0, 0, (int)level->width, (int)level->height,
                       SAC_COLORS_FILE, NULL, &error);

    g_assert_no_error (error);
    /* It draws the tiles of uneven levels between pixels, with seams. */
    if (level->downsample != floor (level->downsample))
      continue;
    openslide_read_region (slide, theirs->pixels, 0, 0, i, level->width,
                           level->height);
    picture_compare (ours, theirs, tolerance, path);
  }
  openslide_close (slide);
}

static void
test_against_openslide (Fixture *fixture, const void *data)
{
  g_autoptr (GBytes) file = tiff_writer_make (&pyramid, fixture->path);
  static const char *const names[] = {"data/slides/boxes.tiff",
                                      "data/slides/small_HE_levels.tiff"};

  check_against_openslide (fixture->path, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = test_shared (names[i]);

    if (path == NULL)
      return;
    check_against_openslide (path, 0);
  }
}

/* hashlib.sha256 (np.asarray (image.convert ("RGB"))) after image.seek (n) with
 * Pillow 9.4.0. */
static void
test_shared_levels (void)
{
  static const struct {
    const char *name;
    int level;
    const char *digest;
  } references[] = {
    {"boxes.tiff", 2,
     "0d68bada8ee892b6178a31bbd2f5aa760aa03a447f34c6e3b60480e2d0f99b1d"},
    {"boxes.tiff", 3,
     "94847c5a7337ecc0977b703584ee27a9a466c76351601644be2c94dc752c4933"},
    {"small_HE_levels.tiff", 3,
     "d69031fb48053a7b2e384bd349f94a4dc8c748acc2bd4c49f842a94ebd645d76"},
    {"small_vectra.qptiff#page=2", 0,
     "2d0d6131d50ff294b0f8499a6f80ab94d1f94348bb109a4005fc8d078ad7863f"},
    {"small_vectra.qptiff#page=3", 0,
     "2335090ba32f5771dab4fe5b932fc713160d57a851c89bc555487078a80314c2"},
  };
  g_autofree char *folder = test_shared ("data/slides");

  for (size_t i = 0; folder != NULL && i < G_N_ELEMENTS (references); i++) {
    g_autofree char *path = g_build_filename (folder, references[i].name, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (SacSource) source = sac_source_open (path, NULL, &error);

    g_assert_no_error (error);

    const SacSourceLevel *level =
      sac_source_get_level (source, references[i].level);
    g_autoptr (SacImage) image =
      sac_source_read (source, references[i].level, 0, 0, (int)level->width,
                       (int)level->height, SAC_COLORS_FILE, NULL, &error);
    g_autofree char *digest = picture_digest (image);

    g_assert_cmpstr (digest, ==, references[i].digest);
  }
}

/* A directory for TIFFOpen's file: sizes that nothing in the file backs. */
typedef struct {
  uint32_t width, height, tile, rows;
  uint16_t compression;
  int code;
  const char *part;
} Lie;

static void
write_lie (const Lie *lie, const char *path)
{
  TIFF *tiff = TIFFOpen (path, "w");
  uint8_t zeros[4096] = {0};

  TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, lie->width);
  TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, lie->height);
  TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, 8);
  TIFFSetField (tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  TIFFSetField (tiff, TIFFTAG_COMPRESSION, lie->compression);
  if (lie->tile > 0) {
    TIFFSetField (tiff, TIFFTAG_TILEWIDTH, lie->tile);
    TIFFSetField (tiff, TIFFTAG_TILELENGTH, lie->tile);
    TIFFWriteRawTile (tiff, 0, zeros, sizeof zeros);
  } else {
    TIFFSetField (tiff, TIFFTAG_ROWSPERSTRIP, lie->rows);
    TIFFWriteRawStrip (tiff, 0, zeros, sizeof zeros);
  }
  TIFFClose (tiff);
}

/* Small files that claim to be large ones: refused in words when opened or
 * when read, at once and without the memory. */
static void
test_lies (Fixture *fixture, const void *data)
{
  static const Lie lies[] = {
    {60000, 60000, 0, 60000, COMPRESSION_LZW, SAC_ERROR_TOO_LARGE,
     "only be read whole"},
    {60000, 60000, 0, 60000, COMPRESSION_NONE, SAC_ERROR_DAMAGED, "behind its"},
    {60000, 60000, 0, 100, COMPRESSION_LZW, SAC_ERROR_DAMAGED, "block at 0, 0"},
    {2000000, 2000000, 8192, 0, COMPRESSION_LZW, SAC_ERROR_TOO_LARGE,
     "any scanner"},
    {3000000000u, 16, 1024, 0, COMPRESSION_LZW, SAC_ERROR_TOO_LARGE, "a side"},
    {100000, 100000, 8192, 0, COMPRESSION_LZW, SAC_ERROR_TOO_LARGE,
     "only be read whole"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (lies); i++) {
    GError *error = NULL;

    write_lie (&lies[i], fixture->path);

    gint64 start = g_get_monotonic_time ();

    g_autoptr (SacSource) source =
      sac_source_open (fixture->path, NULL, &error);

    if (source != NULL)
      g_assert_null (sac_source_read (source, 0, 0, 0, 256, 256,
                                      SAC_COLORS_FILE, NULL, &error));
    g_test_message ("%s", error->message);
    test_assert_error (&error, SAC_ERROR, lies[i].code, lies[i].part);
    g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
  }
}

/* Directories that lead back to the first end the list, or the file. */
static void
test_loop (Fixture *fixture, const void *data)
{
  g_autoptr (GBytes) file = tiff_writer_make (&pyramid, fixture->path);
  g_autofree guint8 *bytes =
    g_memdup2 (g_bytes_get_data (file, NULL), g_bytes_get_size (file));
  guint32 first, next = 0, at;
  guint16 count;

  memcpy (&first, bytes + 4, 4);
  for (at = first; at != 0; at = next) {
    guint8 *link;

    memcpy (&count, bytes + at, 2);
    link = bytes + at + 2 + 12 * count;
    memcpy (&next, link, 4);
    if (next == 0)
      memcpy (link, &first, 4);
  }
  g_assert_true (g_file_set_contents (fixture->path, (const char *)bytes,
                                      (gssize)g_bytes_get_size (file), NULL));

  g_autoptr (SacSource) source = sac_source_open (fixture->path, NULL, NULL);

  g_assert_nonnull (source);
  g_assert_cmpint (sac_source_get_level_count (source), ==, 3);
  g_assert_nonnull (strstr (sac_source_get_notes (source)[0], "damaged"));
}

/* Cut anywhere, it is refused or read, and never read wrong. */
static void
test_cuts (Fixture *fixture, const void *data)
{
  for (int inside = 0; inside < 2; inside++) {
    TiffSpec spec = pyramid;

    spec.width = 60;
    spec.height = 40;
    spec.inside = inside != 0;

    g_autoptr (GBytes) file = tiff_writer_make (&spec, fixture->path);
    off_t size = (off_t)g_bytes_get_size (file);

    for (off_t length = size - 1; length >= 0; length -= 7) {
      g_assert_cmpint (truncate (fixture->path, length), ==, 0);

      g_autoptr (GError) error = NULL;
      g_autoptr (SacSource) source =
        sac_source_open (fixture->path, NULL, &error);

      g_assert_true ((source == NULL) == (error != NULL));
      if (source == NULL)
        continue;

      g_autoptr (SacImage) image =
        sac_source_read (source, 0, 0, 0, 60, 40, SAC_COLORS_FILE, NULL,
                         &error);

      if (image != NULL)
        check_part (source, &spec, 0, &(SacRect){0, 0, 60, 40}, 0, "cut");
    }
  }
}

#define ADD(name, func)                                                        \
  g_test_add ("/source-tiff/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("kinds", test_kinds);
  ADD ("jpeg", test_jpeg);
  ADD ("modes", test_modes);
  ADD ("pyramids", test_pyramids);
  ADD ("orientations", test_orientations);
  ADD ("pages", test_pages);
  ADD ("flat-page", test_flat_page);
  ADD ("label-left-alone", test_label_left_alone);
  ADD ("made-levels", test_made_levels);
  ADD ("made-of-strips", test_made_of_strips);
  ADD ("absent-tile", test_absent_tile);
  ADD ("absent-mask-tile", test_absent_mask_tile);
  ADD ("profile", test_profile);
  ADD ("bad-tile", test_bad_tile);
  ADD ("bad-tile-made", test_bad_tile_made);
  ADD ("replaced", test_replaced);
  ADD ("cut-while-open", test_cut_while_open);
  ADD ("threads", test_threads);
  ADD ("cancel", test_cancel);
  ADD ("against-openslide", test_against_openslide);
  ADD ("lies", test_lies);
  ADD ("loop", test_loop);
  ADD ("cuts", test_cuts);
  g_test_add_func ("/source-tiff/shared-levels", test_shared_levels);
  return g_test_run ();
}
