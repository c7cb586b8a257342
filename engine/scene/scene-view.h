/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* All that a pane shows of an image: camera and tone, maps over one another
 * with their lines, a second set of maps that they are compared with, where two
 * maps disagree, annotations, marks.  A value that owns its parts.  What is
 * selected, drawn or pointed at, and the inset over a small map, are the
 * window's and are not part of it. */
#ifndef SAC_SCENE_SCENE_VIEW_H
#define SAC_SCENE_SCENE_VIEW_H

#include "annotation/annotation.h"
#include "scene/compare.h"

/* A pane's own map, and what is laid over it. */
#define SAC_SCENE_LAYERS_MOST 32

typedef struct {
  SacMapLayer layer; /* the map is held; without lines, which are made when the
                        view is drawn */
  bool has_contour;
  double contour; /* of the lines, in the unit of the layer's scale */
} SacSceneLayer;

/* Outlines of the regions in which two maps disagree (map/disagreement.h). */
typedef struct {
  const SacMap *a, *b; /* held; NULL: none are shown */
  double share, least;
} SacSceneOutlines;

typedef struct {
  SacScene scene; /* source and, where there is one, layer.map are held: the map
                     whose part of the image is outlined */
  bool has_camera;         /* false: all that was scanned */
  SacTone tone;            /* scene.tone points here */
  GArray *layers;          /* of SacSceneLayer, from bottom to top */
  GArray *others;          /* B's, likewise */
  SacSceneCompare compare; /* mode SIDE: one picture */
  double share;            /* of the cells: agreement's top ones */
  const SacColorMap *difference_colors;
  SacSceneOutlines outlines;
  SacAnnotations *annotations; /* NULL: none are shown */
  char *other;    /* path of the image that the models saw beside this one, of a
                     pair; told, not drawn; NULL: none */
  bool is_second; /* this one was the model's second input */
} SacSceneView;

/* Of a source, with plain tone, side by side and without anything else. */
SacSceneView *sac_scene_view_new (SacSource *source);
void sac_scene_view_free (SacSceneView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacSceneView, sac_scene_view_free)

/* The map whose part of the image is outlined; NULL: none. */
void sac_scene_view_set_seen (SacSceneView *view, const SacMap *map);

/* Refs the maps, which have a geometry. */
void sac_scene_view_set_outlines (SacSceneView *view,
                                  const SacSceneOutlines *outlines);

/* On top of `layers`, one of the view's two.  Refs the map.  contour: at which
 * value it has lines; NULL: it has none. */
void sac_scene_view_add (GArray *layers,
                         const SacMapLayer *layer,
                         const double *contour);

/* Waits for all tiles of the view.  ret_problem: why some of it cannot be read,
 * a new string, NULL: all of it can.  Errors: TOO_LARGE, cancelled, those of
 * sac_map_difference, sac_overlap_new and sac_disagreement_new. */
SacImage *sac_scene_view_draw (const SacSceneView *view,
                               int width,
                               int height,
                               SacJob *job,
                               char **ret_problem,
                               GError **error);

#endif
