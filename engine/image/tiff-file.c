/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/tiff-file.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/tiff-block.h"

#include <string.h>
#include <sys/stat.h>

/* Pieces of plain strips. */
#define DIRECT_WIDTH 512
#define DIRECT_HEIGHT 256

/* Idle handles beyond which none is opened for one more directory. */
#define HANDLE_COUNT 8

/* Pieces beyond this many pixels are decoded one at a time. */
#define LARGE_PIXELS ((uint64_t)1 << 22)

/* Of a file with tiles no more is kept than what the reader's own share at
 * their edges. */
#define KEPT_TILE_BYTES ((size_t)8 << 20)

typedef struct {
  uint64_t directory;
  uint32_t column, row;
} PieceKey;

typedef struct {
  PieceKey key;
  SacImage *image;
  GList link; /* in `used`; data is the piece itself */
} Piece;

struct SacTiffFile {
  char *path;
  GMutex mutex;       /* guards what follows */
  GPtrArray *idle;    /* of SacTiffHandle */
  GHashTable *pieces; /* Piece by its own key */
  GQueue used;        /* the one used last comes first */
  size_t piece_bytes;
  bool is_known; /* the three fields below are those of the first open */
  struct stat status;
  GMutex large_mutex; /* held while a large piece is decoded */
};

static guint
hash_key (gconstpointer data)
{
  const PieceKey *key = data;

  return g_int64_hash (&key->directory) * 31u + key->column * 2654435761u +
         key->row * 40503u;
}

static gboolean
equal_keys (gconstpointer a, gconstpointer b)
{
  const PieceKey *one = a, *other = b;

  return one->directory == other->directory && one->column == other->column &&
         one->row == other->row;
}

static void
free_piece (Piece *piece)
{
  sac_image_unref (piece->image);
  g_free (piece);
}

static void
free_handle (SacTiffHandle *handle)
{
  sac_tiff_handle_close (handle);
  g_free (handle);
}

SacTiffFile *
sac_tiff_file_new (const char *path)
{
  SacTiffFile *file = g_new0 (SacTiffFile, 1);

  file->path = g_strdup (path);
  g_mutex_init (&file->mutex);
  g_mutex_init (&file->large_mutex);
  file->idle = g_ptr_array_new_with_free_func ((GDestroyNotify)free_handle);
  file->pieces = g_hash_table_new_full (hash_key, equal_keys, NULL,
                                        (GDestroyNotify)free_piece);
  return file;
}

void
sac_tiff_file_free (SacTiffFile *file)
{
  if (file == NULL)
    return;
  g_hash_table_unref (file->pieces);
  g_ptr_array_unref (file->idle);
  g_mutex_clear (&file->large_mutex);
  g_mutex_clear (&file->mutex);
  g_free (file->path);
  g_free (file);
}

/* A file that was replaced on disk must not be mixed with the one that was
 * opened. */
static bool
check_same (SacTiffFile *file, const SacTiffHandle *handle, GError **error)
{
  struct stat status;
  bool same = sac_tiff_handle_stat (handle, &status);

  g_mutex_lock (&file->mutex);
  if (same && !file->is_known) {
    file->status = status;
    file->is_known = true;
  }
  same = same && status.st_ino == file->status.st_ino &&
         status.st_dev == file->status.st_dev &&
         status.st_size == file->status.st_size &&
         status.st_mtim.tv_sec == file->status.st_mtim.tv_sec &&
         status.st_mtim.tv_nsec == file->status.st_mtim.tv_nsec;
  g_mutex_unlock (&file->mutex);
  if (!same)
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "the file has changed since it was opened");
  return same;
}

/* One that stands in the directory already, because going there reads the
 * tables of all its pieces; any other only when there are enough. */
static SacTiffHandle *
take_idle (SacTiffFile *file, uint64_t directory)
{
  SacTiffHandle *handle = NULL;
  guint found = file->idle->len >= HANDLE_COUNT ? 0 : G_MAXUINT;

  for (guint i = 0; i < file->idle->len; i++) {
    handle = g_ptr_array_index (file->idle, i);
    if (handle->is_entered && TIFFCurrentDirOffset (handle->tiff) == directory)
      found = i;
  }
  return found < file->idle->len ? g_ptr_array_steal_index (file->idle, found)
                                 : NULL;
}

SacTiffHandle *
sac_tiff_file_take (SacTiffFile *file, uint64_t directory, GError **error)
{
  g_mutex_lock (&file->mutex);

  SacTiffHandle *handle = take_idle (file, directory);

  g_mutex_unlock (&file->mutex);
  if (handle != NULL)
    return handle;
  handle = g_new0 (SacTiffHandle, 1);
  if (!sac_tiff_handle_open_file (handle, file->path, error)) {
    g_free (handle);
    return NULL;
  }
  if (!check_same (file, handle, error)) {
    free_handle (handle);
    return NULL;
  }
  return handle;
}

