/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "canvas.h"

#include "canvas-input.h"
#include "canvas-layers.h"
#include "canvas-overlays.h"
#include "pane-run.h"
#include "reading.h"

#include <glib/gi18n.h>

/* A screen reader is told of a change when it has lasted so long. */
#define DESCRIBE_MS 500

/* What of the view has changed; the nodes of the rest are kept. */
typedef enum {
  STALE_IMAGE = 1 << 0,
  STALE_MAP = 1 << 1,
  STALE_MARKS = 1 << 2,
  STALE_INSET = 1 << 3,
  STALE_OVERLAYS = 1 << 4,
  STALE_CURSOR = 1 << 5,
  STALE_ALL = 0x3f,
} Stale;

#define LAYER_COUNT 6

struct _SacCanvas {
  GtkWidget parent_instance;
  SacDocument *document;
  SacPaneState *pane;
  SacCanvasOverlays *overlays;
  GskRenderNode *nodes[LAYER_COUNT]; /* bit i of stale says it must be remade */
  guint stale;
  guint tick;
  guint describe_timer;
};

G_DEFINE_FINAL_TYPE (SacCanvas, sac_canvas, GTK_TYPE_WIDGET)

static GskRenderNode *(*const make_node[LAYER_COUNT]) (
  const SacCanvasView *view) = {
  sac_canvas_image_node, sac_canvas_map_node,      sac_canvas_marks_node,
  sac_canvas_inset_node, sac_canvas_overlays_node, sac_canvas_cursor_node,
};

static void
redraw (SacCanvas *canvas, Stale what)
{
  canvas->stale |= what;
  gtk_widget_queue_draw (GTK_WIDGET (canvas));
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  SacCanvas *canvas = SAC_CANVAS (widget);
  SacViewport *viewport = sac_document_get_viewport (canvas->document);

  if (sac_viewport_step (viewport, gdk_frame_clock_get_frame_time (clock)))
    return G_SOURCE_CONTINUE;
  canvas->tick = 0;
  return G_SOURCE_REMOVE;
}

static void
on_moving (SacCanvas *canvas)
{
  if (canvas->tick == 0 && gtk_widget_get_mapped (GTK_WIDGET (canvas)))
    canvas->tick =
      gtk_widget_add_tick_callback (GTK_WIDGET (canvas), on_tick, NULL, NULL);
}

static gboolean
describe (gpointer data)
{
  SacCanvas *canvas = data;
  g_autofree char *title = sac_document_dup_title (canvas->document);
  g_autofree char *reading = sac_reading_dup (canvas->document, canvas->pane);
  const SacChoice *choice = sac_pane_state_get_map_choice (canvas->pane);
  const SacCamera *camera =
    sac_viewport_get_camera (sac_document_get_viewport (canvas->document));
  g_autoptr (GString) text = g_string_new (NULL);

  canvas->describe_timer = 0;
  if (sac_pane_state_get_run (canvas->pane) != NULL) {
    g_autofree char *shown = sac_pane_state_dup_map_title (canvas->pane);

    g_string_append_printf (text, "%s. ", shown);
  }
  if (choice != NULL) {
    g_autofree char *model = sac_choice_dup_model_name (choice->model);

    g_string_append_printf (text, _ ("%s of %s. "),
                            _ (sac_method_find (choice->method)->label), model);
  }
  g_string_append_printf (text, _ ("Zoom %.3g %%. "), camera->scale * 100);
  if (reading != NULL)
    g_string_append_printf (text, _ ("At the cursor: %s."), reading);
  gtk_accessible_update_property (GTK_ACCESSIBLE (canvas),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text->str, -1);
  return G_SOURCE_REMOVE;
}

static void
describe_soon (SacCanvas *canvas)
{
  if (canvas->describe_timer == 0)
    canvas->describe_timer = g_timeout_add (DESCRIBE_MS, describe, canvas);
}

static void
on_viewport_changed (SacCanvas *canvas)
{
  redraw (canvas, STALE_ALL);
  describe_soon (canvas);
}

static void
on_tiles_arrived (SacCanvas *canvas)
{
  redraw (canvas, STALE_IMAGE | STALE_INSET);
}

