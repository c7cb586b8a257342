/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What case lists ask of the engine. */
#ifndef SAC_APP_WORK_CASES_H
#define SAC_APP_WORK_CASES_H

#include "cases/case-list.h"
#include "image/image.h"
#include "worker.h"

/* Request: char *, a folder.  Result: SacCaseList. */
extern const SacWork sac_work_list_cases;

/* Request: "".  Result: char *, the demo's first picture, drawn before the
 * others; "" where the demo is drawn already. */
extern const SacWork sac_work_first_case;

typedef struct {
  char *path;
  SacImage *image; /* NULL: there is nothing to be seen */
} SacThumbnail;

void sac_thumbnail_free (SacThumbnail *thumbnail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacThumbnail, sac_thumbnail_free)

/* Largest side of thumbnails. */
#define SAC_THUMBNAIL_SIDE 96

/* Request: char *, a path.  Result: SacThumbnail, also of a file that cannot be
 * read. */
extern const SacWork sac_work_thumbnail;

#endif
