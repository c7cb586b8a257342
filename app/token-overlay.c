/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "token-overlay.h"

#include "canvas-overlay.h"

#define LINE_WIDTH 2.0

typedef struct {
  SacCanvas *canvas;
  SacPaneState *pane;
} Overlay;

static void
add_corner (cairo_t *cr, const SacCanvasView *view, double x, double y)
{
  double screen_x, screen_y;

  sac_camera_to_screen (&view->camera, view->width, view->height, x, y,
                        &screen_x, &screen_y);
  cairo_line_to (cr, screen_x, screen_y);
}

/* Dark below light, so that it is seen on any picture. */
static void
stroke_cell (cairo_t *cr, const SacCanvasView *view, const SacRect *cell)
{
  add_corner (cr, view, cell->x, cell->y);
  add_corner (cr, view, cell->x + cell->width, cell->y);
  add_corner (cr, view, cell->x + cell->width, cell->y + cell->height);
  add_corner (cr, view, cell->x, cell->y + cell->height);
  cairo_close_path (cr);
  cairo_set_line_width (cr, LINE_WIDTH + 2);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.7);
  cairo_stroke_preserve (cr);
  cairo_set_line_width (cr, LINE_WIDTH);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_stroke (cr);
}

static void
draw (gpointer state, GtkSnapshot *snapshot, const SacCanvasView *view)
{
  Overlay *overlay = state;
  SacMap *map = sac_pane_state_get_map (overlay->pane);
  int row, column;

  if (!sac_pane_state_get_token (overlay->pane, &row, &column) ||
      !map->has_geometry)
    return;

  SacRect cell =
    sac_geometry_cell (&map->geometry, map->rows, map->columns, row, column);
  graphene_rect_t part;

  if (!sac_canvas_get_part (view, &cell, LINE_WIDTH + 2, &part))
    return;

  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &part);

  stroke_cell (cr, view, &cell);
  cairo_destroy (cr);
}

/* Places of the other image are chosen in the corner where it is shown. */
static bool
is_of_other (SacPaneState *pane)
{
  SacPaneAsking asking;

  return sac_pane_state_get_asking (pane, &asking) && asking.is_other;
}

static bool
press (gpointer state, const SacCanvasPoint *point)
{
  Overlay *overlay = state;

  if (!sac_pane_state_is_picking (overlay->pane) || is_of_other (overlay->pane))
    return false;
  sac_pane_state_ask_token_at (overlay->pane, point->image_x, point->image_y);
  return true;
}

static bool
key (gpointer state, guint keyval, GdkModifierType modifiers)
{
  Overlay *overlay = state;

  if (keyval != GDK_KEY_Escape || !sac_pane_state_is_picking (overlay->pane))
    return false;
  sac_pane_state_set_picking (overlay->pane, false);
  return true;
}

static void
free_state (gpointer state)
{
  Overlay *overlay = state;

  g_object_unref (overlay->pane);
  g_free (overlay);
}

static const SacCanvasOverlayKind kind = {
  .draw = draw,
  .press = press,
  .key = key,
  .free_state = free_state,
};

static void
on_display (SacCanvas *canvas, SacPaneState *pane)
{
  static const char KEY[] = "sac-token-overlay-picking";
  bool was = g_object_get_data (G_OBJECT (canvas), KEY) != NULL;
  bool is = sac_pane_state_is_picking (pane) && !is_of_other (pane);

  if (was == is)
    return;
  g_object_set_data (G_OBJECT (canvas), KEY, is ? canvas : NULL);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (canvas),
                                   is ? "crosshair" : NULL);
}

void
sac_token_overlay_attach (SacCanvas *canvas, SacPaneState *pane)
{
  Overlay *overlay = g_new (Overlay, 1);

  *overlay = (Overlay){canvas, g_object_ref (pane)};
  sac_canvas_add_overlay (canvas, &kind, overlay);
  g_signal_connect_object (pane, "result",
                           G_CALLBACK (sac_canvas_redraw_overlays), canvas,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (pane, "asked",
                           G_CALLBACK (sac_canvas_redraw_overlays), canvas,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (pane, "display", G_CALLBACK (on_display), canvas,
                           G_CONNECT_SWAPPED);
}
