/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The geometry of virtual levels and their tiles. */
#include "scene/tile-store.h"

#include <math.h>

int
sac_tile_store_get_level_count (SacTileStore *store, SacSource *source)
{
  int64_t side =
    MAX (sac_source_get_width (source), sac_source_get_height (source));
  int count = 1;

  for (; side > SAC_TILE_SIDE; side = (side + 1) / 2)
    count++;
  return count;
}

int
sac_tile_store_choose_level (SacTileStore *store,
                             SacSource *source,
                             double scale)
{
  int count = sac_tile_store_get_level_count (store, source);
  int level = 0;

  /* The margin keeps 1/2, 1/4, ... on their own level. */
  while (level + 1 < count && ldexp (scale, level + 1) <= 1 + 1e-9)
    level++;
  return level;
}

SacRect
sac_tile_store_tile_rect (SacSource *source, const SacTileKey *key)
{
  double side = ldexp (SAC_TILE_SIDE, key->level);
  double x = (double)key->column * side, y = (double)key->row * side;
  double width = fmin (side, (double)sac_source_get_width (source) - x);
  double height = fmin (side, (double)sac_source_get_height (source) - y);

  if (x < 0 || y < 0 || width <= 0 || height <= 0)
    return (SacRect){x, y, 0, 0};
  return (SacRect){x, y, width, height};
}
