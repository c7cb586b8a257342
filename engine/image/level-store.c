/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#define _GNU_SOURCE /* O_TMPFILE */

#include "image/level-store.h"

#include "base/error.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Bands of so many rows are cut into tiles that lie side by side, so that what
 * a tile on the screen needs is a few short runs of the file. */
#define TILE_WIDTH 256
#define TILE_ROWS 32
#define PIXEL_BYTES 3
#define ROW_BYTES (TILE_WIDTH * PIXEL_BYTES)
#define TILE_BYTES (ROW_BYTES * TILE_ROWS)

/* A coarser level than one that fits so would help nobody. */
#define COARSEST_SIDE 512
#define LEVEL_COUNT_MAX 24

/* Room that is left to others. */
#define SPARE_BYTES ((uint64_t)64 << 20)

typedef struct {
  int64_t width, height;
  int64_t across;  /* tiles in a band */
  uint64_t offset; /* in the file */
  int64_t row;     /* the next one */
  uint8_t *band;
  uint32_t *above; /* the row before, while the next level waits for two */
  uint32_t *half;  /* a row of the next level */
} Level;

struct SacLevelStore {
  int file;
  int count;
  uint64_t bytes;
  Level levels[LEVEL_COUNT_MAX];
};

static void
plan_levels (SacLevelStore *store, int64_t width, int64_t height)
{
  for (;;) {
    Level *level = &store->levels[store->count++];

    level->width = width;
    level->height = height;
    level->across = (width - 1) / TILE_WIDTH + 1;
    level->offset = store->bytes;
    store->bytes += (uint64_t)level->across * TILE_BYTES *
                    (uint64_t)((height - 1) / TILE_ROWS + 1);
    if (MAX (width, height) <= COARSEST_SIDE)
      return;
    width = (width + 1) / 2;
    height = (height + 1) / 2;
  }
}

static bool
make_rows (SacLevelStore *store)
{
  bool made = true;

  for (int i = 0; i < store->count; i++) {
    Level *level = &store->levels[i];

    level->band = g_try_malloc0_n ((size_t)level->across, TILE_BYTES);
    level->above = g_try_new (uint32_t, (size_t)level->width);
    level->half = g_try_new (uint32_t, (size_t)(level->width + 1) / 2);
    made &= level->band != NULL && level->above != NULL && level->half != NULL;
  }
  return made;
}

static void
drop_rows (SacLevelStore *store)
{
  for (int i = 0; i < store->count; i++) {
    g_clear_pointer (&store->levels[i].band, g_free);
    g_clear_pointer (&store->levels[i].above, g_free);
    g_clear_pointer (&store->levels[i].half, g_free);
  }
}

/* Some file systems have no files without names. */
static int
open_file (const char *folder)
{
  int file = open (folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  g_autofree char *path = g_build_filename (folder, ".copy-XXXXXX", NULL);

  if (file >= 0)
    return file;
  file = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0)
    g_unlink (path);
  return file;
}

static bool
check_room (const SacLevelStore *store, const char *folder, GError **error)
{
  struct statvfs status;

  if (fstatvfs (store->file, &status) != 0)
    return true;

  uint64_t room = (uint64_t)status.f_bavail * status.f_frsize;

  if (store->bytes + SPARE_BYTES <= room)
    return true;

  g_autofree char *needed = g_format_size (store->bytes + SPARE_BYTES);
  g_autofree char *there = g_format_size (room);

  g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
               "an image of %" PRId64 " x %" PRId64
               " pixels needs %s for a temporary copy in %s, where %s are "
               "free: make room, or save it as a tiled TIFF",
               store->levels[0].width, store->levels[0].height, needed, folder,
               there);
  return false;
}

