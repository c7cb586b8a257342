/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What goes wrong with a section: folds, and a pen's marks on the glass. */
#ifndef SAC_IMAGE_TISSUE_ARTEFACTS_H
#define SAC_IMAGE_TISSUE_ARTEFACTS_H

#include "image/phantom-stroke.h"
#include "image/phantom.h"

#define SAC_TISSUE_FOLDS 2

/* Of a pen's round, so that it has no corners. */
#define SAC_TISSUE_ARCS 5

typedef struct {
  SacPhantomStroke folds[SAC_TISSUE_FOLDS]; /* in level-0 pixels */
  SacPhantomStroke pen[SAC_TISSUE_ARCS];
  int fold_count, pen_count; /* pen_count: of arcs */
  float side;                /* the slide's shorter */
  uint64_t seed;
  float ink[3]; /* its density in red, green and blue */
} SacTissueArtefacts;

void sac_tissue_artefacts_plan (SacTissueArtefacts *artefacts,
                                const SacPhantomSlideParams *params);

/* Share of the place where tissue lies twice; scale: level-0 pixels a pixel. */
float sac_tissue_artefacts_fold (const SacTissueArtefacts *artefacts,
                                 double x,
                                 double y,
                                 double scale);

/* How much ink is on it, 0 to 1. */
float sac_tissue_artefacts_pen (const SacTissueArtefacts *artefacts,
                                double x,
                                double y,
                                double scale);

#endif
