/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Glands, vessels and nuclei of the synthetic slide: things that are placed on
 * jittered lattices and drawn one by one over the ground. */
#ifndef SAC_IMAGE_TISSUE_CELLS_H
#define SAC_IMAGE_TISSUE_CELLS_H

#include "image/tissue-plan.h"

/* Amounts of the two stains, as optical density. */
typedef struct {
  float hematoxylin, eosin;
} SacTissueStain;

static inline SacTissueStain
sac_tissue_stain_mix (SacTissueStain a, SacTissueStain b, float share)
{
  return (SacTissueStain){a.hematoxylin +
                            (b.hematoxylin - a.hematoxylin) * share,
                          a.eosin + (b.eosin - a.eosin) * share};
}

/* How much of each stain lies on every pixel, as optical density. */
typedef struct {
  SacTissuePlan plan;
  uint64_t seed;
  double scale; /* level-0 pixels per pixel */
  double x, y;  /* level-0 position of the upper left corner */
  int width, height;
  float *hematoxylin, *eosin; /* [height][width] */
  float *cover;               /* [height][width]: the tissue's share of it */
  uint8_t *bits;              /* [height][width] of SacPhantomTissue, or NULL */
} SacTissueBlock;

/* Pixels of this size and larger hold several nuclei each: these are not drawn
 * one by one but as the mean of what they would give. */
#define SAC_TISSUE_MEAN_SCALE 8.0

void sac_tissue_cells_draw (SacTissueBlock *block);

/* The share of a place's area that nuclei cover. */
float sac_tissue_cells_cover (const SacPhantomSlideParams *params,
                              const float *fields);

#endif
