/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "view-actions.h"

#include "image/magnification.h"
#include "slide/tissue-box.h"
#include "undo-toasts.h"

#include <glib/gi18n.h>
#include <math.h>

#define ZOOM_FACTOR 1.5
#define PAN_PIXELS 120

/* What is left of the page before when turning to the next. */
#define PAGE 0.9

/* A tile with this much around it tells where on the slide it lies. */
#define CONTEXT 2.5

static SacDocument *
get_document (gpointer window)
{
  return sac_window_get_document (SAC_WINDOW (window));
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
on_zoom_all (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_viewport_show_all (get_viewport (window));
}

/* On the coarsest tile, which is kept as long as its source is open: nothing is
 * read. */
static void
on_zoom_tissue (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  SacSource *source = sac_document_get_source (get_document (window));
  SacTileStore *store =
    sac_tiles_get_store (sac_document_get_tiles (get_document (window)));

  if (source == NULL || store == NULL)
    return;

  SacTileKey key = {sac_tile_store_get_level_count (store, source) - 1, 0, 0};
  SacTile tile = sac_tile_store_peek (store, source, &key);
  SacRect box;

  if (tile.state != SAC_TILE_READY) {
    sac_window_tell (window, _ ("The overview of the image is not there yet."));
    return;
  }
  if (!sac_tissue_box_find (tile.image, &box)) {
    sac_window_tell (window, _ ("No tissue stands out from the background."));
    return;
  }

  double across = (double)sac_source_get_width (source) / tile.image->width;
  double down = (double)sac_source_get_height (source) / tile.image->height;
  SacRect tissue = {box.x * across, box.y * down, box.width * across,
                    box.height * down};

  sac_viewport_frame_rect (get_viewport (window), &tissue);
}

static void
on_zoom_actual (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_viewport_glide_scale (get_viewport (window), 1);
}

static void
on_magnify (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  SacSource *source = sac_document_get_source (get_document (window));
  double power = source != NULL ? sac_magnification_get (source, NULL) : 0;

  if (power > 0)
    sac_viewport_glide_scale (get_viewport (window),
                              g_variant_get_double (parameter) / power);
}

static void
on_zoom_map (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  SacFindings *findings =
    sac_pane_state_get_findings (get_active_state (window));

  if (findings == NULL)
    return;

  SacRect seen = findings->geometries[findings->input]->seen;
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

static void
on_pan_page (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  int dx, dy;

  parse_direction (parameter, &dx, &dy);
  sac_viewport_glide_pages (get_viewport (window), PAGE * dx, PAGE * dy);
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

static SacImageLook *
get_look (gpointer window)
{
  return sac_document_get_look (get_document (window));
}

static void
on_overview (GSimpleAction *action, GVariant *state, gpointer window)
{
  sac_image_look_set_overview (get_look (window),
                               g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static void
on_tone (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_window_open_tone (window);
}

static void
on_plain_tone (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sac_undo_toasts_plain_tone (window);
}

static const GActionEntry entries[] = {
  {"zoom-in", on_zoom_in},
  {"zoom-out", on_zoom_out},
  {"zoom-fit", on_zoom_fit},
  {"zoom-all", on_zoom_all},
  {"zoom-tissue", on_zoom_tissue},
  {"zoom-actual", on_zoom_actual},
  {"zoom-map", on_zoom_map},
  {"magnify", on_magnify, "d"},
  {"pan", on_pan, "s"},
  {"pan-page", on_pan_page, "s"},
  {"cursor", on_cursor, "s"},
  {"turn", on_turn, "i"},
  {"turn-slightly", on_turn_slightly, "i"},
  {"flip", on_flip},
  {"upright", on_upright},
  {"overview", NULL, NULL, "true", on_overview},
  {"tone", on_tone},
  {"plain-tone", on_plain_tone},
};

void
sac_view_actions_add (SacWindow *window)
{
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries,
                                   G_N_ELEMENTS (entries), window);
}

bool
sac_view_actions_is_met (SacWindow *window, SacCommandNeed need)
{
  SacSource *source = sac_document_get_source (get_document (window));

  if (source == NULL)
    return false;
  if (need == SAC_NEED_POWER)
    return sac_magnification_get (source, NULL) > 0;
  if (need == SAC_NEED_SLIDE)
    return sac_source_is_slide (source);

  SacRect bounds = sac_source_get_bounds (source);

  return bounds.width < (double)sac_source_get_width (source) ||
         bounds.height < (double)sac_source_get_height (source);
}
