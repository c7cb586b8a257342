/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/compare.h"

#include "support.h"

#include <math.h>
#include <string.h>

#define SIDE 80

static uint32_t
pixel_at (cairo_surface_t *surface, int x, int y)
{
  cairo_surface_flush (surface);
  return *(uint32_t *)(void *)(cairo_image_surface_get_data (surface) +
                               y * cairo_image_surface_get_stride (surface) +
                               x * 4);
}

/* One value everywhere but for a cell, on 8 x 8 level-0 pixels. */
static SacMap *
new_map (float first, float rest)
{
  float *values = g_new (float, 4);

  values[0] = first;
  values[1] = values[2] = values[3] = rest;

  SacMap *map = sac_map_new_take (2, 2, values);

  map->has_geometry = true;
  map->geometry = (SacGeometry){8, 8, {0, 0, 8, 8}, 2, 2};
  return map;
}

static SacMapLayer
new_layer (const SacMap *map, const char *colors)
{
  return (SacMapLayer){.map = map,
                       .scale = sac_scale_new (SAC_SCALE_OWN, &map, 1),
                       .colors = sac_color_map_find (colors),
                       .opacity = 1};
}

typedef struct {
  SacMap *a, *b;
  SacMapLayer of_b;
  SacScene scene;
  SacSceneCompare compare;
  cairo_surface_t *surface;
  cairo_t *cr;
  uint32_t color_a, color_b; /* of their highest values */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->a = new_map (1, 1);
  fixture->b = new_map (1, 1);
  fixture->of_b = new_layer (fixture->b, "magma");
  fixture->scene = (SacScene){.camera = {4, 4, SIDE / 8.0, 0, false},
                              .layer = new_layer (fixture->a, "viridis")};
  fixture->compare = (SacSceneCompare){.divider = 0.25,
                                       .lens_x = 40,
                                       .lens_y = 30,
                                       .lens_radius = 20};
  fixture->surface =
    cairo_image_surface_create (CAIRO_FORMAT_ARGB32, SIDE, SIDE);
  fixture->cr = cairo_create (fixture->surface);
  fixture->color_a = sac_color_map_pixel (fixture->scene.layer.colors, 1);
  fixture->color_b = sac_color_map_pixel (fixture->of_b.colors, 1);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sac_map_unref (fixture->a);
  sac_map_unref (fixture->b);
  cairo_destroy (fixture->cr);
  cairo_surface_destroy (fixture->surface);
}

/* A's map, and B's in its part. */
static void
draw (Fixture *fixture, SacCompareMode mode)
{
  SacScene other = fixture->scene;

  other.layer = fixture->of_b;
  fixture->compare.mode = mode;
  sac_scene_draw_map (&fixture->scene, fixture->cr, SIDE, SIDE);
  if (mode == SAC_COMPARE_LENS) {
    cairo_t *lens = sac_scene_begin_lens (&fixture->compare, fixture->surface);

    sac_scene_draw_map (&other, lens, SIDE, SIDE);
    sac_scene_end_lens (&fixture->compare, lens, fixture->cr);
    return;
  }
  cairo_save (fixture->cr);
  sac_scene_clip_other (&fixture->compare, fixture->cr, SIDE, SIDE);
  sac_scene_draw_map (&other, fixture->cr, SIDE, SIDE);
  cairo_restore (fixture->cr);
}

static void
test_swipe (Fixture *fixture, gconstpointer data)
{
  draw (fixture, SAC_COMPARE_SWIPE);
  g_assert_cmphex (pixel_at (fixture->surface, 19, 40), ==, fixture->color_a);
  g_assert_cmphex (pixel_at (fixture->surface, 20, 40), ==, fixture->color_b);
  g_assert_cmphex (pixel_at (fixture->surface, 79, 79), ==, fixture->color_b);
}

/* Line, letters and handle stand apart: nothing lies between them. */
static void
test_divider (void)
{
  SacSceneCompare compare = {.mode = SAC_COMPARE_SWIPE, .divider = 0.5};
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24, 200, 400);
  cairo_t *cr = cairo_create (surface);

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  sac_scene_draw_compare_marks (&compare, cr, 200, 400);
  for (int y = 60; y < 180; y++)
    for (int x = 0; x < 200; x++)
      if (x < 95 || x > 105)
        g_assert_cmphex (pixel_at (surface, x, y) & 0xffffff, ==, 0xffffff);
  g_assert_cmphex (pixel_at (surface, 98, 100) & 0xffffff, !=, 0xffffff);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
test_lens (Fixture *fixture, gconstpointer data)
{
  draw (fixture, SAC_COMPARE_LENS);
  g_assert_cmphex (pixel_at (fixture->surface, 40, 30), ==, fixture->color_b);
  g_assert_cmphex (pixel_at (fixture->surface, 57, 30), ==, fixture->color_b);
  g_assert_cmphex (pixel_at (fixture->surface, 62, 30), ==, fixture->color_a);
  /* The corner of a square lens is no part of a round one. */
  g_assert_cmphex (pixel_at (fixture->surface, 57, 47), ==, fixture->color_a);
  fixture->compare.lens_is_square = true;
  draw (fixture, SAC_COMPARE_LENS);
  g_assert_cmphex (pixel_at (fixture->surface, 57, 47), ==, fixture->color_b);
}

