/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The tiles of a slide: where each lies, and in which batch it is run.
 *
 * A tile is what a model sees, its input's size at its micrometres per pixel;
 * tiles stand at equal steps from the region's upper left corner on.  Level-0
 * pixels throughout, and fractions of them are kept, so that the last tile lies
 * where it belongs. */
#ifndef SAC_SLIDE_TILE_GRID_H
#define SAC_SLIDE_TILE_GRID_H

#include "slide/tissue.h"

typedef enum {
  SAC_EDGE_PAD,    /* the last tiles may reach beyond the region, and beyond the
                      slide, where they see white */
  SAC_EDGE_INSIDE, /* only whole tiles: a strip at the end is left out */
} SacTileEdge;

const char *sac_tile_edge_get_name (SacTileEdge edge); /* "pad", "inside" */
bool sac_tile_edge_find (const char *name, SacTileEdge *ret_edge);

typedef struct {
  int64_t image_width, image_height; /* level 0 */
  SacRect region;
  int input_width, input_height; /* of a tile, in the model's pixels */
  double spacing;                /* level-0 pixels to a pixel of the model */
  int stride;                    /* from tile to tile, in the model's pixels */
  SacTileEdge edge;
  /* From here on sac_tile_grid_init fills in. */
  int rows, columns;
} SacTileGrid;

/* Errors: MISMATCH (the region is empty, lies outside the slide or is smaller
 * than a tile), TOO_LARGE (more tiles than SAC_LIMIT_SLIDE_TILES). */
bool sac_tile_grid_init (SacTileGrid *grid, GError **error);

SacRect sac_tile_grid_get_tile (const SacTileGrid *grid, int row, int column);

/* Where the map with a cell for each tile lies.  A cell is a square of the
 * stride in the middle of its tile: without overlap the tile itself. */
SacGeometry sac_tile_grid_get_geometry (const SacTileGrid *grid);

/* The tiles that are run, in an order in which neighbours stand together:
 * batches are made of it, always of the same ones, so that what a batch gives
 * does not depend on when, where and after what it is run. */
typedef struct {
  uint32_t *tiles; /* row * columns + column */
  size_t count;
  size_t batch_size;
  size_t batch_count;
} SacTileList;

/* tissue: NULL for all tiles; else those of which at least `least_share`, and
 * some, is tissue. */
SacTileList *sac_tile_list_new (const SacTileGrid *grid,
                                const SacTissue *tissue,
                                double least_share,
                                size_t batch_size);
void sac_tile_list_free (SacTileList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacTileList, sac_tile_list_free)

/* Tiles of a batch; only the last may have fewer than batch_size. */
size_t sac_tile_list_get_batch (const SacTileList *list,
                                size_t batch,
                                const uint32_t **ret_tiles);

#endif