void
sac_tiff_file_give_back (SacTiffFile *file, SacTiffHandle *handle)
{
  sac_tiff_handle_forgive (handle);
  g_mutex_lock (&file->mutex);
  g_ptr_array_add (file->idle, handle);
  g_mutex_unlock (&file->mutex);
}

static bool
is_direct (SacTiffHandle *handle, const SacTiffLayout *layout)
{
  uint16_t order = FILLORDER_MSB2LSB;

  TIFFGetFieldDefaulted (handle->tiff, TIFFTAG_FILLORDER, &order);
  return !layout->tiled && !layout->apart && layout->bits >= 8 &&
         layout->kind != SAC_TIFF_YCBCR &&
         layout->compression == COMPRESSION_NONE && order == FILLORDER_MSB2LSB;
}

bool
sac_tiff_file_enter (SacTiffHandle *handle,
                     const SacTiffLevel *level,
                     GError **error)
{
  SacTiffLayout layout;

  if (TIFFCurrentDirOffset (handle->tiff) == level->directory &&
      handle->is_entered)
    return true;
  handle->is_entered = false;
  if (TIFFSetSubDirectory (handle->tiff, level->directory) != 1)
    return sac_tiff_handle_report (handle, "a directory", error);
  if (!sac_tiff_layout_read (handle, SAC_TIFF_PICTURE, &layout, error))
    return false;
  if (layout.width != level->layout.width ||
      layout.height != level->layout.height ||
      layout.block_bytes != level->layout.block_bytes)
    return sac_tiff_handle_report (handle, "a directory has changed", error);
  handle->is_entered = true;
  return true;
}

bool
sac_tiff_grid_init (SacTiffFile *file,
                    const SacTiffLevel *level,
                    SacTiffGrid *ret_grid,
                    GError **error)
{
  const SacTiffLayout *layout = &level->layout;
  SacTiffHandle *handle = sac_tiff_file_take (file, level->directory, error);

  if (handle == NULL)
    return false;

  bool entered = sac_tiff_file_enter (handle, level, error);

  *ret_grid = (SacTiffGrid){level,
                            entered && is_direct (handle, layout),
                            layout->block_width,
                            layout->block_height,
                            layout->across,
                            layout->down};
  sac_tiff_file_give_back (file, handle);
  if (!entered)
    return false;
  if (ret_grid->direct) {
    ret_grid->width = MIN (DIRECT_WIDTH, layout->width);
    ret_grid->height = MIN (DIRECT_HEIGHT, layout->height);
    ret_grid->across = (layout->width - 1) / ret_grid->width + 1;
    ret_grid->down = (layout->height - 1) / ret_grid->height + 1;
    return true;
  }
  if (layout->block_bytes * sac_tiff_layout_count_planes (layout) +
        (uint64_t)ret_grid->width * ret_grid->height * sizeof (uint32_t) <=
      SAC_LIMIT_TIFF_PIECE_BYTES)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
               "the TIFF is packed in pieces of %u x %u pixels, each of which "
               "can only be read whole; save it with tiles (vips tiffsave "
               "--tile --pyramid)",
               ret_grid->width, ret_grid->height);
  return false;
}

/* Rows of plain strips, a part of each. */
static bool
read_direct (SacTiffHandle *handle,
             const SacTiffLayout *layout,
             uint32_t x,
             uint32_t y,
             SacImage *image,
             GError **error)
{
  size_t sample_bytes = layout->bits / 8u;
  size_t pixel_bytes = layout->samples * sample_bytes;
  size_t row_bytes = layout->block_bytes / layout->block_height;
  size_t bytes = (size_t)image->width * pixel_bytes;
  g_autofree uint8_t *samples = g_malloc (bytes);
  const uint8_t *rows[SAC_TIFF_SAMPLES_MAX];

  for (int s = 0; s < layout->samples; s++)
    rows[s] = samples + (size_t)s * sample_bytes;
  for (int row = 0; row < image->height; row++) {
    uint32_t strip = (y + (uint32_t)row) / layout->block_height;
    uint64_t first =
      (uint64_t)((y + (uint32_t)row) % layout->block_height) * row_bytes +
      (uint64_t)x * pixel_bytes;
    uint64_t offset = TIFFGetStrileOffset (handle->tiff, strip);

    if (first + bytes > TIFFGetStrileByteCount (handle->tiff, strip) ||
        offset > handle->size ||
        !sac_tiff_handle_read_at (handle, offset + first, samples, bytes))
      return sac_tiff_handle_report (handle, "pixels lie behind its end",
                                     error);
    if (layout->bits == 16 && TIFFIsByteSwapped (handle->tiff))
      TIFFSwabArrayOfShort ((uint16_t *)(void *)samples, (tmsize_t)(bytes / 2));
    sac_tiff_block_unpack_row (layout, rows, layout->samples,
                               image->pixels +
                                 (size_t)row * (size_t)image->width,
                               (size_t)image->width);
  }
  return true;
}

