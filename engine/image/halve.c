/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/halve.h"

#include <math.h>

bool
sac_halve_fits (const SacImage *image, const SacRect *box, const SacImage *out)
{
  return box->width == 2.0 * out->width && box->height == 2.0 * out->height &&
         box->x == floor (box->x) && box->y == floor (box->y) && box->x >= 0 &&
         box->y >= 0 && box->x + box->width <= image->width &&
         box->y + box->height <= image->height;
}

/* Of each byte, halves rounded up: a | b is what both have and what one has,
 * and half of the latter is too much. */
static inline uint32_t
get_mean (uint32_t a, uint32_t b)
{
  return (a | b) - (((a ^ b) & 0xfefefefeu) >> 1);
}

void
sac_halve_rows (
  const SacImage *image, const SacRect *box, SacImage *out, int first, int end)
{
  size_t stride = (size_t)image->width;

  for (int y = first; y < end; y++) {
    const uint32_t *upper = image->pixels +
                            ((size_t)box->y + 2 * (size_t)y) * stride +
                            (size_t)box->x;
    const uint32_t *lower = upper + stride;
    uint32_t *to = out->pixels + (size_t)y * (size_t)out->width;

    for (int x = 0; x < out->width; x++)
      to[x] = get_mean (get_mean (upper[2 * x], upper[2 * x + 1]),
                        get_mean (lower[2 * x], lower[2 * x + 1]));
  }
}
