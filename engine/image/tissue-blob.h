/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the synthetic slide's cells are made of: ellipses of stain on jittered
 * lattices. */
#ifndef SAC_IMAGE_TISSUE_BLOB_H
#define SAC_IMAGE_TISSUE_BLOB_H

#include "image/tissue-cells.h"

/* An ellipse of stain.  Lengths in level-0 pixels. */
typedef struct {
  double x, y;
  float along, across; /* half axes */
  float dir_x, dir_y;  /* of the long one */
  float hematoxylin, eosin;
  float texture; /* 0: even; 1: coarse chromatin */
  bool is_hole;  /* takes away what lies there */
  unsigned bits; /* what is there now, of the kinds of nuclei */
  uint64_t hash;
} SacTissueBlob;

void sac_tissue_blob_draw (SacTissueBlock *block, const SacTissueBlob *blob);

/* In the direction that its hash says, which is noted in it. */
void sac_tissue_blob_draw_turned (SacTissueBlock *block, SacTissueBlob *blob);

typedef struct {
  int left, top, right, bottom;
} SacTissueWindow;

/* Pixels within `reach` level-0 pixels of a place. */
SacTissueWindow sac_tissue_find_window (const SacTissueBlock *block,
                                        double x,
                                        double y,
                                        double reach);

/* Calls `draw` for every point of a jittered lattice that may reach into the
 * block, in an order that does not depend on the block. */
typedef struct {
  uint64_t seed;
  double spacing, jitter; /* jitter: share of the spacing, below 1 */
  double reach;           /* of what is drawn at a point */
} SacTissueLattice;

typedef void (*SacTissuePointFunc) (SacTissueBlock *block,
                                    double x,
                                    double y,
                                    uint64_t hash,
                                    const float *fields);

void sac_tissue_for_each_point (SacTissueBlock *block,
                                const SacTissueLattice *lattice,
                                SacTissuePointFunc draw);

/* Unit vector along the fibres. */
void sac_tissue_find_grain (
  const SacTissueBlock *block, double x, double y, float *ret_x, float *ret_y);

#endif
