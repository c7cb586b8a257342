/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "pane-controls.h"

#include "pane-options.h"
#include "peek.h"

struct _SacPaneControls {
  GtkWidget parent_instance;
  SacDocument *document;
  SacPaneState *pane;
  GtkWidget *box;
  SacChooser *scale;
  SacChooser *colors;
  GtkToggleButton *cells;
  GtkToggleButton *smooth;
  GtkWidget *peek;
  GtkRange *opacity;
};

G_DEFINE_FINAL_TYPE (SacPaneControls, sac_pane_controls, GTK_TYPE_WIDGET)

static void
refresh (SacPaneControls *controls)
{
  const SacDisplay *display = sac_pane_state_get_display (controls->pane);

  sac_pane_options_fill_scale (controls->scale, controls->pane);
  sac_pane_options_fill_colors (controls->colors, controls->pane,
                                controls->document);
  gtk_toggle_button_set_active (display->smooth ? controls->smooth
                                                : controls->cells,
                                TRUE);
  gtk_range_set_value (controls->opacity, display->opacity);
  gtk_widget_set_sensitive (GTK_WIDGET (controls->opacity),
                            !display->is_hidden);
}

static void
on_scale_chosen (SacPaneControls *controls, const char *id)
{
  SacDisplay display = *sac_pane_state_get_display (controls->pane);

  sac_scale_mode_find (id, &display.scale_mode);
  sac_pane_state_set_display (controls->pane, &display);
}

static void
on_colors_chosen (SacPaneControls *controls, const char *id)
{
  SacDisplay display = *sac_pane_state_get_display (controls->pane);

  display.colors = sac_color_map_find (id);
  sac_pane_state_set_display (controls->pane, &display);
}

static void
on_smooth_toggled (SacPaneControls *controls)
{
  SacDisplay display = *sac_pane_state_get_display (controls->pane);
  bool smooth = gtk_toggle_button_get_active (controls->smooth);

  if (display.smooth == smooth)
    return;
  display.smooth = smooth;
  sac_pane_state_set_display (controls->pane, &display);
}

static void
on_opacity_changed (SacPaneControls *controls)
{
  SacDisplay display = *sac_pane_state_get_display (controls->pane);
  double opacity = gtk_range_get_value (controls->opacity);

  if (display.opacity == opacity)
    return;
  display.opacity = opacity;
  sac_pane_state_set_display (controls->pane, &display);
}

/* A shared scale changes with the other panes' maps as well. */
void
sac_pane_controls_set_document (SacPaneControls *controls,
                                SacDocument *document,
                                SacPaneState *pane)
{
  g_return_if_fail (controls->document == NULL);
  controls->document = g_object_ref (document);
  controls->pane = g_object_ref (pane);
  g_signal_connect_object (document, "maps", G_CALLBACK (refresh), controls,
                           G_CONNECT_SWAPPED);
  sac_peek_attach_button (controls->peek, document);
  refresh (controls);
}

static void
sac_pane_controls_dispose (GObject *object)
{
  SacPaneControls *controls = SAC_PANE_CONTROLS (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), SAC_TYPE_PANE_CONTROLS);
  g_clear_object (&controls->document);
  g_clear_object (&controls->pane);
  G_OBJECT_CLASS (sac_pane_controls_parent_class)->dispose (object);
}

static void
sac_pane_controls_class_init (SacPaneControlsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_pane_controls_dispose;
  g_type_ensure (SAC_TYPE_CHOOSER);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/saccade/Saccade/pane-controls.ui");
  gtk_widget_class_bind_template_child (widget_class, SacPaneControls, box);
  gtk_widget_class_bind_template_child (widget_class, SacPaneControls, scale);
  gtk_widget_class_bind_template_child (widget_class, SacPaneControls, colors);
  gtk_widget_class_bind_template_child (widget_class, SacPaneControls, peek);
  gtk_widget_class_bind_template_child (widget_class, SacPaneControls, cells);
  gtk_widget_class_bind_template_child (widget_class, SacPaneControls, smooth);
  gtk_widget_class_bind_template_child (widget_class, SacPaneControls, opacity);
  gtk_widget_class_bind_template_callback (widget_class, on_scale_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_colors_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_smooth_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_opacity_changed);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
sac_pane_controls_init (SacPaneControls *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
