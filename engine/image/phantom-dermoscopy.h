/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Dermoscopy phantoms: skin with one pigmented lesion under a contact plate,
 * and the truth about it.
 *
 * Each structure can be switched on and off.  Everything else keeps its place,
 * and a structure's mask holds every pixel that it has a part in: two pictures
 * that differ in one structure alone are equal, byte for byte, outside its
 * mask. The same parameters give the same bytes on every machine: noise.h says
 * how. */
#ifndef SAC_IMAGE_PHANTOM_DERMOSCOPY_H
#define SAC_IMAGE_PHANTOM_DERMOSCOPY_H

#include "base/job.h"
#include "image/image.h"

#include <json-glib/json-glib.h>

typedef enum {
  SAC_PHANTOM_LESION, /* within the outline; off: healthy skin */
  SAC_PHANTOM_NETWORK,
  SAC_PHANTOM_DOTS, /* dots and globules */
  SAC_PHANTOM_STREAKS,
  SAC_PHANTOM_VEIL, /* blue-white */
  SAC_PHANTOM_REGRESSION,
  SAC_PHANTOM_VESSELS,
  SAC_PHANTOM_HAIR,
  SAC_PHANTOM_RULER,
  SAC_PHANTOM_BUBBLES, /* in the gel, and reflections on it */
  SAC_PHANTOM_CORNERS, /* dark, outside a round field of view */
  SAC_PHANTOM_STRUCTURE_COUNT
} SacPhantomStructure;

typedef struct {
  const char *name;
  bool is_artefact;
  float chance; /* of being there when nobody says */
} SacPhantomStructureInfo;

extern const SacPhantomStructureInfo
  sac_phantom_structures[SAC_PHANTOM_STRUCTURE_COUNT];

/* Returns: -1 when there is none of that name. */
int sac_phantom_structure_find (const char *name);

typedef struct {
  int width, height;
  uint64_t seed;
  unsigned with, without; /* bits 1 << SacPhantomStructure: those that are
                             there, that are not; the seed decides the rest */
  float asymmetry;        /* 0: mirror images, 1; below 0: the seed decides */
  float irregularity;     /* of the border, 0 to 1; the same */

  /* Of the lesion's contrast and border: 0, as models were trained on them, to
   * 1, as far as photographs'. */
  float softness;
} SacPhantomDermoscopyParams;

/* Colours as dermoscopists count them. */
typedef enum {
  SAC_PHANTOM_LIGHT_BROWN,
  SAC_PHANTOM_DARK_BROWN,
  SAC_PHANTOM_BLACK,
  SAC_PHANTOM_RED,
  SAC_PHANTOM_WHITE,
  SAC_PHANTOM_BLUE_GREY,
  SAC_PHANTOM_COLOR_COUNT
} SacPhantomColor;

typedef struct {
  SacPhantomDermoscopyParams params;
  SacImage *image;
  uint16_t *structures; /* [height][width]: bits 1 << SacPhantomStructure */
  unsigned shown;       /* the structures that were asked for, as bits */
  float asymmetry, irregularity;
  double mpp;
  int64_t areas[SAC_PHANTOM_STRUCTURE_COUNT]; /* pixels of each mask */
  double colors[SAC_PHANTOM_COLOR_COUNT];     /* share of the lesion */
} SacPhantomDermoscopy;

/* Errors: TOO_LARGE, cancelling; DAMAGED for sizes below 1. */
SacPhantomDermoscopy *sac_phantom_dermoscopy_draw (
  const SacPhantomDermoscopyParams *params, SacJob *job, GError **error);
void sac_phantom_dermoscopy_free (SacPhantomDermoscopy *phantom);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacPhantomDermoscopy,
                               sac_phantom_dermoscopy_free)

/* White where the structure is, black elsewhere. */
SacImage *sac_phantom_dermoscopy_get_mask (const SacPhantomDermoscopy *phantom,
                                           SacPhantomStructure structure,
                                           GError **error);

/* Seed, size, structures with their areas, colours, and measures of the
 * lesion's shape.  Returns: a new object. */
JsonObject *
sac_phantom_dermoscopy_describe (const SacPhantomDermoscopy *phantom);

#endif
