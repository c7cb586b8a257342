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

static double
get_degrees (SacViewport *viewport)
{
  return sac_viewport_get_camera (viewport)->rotation * 180 / G_PI;
}

/* Quarters end exactly upright, also several in a row and from a free turn, and
 * the whole image stays in view. */
static void
test_quarters (void)
{
  g_autoptr (SacViewport) viewport = new_viewport ();
  const SacCamera *camera = sac_viewport_get_camera (viewport);

  sac_viewport_glide_quarters (viewport, 1);
  g_assert_cmpint (play (viewport), >, 2);
  g_assert_true (sac_camera_is_upright (camera));
  g_assert_cmpfloat_with_epsilon (get_degrees (viewport), 90, 1e-9);
  g_assert_true (sac_viewport_is_fitted (viewport));
  /* 4000 across are now 300 pixels high. */
  g_assert_cmpfloat_with_epsilon (camera->scale, 300 * 0.92 / 4000, 1e-9);

  sac_viewport_glide_quarters (viewport, 1);
  sac_viewport_glide_quarters (viewport, 1);
  play (viewport);
  g_assert_cmpfloat_with_epsilon (get_degrees (viewport), -90, 1e-9);

  sac_viewport_glide_turn (viewport, 20 * G_PI / 180);
  play (viewport);
  g_assert_cmpfloat_with_epsilon (get_degrees (viewport), -70, 1e-9);
  sac_viewport_glide_quarters (viewport, -1);
  play (viewport);
  g_assert_cmpfloat_with_epsilon (get_degrees (viewport), -90, 1e-9);
  sac_viewport_glide_turn (viewport, 20 * G_PI / 180);
  sac_viewport_glide_quarters (viewport, 1);
  play (viewport);
  g_assert_cmpfloat_with_epsilon (get_degrees (viewport), 0, 1e-9);
}

/* The shorter way round: never more than half a circle. */
static void
test_turns_the_short_way (void)
{
  g_autoptr (SacViewport) viewport = new_viewport ();
  double total = 0, last;
  gint64 now = FRAME_US;

  sac_viewport_turn_at (viewport, 170 * G_PI / 180, 0, 0);
  last = get_degrees (viewport);
  sac_viewport_glide_turn (viewport, 20 * G_PI / 180);
  while (sac_viewport_step (viewport, now += FRAME_US)) {
    total += fabs (remainder (get_degrees (viewport) - last, 360));
    last = get_degrees (viewport);
  }
  g_assert_cmpfloat (total, <, 20.1);
  g_assert_cmpfloat_with_epsilon (get_degrees (viewport), -170, 1e-9);
}

