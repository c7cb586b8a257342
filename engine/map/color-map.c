/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/color-map.h"

#include "image/image.h"
#include "map/color-map-tables.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define NOT_A_NUMBER_PIXEL 0xff808080u

/* Viridis and magma are perceptually even; cividis is that for people with a
 * colour vision deficiency too. */
static const SacColorMap viridis = {
  .name = "viridis",
  .label = N_ ("Viridis"),
  .rgb = sac_color_map_viridis,
};
static const SacColorMap cividis = {
  .name = "cividis",
  .label = N_ ("Cividis"),
  .rgb = sac_color_map_cividis,
};
static const SacColorMap magma = {
  .name = "magma",
  .label = N_ ("Magma"),
  .rgb = sac_color_map_magma,
};
static const SacColorMap diverging = {
  .name = "diverging",
  .label = N_ ("Blue to orange (signed)"),
  .diverging = true,
  .rgb = sac_color_map_diverging,
};
static const SacColorMap jet = {
  .name = "jet",
  .label = N_ ("Jet (legacy)"),
  .legacy = true,
  .rgb = sac_color_map_jet,
};

static const SacColorMap *const color_maps[] = {
  &viridis, &cividis, &magma, &diverging, &jet, NULL,
};

const SacColorMap *const *
sac_color_maps_get_all (void)
{
  return color_maps;
}

const SacColorMap *
sac_color_map_find (const char *name)
{
  for (size_t i = 0; color_maps[i] != NULL; i++) {
    if (g_strcmp0 (color_maps[i]->name, name) == 0)
      return color_maps[i];
  }
  return NULL;
}

uint32_t
sac_color_map_pixel (const SacColorMap *map, double position)
{
  if (isnan (position))
    return NOT_A_NUMBER_PIXEL;

  int index = CLAMP (position, 0, 1) * 256;
  const uint8_t *rgb = map->rgb[MIN (index, 255)];

  return sac_pixel (rgb[0], rgb[1], rgb[2]);
}
