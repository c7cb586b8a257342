/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "color-bar.h"

#include "texture.h"

#include <glib/gi18n.h>
#include <math.h>

#define BAR_HEIGHT 12
#define GAP 4
#define COLOR_COUNT 256
#define MARK_REACH 4

struct _SacColorBar {
  GtkWidget parent_instance;
  SacDocument *document;
  SacPaneState *pane; /* NULL: of a map of the stack */
  SacMapStack *stack;
  SacMap *map;               /* of the stack */
  SacMapLayer stacked;       /* how it looks; no map: it has gone */
  const SacColorMap *colors; /* of the texture */
  GdkTexture *texture;
  int text_height;
  bool compact;
};

G_DEFINE_FINAL_TYPE (SacColorBar, sac_color_bar, GTK_TYPE_WIDGET)

void
sac_color_bar_set_document (SacColorBar *bar,
                            SacDocument *document,
                            SacPaneState *pane)
{
  g_return_if_fail (bar->document == NULL);
  bar->document = g_object_ref (document);
  bar->pane = g_object_ref (pane);
  g_signal_connect_object (document, "maps", G_CALLBACK (gtk_widget_queue_draw),
                           bar, G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_compare_view (document), "mode",
                           G_CALLBACK (gtk_widget_queue_draw), bar,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_comparison (document), "changed",
                           G_CALLBACK (gtk_widget_queue_draw), bar,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "cursor",
                           G_CALLBACK (gtk_widget_queue_draw), bar,
                           G_CONNECT_SWAPPED);
}

/* The scale is made once for each change of the looks, not for each frame. */
static void
refresh_stacked (SacColorBar *bar)
{
  bar->stacked = (SacMapLayer){.map = NULL};
  for (guint i = 0; i < sac_map_stack_get_count (bar->stack); i++) {
    const SacStackedMap *item = sac_map_stack_get (bar->stack, i);

    if (item->map == bar->map)
      bar->stacked = sac_document_layer_of_stacked (item);
  }
  gtk_widget_queue_draw (GTK_WIDGET (bar));
}

void
sac_color_bar_set_stacked (SacColorBar *bar,
                           SacDocument *document,
                           SacMapStack *stack,
                           SacMap *map)
{
  g_return_if_fail (bar->document == NULL);
  bar->document = g_object_ref (document);
  bar->stack = g_object_ref (stack);
  bar->map = sac_map_ref (map);
  g_signal_connect_object (stack, "changed", G_CALLBACK (refresh_stacked), bar,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "cursor",
                           G_CALLBACK (gtk_widget_queue_draw), bar,
                           G_CONNECT_SWAPPED);
  refresh_stacked (bar);
}

void
sac_color_bar_set_compact (SacColorBar *bar, bool compact)
{
  bar->compact = compact;
  gtk_widget_queue_resize (GTK_WIDGET (bar));
}

/* align: 0 puts the text's left end at x, 1 its right end. */
static void
append_text (SacColorBar *bar,
             GtkSnapshot *snapshot,
             const char *text,
             double x,
             double y,
             double align)
{
  GtkWidget *widget = GTK_WIDGET (bar);
  g_autoptr (PangoLayout) layout =
    gtk_widget_create_pango_layout (widget, text);
  double room = gtk_widget_get_width (widget);
  GdkRGBA color;
  int width;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  pango_layout_set_width (layout, room * PANGO_SCALE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_get_pixel_size (layout, &width, NULL);
  x = CLAMP (x - align * width, 0, fmax (room - width, 0));
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (floor (x), y));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}

static const char *
describe_mode (const SacScale *scale, bool alone)
{
  if (alone)
    return _ ("own scale: units differ");
  switch (scale->mode) {
  case SAC_SCALE_SHARED:
    return _ ("shared scale");
  case SAC_SCALE_STRETCHED:
    return _ ("stretched: zero is lost");
  case SAC_SCALE_PERCENTILE:
    return _ ("rank among cells, %");
  case SAC_SCALE_OWN:
  default:
    return _ ("own scale");
  }
}

/* Ends that are not the map's own are said first. */
static const char *
describe_ends (const SacScale *scale)
{
  if (scale->is_clipped)
    return _ ("clipped · ");
  return scale->is_kept ? _ ("kept · ") : "";
}

static void
append_number (SacColorBar *bar,
               GtkSnapshot *snapshot,
               const SacScale *scale,
               double position,
               double y)
{
  double width = gtk_widget_get_width (GTK_WIDGET (bar));
  g_autofree char *number =
    position == 0 || position == 1
      ? sac_scene_format_end (scale, position == 1)
      : sac_scene_format_number (scale->low +
                                 position * (scale->high - scale->low));

  append_text (bar, snapshot, number, position * width, y, position);
}

