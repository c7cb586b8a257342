/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a pane shows, saved as a scene that `saccade-cli render` draws. */
#ifndef SAC_APP_SCENE_ACTIONS_H
#define SAC_APP_SCENE_ACTIONS_H

#include "scene/scene-view.h"
#include "window.h"

/* worker must outlive the window. */
void sac_scene_actions_add (SacWindow *window, SacWorker *worker);

/* What the active pane shows, or, while two panes are one picture, that
 * picture.  Needs an image.  A map that is not finished is left out.  Returns:
 * a new view. */
SacSceneView *sac_scene_actions_capture (SacWindow *window);

/* Writes it, off the main thread, and tells. */
void sac_scene_actions_save (SacWindow *window, const char *path);

#endif
