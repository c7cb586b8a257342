/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A TIFF read piece by piece from several threads at once.
 *
 * libtiff's handles are for one thread, so every reader takes one of its own
 * and gives it back.  Pieces are tiles or strips, decoded; those used last are
 * kept within a budget, because a strip serves a whole row of views.  Samples
 * in plain strips need no decoding: of these, pieces are cut small at will. */
#ifndef SAC_IMAGE_TIFF_FILE_H
#define SAC_IMAGE_TIFF_FILE_H

#include "base/job.h"
#include "image/image.h"
#include "image/tiff-pages.h"

typedef struct SacTiffFile SacTiffFile;

/* How a level is cut into pieces. */
typedef struct {
  const SacTiffLevel *level;
  bool direct;            /* the samples lie in the file as they are */
  uint32_t width, height; /* of a piece */
  uint32_t across, down;
} SacTiffGrid;

SacTiffFile *sac_tiff_file_new (const char *path);
void sac_tiff_file_free (SacTiffFile *file);

/* A handle of the caller's own; 0, or the directory that it will be used for,
 * where it need not stand yet.  Errors: UNREADABLE, DAMAGED, also when the file
 * is another than at the first time. */
SacTiffHandle *
sac_tiff_file_take (SacTiffFile *file, uint64_t directory, GError **error);
void sac_tiff_file_give_back (SacTiffFile *file, SacTiffHandle *handle);

/* Puts a handle into the level's directory.  Errors: DAMAGED. */
bool sac_tiff_file_enter (SacTiffHandle *handle,
                          const SacTiffLevel *level,
                          GError **error);

/* Errors: TOO_LARGE when a strip is larger than what may be decoded at once. */
bool sac_tiff_grid_init (SacTiffFile *file,
                         const SacTiffLevel *level,
                         SacTiffGrid *ret_grid,
                         GError **error);

/* The piece at (column, row), cut off at the edge of the image.  keep: it may
 * serve others soon.  Returns: a new reference. */
SacImage *sac_tiff_file_get_piece (SacTiffFile *file,
                                   const SacTiffGrid *grid,
                                   uint32_t column,
                                   uint32_t row,
                                   bool keep,
                                   GError **error);

typedef struct {
  uint32_t x, y;
  int width, height;
} SacTiffPart;

/* Part of a level in its pixels; it lies inside. */
SacImage *sac_tiff_file_read (SacTiffFile *file,
                              const SacTiffGrid *grid,
                              const SacTiffPart *part,
                              SacJob *job,
                              GError **error);

/* The same of a level `factor` times smaller, where each pixel is the mean of
 * the factor x factor pixels that there are.  keep: as above.  factor: a power
 * of two, at most 1024. */
SacImage *sac_tiff_file_shrink (SacTiffFile *file,
                                const SacTiffGrid *grid,
                                uint32_t factor,
                                const SacTiffPart *part,
                                bool keep,
                                SacJob *job,
                                GError **error);

#endif
