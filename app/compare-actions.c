/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compare-actions.h"

static SacCompareView *
get_compare_view (gpointer window)
{
  return sac_document_get_compare_view (
    sac_window_get_document (SAC_WINDOW (window)));
}

static void
on_compare (GSimpleAction *action, GVariant *state, gpointer window)
{
  SacCompareMode mode;

  if (!sac_compare_mode_find (g_variant_get_string (state, NULL), &mode))
    return;
  sac_compare_view_set_mode (get_compare_view (window), mode);
  g_simple_action_set_state (action, state);
}

static void
on_compare_step (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  bool more = g_str_equal (g_variant_get_string (parameter, NULL), "more");

  sac_compare_view_adjust (get_compare_view (window), more ? 1 : -1);
}

static void
on_square_lens (GSimpleAction *action, GVariant *state, gpointer window)
{
  sac_compare_view_set_square (get_compare_view (window),
                               g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static void
on_outline_disagreement (GSimpleAction *action,
                         GVariant *state,
                         gpointer window)
{
  sac_comparison_set_outlined (sac_document_get_comparison (
                                 sac_window_get_document (window)),
                               g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static const GActionEntry entries[] = {
  {"compare", NULL, "s", "'side'", on_compare},
  {"compare-step", on_compare_step, "s"},
  {"outline-disagreement", NULL, NULL, "false", on_outline_disagreement},
  {"square-lens", NULL, NULL, "false", on_square_lens},
};

void
sac_compare_actions_add (SacWindow *window)
{
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries,
                                   G_N_ELEMENTS (entries), window);
}

bool
sac_compare_actions_show_panes (SacDocument *document, GPtrArray *panes)
{
  SacPaneSet *set = sac_document_get_panes (document);
  SacCompareView *view = sac_document_get_compare_view (document);
  bool is_one = sac_compare_view_get_mode (view) != SAC_COMPARE_SIDE &&
                sac_pane_set_get_compared (set, 1) != NULL;

  for (guint i = 0; i < panes->len; i++) {
    SacPane *pane = g_ptr_array_index (panes, i);
    int role = sac_pane_set_get_role (set, sac_pane_get_state (pane));

    gtk_widget_set_visible (GTK_WIDGET (pane), !is_one || role == 0);
  }
  return is_one;
}
