/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "pair-actions.h"

#include "companion.h"
#include "file-dialogs.h"
#include "messages.h"
#include "window-actions.h"

#include <glib/gi18n.h>

static SacCompanion *
get_companion (SacWindow *window)
{
  return sac_companion_of (sac_window_get_document (window));
}

static void
on_open_other (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_file_dialogs_open_other (window);
}

static void
on_open_other_path (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_companion_open (get_companion (window),
                      g_variant_get_string (parameter, NULL));
}

static void
on_show_other (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_companion_show (get_companion (window));
}

static void
on_exchange_roles (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_companion_exchange_roles (get_companion (window));
}

static const GActionEntry entries[] = {
  {"open-other", on_open_other},
  {"open-other-path", on_open_other_path, "s"},
  {"show-other", on_show_other},
  {"exchange-roles", on_exchange_roles},
};

static bool
takes_pair (SacDocument *document)
{
  for (guint i = 0; i < sac_document_get_pane_count (document); i++) {
    SacLoaded *loaded =
      sac_pane_state_get_loaded (sac_document_get_pane (document, i));

    if (loaded != NULL && sac_pair_applies (loaded->model))
      return true;
  }
  return false;
}

/* A pair is of use to some models only. */
static void
on_changed (SacWindow *window, SacCompanion *companion)
{
  SacDocument *document = sac_window_get_document (window);
  SacSource *other = sac_companion_get_source (companion);
  const SacCase *one = sac_cases_get_current (sac_window_get_cases (window));

  /* Nobody asked for the one that comes with a case. */
  sac_window_actions_refresh (window);
  if (other == NULL || takes_pair (document) ||
      (one != NULL && one->clinical != NULL))
    return;

  g_autofree char *name =
    g_filename_display_basename (sac_source_get_path (other));
  g_autofree char *text =
    g_strdup_printf (_ ("%s goes along for models that look at two images; "
                        "none of these does."),
                     name);

  sac_window_tell (window, text);
}

static void
on_failed (SacWindow *window, const char *path, const GError *error)
{
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *text =
    g_strdup_printf ("%s: %s", name,
                     sac_message_for_error (error, SAC_TRIED_IMAGE));

  sac_window_tell (window, text);
}

void
sac_pair_actions_add (SacWindow *window)
{
  SacCompanion *companion = get_companion (window);

  g_action_map_add_action_entries (G_ACTION_MAP (window), entries,
                                   G_N_ELEMENTS (entries), window);
  g_signal_connect_object (companion, "changed", G_CALLBACK (on_changed),
                           window, G_CONNECT_SWAPPED);
  g_signal_connect_object (companion, "failed", G_CALLBACK (on_failed), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "destroy",
                           G_CALLBACK (sac_companion_shut_down), companion,
                           G_CONNECT_SWAPPED);
}
