/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The directories of a TIFF put in order: pages, and the levels of each.
 *
 * The first directory is page 1.  A directory of its size and kind is another
 * page (a channel, a focal plane, a sheet).  Smaller copies are levels of a
 * page: those in sub-directories, those marked as reduced, and those that halve
 * the one before, because some writers mark nothing.  All others lie apart: in
 * slides they are labels and overviews, which show patients' names. */
#ifndef SAC_IMAGE_TIFF_PAGES_H
#define SAC_IMAGE_TIFF_PAGES_H

#include "base/job.h"
#include "image/tiff-layout.h"

#define SAC_TIFF_NAME_BYTES 64

typedef struct {
  uint64_t directory; /* where it lies in the file */
  SacTiffLayout layout;
  char
    name[SAC_TIFF_NAME_BYTES]; /* the file's for this page; UTF-8, or empty */
} SacTiffLevel;

typedef struct {
  GPtrArray *pages; /* of GArray of SacTiffLevel, from large to small */
  GPtrArray *apart; /* the same, of one level each: pictures of their own */
  int alone_count;  /* directories that are no picture, or none to be read */
  guint stated;     /* slices of an ImageJ stack; 0: it states none */
  bool is_cut;      /* a later directory cannot be read */
} SacTiffPages;

/* `handle` has just been opened.  use: of all its
 * directories.  Errors: those of the first directory. */
SacTiffPages *sac_tiff_pages_read (SacTiffHandle *handle,
                                   SacTiffUse use,
                                   SacJob *job,
                                   GError **error);
void sac_tiff_pages_free (SacTiffPages *pages);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacTiffPages, sac_tiff_pages_free)

#endif
