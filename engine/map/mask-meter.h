/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A map made ready to be measured against masks, and what is added up of it and
 * a mask.
 *
 * Cells lie in bins by their value, the highest first.  One pass over the cells
 * as they lie in memory adds up how much of the mask is in each bin; that says
 * what lies above every border between two bins, and which few bins may hold
 * the best overlap.  Only those are walked cell by cell, in the order of their
 * values, where every look at the mask is at another end of it. */
#ifndef SAC_MAP_MASK_METER_H
#define SAC_MAP_MASK_METER_H

#include "map/mask-scores.h"

#include <stddef.h>
#include <stdint.h>

#define MASK_BINS_MOST 2048
#define MASK_BIN_NONE UINT16_MAX /* of a cell that nothing covers */

struct SacMaskMeter {
  SacMap *map;
  /* Covered cells from the highest to the lowest shown value. */
  uint32_t *cells;
  float *values;
  size_t count;
  /* As the map's cells lie in memory. */
  float *ranks; /* average ones, 1 the lowest */
  uint16_t *bins;
  /* Bins end where the value changes, and where a quantile or a threshold of
   * the curves does. */
  size_t bin_count;
  uint32_t bin_ends[MASK_BINS_MOST];
  uint8_t bin_quantiles[MASK_BINS_MOST]; /* the highest that has all of it */
  bool is_finite;
  double positive;  /* sum of what is above zero */
  double magnitude; /* sum of magnitudes before rectification */
  double total;     /* sum of the shown values */
  double largest;   /* magnitude of the shown values */
  size_t heat_ends[SAC_MASK_HEAT_STEPS]; /* how many reach each quantile */
  double heat_sums[SAC_MASK_HEAT_STEPS]; /* of what is above zero of those */
  size_t iou_ends[SAC_MASK_IOU_STEPS];   /* how many reach each threshold */
};

/* Places in the sorted values: behind those that are equal to that at start. */
size_t mask_meter_find_end (const SacMaskMeter *meter, size_t start);

typedef struct {
  double area;                     /* cells of the mask */
  double energy;                   /* positive values inside */
  double mass;                     /* magnitudes inside */
  double inside;                   /* values inside */
  double outside;                  /* values outside */
  double in_any;                   /* positive values in any annotation */
  double rank;                     /* of the mask's area in the highest cells */
  double ranks;                    /* of cells inside */
  double best_inside, best_either; /* at the best overlap: mask in both, cells
                                      in either; 0 where nothing is positive */
  double best_threshold;           /* share of the largest */
  double iou_curve[SAC_MASK_IOU_STEPS];
  double heat_curve[SAC_MASK_HEAT_STEPS]; /* NaN where nothing is positive */
} MaskSums;

/* The meter has cells, all of them finite.  Uses the pool; the sums do not
 * depend on its threads. */
void mask_meter_add_up (const SacMaskMeter *meter,
                        const float *mask,
                        const float *any,
                        MaskSums *ret_sums);

#endif
