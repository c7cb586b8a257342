/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What one pane shows as a file, and its picture without a window: the same
 * pixels as the window's cairo back-end makes.
 *
 * JSON: {"schema": 2, "image": PATH,
 *  "layers": [{"map": PATH, "map_index": 0,
 *    "scale": "own" | "stretched" | "percentile" | [LOW, HIGH],
 *    "clip": [LOW, HIGH], "colors": NAME, "opacity": 0.7, "smooth": false,
 *    "contour": VALUE}, ...],
 *  "compare": {"mode": "swipe" | "lens" | "flicker" | "difference" |
 *    "agreement", "layers": [...], "divider": 0.5, "lens": [X, Y],
 *    "lens_radius": 110, "lens_square": false, "turn": "A" | "B",
 *    "share": 0.1, "colors": NAME},
 *  "disagreement": {"a": {"map": PATH, "map_index": 0}, "b": {...},
 *    "share": 0.2, "least": 0.01},
 *  "camera": {"x", "y", "scale", "rotation": DEGREES, "mirror"},
 *  "tone": {"brightness": 0, "contrast": 1, "gamma": 1},
 *  "other": {"image": PATH, "shown_is_second": false},
 *  "annotations": PATH, "seen": true, "scale_bar": true, "text_size": 13,
 *  "cursor": [X, Y]}
 * All but "image" optional.  "other" is the image that goes along for models of
 * two, which no picture shows; "disagreement" outlines the regions of
 * map/disagreement.h.  Layers lie from bottom to top; those of
 * "compare" are B's, and a difference and an agreement are of the first of
 * each.  A layer may also stand in the scene itself, as in schema 1: "map",
 * "scale" and so on. Paths are relative to the file's folder or begin with
 * "demo:"; without a camera all that was scanned is shown.  Places are level-0
 * pixels, but for the lens, which is at a pixel of the picture; the camera's
 * are the middle of the view and screen pixels per level-0 pixel. */
#ifndef SAC_SCENE_SCENE_FILE_H
#define SAC_SCENE_SCENE_FILE_H

#include "scene/scene-view.h"

#define SAC_SCENE_FILE_SCHEMA 2
#define SAC_SCENE_FILE_SIDE_MAX 16384

/* Opens image, maps and annotations.  Errors: those of reading JSON, images,
 * maps and annotations; DAMAGED where a member is not what it has to be, with
 * its name; MISMATCH where a map is not one of this image. */
SacSceneView *
sac_scene_file_read (const char *path, SacJob *job, GError **error);

/* Maps go into NAME.maps.tif beside NAME.json, annotations into NAME.geojson;
 * the scene itself comes last.  Errors: UNWRITABLE; MISMATCH where one of the
 * two is there but no scene. */
bool sac_scene_file_write (const SacSceneView *view,
                           const char *path,
                           GError **error);

#endif
