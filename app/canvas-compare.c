/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "canvas-compare.h"

#include "canvas-overlay.h"
#include "canvas-picture.h"

#include <math.h>

/* So near the divider a press takes it. */
#define GRIP 12.0

/* What the marks of a mode may cover, around divider and lens. */
#define MARK_REACH 32.0

typedef struct {
  SacCanvas *canvas;
  SacDocument *document;
  SacPaneState *pane;
} Compare;

static SacCompareView *
get_view (Compare *compare)
{
  return sac_document_get_compare_view (compare->document);
}

/* B's pane, while this canvas shows both; NULL: it shows its own map. */
static SacPaneState *
get_other (Compare *compare)
{
  SacPaneSet *panes = sac_document_get_panes (compare->document);

  if (sac_compare_view_get_mode (get_view (compare)) == SAC_COMPARE_SIDE ||
      sac_pane_set_get_role (panes, compare->pane) != 0)
    return NULL;
  return sac_pane_set_get_compared (panes, 1);
}

static void
append (GtkSnapshot *snapshot, GskRenderNode *node)
{
  if (node == NULL)
    return;
  gtk_snapshot_append_node (snapshot, node);
  gsk_render_node_unref (node);
}

/* The image once more, so that A's map is not below. */
static void
append_picture (GtkSnapshot *snapshot,
                const SacCanvasView *view,
                GskRenderNode *map)
{
  append (snapshot, sac_canvas_image_node (view));
  append (snapshot, map);
  append (snapshot, sac_canvas_marks_node (view));
}

static GskRenderNode *
new_other_node (const SacCanvasView *view, SacPaneState *other)
{
  SacCanvasView of_other = *view;

  of_other.pane = other;
  return sac_canvas_map_node (&of_other);
}

static GskRenderNode *
new_difference_node (Compare *compare, const SacCanvasView *view)
{
  SacMapLayer layer;

  if (!sac_document_get_difference (compare->document, &layer))
    return NULL;
  return sac_canvas_layer_node (view, &layer);
}

static GskRenderNode *
new_overlap_node (Compare *compare, const SacCanvasView *view)
{
  SacComparison *comparison = sac_document_get_comparison (compare->document);
  const SacOverlap *overlap = sac_comparison_get_overlap (comparison);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, view->width, view->height);
  SacScene scene = {.camera = view->camera};

  if (overlap == NULL)
    return NULL;

  GskRenderNode *node = gsk_cairo_node_new (&bounds);
  cairo_t *cr = gsk_cairo_node_get_draw_context (node);

  sac_scene_draw_overlap (&scene, overlap,
                          sac_pane_state_get_display (view->pane)->opacity, cr,
                          view->width, view->height);
  cairo_destroy (cr);
  return node;
}

static graphene_rect_t
get_lens (const SacSceneCompare *compare, double extra)
{
  double radius = compare->lens_radius + extra;

  return GRAPHENE_RECT_INIT (compare->lens_x - radius, compare->lens_y - radius,
                             2 * radius, 2 * radius);
}

/* The part of the canvas that is B's. */
static void
push_part (GtkSnapshot *snapshot,
           const SacCanvasView *view,
           const SacSceneCompare *compare)
{
  double divider = round (compare->divider * view->width);
  graphene_rect_t lens = get_lens (compare, 0);
  GskRoundedRect shape;

  if (compare->mode == SAC_COMPARE_SWIPE) {
    gtk_snapshot_push_clip (snapshot,
                            &GRAPHENE_RECT_INIT (divider, 0,
                                                 view->width - divider,
                                                 view->height));
    return;
  }
  gsk_rounded_rect_init_from_rect (&shape, &lens,
                                   compare->lens_is_square
                                     ? 0
                                     : compare->lens_radius);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
}

/* With cairo by the functions of `render`, so that both are the same to the
 * pixel. */
