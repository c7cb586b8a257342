/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The orientation tag of TIFF and EXIF: how the stored raster must be turned to
 * stand upright. */
#ifndef SAC_IMAGE_ORIENT_H
#define SAC_IMAGE_ORIENT_H

#include "image/image.h"

/* From an EXIF block, which is a small TIFF.  Returns: 1 to 8; 1 (upright) when
 * there is none or it makes no sense. */
int sac_orient_find (const uint8_t *exif, size_t size);

/* Takes `image`.  Returns: it upright (the same image for orientation 1). */
SacImage *sac_orient_apply (SacImage *image, int orientation, GError **error);

#endif
