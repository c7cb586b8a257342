/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/pyramid-file.h"

#include "base/error.h"
#include "base/output.h"
#include "base/pool.h"
#include "image/pyramid-tile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TILE SAC_PYRAMID_TILE
#define LEVELS_MAX 16

/* Coarser levels than this show nothing. */
#define COARSEST_SIDE 512

#define RESOLUTION_SCALE 1000

/* TIFF 6.0 and its BigTIFF extension. */
enum {
  TYPE_ASCII = 2,
  TYPE_SHORT = 3,
  TYPE_LONG = 4,
  TYPE_RATIONAL = 5,
  TYPE_LONG8 = 16
};
enum { COMPRESSION_JPEG_TILES = 7, COMPRESSION_PACKED = 32773 };
enum { COLORS_BLACK_IS_ZERO = 1, COLORS_YCBCR = 6 };

typedef struct {
  int64_t width, height;
  int64_t columns, rows; /* of tiles */
  uint8_t *band;         /* the row of tiles that is being filled */
  int64_t filled;        /* its rows */
  int64_t done;          /* rows of tiles written */
  uint64_t *offsets, *counts;
} Level;

struct SacPyramidFile {
  SacPyramidParams params;
  char *path, *temporary, *description;
  FILE *file;
  uint64_t position;
  Level levels[LEVELS_MAX];
  int level_count;
  uint64_t constant_offsets[256], constant_counts[256]; /* tiles of one value */
};

static void
set_unwritable (const SacPyramidFile *pyramid, GError **error)
{
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNWRITABLE,
               "%s: cannot be written (%s); choose another folder or make room",
               pyramid->path, g_strerror (errno));
}

static bool
append (SacPyramidFile *pyramid, const void *bytes, size_t size, GError **error)
{
  errno = 0;
  if (fwrite (bytes, 1, size, pyramid->file) != size) {
    set_unwritable (pyramid, error);
    return false;
  }
  pyramid->position += size;
  return true;
}

static void
add_level (SacPyramidFile *pyramid, int64_t width, int64_t height)
{
  Level *level = &pyramid->levels[pyramid->level_count++];

  level->width = width;
  level->height = height;
  level->columns = (width + TILE - 1) / TILE;
  level->rows = (height + TILE - 1) / TILE;
  level->band =
    g_try_malloc0_n ((size_t)width * TILE, (size_t)pyramid->params.channels);
  level->offsets = g_new0 (uint64_t, (size_t)(level->columns * level->rows));
  level->counts = g_new0 (uint64_t, (size_t)(level->columns * level->rows));
}

static bool
open_file (SacPyramidFile *pyramid, GError **error)
{
  /* Of a BigTIFF; the place of the first directory follows at the end. */
  static const uint8_t head[16] = {'I', 'I', 43, 0, 8, 0, 0, 0};

  pyramid->temporary = sac_output_begin (pyramid->path, error);
  if (pyramid->temporary == NULL)
    return false;
  pyramid->file = fopen (pyramid->temporary, "wb");
  if (pyramid->file == NULL) {
    set_unwritable (pyramid, error);
    return false;
  }
  return append (pyramid, head, sizeof head, error);
}

SacPyramidFile *
sac_pyramid_file_new (const char *path,
                      const SacPyramidParams *params,
                      GError **error)
{
  g_assert (params->width >= 1 && params->width <= SAC_PYRAMID_SIDE_MAX);
  g_assert (params->height >= 1 && params->height <= SAC_PYRAMID_SIDE_MAX);
  g_assert (params->channels == 1 || params->channels == 3);
  g_assert (params->mpp > 0);

  g_autoptr (SacPyramidFile) pyramid = g_new0 (SacPyramidFile, 1);
  int64_t width = params->width, height = params->height;

  pyramid->params = *params;
  pyramid->path = g_strdup (path);
  pyramid->description = g_strdup (params->description);
  for (;;) {
    add_level (pyramid, width, height);
    if (pyramid->levels[pyramid->level_count - 1].band == NULL) {
      g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                   "%s: there is no memory for a row of tiles of "
                   "%" G_GINT64_FORMAT " pixels",
                   path, width);
      return NULL;
    }
    if (MAX (width, height) <= COARSEST_SIDE)
      break;
    width = (width + 1) / 2;
    height = (height + 1) / 2;
  }
  return open_file (pyramid, error) ? g_steal_pointer (&pyramid) : NULL;
}