static void
on_tone (SacCanvas *canvas)
{
  redraw (canvas, STALE_IMAGE | STALE_INSET | STALE_OVERLAYS);
}

static void
on_maps (SacCanvas *canvas)
{
  redraw (canvas, STALE_MAP | STALE_MARKS | STALE_INSET | STALE_CURSOR);
  describe_soon (canvas);
}

static void
on_peek (SacCanvas *canvas)
{
  redraw (canvas, STALE_MAP | STALE_INSET | STALE_OVERLAYS);
}

static void
on_cursor (SacCanvas *canvas)
{
  redraw (canvas, STALE_CURSOR);
  describe_soon (canvas);
}

static void
on_source (SacCanvas *canvas)
{
  redraw (canvas, STALE_ALL);
  describe_soon (canvas);
}

void
sac_canvas_set_document (SacCanvas *canvas,
                         SacDocument *document,
                         SacPaneState *pane)
{
  static const struct {
    const char *signal;
    GCallback handler;
  } of_document[] = {
    {"source", G_CALLBACK (on_source)},
    {"maps", G_CALLBACK (on_maps)},
    {"cursor", G_CALLBACK (on_cursor)},
    {"peek", G_CALLBACK (on_peek)},
  };
  SacViewport *viewport = sac_document_get_viewport (document);

  g_return_if_fail (canvas->document == NULL);
  canvas->document = g_object_ref (document);
  canvas->pane = g_object_ref (pane);
  for (gsize i = 0; i < G_N_ELEMENTS (of_document); i++)
    g_signal_connect_object (document, of_document[i].signal,
                             of_document[i].handler, canvas, G_CONNECT_SWAPPED);
  g_signal_connect_object (viewport, "changed",
                           G_CALLBACK (on_viewport_changed), canvas,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (viewport, "moving", G_CALLBACK (on_moving), canvas,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_look (document), "tone",
                           G_CALLBACK (on_tone), canvas, G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_tiles (document), "arrived",
                           G_CALLBACK (on_tiles_arrived), canvas,
                           G_CONNECT_SWAPPED);
  sac_canvas_input_attach (GTK_WIDGET (canvas), document);
  describe_soon (canvas);
}

void
sac_canvas_add_overlay (SacCanvas *canvas,
                        const SacCanvasOverlayKind *kind,
                        gpointer state)
{
  sac_canvas_overlays_add (canvas->overlays, kind, state);
  redraw (canvas, STALE_OVERLAYS);
}

void
sac_canvas_redraw_overlays (SacCanvas *canvas)
{
  redraw (canvas, STALE_OVERLAYS);
}

SacCanvasOverlays *
sac_canvas_get_overlays (SacCanvas *canvas)
{
  return canvas->overlays;
}

SacCanvasPoint
sac_canvas_locate (SacCanvas *canvas, double x, double y)
{
  const SacCamera *camera =
    sac_viewport_get_camera (sac_document_get_viewport (canvas->document));
  SacCanvasPoint point = {.x = x, .y = y, .pixel = 1 / camera->scale};

  sac_camera_to_image (camera, gtk_widget_get_width (GTK_WIDGET (canvas)),
                       gtk_widget_get_height (GTK_WIDGET (canvas)), x, y,
                       &point.image_x, &point.image_y);
  return point;
}

static void
refresh_nodes (SacCanvas *canvas)
{
  SacCanvasView view = {
    .document = canvas->document,
    .pane = canvas->pane,
    .widget = GTK_WIDGET (canvas),
    .camera =
      *sac_viewport_get_camera (sac_document_get_viewport (canvas->document)),
    .width = gtk_widget_get_width (GTK_WIDGET (canvas)),
    .height = gtk_widget_get_height (GTK_WIDGET (canvas)),
  };

  for (int i = 0; i < LAYER_COUNT; i++) {
    if ((canvas->stale & 1u << i) == 0)
      continue;
    g_clear_pointer (&canvas->nodes[i], gsk_render_node_unref);
    canvas->nodes[i] = make_node[i](&view);
  }
  canvas->stale = 0;
}

static void
sac_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SacCanvas *canvas = SAC_CANVAS (widget);
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);

  if (canvas->document == NULL ||
      sac_document_get_source (canvas->document) == NULL ||
      sac_tiles_get_store (sac_document_get_tiles (canvas->document)) == NULL) {
    sac_canvas_append_ground (snapshot, gtk_widget_get_width (widget),
                              gtk_widget_get_height (widget));
    return;
  }

  SacTiles *tiles = sac_document_get_tiles (canvas->document);

  sac_tiles_begin (tiles,
                   clock != NULL ? gdk_frame_clock_get_frame_time (clock) : 0);
  refresh_nodes (canvas);

  bool is_hidden = sac_pane_state_get_display (canvas->pane)->is_hidden;
  bool is_stale = sac_pane_state_is_stale (canvas->pane) &&
                  sac_pane_state_get_partial (canvas->pane, NULL) == NULL;

  for (int i = 0; i < LAYER_COUNT; i++) {
    if (canvas->nodes[i] == NULL || (is_hidden && (1 << i) == STALE_MAP))
      continue;
    if (is_stale && (1 << i) == STALE_MAP)
      gtk_snapshot_push_opacity (snapshot, 0.4);
    gtk_snapshot_append_node (snapshot, canvas->nodes[i]);
    if (is_stale && (1 << i) == STALE_MAP)
      gtk_snapshot_pop (snapshot);
  }
}

