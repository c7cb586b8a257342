/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/scene-view.h"

#define SHARE 0.1

static void
clear_layer (gpointer data)
{
  SacSceneLayer *item = data;

  sac_map_unref ((SacMap *)item->layer.map);
}

static GArray *
new_layers (void)
{
  GArray *layers = g_array_new (FALSE, FALSE, sizeof (SacSceneLayer));

  g_array_set_clear_func (layers, clear_layer);
  return layers;
}

SacSceneView *
sac_scene_view_new (SacSource *source)
{
  SacSceneView *view = g_new0 (SacSceneView, 1);

  view->scene.source = sac_source_ref (source);
  view->scene.tone = &view->tone;
  view->tone = sac_tone_plain;
  view->layers = new_layers ();
  view->others = new_layers ();
  view->share = SHARE;
  view->compare.divider = 0.5;
  return view;
}

void
sac_scene_view_free (SacSceneView *view)
{
  if (view == NULL)
    return;
  sac_scene_view_set_seen (view, NULL);
  sac_scene_view_set_outlines (view, &(SacSceneOutlines){NULL});
  g_array_unref (view->layers);
  g_array_unref (view->others);
  sac_annotations_free (view->annotations);
  g_free (view->other);
  sac_source_unref (view->scene.source);
  g_free (view);
}

void
sac_scene_view_set_seen (SacSceneView *view, const SacMap *map)
{
  SacScene *scene = &view->scene;

  if (map != NULL)
    sac_map_ref ((SacMap *)map);
  g_clear_pointer ((SacMap **)&scene->layer.map, sac_map_unref);
  scene->layer.map = map;
  scene->show_seen = map != NULL;
  scene->dim_unseen = map != NULL && !sac_scene_is_tile (map);
}

void
sac_scene_view_set_outlines (SacSceneView *view,
                             const SacSceneOutlines *outlines)
{
  SacSceneOutlines old = view->outlines;

  view->outlines = *outlines;
  if (outlines->a != NULL) {
    sac_map_ref ((SacMap *)outlines->a);
    sac_map_ref ((SacMap *)outlines->b);
  }
  g_clear_pointer ((SacMap **)&old.a, sac_map_unref);
  g_clear_pointer ((SacMap **)&old.b, sac_map_unref);
}

void
sac_scene_view_add (GArray *layers,
                    const SacMapLayer *layer,
                    const double *contour)
{
  SacSceneLayer item = {.layer = *layer, .has_contour = contour != NULL};

  sac_map_ref ((SacMap *)layer->map);
  item.layer.contours = NULL;
  if (contour != NULL)
    item.contour = *contour;
  g_array_append_val (layers, item);
}