void
sac_pyramid_file_free (SacPyramidFile *pyramid)
{
  if (pyramid == NULL)
    return;
  if (pyramid->file != NULL)
    fclose (pyramid->file);
  if (pyramid->temporary != NULL)
    sac_output_discard (pyramid->temporary);
  for (int i = 0; i < pyramid->level_count; i++) {
    g_free (pyramid->levels[i].band);
    g_free (pyramid->levels[i].offsets);
    g_free (pyramid->levels[i].counts);
  }
  g_free (pyramid->path);
  g_free (pyramid->description);
  g_free (pyramid);
}

uint8_t *
sac_pyramid_file_get_rows (SacPyramidFile *pyramid)
{
  return pyramid->levels[0].band;
}

/* The tiles of one row, each encoded for itself. */
typedef struct {
  const SacPyramidFile *pyramid;
  const Level *level;
  GByteArray **tiles;
  int *constants; /* the value of a mask's tile that has but one, or -1 */
} Encoding;

/* Beyond the image its last column and row go on, which JPEG likes best. */
static void
copy_tile (const Encoding *encoding, size_t column, uint8_t *tile)
{
  const Level *level = encoding->level;
  size_t channels = (size_t)encoding->pyramid->params.channels;
  int64_t x = (int64_t)column * TILE;
  size_t inside = (size_t)MIN (TILE, level->width - x);

  for (int row = 0; row < TILE; row++) {
    int64_t from = MIN (row, level->filled - 1);
    uint8_t *to = tile + (size_t)row * TILE * channels;

    memcpy (to, level->band + (size_t)(from * level->width + x) * channels,
            inside * channels);
    for (size_t i = inside; i < TILE; i++)
      memcpy (to + i * channels, to + (inside - 1) * channels, channels);
  }
}

static void
encode_tile (size_t column, void *data)
{
  Encoding *encoding = data;
  const SacPyramidParams *params = &encoding->pyramid->params;
  size_t size = (size_t)TILE * TILE * (size_t)params->channels;
  g_autofree uint8_t *tile = g_malloc (size);

  copy_tile (encoding, column, tile);
  encoding->constants[column] = -1;
  if (params->channels == 3) {
    encoding->tiles[column] =
      sac_pyramid_tile_jpeg (tile, TILE, params->quality);
    return;
  }
  if (memcmp (tile, tile + 1, size - 1) == 0)
    encoding->constants[column] = tile[0];
  encoding->tiles[column] = sac_pyramid_tile_pack (tile, TILE);
}

/* Tiles of one value stand in the file once. */
static bool
write_tile (SacPyramidFile *pyramid,
            Level *level,
            const Encoding *encoding,
            int64_t column,
            GError **error)
{
  size_t place = (size_t)(level->done * level->columns + column);
  const GByteArray *tile = encoding->tiles[column];
  int constant = encoding->constants[column];

  if (tile == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "%s: there is no memory to encode a tile", pyramid->path);
    return false;
  }
  if (constant >= 0 && pyramid->constant_counts[constant] > 0) {
    level->offsets[place] = pyramid->constant_offsets[constant];
    level->counts[place] = pyramid->constant_counts[constant];
    return true;
  }
  level->offsets[place] = pyramid->position;
  level->counts[place] = tile->len;
  if (constant >= 0) {
    pyramid->constant_offsets[constant] = pyramid->position;
    pyramid->constant_counts[constant] = tile->len;
  }
  return append (pyramid, tile->data, tile->len, error);
}

static bool
write_band (SacPyramidFile *pyramid, Level *level, GError **error)
{
  size_t columns = (size_t)level->columns;
  g_autofree GByteArray **tiles = g_new0 (GByteArray *, columns);
  g_autofree int *constants = g_new (int, columns);
  Encoding encoding = {pyramid, level, tiles, constants};
  bool done = true;

  sac_pool_run (columns, encode_tile, &encoding);
  for (size_t i = 0; i < columns; i++) {
    done = done && write_tile (pyramid, level, &encoding, (int64_t)i, error);
    if (tiles[i] != NULL)
      g_byte_array_unref (tiles[i]);
  }
  level->done++;
  return done;
}

typedef struct {
  const Level *from;
  Level *to;
  int channels;
  int choice; /* of a mask's two pixels: the first, the second */
} Halving;

/* A row that is missing at the lower edge is the one above it once more; the
 * same with columns. */
