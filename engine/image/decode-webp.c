/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* WebP with libwebp, as far as one picture goes.
 *
 * The header is read here first: size, completeness, and kinds that are better
 * refused.  Only a file whose pixels have all come gives an image.
 *
 * By rows: libwebp wants room for the whole picture, but writes each row once
 * and never reads it again, so that rows are handed back to the system as they
 * are taken.  Of lossless files libwebp itself holds all pixels, 4 bytes each,
 * and of lossy ones with transparency 1 byte each: at most 512 MiB, beyond
 * which lossless ones are refused, and 256 MiB, for no WebP has more than
 * 16,383 x 16,383 pixels. */
#include "image/decoders.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/pages.h"
#include "image/orient.h"

#include <inttypes.h>
#include <string.h>
#include <webp/decode.h>

/* So much between looks at whether somebody has cancelled. */
#define CHUNK_BYTES ((size_t)1 << 16)

/* By rows: so much of the file at a time that few rows come at once.  Going on
 * with a lossless picture costs up to 8 rows each time, with a lossy one next
 * to nothing, and a byte of it can hold thousands of pixels. */
#define LOSSY_STEP_BYTES ((size_t)1 << 8)
#define LOSSLESS_STEPS 256

/* What every kind has before its pixels. */
#define HEAD_BYTES 30

typedef struct {
  gint64 width, height;
} Size;

/* Rows on their way to who takes them. */
typedef struct {
  uint32_t *pixels; /* for all rows; dropped as they are taken */
  Size size;
  gint64 taken;
  SacRowTarget *target;
} Sheet;

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
  if (size < HEAD_BYTES || (uint64_t)read_32 (data + 4) + 8 > size)
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

/* What has come since the last time. */
static bool
take_rows (Sheet *sheet, const WebPIDecoder *decoder, GError **error)
{
  size_t width = (size_t)sheet->size.width;
  gint64 first = sheet->taken;
  int known = 0;

  WebPIDecGetRGB (decoder, &known, NULL, NULL, NULL);
  for (; sheet->taken < known; sheet->taken++) {
    uint32_t *row = sheet->pixels + (size_t)sheet->taken * width;

    sheet->target->clear |= sac_decoders_lay_over_white (row, width);
    if (!sheet->target->put (sheet->target, row, error))
      return false;
  }
  if (sheet->taken > first)
    sac_pages_drop (sheet->pixels, (size_t)first * width * 4,
                    (size_t)sheet->taken * width * 4);
  return true;
}

/* sheet: NULL: nobody takes rows before all have come. */
static bool
feed (WebPIDecoder *decoder,
      GBytes *file,
      size_t step,
      Sheet *sheet,
      SacJob *job,
      GError **error)
{
  gsize size;
  const uint8_t *data = g_bytes_get_data (file, &size);
  VP8StatusCode status = VP8_STATUS_SUSPENDED;

  for (size_t done = 0; done < size && status == VP8_STATUS_SUSPENDED;) {
    if (!sac_job_check (job, error))
      return false;
    done += MIN (step, size - done);
    status = WebPIUpdate (decoder, data, done);
    if (sheet != NULL && !take_rows (sheet, decoder, error))
      return false;
  }
  return status == VP8_STATUS_OK || refuse_damaged (status, error);
}

/* pixels: width x height of them. */
static bool
read_pixels (GBytes *file,
             uint32_t *pixels,
             Size size,
             size_t step,
             Sheet *sheet,
             SacJob *job,
             GError **error)
{
  WebPDecoderConfig config;

  if (!WebPInitDecoderConfig (&config))
    g_error ("libwebp is not the one that this was built with");
  config.output.colorspace =
    G_BYTE_ORDER == G_LITTLE_ENDIAN ? MODE_BGRA : MODE_ARGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = (uint8_t *)pixels;
  config.output.u.RGBA.stride = (int)size.width * 4;
  config.output.u.RGBA.size = (size_t)(size.width * size.height) * 4;

  WebPIDecoder *decoder = WebPIDecode (NULL, 0, &config);
  bool done = decoder != NULL
                ? feed (decoder, file, step, sheet, job, error)
                : refuse_damaged (VP8_STATUS_OUT_OF_MEMORY, error);

  WebPIDelete (decoder);
  return done;
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

/* Returns: NULL when there is none. */
static GBytes *
dup_profile (GBytes *file)
{
  const uint8_t *icc;
  size_t size;

  return find_chunk (file, "ICCP", &icc, &size) && size > 0 &&
             size <= SAC_LIMIT_ICC_BYTES
           ? g_bytes_new (icc, size)
           : NULL;
}

static bool
is_plain_lossless (const uint8_t *head)
{
  return memcmp (head + 12, "VP8L", 4) == 0;
}

/* file: one whose header has been checked. */
static bool
is_lossless (GBytes *file)
{
  const uint8_t *pixels;
  size_t length;

  return is_plain_lossless (g_bytes_get_data (file, NULL)) ||
         find_chunk (file, "VP8L", &pixels, &length);
}

static bool
check_kept (bool lossless, const Size *size, GError **error)
{
  if (!lossless || size->width * size->height * 4 <= SAC_LIMIT_WEBP_BYTES)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
               "a lossless WebP of %d x %d pixels can only be read whole, "
               "which "
               "takes more memory than the limit of %d MiB; save it as a lossy "
               "WebP, a PNG or a tiled TIFF",
               (int)size->width, (int)size->height,
               (int)(SAC_LIMIT_WEBP_BYTES >> 20));
  return false;
}

