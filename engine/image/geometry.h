/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Rectangles, and where a network's input lies on an image.
 *
 * Level-0 pixels throughout: pixel (i, j) is the square [i, i+1) x [j, j+1),
 * its centre at +0.5; x to the right, y down. */
#ifndef SAC_IMAGE_GEOMETRY_H
#define SAC_IMAGE_GEOMETRY_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  double x, y, width, height;
} SacRect;

typedef struct {
  int64_t image_width, image_height; /* level 0 */
  SacRect seen; /* what the whole input covers; with padding it reaches beyond
                   the image */
  int input_width, input_height; /* of the network, in its own pixels */
  SacRect whole; /* without width: nothing; else what the whole input covers,
                    `seen` being what a map's grid lies on: a part of it, or
                    more, where its first and last cells are cut by the input */
} SacGeometry;

/* What the whole input covers. */
static inline const SacRect *
sac_geometry_get_input (const SacGeometry *geometry)
{
  return geometry->whole.width > 0 ? &geometry->whole : &geometry->seen;
}

/* What a map's grid covers of the input. */
SacRect sac_geometry_get_covered (const SacGeometry *geometry);

/* The rectangle of cell (row, column) of a rows x columns grid, cut by the
 * input's edges. */
SacRect sac_geometry_cell (
  const SacGeometry *geometry, int rows, int columns, int row, int column);

/* Position on the grid (fractional; cell c covers [c, c + 1)).
 * Returns: false when the point is outside the input. */
bool sac_geometry_locate (const SacGeometry *geometry,
                          int rows,
                          int columns,
                          double x,
                          double y,
                          double *ret_row,
                          double *ret_column);

SacRect sac_rect_intersect (const SacRect *a, const SacRect *b);
bool sac_rect_is_empty (const SacRect *rect);

#endif
