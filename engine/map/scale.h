/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How values become colour, declared: from a low end to a high end, in the
 * map's unit.  Zero stays zero unless the scale is "stretched". */
#ifndef SAC_MAP_SCALE_H
#define SAC_MAP_SCALE_H

#include "map/map.h"

typedef enum {
  SAC_SCALE_OWN,        /* 0 to the map's largest value (signed: +-) */
  SAC_SCALE_SHARED,     /* 0 to the largest of several maps of one unit */
  SAC_SCALE_STRETCHED,  /* smallest to largest: zero is lost, and says so */
  SAC_SCALE_PERCENTILE, /* rank of the magnitude among all cells, 0 to 100, with
                           the value's sign; zero stays at 0 */
} SacScaleMode;

typedef struct {
  SacScaleMode mode;
  double low, high; /* in the map's unit (percent for PERCENTILE) */
  bool is_signed;   /* low == -high, zero in the middle */
  bool empty;       /* nothing to show: zero everywhere, no positive evidence on
                       a scale without a negative side, NaN or infinity, nothing
                       above rounding; nothing to stretch */
  bool is_clipped;  /* the ends are a reader's choice (sac_scale_clip) */
  bool is_kept;     /* the high end is another image's (sac_scale_keep) */
} SacScale;

/* maps: those that share the scale (only the first counts for OWN, STRETCHED,
 * PERCENTILE).  Maps with NaN or infinity do not widen it.  Maps of different
 * units cannot share: the first then gets its own, its mode says OWN, and the
 * caller shows that (sac_scale_can_share). */
SacScale
sac_scale_new (SacScaleMode mode, const SacMap *const *maps, size_t map_count);
bool sac_scale_can_share (const SacMap *const *maps, size_t map_count);

/* The ends that a reader wants, in the scale's unit; what lies beyond has the
 * end's colour.  A signed scale stays even about zero: its high end is the
 * larger magnitude of the two.  An empty scale, or ends that are not in order,
 * change nothing. */
void sac_scale_clip (SacScale *scale, double low, double high);

/* The high end of another image's scale.  Zero and the map's sign stay: what is
 * below zero is never cut off unseen. */
void sac_scale_keep (SacScale *scale, double high);

/* The map in the scale's unit: itself, or for PERCENTILE its ranks in percent,
 * signed.  Returns: a new reference. */
SacMap *sac_scale_dup_map (const SacScale *scale, const SacMap *map);

/* The share of finite cells beyond the ends, [0, 1]. */
double sac_scale_get_clipped (const SacScale *scale, const SacMap *map);

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
