/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "presentation.h"

#define CSS_CLASS "presentation"
#define KEY "sac-presentation"

/* A pointer that rests so long is in the way. */
#define REST_MS 2500

typedef struct {
  GtkWidget *window;
  GtkEventController *motion;
  guint timer;
  double x, y; /* where it rests: GTK tells of motion when windows move, too */
} Pointer;

static gboolean
on_rest (gpointer data)
{
  Pointer *pointer = data;

  pointer->timer = 0;
  gtk_widget_set_cursor_from_name (pointer->window, "none");
  return G_SOURCE_REMOVE;
}

static void
wait_for_rest (Pointer *pointer)
{
  g_clear_handle_id (&pointer->timer, g_source_remove);
  pointer->timer = g_timeout_add (REST_MS, on_rest, pointer);
}

static void
on_motion (Pointer *pointer, double x, double y)
{
  if (x == pointer->x && y == pointer->y)
    return;
  pointer->x = x;
  pointer->y = y;
  gtk_widget_set_cursor (pointer->window, NULL);
  wait_for_rest (pointer);
}

static void
pointer_free (Pointer *pointer)
{
  g_clear_handle_id (&pointer->timer, g_source_remove);
  g_free (pointer);
}

static void
watch_pointer (GtkWidget *window)
{
  Pointer *pointer = g_new0 (Pointer, 1);

  pointer->window = window;
  pointer->motion = gtk_event_controller_motion_new ();
  gtk_event_controller_set_propagation_phase (pointer->motion,
                                              GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (pointer->motion, "motion", G_CALLBACK (on_motion),
                            pointer);
  gtk_widget_add_controller (window, pointer->motion);
  g_object_set_data_full (G_OBJECT (window), KEY, pointer,
                          (GDestroyNotify)pointer_free);
  wait_for_rest (pointer);
}

static void
forget_pointer (GtkWidget *window)
{
  Pointer *pointer = g_object_get_data (G_OBJECT (window), KEY);

  gtk_widget_remove_controller (window, pointer->motion);
  gtk_widget_set_cursor (window, NULL);
  g_object_set_data (G_OBJECT (window), KEY, NULL);
}

bool
sac_presentation_get (GtkWindow *window)
{
  return g_object_get_data (G_OBJECT (window), KEY) != NULL;
}

void
sac_presentation_set (GtkWindow *window, GtkWidget *hidden, bool on)
{
  GtkWidget *widget = GTK_WIDGET (window);

  if (on == sac_presentation_get (window))
    return;
  gtk_widget_set_visible (hidden, !on);
  if (on) {
    gtk_widget_add_css_class (widget, CSS_CLASS);
    watch_pointer (widget);
    gtk_window_fullscreen (window);
  } else {
    gtk_widget_remove_css_class (widget, CSS_CLASS);
    forget_pointer (widget);
    gtk_window_unfullscreen (window);
  }
}
