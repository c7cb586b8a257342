/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The image under the camera: from tiles while somebody looks, read directly
 * for figures. */
#include "image/resize.h"
#include "scene/paint.h"
#include "scene/scene-parts.h"

#include <math.h>

/* From this size on screen a reader wants to see the pixels themselves. */
#define PIXELS_FROM 8.0

/* So far up and down the pyramid a missing tile is made good. */
#define FINER_DEPTH 2

static SacRect
get_image_rect (const SacScene *scene)
{
  return (SacRect){0, 0, (double)sac_source_get_width (scene->source),
                   (double)sac_source_get_height (scene->source)};
}

static double
get_device_scale (cairo_t *cr)
{
  double scale_x, scale_y, x = 1, y = 0;

  cairo_surface_get_device_scale (cairo_get_group_target (cr), &scale_x,
                                  &scale_y);
  cairo_user_to_device_distance (cr, &x, &y);
  return hypot (x, y) * scale_x;
}

static void
paint_pixels (cairo_t *cr,
              const SacPaintView *view,
              const SacImage *image,
              const SacRect *image_rect,
              const SacRect *part)
{
  cairo_surface_t *surface = sac_paint_surface_new (image);
  double zoom = view->camera->scale * image_rect->width / image->width;

  sac_paint_surface (cr, view, surface, image_rect, part,
                     zoom >= PIXELS_FROM ? CAIRO_FILTER_NEAREST
                                         : CAIRO_FILTER_BILINEAR);
  cairo_surface_destroy (surface);
}

static void
paint_canvas (cairo_t *cr, int width, int height)
{
  sac_paint_set_color (cr, SAC_PAINT_CANVAS, 1);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_fill (cr);
}

typedef struct {
  cairo_t *cr;
  SacPaintView view;
  SacTileStore *tiles;
  SacSource *source;
  int coarsest;
} TilePainter;

/* A coarser tile in place of a missing one, so that the view is never blank. */
static bool
paint_coarser (const TilePainter *painter,
               const SacTileKey *key,
               const SacRect *part)
{
  SacTileKey coarser = *key;

  while (coarser.level < painter->coarsest) {
    coarser =
      (SacTileKey){coarser.level + 1, coarser.column / 2, coarser.row / 2};

    SacTile tile =
      sac_tile_store_peek (painter->tiles, painter->source, &coarser);

    if (tile.state == SAC_TILE_READY) {
      SacRect rect = sac_tile_store_tile_rect (painter->source, &coarser);

      paint_pixels (painter->cr, &painter->view, tile.image, &rect, part);
      return true;
    }
  }
  return false;
}

/* Finer tiles that happen to be there: sharper than a coarser one. */
static void
paint_finer (const TilePainter *painter, const SacTileKey *key, int depth)
{
  if (key->level == 0 || depth == 0)
    return;
  for (int i = 0; i < 4; i++) {
    SacTileKey finer = {key->level - 1, key->column * 2 + i % 2,
                        key->row * 2 + i / 2};
    SacTile tile =
      sac_tile_store_peek (painter->tiles, painter->source, &finer);
    SacRect rect = sac_tile_store_tile_rect (painter->source, &finer);

    if (tile.state == SAC_TILE_READY)
      paint_pixels (painter->cr, &painter->view, tile.image, &rect, &rect);
    else
      paint_finer (painter, &finer, depth - 1);
  }
}

static void
paint_blank (const TilePainter *painter, const SacRect *rect)
{
  cairo_save (painter->cr);
  cairo_new_path (painter->cr);
  sac_paint_add_rect (painter->cr, &painter->view, rect);
  sac_paint_set_color (painter->cr, 0xf2f2f2, 1);
  cairo_set_antialias (painter->cr, CAIRO_ANTIALIAS_NONE);
  cairo_fill (painter->cr);
  cairo_restore (painter->cr);
}

static void
paint_tile (const TilePainter *painter, const SacTileKey *key, double distance)
{
  SacRect rect = sac_tile_store_tile_rect (painter->source, key);
  SacTile tile =
    sac_tile_store_get (painter->tiles, painter->source, key, distance);

  if (tile.state == SAC_TILE_READY) {
    paint_pixels (painter->cr, &painter->view, tile.image, &rect, &rect);
  } else if (tile.state == SAC_TILE_BAD) {
    cairo_new_path (painter->cr);
    sac_paint_add_rect (painter->cr, &painter->view, &rect);
    sac_paint_hatch (painter->cr, true);
  } else {
    if (!paint_coarser (painter, key, &rect))
      paint_blank (painter, &rect);
    paint_finer (painter, key, FINER_DEPTH);
  }
}

