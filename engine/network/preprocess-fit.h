/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Where the pixels of an input come from. */
#ifndef SAC_NETWORK_PREPROCESS_FIT_H
#define SAC_NETWORK_PREPROCESS_FIT_H

#include "image/source.h"
#include "network/manifest.h"

/* How a region becomes an input: the region, resampled to width x height, of
 * which the input is cut from (crop_x, crop_y).  An input that is larger is
 * padded to the right and at the bottom. */
typedef struct {
  SacRect region; /* level-0 pixels; whole ones on flat images */
  int width, height;
  int crop_x, crop_y;
  int input_width, input_height;
} SacPreprocessFit;

/* region: NULL as for sac_preprocess.  Errors: MISMATCH. */
bool sac_preprocess_fit (const SacManifestInput *input,
                         const SacSource *source,
                         const SacRect *region,
                         SacPreprocessFit *ret_fit,
                         GError **error);

/* The level-0 rectangle that the input covers. */
void sac_preprocess_locate (const SacPreprocessFit *fit,
                            const SacSource *source,
                            SacGeometry *ret_geometry);

#endif
