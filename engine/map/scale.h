/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How values become colour, declared: from a low end to a high end, in the
 * map's unit.  Zero stays zero unless the scale is "stretched". */
#ifndef SAC_MAP_SCALE_H
#define SAC_MAP_SCALE_H

#include "map/map.h"

typedef enum {
  SAC_SCALE_OWN,       /* 0 to the map's largest value (signed: +-) */
  SAC_SCALE_SHARED,    /* 0 to the largest of several maps of one unit */
  SAC_SCALE_STRETCHED, /* smallest to largest: zero is lost, and says so */
  SAC_SCALE_PERCENTILE, /* rank: 0 to 100 */
} SacScaleMode;

typedef struct {
  SacScaleMode mode;
  double low, high; /* in the map's unit (percent for PERCENTILE) */
  bool is_signed;   /* low == -high, zero in the middle */
  bool empty;       /* nothing to show: flat zero, no positive evidence, NaN */
} SacScale;

/* maps: those that share the scale (one for OWN, STRETCHED, PERCENTILE).  Maps
 * of different units cannot share: each then gets its own, and the caller shows
 * that (sac_scale_can_share). */
SacScale
sac_scale_new (SacScaleMode mode, const SacMap *const *maps, size_t map_count);
bool sac_scale_can_share (const SacMap *const *maps, size_t map_count);

/* Position on the scale, 0 at low, 1 at high, clipped; NaN stays NaN. */
double sac_scale_position (const SacScale *scale, double value);

/* Positions of all cells; for PERCENTILE by average ranks.  ret_positions has
 * rows * columns places. */
void sac_scale_apply (const SacScale *scale,
                      const SacMap *map,
                      float *ret_positions);

const char *sac_scale_mode_get_name (SacScaleMode mode); /* "own", ... */
bool sac_scale_mode_find (const char *name, SacScaleMode *ret_mode);

#endif
