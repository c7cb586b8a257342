/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/phantom.h"
#include "scene/paint.h"
#include "scene/scene-parts.h"

#include "support.h"

#include <math.h>

typedef struct {
  cairo_surface_t *surface;
  cairo_t *cr;
  int width, height;
} Pane;

static Pane
pane_new (int width, int height)
{
  Pane pane = {.width = width, .height = height};

  pane.surface =
    cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  pane.cr = cairo_create (pane.surface);
  return pane;
}

static void
pane_clear (Pane *pane)
{
  cairo_destroy (pane->cr);
  cairo_surface_destroy (pane->surface);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pane, pane_clear)

static uint32_t
pixel_at (cairo_surface_t *surface, int x, int y)
{
  cairo_surface_flush (surface);
  return *(uint32_t *)(void *)(cairo_image_surface_get_data (surface) +
                               y * cairo_image_surface_get_stride (surface) +
                               x * 4);
}

static void
assert_pixel (const Pane *pane, int x, int y, uint32_t expected)
{
  uint32_t got = pixel_at (pane->surface, x, y);

  if (got != expected) {
    g_test_message ("pixel (%d, %d) is %08x, expected %08x", x, y, got,
                    expected);
    g_test_fail ();
  }
}

static bool
is_grey (uint32_t pixel)
{
  return (pixel >> 16 & 255) == (pixel & 255) &&
         (pixel >> 8 & 255) == (pixel & 255);
}

/* A map over `side` x `side` level-0 pixels; values are copied. */
static SacMap *
map_new (int rows, int columns, const float *values, double side)
{
  size_t count = (size_t)rows * (size_t)columns;
  SacMap *map = sac_map_new_take (rows, columns,
                                  g_memdup2 (values, count * sizeof *values));

  map->has_geometry = true;
  map->geometry =
    (SacGeometry){(int64_t)side, (int64_t)side, {0, 0, side, side}, 32, 32};
  return map;
}

/* The map alone, opaque, its whole extent filling the pane. */
static SacScene
scene_new (const SacMap *map, double side, int pane)
{
  SacScene scene = {.camera = {side / 2, side / 2, pane / side, 0, false}};

  scene.layer = (SacMapLayer){.map = map,
                              .scale = sac_scale_new (SAC_SCALE_OWN, &map, 1),
                              .colors = sac_color_map_find ("viridis"),
                              .opacity = 1};
  if (scene.layer.scale.is_signed)
    scene.layer.colors = sac_color_map_find ("diverging");
  return scene;
}

static uint32_t
color_of (const SacScene *scene, double value)
{
  return sac_color_map_pixel (scene->layer.colors,
                              sac_scale_position (&scene->layer.scale, value));
}

static const float four[] = {1, 2, 3, 4};

static void
test_cell_borders (void)
{
  g_autoptr (SacMap) map = map_new (2, 2, four, 8);
  SacScene scene = scene_new (map, 8, 80);
  g_auto (Pane) pane = pane_new (80, 80);

  sac_scene_draw_map (&scene, pane.cr, 80, 80);
  assert_pixel (&pane, 0, 0, color_of (&scene, 1));
  assert_pixel (&pane, 39, 39, color_of (&scene, 1));
  assert_pixel (&pane, 40, 39, color_of (&scene, 2));
  assert_pixel (&pane, 39, 40, color_of (&scene, 3));
  assert_pixel (&pane, 40, 40, color_of (&scene, 4));
  assert_pixel (&pane, 79, 79, color_of (&scene, 4));
}

/* A third of 100 pixels: borders at 33.3 and 66.7, so at 33 and 67. */
static void
test_uneven_borders (void)
{
  const float values[] = {1, 2, 3};
  g_autoptr (SacMap) map = map_new (1, 3, values, 10);
  SacScene scene = scene_new (map, 10, 100);
  g_auto (Pane) pane = pane_new (100, 100);

  sac_scene_draw_map (&scene, pane.cr, 100, 100);
  for (int x = 0; x < 100; x++)
    assert_pixel (&pane, x, 50, color_of (&scene, x < 33 ? 1 : x < 67 ? 2 : 3));
}

