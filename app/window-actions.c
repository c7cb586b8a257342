/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "window-actions.h"

#include "cell-table.h"
#include "command-list.h"
#include "commands.h"
#include "context-menu.h"
#include "file-dialogs.h"
#include "provenance-view.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define ZOOM_FACTOR 1.5
#define PAN_PIXELS 120
#define OPACITY_STEP 0.1

/* A tile with this much around it tells where on the slide it lies. */
#define CONTEXT 2.5

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

static SacViewport *
get_viewport (gpointer window)
{
  return sac_document_get_viewport (get_document (window));
}

static SacPaneState *
get_active_state (gpointer window)
{
  return sac_pane_get_state (sac_window_get_active_pane (window));
}

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
on_open_path (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_document_open (get_document (window),
                     g_variant_get_string (parameter, NULL));
}

static void
on_reload (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_document_reload (get_document (window));
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
  g_autofree char *text = sac_provenance_dup_text (get_document (window));

  if (text == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (window)), text);
  sac_window_tell (window, _ ("Copied the provenance of the maps"));
}

static void
on_zoom_in (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_viewport_glide_zoom (get_viewport (window), ZOOM_FACTOR, 0, 0);
}

static void
on_zoom_out (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_viewport_glide_zoom (get_viewport (window), 1 / ZOOM_FACTOR, 0, 0);
}

static void
on_zoom_fit (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_viewport_fit (get_viewport (window));
}

static void
on_zoom_actual (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_viewport_glide_scale (get_viewport (window), 1);
}

static void
on_zoom_map (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  SacFindings *findings =
    sac_pane_state_get_findings (get_active_state (window));

  if (findings == NULL)
    return;

  SacRect seen = findings->inputs->geometries[0].seen;
  double extra = CONTEXT - 1;

  seen.x -= seen.width * extra / 2;
  seen.y -= seen.height * extra / 2;
  seen.width *= CONTEXT;
  seen.height *= CONTEXT;
  sac_viewport_show_rect (get_viewport (window), &seen);
}

/* "left", "right", "up", "down" as a step. */
static void
parse_direction (GVariant *parameter, int *ret_dx, int *ret_dy)
{
  const char *name = g_variant_get_string (parameter, NULL);

  *ret_dx = g_str_equal (name, "right") - g_str_equal (name, "left");
  *ret_dy = g_str_equal (name, "down") - g_str_equal (name, "up");
}

static void
on_pan (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  int dx, dy;

  parse_direction (parameter, &dx, &dy);
  sac_viewport_glide_pan (get_viewport (window), -PAN_PIXELS * dx,
                          -PAN_PIXELS * dy);
}

/* One cell of the active pane's map at a time, from its middle. */
static void
on_cursor (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  SacMap *map = sac_pane_state_get_map (get_active_state (window));
  int dx, dy;
  double x, y;

  if (map == NULL || !map->has_geometry)
    return;

  const SacRect *seen = &map->geometry.seen;
  double width = seen->width / map->columns, height = seen->height / map->rows;
  int column = map->columns / 2, row = map->rows / 2;

  parse_direction (parameter, &dx, &dy);
  if (sac_document_get_cursor (get_document (window), &x, &y)) {
    column = (int)floor ((x - seen->x) / width) + dx;
    row = (int)floor ((y - seen->y) / height) + dy;
  }
  column = CLAMP (column, 0, map->columns - 1);
  row = CLAMP (row, 0, map->rows - 1);
  sac_document_set_cursor (get_document (window),
                           seen->x + (column + 0.5) * width,
                           seen->y + (row + 0.5) * height);
}

static void
on_explain_here (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  const SacCamera *camera = sac_viewport_get_camera (get_viewport (window));
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
on_retry (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  for (guint i = 0; i < sac_document_get_pane_count (get_document (window));
       i++)
    sac_pane_state_retry (sac_document_get_pane (get_document (window), i));
}

static void
on_stop (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_document_stop (get_document (window));
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
on_commands (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  gtk_window_present (GTK_WINDOW (sac_command_list_new (window)));
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
  {"open-path", on_open_path, "s"},
  {"open-demo", on_open_path, "s"},
  {"reload", on_reload},
  {"save-figure", on_save_figure},
  {"save-pane", on_save_pane},
  {"copy-provenance", on_copy_provenance},
  {"zoom-in", on_zoom_in},
  {"zoom-out", on_zoom_out},
  {"zoom-fit", on_zoom_fit},
  {"zoom-actual", on_zoom_actual},
  {"zoom-map", on_zoom_map},
  {"pan", on_pan, "s"},
  {"cursor", on_cursor, "s"},
  {"explain-here", on_explain_here},
  {"explain-default", on_explain_default},
  {"match-classes", on_match_classes},
  {"predicted-class", on_predicted_class},
  {"choose", on_choose, "s"},
  {"swap-panes", on_swap_panes},
  {"retry", on_retry},
  {"stop", on_stop},
  {"show-maps", NULL, NULL, "true", on_show_maps},
  {"smooth", NULL, NULL, "false", on_smooth},
  {"opacity", on_opacity, "s"},
  {"scale", NULL, "s", "'own'", on_scale},
  {"next-colors", on_next_colors},
  {"panes", NULL, "s", "'2'", on_panes},
  {"make-reference", on_make_reference},
  {"next-pane", on_next_pane},
  {"previous-pane", on_previous_pane},
  {"side-panel", NULL, NULL, "true", on_side_panel},
  {"fullscreen", NULL, NULL, "false", on_fullscreen},
  {"presentation", NULL, NULL, "false", on_presentation},
  {"context-menu", on_context_menu},
  {"cell-table", on_cell_table},
  {"commands", on_commands},
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
  SacDocument *document = get_document (window);
  SacPaneSet *panes = get_panes (window);

  switch (need) {
  case SAC_NEED_IMAGE:
    return sac_document_get_source (document) != NULL;
  case SAC_NEED_MAP:
    return sac_pane_state_get_map (get_active_state (window)) != NULL;
  case SAC_NEED_PAIR:
    return has_map_of (panes, 0) && has_map_of (panes, 1);
  case SAC_NEED_PANES:
    return sac_pane_set_get_compared (panes, 1) != NULL;
  case SAC_NEED_WORK:
    return sac_document_is_busy (document);
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
  set_state (window, "side-panel",
             g_variant_new_boolean (sac_window_get_side_panel (window)));
}

void
sac_window_actions_refresh (SacWindow *window)
{
  g_autofree char *pane_count =
    g_strdup_printf ("%u", sac_pane_set_get_count (get_panes (window)));

  if (g_action_map_lookup_action (G_ACTION_MAP (window), "open") == NULL)
    return;
  for (const SacCommand *command = sac_commands_get_all ();
       command->action != NULL; command++) {
    if (command->need != SAC_NEED_NOTHING)
      refresh_enabled (window, command);
  }
  set_state (window, "panes", g_variant_new_string (pane_count));

  const SacDisplay *display =
    sac_pane_state_get_display (get_active_state (window));

  set_state (window, "show-maps", g_variant_new_boolean (!display->is_hidden));
  set_state (window, "smooth", g_variant_new_boolean (display->smooth));
  set_state (window, "scale",
             g_variant_new_string (
               sac_scale_mode_get_name (display->scale_mode)));
}
