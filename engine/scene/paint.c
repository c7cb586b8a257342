/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/paint.h"

#include <math.h>

#define HATCH_DISTANCE 9.0

void
sac_paint_set_color (cairo_t *cr, uint32_t rgb, double alpha)
{
  cairo_set_source_rgba (cr, (rgb >> 16 & 255) / 255.0,
                         (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0, alpha);
}

void
sac_paint_to_image (cairo_t *cr, const SacPaintView *view)
{
  const SacCamera *camera = view->camera;

  cairo_translate (cr, view->width / 2, view->height / 2);
  cairo_rotate (cr, camera->rotation);
  cairo_scale (cr, camera->mirror ? -camera->scale : camera->scale,
               camera->scale);
  cairo_translate (cr, -camera->x, -camera->y);
}

bool
sac_paint_is_upright (const SacPaintView *view)
{
  return sac_camera_is_upright (view->camera);
}

SacRect
sac_paint_get_screen_rect (const SacPaintView *view, const SacRect *rect)
{
  double low_x = INFINITY, low_y = INFINITY;
  double high_x = -INFINITY, high_y = -INFINITY;

  for (int corner = 0; corner < 4; corner++) {
    double x, y;

    sac_camera_to_screen (view->camera, view->width, view->height,
                          rect->x + (corner & 1 ? rect->width : 0),
                          rect->y + (corner & 2 ? rect->height : 0), &x, &y);
    low_x = fmin (low_x, x);
    low_y = fmin (low_y, y);
    high_x = fmax (high_x, x);
    high_y = fmax (high_y, y);
  }
  return (SacRect){low_x, low_y, high_x - low_x, high_y - low_y};
}

/* On paper there are no pixels to fall on. */
static bool
has_pixels (cairo_surface_t *target)
{
  cairo_surface_type_t type = cairo_surface_get_type (target);

  return type != CAIRO_SURFACE_TYPE_PDF && type != CAIRO_SURFACE_TYPE_SVG;
}

/* A surface's own scale (dense screens) is not part of the matrix. */
static void
snap_point (cairo_t *cr, double *x, double *y)
{
  cairo_surface_t *target = cairo_get_group_target (cr);
  double scale_x, scale_y, offset_x, offset_y;

  if (!has_pixels (target))
    return;
  cairo_surface_get_device_scale (target, &scale_x, &scale_y);
  cairo_surface_get_device_offset (target, &offset_x, &offset_y);
  cairo_user_to_device (cr, x, y);
  /* The small step lets an edge that only rounding puts at half a pixel fall
   * on the same side for both neighbours. */
  *x = (floor (*x * scale_x + offset_x + 0.5 + 1e-6) - offset_x) / scale_x;
  *y = (floor (*y * scale_y + offset_y + 0.5 + 1e-6) - offset_y) / scale_y;
  cairo_device_to_user (cr, x, y);
}

SacRect
sac_paint_snap (cairo_t *cr, const SacRect *rect)
{
  double left = rect->x, top = rect->y;
  double right = rect->x + rect->width, bottom = rect->y + rect->height;

  snap_point (cr, &left, &top);
  snap_point (cr, &right, &bottom);
  return (SacRect){left, top, right - left, bottom - top};
}

void
sac_paint_add_rect (cairo_t *cr, const SacPaintView *view, const SacRect *rect)
{
  if (sac_paint_is_upright (view)) {
    SacRect screen = sac_paint_get_screen_rect (view, rect);
    SacRect snapped = sac_paint_snap (cr, &screen);

    cairo_rectangle (cr, snapped.x, snapped.y, snapped.width, snapped.height);
    return;
  }

  double right = rect->x + rect->width, bottom = rect->y + rect->height;
  cairo_matrix_t matrix;

  cairo_get_matrix (cr, &matrix);
  sac_paint_to_image (cr, view);
  /* A corner is rounded by itself, alike for all that share it; those of
   * cairo_rectangle are rounded one from the other. */
  cairo_move_to (cr, rect->x, rect->y);
  cairo_line_to (cr, right, rect->y);
  cairo_line_to (cr, right, bottom);
  cairo_line_to (cr, rect->x, bottom);
  cairo_close_path (cr);
  cairo_set_matrix (cr, &matrix);
}

cairo_surface_t *
sac_paint_surface_new (const SacImage *image)
{
  return cairo_image_surface_create_for_data ((unsigned char *)image->pixels,
                                              CAIRO_FORMAT_RGB24, image->width,
                                              image->height, image->width * 4);
}

void
sac_paint_pad_source (cairo_t *cr)
{
  if (has_pixels (cairo_get_group_target (cr)))
    cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
}

/* Makes the surface the source; the matrix is that of the rectangle. */
static void
set_source (cairo_t *cr,
            const SacPaintView *view,
            cairo_surface_t *surface,
            const SacRect *rect,
            cairo_filter_t filter)
{
  sac_paint_to_image (cr, view);
  cairo_translate (cr, rect->x, rect->y);
  cairo_scale (cr, rect->width / cairo_image_surface_get_width (surface),
               rect->height / cairo_image_surface_get_height (surface));
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), filter);
  sac_paint_pad_source (cr);
}

