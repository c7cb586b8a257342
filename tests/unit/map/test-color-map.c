/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/color-map.h"

#include <glib.h>
#include <math.h>

/* Entries 0, 64, 128, 192, 255 as Matplotlib 3.6 has them, rounded to 8 bits
 * (viridis, cividis, magma: numpy.floor (255 * ListedColormap.colors + 0.5)).
 */
typedef struct {
  const char *name;
  uint8_t entries[5][3];
} Expected;

static const Expected expected[] = {
  {"viridis",
   {{68, 1, 84}, {59, 82, 139}, {33, 145, 140}, {94, 201, 98}, {253, 231, 37}}},
  {"cividis",
   {{0, 34, 78},
    {67, 78, 108},
    {125, 124, 120},
    {188, 174, 108},
    {254, 232, 56}}},
  {"magma",
   {{0, 0, 4}, {81, 18, 124}, {183, 55, 121}, {252, 137, 97}, {252, 253, 191}}},
  {"jet",
   {{0, 0, 128}, {0, 129, 255}, {125, 255, 122}, {255, 148, 0}, {128, 0, 0}}},
};

static void
test_entries (void)
{
  static const int indices[] = {0, 64, 128, 192, 255};

  for (gsize m = 0; m < G_N_ELEMENTS (expected); m++) {
    const SacColorMap *map = sac_color_map_find (expected[m].name);

    g_assert_nonnull (map);
    for (gsize i = 0; i < G_N_ELEMENTS (indices); i++) {
      g_test_message ("%s %d", map->name, indices[i]);
      g_assert_cmpmem (map->rgb[indices[i]], 3, expected[m].entries[i], 3);
    }
  }
  g_assert_null (sac_color_map_find ("turbo"));
  g_assert_null (sac_color_map_find (NULL));
}

static void
test_table (void)
{
  const SacColorMap *const *maps = sac_color_maps_get_all ();
  int count = 0;

  g_assert_cmpstr (maps[0]->name, ==, "viridis");
  for (; maps[count] != NULL; count++) {
    g_assert_true (sac_color_map_find (maps[count]->name) == maps[count]);
    g_assert_true (maps[count]->legacy ==
                   g_str_equal (maps[count]->name, "jet"));
    g_assert_true (maps[count]->diverging ==
                   g_str_equal (maps[count]->name, "diverging"));
  }
  g_assert_cmpint (count, ==, 5);
}

static double
to_linear (uint8_t channel)
{
  double c = channel / 255.0;

  return c <= 0.04045 ? c / 12.92 : pow ((c + 0.055) / 1.055, 2.4);
}

static double
lightness (const uint8_t *rgb)
{
  double y = 0.2126 * to_linear (rgb[0]) + 0.7152 * to_linear (rgb[1]) +
             0.0722 * to_linear (rgb[2]);

  return 116 * (y > 216.0 / 24389 ? cbrt (y) : (24389.0 / 27 * y + 16) / 116) -
         16;
}

/* CIE L* rises all the way; rounding to 8 bits may cost 0.4. */
static void
test_rises (void)
{
  static const char *const names[] = {"viridis", "cividis", "magma"};

  for (gsize m = 0; m < G_N_ELEMENTS (names); m++) {
    const SacColorMap *map = sac_color_map_find (names[m]);

    for (int i = 1; i < 256; i++)
      g_assert_cmpfloat (lightness (map->rgb[i]), >,
                         lightness (map->rgb[i - 1]) - 0.4);
  }
}

static void
test_diverging (void)
{
  const SacColorMap *map = sac_color_map_find ("diverging");

  for (int i = 127; i <= 128; i++) {
    g_assert_cmpint (map->rgb[i][0], ==, map->rgb[i][1]);
    g_assert_cmpint (map->rgb[i][1], ==, map->rgb[i][2]);
  }
  for (int i = 0; i < 128; i++) {
    double below = lightness (map->rgb[i]);
    double above = lightness (map->rgb[255 - i]);

    /* Rounding to 8 bits moves L* by up to 0.4. */
    g_assert_cmpfloat (fabs (below - above), <, 0.5);
    g_assert_cmpfloat (lightness (map->rgb[127]), >=, below);
    if (i > 0) {
      g_assert_cmpfloat (below, >, lightness (map->rgb[i - 1]) - 0.4);
      g_assert_cmpfloat (above, >, lightness (map->rgb[256 - i]) - 0.4);
    }
  }
  g_assert_cmpint (map->rgb[0][2], >, map->rgb[0][0]);
  g_assert_cmpint (map->rgb[255][0], >, map->rgb[255][2]);
}

static void
test_pixel (void)
{
  const SacColorMap *map = sac_color_map_find ("viridis");

  g_assert_cmphex (sac_color_map_pixel (map, 0), ==, 0xff440154);
  g_assert_cmphex (sac_color_map_pixel (map, 0.25), ==, 0xff3b528b);
  g_assert_cmphex (sac_color_map_pixel (map, 1), ==, 0xfffde725);
  g_assert_cmphex (sac_color_map_pixel (map, -3), ==, 0xff440154);
  g_assert_cmphex (sac_color_map_pixel (map, INFINITY), ==, 0xfffde725);
  g_assert_cmphex (sac_color_map_pixel (map, NAN), ==, 0xff808080);
  g_assert_cmphex (sac_color_map_pixel (sac_color_map_find ("diverging"), 0.5),
                   ==, 0xfff3f3f3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/color-map/entries", test_entries);
  g_test_add_func ("/color-map/table", test_table);
  g_test_add_func ("/color-map/rises", test_rises);
  g_test_add_func ("/color-map/diverging", test_diverging);
  g_test_add_func ("/color-map/pixel", test_pixel);
  return g_test_run ();
}
