/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "markup-overlay.h"

#include "markup-tools.h"
#include "scene/paint-annotations.h"

#include <math.h>

/* Pixels of the canvas. */
#define REACH 8.0
#define STEP 10.0

/* How near to the edge a cursor moved by keys takes the view along. */
#define BORDER 24.0

typedef struct {
  SacCanvas *canvas;
  SacDocument *document;
  SacMarkup *markup;
} Overlay;

static SacMarkupTools *
get_tools (const Overlay *overlay)
{
  return sac_markup_get_tools (overlay->markup);
}

static SacTouch
get_touch (const SacCanvasPoint *point)
{
  return (SacTouch){point->image_x, point->image_y, REACH * point->pixel,
                    point->press_count > 1};
}

static void
draw (gpointer state, GtkSnapshot *snapshot, const SacCanvasView *view)
{
  Overlay *overlay = state;
  SacAnnotationLayer layer = {
    .set = sac_markup_get_set (overlay->markup),
    .bounds = sac_markup_get_bounds (overlay->markup),
    .draft = sac_markup_get_draft (overlay->markup),
    .selected = sac_markup_get_selected (overlay->markup),
    .mpp = sac_source_get_mpp (sac_document_get_source (overlay->document)),
  };

  if (!sac_markup_is_shown (overlay->markup))
    return;
  sac_markup_get_vertex (overlay->markup, &layer.ring, &layer.point);

  /* Cairo draws into a picture of this size: no larger than need be. */
  SacRect extent = sac_paint_annotations_extent (&layer, &view->camera,
                                                 view->width, view->height);

  if (sac_rect_is_empty (&extent))
    return;

  cairo_t *cr =
    gtk_snapshot_append_cairo (snapshot,
                               &GRAPHENE_RECT_INIT ((float)floor (extent.x),
                                                    (float)floor (extent.y),
                                                    (float)ceil (extent.width +
                                                                 1),
                                                    (float)ceil (extent.height +
                                                                 1)));

  sac_paint_annotations (cr, &layer, &view->camera, view->width, view->height);
  cairo_destroy (cr);
}

static bool
press (gpointer state, const SacCanvasPoint *point)
{
  Overlay *overlay = state;
  SacTouch touch = get_touch (point);

  return sac_markup_is_shown (overlay->markup) &&
         sac_markup_tools_press (get_tools (overlay), &touch);
}

static void
drag (gpointer state, const SacCanvasPoint *point)
{
  SacTouch touch = get_touch (point);

  sac_markup_tools_drag (get_tools (state), &touch);
}

static void
release (gpointer state, const SacCanvasPoint *point)
{
  SacTouch touch = get_touch (point);

  sac_markup_tools_release (get_tools (state), &touch);
}

static void
cancel (gpointer state)
{
  sac_markup_tools_cancel (get_tools (state));
}

static void
hover (gpointer state, const SacCanvasPoint *point)
{
  if (point == NULL)
    return;

  SacTouch touch = get_touch (point);

  sac_markup_tools_hover (get_tools (state), &touch);
}

/* Where the cursor is on the canvas; in the middle when it is nowhere. */
static SacCanvasPoint
get_cursor (Overlay *overlay)
{
  GtkWidget *widget = GTK_WIDGET (overlay->canvas);
  const SacCamera *camera =
    sac_viewport_get_camera (sac_document_get_viewport (overlay->document));
  double width = gtk_widget_get_width (widget);
  double height = gtk_widget_get_height (widget);
  double x = width / 2, y = height / 2, image_x, image_y;

  if (sac_document_get_cursor (overlay->document, &image_x, &image_y))
    sac_camera_to_screen (camera, width, height, image_x, image_y, &x, &y);
  return sac_canvas_locate (overlay->canvas, x, y);
}

/* The view follows a cursor that leaves it. */
static void
follow (Overlay *overlay, double x, double y)
{
  GtkWidget *widget = GTK_WIDGET (overlay->canvas);
  double right = gtk_widget_get_width (widget) - BORDER;
  double bottom = gtk_widget_get_height (widget) - BORDER;
  double dx = x < BORDER ? BORDER - x : x > right ? right - x : 0;
  double dy = y < BORDER ? BORDER - y : y > bottom ? bottom - y : 0;

  if (dx != 0 || dy != 0)
    sac_viewport_pan (sac_document_get_viewport (overlay->document), dx, dy);
}

static void
move_cursor (Overlay *overlay, double dx, double dy)
{
  SacCanvasPoint at = get_cursor (overlay);
  SacCanvasPoint to = sac_canvas_locate (overlay->canvas, at.x + dx, at.y + dy);
  SacTouch touch = get_touch (&to);

  sac_document_set_cursor (overlay->document, to.image_x, to.image_y);
  sac_markup_tools_hover (get_tools (overlay), &touch);
  follow (overlay, to.x, to.y);
}

