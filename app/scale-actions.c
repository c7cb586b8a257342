/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scale-actions.h"

#include "undo-toasts.h"

#define CONTOUR_STEP 0.05
#define CONTOUR_LOWEST 0.01
#define CONTOUR_HIGHEST 0.99

static SacDocument *
get_document (gpointer window)
{
  return sac_window_get_document (SAC_WINDOW (window));
}

static SacPaneState *
get_active_state (gpointer window)
{
  return sac_pane_get_state (sac_window_get_active_pane (window));
}

static void
on_whole_scale (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_undo_toasts_whole_scale (window);
}

static void
on_keep_scale (GSimpleAction *action, GVariant *state, gpointer window)
{
  sac_document_set_keeps_scale (get_document (window),
                                g_variant_get_boolean (state));
}

static void
on_contour (GSimpleAction *action, GVariant *state, gpointer window)
{
  SacPaneState *pane = get_active_state (window);
  SacDisplay display = *sac_pane_state_get_display (pane);

  display.has_contour = g_variant_get_boolean (state);
  sac_pane_state_set_display (pane, &display);
}

static void
on_contour_level (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  SacPaneState *pane = get_active_state (window);
  SacDisplay display = *sac_pane_state_get_display (pane);
  bool up = g_str_equal (g_variant_get_string (parameter, NULL), "up");

  display.has_contour = true;
  display.contour =
    CLAMP (display.contour + (up ? CONTOUR_STEP : -CONTOUR_STEP),
           CONTOUR_LOWEST, CONTOUR_HIGHEST);
  sac_pane_state_set_display (pane, &display);
}

static const GActionEntry entries[] = {
  {"whole-scale", on_whole_scale},
  {"keep-scale", NULL, NULL, "false", on_keep_scale},
  {"contour", NULL, NULL, "false", on_contour},
  {"contour-level", on_contour_level, "s"},
};

static void
set_state (SacWindow *window, const char *name, bool state)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), name);

  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_boolean (state));
}

static void
refresh (SacWindow *window)
{
  SacPaneState *pane = get_active_state (window);

  set_state (window, "contour", sac_pane_state_get_display (pane)->has_contour);
  set_state (window, "keep-scale",
             sac_scale_keeper_is_on (
               sac_document_get_scale_keeper (get_document (window))));
}

void
sac_scale_actions_add (SacWindow *window)
{
  SacDocument *document = get_document (window);

  g_action_map_add_action_entries (G_ACTION_MAP (window), entries,
                                   G_N_ELEMENTS (entries), window);
  g_signal_connect_object (document, "maps", G_CALLBACK (refresh), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_panes (document), "changed",
                           G_CALLBACK (refresh), window, G_CONNECT_SWAPPED);
}
