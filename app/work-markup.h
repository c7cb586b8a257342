/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Reading and writing annotations. */
#ifndef SAC_APP_WORK_MARKUP_H
#define SAC_APP_WORK_MARKUP_H

#include "annotation/mask.h"
#include "worker.h"

typedef struct {
  char *path;
  SacMaskImage image;
  SacAnnotations *set; /* to be written; NULL: nothing is left, so the file
                          goes */
} SacMarkupRequest;

/* Takes `set`. */
SacMarkupRequest *sac_markup_request_new (const char *path,
                                          const SacMaskImage *image,
                                          SacAnnotations *set);

/* Request: SacMarkupRequest.  Result: SacAnnotations. */
extern const SacWork sac_work_read_annotations;

/* The same from a working copy, which says what image it belongs to.  Without
 * such a file, or for another image, the result is empty. */
extern const SacWork sac_work_restore_annotations;

/* As people ask for it, by its ending: .xml, .png (a mask), else GeoJSON.
 * Result: char *, the path. */
extern const SacWork sac_work_write_annotations;

/* A working copy.  Result: char *, the path. */
extern const SacWork sac_work_keep_annotations;

#endif
