/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "peek.h"

#define PEEK_KEY GDK_KEY_v

static SacDocument *
get_document (SacWindow *window)
{
  return sac_window_get_document (window);
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint key,
                guint code,
                GdkModifierType modifiers,
                SacWindow *window)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));

  if (key != PEEK_KEY || GTK_IS_EDITABLE (focus) ||
      (modifiers & gtk_accelerator_get_default_mod_mask ()) != 0 ||
      sac_document_get_source (get_document (window)) == NULL)
    return FALSE;
  sac_document_set_peeking (get_document (window), true);
  return TRUE;
}

static void
on_key_released (GtkEventControllerKey *controller,
                 guint key,
                 guint code,
                 GdkModifierType modifiers,
                 SacWindow *window)
{
  if (key == PEEK_KEY)
    sac_document_set_peeking (get_document (window), false);
}

static void
on_active (SacWindow *window)
{
  if (!gtk_window_is_active (GTK_WINDOW (window)))
    sac_document_set_peeking (get_document (window), false);
}

static void
on_peek (GSimpleAction *action, GVariant *state, gpointer window)
{
  sac_document_set_peeking (get_document (window),
                            g_variant_get_boolean (state));
}

static void
refresh (SacWindow *window)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), "peek");

  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_boolean (sac_document_is_peeking (
                               get_document (window))));
}

void
sac_peek_attach (SacWindow *window)
{
  static const GActionEntry entry = {"peek", NULL, NULL, "false", on_peek};
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (window), &entry, 1, window);
  /* Before the focused widget, so that the release is never missed. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), window);
  g_signal_connect (keys, "key-released", G_CALLBACK (on_key_released), window);
  gtk_widget_add_controller (GTK_WIDGET (window), keys);
  g_signal_connect (window, "notify::is-active", G_CALLBACK (on_active), NULL);
  g_signal_connect_object (get_document (window), "peek", G_CALLBACK (refresh),
                           window, G_CONNECT_SWAPPED);
}

static void
on_button_state (GtkWidget *button, GtkStateFlags old, SacDocument *document)
{
  bool was_held = (old & GTK_STATE_FLAG_ACTIVE) != 0;
  bool is_held =
    (gtk_widget_get_state_flags (button) & GTK_STATE_FLAG_ACTIVE) != 0;

  if (was_held != is_held)
    sac_document_set_peeking (document, is_held);
}

void
sac_peek_attach_button (GtkWidget *button, SacDocument *document)
{
  g_signal_connect_object (button, "state-flags-changed",
                           G_CALLBACK (on_button_state), document, 0);
}
