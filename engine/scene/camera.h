/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Where a reader looks: one camera, shared by all panes that are linked.
 *
 * Everything is a double in level-0 pixels, so that panes cannot drift apart by
 * rounding.  Screen means the pane's own pixels, origin at its top left. */
#ifndef SAC_SCENE_CAMERA_H
#define SAC_SCENE_CAMERA_H

#include "image/geometry.h"

typedef struct {
  double x, y;     /* level-0 point in the middle of the pane */
  double scale;    /* screen pixels per level-0 pixel, > 0 */
  double rotation; /* radians, clockwise on screen */
  bool mirror;     /* left and right exchanged, before rotation */
} SacCamera;

/* A part of the image in a pane, as large as it goes; framed: with a small
 * margin. */
void sac_camera_frame (SacCamera *camera,
                       const SacRect *rect,
                       double pane_width,
                       double pane_height);
void sac_camera_fit_rect (SacCamera *camera,
                          const SacRect *rect,
                          double pane_width,
                          double pane_height);

void sac_camera_to_screen (const SacCamera *camera,
                           double pane_width,
                           double pane_height,
                           double x,
                           double y,
                           double *ret_screen_x,
                           double *ret_screen_y);
void sac_camera_to_image (const SacCamera *camera,
                          double pane_width,
                          double pane_height,
                          double screen_x,
                          double screen_y,
                          double *ret_x,
                          double *ret_y);

/* Keeps the point under (screen_x, screen_y) where it is. */
void sac_camera_zoom_at (SacCamera *camera,
                         double factor,
                         double screen_x,
                         double screen_y,
                         double pane_width,
                         double pane_height);
void sac_camera_pan (SacCamera *camera, double screen_dx, double screen_dy);

/* Turns by an angle clockwise and keeps the point under (screen_x, screen_y)
 * where it is.  The rotation stays within [-pi, pi]. */
void sac_camera_turn_at (SacCamera *camera,
                         double radians,
                         double screen_x,
                         double screen_y,
                         double pane_width,
                         double pane_height);

/* Left and right of the screen change places; the middle stays. */
void sac_camera_flip (SacCamera *camera);

/* True when level-0 rectangles are rectangles on the screen. */
bool sac_camera_is_upright (const SacCamera *camera);

/* Scale within [fit / 4, the larger of 32 and fit], centre on the image. */
void sac_camera_clamp (SacCamera *camera,
                       double image_width,
                       double image_height,
                       double pane_width,
                       double pane_height);

/* The level-0 rectangle that contains all that is visible. */
SacRect sac_camera_visible (const SacCamera *camera,
                            double pane_width,
                            double pane_height);

#endif
