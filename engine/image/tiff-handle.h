/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* libtiff, opened so that it neither prints nor believes sizes beyond the file.
 *
 * One thread at a time.  Messages land in the handle, not on stderr.  Nothing
 * is mapped: a file that is cut while it is read gives an error, no signal. */
#ifndef SAC_IMAGE_TIFF_HANDLE_H
#define SAC_IMAGE_TIFF_HANDLE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <tiffio.h>

typedef struct {
  TIFF *tiff;
  char *complaint;   /* the first error or data warning; NULL: none */
  bool reading_data; /* warnings of the JPEG decoder count as errors */
  bool is_entered;   /* for the user: the directory in force has been checked */
  uint64_t size;     /* of the file */
  uint64_t used;     /* bytes that libtiff has read */
  /* private */
  const uint8_t *data; /* NULL: read through `file` */
  int file;
  uint64_t position;
} SacTiffHandle;

/* Reads the first directory.  `file` must outlive the handle.  Returns: false
 * with DAMAGED. */
bool sac_tiff_handle_open (SacTiffHandle *handle, GBytes *file, GError **error);

/* The same for a file of any size, of which little is kept in memory.  Returns:
 * false with UNREADABLE or DAMAGED. */
bool sac_tiff_handle_open_file (SacTiffHandle *handle,
                                const char *path,
                                GError **error);
void sac_tiff_handle_close (SacTiffHandle *handle);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SacTiffHandle, sac_tiff_handle_close)

/* Of a file that was opened by its path. */
bool sac_tiff_handle_stat (const SacTiffHandle *handle,
                           struct stat *ret_status);

/* `size` bytes from `offset` on.  Returns: false when they are not all there.
 */
bool sac_tiff_handle_read_at (SacTiffHandle *handle,
                              uint64_t offset,
                              void *to,
                              size_t size);

/* Forgets the complaint: what follows is about another part of the file. */
void sac_tiff_handle_forgive (SacTiffHandle *handle);

/* Whether libtiff has read so much more than there is that directories must
 * share their tables: going through them all would take for ever. */
bool sac_tiff_handle_is_tired (const SacTiffHandle *handle);

/* "DAMAGED: the TIFF is damaged or cut off (where: complaint)".  Returns:
 * false. */
bool sac_tiff_handle_report (const SacTiffHandle *handle,
                             const char *where,
                             GError **error);

/* The colour profile of the directory in force, or NULL. */
GBytes *sac_tiff_handle_dup_profile (SacTiffHandle *handle);

/* The same for a file of any size.  Returns: NULL also when the file is no
 * TIFF. */
GBytes *sac_tiff_handle_read_profile (const char *path);

/* Turns off libtiff's own printing in the whole process, for the sake of
 * libraries that open TIFF files themselves. */
void sac_tiff_handle_silence (void);

#endif
