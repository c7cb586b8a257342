/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Which tiles a view is made of, in drawing order; for every painter of images.
 *
 * A tile that is not there yet is made good by a coarser one, and by finer ones
 * that happen to be there, so that a view is blank only before its source has
 * given anything at all. */
#ifndef SAC_SCENE_TILE_VIEW_H
#define SAC_SCENE_TILE_VIEW_H

#include "scene/camera.h"
#include "scene/tile-store.h"

typedef struct {
  SacTile tile; /* MISSING: nothing to show here yet; BAD: unreadable */
  int level;    /* virtual */
  SacRect rect; /* level 0: what the tile covers */
  SacRect part; /* level 0: what of it is to be drawn */
} SacTilePiece;

/* True when both show the same pixels at the same place. */
bool sac_tile_piece_equal (const SacTilePiece *a, const SacTilePiece *b);

/* Requests what is missing.  device_scale: device pixels per screen pixel.
 * Returns: array of SacTilePiece, valid until the next begin or forget. */
GArray *sac_tile_view_new (SacTileStore *store,
                           SacSource *source,
                           const SacCamera *camera,
                           double device_scale,
                           double width,
                           double height);

#endif
