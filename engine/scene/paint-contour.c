/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Lines over a map: along which its values are equal, around where it disagrees
 * with another. */
#include "scene/compare.h"
#include "scene/paint.h"
#include "scene/scene.h"

#define CONTOUR_WIDTH 1.5
#define REGION_WIDTH 2.0

GPtrArray *
sac_scene_contours_new (const SacMap *map, const SacScale *scale, double level)
{
  g_autoptr (SacMap) in_unit = sac_scale_dup_map (scale, map);
  GPtrArray *lines = sac_contour_new (in_unit, level);

  if (scale->is_signed && level != 0)
    g_ptr_array_extend_and_steal (lines, sac_contour_new (in_unit, -level));
  return lines;
}

/* The lines as a path. */
static void
add_lines (const SacScene *scene,
           const GPtrArray *lines,
           cairo_t *cr,
           int width,
           int height)
{
  for (guint i = 0; i < lines->len; i++) {
    const SacContourLine *line = g_ptr_array_index (lines, i);

    cairo_new_sub_path (cr);
    for (guint k = 0; k < line->points->len; k++) {
      const SacContourPoint *point =
        &g_array_index (line->points, SacContourPoint, k);
      double x, y;

      sac_camera_to_screen (&scene->camera, width, height, point->x, point->y,
                            &x, &y);
      cairo_line_to (cr, x, y);
    }
    if (line->is_closed)
      cairo_close_path (cr);
  }
}

void
sac_scene_draw_contours (const SacScene *scene,
                         const GPtrArray *lines,
                         cairo_t *cr,
                         int width,
                         int height)
{
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  cairo_new_path (cr);
  add_lines (scene, lines, cr, width, height);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  sac_paint_stroke_halo (cr, CONTOUR_WIDTH, 0xffffff);
  cairo_restore (cr);
}

/* Colours and dashes say in which of the two a region is high. */
static void
draw_region (const SacScene *scene,
             const SacDisagreementRegion *region,
             cairo_t *cr,
             int width,
             int height)
{
  static const double dashes[] = {7, 4};
  bool only_a = region->kind == SAC_OVERLAP_ONLY_A;

  cairo_new_path (cr);
  add_lines (scene, region->outlines, cr, width, height);
  cairo_set_dash (cr, dashes, only_a ? 0 : 2, 0);
  sac_paint_stroke_halo (cr, REGION_WIDTH,
                         only_a ? SAC_COMPARE_COLOR_A : SAC_COMPARE_COLOR_B);
}

void
sac_scene_draw_disagreement (const SacScene *scene,
                             const SacDisagreement *disagreement,
                             cairo_t *cr,
                             int width,
                             int height)
{
  if (!disagreement->overlap->has_geometry)
    return;
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  for (guint i = 0; i < disagreement->regions->len; i++)
    draw_region (scene, g_ptr_array_index (disagreement->regions, i), cr, width,
                 height);
  cairo_restore (cr);
}