static bool
is_on_screen (const SacPaintView *view, const SacRect *rect)
{
  SacRect screen = sac_paint_get_screen_rect (view, rect);

  return screen.x < view->width && screen.y < view->height &&
         screen.x + screen.width > 0 && screen.y + screen.height > 0;
}

static void
paint_tiles (const TilePainter *painter, int level, const SacRect *visible)
{
  double side = ldexp (SAC_TILE_SIDE, level);
  int64_t first_column = (int64_t)floor (visible->x / side);
  int64_t first_row = (int64_t)floor (visible->y / side);
  int64_t end_column = (int64_t)ceil ((visible->x + visible->width) / side);
  int64_t end_row = (int64_t)ceil ((visible->y + visible->height) / side);
  const SacCamera *camera = painter->view.camera;

  for (int64_t row = first_row; row < end_row; row++)
    for (int64_t column = first_column; column < end_column; column++) {
      SacTileKey key = {level, column, row};
      SacRect rect = sac_tile_store_tile_rect (painter->source, &key);

      if (!is_on_screen (&painter->view, &rect))
        continue;
      paint_tile (painter, &key,
                  hypot ((double)column + 0.5 - camera->x / side,
                         (double)row + 0.5 - camera->y / side));
    }
}

static void
paint_from_tiles (const SacScene *scene,
                  SacTileStore *tiles,
                  cairo_t *cr,
                  const SacPaintView *view)
{
  int coarsest = sac_tile_store_get_level_count (tiles, scene->source) - 1;
  TilePainter painter = {cr, *view, tiles, scene->source, coarsest};
  SacTileKey overview = {coarsest, 0, 0};
  double scale = scene->camera.scale * get_device_scale (cr);
  int level = sac_tile_store_choose_level (tiles, scene->source, scale);
  SacRect image_rect = get_image_rect (scene);
  SacRect seen = sac_camera_visible (&scene->camera, view->width, view->height);
  SacRect visible = sac_rect_intersect (&image_rect, &seen);

  sac_tile_store_get (tiles, scene->source, &overview, 0);
  if (!sac_rect_is_empty (&visible))
    paint_tiles (&painter, level, &visible);
}

/* The view resampled to the pixels of the screen in one piece. */
static bool
paint_directly (const SacScene *scene,
                cairo_t *cr,
                const SacPaintView *view,
                SacJob *job,
                GError **error)
{
  double scale = scene->camera.scale * get_device_scale (cr);
  SacRect image_rect = get_image_rect (scene);
  SacRect seen = sac_camera_visible (&scene->camera, view->width, view->height);
  SacRect visible = sac_rect_intersect (&image_rect, &seen);
  SacFilter filter = scale >= PIXELS_FROM ? SAC_FILTER_NEAREST
                     : scale > 1          ? SAC_FILTER_BICUBIC
                                          : SAC_FILTER_BILINEAR;

  if (sac_rect_is_empty (&visible))
    return true;

  g_autoptr (SacImage) image =
    sac_source_read_region (scene->source, &visible,
                            (int)fmax (rint (visible.width * scale), 1),
                            (int)fmax (rint (visible.height * scale), 1),
                            filter, SAC_COLORS_DISPLAY, job, error);

  if (image == NULL)
    return false;
  paint_pixels (cr, view, image, &visible, &visible);
  return true;
}

bool
sac_scene_paint_image (const SacScene *scene,
                       SacTileStore *tiles,
                       cairo_t *cr,
                       int width,
                       int height,
                       SacJob *job,
                       GError **error)
{
  SacPaintView view = {&scene->camera, width, height};
  bool painted = true;

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  paint_canvas (cr, width, height);
  if (scene->source != NULL && scene->camera.scale > 0) {
    if (tiles != NULL)
      paint_from_tiles (scene, tiles, cr, &view);
    else
      painted = paint_directly (scene, cr, &view, job, error);
  }
  cairo_restore (cr);
  return painted;
}

void
sac_scene_draw_image (const SacScene *scene,
                      SacTileStore *tiles,
                      cairo_t *cr,
                      int width,
                      int height)
{
  if (sac_scene_paint_image (scene, tiles, cr, width, height, NULL, NULL))
    return;

  SacPaintView view = {&scene->camera, width, height};
  SacRect image_rect = get_image_rect (scene);

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  cairo_new_path (cr);
  sac_paint_add_rect (cr, &view, &image_rect);
  sac_paint_hatch (cr, true);
  cairo_restore (cr);
}
