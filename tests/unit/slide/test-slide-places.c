/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Every cell of a map lies over its tile: a slide whose colours tell their
 * place is read back by a model that gives each tile's mean colour, which is
 * compared with the mean of what is drawn there. */
#include "image/phantom-pattern.h"
#include "probe.h"
#include "support.h"

#include <math.h>

#define SLIDE_MPP 0.5
#define SIDE 48

/* Colours rise over two tiles, so that a pixel of the model is 2.7 levels.  The
 * mean of a tile, whose pixels are rounded each by itself, is known to a tenth
 * of a level: 0.06 pixels of the model. */
#define BLOCK_PIXELS (2 * SIDE)
#define TOLERANCE 0.15

typedef struct {
  const char *slide;
  double ratio; /* of the model's micrometres to the slide's */
  int stride;
  SacTileEdge edge;
  SacRect region;
} Case;

/* The mean red and green of a level-0 rectangle, with white around the image:
 * each changes along one axis alone. */
static void
find_mean (const SacRect *tile,
           const SacTileGrid *grid,
           int block,
           double ret_mean[2])
{
  double across =
    MIN (tile->width, (double)grid->image_width - tile->x) / tile->width;
  double down =
    MIN (tile->height, (double)grid->image_height - tile->y) / tile->height;
  int steps = 96;

  ret_mean[0] = ret_mean[1] = 0;
  for (int i = 0; i < steps; i++) {
    double color[3];

    sac_phantom_pattern_at (block,
                            tile->x + across * tile->width * (i + 0.5) / steps,
                            tile->y + down * tile->height * (i + 0.5) / steps,
                            color);
    ret_mean[0] += color[0] / steps;
    ret_mean[1] += color[1] / steps;
  }
  for (int i = 0; i < 2; i++)
    ret_mean[i] = ret_mean[i] * across * down + 255 * (1 - across * down);
}

static double
check_tiles (SacSlideRun *run, int block)
{
  const SacTileGrid *grid = sac_slide_run_get_grid (run);
  const SacTileList *list = sac_slide_run_get_list (run);
  g_autoptr (SacMap) red = sac_slide_run_get_map (run, 0, 0);
  g_autoptr (SacMap) green = sac_slide_run_get_map (run, 0, 1);
  double worst = 0;

  g_assert_cmpuint (list->count, ==, (size_t)grid->rows * grid->columns);
  for (int row = 0; row < grid->rows; row++)
    for (int column = 0; column < grid->columns; column++) {
      SacRect tile = sac_tile_grid_get_tile (grid, row, column);
      double x = tile.x + tile.width / 2, y = tile.y + tile.height / 2;
      double mean[2];
      float values[2];
      double percentile;
      int at_row, at_column;

      find_mean (&tile, grid, block, mean);
      /* Through the map's own geometry, as a reader would ask. */
      g_assert_true (sac_map_value_at (red, x, y, &values[0], &percentile,
                                       &at_row, &at_column));
      g_assert_cmpint (at_row, ==, row);
      g_assert_cmpint (at_column, ==, column);
      g_assert_true (sac_map_value_at (green, x, y, &values[1], &percentile,
                                       &at_row, &at_column));
      worst = MAX (worst, fabs (values[0] - mean[0]));
      worst = MAX (worst, fabs (values[1] - mean[1]));
    }
  return worst;
}

static void
check (const Case *case_)
{
  g_autoptr (GError) error = NULL;
  int block = (int)(BLOCK_PIXELS * case_->ratio);
  g_autofree char *path =
    g_strdup_printf ("demo:slide:%s,pattern=%d", case_->slide, block);
  g_autoptr (SacSource) source = sac_source_open (path, NULL, &error);
  ProbeParams probe = {
    .id = "probe",
    .network = PROBE_MEAN,
    .side = SIDE,
    .mpp = SLIDE_MPP * case_->ratio,
  };
  g_autoptr (SacModel) model = probe_model_new (&probe);
  SacSlideParams wishes = {
    .stride = case_->stride,
    .edge = case_->edge,
    .region = case_->region,
  };
  char *folder = test_folder_new ();

  g_assert_no_error (error);

  g_autoptr (SacSlideRun) run = probe_run_new (source, model, &wishes, folder);

  probe_run_go (run);

  double worst = check_tiles (run, block);

  g_test_message ("%s at %g, stride %d: %g levels", case_->slide, case_->ratio,
                  case_->stride, worst);
  g_assert_cmpfloat (worst, <=, TOLERANCE);
  test_folder_remove (folder);
}

/* Ratio 1 is level 0 itself; 4 and 16 are levels, 2 lies between, 1.944 and 7.3
 * are no whole number of anything. */
static void
test_ratios (void)
{
  static const double ratios[] = {1, 1.944, 2, 4, 7.3, 16};

  for (size_t i = 0; i < G_N_ELEMENTS (ratios); i++) {
    Case with_step = {"3000x2500", ratios[i], 0, SAC_EDGE_INSIDE, {0}};
    Case with_two = {"2048x3072,step=2", ratios[i], 0, SAC_EDGE_PAD, {0}};

    check (&with_step);
    check (&with_two);
  }
}

