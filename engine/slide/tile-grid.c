/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide/tile-grid.h"

#include "base/error.h"
#include "base/limits.h"

#include <math.h>
#include <string.h>

/* Tiles stand together in patches of so many: a batch of 32 is about one. */
#define PATCH_COLUMNS 8
#define PATCH_ROWS 4

/* Rounding of spacings must not add a tile that would see nothing. */
#define SLACK 1e-6

static const char *const edge_names[] = {
  [SAC_EDGE_PAD] = "pad",
  [SAC_EDGE_INSIDE] = "inside",
};

const char *
sac_tile_edge_get_name (SacTileEdge edge)
{
  return edge_names[edge];
}

bool
sac_tile_edge_find (const char *name, SacTileEdge *ret_edge)
{
  for (size_t i = 0; i < G_N_ELEMENTS (edge_names); i++)
    if (g_str_equal (name, edge_names[i])) {
      *ret_edge = (SacTileEdge)i;
      return true;
    }
  return false;
}

static bool
check_region (const SacTileGrid *grid, GError **error)
{
  const SacRect *region = &grid->region;
  double width = (double)grid->image_width, height = (double)grid->image_height;
  double tile_width = grid->input_width * grid->spacing;
  double tile_height = grid->input_height * grid->spacing;

  /* Written so that NaN is refused too. */
  if (!(region->x >= 0 && region->y >= 0 &&
        region->x + region->width <= width + SLACK &&
        region->y + region->height <= height + SLACK && region->width > 0 &&
        region->height > 0)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "the region %g,%g,%g,%g reaches beyond the slide of %.0f x "
                 "%.0f pixels",
                 region->x, region->y, region->width, region->height, width,
                 height);
    return false;
  }
  if (region->width + SLACK >= tile_width &&
      region->height + SLACK >= tile_height)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%.0f x %.0f pixels are less than one tile: the model sees %d x "
               "%d of its pixels, which are %.1f x %.1f here",
               region->width, region->height, grid->input_width,
               grid->input_height, tile_width, tile_height);
  return false;
}

static double
count_steps (double extent, double tile, double step, SacTileEdge edge)
{
  double steps = (extent - tile) / step;

  return 1 +
         (edge == SAC_EDGE_PAD ? ceil (steps - SLACK) : floor (steps + SLACK));
}

bool
sac_tile_grid_init (SacTileGrid *grid, GError **error)
{
  double step = grid->stride * grid->spacing;

  g_assert (grid->stride > 0 && grid->spacing > 0);
  if (!check_region (grid, error))
    return false;

  double columns =
    count_steps (grid->region.width, grid->input_width * grid->spacing, step,
                 grid->edge);
  double rows =
    count_steps (grid->region.height, grid->input_height * grid->spacing, step,
                 grid->edge);

  if (columns * rows > SAC_LIMIT_SLIDE_TILES) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "%.0f x %.0f tiles are more than a run may have; choose a "
                 "larger stride or a smaller region",
                 columns, rows);
    return false;
  }
  grid->columns = (int)columns;
  grid->rows = (int)rows;
  return true;
}

SacRect
sac_tile_grid_get_tile (const SacTileGrid *grid, int row, int column)
{
  double step = grid->stride * grid->spacing;

  return (SacRect){grid->region.x + column * step, grid->region.y + row * step,
                   grid->input_width * grid->spacing,
                   grid->input_height * grid->spacing};
}

SacGeometry
sac_tile_grid_get_geometry (const SacTileGrid *grid)
{
  double step = grid->stride * grid->spacing;
  SacRect first = sac_tile_grid_get_tile (grid, 0, 0);

  return (SacGeometry){
    .image_width = grid->image_width,
    .image_height = grid->image_height,
    .seen = {first.x + (first.width - step) / 2,
             first.y + (first.height - step) / 2, grid->columns * step,
             grid->rows * step},
    .input_width = grid->columns,
    .input_height = grid->rows,
  };
}

/* Patches go to and fro, so that one batch may span two of them. */
static void
add_patch (SacTileList *list,
           const SacTileGrid *grid,
           const uint8_t *wanted,
           int patch_row,
           int patch_column)
{
  int left = patch_column * PATCH_COLUMNS, top = patch_row * PATCH_ROWS;

  for (int row = top; row < MIN (top + PATCH_ROWS, grid->rows); row++)
    for (int column = left; column < MIN (left + PATCH_COLUMNS, grid->columns);
         column++) {
      uint32_t tile =
        (uint32_t)row * (uint32_t)grid->columns + (uint32_t)column;

      if (wanted[tile])
        list->tiles[list->count++] = tile;
    }
}

SacTileList *
sac_tile_list_new (const SacTileGrid *grid,
                   const SacTissue *tissue,
                   double least_share,
                   size_t batch_size)
{
  size_t all = (size_t)grid->rows * (size_t)grid->columns;
  g_autofree uint8_t *wanted = g_new (uint8_t, all);
  SacTileList *list = g_new0 (SacTileList, 1);

  g_assert (batch_size > 0);
  for (size_t i = 0; i < all; i++) {
    SacRect rect =
      sac_tile_grid_get_tile (grid, (int)(i / (size_t)grid->columns),
                              (int)(i % (size_t)grid->columns));
    double share = tissue != NULL ? sac_tissue_get_share (tissue, &rect) : 1;

    wanted[i] = share > 0 && share >= least_share;
  }
  list->tiles = g_new (uint32_t, all);
  for (int y = 0; y * PATCH_ROWS < grid->rows; y++) {
    int across = (grid->columns + PATCH_COLUMNS - 1) / PATCH_COLUMNS;

    for (int x = 0; x < across; x++)
      add_patch (list, grid, wanted, y, y % 2 == 0 ? x : across - 1 - x);
  }
  list->batch_size = batch_size;
  list->batch_count = (list->count + batch_size - 1) / batch_size;
  return list;
}

void
sac_tile_list_free (SacTileList *list)
{
  if (list == NULL)
    return;
  g_free (list->tiles);
  g_free (list);
}

size_t
sac_tile_list_get_batch (const SacTileList *list,
                         size_t batch,
                         const uint32_t **ret_tiles)
{
  size_t first = batch * list->batch_size;

  g_assert (batch < list->batch_count);
  *ret_tiles = list->tiles + first;
  return MIN (list->batch_size, list->count - first);
}