static bool
open_store (SacLevelStore *store, const char *folder, GError **error)
{
  g_mkdir_with_parents (folder, 0700);
  store->file = open_file (folder);
  if (store->file >= 0)
    return check_room (store, folder, error);
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNWRITABLE,
               "an image of %" PRId64 " x %" PRId64
               " pixels needs a temporary copy, which cannot be made in %s "
               "(%s)",
               store->levels[0].width, store->levels[0].height, folder,
               g_strerror (errno));
  return false;
}

SacLevelStore *
sac_level_store_new (int64_t width,
                     int64_t height,
                     const char *folder,
                     GError **error)
{
  g_autofree char *own =
    g_build_filename (g_get_user_cache_dir (), "saccade", NULL);
  SacLevelStore *store;

  g_assert (width >= 1 && height >= 1);
  if (width > SAC_LIMIT_IMAGE_SIDE || height > SAC_LIMIT_IMAGE_SIDE ||
      width > SAC_LIMIT_STORED_PIXELS / height) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "the image has %" PRId64 " x %" PRId64
                 " pixels, beyond the limit of %" PRId64
                 " and %d a side; save it as a tiled TIFF",
                 width, height, (gint64)SAC_LIMIT_STORED_PIXELS,
                 SAC_LIMIT_IMAGE_SIDE);
    return NULL;
  }
  store = g_new0 (SacLevelStore, 1);
  store->file = -1;
  plan_levels (store, width, height);
  if (open_store (store, folder != NULL ? folder : own, error)) {
    if (make_rows (store))
      return store;
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "there is not enough memory for rows of %" PRId64 " pixels",
                 width);
  }
  sac_level_store_free (store);
  return NULL;
}

void
sac_level_store_free (SacLevelStore *store)
{
  if (store == NULL)
    return;
  drop_rows (store);
  if (store->file >= 0)
    close (store->file);
  g_free (store);
}

static bool
write_all (int file, uint64_t offset, const uint8_t *data, size_t size)
{
  while (size > 0) {
    ssize_t done = pwrite (file, data, size, (off_t)offset);

    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return false;
    data += done;
    offset += (uint64_t)done;
    size -= (size_t)done;
  }
  return true;
}

static uint64_t
find_band (const Level *level, int64_t row)
{
  return level->offset +
         (uint64_t)(row / TILE_ROWS) * (uint64_t)level->across * TILE_BYTES;
}

static void
pack_row (Level *level, const uint32_t *pixels)
{
  uint8_t *to = level->band + level->row % TILE_ROWS * ROW_BYTES;

  for (int64_t x = 0; x < level->width; to += TILE_BYTES) {
    int64_t end = MIN (x + TILE_WIDTH, level->width);

    for (uint8_t *at = to; x < end; x++, at += PIXEL_BYTES) {
      at[0] = (uint8_t)(pixels[x] >> 16);
      at[1] = (uint8_t)(pixels[x] >> 8);
      at[2] = (uint8_t)pixels[x];
    }
  }
}

/* The mean of two by two, red and blue in one word; at an odd edge of what
 * there is. */
static void
halve_rows (const uint32_t *above,
            const uint32_t *below,
            int64_t width,
            uint32_t *to)
{
  const uint32_t outer = 0x00ff00ff, inner = 0x0000ff00;

  for (int64_t x = 0; x < width; x += 2) {
    int64_t next = MIN (x + 1, width - 1);
    uint32_t sides = (above[x] & outer) + (above[next] & outer) +
                     (below[x] & outer) + (below[next] & outer) + 0x00020002;
    uint32_t middle = (above[x] & inner) + (above[next] & inner) +
                      (below[x] & inner) + (below[next] & inner) + 0x00000200;

    *to++ = 0xff000000u | (sides >> 2 & outer) | (middle >> 2 & inner);
  }
}

