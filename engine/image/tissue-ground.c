/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/tissue-ground.h"

#include "image/noise.h"

#define FAT_CELL 118.0

/* Bundles of collagen for one of the flow. */
#define BUNDLES 34.0

/* Where bundles lie apart: below `CLEFT` of the noise, which is `CLEFT_SHARE`
 * of all places. */
#define CLEFT -0.22f
#define CLEFT_SHARE 0.24f

enum {
  SEED_FIBER = 3100,
  SEED_CRIMP = 3150,
  SEED_BUNDLE = 3200,
  SEED_FAT_CELL = 3300,
  SEED_BEND = 3400
};

/* How much is seen of what is so many pixels wide. */
static float
find_detail (double scale, double width)
{
  return (float)(1 / (1 + scale * scale / (width * width)));
}

SacTissueStain
sac_tissue_ground_fibers (
  uint64_t seed, double x, double y, double scale, const float *fields)
{
  bool is_node = fields[TISSUE_NODE] != 0 || fields[TISSUE_TRABECULA] != 0;
  float bundles = find_detail (scale, 9), fibrils = find_detail (scale, 2.5);
  double across = (double)fields[TISSUE_FLOW] * BUNDLES;

  /* Crimped, and bundles end and branch. */
  across += 0.8 * (double)sac_noise_at (seed + SEED_CRIMP, x / 62, y / 54);

  float bundle = sac_noise_fractal (seed + SEED_BUNDLE, across * 0.8 + x / 310,
                                    (x + y) / 240, 2);
  float fine =
    fibrils > 0.05f
      ? sac_noise_at (seed + SEED_FIBER, across * 3.7 + y / 60, (x - y) / 70)
      : 0;
  float cleft = 1 - sac_noise_step (CLEFT - 0.14f, CLEFT + 0.10f,
                                    bundle + 0.10f * fibrils * fine);
  float even = 1 - 0.06f * (1 - bundles);
  SacTissueStain stain = {0.035f + 0.015f * fibrils * fine,
                          even * 0.44f + 0.16f * bundles * bundle +
                            0.13f * fibrils * fine};

  /* Those of a capsule lie close together. */
  cleft = CLEFT_SHARE + bundles * (cleft - CLEFT_SHARE);
  return sac_tissue_stain_mix (stain, (SacTissueStain){0.005f, 0.03f},
                               (is_node ? 0.35f : 0.92f) * cleft);
}

/* Bending the plane and rounding the corners makes bubbles of the polygons; a
 * wall is thickest where three cells meet. */
float
sac_tissue_ground_find_wall (uint64_t seed, double x, double y)
{
  double bend = 9 * (double)sac_noise_at (seed + SEED_BEND, x / 47, y / 47);
  SacNoiseCells cells =
    sac_noise_cells (seed + SEED_FAT_CELL, (x + bend) / FAT_CELL,
                     (y - bend) / FAT_CELL);
  float second = cells.second - cells.nearest;
  float third = cells.third - cells.nearest;

  return second * third / (second + third + 1e-6f) * (float)FAT_CELL / 2;
}

SacTissueStain
sac_tissue_ground_fat (uint64_t seed, double x, double y, double scale)
{
  float wall = sac_tissue_ground_find_wall (seed, x, y);
  float width = (float)MAX (1.2, scale);
  float cover = sac_noise_clamp ((1.7f - wall) / width + 0.5f, 0, 1) *
                MIN (1, 2.8f / width);

  return sac_tissue_stain_mix ((SacTissueStain){0.0f, 0.012f},
                               (SacTissueStain){0.06f, 0.36f}, cover);
}
