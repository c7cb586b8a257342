/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The lines of one map at one level, so that drawing a view does not make them
 * anew. */
#ifndef SAC_APP_CONTOUR_CACHE_H
#define SAC_APP_CONTOUR_CACHE_H

#include "scene/scene.h"

/* All zero: empty.  The fields are what `lines` were made of. */
typedef struct {
  SacMap *map;
  SacScaleMode mode;
  bool is_signed;
  double level;
  GPtrArray *lines;
} SacContourCache;

/* As sac_scene_contours_new.  Returns: borrowed, until the next call. */
const GPtrArray *sac_contour_cache_get (SacContourCache *cache,
                                        const SacMap *map,
                                        const SacScale *scale,
                                        double level);
void sac_contour_cache_clear (SacContourCache *cache);

#endif