/* Where the bar itself lies. */
typedef struct {
  double x, y, width;
} Span;

static void
append_mark (SacColorBar *bar,
             GtkSnapshot *snapshot,
             const SacMapLayer *layer,
             const Span *span)
{
  GdkRGBA color;
  double x, y0, percentile;
  float value;
  int row, column;

  if (!sac_document_get_cursor (bar->document, &x, &y0) ||
      !sac_map_value_at (layer->map, x, y0, &value, &percentile, &row, &column))
    return;

  double position = layer->scale.mode == SAC_SCALE_PERCENTILE
                      ? sac_scale_position (&layer->scale, percentile)
                      : sac_scale_position (&layer->scale, value);

  if (isnan (position))
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (bar)),
                               &color);
  gtk_snapshot_append_color (snapshot, &color,
                             &GRAPHENE_RECT_INIT (floor (span->x +
                                                         position *
                                                           (span->width - 2)),
                                                  span->y - MARK_REACH, 2,
                                                  BAR_HEIGHT + 2 * MARK_REACH));
}

static void
append_bar (SacColorBar *bar,
            GtkSnapshot *snapshot,
            const SacMapLayer *layer,
            const Span *span)
{
  GskRoundedRect shape;

  /* The numbers take all of a narrow pane.  Cairo cannot draw a picture that
   * has no width. */
  if (span->width <= 0)
    return;
  if (bar->colors != layer->colors) {
    g_clear_object (&bar->texture);
    bar->texture = sac_texture_new_for_colors (layer->colors, COLOR_COUNT);
    bar->colors = layer->colors;
  }
  gsk_rounded_rect_init_from_rect (&shape,
                                   &GRAPHENE_RECT_INIT (span->x, span->y,
                                                        span->width,
                                                        BAR_HEIGHT),
                                   3);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_texture (snapshot, bar->texture, &shape.bounds);
  gtk_snapshot_pop (snapshot);
}

static const char *
get_unit (const SacMapLayer *layer)
{
  return layer->map->unit != NULL ? _ (layer->map->unit) : _ ("no unit");
}

static char *
dup_label (const SacMapLayer *layer, bool alone)
{
  const char *unit = get_unit (layer);

  return g_strdup_printf ("%s · %s%s", unit, describe_ends (&layer->scale),
                          describe_mode (&layer->scale, alone));
}

/* Unit and scale above, numbers below. */
static void
append_tall (SacColorBar *bar,
             GtkSnapshot *snapshot,
             const SacMapLayer *layer,
             const char *label)
{
  double width = gtk_widget_get_width (GTK_WIDGET (bar));
  Span span = {0, bar->text_height + GAP, width};
  double numbers_y = span.y + BAR_HEIGHT + GAP;

  append_text (bar, snapshot, label, width / 2, 0, 0.5);
  append_bar (bar, snapshot, layer, &span);
  if (layer->scale.empty) {
    append_text (bar, snapshot, _ (sac_scene_describe_empty (layer->map)),
                 width / 2, numbers_y, 0.5);
    return;
  }
  append_number (bar, snapshot, &layer->scale, 0, numbers_y);
  append_number (bar, snapshot, &layer->scale, 0.5, numbers_y);
  append_number (bar, snapshot, &layer->scale, 1, numbers_y);
  append_mark (bar, snapshot, layer, &span);
}