/* More cells than are drawn one by one: each pixel shows the cell under its
 * middle. */
static void
test_many_cells (void)
{
  const int side = 90, size = 578;
  g_autofree float *values = g_new (float, side *side);

  for (int i = 0; i < side * side; i++)
    values[i] = (float)((i * 7919) % 251) / 250;

  g_autoptr (SacMap) map = map_new (side, side, values, 1000);
  SacScene scene = scene_new (map, 1000, size);
  g_auto (Pane) pane = pane_new (size, size);

  sac_scene_draw_map (&scene, pane.cr, size, size);
  for (int y = 0; y < size; y += 3)
    for (int x = 0; x < size; x++) {
      int column = (int)((x + 0.5) * side / size);
      int row = (int)((y + 0.5) * side / size);

      assert_pixel (&pane, x, y,
                    color_of (&scene, values[row * side + column]));
    }
}

/* Zoomed and panned into a corner, cells stay where they are. */
static void
test_part_of_map (void)
{
  g_autofree float *values = g_new (float, 100 * 100);

  for (int i = 0; i < 100 * 100; i++)
    values[i] = (float)((i * 31) % 17);

  g_autoptr (SacMap) map = map_new (100, 100, values, 100);
  SacScene scene = scene_new (map, 100, 100);
  g_auto (Pane) pane = pane_new (200, 200);

  /* 50 x 50 cells, 4 pixels each, from (37, 61) on. */
  scene.camera = (SacCamera){37 + 25, 61 + 25, 4, 0, false};
  sac_scene_draw_map (&scene, pane.cr, 200, 200);
  for (int y = 0; y < 200; y += 5) {
    int row = 61 + y / 4;

    for (int x = 0; x < 200; x++)
      assert_pixel (&pane, x, y,
                    row < 100
                      ? color_of (&scene, values[row * 100 + 37 + x / 4])
                      : 0);
  }
}

/* Cells that reach beyond the input end at its edge, whichever way they are
 * drawn. */
static void
test_cut_by_input (void)
{
  g_autoptr (SacMap) map = map_new (2, 2, four, 8);
  SacScene scene = scene_new (map, 8, 80);

  map->geometry.whole = (SacRect){1, 0, 6, 6};
  for (int smooth = 0; smooth < 2; smooth++) {
    g_auto (Pane) pane = pane_new (80, 80);

    scene.layer.smooth = smooth;
    sac_scene_draw_map (&scene, pane.cr, 80, 80);
    assert_pixel (&pane, 9, 30, 0);
    assert_pixel (&pane, 10, 10, color_of (&scene, 1));
    assert_pixel (&pane, 69, 10, color_of (&scene, 2));
    assert_pixel (&pane, 70, 10, 0);
    assert_pixel (&pane, 30, 60, 0);
    g_assert_cmphex (pixel_at (pane.surface, 30, 59), !=, 0);
  }
}

static void
test_turned (void)
{
  g_autoptr (SacMap) map = map_new (2, 2, four, 8);
  SacScene scene = scene_new (map, 8, 80);
  g_auto (Pane) mirrored = pane_new (80, 80);
  g_auto (Pane) turned = pane_new (80, 80);
  g_auto (Pane) askew = pane_new (160, 160);

  scene.camera.mirror = true;
  sac_scene_draw_map (&scene, mirrored.cr, 80, 80);
  assert_pixel (&mirrored, 20, 20, color_of (&scene, 2));
  assert_pixel (&mirrored, 60, 60, color_of (&scene, 3));

  /* A quarter clockwise: the lower left comes to the upper left. */
  scene.camera.mirror = false;
  scene.camera.rotation = G_PI / 2;
  sac_scene_draw_map (&scene, turned.cr, 80, 80);
  assert_pixel (&turned, 0, 0, color_of (&scene, 3));
  assert_pixel (&turned, 40, 39, color_of (&scene, 1));
  assert_pixel (&turned, 39, 40, color_of (&scene, 4));

  /* Half of that: no seam, no mixed colour anywhere between the cells. */
  scene.camera.rotation = G_PI / 4;
  sac_scene_draw_map (&scene, askew.cr, 160, 160);
  for (int y = 40; y < 120; y++)
    for (int x = 40; x < 120; x++) {
      uint32_t pixel = pixel_at (askew.surface, x, y);
      bool is_cell = false;

      if (abs (x - 80) + abs (y - 80) > 50)
        continue;
      for (int i = 0; i < 4; i++)
        is_cell |= pixel == color_of (&scene, four[i]);
      g_assert_true (is_cell);
    }
}

