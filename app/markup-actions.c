/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "markup-actions.h"

#include "file-dialogs.h"
#include "toasts.h"
#include "undo-toasts.h"

#include <glib/gi18n.h>

static SacMarkup *
get_markup (gpointer window)
{
  return sac_document_get_markup (sac_window_get_document (window));
}

static SacMarkupFiles *
get_files (gpointer window)
{
  return sac_document_get_markup_files (sac_window_get_document (window));
}

static void
on_tool (GSimpleAction *action, GVariant *state, gpointer window)
{
  SacTool tool;

  if (!sac_tool_find (g_variant_get_string (state, NULL), &tool))
    return;
  sac_markup_set_tool (get_markup (window), tool);
  /* Whoever took a tool in hand wants to use it. */
  sac_pane_focus_canvas (sac_window_get_active_pane (window));
}

static void
on_show (GSimpleAction *action, GVariant *state, gpointer window)
{
  sac_markup_set_shown (get_markup (window), g_variant_get_boolean (state));
}

static void
tell_step (gpointer window, const char *format, const char *title)
{
  g_autofree char *text = g_strdup_printf ("%s: %s", format, title);

  if (title != NULL)
    sac_window_tell (window, text);
}

static void
on_undo (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  tell_step (window, _ ("Undone"), sac_markup_undo (get_markup (window)));
}

static void
on_redo (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  tell_step (window, _ ("Done again"), sac_markup_redo (get_markup (window)));
}

static void
on_delete (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_undo_toasts_delete (window);
}

static void
on_delete_all (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_undo_toasts_delete_all (window);
}

/* None, then one after the other. */
static void
on_next_class (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  SacMarkup *markup = get_markup (window);
  const SacAnnotations *set = sac_markup_get_set (markup);
  const SacAnnotation *item = sac_markup_get_selection (markup);
  int index = item != NULL ? item->class_index : sac_markup_get_class (markup);
  const SacAnnotationClass *next =
    index + 1 < (int)set->classes->len ? set->classes->pdata[index + 1] : NULL;
  g_autofree char *name = g_strdup (next != NULL ? next->name : "");

  sac_markup_set_class (markup, name);
  sac_window_tell (window, next != NULL ? name : _ ("No class"));
}

static void
on_open (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_file_dialogs_open_annotations (window);
}

static void
on_save (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  const char *path = sac_markup_files_get_path (get_files (window));
  g_autofree char *kept = g_strdup (path);

  if (kept != NULL)
    sac_markup_files_save (get_files (window), kept);
  else
    sac_file_dialogs_save_annotations (window);
}

static void
on_save_as (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_file_dialogs_save_annotations (window);
}

static void
on_save_for_qupath (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_file_dialogs_save_for_qupath (window);
}

static void
on_move_from_qupath (GSimpleAction *action,
                     GVariant *parameter,
                     gpointer window)
{
  SacPoint corner = sac_markup_files_get_corner (get_files (window));
  guint count = sac_markup_get_set (get_markup (window))->items->len;

  if (count == 0 || (corner.x == 0 && corner.y == 0)) {
    sac_window_tell (window, _ ("There is nothing to move."));
    return;
  }

  g_autofree char *text =
    g_strdup_printf (ngettext ("Moved %u annotation by %.0f, %.0f pixels",
                               "Moved %u annotations by %.0f, %.0f pixels",
                               count),
                     count, corner.x, corner.y);

  sac_markup_move_all (get_markup (window), corner.x, corner.y);
  sac_window_tell_with (window, text, _ ("_Undo"), "win.undo");
}

/* What lies beside the case, the annotations before the mask. */
static void
load_beside (gpointer window)
{
  SacCases *cases = sac_window_get_cases (window);
  const char *annotations = sac_cases_get_annotations (cases);
  const char *mask = sac_cases_get_mask (cases);
  bool is_empty = sac_markup_get_set (get_markup (window))->items->len == 0;

  if (!is_empty)
    return;
  if (annotations != NULL)
    sac_markup_files_open (get_files (window), annotations, true, mask);
  else if (mask != NULL)
    sac_markup_files_open (get_files (window), mask, false, NULL);
}

