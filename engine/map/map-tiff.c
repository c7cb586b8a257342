/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Maps as TIFF: one uncompressed float32 directory a map, behind a large one
 * the levels that viewers of slides look for.
 *
 * Because nothing is compressed, a file cannot hold more cells than a quarter
 * of its bytes: reading checks that before any array is made, and libtiff may
 * not allocate much more than the file's size either. */

#include "map/map-file.h"

#include "base/error.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/output.h"
#include "map/map-json.h"
#include "map/resample.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <tiffio.h>

#define TILE_SIDE 256
#define LARGEST_UNTILED_SIDE 512
#define MAP_COUNT_MAX 4096
#define MICROMETRES_A_CENTIMETRE 1e4
#define MPP_MOST 1e6

/* What libtiff's own arrays may take beyond the file's size. */
#define LIBTIFF_SPARE_BYTES (1 << 20)

/* Classic TIFF ends at 4 GiB; well before it, offsets become 64-bit. */
#define CLASSIC_BYTES_MAX ((gint64)3 << 30)

static int
keep_first_message (TIFF *tiff,
                    void *data,
                    const char *module,
                    const char *format,
                    va_list arguments)
{
  char **message = data;

  if (*message == NULL)
    *message = g_strdup_vprintf (format, arguments);
  return 1;
}

static int
ignore_message (TIFF *tiff,
                void *data,
                const char *module,
                const char *format,
                va_list arguments)
{
  return 1;
}

/* message: where the first error of this file goes; a new string. */
static TIFF *
open_tiff (const char *path, const char *mode, gint64 memory, char **message)
{
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc ();

  if (memory > 0)
    TIFFOpenOptionsSetMaxSingleMemAlloc (options, memory);
  TIFFOpenOptionsSetErrorHandlerExtR (options, keep_first_message, message);
  TIFFOpenOptionsSetWarningHandlerExtR (options, ignore_message, NULL);

  TIFF *tiff = TIFFOpenExt (path, mode, options);

  TIFFOpenOptionsFree (options);
  return tiff;
}

/* Writing */

/* Maps over slides have gaps, and go to programs that read nothing but tiles.
 */
static bool
is_tiled (const SacMap *map)
{
  return map->has_gaps || MAX (map->rows, map->columns) > LARGEST_UNTILED_SIDE;
}

/* Whether a level follows: until one tile, or what needs none, holds all.  ASAP
 * takes no level that is as wide as the one before. */
static bool
has_coarser (const SacMap *map)
{
  int most = map->has_gaps ? TILE_SIDE : LARGEST_UNTILED_SIDE;

  return MAX (map->rows, map->columns) > most && map->columns > 1;
}

/* The mean of up to four cells, of those that are no gaps. */
static float
get_mean (const SacMap *map, int row, int column)
{
  double sum = 0;
  int count = 0;

  for (int i = 0; i < 4; i++) {
    int y = 2 * row + i / 2, x = 2 * column + i % 2;
    float value = y < map->rows && x < map->columns
                    ? map->values[(size_t)y * (size_t)map->columns + (size_t)x]
                    : NAN;

    if (isnan (value))
      continue;
    sum += value;
    count++;
  }
  return count > 0 ? (float)(sum / count) : NAN;
}

static SacMap *
new_half (const SacMap *map)
{
  int rows = (map->rows + 1) / 2, columns = (map->columns + 1) / 2;
  float *values = g_new (float, (size_t)rows *(size_t)columns);

  if (!map->has_gaps)
    sac_resample_area (map->values, map->rows, map->columns, values, rows,
                       columns);
  else
    for (int y = 0; y < rows; y++)
      for (int x = 0; x < columns; x++)
        values[(size_t)y * (size_t)columns + (size_t)x] = get_mean (map, y, x);

  SacMap *half = sac_map_new_take (rows, columns, values);

  half->has_gaps = map->has_gaps;
  return half;
}

