/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* For the files that implement the viewport, and no others. */
#ifndef SAC_APP_VIEWPORT_PARTS_H
#define SAC_APP_VIEWPORT_PARTS_H

#include "viewport.h"

typedef enum { SAC_MOTION_NONE, SAC_MOTION_GLIDE, SAC_MOTION_FLING } SacMotion;

struct _SacViewport {
  GObject parent_instance;
  SacCamera camera;
  double image_width, image_height; /* 0: no image */
  SacRect home;                     /* of the image: what is fitted */
  double pane_width, pane_height;
  bool animated;
  bool fitted;

  SacMotion motion;
  gint64 last_us; /* 0: motion has just begun */
  /* Gliding.  With an anchor only the scale of the target counts: the image
   * point under the anchor stays there. */
  SacCamera target;
  bool anchored;
  double anchor_x, anchor_y;
  /* Flinging. */
  double vx, vy;
  double rest_x, rest_y; /* of the last step: less than a pixel */
};

/* An image, and a pane to show it in. */
bool sac_viewport_has_view (SacViewport *viewport);

/* Takes a copy within the limits and tells of it. */
void sac_viewport_set_camera (SacViewport *viewport, const SacCamera *camera);

/* What was fitted is so no more; tells of it where nothing moved before. */
void sac_viewport_begin_motion (SacViewport *viewport, SacMotion motion);

#endif
