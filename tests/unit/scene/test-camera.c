/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/camera.h"

#include "support.h"

#include <math.h>

#define PANE_WIDTH 1400.0
#define PANE_HEIGHT 900.0

static const SacCamera cameras[] = {
  {50000, 40000, 0.013, 0, false}, {12.5, 7.25, 8, 0, true},
  {99999.5, 3, 1, 0.7, false},     {4096, 4096, 0.25, -2.1, true},
  {0, 0, 31.7, G_PI / 2, false},
};

static void
assert_near (double got, double expected, double tolerance)
{
  if (!(fabs (got - expected) <= tolerance)) {
    g_test_message ("got %.17g, expected %.17g", got, expected);
    g_test_fail ();
  }
}

static void
test_round_trip (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cameras); i++)
    for (int step = 0; step <= 20; step++) {
      double screen_x = -30 + 73.1 * step, screen_y = 920 - 41.7 * step;
      double x, y, back_x, back_y;

      sac_camera_to_image (&cameras[i], PANE_WIDTH, PANE_HEIGHT, screen_x,
                           screen_y, &x, &y);
      sac_camera_to_screen (&cameras[i], PANE_WIDTH, PANE_HEIGHT, x, y, &back_x,
                            &back_y);
      assert_near (back_x, screen_x, 1e-9);
      assert_near (back_y, screen_y, 1e-9);
    }
}

/* A quarter turn clockwise takes what is right of the middle to below it;
 * mirroring takes it first to the left, and so to above. */
static void
test_orientation (void)
{
  SacCamera camera = {100, 100, 2, G_PI / 2, false};
  double x, y;

  sac_camera_to_screen (&camera, 200, 100, 110, 100, &x, &y);
  assert_near (x, 100, 1e-12);
  assert_near (y, 70, 1e-12);
  camera.mirror = true;
  sac_camera_to_screen (&camera, 200, 100, 110, 100, &x, &y);
  assert_near (x, 100, 1e-12);
  assert_near (y, 30, 1e-12);
}

static void
test_zoom_keeps_point (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cameras); i++) {
    SacCamera camera = cameras[i];
    double x, y, after_x, after_y;

    sac_camera_to_image (&camera, PANE_WIDTH, PANE_HEIGHT, 1111, 222, &x, &y);
    sac_camera_zoom_at (&camera, 1.2, 1111, 222, PANE_WIDTH, PANE_HEIGHT);
    sac_camera_to_image (&camera, PANE_WIDTH, PANE_HEIGHT, 1111, 222, &after_x,
                         &after_y);
    g_assert_cmpfloat (camera.scale, ==, cameras[i].scale * 1.2);
    assert_near (after_x, x, 1e-9);
    assert_near (after_y, y, 1e-9);
  }
}

/* Ten thousand pans and zooms, then the same backwards. */
static void
test_drift (void)
{
  SacCamera camera = {50000, 40000, 0.5, 0.3, true};
  const SacCamera start = camera;
  const int count = 10000;

  for (int i = 0; i < count; i++) {
    double x = (i * 37) % 1400, y = (i * 53) % 900;

    sac_camera_zoom_at (&camera, i % 2 ? 1.25 : 0.8, x, y, PANE_WIDTH,
                        PANE_HEIGHT);
    sac_camera_pan (&camera, i % 7 - 3, i % 5 - 2);
  }
  for (int i = count - 1; i >= 0; i--) {
    double x = (i * 37) % 1400, y = (i * 53) % 900;

    sac_camera_pan (&camera, 3 - i % 7, 2 - i % 5);
    sac_camera_zoom_at (&camera, i % 2 ? 0.8 : 1.25, x, y, PANE_WIDTH,
                        PANE_HEIGHT);
  }
  assert_near (camera.scale, start.scale, 1e-9);
  assert_near (camera.x, start.x, 1e-6);
  assert_near (camera.y, start.y, 1e-6);
}

static void
test_pan (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cameras); i++) {
    SacCamera camera = cameras[i];
    double x, y, screen_x, screen_y;

    sac_camera_to_image (&camera, PANE_WIDTH, PANE_HEIGHT, 300, 200, &x, &y);
    sac_camera_pan (&camera, 41, -17);
    sac_camera_to_screen (&camera, PANE_WIDTH, PANE_HEIGHT, x, y, &screen_x,
                          &screen_y);
    assert_near (screen_x, 341, 1e-9);
    assert_near (screen_y, 183, 1e-9);
  }
}

static void
test_fit (void)
{
  SacCamera camera = {0};

  sac_camera_frame (&camera, &(SacRect){0, 0, 2000, 1000}, 500, 500);
  assert_near (camera.x, 1000, 0);
  assert_near (camera.y, 500, 0);
  g_assert_cmpfloat (camera.scale, <, 0.25);
  g_assert_cmpfloat (camera.scale, >, 0.22);

  SacRect rect = {100, 200, 40, 20};

  sac_camera_fit_rect (&camera, &rect, 400, 400);
  assert_near (camera.scale, 10, 1e-12);
  assert_near (camera.x, 120, 0);
  assert_near (camera.y, 210, 0);

  /* On its side, the long edge has to fit the pane's height. */
  camera.rotation = G_PI / 2;
  sac_camera_fit_rect (&camera, &rect, 400, 200);
  assert_near (camera.scale, 5, 1e-9);
}

