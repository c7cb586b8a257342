/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* BMP.  The size of plain kinds follows from the header, so that a cut file is
 * found out before anything is decoded; packed ones are unpacked whole into
 * memory, and read from there like plain ones. */
#include "image/decoders.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/bmp-runs.h"

#include <inttypes.h>
#include <string.h>

#define FILE_HEADER 14
#define HEADER_BYTES 70 /* of both headers, as far as they are read */
#define CORE_HEADER 12  /* of OS/2 */
#define INFO_HEADER 40
#define ALPHA_HEADER 56 /* from here on they have a mask for coverage */

#define PACKED_NONE 0
#define PACKED_BYTES 1
#define PACKED_HALVES 2
#define PACKED_MASKS 3

/* A run of two bytes gives 255 pixels. */
#define PIXELS_PER_BYTE 128

/* One colour of a pixel. */
typedef struct {
  uint32_t mask;
  int shift;
  uint32_t max;
} Channel;

typedef struct {
  FILE *file; /* NULL: the data is in memory */
  const uint8_t *data;
  uint64_t size;
  uint64_t start; /* of the pixels */
  int64_t width, height;
  bool top_down;
  unsigned bits;
  uint64_t stride;
  uint32_t palette[256];
  Channel channels[4]; /* red, green, blue, coverage */
  uint8_t *row;        /* as it is in the file */
  uint8_t *unpacked;   /* NULL: the file is plain */
} Reader;

static uint32_t
read_16 (const uint8_t *at)
{
  return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static uint32_t
read_32 (const uint8_t *at)
{
  return read_16 (at) | read_16 (at + 2) << 16;
}

static bool
read_at (const Reader *reader, uint64_t offset, void *to, size_t size)
{
  if (offset > reader->size || size > reader->size - offset)
    return false;
  if (reader->file == NULL) {
    /* An empty file has no address. */
    if (size > 0)
      memcpy (to, reader->data + offset, size);
    return true;
  }
  return fseeko (reader->file, (off_t)offset, SEEK_SET) == 0 &&
         fread (to, 1, size, reader->file) == size;
}

static bool
refuse_cut (GError **error)
{
  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
               "the BMP is damaged or cut off; get a fresh copy");
  return false;
}

/* Returns: false for a mask with holes. */
static bool
set_channel (Channel *channel, uint32_t mask)
{
  *channel = (Channel){mask, mask != 0 ? __builtin_ctz (mask) : 0, 0};
  channel->max = mask >> channel->shift;
  return (channel->max & (channel->max + 1)) == 0;
}

static bool
set_channels (Reader *reader, const uint8_t *header, unsigned packing)
{
  static const uint32_t masks_16[4] = {0x7c00, 0x3e0, 0x1f, 0};
  static const uint32_t masks_32[4] = {0xff0000, 0xff00, 0xff, 0};
  bool has_alpha = read_32 (header + FILE_HEADER) >= ALPHA_HEADER;
  bool good = true;

  for (int i = 0; i < 4; i++) {
    uint32_t mask = reader->bits == 16 ? masks_16[i] : masks_32[i];

    if (packing == PACKED_MASKS)
      mask = i < 3 || has_alpha
               ? read_32 (header + FILE_HEADER + INFO_HEADER + 4 * i)
               : 0;
    good &= set_channel (&reader->channels[i], mask);
  }
  return good;
}

static bool
read_palette (Reader *reader, const uint8_t *header)
{
  uint32_t header_bytes = read_32 (header + FILE_HEADER);
  bool is_core = header_bytes == CORE_HEADER;
  uint32_t count = is_core ? 0 : read_32 (header + 46);
  uint32_t most = 1u << reader->bits;
  size_t step = is_core ? 3 : 4;
  uint8_t entries[256 * 4];

  if (count == 0 || count > most)
    count = most;
  if (!read_at (reader, FILE_HEADER + (uint64_t)header_bytes, entries,
                count * step))
    return false;
  for (uint32_t i = 0; i < 256; i++)
    reader->palette[i] = sac_pixel (0, 0, 0);
  for (uint32_t i = 0; i < count; i++)
    reader->palette[i] = sac_pixel (entries[step * i + 2],
                                    entries[step * i + 1], entries[step * i]);
  return true;
}

