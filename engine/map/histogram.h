/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How often values occur in a map. */
#ifndef SAC_MAP_HISTOGRAM_H
#define SAC_MAP_HISTOGRAM_H

#include "map/map.h"

typedef struct {
  double low, high; /* of the finite shown values */
  size_t *counts;   /* bin_count; the last takes `high` itself */
  size_t bin_count;
  size_t total;   /* finite cells */
  size_t largest; /* of the counts */
} SacHistogram;

/* Of the shown values.  A map of one value has all of it in the first bin; one
 * without finite values has none. */
void sac_histogram_init (SacHistogram *histogram,
                         const SacMap *map,
                         size_t bin_count);
void sac_histogram_clear (SacHistogram *histogram);

/* The share of finite cells that lie outside [low, high], [0, 1]. */
double sac_histogram_clipped (const SacMap *map, double low, double high);

#endif
