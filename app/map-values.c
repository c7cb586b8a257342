/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map-values.h"

#include "histogram-view.h"
#include "pane-badge.h"
#include "pane-run.h"
#include "wheel.h"

#include <glib/gi18n.h>

struct _SacMapValues {
  GtkWidget parent_instance;
  SacDocument *document;
  GtkWidget *box;
  GtkLabel *badge;
  GtkLabel *title;
  SacHistogramView *histogram;
  GtkLabel *ends;
  GtkWidget *reset;
  GtkCheckButton *has_contour;
  GtkRange *contour;
  GtkLabel *level;
};

G_DEFINE_FINAL_TYPE (SacMapValues, sac_map_values, GTK_TYPE_WIDGET)

static SacPaneState *
get_pane (SacMapValues *values)
{
  SacPaneSet *set = sac_document_get_panes (values->document);

  return sac_pane_set_get (set, sac_pane_set_get_active (set));
}

/* Where colours end, and what lies beyond.  Returns: a new string. */
static char *
describe_ends (const SacScale *scale, const SacMap *map)
{
  if (scale->empty)
    return g_strdup (_ (sac_scene_describe_empty (map)));
  if (!scale->is_clipped && !scale->is_kept)
    return g_strdup (_ ("Colours reach to the ends of the scale."));

  g_autofree char *low = sac_scene_format_number (scale->low);
  g_autofree char *high = sac_scene_format_number (scale->high);

  return g_strdup_printf (_ ("Colours end at %s and %s; %.1f %% of the cells "
                             "lie beyond."),
                          low, high, 100 * sac_scale_get_clipped (scale, map));
}

static void
refresh_contour (SacMapValues *values, SacPaneState *pane)
{
  const SacDisplay *display = sac_pane_state_get_display (pane);
  g_autofree char *number = NULL;
  double level;

  if (sac_document_get_contour (values->document, pane, &level))
    number = sac_scene_format_number (level);
  gtk_check_button_set_active (values->has_contour, display->has_contour);
  gtk_range_set_value (values->contour, display->contour);
  gtk_widget_set_sensitive (GTK_WIDGET (values->contour), display->has_contour);
  gtk_label_set_label (values->level, number);
}

static void
refresh (SacMapValues *values)
{
  SacPaneState *pane = get_pane (values);
  g_autofree char *title = sac_pane_state_dup_shown_title (pane);
  SacScale scale;
  bool alone;
  bool shown = sac_document_get_scale (values->document, pane, &scale, &alone);

  gtk_widget_set_visible (GTK_WIDGET (values), shown);
  if (!shown)
    return;

  g_autofree char *ends =
    describe_ends (&scale, sac_pane_state_get_shown_map (pane));

  sac_pane_badge_show (values->badge, values->document, pane);
  gtk_label_set_label (values->title, title);
  gtk_label_set_label (values->ends, ends);
  gtk_widget_set_visible (values->reset, scale.is_clipped);
  refresh_contour (values, pane);
}

static void
on_contour_toggled (SacMapValues *values)
{
  SacPaneState *pane = get_pane (values);
  SacDisplay display = *sac_pane_state_get_display (pane);
  bool wanted = gtk_check_button_get_active (values->has_contour);

  if (display.has_contour == wanted)
    return;
  display.has_contour = wanted;
  sac_pane_state_set_display (pane, &display);
}

static void
on_contour_changed (SacMapValues *values)
{
  SacPaneState *pane = get_pane (values);
  SacDisplay display = *sac_pane_state_get_display (pane);
  double wanted = gtk_range_get_value (values->contour);

  if (display.contour == wanted)
    return;
  display.contour = wanted;
  sac_pane_state_set_display (pane, &display);
}

void
sac_map_values_set_document (SacMapValues *values, SacDocument *document)
{
  g_return_if_fail (values->document == NULL);
  values->document = g_object_ref (document);
  sac_histogram_view_set_document (values->histogram, document);
  g_signal_connect_object (document, "maps", G_CALLBACK (refresh), values,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_panes (document), "changed",
                           G_CALLBACK (refresh), values, G_CONNECT_SWAPPED);
  refresh (values);
}

static void
sac_map_values_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SAC_TYPE_MAP_VALUES);
  g_clear_object (&SAC_MAP_VALUES (object)->document);
  G_OBJECT_CLASS (sac_map_values_parent_class)->dispose (object);
}

static void
sac_map_values_class_init (SacMapValuesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_map_values_dispose;
  g_type_ensure (SAC_TYPE_HISTOGRAM_VIEW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/saccade/Saccade/map-values.ui");
  gtk_widget_class_bind_template_child (widget_class, SacMapValues, box);
  gtk_widget_class_bind_template_child (widget_class, SacMapValues, badge);
  gtk_widget_class_bind_template_child (widget_class, SacMapValues, title);
  gtk_widget_class_bind_template_child (widget_class, SacMapValues, histogram);
  gtk_widget_class_bind_template_child (widget_class, SacMapValues, ends);
  gtk_widget_class_bind_template_child (widget_class, SacMapValues, reset);
  gtk_widget_class_bind_template_child (widget_class, SacMapValues,
                                        has_contour);
  gtk_widget_class_bind_template_child (widget_class, SacMapValues, contour);
  gtk_widget_class_bind_template_child (widget_class, SacMapValues, level);
  gtk_widget_class_bind_template_callback (widget_class, on_contour_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_contour_changed);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
sac_map_values_init (SacMapValues *values)
{
  gtk_widget_init_template (GTK_WIDGET (values));
  sac_wheel_pass (GTK_WIDGET (values->contour));
}
