/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/camera.h"

#include <glib.h>
#include <math.h>

#define MARGIN 0.04 /* of the pane, around what is framed */
#define LARGEST_SCALE 32.0

/* Level-0 offset to screen offset: mirror, then scale, then rotation. */
static void
turn_to_screen (const SacCamera *camera, double dx, double dy, double ret[2])
{
  double c = cos (camera->rotation), s = sin (camera->rotation);

  dx *= camera->mirror ? -camera->scale : camera->scale;
  dy *= camera->scale;
  ret[0] = c * dx - s * dy;
  ret[1] = s * dx + c * dy;
}

static void
turn_to_image (const SacCamera *camera, double dx, double dy, double ret[2])
{
  double c = cos (camera->rotation), s = sin (camera->rotation);

  ret[0] = (c * dx + s * dy) / camera->scale;
  ret[1] = (c * dy - s * dx) / camera->scale;
  if (camera->mirror)
    ret[0] = -ret[0];
}

/* The largest scale at which a width x height part, rotated as the camera is,
 * fits into the pane. */
static double
fit_scale (const SacCamera *camera,
           double width,
           double height,
           double pane_width,
           double pane_height)
{
  double c = fabs (cos (camera->rotation)), s = fabs (sin (camera->rotation));
  double turned_width = fmax (c * width + s * height, 1e-6);
  double turned_height = fmax (s * width + c * height, 1e-6);

  return fmin (fmax (pane_width, 1) / turned_width,
               fmax (pane_height, 1) / turned_height);
}

void
sac_camera_frame (SacCamera *camera,
                  const SacRect *rect,
                  double pane_width,
                  double pane_height)
{
  sac_camera_fit_rect (camera, rect, pane_width, pane_height);
  camera->scale *= 1 - 2 * MARGIN;
}

void
sac_camera_fit_rect (SacCamera *camera,
                     const SacRect *rect,
                     double pane_width,
                     double pane_height)
{
  camera->x = rect->x + rect->width / 2;
  camera->y = rect->y + rect->height / 2;
  camera->scale =
    fit_scale (camera, rect->width, rect->height, pane_width, pane_height);
}

void
sac_camera_to_screen (const SacCamera *camera,
                      double pane_width,
                      double pane_height,
                      double x,
                      double y,
                      double *ret_screen_x,
                      double *ret_screen_y)
{
  double offset[2];

  turn_to_screen (camera, x - camera->x, y - camera->y, offset);
  *ret_screen_x = pane_width / 2 + offset[0];
  *ret_screen_y = pane_height / 2 + offset[1];
}

void
sac_camera_to_image (const SacCamera *camera,
                     double pane_width,
                     double pane_height,
                     double screen_x,
                     double screen_y,
                     double *ret_x,
                     double *ret_y)
{
  double offset[2];

  turn_to_image (camera, screen_x - pane_width / 2, screen_y - pane_height / 2,
                 offset);
  *ret_x = camera->x + offset[0];
  *ret_y = camera->y + offset[1];
}

void
sac_camera_zoom_at (SacCamera *camera,
                    double factor,
                    double screen_x,
                    double screen_y,
                    double pane_width,
                    double pane_height)
{
  double before[2], after[2];
  double dx = screen_x - pane_width / 2, dy = screen_y - pane_height / 2;

  turn_to_image (camera, dx, dy, before);
  camera->scale *= factor;
  turn_to_image (camera, dx, dy, after);
  camera->x += before[0] - after[0];
  camera->y += before[1] - after[1];
}

void
sac_camera_pan (SacCamera *camera, double screen_dx, double screen_dy)
{
  double offset[2];

  turn_to_image (camera, screen_dx, screen_dy, offset);
  camera->x -= offset[0];
  camera->y -= offset[1];
}

void
sac_camera_turn_at (SacCamera *camera,
                    double radians,
                    double screen_x,
                    double screen_y,
                    double pane_width,
                    double pane_height)
{
  double before[2], after[2];
  double dx = screen_x - pane_width / 2, dy = screen_y - pane_height / 2;

  turn_to_image (camera, dx, dy, before);
  camera->rotation = remainder (camera->rotation + radians, 2 * G_PI);
  turn_to_image (camera, dx, dy, after);
  camera->x += before[0] - after[0];
  camera->y += before[1] - after[1];
}

/* Flipping after a turn is turning the other way after a flip. */
void
sac_camera_flip (SacCamera *camera)
{
  camera->mirror = !camera->mirror;
  camera->rotation = -camera->rotation;
}

bool
sac_camera_is_upright (const SacCamera *camera)
{
  return fabs (sin (2 * camera->rotation)) < 1e-9;
}

void
sac_camera_clamp (SacCamera *camera,
                  double image_width,
                  double image_height,
                  double pane_width,
                  double pane_height)
{
  double fit =
    fit_scale (camera, image_width, image_height, pane_width, pane_height);
  /* An image of a few pixels fits only beyond the largest scale. */
  double largest = fmax (LARGEST_SCALE, fit);

  camera->scale = fmin (fmax (camera->scale, fit / 4), largest);
  camera->x = fmin (fmax (camera->x, 0), image_width);
  camera->y = fmin (fmax (camera->y, 0), image_height);
}

SacRect
sac_camera_visible (const SacCamera *camera,
                    double pane_width,
                    double pane_height)
{
  double low_x = INFINITY, low_y = INFINITY;
  double high_x = -INFINITY, high_y = -INFINITY;

  for (int corner = 0; corner < 4; corner++) {
    double x, y;

    sac_camera_to_image (camera, pane_width, pane_height,
                         corner & 1 ? pane_width : 0,
                         corner & 2 ? pane_height : 0, &x, &y);
    low_x = fmin (low_x, x);
    low_y = fmin (low_y, y);
    high_x = fmax (high_x, x);
    high_y = fmax (high_y, y);
  }
  return (SacRect){low_x, low_y, high_x - low_x, high_y - low_y};
}
