/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "viewport.h"

#include <math.h>

/* Time constants of the two motions: what is left to go falls to 1/e. */
#define GLIDE_SECONDS 0.05
#define FLING_SECONDS 0.325

/* A fling is over below this speed, a glide below these distances. */
#define SLOW_PIXELS_PER_SECOND 12.0
#define NEAR_PIXELS 0.25
#define NEAR_SCALE 0.001
#define NEAR_RADIANS 0.0005

#define QUARTER (G_PI / 2)

/* A frame that took longer than this counts as this long, so that a stall does
 * not become a leap. */
#define LONGEST_STEP_SECONDS 0.1

typedef enum { AT_REST, GLIDING, FLINGING } Motion;

struct _SacViewport {
  GObject parent_instance;
  SacCamera camera;
  double image_width, image_height; /* 0: no image */
  SacRect home;                     /* of the image: what is fitted */
  double pane_width, pane_height;
  bool animated;
  bool fitted;

  Motion motion;
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

G_DEFINE_FINAL_TYPE (SacViewport, sac_viewport, G_TYPE_OBJECT)

enum { CHANGED, MOVING, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static bool
has_view (SacViewport *viewport)
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

static void
set_camera (SacViewport *viewport, const SacCamera *camera)
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

static void
begin_motion (SacViewport *viewport, Motion motion)
{
  bool was_moving = viewport->motion != AT_REST;

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
    begin_motion (viewport, GLIDING);
    return;
  }
  viewport->motion = AT_REST;
  viewport->fitted = false;
  set_camera (viewport, &viewport->target);
}

/* Where the camera will be when the present motion has ended. */
static SacCamera
get_goal (SacViewport *viewport)
{
  SacCamera goal = viewport->camera;

  if (viewport->motion != GLIDING)
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
  viewport->motion = AT_REST;
  viewport->fitted = true;
  if (!has_view (viewport))
    return;

  SacCamera camera = fitted_camera (viewport);

  set_camera (viewport, &camera);
}

void
sac_viewport_set_home (SacViewport *viewport, const SacRect *home)
{
  viewport->home = *home;
  if (!has_view (viewport) || !viewport->fitted)
    return;

  SacCamera camera = fitted_camera (viewport);

  set_camera (viewport, &camera);
}

void
sac_viewport_set_pane_size (SacViewport *viewport, double width, double height)
{
  if (viewport->pane_width == width && viewport->pane_height == height)
    return;
  viewport->pane_width = width;
  viewport->pane_height = height;
  if (!has_view (viewport))
    return;

  SacCamera camera =
    viewport->fitted ? fitted_camera (viewport) : viewport->camera;

  set_camera (viewport, &camera);
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

  if (!has_view (viewport))
    return;
  viewport->motion = AT_REST;
  viewport->fitted = fitted;
  if (fitted)
    fit_camera (viewport, &restored);
  set_camera (viewport, &restored);
}

void
sac_viewport_pan (SacViewport *viewport, double dx, double dy)
{
  if (!has_view (viewport))
    return;

  SacCamera camera = viewport->camera;

  viewport->motion = AT_REST;
  viewport->fitted = false;
  sac_camera_pan (&camera, dx, dy);
  set_camera (viewport, &camera);
}

void
sac_viewport_move_to (SacViewport *viewport, double x, double y)
{
  if (!has_view (viewport))
    return;

  SacCamera camera = viewport->camera;

  viewport->motion = AT_REST;
  viewport->fitted = false;
  camera.x = x;
  camera.y = y;
  set_camera (viewport, &camera);
}

void
sac_viewport_zoom_at (SacViewport *viewport,
                      double factor,
                      double offset_x,
                      double offset_y)
{
  if (!has_view (viewport))
    return;

  SacCamera camera = viewport->camera;
  SacCamera limit = camera;

  /* The limit of the scale first, so that the anchor holds at the limit too. */
  limit.scale *= factor;
  clamp (viewport, &limit);
  viewport->motion = AT_REST;
  viewport->fitted = false;
  zoom_camera (&camera, limit.scale / camera.scale, offset_x, offset_y);
  set_camera (viewport, &camera);
}

void
sac_viewport_turn_at (SacViewport *viewport,
                      double radians,
                      double offset_x,
                      double offset_y)
{
  if (!has_view (viewport))
    return;

  SacCamera camera = viewport->camera;

  viewport->motion = AT_REST;
  viewport->fitted = false;
  sac_camera_turn_at (&camera, radians, offset_x, offset_y, 0, 0);
  set_camera (viewport, &camera);
}

void
sac_viewport_flip (SacViewport *viewport)
{
  if (!has_view (viewport))
    return;

  SacCamera camera = get_goal (viewport);

  viewport->motion = AT_REST;
  sac_camera_flip (&camera);
  set_camera (viewport, &camera);
}

void
sac_viewport_glide_zoom (SacViewport *viewport,
                         double factor,
                         double offset_x,
                         double offset_y)
{
  if (!has_view (viewport))
    return;
  if (!viewport->animated) {
    sac_viewport_zoom_at (viewport, factor, offset_x, offset_y);
    return;
  }

  SacCamera goal = get_goal (viewport);
  bool travels = viewport->motion == GLIDING && !viewport->anchored;

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
  if (!has_view (viewport))
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
  if (!has_view (viewport))
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
  if (has_view (viewport))
    glide_rotation (viewport, get_goal (viewport).rotation + radians);
}

void
sac_viewport_glide_upright (SacViewport *viewport)
{
  if (!has_view (viewport))
    return;
  if (viewport->camera.mirror)
    sac_viewport_flip (viewport);
  glide_rotation (viewport, 0);
}

void
sac_viewport_fit (SacViewport *viewport)
{
  if (!has_view (viewport))
    return;

  SacCamera target = get_goal (viewport);

  fit_camera (viewport, &target);
  glide_to (viewport, &target, false);
  viewport->fitted = true;
}

void
sac_viewport_show_rect (SacViewport *viewport, const SacRect *rect)
{
  if (!has_view (viewport))
    return;

  SacCamera target = get_goal (viewport);

  sac_camera_fit_rect (&target, rect, viewport->pane_width,
                       viewport->pane_height);
  glide_to (viewport, &target, false);
}

void
sac_viewport_frame_rect (SacViewport *viewport, const SacRect *rect)
{
  if (!has_view (viewport))
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
sac_viewport_fling (SacViewport *viewport, double vx, double vy)
{
  if (!has_view (viewport) || !viewport->animated ||
      hypot (vx, vy) < SLOW_PIXELS_PER_SECOND)
    return;
  viewport->rest_x = viewport->rest_y = 0;
  viewport->vx = vx;
  viewport->vy = vy;
  begin_motion (viewport, FLINGING);
}

void
sac_viewport_halt (SacViewport *viewport)
{
  viewport->motion = AT_REST;
}

bool
sac_viewport_is_moving (SacViewport *viewport)
{
  return viewport->motion != AT_REST;
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
    viewport->motion = AT_REST;
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
    viewport->motion = AT_REST;
  }
  zoom_camera (camera, exp (left * share), viewport->anchor_x,
               viewport->anchor_y);
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
    viewport->motion = AT_REST;
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
  if (viewport->motion == AT_REST)
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
  if (viewport->motion == FLINGING)
    step_fling (viewport, &camera, fmin (seconds, LONGEST_STEP_SECONDS));
  else if (viewport->anchored)
    step_zoom (viewport, &camera, share);
  else
    step_travel (viewport, &camera, share);
  set_camera (viewport, &camera);
  return viewport->motion != AT_REST;
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