static void
on_case_annotations (GSimpleAction *action, GVariant *state, gpointer window)
{
  g_simple_action_set_state (action, state);
  if (g_variant_get_boolean (state))
    load_beside (window);
}

static const GActionEntry entries[] = {
  {"tool", NULL, "s", "'look'", on_tool},
  {"show-annotations", NULL, NULL, "true", on_show},
  {"undo", on_undo},
  {"redo", on_redo},
  {"delete-annotation", on_delete},
  {"delete-all-annotations", on_delete_all},
  {"next-class", on_next_class},
  {"open-annotations", on_open},
  {"save-annotations", on_save},
  {"save-annotations-as", on_save_as},
  {"save-for-qupath", on_save_for_qupath},
  {"move-from-qupath", on_move_from_qupath},
  {"case-annotations", NULL, NULL, "false", on_case_annotations},
};

static GSimpleAction *
find_action (SacWindow *window, const char *name)
{
  return G_SIMPLE_ACTION (
    g_action_map_lookup_action (G_ACTION_MAP (window), name));
}

bool
sac_markup_actions_is_met (SacWindow *window, SacCommandNeed need)
{
  const SacAnnotationHistory *history =
    sac_markup_get_history (get_markup (window));

  return (need == SAC_NEED_UNDO
            ? sac_annotation_history_get_undo (history)
            : sac_annotation_history_get_redo (history)) != NULL;
}

static void
on_state (SacWindow *window)
{
  SacMarkup *markup = get_markup (window);

  g_simple_action_set_state (find_action (window, "tool"),
                             g_variant_new_string (sac_tool_get_name (
                               sac_markup_get_tool (markup))));
  g_simple_action_set_state (find_action (window, "show-annotations"),
                             g_variant_new_boolean (
                               sac_markup_is_shown (markup)));
  g_simple_action_set_enabled (find_action (window, "undo"),
                               sac_markup_actions_is_met (window,
                                                          SAC_NEED_UNDO));
  g_simple_action_set_enabled (find_action (window, "redo"),
                               sac_markup_actions_is_met (window,
                                                          SAC_NEED_REDO));
}

static void
on_saved (SacWindow *window, const char *path)
{
  sac_window_add_toast (window, sac_toast_new_saved (path));
}

static void
on_doubtful (SacWindow *window)
{
  sac_window_tell_with (window,
                        _ ("If QuPath wrote this, it counts from the scanned "
                           "part."),
                        _ ("_Move There"), "win.move-from-qupath");
}

/* A case's own annotations come when they have been asked for.  That they are
 * there is said once a folder: readers may be blind to them. */
static void
on_restored (SacWindow *window)
{
  SacCases *cases = sac_window_get_cases (window);
  g_autoptr (GVariant) state =
    g_action_get_state (G_ACTION (find_action (window, "case-annotations")));
  SacCaseList *list = sac_cases_get_list (cases);

  if (sac_cases_get_annotations (cases) == NULL &&
      sac_cases_get_mask (cases) == NULL)
    return;
  if (g_variant_get_boolean (state)) {
    load_beside (window);
  } else if (g_object_get_data (G_OBJECT (window), "sac-offered") != list) {
    g_object_set_data (G_OBJECT (window), "sac-offered", list);
    sac_window_tell_with (window, _ ("Annotations lie beside these cases."),
                          _ ("_Show"), "win.case-annotations");
  }
}

void
sac_markup_actions_add (SacWindow *window)
{
  SacMarkup *markup = get_markup (window);

  g_action_map_add_action_entries (G_ACTION_MAP (window), entries,
                                   G_N_ELEMENTS (entries), window);
  g_signal_connect_object (markup, "state", G_CALLBACK (on_state), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (markup, "changed", G_CALLBACK (on_state), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (get_files (window), "told",
                           G_CALLBACK (sac_window_tell), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (get_files (window), "saved", G_CALLBACK (on_saved),
                           window, G_CONNECT_SWAPPED);
  g_signal_connect_object (get_files (window), "restored",
                           G_CALLBACK (on_restored), window, G_CONNECT_SWAPPED);
  g_signal_connect_object (get_files (window), "doubtful",
                           G_CALLBACK (on_doubtful), window, G_CONNECT_SWAPPED);
  on_state (window);
}
