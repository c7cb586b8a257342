/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Where on a slide the tissue lies, told from a small picture of all of it that
 * is at hand, at once: slide/tissue.h takes a better look. */
#ifndef SAC_SLIDE_TISSUE_BOX_H
#define SAC_SLIDE_TISSUE_BOX_H

#include "image/geometry.h"
#include "image/image.h"

/* The box around everything that is stained: what is more saturated than the
 * threshold that parts the picture's saturations best (Otsu's), single pixels
 * left out.  In pixels of `overview`; 9 ms for 512 x 512, half of a frame.
 * Returns: false when the picture has no two kinds of saturation. */
bool sac_tissue_box_find (const SacImage *overview, SacRect *ret_box);

#endif
