/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "run-actions.h"

#include "toasts.h"

#include <glib/gi18n.h>

static SacRunPanel *
get_panel (gpointer window)
{
  return sac_window_get_run_panel (SAC_WINDOW (window));
}

static void
show_runs (SacWindow *window, bool shown)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), "runs");

  sac_window_set_runs (window, shown);
  if (!shown)
    sac_run_panel_set_setup (get_panel (window), false);
  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_boolean (shown));
}

static void
on_run_slide (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  show_runs (window, true);
  sac_run_panel_set_setup (get_panel (window), true);
}

static void
on_runs (GSimpleAction *action, GVariant *state, gpointer window)
{
  show_runs (window, g_variant_get_boolean (state));
}

static void
on_pause_run (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_run_panel_toggle (get_panel (window));
}

static const GActionEntry entries[] = {
  {"run-slide", on_run_slide},
  {"runs", NULL, NULL, "false", on_runs},
  {"pause-run", on_pause_run},
};

typedef struct {
  SacRunPanel *panel;
  SacRun *run;
} Removed;

static void
removed_free (gpointer data)
{
  Removed *removed = data;

  g_object_unref (removed->panel);
  g_object_unref (removed->run);
  g_free (removed);
}

static void
restore (gpointer data)
{
  Removed *removed = data;

  sac_run_panel_restore (removed->panel, removed->run);
}

static void
on_removed (SacWindow *window, SacRun *run)
{
  Removed *removed = g_new (Removed, 1);
  g_autofree char *name =
    sac_run_order_dup_slide_name (sac_run_get_order (run));
  g_autofree char *text =
    g_strdup_printf (_ (
                       "Took the run over “%s” off the list; its folder stays"),
                     name);

  removed->panel = g_object_ref (get_panel (window));
  removed->run = g_object_ref (run);
  sac_window_add_toast (window, sac_toast_new_undo (text, restore, removed,
                                                    removed_free));
}

void
sac_run_actions_add (SacWindow *window)
{
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries,
                                   G_N_ELEMENTS (entries), window);
  g_signal_connect_object (get_panel (window), "removed",
                           G_CALLBACK (on_removed), window, G_CONNECT_SWAPPED);
  g_signal_connect_object (get_panel (window), "told",
                           G_CALLBACK (sac_window_tell), window,
                           G_CONNECT_SWAPPED);
}
