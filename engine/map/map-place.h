/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Where a map of another program lies on an image. */
#ifndef SAC_MAP_MAP_PLACE_H
#define SAC_MAP_MAP_PLACE_H

#include "map/map-file.h"

/* What a file says about a map without a geometry. */
typedef struct {
  double width, height; /* what its cells cover, in steps of its own */
  double full_width;    /* the picture's share of these: the last cells may
                           reach beyond it */
  double full_height;
  double mpp; /* micrometres a step; 0: not stated */
} SacMapExtent;

/* Gives a map its place on an image: by micrometres where both say them, else
 * by the ratio of sizes.  A map that has a geometry on an image of another size
 * but the same shape is scaled to this one.  Errors: MISMATCH. */
bool sac_map_place (SacMap *map,
                    const SacMapExtent *extent,
                    const SacMapImage *image,
                    GError **error);

#endif
