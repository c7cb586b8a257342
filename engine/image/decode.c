/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/decode.h"

#include "base/error.h"
#include "base/file-kind.h"
#include "base/limits.h"
#include "image/decoders.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

/* What is held whole has no more; larger files are read by rows or regions. */
#define FILE_BYTES_MAX ((guint64)1 << 30)
#define READ_BYTES ((size_t)1 << 20)

static const SacDecoder *const decoders[] = {
  &sac_decoder_jpeg, &sac_decoder_png,  &sac_decoder_bmp,
  &sac_decoder_webp, &sac_decoder_tiff, NULL,
};

const SacDecoder *const *
sac_decoders_get_all (void)
{
  return decoders;
}

const SacDecoder *
sac_decoder_find (const uint8_t *head, size_t size)
{
  for (size_t i = 0; decoders[i] != NULL; i++)
    if (decoders[i]->sniff (head, size))
      return decoders[i];
  return NULL;
}

static void
set_unsupported (GError **error, const uint8_t *head, size_t size)
{
  const char *kind = sac_file_kind_find (head, MIN (size, SAC_FILE_KIND_BYTES));
  g_autoptr (GString) names = g_string_new (NULL);

  for (size_t i = 0; decoders[i] != NULL; i++)
    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "",
                            decoders[i]->name);
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
               "cannot be opened: it %s%s; what can be opened are images (%s) "
               "and the whole slides that OpenSlide reads",
               kind != NULL ? sac_sentence ("looks like ")
                            : sac_sentence ("begins like no known format"),
               kind != NULL ? sac_sentence (kind) : "", names->str);
}

SacImage *
sac_decode (GBytes *file, SacJob *job, GError **error)
{
  gsize size;
  const uint8_t *data = g_bytes_get_data (file, &size);
  const SacDecoder *decoder = sac_decoder_find (data, size);

  if (decoder == NULL) {
    set_unsupported (error, data, size);
    return NULL;
  }

  g_autoptr (GError) reason = NULL;
  SacImage *image = decoder->decode (file, job, &reason);

  g_assert ((image == NULL) == (reason != NULL));
  if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return image;
}

/* Special files and folders are refused before they are opened: reading a
 * terminal or a pipe would never end. */
static bool
check_file (const char *path, size_t *ret_size, GError **error)
{
  GStatBuf info;

  if (g_stat (path, &info) != 0)
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE, "cannot be read (%s)",
                 g_strerror (errno));
  else if (!S_ISREG (info.st_mode))
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE,
                 "is %s, not a file; give the path of an image",
                 S_ISDIR (info.st_mode) ? sac_sentence ("a folder")
                                        : sac_sentence ("a device or a pipe"));
  else {
    *ret_size = (size_t)info.st_size;
    return true;
  }
  return false;
}

static bool
read_block (GInputStream *stream, uint8_t *to, size_t size, GError **error)
{
  g_autoptr (GError) reason = NULL;
  gsize got;

  if (!g_input_stream_read_all (stream, to, size, &got, NULL, &reason)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE, "cannot be read (%s)",
                 reason->message);
    return false;
  }
  if (got < size) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE,
                 "became shorter while it was read; try again");
    return false;
  }
  return true;
}

static bool
check_bytes (size_t size, GError **error)
{
  if (size <= FILE_BYTES_MAX)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
               "%zu bytes are too many for an image that is held whole; save "
               "it as a tiled TIFF",
               size);
  return false;
}

/* Returns: NULL, and why. */
static uint8_t *
new_block (size_t size, GError **error)
{
  uint8_t *data = g_try_malloc (MAX (size, 1));

  if (data == NULL)
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "there is not enough memory for a file of %zu bytes", size);
  return data;
}

/* A film of gigabytes is refused by what it is, not for its size. */
static bool
check_head (GInputStream *stream, size_t size, GError **error)
{
  uint8_t head[SAC_FILE_KIND_BYTES];
  size_t count = MIN (size, sizeof head);

  if (!read_block (stream, head, count, error))
    return false;
  if (sac_decoder_find (head, count) == NULL) {
    set_unsupported (error, head, count);
    return false;
  }
  return check_bytes (size, error) &&
         g_seekable_seek (G_SEEKABLE (stream), 0, G_SEEK_SET, NULL, error);
}

static bool
read_all (
  GInputStream *stream, uint8_t *data, size_t size, SacJob *job, GError **error)
{
  for (size_t done = 0; done < size; done += READ_BYTES)
    if (!sac_job_check (job, error) ||
        !read_block (stream, data + done, MIN (READ_BYTES, size - done), error))
      return false;
  return true;
}

GBytes *
sac_decoders_read_file (const char *path, SacJob *job, GError **error)
{
  size_t size;

  if (!check_file (path, &size, error))
    return NULL;

  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) reason = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, &reason);

  if (stream == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE, "cannot be read (%s)",
                 reason->message);
    return NULL;
  }

  if (!check_head (G_INPUT_STREAM (stream), size, error))
    return NULL;

  g_autofree uint8_t *data = new_block (size, error);

  if (data == NULL ||
      !read_all (G_INPUT_STREAM (stream), data, size, job, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&data), size);
}

GBytes *
sac_decoders_read_again (FILE *file, SacJob *job, GError **error)
{
  size_t size = (size_t)sac_decoders_measure (file);

  if (!check_bytes (size, error))
    return NULL;

  g_autofree uint8_t *data = new_block (size, error);

  for (size_t done = 0; data != NULL && done < size; done += READ_BYTES) {
    if (!sac_job_check (job, error))
      return NULL;
    if (fread (data + done, MIN (READ_BYTES, size - done), 1, file) != 1) {
      g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE,
                   "cannot be read to its end; try again");
      return NULL;
    }
  }
  return data != NULL ? g_bytes_new_take (g_steal_pointer (&data), size) : NULL;
}

unsigned
sac_decoders_lay_over_white (uint32_t *pixels, size_t count)
{
  bool has_clear = false, has_white = false;

  for (size_t i = 0; i < count; i++) {
    uint32_t pixel = pixels[i];
    unsigned alpha = pixel >> 24;

    has_clear |= alpha != 0xff;
    has_white |= pixel == 0xffffffffu;
    pixels[i] = sac_pixel (sac_decoders_over_white (pixel >> 16 & 0xff, alpha),
                           sac_decoders_over_white (pixel >> 8 & 0xff, alpha),
                           sac_decoders_over_white (pixel & 0xff, alpha));
  }
  return (has_clear ? SAC_CLEAR_PIXELS : 0) |
         (has_white ? SAC_OPAQUE_WHITE : 0);
}

gint64
sac_decoders_measure (FILE *file)
{
  struct stat status;

  rewind (file);
  return fstat (fileno (file), &status) == 0 ? (gint64)status.st_size : 0;
}

SacImage *
sac_decode_file (const char *path, SacJob *job, GError **error)
{
  g_autoptr (GBytes) file = sac_decoders_read_file (path, job, error);
  SacImage *image = file != NULL ? sac_decode (file, job, error) : NULL;

  if (image == NULL)
    g_prefix_error (error, "%s: ", path);
  return image;
}
