/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "contour-cache.h"

void
sac_contour_cache_clear (SacContourCache *cache)
{
  g_clear_pointer (&cache->map, sac_map_unref);
  g_clear_pointer (&cache->lines, g_ptr_array_unref);
}

const GPtrArray *
sac_contour_cache_get (SacContourCache *cache,
                       const SacMap *map,
                       const SacScale *scale,
                       double level)
{
  if (cache->map == map && cache->mode == scale->mode &&
      cache->is_signed == scale->is_signed && cache->level == level)
    return cache->lines;
  sac_contour_cache_clear (cache);
  *cache = (SacContourCache){
    .map = sac_map_ref ((SacMap *)map),
    .mode = scale->mode,
    .is_signed = scale->is_signed,
    .level = level,
    .lines = sac_scene_contours_new (map, scale, level),
  };
  return cache->lines;
}