/* Neighbours share every edge pixel by pixel, rotated or not. */
static void
fill_part (cairo_t *cr, const SacPaintView *view, const SacRect *part)
{
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  cairo_new_path (cr);
  sac_paint_add_rect (cr, view, part);
  cairo_fill (cr);
}

void
sac_paint_surface (cairo_t *cr,
                   const SacPaintView *view,
                   cairo_surface_t *surface,
                   const SacRect *surface_rect,
                   const SacRect *part,
                   cairo_filter_t filter)
{
  cairo_matrix_t matrix;

  cairo_save (cr);
  cairo_get_matrix (cr, &matrix);
  set_source (cr, view, surface, surface_rect, filter);
  cairo_set_matrix (cr, &matrix);
  fill_part (cr, view, part);
  cairo_restore (cr);
}

void
sac_paint_whole_surface (cairo_t *cr,
                         const SacPaintView *view,
                         cairo_surface_t *surface,
                         const SacRect *rect,
                         cairo_filter_t filter)
{
  SacRect exact = sac_paint_get_screen_rect (view, rect);
  SacRect snapped = sac_paint_snap (cr, &exact);
  cairo_matrix_t matrix;

  if (snapped.width <= 0 || snapped.height <= 0)
    return;
  cairo_save (cr);
  cairo_get_matrix (cr, &matrix);
  if (sac_paint_is_upright (view)) {
    cairo_translate (cr, snapped.x, snapped.y);
    cairo_scale (cr, snapped.width / exact.width,
                 snapped.height / exact.height);
    cairo_translate (cr, -exact.x, -exact.y);
  }
  set_source (cr, view, surface, rect, filter);
  cairo_set_matrix (cr, &matrix);
  fill_part (cr, view, rect);
  cairo_restore (cr);
}

void
sac_paint_hatch (cairo_t *cr, bool filled)
{
  double left, top, right, bottom;

  cairo_save (cr);
  cairo_clip_preserve (cr);
  if (filled) {
    sac_paint_set_color (cr, 0xcccccc, 1);
    cairo_fill_preserve (cr);
  }
  cairo_new_path (cr);
  cairo_clip_extents (cr, &left, &top, &right, &bottom);

  double first = floor ((left + top) / HATCH_DISTANCE) * HATCH_DISTANCE;

  for (double sum = first; sum < right + bottom; sum += HATCH_DISTANCE) {
    cairo_move_to (cr, sum - top + 1, top - 1);
    cairo_line_to (cr, sum - bottom - 1, bottom + 1);
  }
  sac_paint_set_color (cr, 0x6b6b6b, 1);
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
sac_paint_stroke_halo (cairo_t *cr, double line_width, uint32_t rgb)
{
  cairo_set_line_width (cr, line_width + 2);
  sac_paint_set_color (cr, 0x000000, 0.45);
  cairo_stroke_preserve (cr);
  cairo_set_line_width (cr, line_width);
  sac_paint_set_color (cr, rgb, 1);
  cairo_stroke (cr);
}
