/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/tiff-handle.h"

#include "base/error.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What libtiff keeps grows with the file: entries of 2 bytes become 8.  Of a
 * file that is not held in memory, no part needs more than the most. */
#define ALLOCATION_BASE ((tmsize_t)64 << 20)
#define ALLOCATION_PER_BYTE 4
#define ALLOCATION_MOST ((tmsize_t)256 << 20)

/* Honest directories have their own tables, of which libtiff reads each once or
 * twice, and some blocks more. */
#define USED_BASE ((uint64_t)16 << 20)
#define USED_PER_BYTE 3

/* libtiff quotes what it finds in the file. */
G_GNUC_PRINTF (1, 0)
static char *
format_line (const char *format, va_list arguments)
{
  g_autofree char *raw = g_strdup_vprintf (format, arguments);
  char *line = g_utf8_make_valid (raw, -1);

  for (char *at = line; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  return line;
}

/* Tags that say nothing of the samples: where one makes no sense libtiff goes
 * on without it, and so do other readers. */
static bool
is_of_no_account (const char *line)
{
  static const char *const parts[] = {
    "for \"Orientation\" tag",
    "for \"ResolutionUnit\" tag",
    "for \"Threshholding\" tag",
    "Null count for \"ICC Profile\"",
    "of custom tag",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strstr (line, parts[i]) != NULL)
      return true;
  return false;
}

static void
keep_first (SacTiffHandle *handle, char *line)
{
  if (handle->complaint == NULL && !is_of_no_account (line))
    handle->complaint = line;
  else
    g_free (line);
}

G_GNUC_PRINTF (4, 0)
static int
on_error (TIFF *tiff,
          void *data,
          const char *module,
          const char *format,
          va_list arguments)
{
  keep_first (data, format_line (format, arguments));
  return 1;
}

/* Most warnings are about unknown tags.  These two are about missing data,
 * which libtiff would replace: a tag that ends behind the file (a picture
 * without its palette becomes grey), and libjpeg's, which fills with grey.
 * Padding before a marker is harmless, and common, and so is a
 * progressive stream. */
static bool
means_missing_data (const SacTiffHandle *handle,
                    const char *module,
                    const char *text)
{
  if (!handle->reading_data)
    return g_str_has_prefix (text, "IO error");
  return g_str_has_prefix (module, "JPEG") &&
         strstr (text, "extraneous") == NULL &&
         strstr (text, "progressive mode") == NULL;
}

G_GNUC_PRINTF (4, 0)
static int
on_warning (TIFF *tiff,
            void *data,
            const char *module,
            const char *format,
            va_list arguments)
{
  SacTiffHandle *handle = data;
  g_autofree char *text = format_line (format, arguments);

  if (means_missing_data (handle, module != NULL ? module : "", text))
    keep_first (handle, g_steal_pointer (&text));
  return 1;
}

/* Returns: how many bytes there were. */
static size_t
read_file (int file, uint64_t offset, uint8_t *to, size_t size)
{
  size_t done = 0;

  while (done < size) {
    ssize_t got = pread (file, to + done, size - done, (off_t)(offset + done));

    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      break;
    done += (size_t)got;
  }
  return done;
}

static size_t
read_at (const SacTiffHandle *handle, uint64_t offset, void *to, size_t size)
{
  size = (size_t)MIN (size, offset < handle->size ? handle->size - offset : 0);
  if (size == 0)
    return 0;
  if (handle->data == NULL)
    return read_file (handle->file, offset, to, size);
  memcpy (to, handle->data + offset, size);
  return size;
}

bool
sac_tiff_handle_read_at (SacTiffHandle *handle,
                         uint64_t offset,
                         void *to,
                         size_t size)
{
  return read_at (handle, offset, to, size) == size;
}

static tmsize_t
on_read (thandle_t data, void *to, tmsize_t count)
{
  SacTiffHandle *handle = data;
  size_t got =
    count > 0 ? read_at (handle, handle->position, to, (size_t)count) : 0;

  handle->position += got;
  handle->used += got;
  return (tmsize_t)got;
}

static tmsize_t
on_write (thandle_t data, void *from, tmsize_t count)
{
  return 0;
}

static toff_t
on_seek (thandle_t data, toff_t offset, int whence)
{
  SacTiffHandle *handle = data;
  uint64_t base = whence == SEEK_CUR   ? handle->position
                  : whence == SEEK_END ? handle->size
                                       : 0;

  handle->position = base + offset;
  return handle->position;
}

static int
on_close (thandle_t data)
{
  return 0;
}

static toff_t
on_size (thandle_t data)
{
  return ((SacTiffHandle *)data)->size;
}

static TIFFOpenOptions *
make_options (SacTiffHandle *handle, tmsize_t allocation_max)
{
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc ();

  TIFFOpenOptionsSetMaxSingleMemAlloc (options, allocation_max);
  TIFFOpenOptionsSetErrorHandlerExtR (options, on_error, handle);
  TIFFOpenOptionsSetWarningHandlerExtR (options, on_warning, handle);
  return options;
}

bool
sac_tiff_handle_stat (const SacTiffHandle *handle, struct stat *ret_status)
{
  return handle->file >= 0 && fstat (handle->file, ret_status) == 0;
}

bool
sac_tiff_handle_report (const SacTiffHandle *handle,
                        const char *where,
                        GError **error)
{
  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
               "the TIFF is damaged or cut off (%s%s%s); get a fresh copy",
               sac_sentence (where), handle->complaint != NULL ? ": " : "",
               handle->complaint != NULL ? handle->complaint : "");
  return false;
}

