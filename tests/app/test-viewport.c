/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "viewport.h"

#include <math.h>

#define FRAME_US 16667

static SacViewport *
new_viewport (void)
{
  SacViewport *viewport = sac_viewport_new ();

  sac_viewport_set_pane_size (viewport, 400, 300);
  sac_viewport_set_image (viewport, 4000, 2000);
  return viewport;
}

/* Level-0 point under an offset from the pane's middle. */
static void
look (SacViewport *viewport, double dx, double dy, double *ret_x, double *ret_y)
{
  const SacCamera *camera = sac_viewport_get_camera (viewport);

  *ret_x = camera->x + dx / camera->scale;
  *ret_y = camera->y + dy / camera->scale;
}

/* Steps to the end.  Returns: the number of frames. */
static int
play (SacViewport *viewport)
{
  gint64 now = FRAME_US;
  int frames = 0;

  while (sac_viewport_step (viewport, now)) {
    now += FRAME_US;
    frames++;
    g_assert_cmpint (frames, <, 1000);
  }
  return frames;
}

static void
test_fit (void)
{
  g_autoptr (SacViewport) viewport = new_viewport ();
  const SacCamera *camera = sac_viewport_get_camera (viewport);

  g_assert_cmpfloat_with_epsilon (camera->x, 2000, 1e-9);
  g_assert_cmpfloat_with_epsilon (camera->y, 1000, 1e-9);
  g_assert_true (sac_viewport_is_fitted (viewport));

  double scale = camera->scale;

  g_assert_cmpfloat (scale, <=, 0.1);
  sac_viewport_set_pane_size (viewport, 800, 600);
  g_assert_cmpfloat_with_epsilon (camera->scale, 2 * scale, 1e-9);

  /* A view of one's own does not change with the window. */
  sac_viewport_zoom_at (viewport, 3, 0, 0);
  scale = camera->scale;
  sac_viewport_set_pane_size (viewport, 400, 300);
  g_assert_cmpfloat (camera->scale, ==, scale);
}

static void
test_zoom_keeps_the_point (void)
{
  g_autoptr (SacViewport) viewport = new_viewport ();
  double x, y, after_x, after_y;

  look (viewport, 60, -40, &x, &y);
  sac_viewport_zoom_at (viewport, 2.5, 60, -40);
  look (viewport, 60, -40, &after_x, &after_y);
  g_assert_cmpfloat_with_epsilon (after_x, x, 1e-6);
  g_assert_cmpfloat_with_epsilon (after_y, y, 1e-6);

  /* Three notches of the wheel in a row are one way; each frame holds the
   * point. */
  double scale = sac_viewport_get_camera (viewport)->scale;

  for (int i = 0; i < 3; i++)
    sac_viewport_glide_zoom (viewport, 1.2, 60, -40);
  for (gint64 now = FRAME_US; sac_viewport_step (viewport, now);
       now += FRAME_US) {
    look (viewport, 60, -40, &after_x, &after_y);
    g_assert_cmpfloat_with_epsilon (after_x, x, 1e-6);
    g_assert_cmpfloat_with_epsilon (after_y, y, 1e-6);
  }
  g_assert_cmpfloat_with_epsilon (sac_viewport_get_camera (viewport)->scale,
                                  scale * 1.728, scale * 1e-6);
}

/* At the largest scale the wheel does nothing, neither to the scale nor to the
 * place. */
static void
test_zoom_ends (void)
{
  g_autoptr (SacViewport) viewport = new_viewport ();

  sac_viewport_zoom_at (viewport, 1e6, 50, 50);

  SacCamera camera = *sac_viewport_get_camera (viewport);

  sac_viewport_zoom_at (viewport, 2, 50, 50);
  g_assert_cmpfloat (sac_viewport_get_camera (viewport)->scale, ==,
                     camera.scale);
  g_assert_cmpfloat_with_epsilon (sac_viewport_get_camera (viewport)->x,
                                  camera.x, 1e-9);
}

