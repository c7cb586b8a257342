/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Colour maps: one table, 256 entries each. */
#ifndef SAC_MAP_COLOR_MAP_H
#define SAC_MAP_COLOR_MAP_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  const char *name;  /* stable id: "viridis", "cividis", "magma", "diverging",
                        "jet" */
  const char *label; /* for people, marked for translation */
  bool diverging;    /* for signed maps: its middle is zero */
  bool legacy;       /* jet: misleading lightness, shown with a warning */
  const uint8_t (*rgb)[3]; /* 256 entries */
} SacColorMap;

/* NULL-terminated; the first is the default for positive maps. */
const SacColorMap *const *sac_color_maps_get_all (void);
const SacColorMap *sac_color_map_find (const char *name); /* NULL: unknown */

/* 0xffRRGGBB at a position of [0, 1] (clipped); NaN gives mid grey. */
uint32_t sac_color_map_pixel (const SacColorMap *map, double position);

#endif
