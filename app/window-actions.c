/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "window-actions.h"

#include "cell-table.h"
#include "command-list.h"
#include "commands.h"
#include "companion.h"
#include "context-menu.h"
#include "faithfulness-window.h"
#include "file-dialogs.h"
#include "markup-actions.h"
#include "page-actions.h"
#include "pair-actions.h"
#include "preferences.h"
#include "provenance-view.h"
#include "sanity-run.h"
#include "view-actions.h"

#include <glib/gi18n.h>
#include <string.h>

static void
on_open (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_file_dialogs_open_image (window);
}

static void
on_open_model (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_file_dialogs_open_model (window);
}

static void
on_open_map (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_file_dialogs_open_map (window);
}

static void
on_open_demo (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_window_open_demo (window, g_variant_get_string (parameter, NULL));
}

static void
on_open_path (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_window_open_image (window, g_variant_get_bytestring (parameter));
}

static void
on_reload (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_document_reload (sac_window_get_document (window));
}

static void
on_save_figure (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_file_dialogs_save_figure (window);
}

static void
on_save_pane (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_file_dialogs_save_pane (window);
}

static void
on_copy_provenance (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  g_autofree char *text =
    sac_provenance_dup_text (sac_window_get_document (window));

  if (text == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (window)), text);
  sac_window_tell (window, _ ("Copied the provenance of the maps"));
}

static void
on_retry (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  for (guint i = 0;
       i < sac_document_get_pane_count (sac_window_get_document (window)); i++)
    sac_pane_state_retry (
      sac_document_get_pane (sac_window_get_document (window), i));
}

static void
on_stop (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_document_stop (sac_window_get_document (window));
}

static void
on_side_panel (GSimpleAction *action, GVariant *state, gpointer window)
{
  sac_window_set_side_panel (window, g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static void
on_fullscreen (GSimpleAction *action, GVariant *state, gpointer window)
{
  if (g_variant_get_boolean (state))
    gtk_window_fullscreen (window);
  else
    gtk_window_unfullscreen (window);
  g_simple_action_set_state (action, state);
}

static void
set_state (SacWindow *window, const char *name, GVariant *state)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), name);

  g_simple_action_set_state (G_SIMPLE_ACTION (action), state);
}

