/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What one pane shows as a file, and its picture without a window: the same
 * pixels as the window's cairo back-end makes.
 *
 * JSON: {"schema": 1, "image": PATH, "map": PATH, "map_index": 0,
 *  "camera": {"x", "y", "scale", "rotation": DEGREES, "mirror"},
 *  "scale": "own" | "stretched" | "percentile" | [LOW, HIGH],
 *  "colors": NAME, "opacity": 0.7, "smooth": false, "seen": true,
 *  "scale_bar": true, "cursor": [X, Y],
 *  "tone": {"brightness": 0, "contrast": 1, "gamma": 1}}
 * All but "image" optional; paths are relative to the file's folder or begin
 * with "demo:"; without a camera all that was scanned is
 * shown.  Places are level-0
 * pixels; the camera's are the middle of the view and screen pixels per level-0
 * pixel. */
#ifndef SAC_SCENE_SCENE_FILE_H
#define SAC_SCENE_SCENE_FILE_H

#include "scene/scene.h"

#include <json-glib/json-glib.h>

#define SAC_SCENE_FILE_SIDE_MAX 16384

typedef struct {
  SacScene scene; /* borrows what follows */
  bool has_camera;
  SacSource *source;
  SacMap *map; /* NULL: none */
  SacTone tone;
} SacSceneFile;

/* Opens image and map.  Errors: those of reading JSON, images and maps; DAMAGED
 * where a member is not what it has to be, with its name; MISMATCH where the
 * map is not one of this image. */
SacSceneFile *
sac_scene_file_read (const char *path, SacJob *job, GError **error);
void sac_scene_file_free (SacSceneFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacSceneFile, sac_scene_file_free)

/* The JSON of a scene; map_path NULL: without one.  Returns: a new object. */
JsonObject *sac_scene_to_json (const SacScene *scene, const char *map_path);

/* Waits for all tiles of the view.  ret_problem: why some of it cannot be read,
 * a new string, NULL: all of it can.  Errors: TOO_LARGE, cancelled. */
SacImage *sac_scene_file_draw (const SacSceneFile *file,
                               int width,
                               int height,
                               SacJob *job,
                               char **ret_problem,
                               GError **error);

#endif
