/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Collagen and fat of the synthetic slide, at level-0 places; scale: level-0
 * pixels a pixel.  What is finer than a pixel is its mean. */
#ifndef SAC_IMAGE_TISSUE_GROUND_H
#define SAC_IMAGE_TISSUE_GROUND_H

#include "image/tissue-cells.h"

SacTissueStain sac_tissue_ground_fibers (
  uint64_t seed, double x, double y, double scale, const float *fields);

SacTissueStain
sac_tissue_ground_fat (uint64_t seed, double x, double y, double scale);

/* Pixels to the middle of the nearest wall between two fat cells, about. */
float sac_tissue_ground_find_wall (uint64_t seed, double x, double y);

#endif
