/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/pyramid-file.h"

#include "base/error.h"
#include "base/output.h"
#include "base/pool.h"
#include "image/pyramid-directory.h"
#include "image/pyramid-tile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TILE SAC_PYRAMID_TILE
#define LEVELS_MAX 16

/* Coarser levels than this show nothing. */
#define COARSEST_SIDE 512

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
                   "%" PRId64 " pixels",
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

static bool
write_directory (SacPyramidFile *pyramid, int index, GError **error)
{
  const Level *level = &pyramid->levels[index];
  SacPyramidDirectory directory = {
    .width = level->width,
    .height = level->height,
    .channels = pyramid->params.channels,
    .mpp = pyramid->params.mpp * (double)(1 << index),
    .is_first = index == 0,
    .is_last = index + 1 == pyramid->level_count,
    .description = pyramid->description,
    .tile_count = (size_t)(level->columns * level->rows),
    .offsets = level->offsets,
    .counts = level->counts,
  };
  g_autoptr (GByteArray) bytes =
    sac_pyramid_directory_encode (&directory, pyramid->position);

  return append (pyramid, bytes->data, bytes->len, error);
}

/* Directories begin at a multiple of eight. */
static bool
write_directories (SacPyramidFile *pyramid, GError **error)
{
  static const uint8_t zeros[8] = {0};
  uint64_t first;

  if (pyramid->position % 8 != 0 &&
      !append (pyramid, zeros, 8 - pyramid->position % 8, error))
    return false;
  first = GUINT64_TO_LE (pyramid->position);
  for (int i = 0; i < pyramid->level_count; i++)
    if (!write_directory (pyramid, i, error))
      return false;
  errno = 0;
  if (fseek (pyramid->file, 8, SEEK_SET) != 0 ||
      fwrite (&first, 1, sizeof first, pyramid->file) != sizeof first) {
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