static void
test_fade (void)
{
  const float values[] = {0, 0.25f, 0.5f, 1};
  g_autoptr (SacMap) map = map_new (1, 4, values, 8);
  SacScene scene = scene_new (map, 8, 80);
  g_auto (Pane) pane = pane_new (80, 80);

  scene.layer.fade = true;
  sac_scene_draw_map (&scene, pane.cr, 80, 80);
  assert_pixel (&pane, 5, 40, 0);
  g_assert_cmpuint (pixel_at (pane.surface, 25, 40) >> 24, >, 60);
  g_assert_cmpuint (pixel_at (pane.surface, 25, 40) >> 24, <,
                    pixel_at (pane.surface, 45, 40) >> 24);
  assert_pixel (&pane, 75, 40, color_of (&scene, 1));
}

static void
test_signed (void)
{
  const float values[] = {-2, 0, 1, 2};
  g_autoptr (SacMap) map = map_new (1, 4, values, 8);
  SacScene scene = scene_new (map, 8, 80);
  g_auto (Pane) pane = pane_new (80, 80);

  g_assert_true (scene.layer.scale.is_signed);
  scene.layer.fade = true;
  sac_scene_draw_map (&scene, pane.cr, 80, 80);
  assert_pixel (&pane, 5, 40, sac_color_map_pixel (scene.layer.colors, 0));
  assert_pixel (&pane, 25, 40, 0);
  assert_pixel (&pane, 75, 40, sac_color_map_pixel (scene.layer.colors, 1));
}

static void
test_opacity (void)
{
  g_autoptr (SacMap) map = map_new (2, 2, four, 8);
  SacScene scene = scene_new (map, 8, 80);
  cairo_surface_t *surface;

  scene.layer.opacity = 0.5;
  surface = sac_scene_map_surface (&scene.layer);
  g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 2);
  g_assert_cmpint (cairo_image_surface_get_height (surface), ==, 2);

  uint32_t full = color_of (&scene, 4), half = pixel_at (surface, 1, 1);

  g_assert_cmpuint (half >> 24, ==, 128);
  for (int shift = 0; shift < 24; shift += 8)
    g_assert_cmpint (abs ((int)(half >> shift & 255) * 2 -
                          (int)(full >> shift & 255)),
                     <=, 3);
  cairo_surface_destroy (surface);
}

/* Between 0 and 1 lies the colour of one half, not the mean of two colours. */
static void
test_smooth (void)
{
  const float values[] = {0, 1};
  g_autoptr (SacMap) map = map_new (1, 2, values, 8);
  SacScene scene = scene_new (map, 8, 80);

  scene.layer.smooth = true;

  cairo_surface_t *surface = sac_scene_map_surface (&scene.layer);
  int width = cairo_image_surface_get_width (surface);

  g_assert_cmpint (width, ==, 256);
  g_assert_cmpint (cairo_image_surface_get_height (surface), ==, 128);
  g_assert_cmphex (pixel_at (surface, 0, 64), ==, color_of (&scene, 0));
  g_assert_cmphex (pixel_at (surface, 255, 64), ==, color_of (&scene, 1));
  /* Half-pixel bilinear: (x + 0.5) / 128 - 0.5. */
  for (int x = 64; x < 192; x++)
    g_assert_cmphex (pixel_at (surface, x, 64), ==,
                     color_of (&scene, (float)((x + 0.5) / 128 - 0.5)));
  cairo_surface_destroy (surface);
}

