/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Every pixel on the screen shows the place that the camera says: at every
 * level, turned and mirrored, from tiles and read directly. */
#include "image/phantom-pattern.h"
#include "image/phantom.h"
#include "leica-writer.h"
#include "scene/scene-parts.h"
#include "support.h"

#include <glib.h>

#include <math.h>

#define WIDTH 300
#define HEIGHT 220

static const double degrees[] = {0, 90, 180, -90, 30, -137};

typedef struct {
  SacSource *source;
  SacTileStore *tiles;
  int side; /* of the pattern */
} Fixture;

static void
set_up (Fixture *fixture, const SacPhantomSlideParams *params)
{
  fixture->side = params->pattern_side;
  fixture->source = sac_phantom_slide (params);
  fixture->tiles = sac_tile_store_new ((size_t)64 << 20, 2, NULL, NULL);
}

static void
tear_down (Fixture *fixture)
{
  sac_tile_store_free (fixture->tiles);
  sac_source_unref (fixture->source);
}

static cairo_surface_t *
paint (Fixture *fixture, const SacCamera *camera, bool from_tiles)
{
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  SacScene scene = {.source = fixture->source, .camera = *camera};
  cairo_t *cr = cairo_create (surface);

  if (from_tiles)
    sac_tile_store_begin (fixture->tiles);
  sac_scene_draw_image (&scene, from_tiles ? fixture->tiles : NULL, cr, WIDTH,
                        HEIGHT);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static uint32_t
get_pixel (cairo_surface_t *surface, int x, int y)
{
  const unsigned char *data = cairo_image_surface_get_data (surface);

  return *(const uint32_t *)(const void *)(data +
                                           y * cairo_image_surface_get_stride (
                                                 surface) +
                                           x * 4);
}

/* How far a place is from where averaging and interpolating change the pattern.
 */
static double
get_distance_to_edge (const Fixture *fixture, double x, double y)
{
  double side = fixture->side;

  return fmin (fabs (remainder (x, side)), fabs (remainder (y, side)));
}

/* Returns: how many pixels were looked at.  slack: level-0 pixels that a place
 * may be off. */
static int
check_places (const Fixture *fixture,
              cairo_surface_t *surface,
              const SacCamera *camera,
              double slack)
{
  double width = (double)sac_source_get_width (fixture->source);
  double height = (double)sac_source_get_height (fixture->source);
  double reach = 3 * fmax (slack, 1 / camera->scale);
  int count = 0;

  for (int row = 3; row < HEIGHT; row += 7)
    for (int column = 3; column < WIDTH; column += 7) {
      uint32_t pixel = get_pixel (surface, column, row);
      double x, y, color[3];

      sac_camera_to_image (camera, WIDTH, HEIGHT, column + 0.5, row + 0.5, &x,
                           &y);
      if (x < reach || y < reach || x > width - reach || y > height - reach ||
          get_distance_to_edge (fixture, x, y) < reach)
        continue;
      sac_phantom_pattern_at (fixture->side, x, y, color);

      double off_x = fabs ((pixel >> 16 & 255) - color[0]) / 255;
      double off_y = fabs ((pixel >> 8 & 255) - color[1]) / 255;
      double most = slack / fixture->side + 1.0 / 255;

      if (off_x > most || off_y > most || (pixel & 255) != color[2])
        g_error ("at (%d, %d), scale %g, turned by %g: %06x instead of "
                 "%.1f %.1f %.0f",
                 column, row, camera->scale, camera->rotation, pixel & 0xffffff,
                 color[0], color[1], color[2]);
      count++;
    }
  return count;
}

/* Waits until a view is complete; what is shown meanwhile is checked too, with
 * as much slack as the coarsest tiles need. */
static void
check_view (Fixture *fixture, const SacCamera *camera)
{
  double pixel =
    ldexp (1, sac_tile_store_choose_level (fixture->tiles, fixture->source,
                                           camera->scale));
  /* Half a pixel on the screen where edges are snapped, half a texel where
   * tiles end. */
  double slack = 0.5 / camera->scale + 0.5 * pixel;
  gint64 end = g_get_monotonic_time () + 300 * G_USEC_PER_SEC;
  bool is_done = false;

  while (!is_done) {
    cairo_surface_t *surface = paint (fixture, camera, true);

    is_done = sac_tile_store_get_pending (fixture->tiles) == 0;
    sac_tile_store_begin (fixture->tiles);
    cairo_surface_destroy (surface);
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (2000);
  }

  cairo_surface_t *surface = paint (fixture, camera, true);

  g_assert_cmpint (check_places (fixture, surface, camera, slack), >, 100);
  cairo_surface_destroy (surface);
}

static void
check_turns (Fixture *fixture, double x, double y, double scale)
{
  for (size_t i = 0; i < G_N_ELEMENTS (degrees); i++)
    for (int mirror = 0; mirror < 2; mirror++) {
      SacCamera camera = {x, y, scale, degrees[i] * G_PI / 180, mirror == 1};

      check_view (fixture, &camera);
    }
}

/* Levels of the file and those made between them, to the coarsest. */
static void
test_every_level (void)
{
  const SacPhantomSlideParams params = {100000, 80000, 4, 1, .pattern_side = 0};
  const struct {
    double scale;
    int side;
  } views[] = {
    {1 / 230.0, 40000}, {1 / 100.0, 30000}, {1 / 60.0, 16000},
    {1 / 17.0, 8000},   {1 / 7.0, 3000},    {1 / 3.1, 1500},
    {1 / 1.3, 500},     {1, 400},           {5, 300},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (views); i++) {
    SacPhantomSlideParams pattern = params;
    Fixture fixture;

    pattern.pattern_side = views[i].side;
    set_up (&fixture, &pattern);
    check_turns (&fixture, 50217.3, 41111.9, views[i].scale);
    tear_down (&fixture);
  }
}

/* Sizes that no level divides, down to the last column and row. */
static void
test_odd_sizes (void)
{
  const SacPhantomSlideParams params = {5003, 3001, 4, 1, .pattern_side = 700};
  Fixture fixture;

  set_up (&fixture, &params);
  check_turns (&fixture, 5003 - 140, 3001 - 90, 1);
  check_turns (&fixture, 5003 - 500, 3001 - 300, 1 / 2.9);
  check_turns (&fixture, 2500, 1500, 1 / 16.5);
  tear_down (&fixture);
}

/* Figures read the source directly and show the same. */
static void
test_read_directly (void)
{
  const SacPhantomSlideParams params = {5003, 3001, 4, 1, .pattern_side = 700};
  Fixture fixture;

  set_up (&fixture, &params);
  for (size_t i = 0; i < G_N_ELEMENTS (degrees); i++)
    for (int mirror = 0; mirror < 2; mirror++) {
      SacCamera camera = {2511.5, 1404.25, 1 / 2.3, degrees[i] * G_PI / 180,
                          mirror == 1};
      cairo_surface_t *surface = paint (&fixture, &camera, false);

      g_assert_cmpint (check_places (&fixture, surface, &camera, 3), >, 100);
      cairo_surface_destroy (surface);
    }
  tear_down (&fixture);
}

/* A slide of which a part was scanned, through OpenSlide: the same places. */
static void
test_bounds (void)
{
  const LeicaSpec spec = {5120, 3840, 1024, 768, 2048, 1536, 3, 500};
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "sheet.scn", NULL);
  Fixture fixture = {.side = spec.pattern_side};
  g_autoptr (GError) error = NULL;

  leica_write (&spec, path);
  fixture.source = sac_source_open (path, NULL, &error);
  g_assert_no_error (error);
  fixture.tiles = sac_tile_store_new ((size_t)64 << 20, 2, NULL, NULL);
  check_turns (&fixture, 1400, 1100, 2);
  check_turns (&fixture, 1700, 1300, 1);
  check_turns (&fixture, 2000, 1500, 1 / 2.7);
  /* All of what was scanned and nothing else. */
  check_turns (&fixture, 2048, 1536, 1 / 3.9);
  tear_down (&fixture);
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pattern/every-level", test_every_level);
  g_test_add_func ("/pattern/odd-sizes", test_odd_sizes);
  g_test_add_func ("/pattern/bounds", test_bounds);
  g_test_add_func ("/pattern/read-directly", test_read_directly);
  return g_test_run ();
}
