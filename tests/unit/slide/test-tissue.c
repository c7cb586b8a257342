/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Tissue on pictures of known shapes, whose areas are known in closed form. */
#include "base/error.h"
#include "slide/tissue-shape.h"
#include "slide/tissue.h"
#include "support.h"

#include <math.h>
#include <string.h>

#define SIDE 2048
#define GLASS sac_pixel (243, 242, 244)
#define STAINED sac_pixel (200, 120, 190)

typedef uint32_t (*Paint) (int x, int y);

static bool
in_disc (int x, int y, double at_x, double at_y, double radius)
{
  double dx = x + 0.5 - at_x, dy = y + 0.5 - at_y;

  return dx * dx + dy * dy <= radius * radius;
}

/* A disc of radius 500 at (700, 900), and a speck of 20 x 20. */
static uint32_t
paint_disc (int x, int y)
{
  bool speck = x >= 1800 && x < 1820 && y >= 300 && y < 320;

  return speck || in_disc (x, y, 700, 900, 500) ? STAINED : GLASS;
}

/* The same, cut by a gap 24 pixels wide, and with a hole of radius 200. */
static uint32_t
paint_cut (int x, int y)
{
  return in_disc (x, y, 700, 900, 200) || (x >= 320 && x < 344)
           ? GLASS
           : paint_disc (x, y);
}

/* Glass with a tint and noise of one or two levels. */
static uint32_t
paint_blank (int x, int y)
{
  unsigned noise = ((unsigned)x * 2654435761u ^ (unsigned)y * 40503u) >> 13 & 3;

  return sac_pixel (240 - noise, 236 + noise / 2, 238);
}

static uint32_t
paint_black (int x, int y)
{
  return sac_pixel (0, 0, 0);
}

static SacSource *
make_source (Paint paint)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) image = sac_image_new (SIDE, SIDE, &error);

  g_assert_no_error (error);
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++)
      image->pixels[(size_t)y * SIDE + x] = paint (x, y);
  return sac_source_new_for_image (image, "painted");
}

static SacTissue *
find (Paint paint, const SacTissueParams *params)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source = make_source (paint);
  SacTissue *tissue = sac_tissue_find (source, 0.5, params, NULL, &error);

  g_assert_no_error (error);
  return tissue;
}

static void
assert_near (double got, double expected, double tolerance)
{
  if (fabs (got - expected) > tolerance) {
    g_test_message ("got %g, expected %g +- %g", got, expected, tolerance);
    g_test_fail ();
  }
}

/* The speck is 100 um2 and left out; borders are uncertain by half a cell. */
static void
test_disc (void)
{
  g_autoptr (SacTissue) tissue = find (paint_disc, &sac_tissue_defaults);
  double area = G_PI * 500 * 500;
  double cell = tissue->mask->place.width / tissue->mask->columns;

  assert_near (sac_tissue_get_area (tissue), area, 2 * G_PI * 500 * cell / 2);
  assert_near (sac_tissue_get_share (tissue, &(SacRect){600, 800, 200, 200}), 1,
               0);
  assert_near (sac_tissue_get_share (tissue, &(SacRect){1700, 200, 300, 300}),
               0, 0);
  /* Half of it is the disc's: the tangent at the left. */
  assert_near (sac_tissue_get_share (tissue, &(SacRect){190, 890, 20, 20}), 0.5,
               0.5 * cell / 20 + 0.05);
  g_assert_cmpint (tissue->threshold, >=, SAC_TISSUE_LEAST_CONTRAST);
  g_assert_cmpint (tissue->threshold, <, 102); /* the stain's own */
}

/* The gap is 12 um, closed by a radius of 32; the hole of 200 um is not, unless
 * it is below the least area. */
static void
test_gap_and_hole (void)
{
  SacTissueParams open = sac_tissue_defaults, filled = sac_tissue_defaults;
  double disc = G_PI * 500 * 500, hole = G_PI * 200 * 200;

  open.closing = 0;
  filled.min_area = 0.05;

  g_autoptr (SacTissue) closed = find (paint_cut, &sac_tissue_defaults);
  g_autoptr (SacTissue) gaping = find (paint_cut, &open);
  g_autoptr (SacTissue) whole = find (paint_cut, &filled);
  SacRect gap = {322, 700, 20, 400};

  assert_near (sac_tissue_get_share (closed, &gap), 1, 0);
  g_assert_cmpfloat (sac_tissue_get_share (gaping, &gap), <, 0.7);
  assert_near (sac_tissue_get_area (closed), disc - hole, 0.03 * disc);
  assert_near (sac_tissue_get_area (whole), disc, 0.03 * disc);
}

static void
test_threshold (void)
{
  SacTissueParams strict = sac_tissue_defaults;

  strict.threshold = 150; /* above the stain's */

  g_autoptr (SacTissue) tissue = find (paint_disc, &strict);

  assert_near (sac_tissue_get_area (tissue), 0, 0);
  g_assert_cmpint (tissue->threshold, ==, 150);
}