static void
on_presentation (GSimpleAction *action, GVariant *state, gpointer window)
{
  sac_window_set_presenting (window, g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
  set_state (window, "side-panel",
             g_variant_new_boolean (sac_window_get_side_panel (window)));
  set_state (window, "fullscreen", state);
}

static void
on_context_menu (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_context_menu_open (GTK_WIDGET (sac_window_get_active_pane (window)));
}

static void
on_cell_table (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  gtk_window_present (GTK_WINDOW (sac_cell_table_new (window)));
}

static void
on_faithfulness (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  gtk_window_present (GTK_WINDOW (sac_faithfulness_window_new (window)));
}

static void
on_sanity (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_window_set_side_panel (window, true);
  sac_sanity_run_start (sac_sanity_run_of (sac_window_get_document (window)));
}

static void
on_commands (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  gtk_window_present (GTK_WINDOW (sac_command_list_new (window)));
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  if (sac_window_get_settings (window) == NULL)
    sac_window_tell (window, _ ("Saccade is not installed completely: there is "
                                "no place for preferences."));
  else
    gtk_window_present (GTK_WINDOW (sac_preferences_new (window)));
}

static void
on_shortcuts (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  GtkWidget *shortcuts = sac_commands_new_shortcuts_window ();

  gtk_window_set_transient_for (GTK_WINDOW (shortcuts), window);
  gtk_window_present (GTK_WINDOW (shortcuts));
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  /* On the first page, where everybody sees it. */
  g_autofree char *line = g_strdup_printf ("%s\n%s", _ ("The Saccade authors"),
                                           _ ("Not for diagnosis"));

  adw_show_about_window (
    window, "application-name", "Saccade", "application-icon",
    "org.saccade.Saccade", "version", SAC_VERSION, "developer-name", line,
    "license-type", GTK_LICENSE_APACHE_2_0, "comments",
    _ ("Runs neural networks on dermoscopy images and slides and lays their "
       "explanations side by side. A map shows where a model's evidence is "
       "high, never why.\n\nNot for diagnosis: for research and "
       "demonstration only."),
    NULL);
}

static const GActionEntry entries[] = {
  {"open", on_open},
  {"open-model", on_open_model},
  {"open-map", on_open_map},
  {"open-path", on_open_path, "ay"},
  {"open-demo", on_open_demo, "s"},
  {"reload", on_reload},
  {"save-figure", on_save_figure},
  {"save-pane", on_save_pane},
  {"copy-provenance", on_copy_provenance},
  {"retry", on_retry},
  {"stop", on_stop},
  {"side-panel", NULL, NULL, "true", on_side_panel},
  {"fullscreen", NULL, NULL, "false", on_fullscreen},
  {"presentation", NULL, NULL, "false", on_presentation},
  {"context-menu", on_context_menu},
  {"cell-table", on_cell_table},
  {"faithfulness", on_faithfulness},
  {"sanity", on_sanity},
  {"commands", on_commands},
  {"preferences", on_preferences},
  {"shortcuts", on_shortcuts},
  {"about", on_about},
};

/* which: 0 for A, 1 for B. */
static bool
has_map_of (SacPaneSet *panes, guint which)
{
  SacPaneState *pane = sac_pane_set_get_compared (panes, which);

  return pane != NULL && sac_pane_state_get_map (pane) != NULL;
}

static bool
is_met (SacWindow *window, SacCommandNeed need)
{
  SacDocument *document = sac_window_get_document (window);
  SacPaneSet *panes = sac_window_get_panes (window);

  switch (need) {
  case SAC_NEED_IMAGE:
    return sac_document_get_source (document) != NULL;
  case SAC_NEED_BOUNDS:
  case SAC_NEED_SLIDE:
  case SAC_NEED_POWER:
    return sac_view_actions_is_met (window, need);
  case SAC_NEED_MAP:
    return sac_pane_state_get_map (sac_window_get_active_state (window)) !=
           NULL;
  case SAC_NEED_PAIR:
    return has_map_of (panes, 0) && has_map_of (panes, 1);
  case SAC_NEED_PANES:
    return sac_pane_set_get_compared (panes, 1) != NULL;
  case SAC_NEED_WORK:
    return sac_document_is_busy (document);
  case SAC_NEED_OTHER:
    return sac_companion_get_source (sac_companion_of (document)) != NULL;
  case SAC_NEED_UNDO:
  case SAC_NEED_REDO:
    return sac_markup_actions_is_met (window, need);
  case SAC_NEED_PAGES:
    return sac_page_actions_is_met (window);
  case SAC_NEED_CASES:
    return sac_cases_get_list (sac_window_get_cases (window)) != NULL;
  case SAC_NEED_NOTHING:
  default:
    return true;
  }
}

static void
refresh_enabled (SacWindow *window, const SacCommand *command)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;

  if (!g_action_parse_detailed_name (command->action, &name, &target, NULL) ||
      !g_str_has_prefix (name, "win."))
    return;

  GAction *action =
    g_action_map_lookup_action (G_ACTION_MAP (window), name + strlen ("win."));

  if (action != NULL)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (action),
                                 is_met (window, command->need));
}

void
sac_window_actions_add (SacWindow *window)
{
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries,
                                   G_N_ELEMENTS (entries), window);
  sac_pair_actions_add (window);
  set_state (window, "side-panel",
             g_variant_new_boolean (sac_window_get_side_panel (window)));
}

void
sac_window_actions_refresh (SacWindow *window)
{
  g_autofree char *pane_count =
    g_strdup_printf ("%u",
                     sac_pane_set_get_count (sac_window_get_panes (window)));

  if (g_action_map_lookup_action (G_ACTION_MAP (window), "open") == NULL)
    return;
  for (const SacCommand *command = sac_commands_get_all ();
       command->action != NULL; command++) {
    if (command->need != SAC_NEED_NOTHING)
      refresh_enabled (window, command);
  }
  set_state (window, "panes", g_variant_new_string (pane_count));

  const SacDisplay *display =
    sac_pane_state_get_display (sac_window_get_active_state (window));

  set_state (window, "show-maps", g_variant_new_boolean (!display->is_hidden));
  set_state (window, "smooth", g_variant_new_boolean (display->smooth));
  set_state (window, "scale",
             g_variant_new_string (
               sac_scale_mode_get_name (display->scale_mode)));
}