static void
sac_canvas_size_allocate (GtkWidget *widget,
                          int width,
                          int height,
                          int baseline)
{
  SacCanvas *canvas = SAC_CANVAS (widget);

  canvas->stale = STALE_ALL;
  if (canvas->document != NULL)
    sac_viewport_set_pane_size (sac_document_get_viewport (canvas->document),
                                width, height);
}

static void
sac_canvas_measure (GtkWidget *widget,
                    GtkOrientation orientation,
                    int for_size,
                    int *minimum,
                    int *natural,
                    int *minimum_baseline,
                    int *natural_baseline)
{
  /* Nine panes fit a small laptop's screen. */
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 160 : 100;
  *natural = 480;
}

/* Motion that a hidden canvas does not show is not waited for. */
static void
sac_canvas_unmap (GtkWidget *widget)
{
  SacCanvas *canvas = SAC_CANVAS (widget);

  if (canvas->tick != 0)
    gtk_widget_remove_tick_callback (widget, canvas->tick);
  canvas->tick = 0;
  GTK_WIDGET_CLASS (sac_canvas_parent_class)->unmap (widget);
}

static void
drop_nodes (SacCanvas *canvas)
{
  for (int i = 0; i < LAYER_COUNT; i++)
    g_clear_pointer (&canvas->nodes[i], gsk_render_node_unref);
  canvas->stale = STALE_ALL;
}

/* Another surface may come with another renderer. */
static void
sac_canvas_unrealize (GtkWidget *widget)
{
  drop_nodes (SAC_CANVAS (widget));
  GTK_WIDGET_CLASS (sac_canvas_parent_class)->unrealize (widget);
}

static void
sac_canvas_dispose (GObject *object)
{
  SacCanvas *canvas = SAC_CANVAS (object);

  drop_nodes (canvas);
  g_clear_handle_id (&canvas->describe_timer, g_source_remove);
  g_clear_object (&canvas->document);
  g_clear_object (&canvas->pane);
  G_OBJECT_CLASS (sac_canvas_parent_class)->dispose (object);
}

static void
sac_canvas_finalize (GObject *object)
{
  sac_canvas_overlays_free (SAC_CANVAS (object)->overlays);
  G_OBJECT_CLASS (sac_canvas_parent_class)->finalize (object);
}

static void
sac_canvas_class_init (SacCanvasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_canvas_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_canvas_finalize;
  widget_class->snapshot = sac_canvas_snapshot;
  widget_class->size_allocate = sac_canvas_size_allocate;
  widget_class->measure = sac_canvas_measure;
  widget_class->unmap = sac_canvas_unmap;
  widget_class->unrealize = sac_canvas_unrealize;
  gtk_widget_class_set_css_name (widget_class, "canvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
sac_canvas_init (SacCanvas *canvas)
{
  GtkWidget *widget = GTK_WIDGET (canvas);

  canvas->stale = STALE_ALL;
  canvas->overlays = sac_canvas_overlays_new ();
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_widget_set_vexpand (widget, TRUE);
}
