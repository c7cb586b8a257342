/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A raster in memory: opaque 8-bit RGB, one native-endian uint32 0xffRRGGBB a
 * pixel.  That is cairo's RGB24/ARGB32 and GDK's default format, so drawing
 * needs no copy.  Transparency has been laid over white.
 *
 * Immutable once finished; share it between threads. */
#ifndef SAC_IMAGE_IMAGE_H
#define SAC_IMAGE_IMAGE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Of a picture before its transparency was laid over white. */
enum {
  SAC_CLEAR_PIXELS = 1 << 0, /* some were not opaque */
  SAC_OPAQUE_WHITE = 1 << 1, /* some were opaque, and white */
};

typedef struct {
  int width, height;
  uint32_t *pixels; /* width * height, no gaps */
  GBytes *icc; /* the file's profile when pixels are not yet sRGB; else NULL */
  bool from_inks; /* CMYK, mixed plainly, without the profile of a printer */
  bool is_fine;   /* the file has 16 bits a sample, of which these are the upper
                     8 */
  unsigned clear; /* SAC_CLEAR_PIXELS, SAC_OPAQUE_WHITE; 0: it is no matter */
  /* private */
  gatomicrefcount ref_count;
} SacImage;

/* White.  Returns: a new image; NULL with DAMAGED for a side below 1, TOO_LARGE
 * beyond the limits or when memory is short. */
SacImage *sac_image_new (int64_t width, int64_t height, GError **error);
SacImage *sac_image_ref (SacImage *image);
void sac_image_unref (SacImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacImage, sac_image_unref)

static inline size_t
sac_image_get_bytes (const SacImage *image)
{
  return (size_t)image->width * (size_t)image->height * 4;
}

static inline uint32_t
sac_pixel (unsigned red, unsigned green, unsigned blue)
{
  return 0xff000000u | red << 16 | green << 8 | blue;
}

/* The part [x, x + width) x [y, y + height), which must lie inside. */
SacImage *sac_image_crop (
  const SacImage *image, int x, int y, int width, int height, GError **error);

/* Of premultiplied pixels, some of them clear, as OpenSlide gives them: opaque
 * ones over 0x??RRGGBB. */
void sac_image_lay_over (SacImage *image, uint32_t background);

#endif
