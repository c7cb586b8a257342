/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The ground of a clinical phantom: a part of the body, as a cylinder lit from
 * one side, with what lies on it and about it.  Lengths are those of the
 * dermoscopy phantom of the same lesion: 1000 are 18 mm. */
#ifndef SAC_IMAGE_PHANTOM_BODY_H
#define SAC_IMAGE_PHANTOM_BODY_H

#include "image/phantom-clinical.h"
#include "image/phantom-skin.h"
#include "image/phantom-stroke.h"

#define SAC_PHANTOM_BODY_HAIRS_MAX 220
#define SAC_PHANTOM_BODY_MOLES_MAX 5

typedef struct {
  uint64_t seed;
  unsigned shown; /* bits 1 << SacPhantomClinicalStructure */
  float soft;     /* half the side of a sample */
  float side;     /* the shorter side of what is seen */
  float width, height;
  float x, y; /* of the lesion */
  float melanin, blood, freckles;
  float axis_x, axis_y;     /* across the body part, outward */
  float edge, half;         /* where it ends, from the lesion; half its width */
  float lamp_x, lamp_y;     /* towards the lamp, a unit vector */
  float slant;              /* of the light: 0 from the camera's side */
  float white[3], cloth[3]; /* the camera's white; the background */
  SacPhantomDisc moles[SAC_PHANTOM_BODY_MOLES_MAX];
  float mole_melanin[SAC_PHANTOM_BODY_MOLES_MAX];
  SacPhantomStroke hairs[SAC_PHANTOM_BODY_HAIRS_MAX];
  int mole_count, hair_count;
  float scale_gap; /* from the lesion to the strip */
  int scale_from;  /* the tick it begins with */
} SacPhantomBody;

/* One place while it is drawn. */
typedef struct {
  SacPhantomMatter matter;
  float light;
  float cover[4]; /* red, green, blue and share of what lies over it */
  unsigned found; /* bits 1 << SacPhantomClinicalStructure */
} SacPhantomSight;

/* seed, shown, soft, sizes and the lesion's place are set; the skin is that of
 * the dermoscopy phantom. */
void sac_phantom_body_plan (SacPhantomBody *body, const SacPhantomSkin *skin);

/* Before the lesion: skin, other moles, and the light on them. */
void sac_phantom_body_add_skin (const SacPhantomBody *body,
                                float x,
                                float y,
                                SacPhantomSight *sight);

/* After it: hairs, the scale, the background. */
void sac_phantom_body_add_cover (const SacPhantomBody *body,
                                 float x,
                                 float y,
                                 SacPhantomSight *sight);

static inline bool
sac_phantom_body_shows (const SacPhantomBody *body,
                        SacPhantomClinicalStructure structure)
{
  return (body->shown >> structure & 1) != 0;
}

#endif
