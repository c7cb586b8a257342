/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The ground of a dermoscopy phantom: healthy skin and the light on it. */
#ifndef SAC_IMAGE_PHANTOM_SKIN_H
#define SAC_IMAGE_PHANTOM_SKIN_H

#include "image/phantom-matter.h"

typedef struct {
  const SacPhantomFrame *frame;
  float melanin, blood; /* means */
  float furrows;        /* how deep they are */
  float freckles;
  float light[3]; /* what the camera makes of white: red, green, blue */
  float fall;     /* of the light towards the corners */
  float lamp_x, lamp_y;
} SacPhantomSkin;

void sac_phantom_skin_plan (SacPhantomSkin *skin, const SacPhantomFrame *frame);

/* tone: slow changes, from sac_phantom_skin_tone, which may be interpolated. */
void sac_phantom_skin_add (const SacPhantomSkin *skin,
                           float x,
                           float y,
                           float tone,
                           SacPhantomMatter *matter);
float sac_phantom_skin_tone (const SacPhantomSkin *skin, float x, float y);

/* What falls on a place; 1 about the middle. */
float sac_phantom_skin_light (const SacPhantomSkin *skin, float x, float y);

#endif