static void
test_flicker (Fixture *fixture, gconstpointer data)
{
  draw (fixture, SAC_COMPARE_FLICKER);
  g_assert_cmphex (pixel_at (fixture->surface, 5, 5), ==, fixture->color_a);
  fixture->compare.shows_other = true;
  draw (fixture, SAC_COMPARE_FLICKER);
  g_assert_cmphex (pixel_at (fixture->surface, 5, 5), ==, fixture->color_b);
}

/* Only A: its colour.  Both: stripes of the two, nothing else. */
static void
test_overlap (Fixture *fixture, gconstpointer data)
{
  float only_a[4] = {9, 8, 1, 0}, only_b[4] = {9, 0, 8, 1};
  int stripes[2] = {0};

  for (int i = 0; i < 4; i++) {
    fixture->a->values[i] = only_a[i];
    fixture->b->values[i] = only_b[i];
  }

  g_autoptr (SacOverlap) overlap =
    sac_overlap_new (fixture->a, fixture->b, 0.5, NULL);

  sac_scene_draw_overlap (&fixture->scene, overlap, 1, fixture->cr, SIDE, SIDE);
  g_assert_cmphex (pixel_at (fixture->surface, 60, 20), ==,
                   0xff000000u | SAC_COMPARE_COLOR_A);
  g_assert_cmphex (pixel_at (fixture->surface, 20, 60), ==,
                   0xff000000u | SAC_COMPARE_COLOR_B);
  g_assert_cmphex (pixel_at (fixture->surface, 60, 60), ==, 0);
  for (int x = 5; x < 35; x++) {
    uint32_t pixel = pixel_at (fixture->surface, x, 20);

    stripes[0] += pixel == (0xff000000u | SAC_COMPARE_COLOR_A);
    stripes[1] += pixel == (0xff000000u | SAC_COMPARE_COLOR_B);
    g_assert_cmpuint (pixel >> 24, ==, 255);
  }
  g_assert_cmpint (stripes[0], >, 8);
  g_assert_cmpint (stripes[1], >, 8);
}

static void
test_contours (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 4; i++)
    fixture->a->values[i] = (float)(i % 2);

  g_autoptr (GPtrArray) lines = sac_contour_new (fixture->a, 0.5);

  /* With the map, even where the map itself is clear. */
  fixture->scene.layer.opacity = 0;
  fixture->scene.layer.contours = lines;
  sac_scene_draw_map (&fixture->scene, fixture->cr, SIDE, SIDE);
  /* Straight down the middle, white with a dark edge, and nowhere else. */
  g_assert_cmphex (pixel_at (fixture->surface, 40, 10) & 0xff, >, 150);
  g_assert_cmphex (pixel_at (fixture->surface, 30, 10), ==, 0);
  g_assert_cmphex (pixel_at (fixture->surface, 50, 70), ==, 0);
}

/* Of a signed scale both sides, of ranks the rank. */
static void
test_contour_levels (Fixture *fixture, gconstpointer data)
{
  const SacMap *map = fixture->a;
  const float values[] = {-4, 1, 2, 3};

  memcpy (fixture->a->values, values, sizeof values);

  SacScale own = sac_scale_new (SAC_SCALE_OWN, &map, 1);
  SacScale ranks = sac_scale_new (SAC_SCALE_PERCENTILE, &map, 1);
  g_autoptr (GPtrArray) both = sac_scene_contours_new (map, &own, 2.5);
  g_autoptr (GPtrArray) one = sac_contour_new (map, 2.5);
  g_autoptr (GPtrArray) high = sac_scene_contours_new (map, &ranks, 60);
  g_autoptr (GPtrArray) none = sac_scene_contours_new (map, &ranks, 101);

  g_assert_cmpuint (both->len, ==, 2 * one->len);
  g_assert_cmpuint (high->len, >, 0);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_names (void)
{
  SacCompareMode mode;

  for (int i = 0; i < SAC_COMPARE_MODE_COUNT; i++) {
    g_assert_true (
      sac_compare_mode_find (sac_compare_mode_get_name ((SacCompareMode)i),
                             &mode));
    g_assert_cmpint ((int)mode, ==, i);
  }
  g_assert_false (sac_compare_mode_find ("spyglass", &mode));
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    {"/compare/swipe", test_swipe},
    {"/compare/lens", test_lens},
    {"/compare/flicker", test_flicker},
    {"/compare/overlap", test_overlap},
    {"/compare/contours", test_contours},
    {"/compare/contour-levels", test_contour_levels},
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  g_test_add_func ("/compare/divider", test_divider);
  g_test_add_func ("/compare/names", test_names);
  return g_test_run ();
}
