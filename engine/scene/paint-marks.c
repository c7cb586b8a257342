/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What lies over image and map: what the model saw, the scale bar, the cursor.
 */
#include "scene/paint.h"
#include "scene/scene-parts.h"
#include "scene/text.h"

#include <math.h>

#define BAR_MARGIN 14.0
#define BAR_THICKNESS 4.0 /* with text of the usual size */
#define CROSS_INNER 4.0
#define CROSS_OUTER 14.0

/* Within the rectangle, so that the line covers whole pixels and is not cut off
 * at the edge of an image that fills the pane. */
static void
add_inner_edge (cairo_t *cr,
                const SacPaintView *view,
                const SacRect *rect,
                double line_width)
{
  if (!sac_paint_is_upright (view)) {
    sac_paint_add_rect (cr, view, rect);
    return;
  }

  SacRect screen = sac_paint_get_screen_rect (view, rect);
  SacRect snapped = sac_paint_snap (cr, &screen);

  cairo_rectangle (cr, snapped.x + line_width / 2, snapped.y + line_width / 2,
                   fmax (snapped.width - line_width, 0),
                   fmax (snapped.height - line_width, 0));
}

void
sac_scene_draw_outline (const SacScene *scene,
                        const SacRect *rect,
                        const SacSceneOutline *outline,
                        cairo_t *cr,
                        int width,
                        int height)
{
  SacPaintView view = {&scene->camera, width, height};
  const double dashes[] = {6, 4};

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  cairo_new_path (cr);
  add_inner_edge (cr, &view, rect, outline->line_width);
  if (outline->dashed)
    cairo_set_dash (cr, dashes, 2, 0);
  sac_paint_stroke_halo (cr, outline->line_width, outline->rgb);
  cairo_restore (cr);
}

/* A map that covers less of the image than this marks a place on it. */
#define TILE_SHARE 0.2

bool
sac_scene_is_tile (const SacMap *map)
{
  const SacGeometry *geometry = &map->geometry;
  double image = (double)geometry->image_width * (double)geometry->image_height;

  return geometry->seen.width * geometry->seen.height < TILE_SHARE * image;
}

static void
dim_unseen (const SacScene *scene, cairo_t *cr, const SacPaintView *view)
{
  const SacGeometry *geometry = &scene->layer.map->geometry;
  SacRect image = {0, 0, (double)geometry->image_width,
                   (double)geometry->image_height};

  cairo_save (cr);
  cairo_set_fill_rule (cr, CAIRO_FILL_RULE_EVEN_ODD);
  cairo_new_path (cr);
  sac_paint_add_rect (cr, view, &image);
  cairo_clip (cr);
  sac_paint_add_rect (cr, view, &image);
  sac_paint_add_rect (cr, view, sac_geometry_get_input (geometry));
  sac_paint_set_color (cr, 0x000000, 0.22);
  cairo_fill (cr);
  cairo_restore (cr);
}

static void
draw_seen (const SacScene *scene, cairo_t *cr, int width, int height)
{
  SacPaintView view = {&scene->camera, width, height};

  if (scene->dim_unseen)
    dim_unseen (scene, cr, &view);
  sac_scene_draw_outline (scene,
                          sac_geometry_get_input (&scene->layer.map->geometry),
                          &(SacSceneOutline){0xffffff, false, 1}, cr, width,
                          height);
}

static char *
format_length (double micrometres)
{
  double value = micrometres >= 1000  ? micrometres / 1000
                 : micrometres >= 0.5 ? micrometres
                                      : micrometres * 1000;
  const char *unit = micrometres >= 1000  ? "mm"
                     : micrometres >= 0.5 ? "\302\265m"
                                          : "nm";
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, "%.6g", value);
  return g_strdup_printf ("%s %s", number, unit);
}

bool
sac_scene_scale_bar (double mpp,
                     double scale,
                     double max_width,
                     double *ret_width,
                     char **ret_text)
{
  double most = max_width * mpp / scale; /* micrometres */

  if (!(mpp > 0) || !(scale > 0) || !(most > 0) || !isfinite (most))
    return false;

  double power = pow (10, floor (log10 (most)));
  const double steps[] = {5, 2, 1};
  double length = power;

  for (int i = 0; i < 3; i++)
    if (steps[i] * power <= most * (1 + 1e-9)) {
      length = steps[i] * power;
      break;
    }
  *ret_width = length / mpp * scale;
  *ret_text = format_length (length);
  return true;
}

static void
draw_scale_bar (const SacScene *scene, cairo_t *cr, int width, int height)
{
  double mpp = sac_source_get_mpp (scene->source), bar_width;
  double text_size =
    scene->text_size > 0 ? scene->text_size : SAC_SCENE_TEXT_SIZE;
  double thickness = rint (BAR_THICKNESS * text_size / SAC_SCENE_TEXT_SIZE);
  g_autofree char *text = NULL;

  if (!sac_scene_scale_bar (mpp, scene->camera.scale, fmin (width / 4.0, 180),
                            &bar_width, &text))
    return;

  SacRect exact = {BAR_MARGIN, height - BAR_MARGIN - thickness, bar_width,
                   thickness};
  SacRect bar = sac_paint_snap (cr, &exact);

  cairo_save (cr);
  sac_paint_set_color (cr, 0x000000, 0.6);
  cairo_rectangle (cr, bar.x - 1.5, bar.y - 1.5, bar.width + 3, bar.height + 3);
  cairo_fill (cr);
  sac_paint_set_color (cr, 0xffffff, 1);
  cairo_rectangle (cr, bar.x, bar.y, bar.width, bar.height);
  cairo_fill (cr);
  sac_text_draw_halo (cr, bar.x, bar.y - text_size * 1.6, text, text_size);
  cairo_restore (cr);
}

static void
draw_cursor (const SacScene *scene, cairo_t *cr, int width, int height)
{
  double x, y;

  sac_camera_to_screen (&scene->camera, width, height, scene->cursor_x,
                        scene->cursor_y, &x, &y);
  cairo_save (cr);
  cairo_new_path (cr);
  for (int side = -1; side <= 1; side += 2) {
    cairo_move_to (cr, x + side * CROSS_INNER, y);
    cairo_line_to (cr, x + side * CROSS_OUTER, y);
    cairo_move_to (cr, x, y + side * CROSS_INNER);
    cairo_line_to (cr, x, y + side * CROSS_OUTER);
  }
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  sac_paint_stroke_halo (cr, 2, 0xffffff);
  cairo_restore (cr);
}

void
sac_scene_draw_marks (const SacScene *scene, cairo_t *cr, int width, int height)
{
  const SacMap *map = scene->layer.map;

  if (scene->camera.scale <= 0)
    return;
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  if (scene->show_seen && map != NULL && map->has_geometry)
    draw_seen (scene, cr, width, height);
  if (scene->show_scale_bar && scene->source != NULL)
    draw_scale_bar (scene, cr, width, height);
  if (scene->has_cursor)
    draw_cursor (scene, cr, width, height);
  cairo_restore (cr);
}

bool
sac_scene_render (const SacScene *scene,
                  cairo_t *cr,
                  int width,
                  int height,
                  SacJob *job,
                  GError **error)
{
  if (!sac_scene_paint_image (scene, NULL, cr, width, height, job, error))
    return false;
  sac_scene_draw_map (scene, cr, width, height);
  sac_scene_draw_marks (scene, cr, width, height);
  return true;
}
