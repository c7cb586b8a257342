/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Maps measured against what people drew on their image. */
#ifndef SAC_SCENE_ANNOTATED_H
#define SAC_SCENE_ANNOTATED_H

#include "annotation/annotation.h"
#include "base/job.h"
#include "map/mask-scores.h"

/* Rectangles and polygons of a class.  class_index: -1: any. */
guint sac_annotated_count_areas (const SacAnnotations *set, int class_index);

/* The class of that name, if it has any of these; else -1. */
int sac_annotated_find_class (const SacAnnotations *set, const char *name);

/* How far a map lies within the areas of a class, -1: all of them; background
 * is what lies in no annotation, whichever class is the mask.  The map lies on
 * an image.  Returns: false when cancelled. */
bool sac_annotated_measure (const SacAnnotations *set,
                            int class_index,
                            SacMap *map,
                            SacMaskScores *ret_scores,
                            SacJob *job,
                            GError **error);

/* The same of a map that has been made ready. */
bool sac_annotated_measure_ready (const SacAnnotations *set,
                                  int class_index,
                                  const SacMaskMeter *meter,
                                  SacMaskScores *ret_scores,
                                  SacJob *job,
                                  GError **error);

#endif