static void
test_clamp (void)
{
  SacCamera camera = {-50, 99999, 1e-6, 0, false};

  sac_camera_clamp (&camera, 1000, 500, 1000, 1000);
  assert_near (camera.x, 0, 0);
  assert_near (camera.y, 500, 0);
  assert_near (camera.scale, 0.25, 1e-12);

  camera.scale = 1e6;
  sac_camera_clamp (&camera, 1000, 500, 1000, 1000);
  assert_near (camera.scale, 32, 0);

  /* Two pixels fill a pane only at 500 times. */
  sac_camera_clamp (&camera, 2, 2, 1000, 1000);
  g_assert_cmpfloat (camera.scale, <=, 500);
  camera.scale = 1e6;
  sac_camera_clamp (&camera, 2, 2, 1000, 1000);
  assert_near (camera.scale, 500, 1e-9);
}

static void
test_visible (void)
{
  SacCamera camera = {100, 50, 2, 0, true};
  SacRect rect = sac_camera_visible (&camera, 80, 40);

  assert_near (rect.x, 80, 1e-12);
  assert_near (rect.y, 40, 1e-12);
  assert_near (rect.width, 40, 1e-12);
  assert_near (rect.height, 20, 1e-12);

  camera.rotation = G_PI / 4;
  rect = sac_camera_visible (&camera, 80, 40);
  assert_near (rect.width, 60 / sqrt (2), 1e-9);
  assert_near (rect.height, 60 / sqrt (2), 1e-9);
}

/* The point turned around stays; others go round it clockwise. */
static void
test_turn_keeps_point (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cameras); i++) {
    SacCamera camera = cameras[i];
    double x, y, screen_x, screen_y, right_x, right_y;

    sac_camera_to_image (&camera, PANE_WIDTH, PANE_HEIGHT, 300, 700, &x, &y);
    sac_camera_to_image (&camera, PANE_WIDTH, PANE_HEIGHT, 310, 700, &right_x,
                         &right_y);
    sac_camera_turn_at (&camera, G_PI / 6, 300, 700, PANE_WIDTH, PANE_HEIGHT);
    sac_camera_to_screen (&camera, PANE_WIDTH, PANE_HEIGHT, x, y, &screen_x,
                          &screen_y);
    assert_near (screen_x, 300, 1e-6);
    assert_near (screen_y, 700, 1e-6);
    sac_camera_to_screen (&camera, PANE_WIDTH, PANE_HEIGHT, right_x, right_y,
                          &screen_x, &screen_y);
    assert_near (screen_x, 300 + 10 * cos (G_PI / 6), 1e-6);
    assert_near (screen_y, 700 + 10 * sin (G_PI / 6), 1e-6);
    g_assert_cmpfloat (fabs (camera.rotation), <=, G_PI);
  }
}

/* What was so far right of the middle is as far left of it, whatever the turn;
 * twice is nothing. */
static void
test_flip (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (cameras); i++) {
    SacCamera camera = cameras[i];
    double x, y, screen_x, screen_y;

    sac_camera_to_image (&camera, PANE_WIDTH, PANE_HEIGHT, 1000, 100, &x, &y);
    sac_camera_flip (&camera);
    sac_camera_to_screen (&camera, PANE_WIDTH, PANE_HEIGHT, x, y, &screen_x,
                          &screen_y);
    assert_near (screen_x, PANE_WIDTH - 1000, 1e-6);
    assert_near (screen_y, 100, 1e-6);
    sac_camera_flip (&camera);
    g_assert_cmpmem (&camera, sizeof camera, &cameras[i], sizeof camera);
  }
}

static void
test_upright (void)
{
  g_assert_true (sac_camera_is_upright (&(SacCamera){0, 0, 1, 0, true}));
  g_assert_true (sac_camera_is_upright (&(SacCamera){0, 0, 1, -G_PI / 2}));
  g_assert_true (sac_camera_is_upright (&(SacCamera){0, 0, 1, G_PI}));
  g_assert_false (sac_camera_is_upright (&(SacCamera){0, 0, 1, 0.001}));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camera/round-trip", test_round_trip);
  g_test_add_func ("/camera/orientation", test_orientation);
  g_test_add_func ("/camera/zoom-keeps-point", test_zoom_keeps_point);
  g_test_add_func ("/camera/drift", test_drift);
  g_test_add_func ("/camera/pan", test_pan);
  g_test_add_func ("/camera/fit", test_fit);
  g_test_add_func ("/camera/clamp", test_clamp);
  g_test_add_func ("/camera/visible", test_visible);
  g_test_add_func ("/camera/turn-keeps-point", test_turn_keeps_point);
  g_test_add_func ("/camera/flip", test_flip);
  g_test_add_func ("/camera/upright", test_upright);
  return g_test_run ();
}
