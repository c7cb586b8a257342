/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "view-actions.h"

static SacViewport *
get_viewport (gpointer window)
{
  return sac_document_get_viewport (
    sac_window_get_document (SAC_WINDOW (window)));
}

static void
on_turn (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_viewport_glide_quarters (get_viewport (window),
                               g_variant_get_int32 (parameter));
}

static void
on_turn_slightly (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_viewport_glide_turn (get_viewport (window),
                           g_variant_get_int32 (parameter) * G_PI / 180);
}

static void
on_flip (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_viewport_flip (get_viewport (window));
}

static void
on_upright (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_viewport_glide_upright (get_viewport (window));
}

static const GActionEntry entries[] = {
  {"turn", on_turn, "i"},
  {"turn-slightly", on_turn_slightly, "i"},
  {"flip", on_flip},
  {"upright", on_upright},
};

void
sac_view_actions_add (SacWindow *window)
{
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries,
                                   G_N_ELEMENTS (entries), window);
}
