/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Parts of scene.h that only this folder calls. */
#ifndef SAC_SCENE_SCENE_PARTS_H
#define SAC_SCENE_SCENE_PARTS_H

#include "scene/scene.h"

/* sac_scene_draw_image with errors told; tiles NULL: read directly. */
bool sac_scene_paint_image (const SacScene *scene,
                            SacTileStore *tiles,
                            cairo_t *cr,
                            int width,
                            int height,
                            SacJob *job,
                            GError **error);

/* The same read directly, but with what is damaged hatched. */
bool sac_scene_paint_readable (const SacScene *scene,
                               cairo_t *cr,
                               int width,
                               int height,
                               SacJob *job,
                               GError **error);

/* The outline of what a model saw, as scene->show_seen draws it: dashed or
 * not, in a colour. */
typedef struct {
  uint32_t rgb;
  bool dashed;
  double line_width;
} SacSceneOutline;

void sac_scene_draw_outline (const SacScene *scene,
                             const SacRect *rect,
                             const SacSceneOutline *outline,
                             cairo_t *cr,
                             int width,
                             int height);

#endif
