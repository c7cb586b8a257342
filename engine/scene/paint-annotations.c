/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/paint-annotations.h"

#include "annotation/annotation-parsers.h"
#include "annotation/measure.h"
#include "scene/text.h"

#include <math.h>

#define LINE 2.0
#define SELECTED_LINE 3.0
#define EDGE 1.5 /* of the dark one around lines */
#define HANDLE 7.0
#define MARK 6.0 /* half of a point's mark */
#define DOT 3.0
#define TEXT_SIZE 12.0

/* What text and handles may take around the shape itself. */
#define MARGIN 14.0
#define TEXT_WIDTH 220.0

/* Shapes with more vertices in sight have no handles: they would be all that is
 * seen. */
#define HANDLES_MAX 400

typedef struct {
  cairo_t *cr;
  const SacAnnotationLayer *layer;
  const SacCamera *camera;
  double width, height;
} Painter;

static SacPoint
to_screen (const Painter *painter, const SacPoint *point)
{
  SacPoint screen;

  sac_camera_to_screen (painter->camera, painter->width, painter->height,
                        point->x, point->y, &screen.x, &screen.y);
  return screen;
}

/* The screen rectangle around one of the image. */
static SacRect
rect_to_screen (const Painter *painter, const SacRect *rect)
{
  SacPoint least = {INFINITY, INFINITY}, most = {-INFINITY, -INFINITY};

  for (int i = 0; i < 4; i++) {
    SacPoint corner = {rect->x + (i & 1) * rect->width,
                       rect->y + (i >> 1) * rect->height};
    SacPoint screen = to_screen (painter, &corner);

    least.x = fmin (least.x, screen.x);
    least.y = fmin (least.y, screen.y);
    most.x = fmax (most.x, screen.x);
    most.y = fmax (most.y, screen.y);
  }
  return (SacRect){least.x, least.y, most.x - least.x, most.y - least.y};
}

static bool
is_visible (const Painter *painter, const SacRect *screen)
{
  return screen->x < painter->width + MARGIN &&
         screen->y < painter->height + MARGIN &&
         screen->x + screen->width > -MARGIN &&
         screen->y + screen->height > -MARGIN;
}

static bool
has_text (const SacAnnotation *item)
{
  return item->kind == SAC_ANNOTATION_RULER;
}

static void
extend (SacRect *extent,
        const Painter *painter,
        const SacAnnotation *item,
        const SacRect *bounds)
{
  SacRect screen = rect_to_screen (painter, bounds);

  if (!is_visible (painter, &screen))
    return;

  double text = has_text (item) ? TEXT_WIDTH : 0;
  double left = fmin (extent->x, screen.x - MARGIN - text);
  double top = fmin (extent->y, screen.y - 2 * MARGIN);
  double right =
    fmax (extent->x + extent->width, screen.x + screen.width + MARGIN + text);
  double bottom =
    fmax (extent->y + extent->height, screen.y + screen.height + 2 * MARGIN);

  *extent = (SacRect){left, top, right - left, bottom - top};
}

SacRect
sac_paint_annotations_extent (const SacAnnotationLayer *layer,
                              const SacCamera *camera,
                              double width,
                              double height)
{
  Painter painter = {NULL, layer, camera, width, height};
  SacRect pane = {0, 0, width, height};
  /* Turned inside out, so that the first one makes it. */
  SacRect extent = {1e9, 1e9, -2e9, -2e9};

  for (guint i = 0; i < layer->set->items->len; i++)
    extend (&extent, &painter, layer->set->items->pdata[i], &layer->bounds[i]);
  if (layer->draft != NULL) {
    SacRect bounds = sac_annotation_get_bounds (layer->draft);

    extend (&extent, &painter, layer->draft, &bounds);
  }
  extent = sac_rect_intersect (&extent, &pane);
  return sac_rect_is_empty (&extent) ? (SacRect){0} : extent;
}

static uint32_t
get_rgb (const SacAnnotationLayer *layer, const SacAnnotation *item)
{
  return item->class_index >= 0 &&
             (guint)item->class_index < layer->set->classes->len
           ? ((const SacAnnotationClass *)
                layer->set->classes->pdata[item->class_index])
               ->rgb
           : SAC_ANNOTATION_RGB;
}

static void
set_rgb (cairo_t *cr, uint32_t rgb)
{
  cairo_set_source_rgb (cr, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0,
                        (rgb & 255) / 255.0);
}