static void
halve_row (size_t index, void *data)
{
  const Halving *halving = data;
  const Level *from = halving->from;
  size_t channels = (size_t)halving->channels;
  int64_t low = MIN (2 * (int64_t)index + 1, from->filled - 1);
  const uint8_t *rows[2] = {
    from->band + 2 * index * (size_t)from->width * channels,
    from->band + (size_t)low * (size_t)from->width * channels,
  };
  uint8_t *to = halving->to->band + ((size_t)halving->to->filled + index) *
                                      (size_t)halving->to->width * channels;

  for (int64_t x = 0; x < halving->to->width; x++) {
    size_t left = (size_t)(2 * x) * channels;
    size_t right = (size_t)MIN (2 * x + 1, from->width - 1) * channels;

    if (channels == 1) {
      to[x] = rows[halving->choice][halving->choice == 0 ? left : right];
      continue;
    }
    for (size_t i = 0; i < 3; i++)
      to[3 * (size_t)x + i] =
        (uint8_t)((rows[0][left + i] + rows[0][right + i] + rows[1][left + i] +
                   rows[1][right + i] + 2) /
                  4);
  }
}

/* Writes what is full, and goes on with what it is halved to. */
static bool
end_band (SacPyramidFile *pyramid, int index, SacJob *job, GError **error)
{
  Level *level = &pyramid->levels[index];

  if (!sac_job_check (job, error) || !write_band (pyramid, level, error))
    return false;
  if (index + 1 < pyramid->level_count) {
    Level *next = &pyramid->levels[index + 1];
    Halving halving = {level, next, pyramid->params.channels, 1 - index % 2};
    size_t rows = (size_t)(level->filled + 1) / 2;

    sac_pool_run (rows, halve_row, &halving);
    next->filled += (int64_t)rows;
    if ((next->filled == TILE ||
         next->done * TILE + next->filled == next->height) &&
        !end_band (pyramid, index + 1, job, error))
      return false;
  }
  level->filled = 0;
  return true;
}

bool
sac_pyramid_file_put_rows (SacPyramidFile *pyramid, SacJob *job, GError **error)
{
  Level *level = &pyramid->levels[0];

  g_assert (level->done < level->rows);
  level->filled = MIN (TILE, level->height - level->done * TILE);
  return end_band (pyramid, 0, job, error);
}

/* One directory while it is made: entries, and what does not fit into them. */
typedef struct {
  GByteArray *entries, *values;
  uint64_t values_at; /* where the values will stand */
  uint64_t count;
} Directory;

static void
put_number (GByteArray *array, uint64_t number, int bytes)
{
  for (int i = 0; i < bytes; i++) {
    uint8_t byte = (uint8_t)(number >> (8 * i));

    g_byte_array_append (array, &byte, 1);
  }
}

static void
begin_entry (Directory *directory, int tag, int type, uint64_t count)
{
  put_number (directory->entries, (uint64_t)tag, 2);
  put_number (directory->entries, (uint64_t)type, 2);
  put_number (directory->entries, count, 8);
  directory->count++;
}

static void
add_number (Directory *directory, int tag, int type, uint64_t number)
{
  begin_entry (directory, tag, type, 1);
  put_number (directory->entries, number, 8);
}

/* Eight bytes or less stand in the entry itself. */
static void
add_bytes (Directory *directory,
           int tag,
           int type,
           uint64_t count,
           const GByteArray *bytes)
{
  begin_entry (directory, tag, type, count);
  if (bytes->len <= 8) {
    g_byte_array_append (directory->entries, bytes->data, bytes->len);
    put_number (directory->entries, 0, (int)(8 - bytes->len));
    return;
  }
  put_number (directory->entries, directory->values_at + directory->values->len,
              8);
  g_byte_array_append (directory->values, bytes->data, bytes->len);
  while (directory->values->len % 8 != 0)
    put_number (directory->values, 0, 1);
}

static void
add_shorts (Directory *directory, int tag, int count, unsigned value)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (int i = 0; i < count; i++)
    put_number (bytes, value, 2);
  add_bytes (directory, tag, TYPE_SHORT, (uint64_t)count, bytes);
}

static void
add_text (Directory *directory, int tag, const char *text)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *)text, (guint)strlen (text) + 1);
  add_bytes (directory, tag, TYPE_ASCII, bytes->len, bytes);
}

static void
add_resolution (Directory *directory, int tag, double mpp)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  put_number (bytes, (uint64_t)(10000.0 * RESOLUTION_SCALE / mpp + 0.5), 4);
  put_number (bytes, RESOLUTION_SCALE, 4);
  add_bytes (directory, tag, TYPE_RATIONAL, 1, bytes);
}

