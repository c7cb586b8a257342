/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The tiles that a model is surest of, as pictures: each beside its maps. */
#ifndef SAC_REPORT_TOP_TILES_H
#define SAC_REPORT_TOP_TILES_H

#include "image/image.h"
#include "slide/slide-pool.h"

typedef struct {
  size_t place; /* in the run's list */
  SacRect rect; /* level 0 */
  double score;
  SacImage **images; /* [column]; NULL: it cannot be read again, or no map */
} SacTopTile;

typedef struct {
  const char *label; /* for people, marked for translation */
  double highest;    /* the value of the brightest colour, which begins at 0;
                        NAN: no map */
} SacTopColumn;

/* Of a model of tiles: the tile, then each method's map of it over the same
 * pixels.  Of a pooling model: the tile, then its attention and, where the
 * model has it, its evidence, over what lies around the tile, where a cell is a
 * tile.  All maps of a column share one scale. */
typedef struct {
  GPtrArray *tiles; /* of SacTopTile, the surest first */
  SacTopColumn *columns;
  size_t column_count;
  int side; /* of the pictures, in pixels */
} SacTopTiles;

/* Errors: cancelled, memory; a tile that cannot be read again is none. */
SacTopTiles *sac_top_tiles_new (SacSlideRun *run,
                                size_t model,
                                size_t class_index,
                                size_t count,
                                int side,
                                SacJob *job,
                                GError **error);
/* Scores are the attention, times the number of tiles. */
SacTopTiles *sac_top_tiles_new_for_bag (SacSlideRun *run,
                                        size_t pooling,
                                        const SacSlideBag *bag,
                                        size_t class_index,
                                        size_t count,
                                        int side,
                                        SacJob *job,
                                        GError **error);
void sac_top_tiles_free (SacTopTiles *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacTopTiles, sac_top_tiles_free)

#endif