static bool
check_limits (const Size *size, GError **error)
{
  if (size->width * size->height <= SAC_LIMIT_IMAGE_PIXELS)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
               "the WebP has %" PRId64 " x %" PRId64
               " pixels, beyond the limit of %" PRId64,
               size->width, size->height, SAC_LIMIT_IMAGE_PIXELS);
  return false;
}

static SacImage *
decode_webp (GBytes *file, SacJob *job, GError **error)
{
  gsize bytes;
  const uint8_t *data = g_bytes_get_data (file, &bytes);
  Size size = {0};

  if (!check_webp (data, bytes, &size, error) || !check_limits (&size, error) ||
      !check_kept (is_lossless (file), &size, error))
    return NULL;

  g_autoptr (SacImage) image = sac_image_new (size.width, size.height, error);

  if (image == NULL ||
      !read_pixels (file, image->pixels, size, CHUNK_BYTES, NULL, job, error))
    return NULL;
  image->clear =
    sac_decoders_lay_over_white (image->pixels,
                                 (size_t)(size.width * size.height));
  image->icc = dup_profile (file);
  return sac_orient_apply (g_steal_pointer (&image), find_orientation (file),
                           error);
}

/* Whether rows are wanted is known before the file is read. */
static GBytes *
begin_rows (
  FILE *file, SacRowTarget *target, Size *ret_size, SacJob *job, GError **error)
{
  gint64 bytes = sac_decoders_measure (file);
  uint8_t head[HEAD_BYTES] = {0};

  if (bytes < HEAD_BYTES || fread (head, HEAD_BYTES, 1, file) != 1)
    refuse_cut (error);
  else if (check_webp (head, (size_t)bytes, ret_size, error) &&
           check_kept (is_plain_lossless (head), ret_size, error) &&
           target->begin (target, ret_size->width, ret_size->height, error))
    return sac_decoders_read_again (file, job, error);
  return NULL;
}

static size_t
choose_step (GBytes *file)
{
  return is_lossless (file) ? MAX (g_bytes_get_size (file) / LOSSLESS_STEPS, 1)
                            : LOSSY_STEP_BYTES;
}

static bool
read_webp_rows (FILE *stream, SacRowTarget *target, SacJob *job, GError **error)
{
  Size size = {0};
  g_autoptr (GBytes) file = begin_rows (stream, target, &size, job, error);
  size_t bytes = (size_t)(size.width * size.height) * 4;

  if (file == NULL || !check_kept (is_lossless (file), &size, error))
    return false;

  Sheet sheet = {sac_pages_new_sparse (bytes), size, 0, target};
  bool done = sheet.pixels != NULL
                ? read_pixels (file, sheet.pixels, size, choose_step (file),
                               &sheet, job, error)
                : refuse_damaged (VP8_STATUS_OUT_OF_MEMORY, error);

  sac_pages_free (sheet.pixels, bytes);
  if (done && sheet.taken < size.height)
    return refuse_cut (error);
  target->orientation = find_orientation (file);
  target->icc = done ? dup_profile (file) : NULL;
  return done;
}

static bool
sniff_webp (const uint8_t *head, size_t size)
{
  return size >= 12 && memcmp (head, "RIFF", 4) == 0 &&
         memcmp (head + 8, "WEBP", 4) == 0;
}

const SacDecoder sac_decoder_webp = {"WebP", sniff_webp, decode_webp,
                                     read_webp_rows};
