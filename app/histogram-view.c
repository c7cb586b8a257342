/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "histogram-view.h"

#include "clip-handle.h"
#include "map/histogram.h"

#include <glib/gi18n.h>
#include <math.h>

#define BIN_COUNT 64
#define PLOT_HEIGHT 84
#define INSET (SAC_CLIP_HANDLE_WIDTH / 2)

/* The ends of a scale stay so much of the axis apart. */
#define CLOSEST 0.01

enum { LOW, HIGH };

struct _SacHistogramView {
  GtkWidget parent_instance;
  SacDocument *document;
  GtkWidget *handles[2];
  int dragged; /* a handle; -1: none */
  int text_height;

  /* Of this map in the unit of a scale of this kind. */
  SacMap *map;
  SacScaleMode mode;
  bool is_signed;
  SacHistogram histogram;
};

G_DEFINE_FINAL_TYPE (SacHistogramView, sac_histogram_view, GTK_TYPE_WIDGET)

static SacPaneState *
get_pane (SacHistogramView *view)
{
  SacPaneSet *set = sac_document_get_panes (view->document);

  return sac_pane_set_get (set, sac_pane_set_get_active (set));
}

/* What there is to be drawn. */
typedef struct {
  SacMapLayer layer; /* of the pane */
  SacScale whole;    /* without the reader's ends */
  double low, high;  /* of the axis */
} Plot;

static void
forget (SacHistogramView *view)
{
  g_clear_pointer (&view->map, sac_map_unref);
  sac_histogram_clear (&view->histogram);
}

static void
count (SacHistogramView *view, const SacMapLayer *layer)
{
  const SacScale *scale = &layer->scale;

  if (view->map == layer->map && view->mode == scale->mode &&
      view->is_signed == scale->is_signed)
    return;

  g_autoptr (SacMap) in_unit = sac_scale_dup_map (scale, layer->map);

  forget (view);
  view->map = sac_map_ref ((SacMap *)layer->map);
  view->mode = scale->mode;
  view->is_signed = scale->is_signed;
  sac_histogram_init (&view->histogram, in_unit, BIN_COUNT);
}

/* Returns: false when there is nothing to draw. */
static bool
init_plot (SacHistogramView *view, Plot *ret_plot)
{
  SacPaneState *pane = get_pane (view);
  const SacScale *scale = &ret_plot->layer.scale;
  bool alone;

  if (!sac_document_get_layer (view->document, pane, &ret_plot->layer) ||
      !sac_document_get_whole_scale (view->document, pane, &ret_plot->whole,
                                     &alone) ||
      scale->empty)
    return false;
  count (view, &ret_plot->layer);
  ret_plot->low =
    fmin (fmin (scale->low, ret_plot->whole.low), view->histogram.low);
  ret_plot->high =
    fmax (fmax (scale->high, ret_plot->whole.high), view->histogram.high);
  return ret_plot->low < ret_plot->high;
}

static double
get_plot_width (SacHistogramView *view)
{
  return fmax (gtk_widget_get_width (GTK_WIDGET (view)) - 2 * INSET, 1);
}

static double
to_x (SacHistogramView *view, const Plot *plot, double value)
{
  double share = (value - plot->low) / (plot->high - plot->low);

  return INSET + share * get_plot_width (view);
}

static double
from_x (SacHistogramView *view, const Plot *plot, double x)
{
  double share = CLAMP ((x - INSET) / get_plot_width (view), 0, 1);

  return plot->low + share * (plot->high - plot->low);
}

/* One end where the reader wants it; back where the map says when nothing lies
 * beyond. */
static void
set_end (SacHistogramView *view, const Plot *plot, int which, double value)
{
  const SacScale *scale = &plot->layer.scale;
  double least = CLOSEST * (plot->high - plot->low);
  double low = scale->low, high = scale->high;

  value = CLAMP (value, plot->low, plot->high);
  if (scale->is_signed) {
    high = fmax (which == HIGH ? value : -value, least);
    low = -high;
  } else if (which == LOW) {
    low = fmin (value, high - least);
  } else {
    high = fmax (value, low + least);
  }
  if (fabs (low - plot->whole.low) < least / 2 &&
      fabs (high - plot->whole.high) < least / 2)
    low = high = 0;
  sac_document_clip (view->document, get_pane (view), low, high);
}

static void
on_step (SacHistogramView *view, double step, GtkWidget *handle)
{
  int which = handle == view->handles[HIGH] ? HIGH : LOW;
  Plot plot;

  if (!init_plot (view, &plot))
    return;

  const SacScale *scale = &plot.layer.scale;
  double value = which == HIGH ? scale->high : scale->low;

  set_end (view, &plot, which,
           isinf (step) ? (step > 0 ? plot.high : plot.low)
                        : value + step * (plot.high - plot.low));
}

