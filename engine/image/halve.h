/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Half of each side, the commonest of all sizes, at the cost of a copy. */
#ifndef SAC_IMAGE_HALVE_H
#define SAC_IMAGE_HALVE_H

#include "image/image.h"
#include "image/resize.h"

/* True when each pixel of `out` is the mean of four of `image` in `box`. */
bool
sac_halve_fits (const SacImage *image, const SacRect *box, const SacImage *out);

/* Rows [first, end) of `out`, to the bit as a box filter gives them that
 * rounds after each axis.  box: one that fits. */
void sac_halve_rows (
  const SacImage *image, const SacRect *box, SacImage *out, int first, int end);

#endif
