/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Pictures that the program draws itself, with known lesions: for the demo and
 * for tests.  The same parameters give the same pixels on every machine. */
#ifndef SAC_IMAGE_PHANTOM_H
#define SAC_IMAGE_PHANTOM_H

#include "image/image.h"
#include "image/source.h"

/* A dermoscopy phantom: skin, hairs, one pigmented lesion with an irregular
 * border.  ret_mask (may be NULL): white where the lesion is, black elsewhere.
 */
SacImage *sac_phantom_dermoscopy (
  int width, int height, uint64_t seed, SacImage **ret_mask, GError **error);

/* What an H&E phantom has of tumour: three fields of it, one of a millimetre or
 * less, none. */
typedef enum {
  SAC_PHANTOM_TUMOR_LARGE,
  SAC_PHANTOM_TUMOR_SMALL,
  SAC_PHANTOM_TUMOR_NONE,
} SacPhantomTumor;

/* What the section is of. */
typedef enum {
  SAC_PHANTOM_GUT,  /* mucosa, muscle, fat */
  SAC_PHANTOM_NODE, /* a lymph node in its fat, in which tumour is metastasis */
} SacPhantomOrgan;

enum { SAC_PHANTOM_FOLDS = 1, SAC_PHANTOM_PEN = 2 };

/* What lies at a pixel of an H&E phantom, as bits.  Nuclei are those that are
 * drawn last on it. */
typedef enum {
  SAC_PHANTOM_TISSUE = 1,
  SAC_PHANTOM_TUMOR = 2,    /* within its outline, stroma between nests too */
  SAC_PHANTOM_NEST = 4,     /* tumour cells */
  SAC_PHANTOM_MUCOSA = 8,   /* of the gut */
  SAC_PHANTOM_FOLLICLE = 8, /* of a node, with its germinal centre */
  SAC_PHANTOM_FAT = 16,
  SAC_PHANTOM_LYMPHOCYTE = 32,
  SAC_PHANTOM_FOLD = 64,
  SAC_PHANTOM_INK = 128,
} SacPhantomTissue;

typedef struct {
  int64_t width, height; /* level 0; 0: 8192 x 6144 */
  int level_step;        /* downsample from level to level; 0: 4 */
  uint64_t seed;
  SacPhantomTumor tumor;
  unsigned artefacts;  /* SAC_PHANTOM_FOLDS, _PEN */
  int delay_ms;        /* each read takes at least so long */
  int fault_per_mille; /* share of 256-pixel blocks that fail, chosen by seed */
  SacPhantomOrgan organ;
  int pattern_side; /* > 0: no tissue, but image/phantom-pattern.h */
} SacPhantomSlideParams;

/* An H&E-like slide drawn region by region: nothing is kept.  mpp 0.5. */
SacSource *sac_phantom_slide (const SacPhantomSlideParams *params);

/* Level 0 from (x, y) on.  bits: [height][width] of SacPhantomTissue; NULL: not
 * wanted.  Errors: cancelling. */
bool sac_phantom_slide_draw_truth (const SacPhantomSlideParams *params,
                                   int64_t x,
                                   int64_t y,
                                   SacImage *image,
                                   uint8_t *bits,
                                   SacJob *job,
                                   GError **error);

/* True when a level-0 point of that slide lies in one of its "tumour" regions.
 */
bool sac_phantom_slide_is_lesion (const SacPhantomSlideParams *params,
                                  double x,
                                  double y);

#endif
