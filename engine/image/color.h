/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* ICC profiles to sRGB, for display only: models see the file's own pixels. */
#ifndef SAC_IMAGE_COLOR_H
#define SAC_IMAGE_COLOR_H

#include "image/image.h"

typedef struct SacColorTransform SacColorTransform;

/* From a profile to sRGB, perceptual intent.  Returns: NULL when the profile is
 * not a usable one of RGB or of greys (of which colours stay as they are), or
 * is sRGB itself to one level (then all pixels are shown as they are);
 * thread-safe. */
SacColorTransform *sac_color_transform_new (GBytes *icc);
void sac_color_transform_free (SacColorTransform *transform);
/* In place; the image loses its profile. */
void sac_color_transform_apply (const SacColorTransform *transform,
                                SacImage *image);

/* Lab of daylight D50, as ICC codes it in 8 bits (L to 255, the others around
 * 128), to sRGB. */
void sac_color_from_lab (const uint8_t *lab, uint32_t *to, size_t count);

/* `image` in sRGB: itself when it has no profile or an unusable one. */
SacImage *sac_color_to_srgb (SacImage *image, GError **error);

#endif
