/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One map for each stage of a network, with a small picture of it. */
#ifndef SAC_APP_WORK_SCAN_H
#define SAC_APP_WORK_SCAN_H

#include "work.h"

#define SAC_SCAN_PICTURE_PX 168

typedef struct {
  char *layer;
  SacMap *map;              /* NULL: the method gives none there */
  GError *error;            /* why */
  cairo_surface_t *picture; /* the map over what the model saw; not drawn to any
                               more */
  gatomicrefcount ref_count;
} SacScanRow;

SacScanRow *sac_scan_row_ref (SacScanRow *row);
void sac_scan_row_unref (SacScanRow *row);

/* Request: SacMapRequest, whose layer does not count; its partials take a
 * GPtrArray of SacScanRow, all so far.  Result: the same, complete, from the
 * input to the output. */
extern const SacWork sac_work_scan;

#endif