static void
add_places (Directory *directory,
            int tag,
            const uint64_t *numbers,
            size_t count)
{
  g_autoptr (GByteArray) bytes = g_byte_array_sized_new ((guint)count * 8);

  for (size_t i = 0; i < count; i++)
    put_number (bytes, numbers[i], 8);
  add_bytes (directory, tag, TYPE_LONG8, count, bytes);
}

/* Tags in rising order. */
static void
describe_level (const SacPyramidFile *pyramid, int index, Directory *directory)
{
  const Level *level = &pyramid->levels[index];
  bool is_color = pyramid->params.channels == 3;
  size_t tiles = (size_t)(level->columns * level->rows);
  double mpp = pyramid->params.mpp * (double)(1 << index);

  add_number (directory, 254, TYPE_LONG, index > 0);
  add_number (directory, 256, TYPE_LONG, (uint64_t)level->width);
  add_number (directory, 257, TYPE_LONG, (uint64_t)level->height);
  add_shorts (directory, 258, pyramid->params.channels, 8);
  add_number (directory, 259, TYPE_SHORT,
              is_color ? COMPRESSION_JPEG_TILES : COMPRESSION_PACKED);
  add_number (directory, 262, TYPE_SHORT,
              is_color ? COLORS_YCBCR : COLORS_BLACK_IS_ZERO);
  if (index == 0 && pyramid->description != NULL)
    add_text (directory, 270, pyramid->description);
  add_number (directory, 277, TYPE_SHORT, (uint64_t)pyramid->params.channels);
  add_resolution (directory, 282, mpp);
  add_resolution (directory, 283, mpp);
  add_number (directory, 284, TYPE_SHORT, 1);
  add_number (directory, 296, TYPE_SHORT, 3);
  add_text (directory, 305, "Saccade " SAC_VERSION);
  add_number (directory, 322, TYPE_SHORT, TILE);
  add_number (directory, 323, TYPE_SHORT, TILE);
  add_places (directory, 324, level->offsets, tiles);
  add_places (directory, 325, level->counts, tiles);
  if (is_color)
    add_shorts (directory, 530, 2, 2);
}

/* How long the entries are does not depend on where the values stand: so they
 * are made twice. */
static bool
write_directory (SacPyramidFile *pyramid, int index, GError **error)
{
  uint64_t entries_size = 0;
  bool is_last = index + 1 == pyramid->level_count;

  for (int pass = 0;; pass++) {
    g_autoptr (GByteArray) entries = g_byte_array_new ();
    g_autoptr (GByteArray) values = g_byte_array_new ();
    g_autoptr (GByteArray) all = g_byte_array_new ();
    Directory directory = {entries, values,
                           pyramid->position + 8 + entries_size + 8, 0};

    describe_level (pyramid, index, &directory);
    entries_size = entries->len;
    if (pass == 0)
      continue;
    put_number (all, directory.count, 8);
    g_byte_array_append (all, entries->data, entries->len);
    put_number (all, is_last ? 0 : directory.values_at + values->len, 8);
    g_byte_array_append (all, values->data, values->len);
    return append (pyramid, all->data, all->len, error);
  }
}

/* Directories begin at a multiple of eight. */
static bool
write_directories (SacPyramidFile *pyramid, GError **error)
{
  static const uint8_t zeros[8] = {0};
  g_autoptr (GByteArray) first = g_byte_array_new ();

  if (pyramid->position % 8 != 0 &&
      !append (pyramid, zeros, 8 - pyramid->position % 8, error))
    return false;
  put_number (first, pyramid->position, 8);
  for (int i = 0; i < pyramid->level_count; i++)
    if (!write_directory (pyramid, i, error))
      return false;
  errno = 0;
  if (fseek (pyramid->file, 8, SEEK_SET) != 0 ||
      fwrite (first->data, 1, 8, pyramid->file) != 8) {
    set_unwritable (pyramid, error);
    return false;
  }
  return true;
}

bool
sac_pyramid_file_finish (SacPyramidFile *pyramid, GError **error)
{
  g_assert (pyramid->levels[0].done == pyramid->levels[0].rows);
  if (!write_directories (pyramid, error))
    return false;
  errno = 0;

  int status = fclose (pyramid->file);

  pyramid->file = NULL;
  if (status != 0) {
    set_unwritable (pyramid, error);
    return false;
  }
  return sac_output_commit (g_steal_pointer (&pyramid->temporary),
                            pyramid->path, error);
}
