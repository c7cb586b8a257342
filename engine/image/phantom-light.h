/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What is seen of what lies in the skin. */
#ifndef SAC_IMAGE_PHANTOM_LIGHT_H
#define SAC_IMAGE_PHANTOM_LIGHT_H

#include "image/phantom-matter.h"

/* The colour that a dermoscopist would call it; COUNT for the skin's own. */
SacPhantomColor sac_phantom_light_name (const SacPhantomMatter *matter);

/* light: what falls on the place; white: what the camera makes of white.  Adds
 * to sum: red, green, blue from 0 to 1. */
void sac_phantom_light_add (const SacNoiseFade *fade,
                            const SacPhantomMatter *matter,
                            float light,
                            const float *white,
                            float *sum);

#endif
