/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How far two maps agree, on the coarser of their grids, in several numbers,
 * and how far maps agree that have nothing to do with each other: one of the
 * two is shifted around the edges, turned and mirrored at random, which keeps
 * its values and their neighbourhoods and leaves to chance where they lie.
 *
 * Cells that one of them leaves uncovered are left out and counted.  A number
 * that is not defined (a constant map, no positive mass) is NaN, says why, and
 * is null in JSON. */
#ifndef SAC_MAP_AGREEMENT_H
#define SAC_MAP_AGREEMENT_H

#include "base/job.h"
#include "map/correlation.h"
#include "map/map.h"

typedef enum {
  SAC_AGREEMENT_PEARSON,
  SAC_AGREEMENT_SPEARMAN,
  SAC_AGREEMENT_KENDALL,
  SAC_AGREEMENT_COSINE,
  SAC_AGREEMENT_SSIM,
  SAC_AGREEMENT_TOP5_IOU,
  SAC_AGREEMENT_TOP10_IOU,
  SAC_AGREEMENT_TOP20_IOU,
  SAC_AGREEMENT_SHARED_MASS,
  SAC_AGREEMENT_JENSEN_SHANNON,
  SAC_AGREEMENT_EARTH_MOVER,
  SAC_AGREEMENT_CENTRE_DISTANCE,
  SAC_AGREEMENT_KIND_COUNT,
} SacAgreementKind;

typedef struct SacAgreementPair SacAgreementPair;

typedef struct {
  const char *name;    /* in JSON */
  const char *label;   /* short, marked for translation */
  const char *meaning; /* the definition in a sentence or two, marked */
  bool is_distance;    /* 0: the same; else 1: the same */
  /* private */
  const char *(*explain_undefined) (const SacAgreementPair *pair);
  double (*measure) (const SacAgreementPair *pair);
} SacAgreementMeasure;

/* SAC_AGREEMENT_KIND_COUNT of them, in the order of the kinds. */
const SacAgreementMeasure *sac_agreement_measures_get_all (void);

/* How a value stands to those of moved maps. */
typedef enum {
  SAC_AGREEMENT_UNKNOWN, /* no moved maps, or not defined */
  SAC_AGREEMENT_CHANCE,  /* within their 95 % range */
  SAC_AGREEMENT_ABOVE,   /* closer than that */
  SAC_AGREEMENT_BELOW,   /* farther than that */
} SacAgreementReading;

typedef struct {
  double value;
  const char *reason; /* why it is not defined, constant; NULL: it is */
  int moved_count; /* moved maps for which it is defined; 0: none were made */
  double moved_mean, moved_low, moved_high; /* 2.5 % and 97.5 % */
  double p; /* one-sided: (1 + moved maps that agree no less) / (1 + all) */
} SacAgreementValue;

typedef struct {
  int rows, columns; /* the common grid */
  size_t left_out;   /* of its cells, because of gaps */
  double diagonal;   /* of the grid, level-0 pixels; 0: not on an image */
  guint64 seed;
  SacAgreementValue values[SAC_AGREEMENT_KIND_COUNT];
} SacAgreement;

SacAgreementReading sac_agreement_read (const SacAgreement *agreement,
                                        SacAgreementKind kind);

/* Moved maps that are looked at: fewer where the grid has more than MANY cells,
 * so that the numbers stand while somebody looks, and none where it has more
 * than CELLS.  The smallest p that there can be is 1 / 40, or 1 / 21. */
#define SAC_AGREEMENT_MOVED 39
#define SAC_AGREEMENT_MOVED_FEW 20
#define SAC_AGREEMENT_MOVED_MANY 4096
#define SAC_AGREEMENT_MOVED_CELLS 20000

typedef struct {
  bool moved;   /* look at moved maps, too */
  guint64 seed; /* of the moves */
} SacAgreementParams;

/* params: NULL for the numbers alone.  Uses the pool.  Errors: MISMATCH when
 * no cell is covered by both; cancelled. */
bool sac_agreement_new (const SacMap *a,
                        const SacMap *b,
                        const SacAgreementParams *params,
                        SacAgreement *ret_agreement,
                        SacJob *job,
                        GError **error);

/* {"grid": [rows, columns], "pearson": ..., "undefined": {"ssim": "...", ...},
 * "moved_seed": ..., "moved_meaning": "...", "moved": {"pearson": {"count",
 * "mean", "low", "high", "p", "reading"}, ...}}. Returns: a new object. */
JsonObject *sac_agreement_to_json (const SacAgreement *agreement);

#endif
