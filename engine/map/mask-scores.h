/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How far a map lies within a mask.
 *
 * A mask is a share of each cell that it covers, so its weights are areas; all
 * measures are of the shown values on the map's own grid.  Cells that a map
 * leaves uncovered are left out.  A number that is not defined (an empty mask,
 * nothing positive) is NaN, says why, and is null in JSON. */
#ifndef SAC_MAP_MASK_SCORES_H
#define SAC_MAP_MASK_SCORES_H

#include "map/map.h"

typedef enum {
  SAC_MASK_ENERGY,     /* positive values inside, of all positive values */
  SAC_MASK_MASS,       /* magnitudes inside, of all, before rectification */
  SAC_MASK_RANK,       /* of the highest cells of the mask's area, inside */
  SAC_MASK_AUC,        /* a cell inside is above one outside */
  SAC_MASK_POINTING,   /* the highest cell, or one near it, meets the mask */
  SAC_MASK_IOU,        /* the best over all thresholds above zero */
  SAC_MASK_THRESHOLD,  /* the threshold of that, as a share of the largest */
  SAC_MASK_HEAT_RATIO, /* area under the curve of effective heat ratios */
  SAC_MASK_DIFFERENCE, /* mean inside less mean outside, of the largest */
  SAC_MASK_BACKGROUND, /* positive values in no annotation at all */
  SAC_MASK_KIND_COUNT,
} SacMaskKind;

typedef struct {
  const char *name;    /* in JSON */
  const char *label;   /* short, marked for translation */
  const char *meaning; /* the definition in a sentence or two, marked */
} SacMaskMeasure;

/* SAC_MASK_KIND_COUNT of them, in the order of the kinds. */
const SacMaskMeasure *sac_mask_measures_get_all (void);

typedef struct {
  double value;
  const char *reason; /* why it is not defined, constant; NULL: it is */
} SacMaskValue;

/* Cells this far from the highest one count as it in the pointing game: 15
 * pixels of 224, of the shorter side of what the model saw. */
#define SAC_MASK_TOLERANCE (15.0 / 224)

#define SAC_MASK_IOU_STEPS 20  /* thresholds 1/20 to 20/20 of the largest */
#define SAC_MASK_HEAT_STEPS 11 /* quantiles 0 to 1 */

typedef struct {
  double area; /* share of the map's covered cells that is mask */
  SacMaskValue values[SAC_MASK_KIND_COUNT];
  /* NaN where IoU or heat ratio are not defined */
  double iou_curve[SAC_MASK_IOU_STEPS];
  double heat_curve[SAC_MASK_HEAT_STEPS];
} SacMaskScores;

/* A map made ready to be measured against one mask after the other. */
typedef struct SacMaskMeter SacMaskMeter;

/* Takes a reference. */
SacMaskMeter *sac_mask_meter_new (SacMap *map);
void sac_mask_meter_free (SacMaskMeter *meter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacMaskMeter, sac_mask_meter_free)
SacMap *sac_mask_meter_get_map (const SacMaskMeter *meter);

/* Uses the pool.  mask: a share for each cell; any: the same for all
 * annotations together, what is not background; NULL: the mask. */
void sac_mask_meter_measure (const SacMaskMeter *meter,
                             const float *mask,
                             const float *any,
                             SacMaskScores *ret_scores);

/* {"area": ..., "energy_inside": ..., "undefined": {...}, "iou_curve": [[share
 * of the largest, IoU], ...], "heat_curve": [[quantile, ratio], ...]}.
 * Returns: a new object. */
JsonObject *sac_mask_scores_to_json (const SacMaskScores *scores);

#endif
