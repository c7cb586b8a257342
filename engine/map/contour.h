/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Lines along which a map has one value: marching squares between the middles
 * of cells, where the map is bilinear, held at its edges. */
#ifndef SAC_MAP_CONTOUR_H
#define SAC_MAP_CONTOUR_H

#include "map/map.h"

typedef struct {
  double x, y;
} SacContourPoint;

typedef struct {
  GArray *points; /* of SacContourPoint, level 0; cells where the map has no
                     geometry */
  bool is_closed; /* the last point joins the first; else it ends at the edge of
                     the map or at a gap */
} SacContourLine;

/* Without points, and open. */
SacContourLine *sac_contour_line_new (void);
void sac_contour_line_free (void *line);

/* More lines than this, or a million points, say nothing; the rest is left
 * out. */
#define SAC_CONTOUR_LINE_MAX 20000

/* Of the shown values; around cells that are no numbers there are no lines.
 * Where four cells alternate, the mean of the four decides what joins.
 * Returns: array of SacContourLine, owning. */
GPtrArray *sac_contour_new (const SacMap *map, double level);

#endif