static void
append_painted_lens (GtkSnapshot *snapshot,
                     const SacCanvasView *view,
                     const SacSceneCompare *compare,
                     SacPaneState *other)
{
  g_autoptr (GskRenderNode) image = sac_canvas_image_node (view);
  const SacTilesPicture *picture =
    sac_tiles_get_picture (sac_document_get_tiles (view->document));
  g_autoptr (GArray) layers = sac_document_get_layers (view->document, other);
  SacScene scene = sac_canvas_get_marks (view);
  SacScene of_map = {.source = scene.source, .camera = scene.camera};
  cairo_t *lens = sac_scene_begin_lens (compare, picture->surface);
  graphene_rect_t part = get_lens (compare, 1);

  graphene_rect_round_extents (&part, &part);

  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &part);

  for (guint i = 0; i < layers->len; i++) {
    of_map.layer = g_array_index (layers, SacMapLayer, i);
    sac_scene_draw_map (&of_map, lens, view->width, view->height);
  }
  sac_scene_draw_marks (&scene, lens, view->width, view->height);
  sac_scene_end_lens (compare, lens, cr);
  cairo_destroy (cr);
}

static void
append_part (GtkSnapshot *snapshot,
             const SacCanvasView *view,
             const SacSceneCompare *compare,
             SacPaneState *other)
{
  if (compare->mode == SAC_COMPARE_LENS &&
      sac_canvas_paints_with_cairo (view->widget) &&
      sac_canvas_paints_picture (view->widget)) {
    append_painted_lens (snapshot, view, compare, other);
    return;
  }
  push_part (snapshot, view, compare);
  append_picture (snapshot, view, new_other_node (view, other));
  gtk_snapshot_pop (snapshot);
}

static void
append_marks (GtkSnapshot *snapshot,
              const SacCanvasView *view,
              const SacSceneCompare *compare)
{
  double divider = round (compare->divider * view->width);
  graphene_rect_t whole = GRAPHENE_RECT_INIT (0, 0, view->width, view->height);
  graphene_rect_t part =
    compare->mode == SAC_COMPARE_LENS
      ? get_lens (compare, MARK_REACH)
      : GRAPHENE_RECT_INIT ((compare->mode == SAC_COMPARE_SWIPE
                               ? divider
                               : round (view->width / 2)) -
                              MARK_REACH,
                            0, 2 * MARK_REACH, view->height);

  if (!graphene_rect_intersection (&whole, &part, &part))
    return;

  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &part);

  sac_scene_draw_compare_marks (compare, cr, view->width, view->height);
  cairo_destroy (cr);
}

static void
draw (gpointer state, GtkSnapshot *snapshot, const SacCanvasView *view)
{
  Compare *compare = state;
  SacPaneState *other = get_other (compare);
  const SacSceneCompare *scene = sac_compare_view_get (get_view (compare));

  if (other == NULL || sac_document_is_peeking (compare->document) ||
      sac_pane_state_get_display (view->pane)->is_hidden)
    return;
  switch (scene->mode) {
  case SAC_COMPARE_SWIPE:
  case SAC_COMPARE_LENS:
    append_part (snapshot, view, scene, other);
    break;
  case SAC_COMPARE_FLICKER:
    if (scene->shows_other)
      append_picture (snapshot, view, new_other_node (view, other));
    break;
  case SAC_COMPARE_DIFFERENCE:
    append_picture (snapshot, view, new_difference_node (compare, view));
    break;
  case SAC_COMPARE_AGREEMENT:
    append_picture (snapshot, view, new_overlap_node (compare, view));
    break;
  default:
    break;
  }
  append_marks (snapshot, view, scene);
}

static double
get_width (Compare *compare)
{
  return fmax (gtk_widget_get_width (GTK_WIDGET (compare->canvas)), 1);
}

static void
drag (gpointer state, const SacCanvasPoint *point)
{
  Compare *compare = state;

  sac_compare_view_set_divider (get_view (compare),
                                point->x / get_width (compare));
}

