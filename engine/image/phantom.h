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

typedef struct {
  int64_t width, height; /* level 0; 0: 8192 x 6144 */
  int level_step;        /* downsample from level to level; 0: 4 */
  uint64_t seed;
  int delay_ms;        /* each read takes at least so long */
  int fault_per_mille; /* share of 256-pixel blocks that fail, chosen by seed */
  int pattern_side;    /* > 0: no tissue, but image/phantom-pattern.h */
} SacPhantomSlideParams;

/* An H&E-like slide drawn region by region: nothing is kept.  mpp 0.5. */
SacSource *sac_phantom_slide (const SacPhantomSlideParams *params);

/* True when a level-0 point of that slide lies in one of its "tumour" regions.
 */
bool sac_phantom_slide_is_lesion (const SacPhantomSlideParams *params,
                                  double x,
                                  double y);

#endif