static void
test_blank (void)
{
  g_autoptr (SacTissue) glass = find (paint_blank, &sac_tissue_defaults);
  g_autoptr (SacTissue) black = find (paint_black, &sac_tissue_defaults);

  assert_near (sac_tissue_get_area (glass), 0, 0);
  assert_near (sac_tissue_get_area (black), 0, 0);
}

/* Two peaks at 10 and 200: anything from 10 to 199 parts them best, and the
 * first of these is taken. */
static void
test_otsu (void)
{
  uint64_t histogram[256] = {0};
  double contrast;

  histogram[10] = 900;
  histogram[200] = 100;
  g_assert_cmpint (sac_tissue_otsu (histogram, &contrast), ==, 10);
  assert_near (contrast, 190, 1e-9);

  /* By hand: 0 twice, 1, 2, 10 once each.  Between-class variance, times 25:
   * at 0: 2*3*(13/3)^2 = 112.7; at 1: 3*2*(6-1/3)^2 = 192.7; at 2:
   * 4*1*(10-3/4)^2 = 342.25. */
  memset (histogram, 0, sizeof histogram);
  histogram[0] = 2;
  histogram[1] = histogram[2] = histogram[10] = 1;
  g_assert_cmpint (sac_tissue_otsu (histogram, &contrast), ==, 2);
  assert_near (contrast, 9.25, 1e-9);

  memset (histogram, 0, sizeof histogram);
  histogram[77] = 5;
  sac_tissue_otsu (histogram, &contrast);
  assert_near (contrast, 0, 0);
}

/* Two bars of ten cells, `gap` apart, and closed. */
static int
close_bars (int gap, double radius)
{
  uint8_t cells[20 * 40] = {0};

  for (int y = 5; y < 15; y++)
    for (int x = 0; x < 10; x++) {
      cells[y * 40 + 8 + x] = 1;
      cells[y * 40 + 18 + gap + x] = 1;
    }
  sac_tissue_close (cells, 20, 40, radius);
  /* The bars themselves are never changed. */
  g_assert_cmpint (cells[10 * 40 + 8], ==, 1);
  g_assert_cmpint (cells[10 * 40 + 7], ==, 0);
  g_assert_cmpint (cells[4 * 40 + 10], ==, 0);
  return cells[10 * 40 + 18];
}

/* A disc of radius 2 reaches two cells from either side: a gap of four is
 * closed, one of five is not. */
static void
test_close (void)
{
  g_assert_cmpint (close_bars (4, 2), ==, 1);
  g_assert_cmpint (close_bars (5, 2), ==, 0);
  g_assert_cmpint (close_bars (5, 3), ==, 1);
  g_assert_cmpint (close_bars (1, 0), ==, 0);
}

static void
test_pieces (void)
{
  /* Two cells that touch at a corner are one piece; a hole is cut off by
   * sides. */
  uint8_t cells[] = {1, 0, 0, 0, 0, /* */
                     0, 1, 0, 0, 0, /* */
                     0, 0, 0, 1, 1, /* */
                     1, 0, 0, 1, 0};
  const uint8_t expected[] = {0, 0, 0, 0, 0, /* */
                              0, 0, 0, 0, 0, /* */
                              0, 0, 0, 1, 1, /* */
                              0, 0, 0, 1, 0};
  uint8_t hole[] = {1, 1, 1, 1, 0, 1, 1, 1, 1};

  sac_tissue_drop_pieces (cells, 4, 5, 1, 3);
  g_assert_cmpmem (cells, sizeof cells, expected, sizeof expected);
  sac_tissue_drop_pieces (hole, 3, 3, 0, 1);
  g_assert_cmpint (hole[4], ==, 0);
  sac_tissue_drop_pieces (hole, 3, 3, 0, 2);
  g_assert_cmpint (hole[4], ==, 1);
}

/* A mask that was written and is read again is the same; annotations count
 * where they cover half a cell. */
