/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A picture whose colours tell where they lie, for checks that what is shown is
 * at its place.
 *
 * In blocks of `side` pixels red rises from 0 to 255 across one block and falls
 * back across the next, green does the same downward, and blue is the block's
 * own number.  Red and green are linear, so averaging and interpolating change
 * them only near the edges of blocks. */
#ifndef SAC_IMAGE_PHANTOM_PATTERN_H
#define SAC_IMAGE_PHANTOM_PATTERN_H

#include "image/image.h"

/* The colour at a level-0 point, as red, green, blue in [0, 255]. */
void sac_phantom_pattern_at (int side, double x, double y, double ret_color[3]);

/* Fills `image` with the pixels from (x, y) on of the level that is
 * `downsample` times smaller; each has the colour of its centre. */
void sac_phantom_pattern_draw (
  int side, double downsample, int64_t x, int64_t y, SacImage *image);

#endif
