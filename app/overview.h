/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The whole image in a corner of pane A, with a box around what the panes show.
 * It is turned and mirrored as they are, so that the box is upright.  Pressed
 * and dragged, it moves the camera. */
#ifndef SAC_APP_OVERVIEW_H
#define SAC_APP_OVERVIEW_H

#include "canvas-overlay.h"

void sac_overview_attach (SacCanvas *canvas,
                          SacDocument *document,
                          SacPaneState *pane);

/* Where it lies on a view, and the camera of its own picture.
 * Returns: false where it is not shown: hidden by the reader, no use because
 * everything is in view, or no room. */
bool sac_overview_find_place (const SacCanvasView *view,
                              graphene_rect_t *ret_place,
                              SacCamera *ret_camera);

#endif