static void
test_flip_and_reset (void)
{
  g_autoptr (SacViewport) viewport = new_viewport ();
  const SacCamera *camera = sac_viewport_get_camera (viewport);

  sac_viewport_zoom_at (viewport, 4, 30, 40);
  sac_viewport_turn_at (viewport, 1, 0, 0);
  sac_viewport_flip (viewport);
  g_assert_true (camera->mirror);
  g_assert_cmpfloat_with_epsilon (camera->rotation, -1, 1e-12);

  double x = camera->x, scale = camera->scale;

  sac_viewport_glide_upright (viewport);
  play (viewport);
  g_assert_false (camera->mirror);
  g_assert_cmpfloat_with_epsilon (camera->rotation, 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (camera->x, x, 1e-6);
  g_assert_cmpfloat_with_epsilon (camera->scale, scale, 1e-9);

  sac_viewport_flip (viewport);
  sac_viewport_set_image (viewport, 100, 100);
  g_assert_false (camera->mirror);
}

/* A slide of which a part was scanned: that is fitted, the rest on request, and
 * a point of the image stays the point it is. */
static void
test_home (void)
{
  g_autoptr (SacViewport) viewport = new_viewport ();
  const SacCamera *camera = sac_viewport_get_camera (viewport);
  const SacRect home = {3000, 200, 800, 600};
  double whole = camera->scale, x, y;

  sac_viewport_set_animated (viewport, false);
  sac_viewport_set_home (viewport, &home);
  g_assert_cmpfloat_with_epsilon (camera->x, 3400, 1e-9);
  g_assert_cmpfloat_with_epsilon (camera->y, 500, 1e-9);
  g_assert_cmpfloat_with_epsilon (camera->scale, 5 * whole, 1e-9);
  sac_viewport_show_all (viewport);
  g_assert_cmpfloat_with_epsilon (camera->x, 2000, 1e-9);
  g_assert_cmpfloat_with_epsilon (camera->scale, whole, 1e-12);
  sac_viewport_pan (viewport, 17, 5);
  sac_viewport_zoom_at (viewport, 3, 20, 30);
  look (viewport, 20, 30, &x, &y);
  sac_viewport_set_home (viewport, &(SacRect){0, 0, 500, 500});
  g_assert_cmpfloat_with_epsilon (camera->x + 20 / camera->scale, x, 1e-9);
  g_assert_cmpfloat_with_epsilon (camera->y + 30 / camera->scale, y, 1e-9);
  sac_viewport_fit (viewport);
  g_assert_true (sac_viewport_is_fitted (viewport));
  g_assert_cmpfloat_with_epsilon (camera->x, 250, 1e-9);
  /* Another image has its own. */
  sac_viewport_set_image (viewport, 4000, 2000);
  g_assert_cmpfloat_with_epsilon (camera->scale, whole, 1e-12);
}

/* As on paper: what was at one edge is at the other, and turned images go by
 * the screen's directions. */
static void
test_pages (void)
{
  g_autoptr (SacViewport) viewport = new_viewport ();
  double x, y, after_x, after_y;

  sac_viewport_set_animated (viewport, false);
  sac_viewport_glide_scale (viewport, 1);
  look (viewport, 200, 0, &x, &y);
  sac_viewport_glide_pages (viewport, 1, 0);
  look (viewport, -200, 0, &after_x, &after_y);
  g_assert_cmpfloat_with_epsilon (after_x, x, 1e-9);
  g_assert_cmpfloat_with_epsilon (after_y, y, 1e-9);
  sac_viewport_glide_pages (viewport, -1, -0.5);
  look (viewport, 200, 150, &after_x, &after_y);
  g_assert_cmpfloat_with_epsilon (after_x, x, 1e-9);
  g_assert_cmpfloat_with_epsilon (after_y, y, 1e-9);
  sac_viewport_glide_quarters (viewport, 1);
  y = sac_viewport_get_camera (viewport)->y;
  sac_viewport_glide_pages (viewport, 0.5, 0);
  g_assert_cmpfloat_with_epsilon (sac_viewport_get_camera (viewport)->y,
                                  y - 200, 1e-9);
}

/* Nothing to look at: every move is harmless. */
static void
test_without_image (void)
{
  g_autoptr (SacViewport) viewport = sac_viewport_new ();

  sac_viewport_glide_zoom (viewport, 2, 10, 10);
  sac_viewport_pan (viewport, 5, 5);
  sac_viewport_glide_quarters (viewport, 1);
  sac_viewport_turn_at (viewport, 1, 5, 5);
  sac_viewport_glide_upright (viewport);
  sac_viewport_flip (viewport);
  sac_viewport_fit (viewport);
  sac_viewport_fling (viewport, 500, 500);
  g_assert_false (sac_viewport_is_moving (viewport));
  g_assert_false (isnan (sac_viewport_get_camera (viewport)->x));
}

/* A view that is kept of an image may be known before the window is laid out.
 */
static void
test_restored_before_size (void)
{
  g_autoptr (SacViewport) viewport = sac_viewport_new ();
  const SacCamera *camera = sac_viewport_get_camera (viewport);
  SacCamera kept = {.x = 700,
                    .y = 900,
                    .scale = 1.5,
                    .rotation = 0.5,
                    .mirror = true};

  sac_viewport_set_image (viewport, 4000, 2000);
  sac_viewport_restore (viewport, &kept, false);
  sac_viewport_set_pane_size (viewport, 400, 300);
  g_assert_false (sac_viewport_is_fitted (viewport));
  g_assert_cmpfloat (camera->x, ==, 700);
  g_assert_cmpfloat (camera->scale, ==, 1.5);
  g_assert_true (camera->mirror);

  g_autoptr (SacViewport) fitted = sac_viewport_new ();

  camera = sac_viewport_get_camera (fitted);
  sac_viewport_set_image (fitted, 4000, 2000);
  kept.rotation = 0;
  sac_viewport_restore (fitted, &kept, true);
  sac_viewport_set_pane_size (fitted, 400, 300);
  g_assert_true (sac_viewport_is_fitted (fitted));
  g_assert_true (camera->mirror);
  g_assert_cmpfloat (camera->scale, <, 0.11);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/viewport/fit", test_fit);
  g_test_add_func ("/viewport/home", test_home);
  g_test_add_func ("/viewport/pages", test_pages);
  g_test_add_func ("/viewport/zoom-keeps-the-point", test_zoom_keeps_the_point);
  g_test_add_func ("/viewport/zoom-ends", test_zoom_ends);
  g_test_add_func ("/viewport/motion-ends", test_motion_ends);
  g_test_add_func ("/viewport/motions-add-up", test_motions_add_up);
  g_test_add_func ("/viewport/one-step-a-frame", test_one_step_a_frame);
  g_test_add_func ("/viewport/without-animation", test_without_animation);
  g_test_add_func ("/viewport/without-image", test_without_image);
  g_test_add_func ("/viewport/restored-before-size", test_restored_before_size);
  g_test_add_func ("/viewport/quarters", test_quarters);
  g_test_add_func ("/viewport/turns-the-short-way", test_turns_the_short_way);
  g_test_add_func ("/viewport/flip-and-reset", test_flip_and_reset);
  return g_test_run ();
}