static bool
write_tiles (TIFF *tiff, const SacMap *map)
{
  g_autofree float *tile = g_new (float, TILE_SIDE *TILE_SIDE);

  for (int y = 0; y < map->rows; y += TILE_SIDE) {
    for (int x = 0; x < map->columns; x += TILE_SIDE) {
      int rows = MIN (TILE_SIDE, map->rows - y);
      int columns = MIN (TILE_SIDE, map->columns - x);

      memset (tile, 0, sizeof *tile * TILE_SIDE * TILE_SIDE);
      for (int r = 0; r < rows; r++)
        memcpy (tile + r * TILE_SIDE,
                map->values + (size_t)(y + r) * map->columns + x,
                sizeof *tile * columns);
      if (TIFFWriteEncodedTile (tiff, TIFFComputeTile (tiff, x, y, 0, 0), tile,
                                sizeof *tile * TILE_SIDE * TILE_SIDE) < 0)
        return false;
    }
  }
  return true;
}

/* Of one cell, in micrometres, where the slide's pixels are known by them. */
typedef struct {
  double width, height; /* 0: not known */
} Spacing;

static Spacing
find_spacing (const SacMap *map)
{
  JsonNode *node = json_object_get_member (map->provenance, "slide");
  JsonObject *slide = node != NULL && JSON_NODE_HOLDS_OBJECT (node)
                        ? json_node_get_object (node)
                        : NULL;
  double mpp = slide != NULL
                 ? json_object_get_double_member_with_default (slide, "mpp", 0)
                 : 0;

  if (!map->has_geometry || !(mpp > 0 && mpp < MPP_MOST))
    return (Spacing){0};
  return (Spacing){mpp * map->geometry.seen.width / map->columns,
                   mpp * map->geometry.seen.height / map->rows};
}

/* What other programs scale and colour the map by: cells to a centimetre, and
 * the range of the values. */
static bool
write_measures (TIFF *tiff, const SacMap *map, Spacing spacing)
{
  SacMapSummary summary;

  sac_map_summarize (map, &summary);
  if (isfinite (summary.min) && isfinite (summary.max) &&
      (!TIFFSetField (tiff, TIFFTAG_SMINSAMPLEVALUE, (double)summary.min) ||
       !TIFFSetField (tiff, TIFFTAG_SMAXSAMPLEVALUE, (double)summary.max)))
    return false;
  return spacing.width == 0 ||
         (TIFFSetField (tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_CENTIMETER) &&
          TIFFSetField (tiff, TIFFTAG_XRESOLUTION,
                        MICROMETRES_A_CENTIMETRE / spacing.width) &&
          TIFFSetField (tiff, TIFFTAG_YRESOLUTION,
                        MICROMETRES_A_CENTIMETRE / spacing.height));
}

/* description: NULL for a level of the map before. */
static bool
write_directory (TIFF *tiff,
                 const SacMap *map,
                 Spacing spacing,
                 const char *description)
{
  size_t size = sizeof (float) * (size_t)map->rows * (size_t)map->columns;

  if (!TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, map->columns) ||
      !TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, map->rows) ||
      !TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, 32) ||
      !TIFFSetField (tiff, TIFFTAG_SAMPLESPERPIXEL, 1) ||
      !TIFFSetField (tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_IEEEFP) ||
      !TIFFSetField (tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) ||
      !TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK) ||
      !TIFFSetField (tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE) ||
      !TIFFSetField (tiff, TIFFTAG_SOFTWARE, "Saccade " SAC_VERSION) ||
      (description != NULL
         ? !TIFFSetField (tiff, TIFFTAG_IMAGEDESCRIPTION, description)
         : !TIFFSetField (tiff, TIFFTAG_SUBFILETYPE, FILETYPE_REDUCEDIMAGE)) ||
      !write_measures (tiff, map, spacing))
    return false;
  if (is_tiled (map)) {
    if (!TIFFSetField (tiff, TIFFTAG_TILEWIDTH, TILE_SIDE) ||
        !TIFFSetField (tiff, TIFFTAG_TILELENGTH, TILE_SIDE) ||
        !write_tiles (tiff, map))
      return false;
  } else if (!TIFFSetField (tiff, TIFFTAG_ROWSPERSTRIP, map->rows) ||
             TIFFWriteEncodedStrip (tiff, 0, map->values, size) < 0) {
    return false;
  }
  return TIFFWriteDirectory (tiff);
}