static bool
put_row (SacLevelStore *store, int index, const uint32_t *pixels)
{
  Level *level = &store->levels[index];
  int64_t row = level->row;
  bool is_last = row + 1 == level->height;

  pack_row (level, pixels);
  level->row++;
  if ((level->row % TILE_ROWS == 0 || is_last) &&
      !write_all (store->file, find_band (level, row), level->band,
                  (size_t)level->across * TILE_BYTES))
    return false;
  if (index + 1 == store->count)
    return true;
  if (row % 2 == 0 && !is_last) {
    memcpy (level->above, pixels, (size_t)level->width * sizeof *pixels);
    return true;
  }
  halve_rows (row % 2 == 0 ? pixels : level->above, pixels, level->width,
              level->half);
  return put_row (store, index + 1, level->half);
}

bool
sac_level_store_put_row (SacLevelStore *store,
                         const uint32_t *pixels,
                         GError **error)
{
  g_assert (store->levels[0].row < store->levels[0].height);
  if (!put_row (store, 0, pixels)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNWRITABLE,
                 "the temporary copy of the image cannot be written (%s); make "
                 "room, or save it as a tiled TIFF",
                 g_strerror (errno));
    return false;
  }
  if (store->levels[0].row == store->levels[0].height)
    drop_rows (store);
  return true;
}

int
sac_level_store_get_count (const SacLevelStore *store)
{
  return store->count;
}

void
sac_level_store_get_size (const SacLevelStore *store,
                          int level,
                          int64_t *ret_width,
                          int64_t *ret_height)
{
  *ret_width = store->levels[level].width;
  *ret_height = store->levels[level].height;
}

uint64_t
sac_level_store_get_bytes (const SacLevelStore *store)
{
  return store->bytes;
}

static bool
read_all (int file, uint64_t offset, uint8_t *to, size_t size)
{
  while (size > 0) {
    ssize_t done = pread (file, to, size, (off_t)offset);

    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return false;
    to += done;
    offset += (uint64_t)done;
    size -= (size_t)done;
  }
  return true;
}

/* Part of a level, and rows [top, bottom) of it that lie in one band. */
typedef struct {
  SacImage *image;
  int64_t x, y;
  int64_t top, bottom;
} Part;

static bool
read_tile (const SacLevelStore *store,
           const Level *level,
           const Part *part,
           int64_t tile)
{
  uint8_t rows[TILE_BYTES];
  int64_t left = MAX (part->x, tile * TILE_WIDTH);
  int64_t right = MIN (part->x + part->image->width, (tile + 1) * TILE_WIDTH);

  if (!read_all (store->file,
                 find_band (level, part->top) + (uint64_t)tile * TILE_BYTES +
                   (uint64_t)(part->top % TILE_ROWS) * ROW_BYTES,
                 rows, (size_t)(part->bottom - part->top) * ROW_BYTES))
    return false;
  for (int64_t row = part->top; row < part->bottom; row++) {
    const uint8_t *from =
      rows + (row - part->top) * ROW_BYTES + left % TILE_WIDTH * PIXEL_BYTES;
    uint32_t *to = part->image->pixels + (row - part->y) * part->image->width +
                   (left - part->x);

    for (int64_t i = left; i < right; i++, from += PIXEL_BYTES)
      *to++ = sac_pixel (from[0], from[1], from[2]);
  }
  return true;
}

SacImage *
sac_level_store_read (SacLevelStore *store,
                      int index,
                      int64_t x,
                      int64_t y,
                      int width,
                      int height,
                      GError **error)
{
  const Level *level = &store->levels[index];
  g_autoptr (SacImage) image = sac_image_new (width, height, error);
  Part part = {image, x, y, y, 0};

  g_assert (level->row == level->height);
  if (image == NULL)
    return NULL;
  for (; part.top < y + height; part.top = part.bottom) {
    part.bottom = MIN (y + height, (part.top / TILE_ROWS + 1) * TILE_ROWS);
    for (int64_t tile = x / TILE_WIDTH; tile <= (x + width - 1) / TILE_WIDTH;
         tile++)
      if (!read_tile (store, level, &part, tile)) {
        g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                     "the temporary copy cannot be read: %s",
                     g_strerror (errno));
        return NULL;
      }
  }
  return g_steal_pointer (&image);
}
