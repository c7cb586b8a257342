/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Resampling with the conventions of Pillow's Image.resize: the filter's
 * support grows with the reduction, coordinates are half-pixel, weights are
 * fixed-point, the horizontal pass comes first and each pass is rounded to 8
 * bits.  Agrees with Pillow to one grey level. */
#ifndef SAC_IMAGE_RESIZE_H
#define SAC_IMAGE_RESIZE_H

#include "base/job.h"
#include "image/geometry.h"
#include "image/image.h"

typedef enum {
  SAC_FILTER_NEAREST,
  SAC_FILTER_BOX,
  SAC_FILTER_BILINEAR, /* Pillow's BILINEAR; "bilinear-antialias" */
  SAC_FILTER_BICUBIC,  /* a = -0.5 */
  SAC_FILTER_LANCZOS,
} SacFilter;

/* name as in model.json and Pillow: "bilinear-antialias", "bilinear",
 * "bicubic-antialias", "bicubic", "nearest", "box", "lanczos".  Returns: false
 * when unknown. */
bool sac_filter_find (const char *name, SacFilter *ret_filter);

/* How far an output pixel reaches to each side of its centre, in output pixels,
 * when the image is reduced. */
double sac_filter_get_support (SacFilter filter);

/* box: the part of `image` to use, in its pixels, also fractions; NULL for all.
 * Errors: MISMATCH (it lies outside), TOO_LARGE, cancelled. */
SacImage *sac_resize (const SacImage *image,
                      const SacRect *box,
                      int width,
                      int height,
                      SacFilter filter,
                      SacJob *job,
                      GError **error);

#endif
