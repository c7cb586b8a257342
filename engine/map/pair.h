/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Two maps cell by cell, on the coarser of their grids: how they differ, and
 * where the highest cells of each lie. */
#ifndef SAC_MAP_PAIR_H
#define SAC_MAP_PAIR_H

#include "map/map.h"

/* A minus B, signed, as a map of its own on the common grid, without geometry
 * where one of the two has none.  In their unit when both have the same;
 * otherwise each is divided by its largest magnitude first, and the unit is
 * "share of the largest".  Cells that one of them leaves uncovered are gaps.
 * Returns: a new map, NULL on error: those of sac_resample_common. */
SacMap *sac_map_difference (const SacMap *a, const SacMap *b, GError **error);

typedef enum {
  SAC_OVERLAP_NEITHER,
  SAC_OVERLAP_ONLY_A,
  SAC_OVERLAP_ONLY_B,
  SAC_OVERLAP_BOTH,
  SAC_OVERLAP_LEFT_OUT, /* not covered by both, or not a number */
  SAC_OVERLAP_KIND_COUNT,
} SacOverlapKind;

/* Where the top cells of each map lie.  Immutable once made. */
typedef struct {
  int rows, columns;
  uint8_t *cells; /* of SacOverlapKind, row by row */
  size_t counts[SAC_OVERLAP_KIND_COUNT];
  double share;      /* asked for */
  bool has_geometry; /* of the common grid */
  SacGeometry geometry;
} SacOverlap;

/* share: of the cells that count, in (0, 1]; the ceil (share * count) highest
 * of each map.  Equal cells at the border of which only some would fit stay
 * out, all of them: their order means nothing.  Errors: those of
 * sac_resample_common. */
SacOverlap *sac_overlap_new (const SacMap *a,
                             const SacMap *b,
                             double share,
                             GError **error);
void sac_overlap_free (SacOverlap *overlap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacOverlap, sac_overlap_free)

#endif