static int
measure_text (SacColorBar *bar, const char *text)
{
  g_autoptr (PangoLayout) layout =
    gtk_widget_create_pango_layout (GTK_WIDGET (bar), text);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

/* The ends of the scale on either side of the bar, with the unit; the kind of
 * scale is what the pane's menu says. */
static void
append_flat (SacColorBar *bar, GtkSnapshot *snapshot, const SacMapLayer *layer)
{
  double width = gtk_widget_get_width (GTK_WIDGET (bar));
  g_autofree char *low = sac_scene_format_end (&layer->scale, false);
  g_autofree char *number = sac_scene_format_end (&layer->scale, true);
  const char *unit = layer->scale.mode == SAC_SCALE_PERCENTILE ? "%"
                     : layer->map->unit != NULL ? _ (layer->map->unit)
                                                : "";
  g_autofree char *high = g_strdup_printf ("%s %s", number, unit);

  if (layer->scale.empty) {
    append_text (bar, snapshot, _ (sac_scene_describe_empty (layer->map)),
                 width / 2, 0, 0.5);
    return;
  }

  double left = measure_text (bar, low) + 2 * GAP;
  double right = measure_text (bar, high) + 2 * GAP;
  Span span = {left, floor ((bar->text_height - BAR_HEIGHT) / 2.0),
               fmax (width - left - right, 0)};

  append_text (bar, snapshot, low, 0, 0, 0);
  append_text (bar, snapshot, high, width, 0, 1);
  append_bar (bar, snapshot, layer, &span);
  append_mark (bar, snapshot, layer, &span);
}

/* The mode in which the picture above is not of this pane's map alone; else
 * SIDE. */
static SacCompareMode
get_mode (SacColorBar *bar)
{
  SacPaneSet *panes = sac_document_get_panes (bar->document);

  if (sac_pane_set_get_role (panes, bar->pane) != 0 ||
      sac_pane_set_get_compared (panes, 1) == NULL)
    return SAC_COMPARE_SIDE;
  return sac_compare_view_get_mode (
    sac_document_get_compare_view (bar->document));
}

static char *
dup_difference_label (const SacMapLayer *layer)
{
  const char *unit = get_unit (layer);

  return g_strdup_printf ("A − B · %s · %s", unit,
                          describe_mode (&layer->scale, false));
}

/* As of a pane's own map, with the value under the cursor where it has one. */
static char *
dup_stacked_label (SacColorBar *bar)
{
  g_autofree char *label = dup_label (&bar->stacked, false);
  double x, y, percentile;
  float value;
  int row, column;

  if (!sac_document_get_cursor (bar->document, &x, &y) ||
      !sac_map_value_at (bar->map, x, y, &value, &percentile, &row, &column))
    return g_steal_pointer (&label);

  g_autofree char *number =
    isnan (value) ? g_strdup ("–") : sac_scene_format_number (value);

  /* Translators: what a scale shows, then a map's value at the cursor. */
  return g_strdup_printf (_ ("%s · here %s"), label, number);
}

static void
snapshot_stacked (SacColorBar *bar, GtkSnapshot *snapshot)
{
  g_autofree char *label = NULL;

  if (bar->stacked.map == NULL)
    return;
  label = dup_stacked_label (bar);
  append_tall (bar, snapshot, &bar->stacked, label);
}

static void
sac_color_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SacColorBar *bar = SAC_COLOR_BAR (widget);
  g_autofree char *label = NULL;
  SacMapLayer layer;
  SacScale scale;
  bool alone;

  if (bar->stack != NULL) {
    snapshot_stacked (bar, snapshot);
    return;
  }
  if (bar->document == NULL ||
      !sac_document_get_layer (bar->document, bar->pane, &layer))
    return;
  sac_document_get_scale (bar->document, bar->pane, &scale, &alone);
  switch (get_mode (bar)) {
  case SAC_COMPARE_AGREEMENT:
    append_text (bar, snapshot,
                 _ ("Marked are the highest cells of A and B, not values."),
                 gtk_widget_get_width (widget) / 2.0, 0, 0.5);
    return;
  case SAC_COMPARE_DIFFERENCE:
    if (!sac_document_get_difference (bar->document, &layer))
      return;
    label = dup_difference_label (&layer);
    break;
  default:
    label = dup_label (&layer, alone);
  }
  if (bar->compact)
    append_flat (bar, snapshot, &layer);
  else
    append_tall (bar, snapshot, &layer, label);
}

static void
sac_color_bar_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  SacColorBar *bar = SAC_COLOR_BAR (widget);
  /* Scripts differ in height, so a text of the reader's own is measured. */
  g_autoptr (PangoLayout) layout =
    gtk_widget_create_pango_layout (widget, _ ("own scale"));

  pango_layout_get_pixel_size (layout, NULL, &bar->text_height);
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = 120;
    *natural = 320;
  } else if (bar->compact) {
    *minimum = *natural = bar->text_height;
  } else {
    *minimum = *natural = 2 * bar->text_height + BAR_HEIGHT + 2 * GAP;
  }
}

static void
sac_color_bar_dispose (GObject *object)
{
  SacColorBar *bar = SAC_COLOR_BAR (object);

  g_clear_object (&bar->document);
  g_clear_object (&bar->pane);
  g_clear_object (&bar->stack);
  g_clear_pointer (&bar->map, sac_map_unref);
  g_clear_object (&bar->texture);
  G_OBJECT_CLASS (sac_color_bar_parent_class)->dispose (object);
}

static void
sac_color_bar_class_init (SacColorBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_color_bar_dispose;
  widget_class->snapshot = sac_color_bar_snapshot;
  widget_class->measure = sac_color_bar_measure;
  gtk_widget_class_set_css_name (widget_class, "colorbar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
sac_color_bar_init (SacColorBar *bar)
{
}
