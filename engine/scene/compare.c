/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/compare.h"

#include "scene/paint.h"
#include "scene/text.h"

#include <math.h>

#define STRIPE_WIDTH 5.0
#define TAG_SIZE 13.0
#define TAG_REACH 16.0
#define HANDLE_RADIUS 11.0

static const char *const mode_names[SAC_COMPARE_MODE_COUNT] = {
  [SAC_COMPARE_SIDE] = "side",
  [SAC_COMPARE_SWIPE] = "swipe",
  [SAC_COMPARE_LENS] = "lens",
  [SAC_COMPARE_FLICKER] = "flicker",
  [SAC_COMPARE_DIFFERENCE] = "difference",
  [SAC_COMPARE_AGREEMENT] = "agreement",
};

const char *
sac_compare_mode_get_name (SacCompareMode mode)
{
  g_assert (mode < SAC_COMPARE_MODE_COUNT);
  return mode_names[mode];
}

bool
sac_compare_mode_find (const char *name, SacCompareMode *ret_mode)
{
  for (int mode = 0; mode < SAC_COMPARE_MODE_COUNT; mode++) {
    if (g_strcmp0 (mode_names[mode], name) == 0) {
      *ret_mode = (SacCompareMode)mode;
      return true;
    }
  }
  return false;
}

static void
add_lens (cairo_t *cr, const SacSceneCompare *compare)
{
  double radius = compare->lens_radius;

  cairo_new_sub_path (cr);
  if (compare->lens_is_square)
    cairo_rectangle (cr, compare->lens_x - radius, compare->lens_y - radius,
                     2 * radius, 2 * radius);
  else
    cairo_arc (cr, compare->lens_x, compare->lens_y, radius, 0, 2 * G_PI);
}

void
sac_scene_clip_other (const SacSceneCompare *compare,
                      cairo_t *cr,
                      int width,
                      int height)
{
  double divider = round (compare->divider * width);

  cairo_new_path (cr);
  if (compare->mode == SAC_COMPARE_SWIPE)
    cairo_rectangle (cr, divider, 0, width - divider, height);
  else if (compare->mode != SAC_COMPARE_FLICKER || compare->shows_other)
    return;
  cairo_clip (cr);
}

cairo_t *
sac_scene_begin_lens (const SacSceneCompare *compare, cairo_surface_t *image)
{
  double reach = compare->lens_radius, scale, same;

  cairo_surface_get_device_scale (image, &scale, &same);

  int width = cairo_image_surface_get_width (image);
  int height = cairo_image_surface_get_height (image);
  double left = floor ((compare->lens_x - reach) * scale);
  double top = floor ((compare->lens_y - reach) * scale);
  double right = ceil ((compare->lens_x + reach) * scale);
  double bottom = ceil ((compare->lens_y + reach) * scale);
  int from_x = (int)CLAMP (left, 0, width - 1);
  int from_y = (int)CLAMP (top, 0, height - 1);
  int to_x = (int)CLAMP (right, from_x + 1, width);
  int to_y = (int)CLAMP (bottom, from_y + 1, height);
  cairo_surface_t *sheet =
    cairo_image_surface_create (CAIRO_FORMAT_ARGB32, to_x - from_x,
                                to_y - from_y);

  cairo_surface_set_device_scale (sheet, scale, scale);
  cairo_surface_set_device_offset (sheet, -from_x, -from_y);

  cairo_t *cr = cairo_create (sheet);

  cairo_surface_destroy (sheet);
  cairo_set_source_surface (cr, image, 0, 0);
  cairo_paint (cr);
  return cr;
}

void
sac_scene_end_lens (const SacSceneCompare *compare, cairo_t *lens, cairo_t *cr)
{
  cairo_new_path (lens);
  add_lens (lens, compare);
  cairo_set_source_rgb (lens, 0, 0, 0);
  /* Clears what lies outside the path as well. */
  cairo_set_operator (lens, CAIRO_OPERATOR_DEST_IN);
  cairo_fill (lens);
  cairo_set_source_surface (cr, cairo_get_target (lens), 0, 0);
  cairo_paint (cr);
  cairo_destroy (lens);
}

SacMapLayer
sac_scene_difference_layer (const SacMap *difference,
                            const SacColorMap *colors,
                            double opacity,
                            bool smooth)
{
  SacMapLayer layer = {
    .map = difference,
    .scale = sac_scale_new (SAC_SCALE_OWN, &difference, 1),
    .colors = colors,
    .opacity = opacity,
    .smooth = smooth,
    .fade = true,
  };

  layer.scale.is_signed = true;
  layer.scale.low = -layer.scale.high;
  return layer;
}

/* A letter on its colour. */
static void
draw_tag (cairo_t *cr, double x, double y, const char *letter, uint32_t rgb)
{
  g_autoptr (PangoLayout) layout =
    sac_text_new (cr, letter, &(SacTextStyle){.size = TAG_SIZE, .bold = true});
  double width, height;

  sac_text_get_size (layout, &width, &height);
  cairo_new_path (cr);
  cairo_arc (cr, x, y, HANDLE_RADIUS, 0, 2 * G_PI);
  sac_paint_set_color (cr, 0x000000, 0.45);
  cairo_set_line_width (cr, 3);
  cairo_stroke_preserve (cr);
  sac_paint_set_color (cr, rgb, 1);
  cairo_fill (cr);
  sac_paint_set_color (cr, 0xffffff, 1);
  cairo_move_to (cr, x - width / 2, y - height / 2);
  pango_cairo_show_layout (cr, layout);
  /* Text leaves a point that the next arc would be joined to. */
  cairo_new_path (cr);
}

