/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Drawing of the synthetic slide, for source-synthetic.c. */
#ifndef SAC_IMAGE_PHANTOM_SLIDE_H
#define SAC_IMAGE_PHANTOM_SLIDE_H

#include "base/job.h"
#include "image/phantom.h"

/* The parameters with their defaults filled in. */
SacPhantomSlideParams
sac_phantom_slide_complete (const SacPhantomSlideParams *params);

/* Fills `image` with the pixels from (x, y) on of the level that is
 * `downsample` times smaller.  params are complete. */
bool sac_phantom_slide_draw (const SacPhantomSlideParams *params,
                             double downsample,
                             int64_t x,
                             int64_t y,
                             SacImage *image,
                             SacJob *job,
                             GError **error);

#endif