static void
on_drag_begin (GtkGestureDrag *gesture,
               double x,
               double y,
               SacHistogramView *view)
{
  Plot plot;

  view->dragged = -1;
  if (!init_plot (view, &plot))
    return;

  double low = fabs (x - to_x (view, &plot, plot.layer.scale.low));
  double high = fabs (x - to_x (view, &plot, plot.layer.scale.high));

  if (fmin (low, high) > 2 * SAC_CLIP_HANDLE_WIDTH)
    return;
  view->dragged = low < high ? LOW : HIGH;
  gtk_widget_grab_focus (view->handles[view->dragged]);
}

static void
on_drag_update (GtkGestureDrag *gesture,
                double dx,
                double dy,
                SacHistogramView *view)
{
  double x, y;
  Plot plot;

  if (view->dragged < 0 || !init_plot (view, &plot) ||
      !gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;
  set_end (view, &plot, view->dragged, from_x (view, &plot, x + dx));
}

static void
tell_handle (SacHistogramView *view, const Plot *plot, int which)
{
  const SacScale *scale = &plot->layer.scale;
  g_autofree char *text = sac_scene_format_end (scale, which == HIGH);

  sac_clip_handle_tell (SAC_CLIP_HANDLE (view->handles[which]),
                        &(SacClipPlace){which == HIGH ? scale->high
                                                      : scale->low,
                                        plot->low, plot->high, text});
}

static void
refresh (SacHistogramView *view)
{
  Plot plot;
  bool shown = init_plot (view, &plot);

  for (int i = 0; i < 2; i++) {
    gtk_widget_set_child_visible (view->handles[i], shown);
    gtk_widget_set_sensitive (view->handles[i], shown);
    if (shown)
      tell_handle (view, &plot, i);
  }
  gtk_widget_queue_allocate (GTK_WIDGET (view));
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

void
sac_histogram_view_set_document (SacHistogramView *view, SacDocument *document)
{
  g_return_if_fail (view->document == NULL);
  view->document = g_object_ref (document);
  g_signal_connect_object (document, "maps", G_CALLBACK (refresh), view,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_panes (document), "changed",
                           G_CALLBACK (refresh), view, G_CONNECT_SWAPPED);
  refresh (view);
}

static GdkRGBA
get_color (const SacMapLayer *layer, double value)
{
  uint32_t rgb =
    sac_color_map_pixel (layer->colors,
                         sac_scale_position (&layer->scale, value));

  return (GdkRGBA){(rgb >> 16 & 255) / 255.0f, (rgb >> 8 & 255) / 255.0f,
                   (rgb & 255) / 255.0f, 1};
}

static void
append_bars (SacHistogramView *view, GtkSnapshot *snapshot, const Plot *plot)
{
  const SacHistogram *histogram = &view->histogram;
  double step = (histogram->high - histogram->low) / (double)BIN_COUNT;

  for (gsize i = 0; i < histogram->bin_count; i++) {
    double from = histogram->low + (double)i * step;
    double left = floor (to_x (view, plot, from));
    double right = floor (to_x (view, plot, from + step));
    double height =
      ceil (PLOT_HEIGHT * sqrt ((double)histogram->counts[i] /
                                (double)MAX (histogram->largest, 1)));
    GdkRGBA color = get_color (&plot->layer, from + step / 2);

    gtk_snapshot_append_color (snapshot, &color,
                               &GRAPHENE_RECT_INIT (left, PLOT_HEIGHT - height,
                                                    fmax (right - left, 1),
                                                    height));
  }
}

/* What colours no longer tell apart. */
static void
append_veils (SacHistogramView *view, GtkSnapshot *snapshot, const Plot *plot)
{
  const SacScale *scale = &plot->layer.scale;
  double ends[] = {INSET, to_x (view, plot, scale->low),
                   to_x (view, plot, scale->high),
                   INSET + get_plot_width (view)};
  GdkRGBA veil;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (view)),
                               &veil);
  veil.alpha *= 0.14f;
  for (int i = 0; i < 4; i += 2) {
    if (ends[i + 1] - ends[i] >= 1)
      gtk_snapshot_append_color (snapshot, &veil,
                                 &GRAPHENE_RECT_INIT (ends[i], 0,
                                                      ends[i + 1] - ends[i],
                                                      PLOT_HEIGHT));
  }
}

