/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "viewport-parts.h"

#include <math.h>

/* Time constants of the two motions: what is left to go falls to 1/e. */
#define GLIDE_SECONDS 0.05
#define FLING_SECONDS 0.325

/* A fling is over below this speed, a glide below these distances. */
#define SLOW_PIXELS_PER_SECOND 12.0
#define NEAR_PIXELS 0.25
#define NEAR_SCALE 0.001
#define NEAR_RADIANS 0.0005

/* A frame that took longer than this counts as this long, so that a stall does
 * not become a leap. */
#define LONGEST_STEP_SECONDS 0.1

void
sac_viewport_fling (SacViewport *viewport, double vx, double vy)
{
  if (!sac_viewport_has_view (viewport) || !viewport->animated ||
      hypot (vx, vy) < SLOW_PIXELS_PER_SECOND)
    return;
  viewport->rest_x = viewport->rest_y = 0;
  viewport->vx = vx;
  viewport->vy = vy;
  sac_viewport_begin_motion (viewport, SAC_MOTION_FLING);
}

/* Moves that keep the scale go by whole pixels, so that what is on the screen
 * can be moved instead of painted anew.  The rest is left for the next step. */
static void
step_fling (SacViewport *viewport, SacCamera *camera, double seconds)
{
  double decay = exp (-seconds / FLING_SECONDS);
  double way = FLING_SECONDS * (1 - decay);
  double x = viewport->rest_x + viewport->vx * way;
  double y = viewport->rest_y + viewport->vy * way;

  sac_camera_pan (camera, rint (x), rint (y));
  viewport->rest_x = x - rint (x);
  viewport->rest_y = y - rint (y);
  viewport->vx *= decay;
  viewport->vy *= decay;
  if (hypot (viewport->vx, viewport->vy) < SLOW_PIXELS_PER_SECOND)
    viewport->motion = SAC_MOTION_NONE;
}

/* A share of the way, at least a pixel of it. */
static double
take_pixels (double way, double share)
{
  return fabs (way) < 1 ? way : copysign (ceil (fabs (way) * share), way);
}

static void
step_pan (const SacCamera *target, SacCamera *camera, double share)
{
  double x, y;

  sac_camera_to_screen (camera, 0, 0, target->x, target->y, &x, &y);
  sac_camera_pan (camera, -take_pixels (x, share), -take_pixels (y, share));
}

static void
step_zoom (SacViewport *viewport, SacCamera *camera, double share)
{
  double left = log (viewport->target.scale / camera->scale);

  if (fabs (left) < NEAR_SCALE) {
    share = 1;
    viewport->motion = SAC_MOTION_NONE;
  }
  sac_camera_zoom_at (camera, exp (left * share), viewport->anchor_x,
                      viewport->anchor_y, 0, 0);
}

static void
step_travel (SacViewport *viewport, SacCamera *camera, double share)
{
  const SacCamera *target = &viewport->target;
  double left = log (target->scale / camera->scale);
  double dx = target->x - camera->x;
  double dy = target->y - camera->y;
  double turn = remainder (target->rotation - camera->rotation, 2 * G_PI);

  if (fabs (left) < NEAR_SCALE && fabs (turn) < NEAR_RADIANS &&
      hypot (dx, dy) * target->scale < NEAR_PIXELS) {
    *camera = *target;
    viewport->motion = SAC_MOTION_NONE;
    return;
  }
  if (left == 0 && turn == 0) {
    step_pan (target, camera, share);
    return;
  }
  camera->scale *= exp (left * share);
  camera->x += dx * share;
  camera->y += dy * share;
  camera->rotation = remainder (camera->rotation + turn * share, 2 * G_PI);
}

bool
sac_viewport_step (SacViewport *viewport, gint64 now_us)
{
  if (viewport->motion == SAC_MOTION_NONE)
    return false;
  if (now_us == viewport->last_us)
    return true;

  double seconds = viewport->last_us > 0
                     ? fmax ((now_us - viewport->last_us) / 1e6, 0)
                     : 1.0 / 60;
  double share =
    1 - exp (-fmin (seconds, LONGEST_STEP_SECONDS) / GLIDE_SECONDS);
  SacCamera camera = viewport->camera;

  viewport->last_us = now_us;
  if (viewport->motion == SAC_MOTION_FLING)
    step_fling (viewport, &camera, fmin (seconds, LONGEST_STEP_SECONDS));
  else if (viewport->anchored)
    step_zoom (viewport, &camera, share);
  else
    step_travel (viewport, &camera, share);
  sac_viewport_set_camera (viewport, &camera);
  return viewport->motion != SAC_MOTION_NONE;
}
