/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The camera that all panes share, and its motion.
 *
 * Offsets are screen pixels from the middle of a pane, so that panes of unequal
 * size show the same place in their middle.  The viewport knows no clock: while
 * it moves, a canvas calls sac_viewport_step once a frame.
 *
 * Signals: "changed" the camera is another; "moving" motion began. */
#ifndef SAC_APP_VIEWPORT_H
#define SAC_APP_VIEWPORT_H

#include "scene/camera.h"

#include <glib-object.h>

#define SAC_TYPE_VIEWPORT (sac_viewport_get_type ())
G_DECLARE_FINAL_TYPE (SacViewport, sac_viewport, SAC, VIEWPORT, GObject)

SacViewport *sac_viewport_new (void);

/* Shows the whole of a new image at once. */
void
sac_viewport_set_image (SacViewport *viewport, double width, double height);

/* Not the whole image but this part of it is what is fitted.  Of each new image
 * it is the whole. */
void sac_viewport_set_home (SacViewport *viewport, const SacRect *home);

/* Of the smallest pane.  A view that shows the whole image keeps doing so. */
void
sac_viewport_set_pane_size (SacViewport *viewport, double width, double height);

/* Motion is smooth (the default), or every move is a jump. */
void sac_viewport_set_animated (SacViewport *viewport, bool animated);

const SacCamera *sac_viewport_get_camera (SacViewport *viewport);
bool sac_viewport_is_fitted (SacViewport *viewport);
/* As it was, at once; of a fitted one only the turn counts. */
void sac_viewport_restore (SacViewport *viewport,
                           const SacCamera *camera,
                           bool fitted);

/* Moves with the hand: at once, and any motion ends. */
void sac_viewport_pan (SacViewport *viewport, double dx, double dy);
/* The middle of the view, at a level-0 point. */
void sac_viewport_move_to (SacViewport *viewport, double x, double y);
void sac_viewport_zoom_at (SacViewport *viewport,
                           double factor,
                           double offset_x,
                           double offset_y);

/* By an angle clockwise, around the offset. */
void sac_viewport_turn_at (SacViewport *viewport,
                           double radians,
                           double offset_x,
                           double offset_y);
/* Left and right of the screen change places, at once. */
void sac_viewport_flip (SacViewport *viewport);

/* Moves that glide there.  Factors given in a row multiply up. */
void sac_viewport_glide_zoom (SacViewport *viewport,
                              double factor,
                              double offset_x,
                              double offset_y);
void sac_viewport_glide_pan (SacViewport *viewport, double dx, double dy);
/* By what a pane shows, and parts of it. */
void
sac_viewport_glide_pages (SacViewport *viewport, double right, double down);
void sac_viewport_glide_scale (SacViewport *viewport, double scale);
/* To the next so many quarters of a circle; what was turned freely comes to
 * rest upright. */
void sac_viewport_glide_quarters (SacViewport *viewport, int quarters);
void sac_viewport_glide_turn (SacViewport *viewport, double radians);
/* Neither turned nor mirrored. */
void sac_viewport_glide_upright (SacViewport *viewport);
void sac_viewport_fit (SacViewport *viewport);
/* As large as it goes; framed: with a small margin. */
void sac_viewport_show_rect (SacViewport *viewport, const SacRect *rect);
void sac_viewport_frame_rect (SacViewport *viewport, const SacRect *rect);
/* The whole image, also what was not scanned. */
void sac_viewport_show_all (SacViewport *viewport);

/* Goes on at a speed in screen pixels a second and slows down. */
void sac_viewport_fling (SacViewport *viewport, double vx, double vy);
void sac_viewport_halt (SacViewport *viewport);

bool sac_viewport_is_moving (SacViewport *viewport);

/* now_us: the frame's time.  The same time twice moves once.
 * Returns: false at rest. */
bool sac_viewport_step (SacViewport *viewport, gint64 now_us);

#endif
