/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Magnification as microscopists count it: 10x shows a micrometre a pixel. */
#ifndef SAC_IMAGE_MAGNIFICATION_H
#define SAC_IMAGE_MAGNIFICATION_H

#include "image/source.h"

/* Of level 0, pixel for pixel: what the file says of its objective, or where
 * that is missing or at odds with the size of the pixels, what follows from
 * their size.  ret_stated (may be NULL): it is the file's own figure.
 * Returns: 0 when nothing is known, or when pixels are so large that this is no
 * view through a microscope. */
double sac_magnification_get (const SacSource *source, bool *ret_stated);

#endif
