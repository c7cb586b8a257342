/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Grids of tiles against counts and places worked out by hand. */
#include "base/error.h"
#include "slide/tile-grid.h"
#include "support.h"

#include <math.h>

static SacTileGrid
make (double width, double height, int input, double spacing, int stride)
{
  return (SacTileGrid){
    .image_width = 10000,
    .image_height = 8000,
    .region = {0, 0, width, height},
    .input_width = input,
    .input_height = input,
    .spacing = spacing,
    .stride = stride,
  };
}

static void
assert_counts (SacTileGrid grid, SacTileEdge edge, int columns, int rows)
{
  g_autoptr (GError) error = NULL;

  grid.edge = edge;
  g_assert_true (sac_tile_grid_init (&grid, &error));
  g_assert_no_error (error);
  g_assert_cmpint (grid.columns, ==, columns);
  g_assert_cmpint (grid.rows, ==, rows);
}

static void
test_counts (void)
{
  assert_counts (make (1000, 800, 100, 1, 100), SAC_EDGE_PAD, 10, 8);
  assert_counts (make (1000, 800, 100, 1, 100), SAC_EDGE_INSIDE, 10, 8);
  assert_counts (make (1001, 899, 100, 1, 100), SAC_EDGE_PAD, 11, 9);
  assert_counts (make (1001, 899, 100, 1, 100), SAC_EDGE_INSIDE, 10, 8);
  assert_counts (make (1000, 800, 100, 1, 50), SAC_EDGE_INSIDE, 19, 15);
  assert_counts (make (100, 100, 100, 1, 100), SAC_EDGE_PAD, 1, 1);
  /* 96 px of 0.972 um on 0.499: 187 pixels and a fraction. */
  assert_counts (make (2220, 2967, 96, 0.972 / 0.499, 96), SAC_EDGE_PAD, 12,
                 16);
  /* Ten tiles of 10/3 pixels are 33.33: what rounding leaves adds none. */
  assert_counts (make (10 * (10 / 3.0) * 3, 10, 3, 10 / 9.0, 3), SAC_EDGE_PAD,
                 30, 3);
}

/* A cell lies in the middle of its tile, whatever the overlap. */
static void
test_places (void)
{
  g_autoptr (GError) error = NULL;
  SacTileGrid grid = make (5000, 4000, 96, 1.7, 32);

  grid.region.x = 123.25;
  grid.region.y = 77;
  g_assert_true (sac_tile_grid_init (&grid, &error));

  SacGeometry geometry = sac_tile_grid_get_geometry (&grid);

  for (int row = 0; row < grid.rows; row += 7)
    for (int column = 0; column < grid.columns; column += 5) {
      SacRect tile = sac_tile_grid_get_tile (&grid, row, column);
      SacRect cell =
        sac_geometry_cell (&geometry, grid.rows, grid.columns, row, column);

      g_assert_cmpfloat_with_epsilon (tile.x, 123.25 + column * 32 * 1.7, 1e-9);
      g_assert_cmpfloat_with_epsilon (tile.width, 96 * 1.7, 1e-9);
      g_assert_cmpfloat_with_epsilon (cell.width, 32 * 1.7, 1e-9);
      g_assert_cmpfloat_with_epsilon (cell.x + cell.width / 2,
                                      tile.x + tile.width / 2, 1e-6);
      g_assert_cmpfloat_with_epsilon (cell.y + cell.height / 2,
                                      tile.y + tile.height / 2, 1e-6);
    }
}

static void
refuse (SacTileGrid grid, int code, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (sac_tile_grid_init (&grid, &error));
  test_assert_error (&error, SAC_ERROR, code, part);
}

static void
test_refused (void)
{
  SacTileGrid outside = make (1000, 1000, 100, 1, 100);

  outside.region.x = 9500;
  refuse (outside, SAC_ERROR_MISMATCH, "beyond the slide");
  outside.region.x = NAN;
  refuse (outside, SAC_ERROR_MISMATCH, "beyond the slide");
  refuse (make (99, 800, 100, 1, 100), SAC_ERROR_MISMATCH,
          "less than one tile");
  refuse (make (10000, 8000, 1, 1, 1), SAC_ERROR_TOO_LARGE, "larger stride");
}

/* Every tile once, neighbours together, batches of the size asked for. */
static void
test_list (void)
{
  g_autoptr (GError) error = NULL;
  SacTileGrid grid = make (10000, 8000, 100, 1, 100);

  g_assert_true (sac_tile_grid_init (&grid, &error));

  g_autoptr (SacTileList) list = sac_tile_list_new (&grid, NULL, 0.5, 32);
  g_autofree uint8_t *seen = g_new0 (uint8_t, 8000);

  g_assert_cmpuint (list->count, ==, 8000);
  g_assert_cmpuint (list->batch_count, ==, 250);
  for (size_t i = 0; i < list->batch_count; i++) {
    const uint32_t *tiles;
    size_t count = sac_tile_list_get_batch (list, i, &tiles);
    int left = G_MAXINT, right = 0;

    g_assert_cmpuint (count, ==, 32);
    for (size_t t = 0; t < count; t++) {
      g_assert_cmpint (seen[tiles[t]]++, ==, 0);
      left = MIN (left, (int)(tiles[t] % 100));
      right = MAX (right, (int)(tiles[t] % 100));
    }
    g_assert_cmpint (right - left, <, 16);
  }
}

/* Tissue in the left half: tiles of which it has its share. */
static void
test_tissue (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) image = sac_image_new (1600, 1600, &error);

  for (int y = 0; y < 1600; y++)
    for (int x = 0; x < 800; x++)
      image->pixels[y * 1600 + x] = sac_pixel (200, 100, 180);

  g_autoptr (SacSource) source = sac_source_new_for_image (image, "halves");
  g_autoptr (SacTissue) tissue =
    sac_tissue_find (source, 0.5, &sac_tissue_defaults, NULL, &error);
  SacTileGrid grid = make (1600, 1600, 160, 1, 160);

  grid.image_width = grid.image_height = 1600;
  grid.region.x = 0;
  g_assert_true (sac_tile_grid_init (&grid, &error));

  g_autoptr (SacTileList) touched = sac_tile_list_new (&grid, tissue, 0, 32);
  g_autoptr (SacTileList) most = sac_tile_list_new (&grid, tissue, 0.9, 32);

  g_assert_cmpuint (touched->count, ==, 50);
  g_assert_cmpuint (most->count, ==, 50);

  /* Shifted by half a tile: the sixth column has half of it. */
  grid.region = (SacRect){80, 0, 1440, 1600};
  g_assert_true (sac_tile_grid_init (&grid, &error));

  g_autoptr (SacTileList) some = sac_tile_list_new (&grid, tissue, 0.4, 32);
  g_autoptr (SacTileList) fewer = sac_tile_list_new (&grid, tissue, 0.6, 32);

  g_assert_cmpuint (some->count, ==, 50);
  g_assert_cmpuint (fewer->count, ==, 40);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tile-grid/counts", test_counts);
  g_test_add_func ("/tile-grid/places", test_places);
  g_test_add_func ("/tile-grid/refused", test_refused);
  g_test_add_func ("/tile-grid/list", test_list);
  g_test_add_func ("/tile-grid/tissue", test_tissue);
  return g_test_run ();
}
