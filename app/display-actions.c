/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "display-actions.h"

#define OPACITY_STEP 0.1

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

/* Keys and menus change how all maps look; each pane's own controls change
 * that pane. */
static void
change_displays (gpointer window,
                 void (*change) (SacDisplay *display, gconstpointer data),
                 gconstpointer data)
{
  SacDocument *document = get_document (window);

  for (guint i = 0; i < sac_document_get_pane_count (document); i++) {
    SacPaneState *pane = sac_document_get_pane (document, i);
    SacDisplay display = *sac_pane_state_get_display (pane);

    change (&display, data);
    sac_pane_state_set_display (pane, &display);
  }
}

static void
set_hidden (SacDisplay *display, gconstpointer data)
{
  display->is_hidden = *(const bool *)data;
}

static void
on_show_maps (GSimpleAction *action, GVariant *state, gpointer window)
{
  bool hidden = !g_variant_get_boolean (state);

  change_displays (window, set_hidden, &hidden);
}

static void
set_smooth (SacDisplay *display, gconstpointer data)
{
  display->smooth = *(const bool *)data;
}

static void
on_smooth (GSimpleAction *action, GVariant *state, gpointer window)
{
  bool smooth = g_variant_get_boolean (state);

  change_displays (window, set_smooth, &smooth);
}

static void
add_opacity (SacDisplay *display, gconstpointer data)
{
  display->opacity = CLAMP (display->opacity + *(const double *)data, 0.0, 1.0);
}

static void
on_opacity (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  bool up = g_str_equal (g_variant_get_string (parameter, NULL), "up");
  double step = up ? OPACITY_STEP : -OPACITY_STEP;

  change_displays (window, add_opacity, &step);
}

static void
set_scale (SacDisplay *display, gconstpointer data)
{
  display->scale_mode = *(const SacScaleMode *)data;
}

static void
on_scale (GSimpleAction *action, GVariant *state, gpointer window)
{
  SacScaleMode mode;

  if (sac_scale_mode_find (g_variant_get_string (state, NULL), &mode))
    change_displays (window, set_scale, &mode);
}

static void
set_colors (SacDisplay *display, gconstpointer data)
{
  display->colors = data;
}

/* The next that is neither for signed maps nor misleading. */
static void
on_next_colors (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  const SacColorMap *const *all = sac_color_maps_get_all ();
  const SacColorMap *present =
    sac_pane_state_get_display (get_active_state (window))->colors;
  gsize count = 0, index = 0;

  while (all[count] != NULL)
    count++;
  for (gsize i = 0; i < count; i++) {
    if (all[i] == present)
      index = i;
  }
  do
    index = (index + 1) % count;
  while (all[index]->diverging || all[index]->legacy);
  change_displays (window, set_colors, all[index]);
}

static const GActionEntry entries[] = {
  {"show-maps", NULL, NULL, "true", on_show_maps},
  {"smooth", NULL, NULL, "false", on_smooth},
  {"opacity", on_opacity, "s"},
  {"scale", NULL, "s", "'own'", on_scale},
  {"next-colors", on_next_colors},
};

void
sac_display_actions_add (SacWindow *window)
{
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries,
                                   G_N_ELEMENTS (entries), window);
}