static void
test_not_a_number (void)
{
  const float values[] = {1, NAN, 3, 4};
  g_autoptr (SacMap) map = map_new (2, 2, values, 8);
  SacScene scene = scene_new (map, 8, 80);
  g_auto (Pane) pane = pane_new (80, 80);
  int dark = 0, light = 0;

  scene.layer.fade = true;
  sac_scene_draw_map (&scene, pane.cr, 80, 80);
  for (int y = 0; y < 40; y++)
    for (int x = 40; x < 80; x++) {
      uint32_t pixel = pixel_at (pane.surface, x, y);

      g_assert_true (is_grey (pixel));
      g_assert_cmpuint (pixel >> 24, ==, 255);
      dark += (pixel & 255) < 0x80;
      light += (pixel & 255) == 0xcc;
    }
  g_assert_cmpint (dark, >, 50);
  g_assert_cmpint (light, >, 500);
}

/* What nothing covers lets the image through, cell by cell and smooth. */
static void
test_gaps (void)
{
  const float values[] = {1, NAN, 3, 4};
  g_autoptr (SacMap) map = map_new (2, 2, values, 8);

  map->has_gaps = true;

  SacScene scene = scene_new (map, 8, 80);

  for (int smooth = 0; smooth < 2; smooth++) {
    g_auto (Pane) pane = pane_new (80, 80);

    scene.layer.smooth = smooth != 0;
    sac_scene_draw_map (&scene, pane.cr, 80, 80);
    for (int y = 2; y < 78; y++)
      for (int x = 2; x < 78; x++) {
        bool is_gap = x >= 40 && y < 40;

        /* Edges of cells may be blended where they are smooth. */
        if (ABS (x - 40) > 1 && ABS (y - 40) > 1)
          g_assert_true ((pixel_at (pane.surface, x, y) >> 24 == 0) == is_gap);
      }
  }
}

static void
test_empty (void)
{
  const float values[] = {0, 0, 0, 0};
  g_autoptr (SacMap) map = map_new (2, 2, values, 8);
  SacScene scene = scene_new (map, 8, 80);
  g_auto (Pane) pane = pane_new (80, 80);

  g_assert_true (scene.layer.scale.empty);
  sac_scene_draw_map (&scene, pane.cr, 80, 80);
  for (int y = 0; y < 80; y += 7)
    for (int x = 0; x < 80; x += 7)
      assert_pixel (&pane, x, y, 0);
}

/* One cell of a million still shows in a pane of a hundred pixels. */
static void
test_small_finding (void)
{
  const int side = 1000;
  g_autofree float *values = g_new0 (float, side *side);

  values[737 * side + 411] = 1;

  g_autoptr (SacMap) map = map_new (side, side, values, 50000);
  SacScene scene = scene_new (map, 50000, 100);
  g_auto (Pane) pane = pane_new (100, 100);

  sac_scene_draw_map (&scene, pane.cr, 100, 100);
  assert_pixel (&pane, 41, 73, color_of (&scene, 1));
  assert_pixel (&pane, 43, 73, color_of (&scene, 0));
}

/* Maps larger than any surface: bounded. */
static void
test_large_map (void)
{
  const int columns = 10000, rows = 3;
  g_autofree float *values = g_new0 (float, rows *columns);

  values[columns + 9999] = 1;

  g_autoptr (SacMap) map = map_new (rows, columns, values, 8);
  SacScene scene = scene_new (map, 8, 80);
  cairo_surface_t *surface = sac_scene_map_surface (&scene.layer);
  int width = cairo_image_surface_get_width (surface);

  g_assert_cmpint (width, <=, 4096);
  g_assert_cmphex (pixel_at (surface, width - 1, 0), ==, color_of (&scene, 1));
  cairo_surface_destroy (surface);
}

static SacSource *
checkerboard_new (void)
{
  g_autoptr (SacImage) image = sac_image_new (4, 4, NULL);

  for (int i = 0; i < 16; i++)
    image->pixels[i] =
      (i + i / 4) % 2 ? sac_pixel (200, 30, 10) : sac_pixel (10, 60, 220);
  return sac_source_new_for_image (image, "checkerboard");
}