static void
clear_reader (Reader *reader)
{
  g_free (reader->row);
  g_free (reader->unpacked);
}

/* From here on the reader reads what is unpacked. */
static bool
unpack (Reader *reader, bool halves, GError **error)
{
  uint64_t size = reader->size - MIN (reader->start, reader->size);
  uint64_t pixels = (uint64_t)reader->width * (uint64_t)reader->height;
  g_autofree uint8_t *packed = NULL;

  if (pixels > SAC_LIMIT_HELD_PIXELS || size > SAC_LIMIT_HELD_PIXELS) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "a packed BMP of %" PRId64 " x %" PRId64
                 " pixels can only be read whole; save it as PNG",
                 reader->width, reader->height);
    return false;
  }
  if (reader->top_down || pixels > size * PIXELS_PER_BYTE)
    return refuse_cut (error);
  packed = g_malloc (size);
  reader->unpacked = g_malloc0 (pixels);
  if (!read_at (reader, reader->start, packed, size) ||
      !sac_bmp_runs_unpack (packed, size, halves, reader->width, reader->height,
                            reader->unpacked))
    return refuse_cut (error);
  reader->file = NULL;
  reader->data = reader->unpacked;
  reader->start = 0;
  reader->size = pixels;
  reader->bits = 8;
  reader->stride = (uint64_t)reader->width;
  return true;
}

/* Of one with a palette. */
static bool
is_packed (const Reader *reader, unsigned packing)
{
  return (packing == PACKED_BYTES && reader->bits == 8) ||
         (packing == PACKED_HALVES && reader->bits == 4);
}

/* Returns: how the pixels are packed. */
static unsigned
take_fields (Reader *reader, const uint8_t *header)
{
  reader->start = read_32 (header + 10);
  if (read_32 (header + FILE_HEADER) == CORE_HEADER) {
    reader->width = read_16 (header + 18);
    reader->height = read_16 (header + 20);
    reader->bits = read_16 (header + 24);
    return PACKED_NONE;
  }

  int32_t height = (int32_t)read_32 (header + 22);

  reader->width = (int32_t)read_32 (header + 18);
  reader->height = ABS ((int64_t)height);
  reader->top_down = height < 0;
  reader->bits = read_16 (header + 28);
  return read_32 (header + 30);
}

static bool
read_header (Reader *reader, GError **error)
{
  uint8_t header[HEADER_BYTES] = {0};

  if (!read_at (reader, 0, header, (size_t)MIN (reader->size, sizeof header)))
    return refuse_cut (error);

  uint32_t header_bytes = read_32 (header + FILE_HEADER);

  if (reader->size <
      FILE_HEADER + CLAMP (header_bytes, CORE_HEADER, INFO_HEADER))
    return refuse_cut (error);

  unsigned packing = take_fields (reader, header);
  bool is_wide = reader->bits == 16 || reader->bits == 32;
  bool is_known = reader->bits == 1 || reader->bits == 4 || reader->bits == 8 ||
                  reader->bits == 24 || is_wide;

  if ((header_bytes < INFO_HEADER && header_bytes != CORE_HEADER) ||
      !is_known || (header_bytes == CORE_HEADER && is_wide) ||
      !(packing == PACKED_NONE || is_packed (reader, packing) ||
        (packing == PACKED_MASKS && is_wide)) ||
      (is_wide && !set_channels (reader, header, packing))) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "a kind of BMP that cannot be read (%u bits, compression %u); "
                 "save it as PNG",
                 reader->bits, packing);
    return false;
  }
  if (reader->width < 1 || reader->height < 1 ||
      reader->width > SAC_LIMIT_IMAGE_SIDE ||
      reader->height > SAC_LIMIT_IMAGE_SIDE)
    return refuse_cut (error);
  reader->stride = ((uint64_t)reader->width * reader->bits + 31) / 32 * 4;
  if (reader->bits <= 8 && !read_palette (reader, header))
    return refuse_cut (error);
  if (is_packed (reader, packing) &&
      !unpack (reader, packing == PACKED_HALVES, error))
    return false;
  if (reader->start + reader->stride * (uint64_t)reader->height > reader->size)
    return refuse_cut (error);
  reader->row = g_malloc (reader->stride);
  return true;
}

