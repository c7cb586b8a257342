/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a slide's file holds beside the slide: label, macro, thumbnail.  A label
 * often names a patient: none of these is read but on a reader's or caller's
 * own request, and nothing keeps them. */
#ifndef SAC_IMAGE_SLIDE_EXTRAS_H
#define SAC_IMAGE_SLIDE_EXTRAS_H

#include "base/job.h"
#include "image/image.h"

typedef struct {
  char *name; /* as the file calls it; UTF-8 */
  int64_t width, height;
} SacSlideExtra;

/* Names and sizes alone, without any pixel.  Returns: array of SacSlideExtra,
 * empty for a slide that has none and for a file that is no slide. */
GPtrArray *sac_slide_extras_list (const char *path);

/* Errors: MISMATCH (there is none of this name), TOO_LARGE, DAMAGED. */
SacImage *sac_slide_extra_read (const char *path,
                                const char *name,
                                SacJob *job,
                                GError **error);

#endif
