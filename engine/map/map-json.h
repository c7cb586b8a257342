/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The JSON of a map that stands in TIFF files: everything but the values.
 *
 * Writing it is sac_map_to_json (map/map-file.h). */
#ifndef SAC_MAP_MAP_JSON_H
#define SAC_MAP_MAP_JSON_H

#include "map/map.h"

/* Whether the object says it is a map's: other programs put JSON in TIFF files
 * as well. */
bool sac_map_json_is_map (JsonObject *object);

/* Fills a map that has its grid and values.  `name` stands in messages.
 * Errors: DAMAGED (names the key), UNSUPPORTED (a newer schema). */
bool sac_map_json_fill (JsonObject *object,
                        const char *name,
                        SacMap *map,
                        GError **error);

/* The same from another program's object: takes "geometry", "method" and "unit"
 * where they are there, and says that the values are as they were found. */
bool sac_map_json_fill_foreign (JsonObject *object,
                                const char *name,
                                SacMap *map,
                                GError **error);

/* `count` finite numbers, of a size that coordinates may have, under a key. */
bool sac_map_json_get_numbers (JsonObject *object,
                               const char *key,
                               double *ret_numbers,
                               guint count);

#endif
