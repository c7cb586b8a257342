/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/source.h"
#include "slide/tissue-box.h"

#include <glib.h>

#define WIDTH 200
#define HEIGHT 150

/* Glass as a scanner sees it: nearly white, nearly grey, never quite. */
static SacImage *
new_glass (unsigned noise)
{
  SacImage *image = sac_image_new (WIDTH, HEIGHT, NULL);
  guint32 state = 1;

  for (int i = 0; i < WIDTH * HEIGHT; i++) {
    unsigned levels[3];

    for (int c = 0; c < 3; c++) {
      state = state * 1664525u + 1013904223u;
      levels[c] = 243 - (state >> 24) % (noise + 1);
    }
    image->pixels[i] = sac_pixel (levels[0], levels[1], levels[2]);
  }
  return image;
}

static void
stain (SacImage *image, const SacRect *rect)
{
  for (int y = (int)rect->y; y < rect->y + rect->height; y++)
    for (int x = (int)rect->x; x < rect->x + rect->width; x++)
      image->pixels[y * WIDTH + x] =
        sac_pixel (190 + (unsigned)(x % 20), 110 + (unsigned)(y % 30), 180);
}

static void
assert_box (const SacImage *image, const SacRect *expected)
{
  SacRect box;

  g_assert_true (sac_tissue_box_find (image, &box));
  g_assert_cmpfloat (box.x, ==, expected->x);
  g_assert_cmpfloat (box.y, ==, expected->y);
  g_assert_cmpfloat (box.width, ==, expected->width);
  g_assert_cmpfloat (box.height, ==, expected->height);
}

/* Around all pieces; the corners of each go with the single pixels. */
static void
test_pieces (void)
{
  g_autoptr (SacImage) image = new_glass (5);
  const SacRect first = {30, 40, 25, 30}, second = {120, 20, 40, 61};

  stain (image, &first);
  assert_box (image, &first);
  stain (image, &second);
  assert_box (image, &(SacRect){30, 20, 130, 61});
}

static void
test_specks (void)
{
  g_autoptr (SacImage) image = new_glass (5);
  const SacRect piece = {80, 60, 30, 30};

  stain (image, &piece);
  for (int i = 0; i < 40; i++)
    stain (image, &(SacRect){(i * 37) % WIDTH, (i * 53) % 50, 1, 1});
  assert_box (image, &piece);
}

/* To the very edge. */
static void
test_edge (void)
{
  g_autoptr (SacImage) image = new_glass (5);
  const SacRect piece = {0, 0, 60, HEIGHT};

  stain (image, &piece);

  SacRect box;

  g_assert_true (sac_tissue_box_find (image, &box));
  g_assert_cmpfloat (box.x, ==, 0);
  g_assert_cmpfloat (box.y, ==, 0);
  g_assert_cmpfloat (box.width, ==, 60);
  g_assert_cmpfloat (box.height, ==, HEIGHT);
}

static void
test_nothing (void)
{
  SacRect box;

  for (unsigned noise = 0; noise < 12; noise += 5) {
    g_autoptr (SacImage) glass = new_glass (noise);

    g_assert_false (sac_tissue_box_find (glass, &box));
  }

  g_autoptr (SacImage) pixel = sac_image_new (1, 1, NULL);

  g_assert_false (sac_tissue_box_find (pixel, &box));
}

/* The program's own slide: glass all round. */
static void
test_demo (void)
{
  g_autoptr (SacSource) slide = sac_source_open ("demo:slide", NULL, NULL);
  const SacSourceLevel *level =
    sac_source_get_level (slide, sac_source_get_level_count (slide) - 1);
  g_autoptr (SacImage) overview =
    sac_source_read (slide, sac_source_get_level_count (slide) - 1, 0, 0,
                     (int)level->width, (int)level->height, SAC_COLORS_FILE,
                     NULL, NULL);
  SacRect box;

  g_assert_true (sac_tissue_box_find (overview, &box));
  g_assert_cmpfloat (box.width, >, 0.3 * overview->width);
  g_assert_cmpfloat (box.width, <, overview->width);
  g_assert_cmpfloat (box.height, >, 0.3 * overview->height);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tissue-box/pieces", test_pieces);
  g_test_add_func ("/tissue-box/specks", test_specks);
  g_test_add_func ("/tissue-box/edge", test_edge);
  g_test_add_func ("/tissue-box/nothing", test_nothing);
  g_test_add_func ("/tissue-box/demo", test_demo);
  return g_test_run ();
}
