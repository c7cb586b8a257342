/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Maps from any file that can hold one, to be laid over an image. */
#ifndef SAC_MAP_MAP_READ_H
#define SAC_MAP_MAP_READ_H

#include "base/job.h"
#include "map/map-file.h"

/* Every map in a file, told apart by its content: our own TIFF; other programs'
 * TIFF with one number a cell (in strips or tiles, with or without levels, one
 * map for each page); a grey PNG; .npy; a table of scores.  Beside all but our
 * own TIFF a JSON file may say where the map lies (map/map-file.h).
 *
 * image: what the maps are to lie on, and then each of them has a geometry on
 * it: where the file says nothing, the map covers the whole image if it has the
 * image's shape, and a note in its provenance says so.  NULL: maps keep what
 * their files say.
 *
 * Returns: an array of SacMap (free with g_ptr_array_unref).  Errors:
 * UNREADABLE, UNSUPPORTED (what the file is instead), DAMAGED, TOO_LARGE,
 * MISMATCH (another shape than the image's). */
GPtrArray *sac_map_read (const char *path,
                         const SacMapImage *image,
                         SacJob *job,
                         GError **error);

#endif