static bool
press (gpointer state, const SacCanvasPoint *point)
{
  Compare *compare = state;
  const SacSceneCompare *scene = sac_compare_view_get (get_view (compare));

  if (get_other (compare) == NULL || scene->mode != SAC_COMPARE_SWIPE ||
      fabs (point->x - scene->divider * get_width (compare)) > GRIP)
    return false;
  drag (compare, point);
  return true;
}

static void
hover (gpointer state, const SacCanvasPoint *point)
{
  Compare *compare = state;
  const SacSceneCompare *scene = sac_compare_view_get (get_view (compare));
  bool on_grip = point != NULL && scene->mode == SAC_COMPARE_SWIPE &&
                 fabs (point->x - scene->divider * get_width (compare)) <= GRIP;

  if (get_other (compare) == NULL)
    return;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (compare->canvas),
                                   on_grip ? "col-resize" : NULL);
}

/* The lens is where the cursor is, moved by pointer or keys; without one it
 * stays, at first in the middle. */
static void
follow_cursor (SacCanvas *canvas)
{
  Compare *compare = g_object_get_data (G_OBJECT (canvas), "sac-compare");
  const SacCamera *camera =
    sac_viewport_get_camera (sac_document_get_viewport (compare->document));
  const SacSceneCompare *scene = sac_compare_view_get (get_view (compare));
  double width = get_width (compare);
  double height = gtk_widget_get_height (GTK_WIDGET (canvas));
  double x, y;

  if (scene->mode != SAC_COMPARE_LENS || get_other (compare) == NULL)
    return;
  if (sac_document_get_cursor (compare->document, &x, &y))
    sac_camera_to_screen (camera, width, height, x, y, &x, &y);
  else if (scene->lens_x > 0)
    return;
  else
    x = width / 2, y = height / 2;
  if (x != scene->lens_x || y != scene->lens_y)
    sac_compare_view_set_lens (get_view (compare), x, y);
}

static void
on_changed (SacCanvas *canvas)
{
  gtk_widget_set_cursor (GTK_WIDGET (canvas), NULL);
  sac_canvas_redraw_overlays (canvas);
}

/* B's part has the image below it once more. */
static void
on_tiles_arrived (SacCanvas *canvas)
{
  if (get_other (g_object_get_data (G_OBJECT (canvas), "sac-compare")) != NULL)
    sac_canvas_redraw_overlays (canvas);
}

static void
compare_free (gpointer state)
{
  Compare *compare = state;

  g_object_unref (compare->document);
  g_object_unref (compare->pane);
  g_free (compare);
}

static const SacCanvasOverlayKind kind = {
  .draw = draw,
  .press = press,
  .drag = drag,
  .hover = hover,
  .free_state = compare_free,
};

void
sac_canvas_compare_attach (SacCanvas *canvas,
                           SacDocument *document,
                           SacPaneState *pane)
{
  Compare *compare = g_new0 (Compare, 1);

  compare->canvas = canvas;
  compare->document = g_object_ref (document);
  compare->pane = g_object_ref (pane);
  g_object_set_data (G_OBJECT (canvas), "sac-compare", compare);
  sac_canvas_add_overlay (canvas, &kind, compare);
  g_signal_connect_object (get_view (compare), "changed",
                           G_CALLBACK (on_changed), canvas, G_CONNECT_SWAPPED);
  g_signal_connect_object (get_view (compare), "mode",
                           G_CALLBACK (follow_cursor), canvas,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_tiles (document), "arrived",
                           G_CALLBACK (on_tiles_arrived), canvas,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "cursor", G_CALLBACK (follow_cursor),
                           canvas, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "maps",
                           G_CALLBACK (sac_canvas_redraw_overlays), canvas,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_comparison (document), "changed",
                           G_CALLBACK (sac_canvas_redraw_overlays), canvas,
                           G_CONNECT_SWAPPED);
}
