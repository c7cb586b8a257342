/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What is known of another program's map: a JSON file beside it, called the
 * same but for .json, and where the map came from; and which of its numbers can
 * be ours. */
#ifndef SAC_MAP_MAP_SIDECAR_H
#define SAC_MAP_MAP_SIDECAR_H

#include "base/job.h"
#include "map/map.h"

/* Finds the file.  Returns: a new string; NULL: there is none. */
char *sac_map_sidecar_find (const char *path);

/* Reads it where it is there.  ret_object: NULL without one.  Returns: false
 * with the errors of reading JSON. */
bool sac_map_sidecar_read (const char *path,
                           JsonObject **ret_object,
                           GError **error);

/* The file's name and hash into the provenance.  Errors: UNREADABLE. */
bool sac_map_note_origin (SacMap *map,
                          const char *path,
                          SacJob *job,
                          GError **error);

/* Whether a cell can hold the number.  Errors: UNSUPPORTED, without the file's
 * name, when it is finite and beyond float32. */
bool sac_map_check_value (double value, GError **error);

/* Says that cells without a number are gaps, if there are any. */
void sac_map_find_gaps (SacMap *map);

/* A sentence into the provenance's "notes", which people are shown. */
void sac_map_add_note (SacMap *map, const char *note);

#endif
