/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "tone-popover.h"

#include "accessible.h"
#include "tooltip.h"

#include <glib/gi18n.h>
#include <math.h>

#define SLIDER_WIDTH 220
#define STEPS 100.0

/* Contrast and gamma are factors: a slider's way is their logarithm, so that
 * plain lies in the middle. */
static double
get_brightness (const SacTone *tone)
{
  return tone->brightness;
}

static void
set_brightness (SacTone *tone, double way)
{
  tone->brightness = way;
}

static double
to_way (double factor)
{
  return log (factor) / log (SAC_TONE_MOST);
}

static double
to_factor (double way)
{
  return CLAMP (pow (SAC_TONE_MOST, way), SAC_TONE_LEAST, SAC_TONE_MOST);
}

static double
get_contrast (const SacTone *tone)
{
  return to_way (tone->contrast);
}

static void
set_contrast (SacTone *tone, double way)
{
  tone->contrast = to_factor (way);
}

static double
get_gamma (const SacTone *tone)
{
  return to_way (tone->gamma);
}

static void
set_gamma (SacTone *tone, double way)
{
  tone->gamma = to_factor (way);
}

typedef struct {
  const char *label;
  double (*get) (const SacTone *tone);
  void (*set) (SacTone *tone, double way);
} Part;

static const Part parts[] = {
  {N_ ("Brightness"), get_brightness, set_brightness},
  {N_ ("Contrast"), get_contrast, set_contrast},
  {N_ ("Gamma"), get_gamma, set_gamma},
};

typedef struct {
  SacImageLook *look;
  GtkRange *ranges[G_N_ELEMENTS (parts)];
  GtkWidget *reset;
  bool is_refreshing; /* sliders follow, and change nothing */
} Popover;

static void
on_changed (Popover *popover)
{
  SacTone tone = sac_tone_plain;

  if (popover->is_refreshing)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    double way = gtk_range_get_value (popover->ranges[i]);

    if (way != 0)
      parts[i].set (&tone, way);
  }
  sac_image_look_set_tone (popover->look, &tone);
}

/* Through the action, so that it can be taken back. */
static void
on_reset (GtkWidget *button)
{
  gtk_widget_activate_action (button, "win.plain-tone", NULL);
}

static void
refresh_sliders (Popover *popover)
{
  const SacTone *tone = sac_image_look_get_tone (popover->look);

  popover->is_refreshing = true;
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    gtk_range_set_value (popover->ranges[i], parts[i].get (tone));
  popover->is_refreshing = false;
  gtk_widget_set_sensitive (popover->reset, !sac_tone_is_plain (tone));
}

static void
refresh (GtkMenuButton *button)
{
  Popover *popover = g_object_get_data (G_OBJECT (button), "sac-tone");
  const SacTone *tone = sac_image_look_get_tone (popover->look);
  bool is_plain = sac_tone_is_plain (tone);
  const char *text = is_plain
                       ? _ ("Brightness and contrast of the image")
                       : _ ("The image is shown brighter, darker or with "
                            "another contrast than it has");

  if (popover->reset != NULL)
    refresh_sliders (popover);
  sac_tooltip_set (GTK_WIDGET (button), text);
  sac_accessible_set_name (GTK_WIDGET (button), text);
  if (is_plain)
    gtk_widget_remove_css_class (GTK_WIDGET (button), "toned");
  else
    gtk_widget_add_css_class (GTK_WIDGET (button), "toned");
}

static GtkWidget *
new_slider (Popover *popover, const char *label)
{
  GtkWidget *slider =
    gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, -1, 1, 1 / STEPS);

  gtk_scale_add_mark (GTK_SCALE (slider), 0, GTK_POS_BOTTOM, NULL);
  gtk_scale_set_draw_value (GTK_SCALE (slider), FALSE);
  gtk_scale_set_has_origin (GTK_SCALE (slider), FALSE);
  gtk_range_set_value (GTK_RANGE (slider), 0);
  gtk_widget_set_size_request (slider, SLIDER_WIDTH, -1);
  sac_accessible_set_name (slider, label);
  g_signal_connect_swapped (slider, "value-changed", G_CALLBACK (on_changed),
                            popover);
  return slider;
}

static GtkWidget *
new_content (Popover *popover)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_widget_add_css_class (grid, "tone-sliders");
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    GtkWidget *label = gtk_label_new (_ (parts[i].label));
    GtkWidget *slider = new_slider (popover, _ (parts[i].label));

    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_grid_attach (GTK_GRID (grid), label, 0, (int)i, 1, 1);
    gtk_grid_attach (GTK_GRID (grid), slider, 1, (int)i, 1, 1);
    popover->ranges[i] = GTK_RANGE (slider);
  }
  popover->reset =
    gtk_button_new_with_label (_ ("Brightness and Contrast as in the File"));
  gtk_grid_attach (GTK_GRID (grid), popover->reset, 0, G_N_ELEMENTS (parts), 2,
                   1);
  g_signal_connect (popover->reset, "clicked", G_CALLBACK (on_reset), NULL);
  return grid;
}

/* The sliders are made when they are first wanted. */
static void
fill (GtkMenuButton *button, gpointer data)
{
  GtkWidget *widget;

  if (gtk_menu_button_get_popover (button) != NULL)
    return;
  widget = gtk_popover_new ();
  gtk_popover_set_child (GTK_POPOVER (widget), new_content (data));
  gtk_menu_button_set_popover (button, widget);
  refresh_sliders (data);
}

static void
popover_free (Popover *popover)
{
  g_object_unref (popover->look);
  g_free (popover);
}

void
sac_tone_popover_attach (GtkMenuButton *button, SacImageLook *look)
{
  Popover *popover = g_new0 (Popover, 1);

  popover->look = g_object_ref (look);
  gtk_menu_button_set_create_popup_func (button, fill, popover, NULL);
  g_object_set_data_full (G_OBJECT (button), "sac-tone", popover,
                          (GDestroyNotify)popover_free);
  g_signal_connect_object (look, "tone", G_CALLBACK (refresh), button,
                           G_CONNECT_SWAPPED);
  refresh (button);
}
