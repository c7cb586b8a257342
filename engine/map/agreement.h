/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How far two maps agree, on the coarser of their grids.  Cells that one of
 * them leaves uncovered are left out and counted.
 *
 * A number that is not defined (a constant map, no positive mass) is NaN, and
 * JSON gets null. */
#ifndef SAC_MAP_AGREEMENT_H
#define SAC_MAP_AGREEMENT_H

#include "map/map.h"

typedef struct {
  int rows, columns; /* the common grid */
  size_t left_out;   /* of its cells, because of gaps */
  double pearson;
  double spearman; /* Pearson of average ranks */
  double top5_iou, top10_iou, top20_iou;
  double jensen_shannon; /* nats, of the positive parts scaled to sum 1 */
} SacAgreement;

bool sac_agreement_new (const SacMap *a,
                        const SacMap *b,
                        SacAgreement *ret_agreement,
                        GError **error);

/* {"grid": [rows, columns], "pearson": ..., ...}.  Returns: a new object. */
JsonObject *sac_agreement_to_json (const SacAgreement *agreement);

/* The parts, on plain arrays of `count` finite values. */
double sac_pearson (const float *a, const float *b, size_t count);
double sac_spearman (const float *a, const float *b, size_t count);
/* Cells among the ceil (share * count) largest of each; ties at the border
 * count by share, so that the order of equal cells does not matter. */
double sac_top_iou (const float *a, const float *b, size_t count, double share);
double sac_jensen_shannon (const float *a, const float *b, size_t count);
/* Average ranks, 1 to count. */
void sac_ranks (const float *values, size_t count, double *ret_ranks);

#endif
