/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "pane-actions.h"

#include <glib/gi18n.h>

static SacDocument *
get_document (gpointer window)
{
  return sac_window_get_document (SAC_WINDOW (window));
}

static SacPaneSet *
get_panes (gpointer window)
{
  return sac_document_get_panes (get_document (window));
}

static SacPaneState *
get_active_state (gpointer window)
{
  return sac_pane_get_state (sac_window_get_active_pane (window));
}

static void
on_explain_here (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  const SacCamera *camera =
    sac_viewport_get_camera (sac_document_get_viewport (get_document (window)));
  SacFocus focus = {true, camera->x, camera->y};

  sac_document_get_cursor (get_document (window), &focus.x, &focus.y);
  if (!sac_document_explain_at (get_document (window), &focus))
    sac_window_tell (window, _ ("These models look at the whole image."));
}

static void
on_explain_default (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_document_explain_at (get_document (window), NULL);
}

static void
on_match_classes (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  if (!sac_pane_set_match_classes (get_panes (window)))
    sac_window_tell (window, _ ("Not every model knows the class of A."));
}

static void
on_predicted_class (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_pane_state_set_class (get_active_state (window), 0, NULL);
}

static void
on_choose (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  if (!sac_pane_open_chooser (sac_window_get_active_pane (window),
                              g_variant_get_string (parameter, NULL)))
    sac_window_tell (window, _ ("This method has no such choice."));
}

static void
on_swap_panes (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_pane_set_swap (get_panes (window));
}

static void
on_panes (GSimpleAction *action, GVariant *state, gpointer window)
{
  guint count = g_ascii_strtoull (g_variant_get_string (state, NULL), NULL, 10);

  if (sac_pane_layout_find (count) != NULL)
    sac_pane_set_set_count (get_panes (window), count);
}

static void
on_make_reference (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_pane_set_make_reference (get_panes (window));
}

static void
on_next_pane (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_window_focus_pane (window, 1);
}

static void
on_previous_pane (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_window_focus_pane (window, -1);
}

static const GActionEntry entries[] = {
  {"explain-here", on_explain_here},
  {"explain-default", on_explain_default},
  {"match-classes", on_match_classes},
  {"predicted-class", on_predicted_class},
  {"choose", on_choose, "s"},
  {"swap-panes", on_swap_panes},
  {"panes", NULL, "s", "'2'", on_panes},
  {"make-reference", on_make_reference},
  {"next-pane", on_next_pane},
  {"previous-pane", on_previous_pane},
};

void
sac_pane_actions_add (SacWindow *window)
{
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries,
                                   G_N_ELEMENTS (entries), window);
}
