/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The bridge from pixels to a network's input, exactly as the manifest says,
 * with the geometry that takes a map back to the pixels. */
#ifndef SAC_NETWORK_PREPROCESS_H
#define SAC_NETWORK_PREPROCESS_H

#include "image/geometry.h"
#include "image/source.h"
#include "network/manifest.h"

/* region: level-0 pixels; NULL: the whole image, except that for an input with
 * mpp on a slide with mpp it is the middle part that the input covers.
 *
 * Flat images: region cut out, resized, cropped, scaled, as Pillow would.
 * Slides: with mpp on both sides the region is read at the level just finer
 * than needed and resampled to the input's mpp; else as a flat image.
 * Pixels are those of the file over white, without colour management.
 * ret_geometry says which level-0 rectangle the input covers.
 * Errors: MISMATCH (channels, a region outside the image or smaller than a
 * pixel), those of reading.  Returns: a new tensor [1, C, H, W] or [1, H, W,
 * C].
 */
SacTensor *sac_preprocess (const SacManifestInput *input,
                           SacSource *source,
                           const SacRect *region,
                           SacGeometry *ret_geometry,
                           SacJob *job,
                           GError **error);

/* Pixels that were read elsewhere, an image of exactly the input's size, as
 * sample `index` of a batch of the input's type, [N, C, H, W] or [N, H, W, C].
 */
bool sac_preprocess_fill (const SacManifestInput *input,
                          const SacImage *image,
                          SacTensor *batch,
                          size_t index,
                          GError **error);

/* The region that sac_preprocess takes for NULL, or the one of the input's own
 * extent around a centre (level-0 pixels): where a tile model looks when a
 * reader clicks. */
SacRect sac_preprocess_region (const SacManifestInput *input,
                               const SacSource *source);
SacRect sac_preprocess_region_at (const SacManifestInput *input,
                                  const SacSource *source,
                                  double x,
                                  double y);

#endif
