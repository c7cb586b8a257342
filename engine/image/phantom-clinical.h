/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Clinical phantoms: the lesion of a dermoscopy phantom as a camera sees it
 * from half a metre, small on a part of the body.
 *
 * Outline, colours, veil and regression are those of the dermoscopy phantom
 * with the same parameters, turned and reduced.  What needs a dermoscope is not
 * drawn here: network, dots, streaks and vessels change no byte.  What only the
 * naked eye sees has switches of its own and changes no byte there: whether the
 * lesion stands out of the skin, and what is about it.
 *
 * Masks say where things are before the lens: defocus spreads what a pixel
 * shows `defocus_px` further, and nothing beyond that changes. */
#ifndef SAC_IMAGE_PHANTOM_CLINICAL_H
#define SAC_IMAGE_PHANTOM_CLINICAL_H

#include "image/phantom-dermoscopy.h"

typedef enum {
  SAC_PHANTOM_CLINICAL_LESION, /* off when the dermoscopy phantom has none */
  SAC_PHANTOM_CLINICAL_RAISED, /* lit from one side, a shadow on the other */
  SAC_PHANTOM_CLINICAL_MOLES,  /* others, small, about the lesion */
  SAC_PHANTOM_CLINICAL_HAIR,
  SAC_PHANTOM_CLINICAL_SCALE,      /* a strip with a tick each millimetre */
  SAC_PHANTOM_CLINICAL_BACKGROUND, /* cloth, where the body ends */
  SAC_PHANTOM_CLINICAL_COUNT
} SacPhantomClinicalStructure;

extern const SacPhantomStructureInfo
  sac_phantom_clinical_structures[SAC_PHANTOM_CLINICAL_COUNT];

/* Returns: -1 when there is none of that name. */
int sac_phantom_clinical_find (const char *name);

typedef struct {
  SacPhantomDermoscopyParams dermoscopy; /* the image that belongs to it */
  int width, height;
  unsigned with, without; /* bits 1 << SacPhantomClinicalStructure */
} SacPhantomClinicalParams;

typedef struct {
  SacPhantomClinicalParams params;
  SacImage *image;
  uint16_t *structures; /* [height][width]: bits */
  unsigned shown;
  double mpp, defocus_px;

  /* Where a pixel (x, y) of the dermoscopy image is seen:
   * (a x - b y + c, b x + a y + d). */
  double a, b, c, d;
  int64_t areas[SAC_PHANTOM_CLINICAL_COUNT]; /* pixels of each mask */
} SacPhantomClinical;

/* Errors: TOO_LARGE, cancelling; DAMAGED for sizes below 1. */
SacPhantomClinical *sac_phantom_clinical_draw (
  const SacPhantomClinicalParams *params, SacJob *job, GError **error);
void sac_phantom_clinical_free (SacPhantomClinical *phantom);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacPhantomClinical, sac_phantom_clinical_free)

/* White where the structure is, black elsewhere. */
SacImage *sac_phantom_clinical_get_mask (const SacPhantomClinical *phantom,
                                         SacPhantomClinicalStructure structure,
                                         GError **error);

/* Size, structures with their areas, and where the lesion is.  Returns: a new
 * object. */
JsonObject *sac_phantom_clinical_describe (const SacPhantomClinical *phantom);

#endif
