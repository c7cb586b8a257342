/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "narrow.h"

/* Of a window: its panel went away for want of room. */
#define AWAY_KEY "sac-panel-away"

static bool
is_away (SacWindow *window)
{
  return g_object_get_data (G_OBJECT (window), AWAY_KEY) != NULL;
}

static void
set_away (SacWindow *window, bool away)
{
  g_object_set_data (G_OBJECT (window), AWAY_KEY, GINT_TO_POINTER (away));
}

static void
show_panel (SacWindow *window, bool shown)
{
  g_action_group_change_action_state (G_ACTION_GROUP (window), "side-panel",
                                      g_variant_new_boolean (shown));
}

/* While presenting there is no panel, and the screen's width is not what the
 * window's will be. */
static void
on_folded (SacWindow *window, GParamSpec *property, AdwFlap *flap)
{
  bool folded = adw_flap_get_folded (flap);

  if (sac_window_get_presenting (window))
    return;
  if (folded && sac_window_get_side_panel (window)) {
    set_away (window, true);
    show_panel (window, false);
  } else if (!folded && is_away (window)) {
    set_away (window, false);
    show_panel (window, true);
  }
}

void
sac_narrow_follow (SacWindow *window, AdwFlap *flap)
{
  g_signal_connect_object (flap, "notify::folded", G_CALLBACK (on_folded),
                           window, G_CONNECT_SWAPPED);
}

bool
sac_narrow_wants_panel (SacWindow *window)
{
  return is_away (window) || sac_window_get_side_panel (window);
}