/* Means, each level half of the one before. */
static bool
write_levels (TIFF *tiff, const SacMap *map, Spacing spacing)
{
  g_autoptr (SacMap) level = sac_map_ref ((SacMap *)map);

  while (has_coarser (level)) {
    SacMap *half = new_half (level);

    sac_map_unref (level);
    level = half;
    spacing = (Spacing){2 * spacing.width, 2 * spacing.height};
    if (!write_directory (tiff, level, spacing, NULL))
      return false;
  }
  return true;
}

static bool
write_map (TIFF *tiff, const SacMap *map)
{
  g_autoptr (JsonObject) object = sac_map_to_json (map);
  g_autofree char *description = sac_json_to_text (object, false);

  Spacing spacing = find_spacing (map);

  return write_directory (tiff, map, spacing, description) &&
         write_levels (tiff, map, spacing);
}

static const char *
choose_mode (const SacMap *const *maps, size_t map_count)
{
  gint64 bytes = 0;

  for (size_t i = 0; i < map_count; i++)
    bytes += 2 * ((gint64)maps[i]->rows + TILE_SIDE) *
             ((gint64)maps[i]->columns + TILE_SIDE) * (gint64)sizeof (float);
  return bytes > CLASSIC_BYTES_MAX ? "w8" : "w";
}

bool
sac_map_write_tiff (const char *path,
                    const SacMap *const *maps,
                    size_t map_count,
                    GError **error)
{
  g_assert (map_count > 0);

  char *temporary = sac_output_begin (path, error);
  g_autofree char *message = NULL;

  if (temporary == NULL)
    return false;

  TIFF *tiff =
    open_tiff (temporary, choose_mode (maps, map_count), 0, &message);
  bool written = tiff != NULL;

  for (size_t i = 0; written && i < map_count; i++)
    written = write_map (tiff, maps[i]);
  if (tiff != NULL)
    TIFFClose (tiff);
  if (written && message == NULL)
    return sac_output_commit (temporary, path, error);
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNWRITABLE,
               "%s: cannot be written (%s); choose another folder or make room",
               path, message != NULL ? message : "TIFF error");
  sac_output_discard (temporary);
  return false;
}

/* Reading */

typedef struct {
  const char *path;
  TIFF *tiff;
  gint64 bytes_left; /* of the file, for the values of further maps */
  char *message;     /* libtiff's first */
} Reader;

static bool
refuse (const Reader *reader,
        SacErrorCode code,
        const char *why,
        GError **error)
{
  const char *detail = reader->message;

  g_set_error (error, SAC_ERROR, code, "%s: %s%s%s%s", reader->path,
               sac_sentence (why), detail != NULL ? " (" : "",
               detail != NULL ? detail : "", detail != NULL ? ")" : "");
  return false;
}

static bool
damaged (const Reader *reader, GError **error)
{
  return refuse (reader, SAC_ERROR_DAMAGED, "is a damaged TIFF file", error);
}

/* The map's JSON, or NULL with UNSUPPORTED when the directory is no map. */
static JsonObject *
read_description (const Reader *reader, GError **error)
{
  const char *text = NULL;

  if (TIFFGetField (reader->tiff, TIFFTAG_IMAGEDESCRIPTION, &text) &&
      text != NULL && text[0] == '{') {
    g_autoptr (JsonObject) object =
      sac_json_parse (text, strlen (text), reader->path, error);

    if (object == NULL)
      return NULL;
    if (sac_map_json_is_map (object))
      return g_steal_pointer (&object);
  }
  refuse (reader, SAC_ERROR_UNSUPPORTED,
          "is a TIFF image, not a map written by Saccade", error);
  return NULL;
}

