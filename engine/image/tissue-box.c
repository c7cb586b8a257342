/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/tissue-box.h"

#define BIN_COUNT 256

/* The two kinds differ by more than this in the mean, of BIN_COUNT: noise of
 * glass and of compression differs by less. */
#define LEAST_DIFFERENCE 12.0

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

/* The last bin of the lower class.  N. Otsu, "A threshold selection method from
 * gray-level histograms", 1979: the variance between the classes is greatest.
 * Returns: -1 when there are no two classes. */
static int
find_threshold (const guint64 counts[BIN_COUNT])
{
  double total = 0, sum = 0, below = 0, sum_below = 0, greatest = 0;
  double difference = 0;
  int best = -1;

  for (int i = 0; i < BIN_COUNT; i++) {
    total += (double)counts[i];
    sum += i * (double)counts[i];
  }
  for (int i = 0; i + 1 < BIN_COUNT; i++) {
    below += (double)counts[i];
    sum_below += i * (double)counts[i];
    if (below == 0 || below == total)
      continue;

    double apart = (sum - sum_below) / (total - below) - sum_below / below;
    double variance = below * (total - below) * apart * apart;

    if (variance > greatest) {
      greatest = variance;
      difference = apart;
      best = i;
    }
  }
  return difference >= LEAST_DIFFERENCE ? best : -1;
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
  guint64 counts[BIN_COUNT] = {0};

  for (size_t i = 0; i < count; i++) {
    saturations[i] = (uint8_t)get_saturation (overview->pixels[i]);
    counts[saturations[i]]++;
  }

  Sheet sheet = {overview->width, overview->height, saturations,
                 find_threshold (counts)};

  if (sheet.threshold < 0)
    return false;
  *ret_box = find_box (&sheet);
  return !sac_rect_is_empty (ret_box);
}
