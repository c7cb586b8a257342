/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* libtiff, opened so that it neither prints nor believes sizes beyond the file.
 *
 * One thread at a time.  Messages land in the handle, not on stderr. */
#ifndef SAC_IMAGE_TIFF_HANDLE_H
#define SAC_IMAGE_TIFF_HANDLE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <tiffio.h>

typedef struct {
  TIFF *tiff;
  char *complaint;   /* the first error or data warning; NULL: none */
  bool reading_data; /* warnings of the JPEG decoder count as errors */
  /* private */
  const uint8_t *data;
  uint64_t size, position;
} SacTiffHandle;

/* Reads the first directory.  `file` must outlive the handle.  Returns: false
 * with DAMAGED. */
bool sac_tiff_handle_open (SacTiffHandle *handle, GBytes *file, GError **error);
void sac_tiff_handle_close (SacTiffHandle *handle);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SacTiffHandle, sac_tiff_handle_close)

/* The colour profile of the first directory, or NULL. */
GBytes *sac_tiff_handle_dup_profile (SacTiffHandle *handle);

/* The same for a file of any size.  Returns: NULL also when the file is no
 * TIFF. */
GBytes *sac_tiff_handle_read_profile (const char *path);

/* Turns off libtiff's own printing in the whole process, for the sake of
 * libraries that open TIFF files themselves. */
void sac_tiff_handle_silence (void);

#endif