static bool
check_layout (const Reader *reader, GError **error)
{
  uint16_t bits = 0, samples = 0, format = 0, compression = 0;

  TIFFGetFieldDefaulted (reader->tiff, TIFFTAG_BITSPERSAMPLE, &bits);
  TIFFGetFieldDefaulted (reader->tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
  TIFFGetFieldDefaulted (reader->tiff, TIFFTAG_SAMPLEFORMAT, &format);
  TIFFGetFieldDefaulted (reader->tiff, TIFFTAG_COMPRESSION, &compression);
  if (bits == 32 && samples == 1 && format == SAMPLEFORMAT_IEEEFP &&
      compression == COMPRESSION_NONE)
    return true;
  return refuse (reader, SAC_ERROR_UNSUPPORTED,
                 "a map's values are uncompressed float32, these are not: "
                 "another program has changed the file",
                 error);
}

/* A map with room for its values. */
static SacMap *
new_map (Reader *reader, GError **error)
{
  uint32_t width = 0, height = 0;

  TIFFGetField (reader->tiff, TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField (reader->tiff, TIFFTAG_IMAGELENGTH, &height);
  if (width == 0 || height == 0 || width > G_MAXINT || height > G_MAXINT) {
    damaged (reader, error);
    return NULL;
  }
  if (height > SAC_LIMIT_MAP_CELLS / width) {
    refuse (reader, SAC_ERROR_TOO_LARGE, "has more cells than a map may have",
            error);
    return NULL;
  }

  gint64 bytes = (gint64)width * height * (gint64)sizeof (float);

  if (bytes > reader->bytes_left) {
    refuse (reader, SAC_ERROR_DAMAGED,
            "has fewer bytes than its maps have values: it is cut off", error);
    return NULL;
  }

  float *values = g_try_malloc (bytes);

  if (values == NULL) {
    refuse (reader, SAC_ERROR_TOO_LARGE, "does not fit into memory", error);
    return NULL;
  }
  reader->bytes_left -= bytes;
  return sac_map_new_take (height, width, values);
}

static bool
read_strips (const Reader *reader, SacMap *map, GError **error)
{
  uint32_t strip_rows = 0;
  uint32_t strip = 0;

  TIFFGetFieldDefaulted (reader->tiff, TIFFTAG_ROWSPERSTRIP, &strip_rows);
  if (strip_rows == 0)
    return damaged (reader, error);
  strip_rows = MIN (strip_rows, (uint32_t)map->rows);
  for (int y = 0; y < map->rows; y += strip_rows, strip++) {
    tmsize_t size = sizeof (float) * (tmsize_t)map->columns *
                    MIN ((int)strip_rows, map->rows - y);

    if (TIFFReadEncodedStrip (reader->tiff, strip,
                              map->values + (size_t)y * map->columns,
                              size) != size)
      return damaged (reader, error);
  }
  return true;
}

static bool
read_tiles (const Reader *reader, SacMap *map, GError **error)
{
  uint32_t width = 0, height = 0;

  TIFFGetField (reader->tiff, TIFFTAG_TILEWIDTH, &width);
  TIFFGetField (reader->tiff, TIFFTAG_TILELENGTH, &height);
  if (width != TILE_SIDE || height != TILE_SIDE)
    return refuse (reader, SAC_ERROR_UNSUPPORTED,
                   "a map's tiles have 256x256 cells, these have not", error);

  tmsize_t size = sizeof (float) * TILE_SIDE * TILE_SIDE;
  g_autofree float *tile = g_malloc (size);

  for (int y = 0; y < map->rows; y += TILE_SIDE) {
    for (int x = 0; x < map->columns; x += TILE_SIDE) {
      int rows = MIN (TILE_SIDE, map->rows - y);
      int columns = MIN (TILE_SIDE, map->columns - x);
      uint32_t index = TIFFComputeTile (reader->tiff, x, y, 0, 0);

      if (TIFFReadEncodedTile (reader->tiff, index, tile, size) != size)
        return damaged (reader, error);
      for (int r = 0; r < rows; r++)
        memcpy (map->values + (size_t)(y + r) * map->columns + x,
                tile + r * TILE_SIDE, sizeof *tile * columns);
    }
  }
  return true;
}

static SacMap *
read_directory (Reader *reader, GError **error)
{
  g_autoptr (JsonObject) object = read_description (reader, error);

  if (object == NULL || !check_layout (reader, error))
    return NULL;

  g_autoptr (SacMap) map = new_map (reader, error);

  if (map == NULL || !sac_map_json_fill (object, reader->path, map, error))
    return NULL;
  if (TIFFIsTiled (reader->tiff) ? !read_tiles (reader, map, error)
                                 : !read_strips (reader, map, error))
    return NULL;
  return g_steal_pointer (&map);
}

/* A level of the map before it. */
static bool
is_level (const Reader *reader)
{
  uint32_t type = 0;

  TIFFGetFieldDefaulted (reader->tiff, TIFFTAG_SUBFILETYPE, &type);
  return (type & FILETYPE_REDUCEDIMAGE) != 0;
}

static bool
read_directories (Reader *reader, GPtrArray *maps, GError **error)
{
  for (int count = 1;; count++) {
    SacMap *map = NULL;

    if (maps->len == 0 || !is_level (reader)) {
      map = read_directory (reader, error);
      if (map == NULL)
        return false;
      g_ptr_array_add (maps, map);
    }
    if (TIFFLastDirectory (reader->tiff))
      return true;
    if (count == MAP_COUNT_MAX)
      return refuse (reader, SAC_ERROR_TOO_LARGE, "has more than 4096 maps",
                     error);
    if (!TIFFReadDirectory (reader->tiff))
      return damaged (reader, error);
  }
}

/* Looks at the first bytes, so that another kind of file is called by its
 * name, and never opens what is not a plain file. */
static bool
check_file (Reader *reader, GError **error)
{
  GStatBuf status;
  char magic[4] = {0};
  FILE *file = NULL;

  if (g_stat (reader->path, &status) == 0 && S_ISREG (status.st_mode))
    file = g_fopen (reader->path, "rbe");
  if (file == NULL)
    return refuse (reader, SAC_ERROR_UNREADABLE,
                   "cannot be read: it is missing, closed to you, or no file",
                   error);

  size_t got = fread (magic, 1, sizeof magic, file);

  fclose (file);
  reader->bytes_left = status.st_size;
  if (got == sizeof magic &&
      (memcmp (magic, "II*\0", 4) == 0 || memcmp (magic, "MM\0*", 4) == 0 ||
       memcmp (magic, "II+\0", 4) == 0 || memcmp (magic, "MM\0+", 4) == 0))
    return true;
  return refuse (reader, SAC_ERROR_UNSUPPORTED, "is not a TIFF file", error);
}

GPtrArray *
sac_map_read_tiff (const char *path, GError **error)
{
  Reader reader = {.path = path};

  if (!check_file (&reader, error))
    return NULL;

  g_autoptr (GPtrArray) maps =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_map_unref);
  bool good = false;

  /* "m": not mapped, a file that shrinks meanwhile must not kill us. */
  reader.tiff =
    open_tiff (path, "rm", 4 * reader.bytes_left + LIBTIFF_SPARE_BYTES,
               &reader.message);
  if (reader.tiff == NULL)
    damaged (&reader, error);
  else
    good = read_directories (&reader, maps, error);
  if (reader.tiff != NULL)
    TIFFClose (reader.tiff);
  g_free (reader.message);
  return good ? g_steal_pointer (&maps) : NULL;
}
