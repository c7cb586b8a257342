/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Maps on disk: TIFF float32 with geometry and provenance as JSON in
 * ImageDescription; .npy of the shown values; JSON; coloured PNG. */
#ifndef SAC_MAP_MAP_FILE_H
#define SAC_MAP_MAP_FILE_H

#include "base/job.h"
#include "map/color-map.h"
#include "map/map.h"
#include "map/scale.h"

/* What a map is to lie on. */
typedef struct {
  int64_t width, height; /* level 0 */
  double mpp;            /* 0: not known */
} SacMapImage;

/* Several maps make several directories.  TIFF keeps the signed values, bit for
 * bit. */
bool sac_map_write_tiff (const char *path,
                         const SacMap *const *maps,
                         size_t map_count,
                         GError **error);

/* Reads what sac_map_write_tiff wrote: an array of SacMap (free with
 * g_ptr_array_unref).  Errors: UNSUPPORTED when the file is not TIFF or the
 * TIFF not a map, UNREADABLE, DAMAGED, TOO_LARGE. */
GPtrArray *sac_map_read_tiff (const char *path, GError **error);

/* Shown values, [rows, columns] float32. */
bool sac_map_write_npy (const char *path, const SacMap *map, GError **error);

/* An array of numbers [rows, columns] with what is known of it in a JSON file
 * beside it, called the same but for .json: that of sac_map_write_json, or of
 * other programs, {"geometry": {"image", "seen", "input"}, "method", "unit"},
 * all of them optional.  Without the file, or without "geometry" in it, it is
 * not known where the map lies.  Its NaN are gaps, unless the JSON is ours.
 * Provenance names the file and its hash where the JSON has none.  Errors:
 * those of reading .npy and JSON; MISMATCH when the array is no grid. */
SacMap *sac_map_read_npy (const char *path, GError **error);

/* A grey PNG: its own codes, 0 to 255 or 65535, or what a JSON file beside it
 * says they stand for, {"range": [VALUE OF 0, VALUE OF THE LAST CODE]}; beside
 * that, as for .npy.  Transparent pixels are gaps.  Errors: UNSUPPORTED when it
 * is coloured. */
SacMap *sac_map_read_png (const char *path, SacJob *job, GError **error);

/* Scores of tiles as a table, one map for each column of scores, called
 * `method` by the column's name; column: that one alone, NULL for all.  Tiles
 * stand as "x" and "y" with "w" and "h", "size" or an end, or as a list
 * "coordinates", the way TIAToolbox, CLAM and WSInfer call them too.  image:
 * what they lie on, NULL: not known.  Where
 * tiles overlap, a cell has their mean by area; where there are none, or
 * without a score, it is a gap.  A JSON file beside the table may say {"image":
 * [width, height], "tile": [width, height], "downsample": FACTOR, "unit":
 * TEXT}: the first two in level-0 pixels, the third what coordinates are to be
 * multiplied with.  Without the file, tiles without a size are taken to lie
 * side by side and the image to end with the last; the notes in the provenance
 * say so.  Errors: UNREADABLE, UNSUPPORTED (what is missing, which columns
 * there are), DAMAGED (with the line), MISMATCH (tiles outside the image),
 * TOO_LARGE. */
GPtrArray *sac_map_read_csv (const char *path,
                             const char *column,
                             const SacMapImage *image,
                             GError **error);

/* {"schema": 1, "method", "unit", "rectified", "class_specific",
 * "grid": [rows, columns], "geometry": {"image": [width, height],
 * "seen": [x, y, width, height], "input": [width, height]} or null, "summary":
 * {"evidence", "min", "max", "raw_min", "negative_share", "positive_cells",
 * "gini", "entropy" (map/concentration.h)},
 * and, where some cells are covered by nothing, "gaps": true and in the summary
 * "covered_cells",
 * "provenance": {...}}.  Returns: a new object. */
JsonObject *sac_map_to_json (const SacMap *map);
bool sac_map_write_json (const char *path, const SacMap *map, GError **error);

#endif
