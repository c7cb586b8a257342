/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The lesion of a dermoscopy phantom: its outline, its body, and the structures
 * that dermoscopists name in it. */
#ifndef SAC_IMAGE_PHANTOM_LESION_H
#define SAC_IMAGE_PHANTOM_LESION_H

#include "image/phantom-matter.h"
#include "image/phantom-stroke.h"

#define SAC_PHANTOM_STREAKS_MAX 64

typedef struct {
  const SacPhantomFrame *frame;
  float x, y, axis_x, axis_y; /* middle, and direction of the long axis */
  float reach_x, reach_y;
  float lobes, frayed; /* how uneven the outline is: far and near */
  float fade;          /* how wide the border's fading is */
  float pigment, patches, redness, blushing;
  SacPhantomDisc dark, blush, veil, scar, dots;
  float mesh, lines; /* the network's holes, and how dark its lines are */
  SacPhantomStroke streaks[SAC_PHANTOM_STREAKS_MAX];
  int streak_count;
} SacPhantomLesion;

void sac_phantom_lesion_plan (SacPhantomLesion *lesion,
                              const SacPhantomFrame *frame);

/* What changes slowly of the outline; may be interpolated. */
float
sac_phantom_lesion_lobes (const SacPhantomLesion *lesion, float x, float y);

/* > 0 inside the lesion, about 1 at its middle. */
float sac_phantom_lesion_depth (const SacPhantomLesion *lesion,
                                float x,
                                float y,
                                float lobes);

void sac_phantom_lesion_add (const SacPhantomLesion *lesion,
                             float x,
                             float y,
                             float depth,
                             SacPhantomMatter *matter);

#endif
