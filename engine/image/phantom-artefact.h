/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What lies on the skin or belongs to the instrument: hairs, a ruler, bubbles
 * in the gel, dark corners. */
#ifndef SAC_IMAGE_PHANTOM_ARTEFACT_H
#define SAC_IMAGE_PHANTOM_ARTEFACT_H

#include "image/phantom-matter.h"
#include "image/phantom-stroke.h"

#define SAC_PHANTOM_HAIRS_MAX 28
#define SAC_PHANTOM_TICKS_MAX 40
#define SAC_PHANTOM_BUBBLES_MAX 40

typedef struct {
  const SacPhantomFrame *frame;
  SacPhantomStroke hairs[SAC_PHANTOM_HAIRS_MAX];
  SacPhantomStroke ticks[SAC_PHANTOM_TICKS_MAX];
  SacPhantomDisc bubbles[SAC_PHANTOM_BUBBLES_MAX];
  int hair_count, tick_count, bubble_count;
  SacPhantomDisc view; /* the round field of view */
} SacPhantomArtefacts;

void sac_phantom_artefacts_plan (SacPhantomArtefacts *artefacts,
                                 const SacPhantomFrame *frame);

/* After everything else of the place. */
void sac_phantom_artefacts_add (const SacPhantomArtefacts *artefacts,
                                float x,
                                float y,
                                SacPhantomMatter *matter);

#endif