static void
test_image_pixels (void)
{
  g_autoptr (SacSource) source = checkerboard_new ();
  SacScene scene = {.source = source, .camera = {2, 2, 16, 0, false}};
  g_auto (Pane) pane = pane_new (96, 96);
  g_autoptr (GError) error = NULL;

  sac_scene_render (&scene, pane.cr, 96, 96, NULL, &error);
  g_assert_no_error (error);
  assert_pixel (&pane, 16, 16, sac_pixel (10, 60, 220));
  assert_pixel (&pane, 31, 31, sac_pixel (10, 60, 220));
  assert_pixel (&pane, 32, 31, sac_pixel (200, 30, 10));
  assert_pixel (&pane, 79, 79, sac_pixel (10, 60, 220));
  g_assert_true (is_grey (pixel_at (pane.surface, 15, 40)));
  g_assert_true (is_grey (pixel_at (pane.surface, 80, 40)));
}

static SacSource *
plain_new (int width, int height, uint32_t pixel)
{
  g_autoptr (SacImage) image = sac_image_new (width, height, NULL);

  for (int i = 0; i < width * height; i++)
    image->pixels[i] = pixel;
  return sac_source_new_for_image (image, "plain");
}

static void
draw_until_complete (const SacScene *scene, SacTileStore *tiles, Pane *pane)
{
  gint64 end = g_get_monotonic_time () + 300 * G_USEC_PER_SEC;

  do {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (1000);
    sac_tile_store_begin (tiles);
    sac_scene_draw_image (scene, tiles, pane->cr, pane->width, pane->height);
  } while (sac_tile_store_get_pending (tiles) > 0);
  sac_tile_store_begin (tiles);
  sac_scene_draw_image (scene, tiles, pane->cr, pane->width, pane->height);
}

/* An image of one colour has one colour on screen, wherever tiles meet. */
static void
test_no_seams (void)
{
  const uint32_t color = sac_pixel (231, 150, 77);
  g_autoptr (SacSource) source = plain_new (2300, 1700, color);
  SacTileStore *tiles = sac_tile_store_new (64 << 20, 2, NULL, NULL);
  const SacCamera cameras[] = {
    {1150.3, 850.7, 0.7391, 0, false}, {1024, 1024, 0.6180339, 0, true},
    {900.123, 700.9, 1.37, 0, false},  {1150, 850, 0.37, 0.5, false},
    {1150, 850, 0.77, 2.1, true},      {1150, 850, 0.5, G_PI / 2, false},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cameras); i++) {
    SacScene scene = {.source = source, .camera = cameras[i]};
    g_auto (Pane) pane = pane_new (400, 300);

    draw_until_complete (&scene, tiles, &pane);
    for (int y = 0; y < 300; y++)
      for (int x = 0; x < 400; x++) {
        double image_x, image_y;

        sac_camera_to_image (&scene.camera, 400, 300, x + 0.5, y + 0.5,
                             &image_x, &image_y);
        if (image_x > 3 && image_y > 3 && image_x < 2297 && image_y < 1697 &&
            pixel_at (pane.surface, x, y) != color) {
          g_test_message ("camera %zu", i);
          assert_pixel (&pane, x, y, color);
          break;
        }
      }
  }
  sac_tile_store_free (tiles);
}

/* Parts that share edges leave no pixel between them, however they are turned.
 */
static void
test_no_seams_turned (void)
{
  const int side = 300, parts = 6;
  SacCamera camera = {.x = 1000, .y = 1000, .scale = 0.772333};
  SacPaintView view = {&camera, side, side};
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24, side, side);
  cairo_t *cr = cairo_create (surface);
  int holes = 0;

  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  for (int step = 0; step < 90; step++) {
    camera.rotation = (step + 0.7928) * G_PI / 180;
    sac_paint_set_color (cr, 0, 1);
    cairo_paint (cr);
    sac_paint_set_color (cr, 0xffffff, 1);
    for (int i = 0; i < parts * parts; i++) {
      SacRect part = {1000 + (i % parts - parts / 2) * 100.7,
                      1000 + (i / parts - parts / 2) * 100.7, 100.7, 100.7};

      sac_paint_add_rect (cr, &view, &part);
      cairo_fill (cr);
    }
    cairo_surface_flush (surface);

    const unsigned char *data = cairo_image_surface_get_data (surface);
    int stride = cairo_image_surface_get_stride (surface);

    for (int y = 0; y < side; y++)
      for (int x = 0; x < side; x++)
        holes += hypot (x - side / 2, y - side / 2) < side / 2 - 1 &&
                 data[y * stride + x * 4] == 0;
  }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  g_assert_cmpint (holes, ==, 0);
}

