/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Shapes on a grid of cells that are 0 or 1. */
#ifndef SAC_SLIDE_TISSUE_SHAPE_H
#define SAC_SLIDE_TISSUE_SHAPE_H

#include <stdint.h>

/* Fills what a disc of that radius, in cells, cannot enter: dilation, then
 * erosion.  What lies beyond the grid keeps nobody out. */
void sac_tissue_close (uint8_t *cells, int rows, int columns, double radius);

/* Turns every connected piece of `value` with fewer cells than `least` into
 * the other one.  Pieces of 1 join at corners, those of 0 at sides only. */
void sac_tissue_drop_pieces (
  uint8_t *cells, int rows, int columns, uint8_t value, double least);

#endif
