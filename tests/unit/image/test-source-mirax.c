/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Slides of which only parts are in the file. */
#include "base/error.h"
#include "image/phantom-pattern.h"
#include "image/source.h"
#include "mirax-writer.h"
#include "support.h"

#include <glib/gstdio.h>

#define PATTERN 300
#define COLUMNS 12
#define ROWS 8

/* Nothing along the edges, and a hole. */
static const char *const there[ROWS] = {
  "............", "............", "...#####....", "..######....",
  "..##..###...", "..##..###...", "....####....", "............",
};

static const MiraxSpec spec = {COLUMNS, ROWS, there, 3, PATTERN};

typedef struct {
  char *folder, *path;
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  fixture->folder = test_folder_new ();
  fixture->path = g_build_filename (fixture->folder, "slide.mrxs", NULL);
  mirax_write (&spec, fixture->path);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  test_folder_remove (fixture->folder);
  g_free (fixture->path);
}

static void
test_says (Fixture *fixture, const void *data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source = sac_source_open (fixture->path, NULL, &error);

  g_assert_no_error (error);

  SacRect bounds = sac_source_get_bounds (source);
  int step = mirax_step ();

  g_assert_cmpstr (sac_source_get_format (source), ==, "MIRAX");
  g_assert_true (sac_source_is_slide (source));
  g_assert_cmpfloat (sac_source_get_mpp (source), ==, MIRAX_MPP);
  g_assert_cmpfloat (sac_source_get_objective (source), ==, 40);
  g_assert_cmpint (sac_source_get_width (source), ==,
                   COLUMNS * step + MIRAX_OVERLAP);
  g_assert_cmpint (sac_source_get_height (source), ==,
                   ROWS * step + MIRAX_OVERLAP);
  g_assert_cmpfloat (bounds.x, ==, 2 * step);
  g_assert_cmpfloat (bounds.y, ==, 2 * step);
  g_assert_cmpfloat (bounds.width, ==, 7 * step + MIRAX_OVERLAP);
  g_assert_cmpfloat (bounds.height, ==, 5 * step + MIRAX_OVERLAP);
}

/* How many photographs show a pixel of a level. */
static int
count_photographs (int level, int x, int y)
{
  int side = MIRAX_SIDE >> level, count = 0;

  for (int row = 0; row < ROWS; row++)
    for (int column = 0; column < COLUMNS; column++) {
      int left = (column * mirax_step ()) >> level;
      int top = (row * mirax_step ()) >> level;

      count += mirax_is_there (&spec, column, row) && x >= left && y >= top &&
               x < left + side && y < top + side;
    }
  return count;
}

/* Every pixel of every level that the file has: its own colour at its own
 * place, or white where there is no photograph. */
static void
test_pixels (Fixture *fixture, const void *data)
{
  g_autoptr (SacSource) source = sac_source_open (fixture->path, NULL, NULL);
  g_autoptr (GError) error = NULL;

  for (int level = 0; level < spec.level_count; level++) {
    int width = (int)sac_source_get_width (source) >> level;
    int height = (int)sac_source_get_height (source) >> level;
    int seen = 0, empty = 0;
    g_autoptr (SacImage) image =
      sac_source_read (source, level, 0, 0, width, height, SAC_COLORS_FILE,
                       NULL, &error);
    g_autoptr (SacImage) pattern = sac_image_new (width, height, NULL);

    g_assert_no_error (error);
    sac_phantom_pattern_draw (PATTERN, 1 << level, 0, 0, pattern);
    for (int y = 0; y < height; y++)
      for (int x = 0; x < width; x++) {
        bool is_seen = count_photographs (level, x, y) > 0;

        g_assert_cmphex (image->pixels[y * width + x], ==,
                         is_seen ? pattern->pixels[y * width + x] : 0xffffffff);
        *(is_seen ? &seen : &empty) += 1;
      }
    g_assert_cmpint (seen, >, width * height / 8);
    g_assert_cmpint (empty, >, width * height / 8);
  }
}

static char *
name_part (const Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->folder, "slide", name, NULL);
}

/* The folder beside it, or what is in it, is gone or cut. */
static void
test_incomplete (Fixture *fixture, const void *data)
{
  g_autofree char *pixels = name_part (fixture, "Data0000.dat");
  g_autofree char *index = name_part (fixture, "Index.dat");
  g_autofree char *description = name_part (fixture, "Slidedat.ini");
  GError *error = NULL;

  g_assert_true (g_file_set_contents (pixels, "cut", 3, NULL));
  g_assert_null (sac_source_open (fixture->path, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "slide.mrxs");
  g_assert_true (g_file_set_contents (index, "01.02", 5, NULL));
  g_assert_null (sac_source_open (fixture->path, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "slide.mrxs");
  g_assert_cmpint (g_unlink (description), ==, 0);
  g_assert_null (sac_source_open (fixture->path, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "folder \"slide\"");
}

#define ADD(name, func)                                                        \
  g_test_add ("/source-mirax/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("says", test_says);
  ADD ("pixels", test_pixels);
  ADD ("incomplete", test_incomplete);
  return g_test_run ();
}
