/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide/tissue-box.h"

#include "slide/tissue.h"

/* Of a pixel and its eight neighbours. */
#define LEAST_NEIGHBOURS 5

/* Of HSV: 0 for greys.  What is nearly black has no colour to speak of. */
static int
get_saturation (uint32_t pixel)
{
  int red = pixel >> 16 & 255, green = pixel >> 8 & 255, blue = pixel & 255;
  int most = MAX (MAX (red, green), blue);
  int least = MIN (MIN (red, green), blue);

  return most < 16 ? 0 : (most - least) * 255 / most;
}

typedef struct {
  int width, height;
  uint8_t *saturations;
  int threshold;
} Sheet;

static bool
is_tissue (const Sheet *sheet, int x, int y)
{
  int count = 0;

  for (int row = MAX (y - 1, 0); row <= MIN (y + 1, sheet->height - 1); row++)
    for (int column = MAX (x - 1, 0); column <= MIN (x + 1, sheet->width - 1);
         column++)
      count += sheet->saturations[(size_t)row * (size_t)sheet->width +
                                  (size_t)column] > sheet->threshold;
  return count >= LEAST_NEIGHBOURS;
}

static SacRect
find_box (const Sheet *sheet)
{
  int left = sheet->width, top = sheet->height, right = 0, bottom = 0;

  for (int y = 0; y < sheet->height; y++)
    for (int x = 0; x < sheet->width; x++) {
      if (!is_tissue (sheet, x, y))
        continue;
      left = MIN (left, x);
      right = MAX (right, x + 1);
      top = MIN (top, y);
      bottom = MAX (bottom, y + 1);
    }
  return (SacRect){left, top, right - left, bottom - top};
}

bool
sac_tissue_box_find (const SacImage *overview, SacRect *ret_box)
{
  size_t count = (size_t)overview->width * (size_t)overview->height;
  g_autofree uint8_t *saturations = g_malloc (count);
  uint64_t counts[256] = {0};
  double contrast;

  for (size_t i = 0; i < count; i++) {
    saturations[i] = (uint8_t)get_saturation (overview->pixels[i]);
    counts[saturations[i]]++;
  }

  Sheet sheet = {overview->width, overview->height, saturations,
                 sac_tissue_otsu (counts, &contrast)};

  if (contrast < SAC_TISSUE_LEAST_CONTRAST)
    return false;
  *ret_box = find_box (&sheet);
  return !sac_rect_is_empty (ret_box);
}
