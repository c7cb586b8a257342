/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* For the files that implement decoders, and decode.c. */
#ifndef SAC_IMAGE_DECODERS_H
#define SAC_IMAGE_DECODERS_H

#include "image/decode.h"

extern const SacDecoder sac_decoder_jpeg;
extern const SacDecoder sac_decoder_png;
extern const SacDecoder sac_decoder_bmp;
extern const SacDecoder sac_decoder_webp;
extern const SacDecoder sac_decoder_tiff;

/* A flat image file into memory, its kind checked by its first bytes.  Messages
 * do not name the path yet. */
GBytes *sac_decoders_read_file (const char *path, SacJob *job, GError **error);

/* A file from its beginning into memory, of a kind whose decoder asks. */
GBytes *sac_decoders_read_again (FILE *file, SacJob *job, GError **error);

/* Bytes of a file, which is left at its beginning. */
gint64 sac_decoders_measure (FILE *file);

/* Lays colour with coverage `alpha` (not premultiplied) over white, rounding to
 * the nearest level as Pillow's paste does. */
static inline unsigned
sac_decoders_over_white (unsigned color, unsigned alpha)
{
  unsigned sum = color * alpha + 255 * (255 - alpha) + 128;

  return (sum + (sum >> 8)) >> 8;
}

/* The highest byte of a pixel is its coverage; afterwards all are opaque.
 * Returns: what SacImage's `clear` says of them. */
unsigned sac_decoders_lay_over_white (uint32_t *pixels, size_t count);

#endif