static void
draw_divider (const SacSceneCompare *compare,
              cairo_t *cr,
              int width,
              int height)
{
  double x = round (compare->divider * width);
  double y = TAG_REACH + 4;

  cairo_new_path (cr);
  cairo_move_to (cr, x, 0);
  cairo_line_to (cr, x, height);
  sac_paint_stroke_halo (cr, 2, 0xffffff);
  draw_tag (cr, x - TAG_REACH, y, "A", SAC_COMPARE_COLOR_A);
  draw_tag (cr, x + TAG_REACH, y, "B", SAC_COMPARE_COLOR_B);
  /* What can be dragged. */
  cairo_arc (cr, x, height / 2.0, 7, 0, 2 * G_PI);
  sac_paint_set_color (cr, 0xffffff, 1);
  cairo_fill_preserve (cr);
  sac_paint_set_color (cr, 0x000000, 0.45);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

static void
draw_lens_edge (const SacSceneCompare *compare, cairo_t *cr)
{
  double reach = compare->lens_radius;
  double diagonal = compare->lens_is_square ? 1 : G_SQRT2 / 2;

  cairo_new_path (cr);
  add_lens (cr, compare);
  sac_paint_stroke_halo (cr, 2, 0xffffff);
  draw_tag (cr, compare->lens_x - reach * diagonal,
            compare->lens_y - reach * diagonal, "B", SAC_COMPARE_COLOR_B);
}

void
sac_scene_draw_compare_marks (const SacSceneCompare *compare,
                              cairo_t *cr,
                              int width,
                              int height)
{
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  if (compare->mode == SAC_COMPARE_SWIPE)
    draw_divider (compare, cr, width, height);
  else if (compare->mode == SAC_COMPARE_LENS)
    draw_lens_edge (compare, cr);
  else if (compare->mode == SAC_COMPARE_FLICKER && compare->shows_other)
    draw_tag (cr, width / 2.0 + TAG_REACH, TAG_REACH + 4, "B",
              SAC_COMPARE_COLOR_B);
  else if (compare->mode == SAC_COMPARE_FLICKER)
    draw_tag (cr, width / 2.0 - TAG_REACH, TAG_REACH + 4, "A",
              SAC_COMPARE_COLOR_A);
  cairo_restore (cr);
}

/* A pixel a cell: in `rgb` those of a kind, the rest clear. */
static cairo_surface_t *
color_cells (const SacOverlap *overlap, SacOverlapKind kind, uint32_t rgb)
{
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_ARGB32, overlap->columns,
                                overlap->rows);

  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    return surface;
  cairo_surface_flush (surface);

  unsigned char *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);

  for (int row = 0; row < overlap->rows; row++) {
    uint32_t *pixels = (uint32_t *)(void *)(data + (size_t)row * stride);
    const uint8_t *cells =
      overlap->cells + (size_t)row * (size_t)overlap->columns;

    for (int column = 0; column < overlap->columns; column++)
      pixels[column] = cells[column] == kind ? 0xff000000u | rgb : 0;
  }
  cairo_surface_mark_dirty (surface);
  return surface;
}

/* Diagonals of both colours, at rest on the screen. */
static cairo_pattern_t *
new_stripes (void)
{
  double side = 2 * STRIPE_WIDTH * G_SQRT2;
  cairo_pattern_t *stripes =
    cairo_pattern_create_linear (0, 0, side / 2, side / 2);
  const uint32_t colors[] = {SAC_COMPARE_COLOR_A, SAC_COMPARE_COLOR_B};

  for (int i = 0; i < 2; i++) {
    for (int end = 0; end < 2; end++)
      cairo_pattern_add_color_stop_rgb (stripes, (i + end) / 2.0,
                                        (colors[i] >> 16 & 255) / 255.0,
                                        (colors[i] >> 8 & 255) / 255.0,
                                        (colors[i] & 255) / 255.0);
  }
  cairo_pattern_set_extend (stripes, CAIRO_EXTEND_REPEAT);
  return stripes;
}

static void
draw_kind (const SacPaintView *view,
           const SacOverlap *overlap,
           SacOverlapKind kind,
           uint32_t rgb,
           cairo_t *cr)
{
  cairo_surface_t *cells = color_cells (overlap, kind, rgb);

  if (cairo_surface_status (cells) == CAIRO_STATUS_SUCCESS)
    sac_paint_whole_surface (cr, view, cells, &overlap->geometry.seen,
                             CAIRO_FILTER_NEAREST);
  cairo_surface_destroy (cells);
}

static void
draw_both (const SacPaintView *view, const SacOverlap *overlap, cairo_t *cr)
{
  cairo_pattern_t *stripes = new_stripes ();

  cairo_push_group_with_content (cr, CAIRO_CONTENT_ALPHA);
  draw_kind (view, overlap, SAC_OVERLAP_BOTH, 0, cr);

  cairo_pattern_t *mask = cairo_pop_group (cr);

  cairo_set_source (cr, stripes);
  cairo_mask (cr, mask);
  cairo_pattern_destroy (mask);
  cairo_pattern_destroy (stripes);
}

void
sac_scene_draw_overlap (const SacScene *scene,
                        const SacOverlap *overlap,
                        double opacity,
                        cairo_t *cr,
                        int width,
                        int height)
{
  SacPaintView view = {&scene->camera, width, height};

  if (!overlap->has_geometry || opacity <= 0 || scene->camera.scale <= 0)
    return;
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  cairo_push_group (cr);
  draw_kind (&view, overlap, SAC_OVERLAP_ONLY_A, SAC_COMPARE_COLOR_A, cr);
  draw_kind (&view, overlap, SAC_OVERLAP_ONLY_B, SAC_COMPARE_COLOR_B, cr);
  draw_both (&view, overlap, cr);
  cairo_pop_group_to_source (cr);
  cairo_paint_with_alpha (cr, opacity);
  cairo_restore (cr);
}
