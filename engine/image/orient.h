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

/* Whether it swaps width and height. */
static inline bool
sac_orient_is_turned (int orientation)
{
  return orientation >= 5 && orientation <= 8;
}

/* Where part of the upright image lies in the stored one, which is width x
 * height; sac_orient_apply on that gives the part. */
typedef struct {
  int64_t x, y, width, height;
} SacOrientPart;

SacOrientPart sac_orient_find_part (const SacOrientPart *part,
                                    int orientation,
                                    int64_t width,
                                    int64_t height);

/* Takes `image`.  Returns: it upright (the same image for orientation 1). */
SacImage *sac_orient_apply (SacImage *image, int orientation, GError **error);

#endif