/* Where the lines of the map are, when they are drawn. */
static void
append_level (SacHistogramView *view, GtkSnapshot *snapshot, const Plot *plot)
{
  SacPaneState *pane = get_pane (view);
  GdkRGBA color;
  double level;

  if (!sac_pane_state_get_display (pane)->has_contour ||
      !sac_document_get_contour (view->document, pane, &level))
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (view)),
                               &color);
  for (int sign = plot->whole.is_signed ? -1 : 1; sign <= 1; sign += 2) {
    double x = floor (to_x (view, plot, sign * level));

    for (int y = 0; y < PLOT_HEIGHT; y += 6)
      gtk_snapshot_append_color (snapshot, &color,
                                 &GRAPHENE_RECT_INIT (x, y, 1, 3));
  }
}

/* align: 0 puts the text's left end at x, 1 its right end. */
static void
append_number (SacHistogramView *view,
               GtkSnapshot *snapshot,
               double value,
               double x,
               double align)
{
  g_autofree char *text = sac_scene_format_number (value);
  g_autoptr (PangoLayout) layout =
    gtk_widget_create_pango_layout (GTK_WIDGET (view), text);
  GdkRGBA color;
  int width;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (view)),
                               &color);
  pango_layout_get_pixel_size (layout, &width, NULL);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (floor (x - align * width),
                                                PLOT_HEIGHT + 2));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}

static void
sac_histogram_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SacHistogramView *view = SAC_HISTOGRAM_VIEW (widget);
  double right = INSET + get_plot_width (view);
  Plot plot;

  if (view->document == NULL || !init_plot (view, &plot))
    return;
  append_veils (view, snapshot, &plot);
  append_bars (view, snapshot, &plot);
  append_level (view, snapshot, &plot);
  append_number (view, snapshot, plot.low, INSET, 0);
  append_number (view, snapshot, plot.high, right, 1);
  if (plot.low < 0 && plot.high > 0)
    append_number (view, snapshot, 0, to_x (view, &plot, 0), 0.5);
  for (int i = 0; i < 2; i++)
    gtk_widget_snapshot_child (widget, view->handles[i], snapshot);
}

static void
sac_histogram_view_measure (GtkWidget *widget,
                            GtkOrientation orientation,
                            int for_size,
                            int *minimum,
                            int *natural,
                            int *minimum_baseline,
                            int *natural_baseline)
{
  SacHistogramView *view = SAC_HISTOGRAM_VIEW (widget);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, "0");

  pango_layout_get_pixel_size (layout, NULL, &view->text_height);
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL
                          ? 160
                          : PLOT_HEIGHT + 2 + view->text_height;
}

static void
sac_histogram_view_size_allocate (GtkWidget *widget,
                                  int width,
                                  int height,
                                  int baseline)
{
  SacHistogramView *view = SAC_HISTOGRAM_VIEW (widget);
  Plot plot;
  bool shown = view->document != NULL && init_plot (view, &plot);

  for (int i = 0; i < 2; i++) {
    const SacScale *scale = &plot.layer.scale;
    double x =
      shown ? to_x (view, &plot, i == HIGH ? scale->high : scale->low) : INSET;

    gtk_widget_size_allocate (view->handles[i],
                              &(GtkAllocation){(int)floor (x) - INSET, 0,
                                               SAC_CLIP_HANDLE_WIDTH,
                                               PLOT_HEIGHT},
                              -1);
  }
}

static void
sac_histogram_view_dispose (GObject *object)
{
  SacHistogramView *view = SAC_HISTOGRAM_VIEW (object);

  for (int i = 0; i < 2; i++)
    g_clear_pointer (&view->handles[i], gtk_widget_unparent);
  forget (view);
  g_clear_object (&view->document);
  G_OBJECT_CLASS (sac_histogram_view_parent_class)->dispose (object);
}

static void
sac_histogram_view_class_init (SacHistogramViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_histogram_view_dispose;
  widget_class->snapshot = sac_histogram_view_snapshot;
  widget_class->measure = sac_histogram_view_measure;
  widget_class->size_allocate = sac_histogram_view_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "histogram");
  gtk_widget_class_set_accessible_role (widget_class,
                                        GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
sac_histogram_view_init (SacHistogramView *view)
{
  const char *names[] = {_ ("Low end of the colours"),
                         _ ("High end of the colours")};
  GtkGesture *drag = gtk_gesture_drag_new ();

  view->dragged = -1;
  for (int i = 0; i < 2; i++) {
    view->handles[i] = sac_clip_handle_new (names[i]);
    gtk_widget_set_parent (view->handles[i], GTK_WIDGET (view));
    g_signal_connect_object (view->handles[i], "step", G_CALLBACK (on_step),
                             view, G_CONNECT_SWAPPED);
  }
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), view);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), view);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (drag),
                                              GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (view), GTK_EVENT_CONTROLLER (drag));
  gtk_accessible_update_property (GTK_ACCESSIBLE (view),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Histogram of the map's values"), -1);
}
