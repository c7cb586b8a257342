/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The bytes of one tile of a TIFF. */
#ifndef SAC_IMAGE_PYRAMID_TILE_H
#define SAC_IMAGE_PYRAMID_TILE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* side x side pixels of red, green and blue as a JPEG of its own, halved
 * colours.  Returns: NULL when memory is short. */
GByteArray *
sac_pyramid_tile_jpeg (const uint8_t *pixels, int side, int quality);

/* side x side bytes, row by row, as PackBits. */
GByteArray *sac_pyramid_tile_pack (const uint8_t *bytes, int side);

#endif
