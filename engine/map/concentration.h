/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How few cells hold a map: of the magnitudes of the shown values, cells that
 * nothing covers left out. */
#ifndef SAC_MAP_CONCENTRATION_H
#define SAC_MAP_CONCENTRATION_H

#include "map/map.h"

typedef struct {
  double gini;    /* 0: all cells alike; towards 1: one cell holds all.  Of n
                     cells sum (2 i - n - 1) x_i / (n sum x), x ascending */
  double entropy; /* of the shares of the sum, nats: 0 to log n */
} SacConcentration;

/* NaN where nothing is covered, all is zero or a value is not finite. */
void sac_map_concentration (const SacMap *map,
                            SacConcentration *ret_concentration);

#endif