static unsigned
get_level (const Channel *channel, uint32_t word)
{
  if (channel->max == 0)
    return 0;
  return (unsigned)((uint64_t)((word & channel->mask) >> channel->shift) * 255 /
                    channel->max);
}

static uint32_t
mix (const Reader *reader, uint32_t word)
{
  const Channel *channels = reader->channels;
  unsigned alpha = channels[3].mask != 0 ? get_level (&channels[3], word) : 255;

  return sac_pixel (sac_decoders_over_white (get_level (&channels[0], word),
                                             alpha),
                    sac_decoders_over_white (get_level (&channels[1], word),
                                             alpha),
                    sac_decoders_over_white (get_level (&channels[2], word),
                                             alpha));
}

static void
unpack_row (const Reader *reader, uint32_t *to)
{
  const uint8_t *row = reader->row;

  for (int64_t x = 0; x < reader->width; x++) {
    size_t bit = (size_t)x * reader->bits;
    const uint8_t *at = row + bit / 8;

    if (reader->bits == 24)
      to[x] = sac_pixel (at[2], at[1], at[0]);
    else if (reader->bits == 32)
      to[x] = mix (reader, read_32 (at));
    else if (reader->bits == 16)
      to[x] = mix (reader, read_16 (at));
    else
      to[x] = reader->palette[at[0] >> (8 - reader->bits - bit % 8) &
                              ((1u << reader->bits) - 1)];
  }
}

/* Row y from the top. */
static bool
read_row (const Reader *reader, int64_t y, uint32_t *to, GError **error)
{
  uint64_t row = (uint64_t)(reader->top_down ? y : reader->height - 1 - y);

  if (!read_at (reader, reader->start + row * reader->stride, reader->row,
                reader->stride))
    return refuse_cut (error);
  unpack_row (reader, to);
  return true;
}

static SacImage *
read_image (Reader *reader, SacJob *job, GError **error)
{
  if (!read_header (reader, error))
    return NULL;

  g_autoptr (SacImage) image =
    sac_image_new (reader->width, reader->height, error);

  for (int64_t y = 0; image != NULL && y < reader->height; y++)
    if (!sac_job_check (job, error) ||
        !read_row (reader, y, image->pixels + y * reader->width, error))
      return NULL;
  return g_steal_pointer (&image);
}

static SacImage *
decode_bmp (GBytes *file, SacJob *job, GError **error)
{
  gsize size;
  Reader reader = {.data = g_bytes_get_data (file, &size)};

  reader.size = size;

  SacImage *image = read_image (&reader, job, error);

  clear_reader (&reader);
  return image;
}

static bool
put_rows (Reader *reader, SacRowTarget *target, SacJob *job, GError **error)
{
  g_autofree uint32_t *pixels = NULL;

  if (!read_header (reader, error) ||
      !target->begin (target, reader->width, reader->height, error))
    return false;
  pixels = g_new (uint32_t, (size_t)reader->width);
  for (int64_t y = 0; y < reader->height; y++)
    if (!sac_job_check (job, error) || !read_row (reader, y, pixels, error) ||
        !target->put (target, pixels, error))
      return false;
  return true;
}

static bool
read_bmp_rows (FILE *file, SacRowTarget *target, SacJob *job, GError **error)
{
  Reader reader = {.file = file};

  reader.size = (uint64_t)sac_decoders_measure (file);

  bool done = put_rows (&reader, target, job, error);

  clear_reader (&reader);
  return done;
}

/* The reserved words behind the size are zero; "BM" alone begins many texts. */
static bool
sniff_bmp (const uint8_t *head, size_t size)
{
  return size >= FILE_HEADER && memcmp (head, "BM", 2) == 0 &&
         read_32 (head + 6) == 0;
}

const SacDecoder sac_decoder_bmp = {"BMP", sniff_bmp, decode_bmp,
                                    read_bmp_rows};