/* Points that fall together on screen are left out. */
static void
add_ring (const Painter *painter, const GArray *ring, bool closed)
{
  SacPoint last = {-1e9, -1e9};

  for (guint i = 0; i < ring->len; i++) {
    SacPoint at = to_screen (painter, &g_array_index (ring, SacPoint, i));

    if (i > 0 && i + 1 < ring->len && fabs (at.x - last.x) < 0.7 &&
        fabs (at.y - last.y) < 0.7)
      continue;
    if (i == 0)
      cairo_move_to (painter->cr, at.x, at.y);
    else
      cairo_line_to (painter->cr, at.x, at.y);
    last = at;
  }
  if (closed)
    cairo_close_path (painter->cr);
}

static void
add_mark (cairo_t *cr, const SacPoint *at)
{
  cairo_move_to (cr, at->x - MARK, at->y);
  cairo_line_to (cr, at->x + MARK, at->y);
  cairo_move_to (cr, at->x, at->y - MARK);
  cairo_line_to (cr, at->x, at->y + MARK);
}

/* Short bars across the ends of a ruler. */
static void
add_ends (const Painter *painter, const GArray *ring)
{
  for (int end = 0; end < 2 && ring->len >= 2; end++) {
    guint i = end == 0 ? 0 : ring->len - 1, next = end == 0 ? 1 : i - 1;
    SacPoint at = to_screen (painter, &g_array_index (ring, SacPoint, i));
    SacPoint other = to_screen (painter, &g_array_index (ring, SacPoint, next));
    double length = hypot (other.x - at.x, other.y - at.y);
    double across_x = length > 0 ? (other.y - at.y) / length * MARK : 0;
    double across_y = length > 0 ? (at.x - other.x) / length * MARK : 0;

    cairo_move_to (painter->cr, at.x - across_x, at.y - across_y);
    cairo_line_to (painter->cr, at.x + across_x, at.y + across_y);
  }
}

static void
add_path (const Painter *painter, const SacAnnotation *item, bool closed)
{
  for (guint i = 0; i < item->rings->len; i++) {
    const GArray *ring = item->rings->pdata[i];

    if (ring->len == 0)
      continue;
    if (item->kind == SAC_ANNOTATION_POINT) {
      SacPoint at = to_screen (painter, &g_array_index (ring, SacPoint, 0));

      add_mark (painter->cr, &at);
      continue;
    }
    add_ring (painter, ring, closed && item->kind != SAC_ANNOTATION_RULER);
    if (item->kind == SAC_ANNOTATION_RULER)
      add_ends (painter, ring);
  }
}

static void
stroke (const Painter *painter, uint32_t rgb, bool dashed, double line)
{
  cairo_t *cr = painter->cr;
  double dashes[] = {6, 4};

  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.6);
  cairo_set_line_width (cr, line + 2 * EDGE);
  cairo_stroke_preserve (cr);
  if (dashed)
    cairo_set_dash (cr, dashes, 2, 0);
  set_rgb (cr, rgb);
  cairo_set_line_width (cr, line);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

static void
draw_dot (const Painter *painter, const SacRect *screen, uint32_t rgb)
{
  cairo_new_path (painter->cr);
  cairo_arc (painter->cr, screen->x + screen->width / 2,
             screen->y + screen->height / 2, DOT, 0, 2 * G_PI);
  set_rgb (painter->cr, rgb);
  cairo_fill_preserve (painter->cr);
  cairo_set_source_rgba (painter->cr, 0, 0, 0, 0.6);
  cairo_set_line_width (painter->cr, 1);
  cairo_stroke (painter->cr);
}

static void
draw_ruler_text (const Painter *painter, const SacAnnotation *item)
{
  const GArray *ring = item->rings->pdata[0];
  SacPoint a = to_screen (painter, &g_array_index (ring, SacPoint, 0));
  SacPoint b =
    to_screen (painter, &g_array_index (ring, SacPoint, ring->len - 1));
  g_autofree char *text =
    sac_annotation_format_length (sac_annotation_get_length (item),
                                  painter->layer->mpp);

  sac_text_draw_halo (painter->cr, (a.x + b.x) / 2 + 8,
                      (a.y + b.y) / 2 - TEXT_SIZE - 6, text, TEXT_SIZE);
}

static void
draw_item (const Painter *painter,
           const SacAnnotation *item,
           const SacRect *bounds,
           bool is_selected)
{
  SacRect screen = rect_to_screen (painter, bounds);
  uint32_t rgb = get_rgb (painter->layer, item);

  if (!is_visible (painter, &screen))
    return;
  if (item->kind != SAC_ANNOTATION_POINT && screen.width < DOT &&
      screen.height < DOT) {
    draw_dot (painter, &screen, rgb);
    return;
  }
  add_path (painter, item, true);
  stroke (painter, rgb, item->excludes, is_selected ? SELECTED_LINE : LINE);
  if (has_text (item))
    draw_ruler_text (painter, item);
}

