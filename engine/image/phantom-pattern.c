/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/phantom-pattern.h"

#include <math.h>

/* Along one axis: the colour, and the number of the block. */
static double
fold (double position, int side, int64_t *ret_block)
{
  double block = floor (position / side);
  double share = position / side - block;

  *ret_block = (int64_t)block;
  return 255 * (*ret_block % 2 == 0 ? share : 1 - share);
}

void
sac_phantom_pattern_at (int side, double x, double y, double ret_color[3])
{
  int64_t column, row;

  ret_color[0] = fold (x, side, &column);
  ret_color[1] = fold (y, side, &row);
  ret_color[2] = (double)((column * 37 + row * 91 + 16) & 255);
}

void
sac_phantom_pattern_draw (
  int side, double downsample, int64_t x, int64_t y, SacImage *image)
{
  for (int row = 0; row < image->height; row++)
    for (int column = 0; column < image->width; column++) {
      double color[3];

      sac_phantom_pattern_at (side, ((double)(x + column) + 0.5) * downsample,
                              ((double)(y + row) + 0.5) * downsample, color);
      image->pixels[(size_t)row * (size_t)image->width + (size_t)column] =
        sac_pixel ((unsigned)(color[0] + 0.5), (unsigned)(color[1] + 0.5),
                   (unsigned)color[2]);
    }
}
