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

/* Out of the presentation, or of the full screen, one at a time. */
static gboolean
on_key (GtkWindow *window,
        guint keyval,
        guint keycode,
        GdkModifierType modifiers,
        GtkEventController *controller)
{
  const char *action = NULL;

  if (keyval != GDK_KEY_Escape ||
      (modifiers & gtk_accelerator_get_default_mod_mask ()) != 0)
    return FALSE;
  if (sac_presentation_get (window))
    action = "win.presentation";
  else if (gtk_window_is_fullscreen (window))
    action = "win.fullscreen";
  return action != NULL &&
         gtk_widget_activate_action (GTK_WIDGET (window), action, NULL);
}

static void
on_fullscreened (GtkWindow *window)
{
  GAction *action =
    g_action_map_lookup_action (G_ACTION_MAP (window), "fullscreen");
  bool is_full = gtk_window_is_fullscreen (window);

  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_boolean (is_full));
  if (!is_full && sac_presentation_get (window))
    gtk_widget_activate_action (GTK_WIDGET (window), "win.presentation", NULL);
}

void
sac_presentation_watch (GtkWindow *window)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  /* After whoever has the focus, and after what Escape stops. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_BUBBLE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), window);
  gtk_widget_add_controller (GTK_WIDGET (window), keys);
  g_signal_connect (window, "notify::fullscreened",
                    G_CALLBACK (on_fullscreened), NULL);
}