/* Both ways of drawing show the same, but for rounding. */
static void
test_tiles_and_direct (void)
{
  SacPhantomSlideParams params = {.width = 3000, .height = 2000, .seed = 3};
  g_autoptr (SacSource) source = sac_phantom_slide (&params);
  SacTileStore *tiles = sac_tile_store_new (64 << 20, 2, NULL, NULL);
  SacScene scene = {.source = source, .camera = {1500, 1000, 1, 0, false}};
  g_auto (Pane) quick = pane_new (600, 400);
  g_auto (Pane) direct = pane_new (600, 400);
  g_autoptr (GError) error = NULL;

  draw_until_complete (&scene, tiles, &quick);
  sac_scene_render (&scene, direct.cr, 600, 400, NULL, &error);
  g_assert_no_error (error);
  for (int y = 0; y < 400; y++)
    for (int x = 0; x < 600; x++) {
      uint32_t one = pixel_at (quick.surface, x, y);
      uint32_t other = pixel_at (direct.surface, x, y);

      for (int shift = 0; shift < 24; shift += 8)
        g_assert_cmpint (abs ((int)(one >> shift & 255) -
                              (int)(other >> shift & 255)),
                         <=, 1);
    }
  sac_tile_store_free (tiles);
}

/* While fine tiles are missing, the overview stands in for them. */
static void
test_never_blank (void)
{
  const uint32_t color = sac_pixel (120, 40, 90);
  g_autoptr (SacSource) source = plain_new (5000, 4000, color);
  SacTileStore *tiles = sac_tile_store_new (64 << 20, 1, NULL, NULL);
  SacScene scene = {.source = source, .camera = {2500, 2000, 1, 0, false}};
  g_auto (Pane) pane = pane_new (300, 200);
  SacTileKey overview = {4, 0, 0};

  while (sac_tile_store_get (tiles, source, &overview, 0).state !=
         SAC_TILE_READY) {
    g_usleep (500);
    sac_tile_store_begin (tiles);
  }
  sac_scene_draw_image (&scene, tiles, pane.cr, 300, 200);
  for (int x = 0; x < 300; x += 13)
    assert_pixel (&pane, x, 100, color);
  sac_tile_store_free (tiles);
}

static void
test_bad_tiles (void)
{
  SacPhantomSlideParams params = {.width = 1024,
                                  .height = 1024,
                                  .fault_per_mille = 1000};
  g_autoptr (SacSource) source = sac_phantom_slide (&params);
  SacTileStore *tiles = sac_tile_store_new (64 << 20, 1, NULL, NULL);
  SacScene scene = {.source = source, .camera = {512, 512, 1, 0, false}};
  g_auto (Pane) pane = pane_new (300, 200);
  g_auto (Pane) direct = pane_new (300, 200);
  g_autoptr (GError) error = NULL;

  draw_until_complete (&scene, tiles, &pane);
  sac_scene_draw_image (&scene, NULL, direct.cr, 300, 200);
  for (int y = 0; y < 200; y += 3)
    for (int x = 0; x < 300; x++) {
      g_assert_true (is_grey (pixel_at (pane.surface, x, y)));
      g_assert_true (is_grey (pixel_at (direct.surface, x, y)));
    }
  g_assert_false (sac_scene_render (&scene, pane.cr, 300, 200, NULL, &error));
  g_assert_nonnull (error);
  sac_tile_store_free (tiles);
}

