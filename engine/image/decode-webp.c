/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* WebP with libwebp, as far as one picture goes.
 *
 * The header is read here first: size, completeness, and kinds that are better
 * refused.  Only a file whose pixels have all come gives an image. */
#include "image/decoders.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/orient.h"

#include <string.h>
#include <webp/decode.h>

/* So much between looks at whether somebody has cancelled. */
#define CHUNK_BYTES ((size_t)1 << 16)

typedef struct {
  gint64 width, height;
} Size;

static uint32_t
read_16 (const uint8_t *at)
{
  return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static uint32_t
read_24 (const uint8_t *at)
{
  return read_16 (at) | (uint32_t)at[2] << 16;
}

static uint32_t
read_32 (const uint8_t *at)
{
  return read_16 (at) | read_16 (at + 2) << 16;
}

static bool
refuse_cut (GError **error)
{
  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
               "the WebP is damaged or cut off; get a fresh copy");
  return false;
}

static bool
check_webp (const uint8_t *data, size_t size, Size *ret_size, GError **error)
{
  if (size < 30 || (uint64_t)read_32 (data + 4) + 8 > size)
    return refuse_cut (error);
  if (memcmp (data + 12, "VP8X", 4) == 0) {
    if ((data[20] & 0x02) != 0) {
      g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                   "an animated WebP; save one of its frames as PNG");
      return false;
    }
    *ret_size = (Size){read_24 (data + 24) + 1, read_24 (data + 27) + 1};
  } else if (memcmp (data + 12, "VP8L", 4) == 0) {
    uint32_t packed = read_32 (data + 21);

    *ret_size = (Size){(packed & 0x3fff) + 1, (packed >> 14 & 0x3fff) + 1};
  } else if (memcmp (data + 12, "VP8 ", 4) == 0) {
    *ret_size =
      (Size){read_16 (data + 26) & 0x3fff, read_16 (data + 28) & 0x3fff};
  } else {
    return refuse_cut (error);
  }
  return (ret_size->width > 0 && ret_size->height > 0) || refuse_cut (error);
}

/* The first chunk of a kind, of an extended file.  Returns: false when there is
 * none. */
static bool
find_chunk (GBytes *file,
            const char *kind,
            const uint8_t **ret_data,
            size_t *ret_size)
{
  gsize size;
  const uint8_t *data = g_bytes_get_data (file, &size);

  for (size_t at = 12; size - at >= 8;) {
    size_t length = read_32 (data + at + 4), rest = size - at - 8;

    if (length > rest)
      return false;
    if (memcmp (data + at, kind, 4) == 0) {
      *ret_data = data + at + 8;
      *ret_size = length;
      return true;
    }
    /* Chunks begin at even places. */
    at += 8 + length + MIN (length & 1, rest - length);
  }
  return false;
}

static bool
refuse_damaged (VP8StatusCode status, GError **error)
{
  switch (status) {
  case VP8_STATUS_OUT_OF_MEMORY:
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "there is not enough memory for the WebP");
    return false;
  case VP8_STATUS_UNSUPPORTED_FEATURE:
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "a WebP of a kind that cannot be read; save it as PNG");
    return false;
  default:
    return refuse_cut (error);
  }
}

static bool
feed (WebPIDecoder *decoder, GBytes *file, SacJob *job, GError **error)
{
  gsize size;
  const uint8_t *data = g_bytes_get_data (file, &size);
  VP8StatusCode status = VP8_STATUS_SUSPENDED;

  for (size_t done = 0; done < size && status == VP8_STATUS_SUSPENDED;) {
    if (!sac_job_check (job, error))
      return false;
    done += MIN (CHUNK_BYTES, size - done);
    status = WebPIUpdate (decoder, data, done);
  }
  return status == VP8_STATUS_OK || refuse_damaged (status, error);
}

static bool
read_pixels (GBytes *file, SacImage *image, SacJob *job, GError **error)
{
  WebPDecoderConfig config;

  if (!WebPInitDecoderConfig (&config))
    g_error ("libwebp is not the one that this was built with");
  config.output.colorspace =
    G_BYTE_ORDER == G_LITTLE_ENDIAN ? MODE_BGRA : MODE_ARGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = (uint8_t *)image->pixels;
  config.output.u.RGBA.stride = image->width * 4;
  config.output.u.RGBA.size = sac_image_get_bytes (image);

  WebPIDecoder *decoder = WebPIDecode (NULL, 0, &config);
  bool done = decoder != NULL
                ? feed (decoder, file, job, error)
                : refuse_damaged (VP8_STATUS_OUT_OF_MEMORY, error);

  WebPIDelete (decoder);
  return done;
}

static void
lay_over_white (SacImage *image)
{
  size_t count = (size_t)image->width * (size_t)image->height;

  for (size_t i = 0; i < count; i++) {
    uint32_t pixel = image->pixels[i];
    unsigned alpha = pixel >> 24;

    image->pixels[i] =
      sac_pixel (sac_decoders_over_white (pixel >> 16 & 255, alpha),
                 sac_decoders_over_white (pixel >> 8 & 255, alpha),
                 sac_decoders_over_white (pixel & 255, alpha));
  }
}

static int
find_orientation (GBytes *file)
{
  static const char prefix[6] = "Exif\0";
  const uint8_t *exif;
  size_t size;

  if (!find_chunk (file, "EXIF", &exif, &size))
    return 1;
  /* Some writers keep what stands before it in JPEG. */
  if (size > sizeof prefix && memcmp (exif, prefix, sizeof prefix) == 0)
    return sac_orient_find (exif + sizeof prefix, size - sizeof prefix);
  return sac_orient_find (exif, size);
}

static bool
check_limits (const Size *size, GError **error)
{
  if (size->width * size->height <= SAC_LIMIT_IMAGE_PIXELS)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
               "the WebP has %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT
               " pixels, beyond the limit of %" G_GINT64_FORMAT,
               size->width, size->height, SAC_LIMIT_IMAGE_PIXELS);
  return false;
}

static SacImage *
decode_webp (GBytes *file, SacJob *job, GError **error)
{
  gsize bytes;
  const uint8_t *data = g_bytes_get_data (file, &bytes);
  Size size = {0};
  const uint8_t *icc;
  size_t icc_size;

  if (!check_webp (data, bytes, &size, error) || !check_limits (&size, error))
    return NULL;

  g_autoptr (SacImage) image = sac_image_new (size.width, size.height, error);

  if (image == NULL || !read_pixels (file, image, job, error))
    return NULL;
  lay_over_white (image);
  if (find_chunk (file, "ICCP", &icc, &icc_size) && icc_size > 0 &&
      icc_size <= SAC_LIMIT_ICC_BYTES)
    image->icc = g_bytes_new (icc, icc_size);
  return sac_orient_apply (g_steal_pointer (&image), find_orientation (file),
                           error);
}

static bool
sniff_webp (const uint8_t *head, size_t size)
{
  return size >= 12 && memcmp (head, "RIFF", 4) == 0 &&
         memcmp (head + 8, "WEBP", 4) == 0;
}

const SacDecoder sac_decoder_webp = {"WebP", sniff_webp, decode_webp, NULL};
