/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The image under the camera: from tiles while somebody looks, read directly
 * for figures. */
#include "base/error.h"
#include "image/resize.h"
#include "scene/paint.h"
#include "scene/scene-parts.h"
#include "scene/tile-view.h"

#include <math.h>

/* From this size on screen a reader wants to see the pixels themselves. */
#define PIXELS_FROM 8.0

/* Half a side, in pixels of the screen, from which damage is not narrowed down.
 */
#define SMALLEST_PART 6.0

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

static bool
is_same (const SacRect *a, const SacRect *b)
{
  return a->x == b->x && a->y == b->y && a->width == b->width &&
         a->height == b->height;
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
  cairo_filter_t filter =
    zoom >= PIXELS_FROM ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_BILINEAR;

  if (is_same (image_rect, part))
    sac_paint_whole_surface (cr, view, surface, part, filter);
  else
    sac_paint_surface (cr, view, surface, image_rect, part, filter);
  cairo_surface_destroy (surface);
}

static void
paint_canvas (cairo_t *cr, int width, int height)
{
  sac_paint_set_color (cr, SAC_PAINT_CANVAS, 1);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_fill (cr);
}

static void
paint_blank (cairo_t *cr, const SacPaintView *view, const SacRect *rect)
{
  cairo_save (cr);
  cairo_new_path (cr);
  sac_paint_add_rect (cr, view, rect);
  sac_paint_set_color (cr, 0xf2f2f2, 1);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  cairo_fill (cr);
  cairo_restore (cr);
}

static void
paint_piece (cairo_t *cr, const SacPaintView *view, const SacTilePiece *piece)
{
  switch (piece->tile.state) {
  case SAC_TILE_READY:
    paint_pixels (cr, view, piece->tile.image, &piece->rect, &piece->part);
    break;
  case SAC_TILE_BAD:
    cairo_new_path (cr);
    sac_paint_add_rect (cr, view, &piece->part);
    sac_paint_hatch (cr, true);
    break;
  case SAC_TILE_MISSING:
    paint_blank (cr, view, &piece->part);
    break;
  }
}

static bool
has_tone (const SacScene *scene)
{
  return scene->tone != NULL && !sac_tone_is_plain (scene->tone);
}

/* Everything of the view but the image. */
static void
paint_ground_around (const SacScene *scene,
                     cairo_t *cr,
                     const SacPaintView *view)
{
  SacRect image_rect = get_image_rect (scene);

  cairo_save (cr);
  cairo_set_fill_rule (cr, CAIRO_FILL_RULE_EVEN_ODD);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  cairo_new_path (cr);
  cairo_rectangle (cr, 0, 0, view->width, view->height);
  sac_paint_add_rect (cr, view, &image_rect);
  sac_paint_set_color (cr, SAC_PAINT_CANVAS, 1);
  cairo_fill (cr);
  cairo_restore (cr);
}

/* `image` is whoever's; its copy is ours. */
static SacImage *
copy_toned (const SacImage *image, const SacTone *tone, GError **error)
{
  SacImage *copy =
    sac_image_crop (image, 0, 0, image->width, image->height, error);
  uint8_t table[256];

  if (copy == NULL)
    return NULL;
  sac_tone_fill_table (tone, table);
  sac_tone_apply (table, copy->pixels,
                  (size_t)copy->width * (size_t)copy->height);
  return copy;
}

/* What is seen of the image. */
static SacRect
get_visible (const SacScene *scene, const SacPaintView *view)
{
  SacRect image_rect = get_image_rect (scene);
  SacRect seen = sac_camera_visible (&scene->camera, view->width, view->height);

  return sac_rect_intersect (&image_rect, &seen);
}

/* A part resampled to the pixels of the screen in one piece. */
static bool
paint_part (const SacScene *scene,
            cairo_t *cr,
            const SacPaintView *view,
            const SacRect *visible,
            SacJob *job,
            GError **error)
{
  double scale = scene->camera.scale * get_device_scale (cr);
  SacFilter filter = scale >= PIXELS_FROM ? SAC_FILTER_NEAREST
                     : scale > 1          ? SAC_FILTER_BICUBIC
                                          : SAC_FILTER_BILINEAR;

  if (sac_rect_is_empty (visible))
    return true;

  g_autoptr (SacImage) image =
    sac_source_read_region (scene->source, visible,
                            (int)fmax (rint (visible->width * scale), 1),
                            (int)fmax (rint (visible->height * scale), 1),
                            filter, SAC_COLORS_DISPLAY, job, error);

  if (image == NULL)
    return false;

  g_autoptr (SacImage) toned = has_tone (scene)
                                 ? copy_toned (image, scene->tone, error)
                                 : sac_image_ref (image);

  if (toned == NULL)
    return false;
  paint_pixels (cr, view, toned, visible, visible);
  return true;
}

/* Quarters of what cannot be read, until they are too small to tell apart. */
static bool
paint_readable (const SacScene *scene,
                cairo_t *cr,
                const SacPaintView *view,
                const SacRect *part,
                SacJob *job,
                GError **error)
{
  g_autoptr (GError) reason = NULL;
  double width = part->width / 2, height = part->height / 2;

  if (paint_part (scene, cr, view, part, job, &reason))
    return true;
  if (!g_error_matches (reason, SAC_ERROR, SAC_ERROR_DAMAGED)) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return false;
  }
  if (fmax (width, height) * scene->camera.scale < SMALLEST_PART) {
    cairo_new_path (cr);
    sac_paint_add_rect (cr, view, part);
    sac_paint_hatch (cr, true);
    return true;
  }
  for (int i = 0; i < 4; i++) {
    SacRect quarter = {part->x + i % 2 * width, part->y + i / 2 * height, width,
                       height};

    if (!paint_readable (scene, cr, view, &quarter, job, error))
      return false;
  }
  return true;
}

static void
begin_pane (cairo_t *cr, int width, int height)
{
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  paint_canvas (cr, width, height);
}

bool
sac_scene_paint_readable (const SacScene *scene,
                          cairo_t *cr,
                          int width,
                          int height,
                          SacJob *job,
                          GError **error)
{
  SacPaintView view = {&scene->camera, width, height};
  bool painted = true;

  begin_pane (cr, width, height);
  if (scene->source != NULL && scene->camera.scale > 0) {
    SacRect visible = get_visible (scene, &view);

    painted = paint_readable (scene, cr, &view, &visible, job, error);
  }
  cairo_restore (cr);
  return painted;
}

void
sac_scene_draw_pieces (const SacScene *scene,
                       const GArray *pieces,
                       cairo_t *cr,
                       int width,
                       int height)
{
  SacPaintView view = {&scene->camera, width, height};

  begin_pane (cr, width, height);
  for (guint i = 0; i < pieces->len; i++)
    paint_piece (cr, &view, &g_array_index (pieces, SacTilePiece, i));
  if (has_tone (scene)) {
    sac_paint_tone (cr, scene->tone);
    paint_ground_around (scene, cr, &view);
  }
  cairo_restore (cr);
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
  bool has_view = scene->source != NULL && scene->camera.scale > 0;
  bool painted = true;

  if (has_view && tiles != NULL) {
    g_autoptr (GArray) pieces =
      sac_tile_view_new (tiles, scene->source, &scene->camera,
                         get_device_scale (cr), width, height);

    sac_scene_draw_pieces (scene, pieces, cr, width, height);
    return true;
  }
  begin_pane (cr, width, height);
  if (has_view) {
    SacRect visible = get_visible (scene, &view);

    painted = paint_part (scene, cr, &view, &visible, job, error);
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
