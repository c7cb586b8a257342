/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A map: signed float32 values on their own grid, where the grid lies on the
 * image, and how the map came to be.
 *
 * Values are raw: never normalised, never upsampled.  A method with a ReLU of
 * its own (Grad-CAM) keeps the signed values here and sets `rectified`; what is
 * shown, written and compared is then max (0, value).  Immutable once made;
 * share it between threads. */
#ifndef SAC_MAP_MAP_H
#define SAC_MAP_MAP_H

#include "image/geometry.h"

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

typedef struct {
  int rows, columns;
  float *values; /* rows * columns, row by row */
  bool rectified;
  bool has_gaps;     /* NaN is a cell that nothing covers, and no fault */
  bool has_geometry; /* false: made from raw tensors, not from an image */
  SacGeometry geometry;
  char *unit;          /* "logit", "probability", "relevance", ... */
  char *method;        /* the method's name */
  bool class_specific; /* false: the same map for every class */
  /* Magnitudes up to this are rounding of the score that the map is a share
   * of; 0: not known, or of another unit. */
  double noise_floor;
  JsonObject *provenance;
  /* private */
  gatomicrefcount ref_count;
} SacMap;

/* values: taken over (g_free).  Provenance starts empty. */
SacMap *sac_map_new_take (int rows, int columns, float *values);
SacMap *sac_map_ref (SacMap *map);
void sac_map_unref (SacMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacMap, sac_map_unref)

/* The value that is shown: rectified where the map is. */
static inline float
sac_map_shown (const SacMap *map, size_t index)
{
  float value = map->values[index];

  return map->rectified && value < 0 ? 0 : value;
}

typedef enum {
  SAC_EVIDENCE_PRESENT,
  SAC_EVIDENCE_NONE_POSITIVE, /* nothing above zero: not a blank, a finding */
  SAC_EVIDENCE_FLAT,          /* one value everywhere */
  SAC_EVIDENCE_NOT_FINITE,    /* NaN or infinity: means nothing */
  SAC_EVIDENCE_NEGLIGIBLE,    /* nothing above the noise floor */
} SacEvidence;

typedef struct {
  SacEvidence evidence;
  float min, max;        /* of the shown values; of the finite ones */
  float raw_min;         /* before rectification */
  double negative_share; /* of sum |raw value|: evidence against, [0, 1] */
  double positive_cells; /* share of covered cells above zero, [0, 1] */
  double covered_cells;  /* share of cells that are no gaps, [0, 1] */
} SacMapSummary;

void sac_map_summarize (const SacMap *map, SacMapSummary *ret_summary);

/* Value of the cell under a level-0 point, and its percentile among all that
 * are covered
 * (average ranks, 0 to 100).  Returns: false outside the map. */
bool sac_map_value_at (const SacMap *map,
                       double x,
                       double y,
                       float *ret_value,
                       double *ret_percentile,
                       int *ret_row,
                       int *ret_column);

#endif
