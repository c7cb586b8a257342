/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Annotations as a mask on a map's grid. */
#ifndef SAC_ANNOTATION_RASTERIZE_H
#define SAC_ANNOTATION_RASTERIZE_H

#include "annotation/annotation.h"
#include "base/job.h"

/* Each cell is looked at in so many places along each side. */
#define SAC_RASTERIZE_PLACES 8

/* The share of each cell of a rows x columns grid over the geometry's input
 * that lies in a rectangle or polygon: of the class, or of any with -1, by the
 * even-odd rule within one annotation; what lies in an annotation that
 * excludes counts for none.  Points and rulers have no area.
 * ret_shares: rows * columns.  Returns: false when cancelled. */
bool sac_annotations_rasterize (const SacAnnotations *set,
                                int class_index,
                                const SacGeometry *geometry,
                                int rows,
                                int columns,
                                float *ret_shares,
                                SacJob *job,
                                GError **error);

/* The same, looked at in one place for each pixel of the image at least, as far
 * as 4096 places a side go: weights for what is measured against a mask. */
bool sac_annotations_weigh (const SacAnnotations *set,
                            int class_index,
                            const SacGeometry *geometry,
                            int rows,
                            int columns,
                            float *ret_shares,
                            SacJob *job,
                            GError **error);

#endif
