/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The entries of the colour maps: red, green, blue. */
#ifndef SAC_MAP_COLOR_MAP_TABLES_H
#define SAC_MAP_COLOR_MAP_TABLES_H

#include <stdint.h>

extern const uint8_t sac_color_map_viridis[256][3];
extern const uint8_t sac_color_map_cividis[256][3];
extern const uint8_t sac_color_map_magma[256][3];
extern const uint8_t sac_color_map_diverging[256][3];
extern const uint8_t sac_color_map_jet[256][3];

#endif