static void
test_cancelled (void)
{
  g_autoptr (SacSource) source = plain_new (600, 400, 0xff808080);
  SacScene scene = {.source = source, .camera = {300, 200, 1, 0, false}};
  g_auto (Pane) pane = pane_new (300, 200);
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (GError) error = NULL;

  sac_job_cancel (job);
  g_assert_false (sac_scene_render (&scene, pane.cr, 300, 200, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* What the model did not see is dimmed; a thin line runs around what it saw. */
static void
test_seen (void)
{
  const uint32_t color = sac_pixel (200, 200, 200);
  g_autoptr (SacSource) source = plain_new (100, 100, color);
  g_autoptr (SacMap) map = map_new (2, 2, four, 100);
  SacScene scene = scene_new (map, 100, 200);
  g_auto (Pane) pane = pane_new (200, 200);

  map->geometry.seen = (SacRect){25, 0, 50, 100};
  scene.source = source;
  scene.layer.opacity = 0;
  scene.show_seen = scene.dim_unseen = true;
  sac_scene_render (&scene, pane.cr, 200, 200, NULL, NULL);
  assert_pixel (&pane, 100, 100, color);
  g_assert_cmpuint (pixel_at (pane.surface, 20, 100) & 255, <, 170);
  assert_pixel (&pane, 50, 100, 0xffffffff);
  assert_pixel (&pane, 149, 100, 0xffffffff);
  assert_pixel (&pane, 100, 0, 0xffffffff);
}

static void
test_marks (void)
{
  SacPhantomSlideParams params = {.width = 1024, .height = 1024};
  g_autoptr (SacSource) slide = sac_phantom_slide (&params);
  g_autoptr (SacSource) image = plain_new (64, 64, 0xff000000);
  SacScene scene = {.source = slide, .camera = {512, 512, 0.5, 0, false}};
  g_auto (Pane) with_bar = pane_new (400, 300);
  g_auto (Pane) without_bar = pane_new (400, 300);

  /* 0.5 um a pixel at half size: 100 px are 100 um. */
  scene.show_scale_bar = true;
  sac_scene_draw_marks (&scene, with_bar.cr, 400, 300);
  assert_pixel (&with_bar, 60, 284, 0xffffffff);
  assert_pixel (&with_bar, 112, 284, 0xffffffff);
  g_assert_cmphex (pixel_at (with_bar.surface, 120, 284), !=, 0xffffffff);

  scene.source = image;
  scene.has_cursor = true;
  scene.cursor_x = 512;
  scene.cursor_y = 512;
  sac_scene_draw_marks (&scene, without_bar.cr, 400, 300);
  assert_pixel (&without_bar, 60, 284, 0);
  assert_pixel (&without_bar, 200, 150, 0);
  g_assert_cmphex (pixel_at (without_bar.surface, 210, 150), ==, 0xffffffff);
  g_assert_cmphex (pixel_at (without_bar.surface, 200, 140), ==, 0xffffffff);
}

static void
test_scale_bar (void)
{
  static const struct {
    double mpp, scale, max_width, width;
    const char *text;
  } cases[] = {
    {0.5, 1, 150, 100, "50 \302\265m"},  {0.25, 1, 150, 80, "20 \302\265m"},
    {0.5, 0.01, 150, 100, "5 mm"},       {0.5, 0.0005, 100, 100, "100 mm"},
    {0.25, 32, 150, 128, "1 \302\265m"}, {0.1, 32, 100, 64, "200 nm"},
    {10, 1, 99.9, 50, "500 \302\265m"},  {10, 1, 100, 100, "1 mm"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = NULL;
    double width;

    g_assert_true (sac_scene_scale_bar (cases[i].mpp, cases[i].scale,
                                        cases[i].max_width, &width, &text));
    g_assert_cmpstr (text, ==, cases[i].text);
    g_assert_cmpfloat_with_epsilon (width, cases[i].width, 1e-9);
  }

  double width;
  char *text;

  g_assert_false (sac_scene_scale_bar (0, 1, 100, &width, &text));
}

static void
test_numbers (void)
{
  static const struct {
    double value;
    const char *text;
  } cases[] = {
    {0, "0"},
    {-0.0, "0"},
    {0.25, "0.25"},
    {0.18743, "0.187"},
    {-1.5, "\342\210\2221.5"},
    {12.345, "12.3"},
    {1234.4, "1234"},
    {999.7, "1000"},
    {1.2e-5, "1.2\303\22710\342\201\273\342\201\265"},
    {3.14159e12, "3.14\303\22710\302\271\302\262"},
    {NAN, "not defined"},
    {-INFINITY, "\342\210\222\342\210\236"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = sac_scene_format_number (cases[i].value);

    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

static void
test_color_bar (void)
{
  const SacColorMap *colors = sac_color_map_find ("viridis");
  SacScale scale = {SAC_SCALE_OWN, 0, 0.5, false, false};
  SacRect place = {20, 0, 256, SAC_SCENE_COLOR_BAR_HEIGHT};
  g_auto (Pane) full = pane_new (300, SAC_SCENE_COLOR_BAR_HEIGHT);
  g_auto (Pane) empty = pane_new (300, SAC_SCENE_COLOR_BAR_HEIGHT);

  sac_scene_draw_color_bar (full.cr, &place, colors, &scale, "logit", NULL, 0);
  for (int i = 0; i < 256; i++)
    assert_pixel (&full, 20 + i, 24, sac_color_map_pixel (colors, i / 255.0));
  assert_pixel (&full, 19, 24, 0);
  assert_pixel (&full, 276, 24, 0);

  scale.empty = true;
  sac_scene_draw_color_bar (empty.cr, &place, colors, &scale, NULL,
                            "no positive evidence", 0);
  g_assert_true (is_grey (pixel_at (empty.surface, 100, 24)));
}

/* What stands at an empty scale says why it is empty. */
static void
test_describe_empty (void)
{
  static const struct {
    float values[4];
    const char *text;
  } cases[] = {
    {{1, NAN, 0, 2}, "not made of numbers"},
    {{-1, -2, -3, 0}, "no positive evidence"},
    {{0, 0, 0, 0}, "no positive evidence"},
    {{3, 3, 3, 3}, "the same everywhere"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SacMap) map = map_new (2, 2, cases[i].values, 8);

    g_assert_cmpstr (sac_scene_describe_empty (map), ==, cases[i].text);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene/cell-borders", test_cell_borders);
  g_test_add_func ("/scene/uneven-borders", test_uneven_borders);
  g_test_add_func ("/scene/many-cells", test_many_cells);
  g_test_add_func ("/scene/part-of-map", test_part_of_map);
  g_test_add_func ("/scene/cut-by-input", test_cut_by_input);
  g_test_add_func ("/scene/turned", test_turned);
  g_test_add_func ("/scene/fade", test_fade);
  g_test_add_func ("/scene/signed", test_signed);
  g_test_add_func ("/scene/opacity", test_opacity);
  g_test_add_func ("/scene/smooth", test_smooth);
  g_test_add_func ("/scene/not-a-number", test_not_a_number);
  g_test_add_func ("/scene/gaps", test_gaps);
  g_test_add_func ("/scene/empty", test_empty);
  g_test_add_func ("/scene/small-finding", test_small_finding);
  g_test_add_func ("/scene/large-map", test_large_map);
  g_test_add_func ("/scene/image-pixels", test_image_pixels);
  g_test_add_func ("/scene/no-seams", test_no_seams);
  g_test_add_func ("/scene/no-seams-turned", test_no_seams_turned);
  g_test_add_func ("/scene/tiles-and-direct", test_tiles_and_direct);
  g_test_add_func ("/scene/never-blank", test_never_blank);
  g_test_add_func ("/scene/bad-tiles", test_bad_tiles);
  g_test_add_func ("/scene/cancelled", test_cancelled);
  g_test_add_func ("/scene/seen", test_seen);
  g_test_add_func ("/scene/marks", test_marks);
  g_test_add_func ("/scene/scale-bar", test_scale_bar);
  g_test_add_func ("/scene/numbers", test_numbers);
  g_test_add_func ("/scene/color-bar", test_color_bar);
  g_test_add_func ("/scene/describe-empty", test_describe_empty);
  return g_test_run ();
}
