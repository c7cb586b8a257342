/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "case-actions.h"

#include "companion.h"
#include "file-dialogs.h"
#include "undo-toasts.h"
#include "window-actions.h"

#include <glib/gi18n.h>

static const struct {
  const char *name;
  int by;
} steps[] = {
  {"next", 1},
  {"previous", -1},
  {"first", -G_MAXINT},
  {"last", G_MAXINT},
};

static void
on_open_folder (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_file_dialogs_open_folder (window);
}

static void
on_close_folder (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_undo_toasts_close_folder (window);
}

static void
on_case (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  const char *name = g_variant_get_string (parameter, NULL);
  SacCases *cases = sac_window_get_cases (window);

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
    if (g_str_equal (steps[i].name, name) &&
        !sac_cases_step (cases, steps[i].by))
      sac_window_tell (window, steps[i].by > 0 ? _ ("This is the last case.")
                                               : _ ("This is the first case."));
  }
}

static void
on_find_case (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_case_panel_focus_filter (sac_window_get_case_panel (window));
}

static void
on_case_details (GSimpleAction *action, GVariant *state, gpointer window)
{
  sac_case_panel_set_details (sac_window_get_case_panel (window),
                              g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static const GActionEntry entries[] = {
  {"open-folder", on_open_folder},
  {"close-folder", on_close_folder},
  {"case", on_case, "s"},
  {"find-case", on_find_case},
  {"case-details", NULL, NULL, "false", on_case_details},
};

static void
on_failed (SacWindow *window, const char *path, const GError *error)
{
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *text =
    g_strdup_printf (_ ("“%s” cannot be opened. %s"), name, error->message);

  sac_window_tell (window, text);
}

static void
on_changed (SacWindow *window)
{
  sac_window_actions_refresh (window);
}

/* The clinical image of a pair goes along with its case. */
static void
on_source (SacWindow *window, SacDocument *document)
{
  const SacCase *one = sac_cases_get_current (sac_window_get_cases (window));
  SacCompanion *companion = sac_companion_of (document);
  SacSource *shown = sac_document_get_source (document);
  SacSource *other = sac_companion_get_source (companion);

  if (one == NULL || one->clinical == NULL || shown == NULL ||
      sac_document_is_opening (document) ||
      !g_str_equal (sac_source_get_path (shown), one->path) ||
      (other != NULL &&
       g_str_equal (sac_source_get_path (other), one->clinical)))
    return;
  sac_companion_open (companion, one->clinical);
}

void
sac_case_actions_add (SacWindow *window)
{
  SacCases *cases = sac_window_get_cases (window);

  g_action_map_add_action_entries (G_ACTION_MAP (window), entries,
                                   G_N_ELEMENTS (entries), window);
  g_signal_connect_object (cases, "failed", G_CALLBACK (on_failed), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (cases, "changed", G_CALLBACK (on_changed), window,
                           G_CONNECT_SWAPPED);

  /* After the companion has seen that its image has gone. */
  g_signal_connect_object (sac_window_get_document (window), "source",
                           G_CALLBACK (on_source), window,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}
