/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "pane-actions.h"

#include "scan-window.h"

#include <glib/gi18n.h>

/* The pointer may rest beside the image: then the place nearest to it. */
static void
keep_inside (SacFocus *focus, SacSource *source)
{
  focus->x = CLAMP (focus->x, 0, (double)sac_source_get_width (source));
  focus->y = CLAMP (focus->y, 0, (double)sac_source_get_height (source));
}

static void
on_explain_here (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  const SacCamera *camera = sac_viewport_get_camera (
    sac_document_get_viewport (sac_window_get_document (window)));
  SacFocus focus = {true, camera->x, camera->y};

  sac_document_get_cursor (sac_window_get_document (window), &focus.x,
                           &focus.y);
  if (sac_document_get_source (sac_window_get_document (window)) != NULL)
    keep_inside (&focus,
                 sac_document_get_source (sac_window_get_document (window)));
  if (!sac_document_explain_at (sac_window_get_document (window), &focus))
    sac_window_tell (window, _ ("These models look at the whole image."));
}

/* The place below the cursor, or the middle of the picture, asks; where the
 * places are the other image's, that is shown to choose one. */
static void
on_ask_here (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  SacDocument *document = sac_window_get_document (window);
  const SacCamera *camera =
    sac_viewport_get_camera (sac_document_get_viewport (document));
  SacPaneState *pane = sac_window_get_active_state (window);
  double x = camera->x, y = camera->y;
  SacPaneAsking asking;

  if (sac_pane_state_get_asking (pane, &asking) && asking.is_other) {
    sac_pane_state_set_picking (pane, true);
    return;
  }
  sac_document_get_cursor (document, &x, &y);
  if (!sac_pane_state_ask_token_at (pane, x, y))
    sac_window_tell (window, _ ("Only the method Attention asks one place, and "
                                "only where its map lies."));
}

static void
on_scan_layers (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  GtkWidget *scan = sac_scan_window_new (window);

  if (scan != NULL)
    gtk_window_present (GTK_WINDOW (scan));
  else
    sac_window_tell (window, _ ("Layers are compared of methods that take one: "
                                "the CAM family."));
}

static void
on_reset_settings (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_pane_state_reset_settings (sac_window_get_active_state (window));
}

static void
on_explain_default (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_document_explain_at (sac_window_get_document (window), NULL);
}

static void
on_match_classes (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  if (!sac_pane_set_match_classes (sac_window_get_panes (window)))
    sac_window_tell (window, _ ("Not every model knows the class of A."));
}

static void
on_predicted_class (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_pane_state_set_class (sac_window_get_active_state (window), 0, NULL);
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
  sac_pane_set_swap (sac_window_get_panes (window));
}

static void
on_panes (GSimpleAction *action, GVariant *state, gpointer window)
{
  guint count = g_ascii_strtoull (g_variant_get_string (state, NULL), NULL, 10);

  if (sac_pane_layout_find (count) != NULL)
    sac_pane_set_set_count (sac_window_get_panes (window), count);
}

static void
on_make_reference (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_pane_set_make_reference (sac_window_get_panes (window));
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
  {"ask-here", on_ask_here},
  {"reset-settings", on_reset_settings},
  {"scan-layers", on_scan_layers},
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