bool
sac_tiff_handle_is_tired (const SacTiffHandle *handle)
{
  return handle->used > USED_BASE + handle->size * USED_PER_BYTE;
}

void
sac_tiff_handle_forgive (SacTiffHandle *handle)
{
  g_clear_pointer (&handle->complaint, g_free);
}

static bool
start (SacTiffHandle *handle, tmsize_t allocation_most, GError **error)
{
  tmsize_t size = (tmsize_t)MIN (handle->size, (uint64_t)G_MAXSSIZE / 16);
  TIFFOpenOptions *options =
    make_options (handle, MIN (allocation_most,
                               ALLOCATION_BASE + size * ALLOCATION_PER_BYTE));

  /* m: no memory map; it would only be used through the callbacks anyway. */
  handle->tiff =
    TIFFClientOpenExt ("TIFF", "rm", handle, on_read, on_write, on_seek,
                       on_close, on_size, NULL, NULL, options);
  TIFFOpenOptionsFree (options);
  if (handle->tiff != NULL)
    return true;
  if (handle->complaint == NULL)
    handle->complaint = g_strdup ("no directory");
  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
               "the TIFF is damaged or cut off (%s); get a fresh copy",
               handle->complaint);
  sac_tiff_handle_close (handle);
  return false;
}

bool
sac_tiff_handle_open (SacTiffHandle *handle, GBytes *file, GError **error)
{
  gsize size;

  *handle = (SacTiffHandle){.data = g_bytes_get_data (file, &size), .file = -1};
  handle->size = size;
  return start (handle, G_MAXSSIZE, error);
}

bool
sac_tiff_handle_open_file (SacTiffHandle *handle,
                           const char *path,
                           GError **error)
{
  struct stat status;

  *handle = (SacTiffHandle){.file = open (path, O_RDONLY | O_CLOEXEC)};
  if (handle->file < 0 || fstat (handle->file, &status) != 0 ||
      !S_ISREG (status.st_mode)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE, "cannot be read (%s)",
                 handle->file < 0 ? g_strerror (errno)
                                  : sac_sentence ("it is no file"));
    sac_tiff_handle_close (handle);
    return false;
  }
  handle->size = (uint64_t)status.st_size;
  return start (handle, ALLOCATION_MOST, error);
}

void
sac_tiff_handle_close (SacTiffHandle *handle)
{
  /* A handle that is all zeros was never opened. */
  bool has_file = handle->data == NULL && handle->file > 0;

  g_clear_pointer (&handle->tiff, TIFFClose);
  g_clear_pointer (&handle->complaint, g_free);
  if (has_file)
    close (handle->file);
  handle->file = -1;
}

GBytes *
sac_tiff_handle_dup_profile (SacTiffHandle *handle)
{
  uint32_t size = 0;
  void *profile = NULL;

  if (TIFFGetField (handle->tiff, TIFFTAG_ICCPROFILE, &size, &profile) != 1 ||
      size == 0 || size > SAC_LIMIT_ICC_BYTES)
    return NULL;
  return g_bytes_new (profile, size);
}

GBytes *
sac_tiff_handle_read_profile (const char *path)
{
  g_auto (SacTiffHandle) handle = {0};

  return sac_tiff_handle_open_file (&handle, path, NULL)
           ? sac_tiff_handle_dup_profile (&handle)
           : NULL;
}

void
sac_tiff_handle_silence (void)
{
  static gsize done;

  if (g_once_init_enter (&done)) {
    TIFFSetErrorHandler (NULL);
    TIFFSetWarningHandler (NULL);
    g_once_init_leave (&done, 1);
  }
}
