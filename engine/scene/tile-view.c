/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/tile-view.h"

#include "scene/paint.h"
#include "scene/tile-decode.h"

#include <math.h>
#include <string.h>

/* So far down the pyramid a missing tile is made good. */
#define FINER_DEPTH 2

typedef struct {
  SacTileStore *store;
  SacSource *source;
  int coarsest;
  SacRect visible; /* level 0: around all that is seen */
  SacPaintView pane;
  GArray *pieces;
} View;

static void
add_piece (View *view,
           const SacTile *tile,
           const SacTileKey *key,
           const SacRect *part)
{
  SacTilePiece piece = {
    .tile = *tile,
    .level = key->level,
    .rect = sac_tile_store_tile_rect (view->source, key),
    .part = *part,
  };

  g_array_append_val (view->pieces, piece);
}

static bool
add_coarser (View *view, const SacTileKey *key, const SacRect *part)
{
  SacTileKey coarser = *key;

  while (coarser.level < view->coarsest) {
    coarser =
      (SacTileKey){coarser.level + 1, coarser.column / 2, coarser.row / 2};

    SacTile tile = sac_tile_store_peek (view->store, view->source, &coarser);

    if (tile.state == SAC_TILE_READY) {
      add_piece (view, &tile, &coarser, part);
      return true;
    }
  }
  return false;
}

static void
add_finer (View *view, const SacTileKey *key, int depth)
{
  if (key->level == 0 || depth == 0)
    return;
  for (int i = 0; i < 4; i++) {
    SacTileKey finer = {key->level - 1, key->column * 2 + i % 2,
                        key->row * 2 + i / 2};
    SacTile tile = sac_tile_store_peek (view->store, view->source, &finer);
    SacRect rect = sac_tile_store_tile_rect (view->source, &finer);

    if (tile.state == SAC_TILE_READY)
      add_piece (view, &tile, &finer, &rect);
    else
      add_finer (view, &finer, depth - 1);
  }
}

/* False where only the rectangle around a turned view has something. */
static bool
is_on_screen (const View *view, const SacRect *rect)
{
  SacRect pane = {0, 0, view->pane.width, view->pane.height};
  SacRect screen = sac_paint_get_screen_rect (&view->pane, rect);
  SacRect common = sac_rect_intersect (&pane, &screen);

  return !sac_rect_is_empty (&common);
}

static void
add_tile (View *view, const SacTileKey *key, double distance)
{
  SacRect rect = sac_tile_store_tile_rect (view->source, key);
  SacRect on_screen = sac_rect_intersect (&rect, &view->visible);

  if (sac_rect_is_empty (&on_screen) || !is_on_screen (view, &rect))
    return;

  SacTile tile = sac_tile_store_get (view->store, view->source, key, distance);

  if (tile.state != SAC_TILE_MISSING) {
    add_piece (view, &tile, key, &rect);
    return;
  }
  if (!add_coarser (view, key, &rect))
    add_piece (view, &tile, key, &rect);
  add_finer (view, key, FINER_DEPTH);
}

static void
add_level (View *view, int level, const SacCamera *camera)
{
  const SacRect *visible = &view->visible;
  double side = ldexp (SAC_TILE_SIDE, level);
  int64_t end_column = (int64_t)ceil ((visible->x + visible->width) / side);
  int64_t end_row = (int64_t)ceil ((visible->y + visible->height) / side);

  for (int64_t row = (int64_t)floor (visible->y / side); row < end_row; row++)
    for (int64_t column = (int64_t)floor (visible->x / side);
         column < end_column; column++) {
      SacTileKey key = {level, column, row};

      add_tile (view, &key,
                hypot ((double)column + 0.5 - camera->x / side,
                       (double)row + 0.5 - camera->y / side));
    }
}

bool
sac_tile_piece_equal (const SacTilePiece *a, const SacTilePiece *b)
{
  return a->level == b->level && a->tile.state == b->tile.state &&
         a->tile.serial == b->tile.serial &&
         memcmp (&a->part, &b->part, sizeof a->part) == 0;
}

GArray *
sac_tile_view_new (SacTileStore *store,
                   SacSource *source,
                   const SacCamera *camera,
                   double device_scale,
                   double width,
                   double height)
{
  SacRect image = {0, 0, (double)sac_source_get_width (source),
                   (double)sac_source_get_height (source)};
  SacRect seen = sac_camera_visible (camera, width, height);
  View view = {
    .store = store,
    .source = source,
    .coarsest = sac_tile_store_get_level_count (store, source) - 1,
    .visible = sac_rect_intersect (&image, &seen),
    .pane = {camera, width, height},
    .pieces = g_array_new (FALSE, FALSE, sizeof (SacTilePiece)),
  };
  SacTileKey overview = {view.coarsest, 0, 0};
  bool is_deep = sac_tile_is_deep (source, view.coarsest);

  /* Kept fresh, so that zooming out always finds something.  It comes first
   * when it is quick to make, and after all else when it is not. */
  if (!is_deep)
    sac_tile_store_get (store, source, &overview, 0);
  if (!sac_rect_is_empty (&view.visible))
    add_level (&view,
               sac_tile_store_choose_level (store, source,
                                            camera->scale * device_scale),
               camera);
  if (is_deep)
    sac_tile_store_get (store, source, &overview, 0);
  return view.pieces;
}