static void
test_files (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "tissue.png", NULL);
  g_autofree char *bad = g_build_filename (folder, "other.png", NULL);
  g_autoptr (SacSource) source = make_source (paint_cut);
  g_autoptr (SacTissue) found =
    sac_tissue_find (source, 0.5, &sac_tissue_defaults, NULL, &error);
  size_t count = (size_t)found->mask->rows * (size_t)found->mask->columns;

  g_assert_true (sac_tissue_write_png (found, path, &error));

  g_autoptr (SacTissue) read =
    sac_tissue_read (path, source, 0.5, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (read->mask->rows, ==, found->mask->rows);
  g_assert_cmpmem (read->mask->cells, count, found->mask->cells, count);
  g_assert_null (sac_tissue_read (bad, source, 0.5, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNREADABLE, "other.png");
  test_folder_remove (folder);
}

/* Of tissue what lies in a drawn area: of each cell of both masks the least,
 * and so of the area of any rectangle. */
static void
test_clip (void)
{
  static const char area_text[] =
    "{\"type\": \"FeatureCollection\", \"features\": [{\"type\": \"Feature\", "
    "\"properties\": {}, \"geometry\": {\"type\": \"Polygon\", "
    "\"coordinates\": "
    "[[[0, 0], [2000, 0], [0, 2000], [0, 0]]]}}]}";
  g_autoptr (GError) error = NULL;
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "area.geojson", NULL);
  g_autoptr (SacSource) source = make_source (paint_cut);
  g_autoptr (SacTissue) tissue =
    sac_tissue_find (source, 0.5, &sac_tissue_defaults, NULL, &error);
  size_t count = (size_t)tissue->mask->rows * (size_t)tissue->mask->columns;
  g_autofree uint8_t *before = g_memdup2 (tissue->mask->cells, count);
  size_t left = 0, found = 0;

  g_assert_true (g_file_set_contents (path, area_text, -1, &error));

  g_autoptr (SacTissue) area =
    sac_tissue_read (path, source, 0.5, NULL, &error);

  g_assert_no_error (error);
  sac_tissue_clip (tissue, area);
  for (size_t i = 0; i < count; i++) {
    found += before[i];
    left += tissue->mask->cells[i];
    g_assert_cmpint (tissue->mask->cells[i], ==,
                     MIN (before[i], area->mask->cells[i]));
  }
  g_assert_cmpuint (left, >, 0);
  g_assert_cmpuint (left, <, found);
  g_assert_cmpfloat_with_epsilon (sac_tissue_get_share (tissue,
                                                        &tissue->mask->place),
                                  (double)left / (double)count, 1e-9);
  test_folder_remove (folder);
}

/* Parts of the thumbnail that cannot be read are looked at. */
static void
test_faults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source =
    sac_source_open ("demo:slide:4096x4096,faults=1000", NULL, &error);
  g_autoptr (SacTissue) tissue =
    sac_tissue_find (source, 0.5, &sac_tissue_defaults, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (tissue->unread_count, >, 0);
  assert_near (sac_tissue_get_area (tissue), 4096.0 * 4096, 1);
}

static void
test_cancelled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source = make_source (paint_disc);
  g_autoptr (SacJob) job = sac_job_new (NULL);

  sac_job_cancel (job);
  g_assert_null (
    sac_tissue_find (source, 0.5, &sac_tissue_defaults, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A sheet is read once; each threshold gives what a run would find with it, and
 * a smaller sheet nearly the same area. */
static void
test_sheet (void)
{
  static const int thresholds[] = {0, 20, 60, 200};
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source = make_source (paint_cut);
  g_autoptr (SacTissueSheet) whole =
    sac_tissue_sheet_new (source, 0.5, 0, NULL, &error);
  g_autoptr (SacTissueSheet) coarse =
    sac_tissue_sheet_new (source, 0.5, 64, NULL, &error);

  g_assert_no_error (error);
  for (size_t i = 0; i < G_N_ELEMENTS (thresholds); i++) {
    SacTissueParams params = sac_tissue_defaults;

    params.threshold = thresholds[i];

    g_autoptr (SacTissue) found =
      sac_tissue_find (source, 0.5, &params, NULL, &error);
    g_autoptr (SacTissue) cut = sac_tissue_sheet_cut (whole, &params);
    g_autoptr (SacTissue) rough = sac_tissue_sheet_cut (coarse, &params);
    const SacMask *a = found->mask, *b = cut->mask;

    g_assert_cmpint (found->threshold, ==, cut->threshold);
    g_assert_cmpmem (a->cells, (size_t)a->rows * (size_t)a->columns, b->cells,
                     (size_t)b->rows * (size_t)b->columns);
    g_assert_cmpint (rough->mask->rows, <, b->rows);
    /* A cell of 32 pixels, half of it along the outline of discs of 500 and
     * 200: 2 pi 700 16 of 2048 x 2048. */
    g_assert_cmpfloat_with_epsilon (sac_tissue_get_area (rough),
                                    sac_tissue_get_area (cut), 71000);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tissue/sheet", test_sheet);
  g_test_add_func ("/tissue/disc", test_disc);
  g_test_add_func ("/tissue/gap-and-hole", test_gap_and_hole);
  g_test_add_func ("/tissue/threshold", test_threshold);
  g_test_add_func ("/tissue/blank", test_blank);
  g_test_add_func ("/tissue/otsu", test_otsu);
  g_test_add_func ("/tissue/close", test_close);
  g_test_add_func ("/tissue/pieces", test_pieces);
  g_test_add_func ("/tissue/files", test_files);
  g_test_add_func ("/tissue/clip", test_clip);
  g_test_add_func ("/tissue/faults", test_faults);
  g_test_add_func ("/tissue/cancelled", test_cancelled);
  return g_test_run ();
}
