/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What lies where on the synthetic slide, in level-0 pixels of 0.5 um.
 *
 * The fields are smooth, so a drawing takes them from a grid, anchored at the
 * slide's origin, and interpolates: blocks agree along their edges. */
#ifndef SAC_IMAGE_TISSUE_PLAN_H
#define SAC_IMAGE_TISSUE_PLAN_H

#include "image/phantom.h"

typedef enum {
  TISSUE_DEPTH,     /* pixels inward from the outline, about; > 0: tissue */
  TISSUE_TUMOR,     /* > 0: tumour */
  TISSUE_GLANDS,    /* 0 to 1: mucosa with glands */
  TISSUE_FAT,       /* 0 to 1 */
  TISSUE_IMMUNE,    /* 0 to 1: how densely lymphocytes lie */
  TISSUE_FLOW,      /* fibres run along its contour lines */
  TISSUE_NESTS,     /* > 0: cells of the tumour, else the stroma between */
  TISSUE_NODE,      /* pixels inward from a node's capsule; a gut has none: 0 */
  TISSUE_FOLLICLE,  /* > 0: follicle, 1 at its middle */
  TISSUE_CENTER,    /* > 0: germinal centre */
  TISSUE_SINUS,     /* 0 to 1: how open a node's sinus is */
  TISSUE_TRABECULA, /* a node's trabeculae lie where this crosses zero */
  TISSUE_FIELD_COUNT /* a multiple of four, as four go at once */
} TissueField;

/* One field set at one place. */
void sac_tissue_plan_find (const SacPhantomSlideParams *params,
                           double x,
                           double y,
                           float *ret_fields);

/* The index-th blob of tumour: its middle and radius, before it is made ragged.
 */
float sac_tissue_plan_get_blob (const SacPhantomSlideParams *params,
                                int index,
                                float *ret_x,
                                float *ret_y);

typedef struct {
  const SacPhantomSlideParams *params;
  double step;         /* level-0 pixels from point to point */
  int64_t column, row; /* of the first point */
  int columns, rows;
  float *values; /* [rows][columns][TISSUE_FIELD_COUNT] */
} SacTissuePlan;

/* Covers the level-0 rectangle. */
void sac_tissue_plan_init (SacTissuePlan *plan,
                           const SacPhantomSlideParams *params,
                           double step,
                           const SacRect *rect);
void sac_tissue_plan_finish (SacTissuePlan *plan);

/* Whether there is no tissue nearer than `margin` pixels to a part of a row
 * inside the rectangle, as far as the points around it tell. */
bool sac_tissue_plan_is_empty (
  const SacTissuePlan *plan, double left, double right, double y, float margin);

/* All fields at a place inside the rectangle, interpolated. */
void sac_tissue_plan_get (const SacTissuePlan *plan,
                          double x,
                          double y,
                          float *ret_fields);

#endif
