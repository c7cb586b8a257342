/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Flat image files: one table of decoders, found by the file's first bytes. */
#ifndef SAC_IMAGE_DECODE_H
#define SAC_IMAGE_DECODE_H

#include "base/job.h"
#include "image/image.h"

#include <stdio.h>

/* Where a decoder puts rows.  Its user fills in the functions, the decoder the
 * rest. */
typedef struct SacRowTarget SacRowTarget;
struct SacRowTarget {
  /* Before the first row. */
  bool (*begin) (SacRowTarget *target,
                 int64_t width,
                 int64_t height,
                 GError **error);
  /* The next row, from the top, opaque. */
  bool (*put) (SacRowTarget *target, const uint32_t *pixels, GError **error);
  int orientation; /* of the whole; 1 to 8 */
  GBytes *icc;     /* NULL: none; the user's to unref */
  bool from_inks;
  bool is_fine;
  unsigned clear; /* as in SacImage; after the last row */
};

typedef struct {
  const char *name; /* "JPEG": for messages and `info` */
  bool (*sniff) (const uint8_t *head, size_t size);
  /* Applies EXIF orientation, lays alpha over white, keeps the ICC profile. */
  SacImage *(*decode) (GBytes *file, SacJob *job, GError **error);
  /* The same row by row from the beginning of a file, as it is stored; NULL:
   * cannot. */
  bool (*read_rows) (FILE *file,
                     SacRowTarget *target,
                     SacJob *job,
                     GError **error);
} SacDecoder;

/* NULL-terminated; first match wins.  TIFF is last: other formats are TIFFs
 * inside. */
const SacDecoder *const *sac_decoders_get_all (void);
const SacDecoder *sac_decoder_find (const uint8_t *head, size_t size);

/* Errors: UNSUPPORTED (says what the file looks like and what can be opened),
 * DAMAGED (truncated: never half an image), TOO_LARGE. */
SacImage *sac_decode (GBytes *file, SacJob *job, GError **error);
SacImage *sac_decode_file (const char *path, SacJob *job, GError **error);

/* Opaque RGB PNG with text entries (key, value, ..., NULL): keys are ASCII,
 * values UTF-8; what is none in them, as in a file's name, is replaced. */
GBytes *
sac_encode_png (const SacImage *image, const char *const *text, GError **error);

#endif
