/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How the maps of a document become colour. */
#include "document.h"

/* The maps that share a scale with a pane's: of all shown panes, those of its
 * unit.  Returns: how many. */
static size_t
collect_sharing (SacDocument *document, const SacMap *map, const SacMap **maps)
{
  size_t count = 0;

  maps[count++] = map;
  for (guint i = 0; i < sac_document_get_pane_count (document); i++) {
    const SacMap *other =
      sac_pane_state_get_map (sac_document_get_pane (document, i));

    if (other != NULL && other != map &&
        sac_scale_can_share ((const SacMap *[]){map, other}, 2))
      maps[count++] = other;
  }
  return count;
}

static bool
has_other_maps (SacDocument *document, const SacMap *map)
{
  for (guint i = 0; i < sac_document_get_pane_count (document); i++) {
    const SacMap *other =
      sac_pane_state_get_map (sac_document_get_pane (document, i));

    if (other != NULL && other != map)
      return true;
  }
  return false;
}

bool
sac_document_get_scale (SacDocument *document,
                        SacPaneState *pane,
                        SacScale *ret_scale,
                        bool *ret_alone)
{
  SacScaleMode mode = sac_pane_state_get_display (pane)->scale_mode;
  const SacMap *map = sac_pane_state_get_map (pane);
  const SacMap *maps[SAC_PANES_MOST + 1] = {map};
  size_t count = 1;

  *ret_alone = false;
  if (map == NULL)
    return false;
  if (mode == SAC_SCALE_SHARED) {
    count = collect_sharing (document, map, maps);
    *ret_alone = count == 1 && has_other_maps (document, map);
    if (*ret_alone)
      mode = SAC_SCALE_OWN;
  }
  *ret_scale = sac_scale_new (mode, maps, count);
  return true;
}

/* A signed scale needs colours whose middle is zero, any other must not have
 * them; within that the reader's choice counts. */
static const SacColorMap *
choose_colors (bool is_signed, const SacColorMap *wanted)
{
  const SacColorMap *const *all = sac_color_maps_get_all ();

  if (wanted != NULL && wanted->diverging == is_signed)
    return wanted;
  while ((*all)->diverging != is_signed)
    all++;
  return *all;
}

bool
sac_document_get_layer (SacDocument *document,
                        SacPaneState *pane,
                        SacMapLayer *ret_layer)
{
  const SacDisplay *display = sac_pane_state_get_display (pane);
  bool alone;

  *ret_layer = (SacMapLayer){
    .map = sac_pane_state_get_map (pane),
    .opacity = display->is_hidden ? 0 : display->opacity,
    .smooth = display->smooth,
    .fade = true,
  };
  if (!sac_document_get_scale (document, pane, &ret_layer->scale, &alone))
    return false;
  ret_layer->colors =
    choose_colors (ret_layer->scale.is_signed, display->colors);
  return true;
}

bool
sac_document_get_difference (SacDocument *document, SacMapLayer *ret_layer)
{
  SacPaneState *pane =
    sac_pane_set_get_compared (sac_document_get_panes (document), 0);
  const SacDisplay *display = sac_pane_state_get_display (pane);
  const SacMap *map =
    sac_comparison_get_difference (sac_document_get_comparison (document));

  if (map == NULL)
    return false;
  *ret_layer = (SacMapLayer){
    .map = map,
    .scale = sac_scale_new (SAC_SCALE_OWN, &map, 1),
    .opacity = display->opacity,
    .smooth = display->smooth,
    .fade = true,
  };
  /* Zero in the middle, even where A is higher everywhere. */
  ret_layer->scale.is_signed = true;
  ret_layer->scale.low = -ret_layer->scale.high;
  ret_layer->colors = choose_colors (true, display->colors);
  return true;
}

static void
append_stacked (GArray *layers, const SacStackedMap *item)
{
  const SacMap *maps[] = {item->map};
  SacMapLayer layer = {
    .map = item->map,
    .scale = sac_scale_new (item->scale_mode, maps, 1),
    .opacity = item->opacity,
    .smooth = item->smooth,
    .fade = true,
  };

  layer.colors = choose_colors (layer.scale.is_signed, item->colors);
  g_array_append_val (layers, layer);
}

GArray *
sac_document_get_layers (SacDocument *document, SacPaneState *pane)
{
  GArray *layers = g_array_new (FALSE, FALSE, sizeof (SacMapLayer));
  SacMapStack *stack = sac_pane_state_get_stack (pane);
  SacMapLayer layer;

  if (sac_document_get_layer (document, pane, &layer))
    g_array_append_val (layers, layer);
  for (guint i = 0; i < sac_map_stack_get_count (stack); i++) {
    const SacStackedMap *item = sac_map_stack_get (stack, i);

    if (item->is_visible)
      append_stacked (layers, item);
  }
  return layers;
}
