/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Regions in which two maps disagree, with their outlines.
 *
 * The rule: on the coarser of the two grids, cells that are among the top
 * `share` of one map and not among that of the other; those that touch at a
 * side are one region; regions of fewer cells than `least`, as a share of the
 * cells that count, are left out and counted.  Outlines go along the sides of
 * cells: nothing is smoothed that was not measured. */
#ifndef SAC_MAP_DISAGREEMENT_H
#define SAC_MAP_DISAGREEMENT_H

#include "map/contour.h"
#include "map/pair.h"

#define SAC_DISAGREEMENT_SHARE 0.2
#define SAC_DISAGREEMENT_LEAST 0.01

typedef struct {
  SacOverlapKind kind; /* ONLY_A: high in A, not in B; ONLY_B */
  size_t cells;
  double share;  /* of the cells that count, (0, 1] */
  double x, y;   /* mean of its cells' middles; level 0, or cells */
  SacRect box;   /* around it; level 0, or cells */
  double rank_a; /* mean percentile of its cells in each map, 0 to 100: */
  double rank_b; /* how far apart the two are there */
  /* of SacContourLine, all closed, level 0, or cells: first the one around it,
   * clockwise, then those around what it leaves out, anticlockwise.  The even
   * odd rule fills the region. */
  GPtrArray *outlines;
} SacDisagreementRegion;

/* Immutable once made; share it between threads. */
typedef struct {
  SacOverlap *overlap; /* which cells are among which top */
  double least;        /* as asked for */
  GPtrArray *regions;  /* of SacDisagreementRegion, the largest first */
  size_t small_count;  /* regions left out */
} SacDisagreement;

/* share: in (0, 1]; least: in [0, 1).  Where maps have no geometry places are
 * in cells.  Errors: MISMATCH, those of sac_resample_common. */
SacDisagreement *sac_disagreement_new (
  const SacMap *a, const SacMap *b, double share, double least, GError **error);
void sac_disagreement_free (SacDisagreement *disagreement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacDisagreement, sac_disagreement_free)

/* {"grid": [rows, columns], "top_share": ..., "least_share": ..., "both": share
 * of cells, "only": {name_a: ..., name_b: ...}, "left_out_regions": ...,
 * "regions": [{"high_in": name_a or name_b, "share", "centre": [x, y], "box":
 * [x, y, width, height], "percentile": {name_a: ..., name_b: ...}, "outlines":
 * [[[x, y], ...], ...]}, ...]}.
 * Returns: a new object. */
JsonObject *sac_disagreement_to_json (const SacDisagreement *disagreement,
                                      const char *name_a,
                                      const char *name_b);

#endif