static void
test_overlap (void)
{
  Case half = {"1500x1200", 1.5, SIDE / 2, SAC_EDGE_PAD, {0}};
  Case third = {"1500x1200", 3, SIDE / 3, SAC_EDGE_INSIDE, {0}};
  Case apart = {"1500x1200", 1, 2 * SIDE, SAC_EDGE_INSIDE, {0}};

  check (&half);
  check (&third);
  check (&apart);
}

static void
test_region (void)
{
  Case whole = {"3000x2500", 2, 0, SAC_EDGE_INSIDE, {640, 333, 1200, 900}};
  Case split = {"3000x2500",
                1.944,
                32,
                SAC_EDGE_PAD,
                {17.3, 901.8, 700, 650.5}};
  Case end = {"3000x2500", 2, 0, SAC_EDGE_PAD, {2000, 1500, 1000, 1000}};

  check (&whole);
  check (&split);
  check (&end);
}

/* What was scanned lies within a larger canvas: the tiles stand there, tissue
 * is told from there alone, and coordinates are those of the canvas. */
static void
test_bounds (void)
{
  g_autoptr (GError) error = NULL;
  Case case_ = {"3000x2500,border=433", 2, 0, SAC_EDGE_INSIDE, {0}};
  g_autoptr (SacSource) source =
    sac_source_open ("demo:slide:3000x2500,border=433,pattern=192", NULL,
                     &error);
  SacRect bounds = sac_source_get_bounds (source);
  ProbeParams probe = {"probe", PROBE_MEAN, SIDE, 2 * SLIDE_MPP, NULL};
  g_autoptr (SacModel) model = probe_model_new (&probe);
  char *folder = test_folder_new ();

  check (&case_);

  g_autoptr (SacSlideRun) run =
    probe_run_new (source, model, &(SacSlideParams){.edge = SAC_EDGE_INSIDE},
                   folder);
  g_autoptr (SacTissue) tissue =
    sac_tissue_find (source, SLIDE_MPP, &(SacTissueParams){1, 0, 0}, NULL,
                     &error);
  const SacMask *mask = tissue->mask;
  SacRect first = sac_tile_grid_get_tile (sac_slide_run_get_grid (run), 0, 0);

  g_assert_no_error (error);
  g_assert_cmpfloat (first.x, ==, bounds.x);
  g_assert_cmpfloat (first.y, ==, 433);
  for (int i = 0; i < mask->rows * mask->columns; i++) {
    double x = (i % mask->columns + 0.5) * 3000 / mask->columns;
    double y = (i / mask->columns + 0.5) * 2500 / mask->rows;
    double cell = 3000.0 / mask->columns;

    if (mask->cells[i])
      g_assert_true (x > bounds.x - cell && y > bounds.y - cell &&
                     x < bounds.x + bounds.width + cell &&
                     y < bounds.y + bounds.height + cell);
  }
  g_assert_cmpfloat (sac_tissue_get_area (tissue), >,
                     0.8 * bounds.width * bounds.height);
  test_folder_remove (folder);
}

/* Where model and slide agree, the model sees the slide's own pixels. */
static void
test_exact (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source =
    sac_source_open ("demo:slide:1024x1024,pattern=300", NULL, &error);
  ProbeParams probe = {"probe", PROBE_MEAN, SIDE, SLIDE_MPP, NULL};
  g_autoptr (SacModel) model = probe_model_new (&probe);
  char *folder = test_folder_new ();
  g_autoptr (SacSlideRun) run =
    probe_run_new (source, model, &(SacSlideParams){.edge = SAC_EDGE_INSIDE},
                   folder);
  const SacTileList *list = sac_slide_run_get_list (run);
  const SacTileGrid *grid = sac_slide_run_get_grid (run);

  probe_run_go (run);
  for (size_t i = 0; i < list->count; i += 13) {
    int x = (int)(list->tiles[i] % grid->columns) * SIDE;
    int y = (int)(list->tiles[i] / grid->columns) * SIDE;
    g_autoptr (SacImage) image =
      sac_source_read (source, 0, x, y, SIDE, SIDE, SAC_COLORS_FILE, NULL,
                       &error);
    double sum = 0;

    for (int k = 0; k < SIDE * SIDE; k++)
      sum += image->pixels[k] >> 16 & 255;
    g_assert_cmpfloat_with_epsilon (sac_slide_run_get_numbers (run, 0, i)[0],
                                    sum / (SIDE * SIDE), 1e-3);
  }
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slide-places/ratios", test_ratios);
  g_test_add_func ("/slide-places/overlap", test_overlap);
  g_test_add_func ("/slide-places/region", test_region);
  g_test_add_func ("/slide-places/bounds", test_bounds);
  g_test_add_func ("/slide-places/exact", test_exact);
  return g_test_run ();
}
