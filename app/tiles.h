/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The tile store of a window, as its canvases see it: textures made of tiles,
 * and one wake-up on the main thread when tiles have come.
 *
 * Signal "arrived": new tiles are there; draw again. */
#ifndef SAC_APP_TILES_H
#define SAC_APP_TILES_H

#include "image/tone.h"
#include "scene/camera.h"
#include "scene/tile-store.h"

#include <gtk/gtk.h>

#define SAC_TYPE_TILES (sac_tiles_get_type ())
G_DECLARE_FINAL_TYPE (SacTiles, sac_tiles, SAC, TILES, GObject)

SacTiles *sac_tiles_new (void);
/* What all windows together may keep of decoded tiles. */
void sac_tiles_set_budget (size_t bytes);
SacTileStore *sac_tiles_get_store (SacTiles *tiles);

/* For tests: true when all tiles of what is visible are there and drawn. */
bool sac_tiles_is_settled (SacTiles *tiles);

/* What is visible is about to change: the next sac_tiles_begin drops requests
 * for what was visible before. */
void sac_tiles_look_elsewhere (SacTiles *tiles);

/* Called by each canvas before it draws.  All canvases of one frame share a
 * view, so only the first call after a change begins a new one. */
void sac_tiles_begin (SacTiles *tiles, gint64 frame);

/* A tile's image: the same texture for the same pixels; borrowed until the next
 * call.  Returns: NULL when this frame has made its share of textures; then
 * "arrived" follows. */
GdkTexture *sac_tiles_get_texture (SacTiles *tiles, const SacTile *tile);

/* Textures of tiles and pictures of views made so far, for tests: maps over
 * them come and change without. */
guint64 sac_tiles_get_upload_count (SacTiles *tiles);

/* The look of what cannot be read. */
GdkTexture *sac_tiles_get_hatching (SacTiles *tiles);

/* What an image is drawn for. */
typedef struct {
  SacCamera camera;
  double width, height;
  int device_scale;
  SacTone tone;
} SacTilesView;

bool sac_tiles_view_equal (const SacTilesView *a, const SacTilesView *b);

/* Linked canvases of one size show one picture: what the first of a frame has
 * made, the others take.  Returns: a new reference; NULL when view or tiles
 * have changed. */
GskRenderNode *sac_tiles_find_node (SacTiles *tiles, const SacTilesView *view);
void sac_tiles_keep_node (SacTiles *tiles,
                          const SacTilesView *view,
                          GskRenderNode *node);

/* The pixels painted last and the tiles they were painted from, to build on. */
typedef struct {
  SacTilesView view;
  cairo_surface_t *surface;
  GArray *pieces; /* of SacTilePiece; their images may be gone */
} SacTilesPicture;

/* Borrowed; NULL: none. */
const SacTilesPicture *sac_tiles_get_picture (SacTiles *tiles);
/* Takes new references. */
void sac_tiles_keep_picture (SacTiles *tiles,
                             const SacTilesView *view,
                             cairo_surface_t *surface,
                             GArray *pieces);

/* Pixels for a picture, in device pixels and of any scale, which may hold
 * anything: those of a picture that nobody shows any more, where there are
 * such.  Pictures come with every frame, and fresh memory has to be cleared for
 * each.  Returns: a new reference. */
cairo_surface_t *
sac_tiles_take_surface (SacTiles *tiles, int width, int height);

/* Also forgets the problem. */
void sac_tiles_forget (SacTiles *tiles, SacSource *source);

/* Called while drawing, with tiles that could not be read: "arrived" follows
 * the first time. */
void sac_tiles_tell_problem (SacTiles *tiles, const char *message);
const char *sac_tiles_get_problem (SacTiles *tiles); /* NULL: none */

/* Ends decoding; for the owner's dispose. */
void sac_tiles_shut_down (SacTiles *tiles);

#endif