static bool
read_block (SacTiffHandle *handle,
            const SacTiffLayout *layout,
            uint32_t index,
            SacImage *image,
            GError **error)
{
  g_autofree uint8_t *samples = NULL;

  if (!sac_tiff_block_check (handle, layout, index, error))
    return false;
  samples =
    g_try_malloc_n (sac_tiff_layout_count_planes (layout), layout->block_bytes);
  if (samples == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "there is not enough memory for %u x %u pixels of the TIFF",
                 layout->block_width, layout->block_height);
    return false;
  }
  if (!sac_tiff_block_read (handle, layout, index, samples, error))
    return false;
  sac_tiff_block_unpack (layout, samples, index, image->pixels,
                         (size_t)image->width);
  return true;
}

static SacImage *
decode_piece (SacTiffFile *file,
              const SacTiffGrid *grid,
              uint32_t column,
              uint32_t row,
              GError **error)
{
  const SacTiffLayout *layout = &grid->level->layout;
  uint32_t x = column * grid->width, y = row * grid->height;
  g_autoptr (SacImage) image =
    sac_image_new (MIN (grid->width, layout->width - x),
                   MIN (grid->height, layout->height - y), error);
  SacTiffHandle *handle =
    image != NULL ? sac_tiff_file_take (file, grid->level->directory, error)
                  : NULL;

  if (handle == NULL)
    return NULL;

  bool good =
    sac_tiff_file_enter (handle, grid->level, error) &&
    (grid->direct ? read_direct (handle, layout, x, y, image, error)
                  : read_block (handle, layout, row * grid->across + column,
                                image, error));

  sac_tiff_file_give_back (file, handle);
  return good ? g_steal_pointer (&image) : NULL;
}

static bool
is_large (const SacTiffGrid *grid)
{
  return (uint64_t)grid->width * grid->height > LARGE_PIXELS;
}

static SacImage *
find_piece (SacTiffFile *file, const PieceKey *key)
{
  SacImage *image = NULL;

  g_mutex_lock (&file->mutex);

  Piece *piece = g_hash_table_lookup (file->pieces, key);

  if (piece != NULL) {
    g_queue_unlink (&file->used, &piece->link);
    g_queue_push_head_link (&file->used, &piece->link);
    image = sac_image_ref (piece->image);
  }
  g_mutex_unlock (&file->mutex);
  return image;
}

/* A strip lies behind many tiles of the screen, a tile of the file behind one
 * or two, which are kept themselves. */
static size_t
get_budget (const SacTiffGrid *grid)
{
  return grid->level->layout.tiled && !is_large (grid)
           ? KEPT_TILE_BYTES
           : SAC_LIMIT_TIFF_KEPT_BYTES;
}

static void
keep_piece (SacTiffFile *file,
            const PieceKey *key,
            SacImage *image,
            size_t budget)
{
  g_mutex_lock (&file->mutex);
  if (g_hash_table_lookup (file->pieces, key) == NULL) {
    Piece *piece = g_new0 (Piece, 1);

    *piece = (Piece){.key = *key, .image = sac_image_ref (image)};
    piece->link.data = piece;
    g_hash_table_insert (file->pieces, &piece->key, piece);
    g_queue_push_head_link (&file->used, &piece->link);
    file->piece_bytes += sac_image_get_bytes (image);
  }
  while (file->piece_bytes > budget && file->used.length > 1) {
    Piece *last = g_queue_peek_tail (&file->used);

    g_queue_unlink (&file->used, &last->link);
    file->piece_bytes -= sac_image_get_bytes (last->image);
    g_hash_table_remove (file->pieces, &last->key);
  }
  g_mutex_unlock (&file->mutex);
}

SacImage *
sac_tiff_file_get_piece (SacTiffFile *file,
                         const SacTiffGrid *grid,
                         uint32_t column,
                         uint32_t row,
                         bool keep,
                         GError **error)
{
  PieceKey key = {grid->level->directory, column, row};
  SacImage *image = find_piece (file, &key);

  if (image != NULL)
    return image;
  if (is_large (grid)) {
    g_mutex_lock (&file->large_mutex);
    image = find_piece (file, &key);
  }
  if (image == NULL) {
    image = decode_piece (file, grid, column, row, error);
    if (image != NULL && keep)
      keep_piece (file, &key, image, get_budget (grid));
  }
  if (is_large (grid))
    g_mutex_unlock (&file->large_mutex);
  return image;
}