static void
draw_handle (const Painter *painter, const SacPoint *at, bool is_chosen)
{
  cairo_t *cr = painter->cr;
  double side = is_chosen ? HANDLE + 3 : HANDLE;

  cairo_rectangle (cr, at->x - side / 2, at->y - side / 2, side, side);
  set_rgb (cr, is_chosen ? 0x3584e4 : 0xffffff);
  cairo_fill_preserve (cr);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.8);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

static bool
is_in_sight (const Painter *painter, const SacPoint *at)
{
  return at->x > -HANDLE && at->y > -HANDLE &&
         at->x < painter->width + HANDLE && at->y < painter->height + HANDLE;
}

static void
draw_handles (const Painter *painter, const SacAnnotation *item)
{
  const SacAnnotationLayer *layer = painter->layer;
  guint count = 0;

  /* Twice: counted first. */
  for (int pass = 0; pass < 2 && count <= HANDLES_MAX; pass++)
    for (guint i = 0; i < item->rings->len; i++) {
      const GArray *ring = item->rings->pdata[i];

      for (guint k = 0; k < ring->len; k++) {
        SacPoint at = to_screen (painter, &g_array_index (ring, SacPoint, k));

        if (!is_in_sight (painter, &at))
          continue;
        count += pass == 0;
        if (pass == 1)
          draw_handle (painter, &at,
                       (int)i == layer->ring && (int)k == layer->point);
      }
    }
}

static void
draw_draft (const Painter *painter, const SacAnnotation *draft)
{
  add_path (painter, draft, draft->kind == SAC_ANNOTATION_RECTANGLE);
  stroke (painter, get_rgb (painter->layer, draft), true, LINE);
  for (guint i = 0; i < draft->rings->len; i++) {
    const GArray *ring = draft->rings->pdata[i];

    for (guint k = 0; k < ring->len && ring->len <= HANDLES_MAX; k++) {
      SacPoint at = to_screen (painter, &g_array_index (ring, SacPoint, k));

      draw_handle (painter, &at, false);
    }
    if (draft->kind == SAC_ANNOTATION_RULER && ring->len > 1)
      draw_ruler_text (painter, draft);
  }
}

void
sac_paint_annotations (cairo_t *cr,
                       const SacAnnotationLayer *layer,
                       const SacCamera *camera,
                       double width,
                       double height)
{
  Painter painter = {cr, layer, camera, width, height};

  cairo_save (cr);
  for (guint i = 0; i < layer->set->items->len; i++)
    if ((int)i != layer->selected)
      draw_item (&painter, layer->set->items->pdata[i], &layer->bounds[i],
                 false);
  if (layer->selected >= 0) {
    const SacAnnotation *item = layer->set->items->pdata[layer->selected];

    draw_item (&painter, item, &layer->bounds[layer->selected], true);
    draw_handles (&painter, item);
  }
  if (layer->draft != NULL)
    draw_draft (&painter, layer->draft);
  cairo_restore (cr);
}

char *
sac_annotation_format_length (double pixels, double mpp)
{
  double length = pixels * mpp;

  if (mpp <= 0)
    return g_strdup_printf ("%.0f px", pixels);
  return length < 1000 ? g_strdup_printf ("%.3g µm", length)
                       : g_strdup_printf ("%.3g mm", length / 1000);
}

char *
sac_annotation_format_area (double pixels, double mpp)
{
  double area = pixels * mpp * mpp;

  if (mpp <= 0)
    return g_strdup_printf ("%.0f px²", pixels);
  return area < 1e4 ? g_strdup_printf ("%.3g µm²", area)
                    : g_strdup_printf ("%.3g mm²", area / 1e6);
}

void
sac_paint_annotation_set (cairo_t *cr,
                          const SacAnnotations *set,
                          double mpp,
                          const SacCamera *camera,
                          double width,
                          double height)
{
  g_autofree SacRect *bounds = g_new (SacRect, set->items->len);
  SacAnnotationLayer layer = {
    .set = set,
    .bounds = bounds,
    .selected = -1,
    .ring = -1,
    .point = -1,
    .mpp = mpp,
  };

  for (guint i = 0; i < set->items->len; i++)
    bounds[i] = sac_annotation_get_bounds (set->items->pdata[i]);
  sac_paint_annotations (cr, &layer, camera, width, height);
}
