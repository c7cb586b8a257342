/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A small picture of an image or slide, made of its pixels: label and macro
 * images, and thumbnails that a file brings along, are never looked at. */
#ifndef SAC_CASES_THUMBNAIL_H
#define SAC_CASES_THUMBNAIL_H

#include "base/job.h"
#include "image/image.h"

/* In sRGB, at most `side` pixels high and wide, of the image's proportions.
 * Errors: those of opening and reading; TOO_LARGE for a picture that would have
 * to be decoded whole and is larger than SAC_LIMIT_THUMBNAIL_BYTES on disk. */
SacImage *
sac_thumbnail_new (const char *path, int side, SacJob *job, GError **error);

#endif
