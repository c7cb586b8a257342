/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Tiles of sources, decoded by a bounded pool and kept within a byte budget;
 * shared by all panes.
 *
 * A tile is SAC_TILE_SIDE pixels square (less at the right and bottom edge) of
 * a virtual level: virtual level v has downsample 2^v; where the file has no
 * such level it is made from the next finer one (so shrinking on screen stays
 * within 2).  All functions are for one thread, the one that draws; decoding
 * happens on others. */
#ifndef SAC_SCENE_TILE_STORE_H
#define SAC_SCENE_TILE_STORE_H

#include "image/source.h"

/* What a view decodes beyond its edges grows with the side, and so does what
 * renderers without a graphics card pay for textures of which they show a part;
 * the cost of each tile is lost in that of decoding it. */
#define SAC_TILE_SIDE 256

typedef struct SacTileStore SacTileStore;

typedef struct {
  int level; /* virtual */
  int64_t column, row;
} SacTileKey;

typedef enum {
  SAC_TILE_MISSING, /* not here yet; requested by now */
  SAC_TILE_READY,
  SAC_TILE_BAD, /* cannot be read: shown as such, retried on reload */
} SacTileState;

typedef struct {
  SacTileState state;
  SacImage *image;     /* borrowed until the next begin or forget; NULL unless
                          READY; covers the tile's rectangle, edge to edge */
  const char *message; /* why it is BAD or parts of it are hatched, borrowed
                          likewise; NULL: it is whole */
  guint64 serial;      /* changes when the pixels do: for textures made of it */
} SacTile;

/* ready: called on a decode thread whenever a tile has arrived, at most once
 * until sac_tile_store_begin is called again; it only wakes the drawing thread.
 * thread_count 0: clamp (processors, 2, 6). */
SacTileStore *sac_tile_store_new (size_t budget_bytes,
                                  int thread_count,
                                  void (*ready) (void *data),
                                  void *data);
void sac_tile_store_free (SacTileStore *store); /* waits for its threads */

/* From the next begin on. */
void sac_tile_store_set_budget (SacTileStore *store, size_t bytes);

int sac_tile_store_get_level_count (SacTileStore *store, SacSource *source);
/* The level to draw at `scale` screen pixels per level-0 pixel. */
int sac_tile_store_choose_level (SacTileStore *store,
                                 SacSource *source,
                                 double scale);
/* Level-0 rectangle of a tile, cut off at the image's edge; empty when the tile
 * lies outside. */
SacRect sac_tile_store_tile_rect (SacSource *source, const SacTileKey *key);

/* A new view of all panes begins: requests not repeated in it are dropped.
 * Takes in what has been decoded since the last, and goes back to the budget,
 * which only what the last view asked for and the coarsest level of each source
 * may exceed. */
void sac_tile_store_begin (SacTileStore *store);

/* distance: from the middle of the view, in tiles: near ones come first. */
SacTile sac_tile_store_get (SacTileStore *store,
                            SacSource *source,
                            const SacTileKey *key,
                            double distance);

/* The same without requesting it. */
SacTile sac_tile_store_peek (SacTileStore *store,
                             SacSource *source,
                             const SacTileKey *key);

/* Forgets all tiles of a source (closed, reloaded). */
void sac_tile_store_forget (SacTileStore *store, SacSource *source);

/* Requests outstanding, for status and tests. */
size_t sac_tile_store_get_pending (SacTileStore *store);
/* None is outstanding, and what came of them has been taken in by begin. */
bool sac_tile_store_is_settled (SacTileStore *store);
size_t sac_tile_store_get_bytes (SacTileStore *store);
/* Decodes begun since the store is there, for tests: what shows the same tiles
 * in another way begins none. */
guint64 sac_tile_store_get_decoded (SacTileStore *store);

#endif
