/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Where a document's annotations come from and go to.
 *
 * Nothing is lost: a second after every change a working copy is written below
 * the user's data folder, called by a hash of the image's path, and comes back
 * with the image.  Files of the reader's own are read and written when asked.
 *
 * Of a slide of which a part was scanned, places are those of the whole slide,
 * in files too.  QuPath's files count from the corner of that part instead and
 * do not say so (its OpenSlide reader crops to openslide.bounds-* unless told
 * --no-crop): nothing is guessed, the reader is asked.
 *
 * Signals: "told" (text) something to say to the reader; "saved" (path) a file
 * of the reader's own was written; "restored" the annotations of a new image
 * are there, or it has none; "doubtful" what was read, and nothing else is
 * there, may count from the corner of the scanned part. */
#ifndef SAC_APP_MARKUP_FILES_H
#define SAC_APP_MARKUP_FILES_H

#include "image/source.h"
#include "markup.h"

#define SAC_TYPE_MARKUP_FILES (sac_markup_files_get_type ())
G_DECLARE_FINAL_TYPE (
  SacMarkupFiles, sac_markup_files, SAC, MARKUP_FILES, GObject)

SacMarkupFiles *sac_markup_files_new (SacMarkup *markup);

/* The document shows another image, or NULL; what is there is kept first. */
void sac_markup_files_set_source (SacMarkupFiles *files, SacSource *source);

/* Reads a file of any format into the annotations, as a step that can be
 * undone; where there are none yet, as if they had been there.  quiet: nothing
 * is said of a file that holds no annotations, and `next` is tried instead
 * (NULL: none). */
void sac_markup_files_open (SacMarkupFiles *files,
                            const char *path,
                            bool quiet,
                            const char *next);

/* Returns: false without an image. */
bool sac_markup_files_save (SacMarkupFiles *files, const char *path);
/* For QuPath: places count from the corner of the scanned part. */
bool sac_markup_files_save_for_qupath (SacMarkupFiles *files, const char *path);
/* That corner; 0, 0 where the whole slide was scanned. */
SacPoint sac_markup_files_get_corner (SacMarkupFiles *files);
/* Where they were last saved or opened from; NULL: nowhere, or a mask. */
const char *sac_markup_files_get_path (SacMarkupFiles *files);

/* Writes what is not yet written and ends the work. */
void sac_markup_files_shut_down (SacMarkupFiles *files);

#endif
