/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Writes tiled TIFF pyramids (BigTIFF) from the top down, a row of tiles at a
 * time: what is kept in memory is one row of tiles of each level, however high
 * the image is.
 *
 * Images are JPEG, each level the mean of two by two pixels of the one before;
 * masks are bytes, packed, each level a choice of the pixels of the one before,
 * as near to the middle as there is one.  OpenSlide reads them as generic tiled
 * TIFF. */
#ifndef SAC_IMAGE_PYRAMID_FILE_H
#define SAC_IMAGE_PYRAMID_FILE_H

#include "base/job.h"

#include <stdint.h>

#define SAC_PYRAMID_TILE 256

typedef struct {
  int64_t width, height; /* 1 to SAC_PYRAMID_SIDE_MAX */
  int channels;          /* 3: red, green, blue; 1: a mask */
  int quality;           /* of JPEG, 1 to 100 */
  double mpp;            /* above 0 */
  const char *description;
} SacPyramidParams;

#define SAC_PYRAMID_SIDE_MAX 131072

typedef struct SacPyramidFile SacPyramidFile;

/* Errors: UNWRITABLE, TOO_LARGE. */
SacPyramidFile *sac_pyramid_file_new (const char *path,
                                      const SacPyramidParams *params,
                                      GError **error);

/* Without sac_pyramid_file_finish nothing stays behind. */
void sac_pyramid_file_free (SacPyramidFile *pyramid);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacPyramidFile, sac_pyramid_file_free)

/* Where the next row of tiles goes: [SAC_PYRAMID_TILE][width][channels]; of the
 * last one only the first rows are taken. */
uint8_t *sac_pyramid_file_get_rows (SacPyramidFile *pyramid);

/* Takes them.  Errors: UNWRITABLE (disk full), cancelling. */
bool sac_pyramid_file_put_rows (SacPyramidFile *pyramid,
                                SacJob *job,
                                GError **error);

/* After the last row of tiles: the file takes its name. */
bool sac_pyramid_file_finish (SacPyramidFile *pyramid, GError **error);

#endif