static void
test_motion_ends (void)
{
  g_autoptr (SacViewport) viewport = new_viewport ();
  SacRect rect = {100, 200, 50, 40};

  sac_viewport_show_rect (viewport, &rect);
  g_assert_true (sac_viewport_is_moving (viewport));
  g_assert_cmpint (play (viewport), <, 60);
  g_assert_cmpfloat_with_epsilon (sac_viewport_get_camera (viewport)->x, 125,
                                  1e-6);
  g_assert_cmpfloat_with_epsilon (sac_viewport_get_camera (viewport)->y, 220,
                                  1e-6);

  double x = sac_viewport_get_camera (viewport)->x;

  sac_viewport_fling (viewport, -800, 0);
  g_assert_cmpint (play (viewport), <, 240);
  g_assert_cmpfloat (sac_viewport_get_camera (viewport)->x, >, x);
  g_assert_false (sac_viewport_is_moving (viewport));
}

/* A key that comes before the motion of the last one has ended adds to it. */
static void
test_motions_add_up (void)
{
  g_autoptr (SacViewport) viewport = new_viewport ();
  double scale = sac_viewport_get_camera (viewport)->scale;

  sac_viewport_glide_zoom (viewport, 4, 0, 0);
  sac_viewport_step (viewport, FRAME_US);
  sac_viewport_glide_pan (viewport, -100, 0);
  sac_viewport_step (viewport, 2 * FRAME_US);
  sac_viewport_glide_zoom (viewport, 2, 0, 0);
  play (viewport);
  g_assert_cmpfloat_with_epsilon (sac_viewport_get_camera (viewport)->scale,
                                  8 * scale, scale * 1e-6);
  g_assert_cmpfloat_with_epsilon (sac_viewport_get_camera (viewport)->x,
                                  2000 + 100 / (4 * scale), 1);
}

/* Two canvases step in one frame. */
static void
test_one_step_a_frame (void)
{
  g_autoptr (SacViewport) viewport = new_viewport ();

  sac_viewport_glide_zoom (viewport, 4, 0, 0);
  sac_viewport_step (viewport, FRAME_US);

  double scale = sac_viewport_get_camera (viewport)->scale;

  g_assert_true (sac_viewport_step (viewport, FRAME_US));
  g_assert_cmpfloat (sac_viewport_get_camera (viewport)->scale, ==, scale);
}

static void
test_without_animation (void)
{
  g_autoptr (SacViewport) viewport = new_viewport ();
  double scale = sac_viewport_get_camera (viewport)->scale;

  sac_viewport_set_animated (viewport, false);
  sac_viewport_glide_zoom (viewport, 2, 10, 10);
  g_assert_false (sac_viewport_is_moving (viewport));
  g_assert_cmpfloat_with_epsilon (sac_viewport_get_camera (viewport)->scale,
                                  2 * scale, scale * 1e-9);
  sac_viewport_fling (viewport, 5000, 5000);
  g_assert_false (sac_viewport_is_moving (viewport));
}

/* Nothing to look at: every move is harmless. */
static void
test_without_image (void)
{
  g_autoptr (SacViewport) viewport = sac_viewport_new ();

  sac_viewport_glide_zoom (viewport, 2, 10, 10);
  sac_viewport_pan (viewport, 5, 5);
  sac_viewport_fit (viewport);
  sac_viewport_fling (viewport, 500, 500);
  g_assert_false (sac_viewport_is_moving (viewport));
  g_assert_false (isnan (sac_viewport_get_camera (viewport)->x));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/viewport/fit", test_fit);
  g_test_add_func ("/viewport/zoom-keeps-the-point", test_zoom_keeps_the_point);
  g_test_add_func ("/viewport/zoom-ends", test_zoom_ends);
  g_test_add_func ("/viewport/motion-ends", test_motion_ends);
  g_test_add_func ("/viewport/motions-add-up", test_motions_add_up);
  g_test_add_func ("/viewport/one-step-a-frame", test_one_step_a_frame);
  g_test_add_func ("/viewport/without-animation", test_without_animation);
  g_test_add_func ("/viewport/without-image", test_without_image);
  return g_test_run ();
}
