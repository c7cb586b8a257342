/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How the maps of a document become colour. */
#include "document-parts.h"

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
sac_document_get_whole_scale (SacDocument *document,
                              SacPaneState *pane,
                              SacScale *ret_scale,
                              bool *ret_alone)
{
  SacScaleMode mode = sac_pane_state_get_display (pane)->scale_mode;
  const SacMap *map = sac_pane_state_get_shown_map (pane);
  double kept = 0;
  const SacMap *maps[SAC_PANES_MOST + 1] = {map};
  size_t count = 1;

  *ret_alone = false;
  if (map == NULL)
    return false;
  if (mode == SAC_SCALE_SHARED) {
    kept = sac_scale_keeper_find (sac_document_get_scale_keeper (document),
                                  map->unit);
    count = collect_sharing (document, map, maps);
    *ret_alone = kept == 0 && count == 1 && has_other_maps (document, map);
    if (*ret_alone)
      mode = SAC_SCALE_OWN;
  }
  *ret_scale = sac_scale_new (mode, maps, count);
  sac_scale_keep (ret_scale, kept);
  return true;
}

bool
sac_document_get_scale (SacDocument *document,
                        SacPaneState *pane,
                        SacScale *ret_scale,
                        bool *ret_alone)
{
  const SacDisplay *display = sac_pane_state_get_display (pane);

  if (!sac_document_get_whole_scale (document, pane, ret_scale, ret_alone))
    return false;
  if (display->is_clipped)
    sac_scale_clip (ret_scale, display->clip_low, display->clip_high);
  return true;
}

/* Whether what a reader does to the scale of `pane` is done to that of `other`
 * as well. */
static bool
shares (SacPaneState *pane, SacPaneState *other)
{
  const SacMap *maps[] = {sac_pane_state_get_map (pane),
                          sac_pane_state_get_map (other)};

  return pane == other ||
         (sac_pane_state_get_display (pane)->scale_mode == SAC_SCALE_SHARED &&
          sac_pane_state_get_display (other)->scale_mode == SAC_SCALE_SHARED &&
          maps[0] != NULL && maps[1] != NULL && sac_scale_can_share (maps, 2));
}

void
sac_document_clip (SacDocument *document,
                   SacPaneState *pane,
                   double low,
                   double high)
{
  for (guint i = 0; i < sac_document_get_pane_count (document); i++) {
    SacPaneState *other = sac_document_get_pane (document, i);
    SacDisplay display = *sac_pane_state_get_display (other);

    if (!shares (pane, other))
      continue;
    display.is_clipped = low < high;
    display.clip_low = low;
    display.clip_high = high;
    sac_pane_state_set_display (other, &display);
  }
}

void
sac_document_remember_scales (SacDocument *document)
{
  SacScaleKeeper *keeper = sac_document_get_scale_keeper (document);

  for (guint i = 0; i < sac_document_get_pane_count (document); i++) {
    SacPaneState *pane = sac_document_get_pane (document, i);
    SacScale scale;
    bool alone;

    if (sac_pane_state_get_display (pane)->scale_mode == SAC_SCALE_SHARED &&
        sac_document_get_whole_scale (document, pane, &scale, &alone) &&
        !scale.empty)
      sac_scale_keeper_remember (keeper,
                                 sac_pane_state_get_shown_map (pane)->unit,
                                 scale.high);
  }
}

void
sac_document_set_keeps_scale (SacDocument *document, bool keeps)
{
  sac_scale_keeper_set_on (sac_document_get_scale_keeper (document), keeps);
  for (guint i = 0; i < sac_document_get_pane_count (document); i++) {
    SacPaneState *pane = sac_document_get_pane (document, i);
    SacDisplay display = *sac_pane_state_get_display (pane);

    if (keeps)
      display.scale_mode = SAC_SCALE_SHARED;
    sac_pane_state_set_display (pane, &display);
  }
  sac_document_remember_scales (document);
}

bool
sac_document_get_contour (SacDocument *document,
                          SacPaneState *pane,
                          double *ret_level)
{
  double share = sac_pane_state_get_display (pane)->contour;
  SacScale scale;
  bool alone;

  if (!sac_document_get_whole_scale (document, pane, &scale, &alone))
    return false;
  *ret_level = scale.is_signed ? share * scale.high
                               : scale.low + share * (scale.high - scale.low);
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
    .map = sac_pane_state_get_shown_map (pane),
    .opacity = display->is_hidden ? 0 : display->opacity,
    .smooth = display->smooth,
    .fade = true,
  };
  if (!sac_document_get_scale (document, pane, &ret_layer->scale, &alone))
    return false;
  ret_layer->colors =
    choose_colors (ret_layer->scale.is_signed, display->colors);

  double level;

  if (display->has_contour && !display->is_hidden && !ret_layer->scale.empty &&
      sac_document_get_contour (document, pane, &level))
    ret_layer->contours =
      sac_contour_cache_get (sac_pane_state_get_contours (pane), ret_layer->map,
                             &ret_layer->scale, level);
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
  *ret_layer =
    sac_scene_difference_layer (map, choose_colors (true, display->colors),
                                display->opacity, display->smooth);
  return true;
}

SacMapLayer
sac_document_layer_of_stacked (const SacStackedMap *item)
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
  return layer;
}

bool
sac_document_get_sketch (SacDocument *document, SacMapLayer *ret_layer)
{
  SacMap *map = document->sketch;

  if (map == NULL)
    return false;
  *ret_layer = (SacMapLayer){
    .map = map,
    .scale = {.mode = SAC_SCALE_OWN, .low = 0, .high = 1},
  };
  ret_layer->colors = choose_colors (false, NULL);
  /* The line alone: what is under a sketch is what it is judged by. */
  ret_layer->contours = sac_contour_cache_get (&document->sketch_lines, map,
                                               &ret_layer->scale, 0.5);
  return true;
}

GArray *
sac_document_get_layers (SacDocument *document, SacPaneState *pane)
{
  GArray *layers = g_array_new (FALSE, FALSE, sizeof (SacMapLayer));
  SacMapStack *stack = sac_pane_state_get_stack (pane);
  SacMapLayer layer;

  if (sac_document_is_peeking (document))
    return layers;
  if (sac_document_get_layer (document, pane, &layer))
    g_array_append_val (layers, layer);
  for (guint i = 0; i < sac_map_stack_get_count (stack); i++) {
    const SacStackedMap *item = sac_map_stack_get (stack, i);

    if (item->is_visible) {
      layer = sac_document_layer_of_stacked (item);
      g_array_append_val (layers, layer);
    }
  }
  if (sac_document_get_sketch (document, &layer))
    g_array_append_val (layers, layer);
  return layers;
}
