/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "viewport-parts.h"

#include <math.h>

#define QUARTER (G_PI / 2)

G_DEFINE_FINAL_TYPE (SacViewport, sac_viewport, G_TYPE_OBJECT)

enum { CHANGED, MOVING, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

bool
sac_viewport_has_view (SacViewport *viewport)
{
  return viewport->image_width > 0 && viewport->pane_width > 0 &&
         viewport->pane_height > 0;
}

static void
clamp (SacViewport *viewport, SacCamera *camera)
{
  sac_camera_clamp (camera, viewport->image_width, viewport->image_height,
                    viewport->pane_width, viewport->pane_height);
}

static void
fit_camera (SacViewport *viewport, SacCamera *camera)
{
  sac_camera_frame (camera, &viewport->home, viewport->pane_width,
                    viewport->pane_height);
}

static SacCamera
fitted_camera (SacViewport *viewport)
{
  SacCamera camera = viewport->camera;

  fit_camera (viewport, &camera);
  return camera;
}

void
sac_viewport_set_camera (SacViewport *viewport, const SacCamera *camera)
{
  viewport->camera = *camera;
  clamp (viewport, &viewport->camera);
  g_signal_emit (viewport, signals[CHANGED], 0);
}

static void
zoom_camera (SacCamera *camera, double factor, double x, double y)
{
  /* A pane of no size has its middle at the origin: offsets are positions. */
  sac_camera_zoom_at (camera, factor, x, y, 0, 0);
}

void
sac_viewport_begin_motion (SacViewport *viewport, SacMotion motion)
{
  bool was_moving = viewport->motion != SAC_MOTION_NONE;

  viewport->motion = motion;
  viewport->fitted = false;
  if (was_moving)
    return;
  viewport->last_us = 0;
  g_signal_emit (viewport, signals[MOVING], 0);
}

static void
glide_to (SacViewport *viewport, const SacCamera *camera, bool anchored)
{
  viewport->target = *camera;
  clamp (viewport, &viewport->target);
  viewport->anchored = anchored;
  if (viewport->animated) {
    sac_viewport_begin_motion (viewport, SAC_MOTION_GLIDE);
    return;
  }
  viewport->motion = SAC_MOTION_NONE;
  viewport->fitted = false;
  sac_viewport_set_camera (viewport, &viewport->target);
}

/* Where the camera will be when the present motion has ended. */
static SacCamera
get_goal (SacViewport *viewport)
{
  SacCamera goal = viewport->camera;

  if (viewport->motion != SAC_MOTION_GLIDE)
    return goal;
  if (!viewport->anchored)
    return viewport->target;
  zoom_camera (&goal, viewport->target.scale / goal.scale, viewport->anchor_x,
               viewport->anchor_y);
  return goal;
}

SacViewport *
sac_viewport_new (void)
{
  return g_object_new (SAC_TYPE_VIEWPORT, NULL);
}

void
sac_viewport_set_image (SacViewport *viewport, double width, double height)
{
  viewport->image_width = width;
  viewport->image_height = height;
  viewport->home = (SacRect){0, 0, width, height};
  viewport->camera.rotation = 0;
  viewport->camera.mirror = false;
  viewport->motion = SAC_MOTION_NONE;
  viewport->fitted = true;
  if (!sac_viewport_has_view (viewport))
    return;

  SacCamera camera = fitted_camera (viewport);

  sac_viewport_set_camera (viewport, &camera);
}

void
sac_viewport_set_home (SacViewport *viewport, const SacRect *home)
{
  viewport->home = *home;
  if (!sac_viewport_has_view (viewport) || !viewport->fitted)
    return;

  SacCamera camera = fitted_camera (viewport);

  sac_viewport_set_camera (viewport, &camera);
}

void
sac_viewport_set_pane_size (SacViewport *viewport, double width, double height)
{
  if (viewport->pane_width == width && viewport->pane_height == height)
    return;
  viewport->pane_width = width;
  viewport->pane_height = height;
  if (!sac_viewport_has_view (viewport))
    return;

  SacCamera camera =
    viewport->fitted ? fitted_camera (viewport) : viewport->camera;

  sac_viewport_set_camera (viewport, &camera);
}

void
sac_viewport_set_animated (SacViewport *viewport, bool animated)
{
  viewport->animated = animated;
}

const SacCamera *
sac_viewport_get_camera (SacViewport *viewport)
{
  return &viewport->camera;
}

bool
sac_viewport_is_fitted (SacViewport *viewport)
{
  return viewport->fitted;
}

void
sac_viewport_restore (SacViewport *viewport,
                      const SacCamera *camera,
                      bool fitted)
{
  SacCamera restored = *camera;

  viewport->motion = SAC_MOTION_NONE;
  viewport->fitted = fitted;
  /* Before the window has its size: the panes' first one applies it. */
  if (!sac_viewport_has_view (viewport)) {
    viewport->camera = restored;
    return;
  }
  if (fitted)
    fit_camera (viewport, &restored);
  sac_viewport_set_camera (viewport, &restored);
}

void
sac_viewport_pan (SacViewport *viewport, double dx, double dy)
{
  if (!sac_viewport_has_view (viewport))
    return;

  SacCamera camera = viewport->camera;

  viewport->motion = SAC_MOTION_NONE;
  viewport->fitted = false;
  sac_camera_pan (&camera, dx, dy);
  sac_viewport_set_camera (viewport, &camera);
}

void
sac_viewport_move_to (SacViewport *viewport, double x, double y)
{
  if (!sac_viewport_has_view (viewport))
    return;

  SacCamera camera = viewport->camera;

  viewport->motion = SAC_MOTION_NONE;
  viewport->fitted = false;
  camera.x = x;
  camera.y = y;
  sac_viewport_set_camera (viewport, &camera);
}

void
sac_viewport_zoom_at (SacViewport *viewport,
                      double factor,
                      double offset_x,
                      double offset_y)
{
  if (!sac_viewport_has_view (viewport))
    return;

  SacCamera camera = viewport->camera;
  SacCamera limit = camera;

  /* The limit of the scale first, so that the anchor holds at the limit too. */
  limit.scale *= factor;
  clamp (viewport, &limit);
  viewport->motion = SAC_MOTION_NONE;
  viewport->fitted = false;
  zoom_camera (&camera, limit.scale / camera.scale, offset_x, offset_y);
  sac_viewport_set_camera (viewport, &camera);
}

void
sac_viewport_turn_at (SacViewport *viewport,
                      double radians,
                      double offset_x,
                      double offset_y)
{
  if (!sac_viewport_has_view (viewport))
    return;

  SacCamera camera = viewport->camera;

  viewport->motion = SAC_MOTION_NONE;
  viewport->fitted = false;
  sac_camera_turn_at (&camera, radians, offset_x, offset_y, 0, 0);
  sac_viewport_set_camera (viewport, &camera);
}

void
sac_viewport_flip (SacViewport *viewport)
{
  if (!sac_viewport_has_view (viewport))
    return;

  SacCamera camera = get_goal (viewport);

  viewport->motion = SAC_MOTION_NONE;
  sac_camera_flip (&camera);
  sac_viewport_set_camera (viewport, &camera);
}

void
sac_viewport_glide_zoom (SacViewport *viewport,
                         double factor,
                         double offset_x,
                         double offset_y)
{
  if (!sac_viewport_has_view (viewport))
    return;
  if (!viewport->animated) {
    sac_viewport_zoom_at (viewport, factor, offset_x, offset_y);
    return;
  }

  SacCamera goal = get_goal (viewport);
  bool travels = viewport->motion == SAC_MOTION_GLIDE && !viewport->anchored;

  if (travels)
    zoom_camera (&goal, factor, offset_x, offset_y);
  else
    goal.scale *= factor;
  viewport->anchor_x = offset_x;
  viewport->anchor_y = offset_y;
  glide_to (viewport, &goal, !travels);
}

void
sac_viewport_glide_pan (SacViewport *viewport, double dx, double dy)
{
  if (!sac_viewport_has_view (viewport))
    return;

  SacCamera goal = get_goal (viewport);

  sac_camera_pan (&goal, dx, dy);
  glide_to (viewport, &goal, false);
}

void
sac_viewport_glide_pages (SacViewport *viewport, double right, double down)
{
  sac_viewport_glide_pan (viewport, -rint (right * viewport->pane_width),
                          -rint (down * viewport->pane_height));
}

void
sac_viewport_glide_scale (SacViewport *viewport, double scale)
{
  sac_viewport_glide_zoom (viewport, scale / viewport->camera.scale, 0, 0);
}

/* What shows the whole image before a turn does so after it. */
static void
glide_rotation (SacViewport *viewport, double rotation)
{
  SacCamera goal = get_goal (viewport);
  bool fitted = viewport->fitted;

  goal.rotation = remainder (rotation, 2 * G_PI);
  if (fitted)
    fit_camera (viewport, &goal);
  glide_to (viewport, &goal, false);
  viewport->fitted = fitted;
}

void
sac_viewport_glide_quarters (SacViewport *viewport, int quarters)
{
  if (!sac_viewport_has_view (viewport))
    return;

  double present = get_goal (viewport).rotation / QUARTER;
  double nearest = rint (present);
  double from = fabs (present - nearest) < 1e-6 ? nearest
                : quarters > 0                  ? floor (present)
                : quarters < 0                  ? ceil (present)
                                                : nearest;

  glide_rotation (viewport, (from + quarters) * QUARTER);
}

void
sac_viewport_glide_turn (SacViewport *viewport, double radians)
{
  if (sac_viewport_has_view (viewport))
    glide_rotation (viewport, get_goal (viewport).rotation + radians);
}

void
sac_viewport_glide_upright (SacViewport *viewport)
{
  if (!sac_viewport_has_view (viewport))
    return;
  if (viewport->camera.mirror)
    sac_viewport_flip (viewport);
  glide_rotation (viewport, 0);
}

void
sac_viewport_fit (SacViewport *viewport)
{
  if (!sac_viewport_has_view (viewport))
    return;

  SacCamera target = get_goal (viewport);

  fit_camera (viewport, &target);
  glide_to (viewport, &target, false);
  viewport->fitted = true;
}

void
sac_viewport_show_rect (SacViewport *viewport, const SacRect *rect)
{
  if (!sac_viewport_has_view (viewport))
    return;

  SacCamera target = get_goal (viewport);

  sac_camera_fit_rect (&target, rect, viewport->pane_width,
                       viewport->pane_height);
  glide_to (viewport, &target, false);
}

void
sac_viewport_frame_rect (SacViewport *viewport, const SacRect *rect)
{
  if (!sac_viewport_has_view (viewport))
    return;

  SacCamera target = get_goal (viewport);

  sac_camera_frame (&target, rect, viewport->pane_width, viewport->pane_height);
  glide_to (viewport, &target, false);
}

void
sac_viewport_show_all (SacViewport *viewport)
{
  SacRect whole = {0, 0, viewport->image_width, viewport->image_height};

  sac_viewport_frame_rect (viewport, &whole);
}

void
sac_viewport_halt (SacViewport *viewport)
{
  viewport->motion = SAC_MOTION_NONE;
}

bool
sac_viewport_is_moving (SacViewport *viewport)
{
  return viewport->motion != SAC_MOTION_NONE;
}

static guint
new_signal (const char *name)
{
  return g_signal_new (name, SAC_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0, NULL,
                       NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_viewport_class_init (SacViewportClass *klass)
{
  signals[CHANGED] = new_signal ("changed");
  signals[MOVING] = new_signal ("moving");
}

static void
sac_viewport_init (SacViewport *viewport)
{
  viewport->camera.scale = 1;
  viewport->animated = true;
}