/* An arrow as a step on screen. */
static bool
find_arrow (guint keyval, int *ret_dx, int *ret_dy)
{
  *ret_dx = (keyval == GDK_KEY_Right || keyval == GDK_KEY_KP_Right) -
            (keyval == GDK_KEY_Left || keyval == GDK_KEY_KP_Left);
  *ret_dy = (keyval == GDK_KEY_Down || keyval == GDK_KEY_KP_Down) -
            (keyval == GDK_KEY_Up || keyval == GDK_KEY_KP_Up);
  return *ret_dx != 0 || *ret_dy != 0;
}

static bool
take_arrow (Overlay *overlay, guint keyval, GdkModifierType modifiers)
{
  double step = (modifiers & GDK_SHIFT_MASK) != 0 ? 1 : STEP;
  int dx, dy;

  if ((modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0 ||
      !find_arrow (keyval, &dx, &dy))
    return false;
  if (sac_markup_get_tool (overlay->markup) == SAC_TOOL_EDIT &&
      sac_markup_get_selected (overlay->markup) >= 0) {
    SacCanvasPoint here = sac_canvas_locate (overlay->canvas, 0, 0);
    SacCanvasPoint there =
      sac_canvas_locate (overlay->canvas, dx * step, dy * step);

    sac_markup_tools_nudge (get_tools (overlay), there.image_x - here.image_x,
                            there.image_y - here.image_y);
  } else {
    move_cursor (overlay, dx * step, dy * step);
  }
  return true;
}

/* A press without a pointer. */
static void
press_at_cursor (Overlay *overlay)
{
  SacCanvasPoint point = get_cursor (overlay);
  SacTouch touch = get_touch (&point);

  sac_document_set_cursor (overlay->document, point.image_x, point.image_y);
  sac_markup_tools_press (get_tools (overlay), &touch);
  sac_markup_tools_release (get_tools (overlay), &touch);
}

static void
escape (Overlay *overlay)
{
  if (!sac_markup_tools_drop (get_tools (overlay)))
    sac_markup_set_tool (overlay->markup, SAC_TOOL_LOOK);
}

static bool
take_edit_key (Overlay *overlay, guint keyval)
{
  switch (keyval) {
  case GDK_KEY_N:
    sac_markup_tools_step (get_tools (overlay), -1);
    return true;
  case GDK_KEY_n:
    sac_markup_tools_step (get_tools (overlay), 1);
    return true;
  case GDK_KEY_V:
    sac_markup_tools_step_vertex (get_tools (overlay), -1);
    return true;
  case GDK_KEY_v:
    sac_markup_tools_step_vertex (get_tools (overlay), 1);
    return true;
  default:
    return false;
  }
}

static bool
key (gpointer state, guint keyval, GdkModifierType modifiers)
{
  Overlay *overlay = state;
  SacTool tool = sac_markup_get_tool (overlay->markup);

  if (tool == SAC_TOOL_LOOK)
    return false;
  if (take_arrow (overlay, keyval, modifiers))
    return true;
  if ((modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return false;
  switch (keyval) {
  case GDK_KEY_space:
  case GDK_KEY_KP_Space:
    press_at_cursor (overlay);
    return true;
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
    if (tool != SAC_TOOL_POLYGON || !sac_markup_tools_end (get_tools (overlay)))
      press_at_cursor (overlay);
    return true;
  case GDK_KEY_BackSpace:
    if (!sac_markup_tools_back (get_tools (overlay)))
      sac_markup_delete (overlay->markup);
    return true;
  case GDK_KEY_Delete:
  case GDK_KEY_KP_Delete:
    sac_markup_delete (overlay->markup);
    return true;
  case GDK_KEY_Escape:
    escape (overlay);
    return true;
  default:
    return tool == SAC_TOOL_EDIT && take_edit_key (overlay, keyval);
  }
}

static void
free_state (gpointer state)
{
  Overlay *overlay = state;

  g_object_unref (overlay->document);
  g_object_unref (overlay->markup);
  g_free (overlay);
}

static const SacCanvasOverlayKind kind = {
  .draw = draw,
  .press = press,
  .drag = drag,
  .release = release,
  .cancel = cancel,
  .hover = hover,
  .key = key,
  .free_state = free_state,
};

static void
on_state (SacCanvas *canvas, SacMarkup *markup)
{
  sac_canvas_redraw_overlays (canvas);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (canvas),
                                   sac_markup_get_tool (markup) > SAC_TOOL_EDIT
                                     ? "crosshair"
                                     : NULL);
}

void
sac_markup_overlay_attach (SacCanvas *canvas, SacDocument *document)
{
  Overlay *overlay = g_new0 (Overlay, 1);

  overlay->canvas = canvas;
  overlay->document = g_object_ref (document);
  overlay->markup = g_object_ref (sac_document_get_markup (document));
  sac_canvas_add_overlay (canvas, &kind, overlay);
  g_signal_connect_object (overlay->markup, "changed",
                           G_CALLBACK (sac_canvas_redraw_overlays), canvas,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (overlay->markup, "state", G_CALLBACK (on_state),
                           canvas, G_CONNECT_SWAPPED);
}
