/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Maps on other grids.  Half-pixel conventions everywhere: the centre of cell
 * (r, c) lies at (r + 0.5, c + 0.5). */
#ifndef SAC_MAP_RESAMPLE_H
#define SAC_MAP_RESAMPLE_H

#include "map/map.h"

/* Half-pixel bilinear, edges held: torch's align_corners=False.  A cell that is
 * NaN counts for nothing, and where it is the nearest one there is NaN. */
void sac_resample_bilinear (const float *values,
                            int rows,
                            int columns,
                            float *ret_values,
                            int ret_rows,
                            int ret_columns);

/* Mean over the area that each new cell covers, as far as it is not NaN. */
void sac_resample_area (const float *values,
                        int rows,
                        int columns,
                        float *ret_values,
                        int ret_rows,
                        int ret_columns);

/* Shown values of two maps on the coarser of their two grids, over the part of
 * the image that both cover (area means).  Without geometry both grids are
 * taken to cover the same input.  NaN spreads, but
 * for that of gaps: of a cell that is partly gap the rest counts, and a cell
 * that one of the maps leaves uncovered is NaN in both.  ret_a and ret_b are
 * new arrays (g_free) of *ret_rows * *ret_columns.  Errors: MISMATCH when they
 * do not overlap or lie on images of different sizes. */
bool sac_resample_common (const SacMap *a,
                          const SacMap *b,
                          float **ret_a,
                          float **ret_b,
                          int *ret_rows,
                          int *ret_columns,
                          GError **error);

/* The same, and the level-0 rectangle of the grid's whole cells. */
bool sac_resample_common_rect (const SacMap *a,
                               const SacMap *b,
                               float **ret_a,
                               float **ret_b,
                               int *ret_rows,
                               int *ret_columns,
                               SacRect *ret_seen,
                               GError **error);

#endif
