/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The first page of a TIFF through libtiff, as a picture.
 *
 * Grey, RGB and palette at 1 to 16 bits, in strips or tiles, samples together
 * or in planes.  16 bits keep their upper 8, as PNG files of that depth do.
 * What would need a guess (inks, Lab, floats) is refused.  Every size is
 * checked against the file before memory is taken; a missing tile is an error,
 * but for one-channel masks, whose writers leave out empty ones. */
#include "image/decoders.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/file-kind.h"
#include "image/orient.h"
#include "image/tiff-handle.h"

#include <string.h>

#define SAMPLES_MAX 8
#define TILE_SIDE_MAX 8192

typedef struct {
  uint16_t code;
  uint64_t ratio_max; /* bytes out for each byte in, at the very most */
} Compression;

static const Compression compressions[] = {
  {COMPRESSION_NONE, 1},
  {COMPRESSION_PACKBITS, 64},
  {COMPRESSION_LZW, 1500},
  {COMPRESSION_ADOBE_DEFLATE, 1040},
  {COMPRESSION_DEFLATE, 1040},
  {COMPRESSION_JPEG, 2048},
  {COMPRESSION_CCITTRLE, 1 << 16},
  {COMPRESSION_CCITTFAX3, 1 << 16},
  {COMPRESSION_CCITTFAX4, 1 << 20},
  {COMPRESSION_ZSTD, 1 << 18},
};

typedef enum { KIND_GREY, KIND_PALETTE, KIND_RGB } Kind;

typedef struct {
  uint32_t width, height;
  uint16_t bits, samples, photometric, planar, compression, orientation;
  Kind kind;
  int colors;     /* samples that are colour: 1 or 3 */
  uint16_t alpha; /* EXTRASAMPLE_ of the sample behind them */
  bool tiled;
  uint32_t block_width, block_height; /* of a tile, or of a strip */
  uint32_t across, down;              /* blocks of one plane */
  uint64_t block_bytes;               /* of one plane, or of all together */
  uint64_t ratio_max;
  const uint16_t *palette[3];
} Layout;

G_GNUC_PRINTF (2, 3)
static bool
refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);

  g_autofree char *what = g_strdup_vprintf (format, arguments);

  va_end (arguments);
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
               "the TIFF holds %s; save the picture as an 8-bit RGB TIFF or "
               "PNG",
               what);
  return false;
}

static bool
report_damage (const SacTiffHandle *handle, const char *where, GError **error)
{
  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
               "the TIFF is damaged or cut off (%s%s%s); get a fresh copy",
               where, handle->complaint != NULL ? ": " : "",
               handle->complaint != NULL ? handle->complaint : "");
  return false;
}

static bool
check_size (const Layout *layout, GError **error)
{
  if (layout->width == 0 || layout->height == 0) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "the TIFF states a size of %u x %u pixels", layout->width,
                 layout->height);
    return false;
  }
  if (layout->width > SAC_LIMIT_IMAGE_SIDE ||
      layout->height > SAC_LIMIT_IMAGE_SIDE ||
      (int64_t)layout->width * layout->height > SAC_LIMIT_IMAGE_PIXELS) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "the TIFF has %u x %u pixels, beyond the limit of "
                 "%" G_GINT64_FORMAT " and %d a side",
                 layout->width, layout->height, SAC_LIMIT_IMAGE_PIXELS,
                 SAC_LIMIT_IMAGE_SIDE);
    return false;
  }
  return true;
}

static bool
check_samples (TIFF *tiff, const Layout *layout, GError **error)
{
  uint16_t format = SAMPLEFORMAT_UINT;
  uint32_t type = 0;

  TIFFGetFieldDefaulted (tiff, TIFFTAG_SAMPLEFORMAT, &format);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_SUBFILETYPE, &type);
  if ((type & FILETYPE_REDUCEDIMAGE) != 0)
    return refuse (error, "a reduced copy as its first page, as camera raw "
                          "files do");
  if (format != SAMPLEFORMAT_UINT && format != SAMPLEFORMAT_VOID)
    return refuse (error, "%s: measurements, not a picture",
                   format == SAMPLEFORMAT_IEEEFP ? "floating-point numbers"
                                                 : "signed numbers");
  if (layout->bits != 1 && layout->bits != 2 && layout->bits != 4 &&
      layout->bits != 8 && layout->bits != 16)
    return refuse (error, "%u bits a sample", layout->bits);
  if (layout->samples < 1 || layout->samples > SAMPLES_MAX ||
      (layout->bits < 8 && layout->samples != 1))
    return refuse (error, "%u samples of %u bits a pixel", layout->samples,
                   layout->bits);
  return true;
}

static bool
find_compression (Layout *layout, GError **error)
{
  for (size_t i = 0; i < G_N_ELEMENTS (compressions); i++)
    if (compressions[i].code == layout->compression &&
        TIFFIsCODECConfigured (layout->compression)) {
      layout->ratio_max = compressions[i].ratio_max;
      return true;
    }
  return refuse (error, "pixels packed by method %u, which cannot be read",
                 layout->compression);
}

static bool
find_kind (TIFF *tiff, Layout *layout, GError **error)
{
  switch (layout->photometric) {
  case PHOTOMETRIC_MINISBLACK:
  case PHOTOMETRIC_MINISWHITE:
    layout->kind = KIND_GREY;
    break;
  case PHOTOMETRIC_PALETTE:
    layout->kind = KIND_PALETTE;
    if (layout->bits > 8 ||
        TIFFGetField (tiff, TIFFTAG_COLORMAP, &layout->palette[0],
                      &layout->palette[1], &layout->palette[2]) != 1)
      return refuse (error, "a palette image without a usable palette");
    break;
  case PHOTOMETRIC_YCBCR:
    if (layout->compression != COMPRESSION_JPEG || layout->bits != 8)
      return refuse (error, "YCbCr samples outside JPEG");
    TIFFSetField (tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    layout->kind = KIND_RGB;
    break;
  case PHOTOMETRIC_RGB:
    layout->kind = KIND_RGB;
    break;
  case PHOTOMETRIC_SEPARATED:
    return refuse (error, "inks for print (CMYK)");
  case PHOTOMETRIC_CFA:
    return refuse (error, "the raw data of a camera");
  default:
    return refuse (error, "colours of kind %u, which cannot be read",
                   layout->photometric);
  }
  layout->colors = layout->kind == KIND_RGB ? 3 : 1;
  if (layout->samples < layout->colors ||
      (layout->kind == KIND_RGB && layout->bits < 8))
    return refuse (error, "%u samples of %u bits for an RGB pixel",
                   layout->samples, layout->bits);
  return true;
}

static void
find_alpha (TIFF *tiff, Layout *layout)
{
  uint16_t count = 0;
  const uint16_t *types = NULL;

  if (layout->samples > layout->colors &&
      TIFFGetFieldDefaulted (tiff, TIFFTAG_EXTRASAMPLES, &count, &types) == 1 &&
      count > 0)
    layout->alpha = types[0];
}

/* The size that libtiff will write for a block must be the size that follows
 * from the fields: the buffer is made after the latter. */
static bool
find_blocks (SacTiffHandle *handle, Layout *layout, GError **error)
{
  TIFF *tiff = handle->tiff;
  uint64_t samples =
    layout->planar == PLANARCONFIG_SEPARATE ? 1 : layout->samples;
  uint64_t said;

  layout->tiled = TIFFIsTiled (tiff) != 0;
  if (layout->tiled) {
    TIFFGetField (tiff, TIFFTAG_TILEWIDTH, &layout->block_width);
    TIFFGetField (tiff, TIFFTAG_TILELENGTH, &layout->block_height);
    if (layout->block_width == 0 || layout->block_width % 16 != 0 ||
        layout->block_width > TILE_SIDE_MAX || layout->block_height == 0 ||
        layout->block_height % 16 != 0 || layout->block_height > TILE_SIDE_MAX)
      return report_damage (handle, "tiles of an impossible size", error);
    said = TIFFTileSize64 (tiff);
  } else {
    uint32_t rows = 0;

    TIFFGetFieldDefaulted (tiff, TIFFTAG_ROWSPERSTRIP, &rows);
    layout->block_width = layout->width;
    layout->block_height = CLAMP (rows, 1, layout->height);
    said = TIFFVStripSize64 (tiff, layout->block_height);
  }
  layout->across =
    (layout->width + layout->block_width - 1) / layout->block_width;
  layout->down =
    (layout->height + layout->block_height - 1) / layout->block_height;
  layout->block_bytes =
    ((uint64_t)layout->block_width * samples * layout->bits + 7) / 8 *
    layout->block_height;
  if (said != layout->block_bytes)
    return report_damage (handle, "blocks of an impossible size", error);
  return true;
}

static bool
read_layout (SacTiffHandle *handle, Layout *layout, GError **error)
{
  TIFF *tiff = handle->tiff;

  if (handle->complaint != NULL)
    return report_damage (handle, "a tag cannot be read", error);
  *layout = (Layout){.planar = PLANARCONFIG_CONTIG};
  TIFFGetField (tiff, TIFFTAG_IMAGEWIDTH, &layout->width);
  TIFFGetField (tiff, TIFFTAG_IMAGELENGTH, &layout->height);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_BITSPERSAMPLE, &layout->bits);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_SAMPLESPERPIXEL, &layout->samples);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_PLANARCONFIG, &layout->planar);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_COMPRESSION, &layout->compression);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_ORIENTATION, &layout->orientation);
  if (TIFFGetField (tiff, TIFFTAG_PHOTOMETRIC, &layout->photometric) != 1)
    layout->photometric =
      layout->samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
  if (!check_size (layout, error) || !check_samples (tiff, layout, error) ||
      !find_compression (layout, error) || !find_kind (tiff, layout, error))
    return false;
  find_alpha (tiff, layout);
  return find_blocks (handle, layout, error);
}

static uint32_t
count_planes (const Layout *layout)
{
  if (layout->planar != PLANARCONFIG_SEPARATE)
    return 1;
  return (uint32_t)layout->colors + (layout->alpha != EXTRASAMPLE_UNSPECIFIED);
}

/* Rows of the block that lie in the image; libtiff gives only those of the last
 * strip, but whole tiles. */
static uint32_t
count_rows (const Layout *layout, uint32_t block_row)
{
  return MIN (layout->block_height,
              layout->height - block_row * layout->block_height);
}

/* Every block lies inside the file and is long enough for what it claims to
 * unpack to. */
static bool
check_blocks (SacTiffHandle *handle, const Layout *layout, GError **error)
{
  uint32_t plane_blocks = layout->across * layout->down;

  for (uint32_t plane = 0; plane < count_planes (layout); plane++)
    for (uint32_t i = 0; i < plane_blocks; i++) {
      uint32_t index = plane * plane_blocks + i;
      uint64_t offset = TIFFGetStrileOffset (handle->tiff, index);
      uint64_t bytes = TIFFGetStrileByteCount (handle->tiff, index);
      uint32_t rows = layout->tiled ? layout->block_height
                                    : count_rows (layout, i / layout->across);

      if (bytes == 0)
        return report_damage (handle, "a block is left out", error);
      if (offset > handle->size || bytes > handle->size - offset)
        return report_damage (handle, "pixels lie behind its end", error);
      if (layout->block_bytes / layout->block_height * rows /
            layout->ratio_max >
          bytes)
        return report_damage (handle, "too few bytes for so many pixels",
                              error);
    }
  return true;
}

static inline unsigned
get_sample (const uint8_t *row, size_t index, unsigned bits)
{
  if (bits == 8)
    return row[index];
  if (bits == 16)
    return ((const uint16_t *)(const void *)row)[index] >> 8;

  size_t bit = index * bits;

  return row[bit / 8] >> (8 - bits - bit % 8) & ((1u << bits) - 1);
}

static uint32_t
get_color (const Layout *layout, const uint8_t *const *rows, size_t index)
{
  unsigned first = get_sample (rows[0], index, layout->bits);

  if (layout->kind == KIND_PALETTE)
    return sac_pixel (layout->palette[0][first] >> 8,
                      layout->palette[1][first] >> 8,
                      layout->palette[2][first] >> 8);
  if (layout->kind == KIND_RGB)
    return sac_pixel (first, get_sample (rows[1], index, layout->bits),
                      get_sample (rows[2], index, layout->bits));
  if (layout->bits < 8)
    first = first * 255 / ((1u << layout->bits) - 1);
  if (layout->photometric == PHOTOMETRIC_MINISWHITE)
    first = 255 - first;
  return sac_pixel (first, first, first);
}

static unsigned
cover (unsigned color, unsigned alpha, uint16_t kind)
{
  if (kind == EXTRASAMPLE_ASSOCALPHA)
    return MIN (255, color + 255 - alpha);
  return sac_decoders_over_white (color, alpha);
}

/* rows: where the row begins for each sample; step: samples from one pixel to
 * the next there. */
static void
unpack_row (const Layout *layout,
            const uint8_t *const *rows,
            size_t step,
            uint32_t *out,
            uint32_t count)
{
  bool opaque = layout->alpha != EXTRASAMPLE_ASSOCALPHA &&
                layout->alpha != EXTRASAMPLE_UNASSALPHA;

  for (size_t x = 0; x < count; x++) {
    uint32_t color = get_color (layout, rows, x * step);

    if (!opaque) {
      unsigned alpha =
        get_sample (rows[layout->colors], x * step, layout->bits);

      color = sac_pixel (cover (color >> 16 & 0xff, alpha, layout->alpha),
                         cover (color >> 8 & 0xff, alpha, layout->alpha),
                         cover (color & 0xff, alpha, layout->alpha));
    }
    out[x] = color;
  }
}

static void
unpack_block (const Layout *layout,
              const uint8_t *data,
              uint32_t column,
              uint32_t row,
              SacImage *image)
{
  bool apart = layout->planar == PLANARCONFIG_SEPARATE;
  uint32_t x = column * layout->block_width, y = row * layout->block_height;
  uint32_t width = MIN (layout->block_width, layout->width - x);
  size_t stride = layout->block_bytes / layout->block_height;
  int has_alpha = layout->alpha != EXTRASAMPLE_UNSPECIFIED;

  for (uint32_t i = 0; i < count_rows (layout, row); i++) {
    const uint8_t *rows[4] = {NULL};

    for (int s = 0; s < layout->colors + has_alpha; s++)
      rows[s] = data + i * stride +
                (size_t)s * (apart ? layout->block_bytes : layout->bits / 8u);
    unpack_row (layout, rows, apart ? 1 : layout->samples,
                image->pixels + (size_t)(y + i) * layout->width + x, width);
  }
}

static bool
read_block (SacTiffHandle *handle,
            const Layout *layout,
            uint32_t index,
            uint32_t rows,
            uint8_t *to)
{
  uint64_t expected = layout->tiled
                        ? layout->block_bytes
                        : layout->block_bytes / layout->block_height * rows;
  tmsize_t got =
    layout->tiled
      ? TIFFReadEncodedTile (handle->tiff, index, to, (tmsize_t)expected)
      : TIFFReadEncodedStrip (handle->tiff, index, to, (tmsize_t)expected);

  return got == (tmsize_t)expected && handle->complaint == NULL;
}

static bool
read_blocks (SacTiffHandle *handle,
             const Layout *layout,
             uint8_t *buffer,
             SacImage *image,
             SacJob *job,
             GError **error)
{
  uint32_t plane_blocks = layout->across * layout->down;

  handle->reading_data = true;
  for (uint32_t i = 0; i < plane_blocks; i++) {
    uint32_t row = i / layout->across, column = i % layout->across;

    if (!sac_job_check (job, error))
      return false;
    for (uint32_t plane = 0; plane < count_planes (layout); plane++)
      if (!read_block (handle, layout, plane * plane_blocks + i,
                       count_rows (layout, row),
                       buffer + plane * layout->block_bytes)) {
        g_autofree char *where =
          g_strdup_printf ("block at %u, %u", column * layout->block_width,
                           row * layout->block_height);

        return report_damage (handle, where, error);
      }
    unpack_block (layout, buffer, column, row, image);
  }
  return true;
}

static SacImage *
decode_tiff (GBytes *file, SacJob *job, GError **error)
{
  g_auto (SacTiffHandle) handle = {0};
  Layout layout;

  if (!sac_tiff_handle_open (&handle, file, error) ||
      !read_layout (&handle, &layout, error) ||
      !check_blocks (&handle, &layout, error))
    return NULL;

  g_autoptr (SacImage) image =
    sac_image_new (layout.width, layout.height, error);
  g_autofree uint8_t *buffer =
    g_try_malloc_n (count_planes (&layout), layout.block_bytes);

  if (image == NULL)
    return NULL;
  if (buffer == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "there is not enough memory for a TIFF of %u x %u pixels",
                 layout.width, layout.height);
    return NULL;
  }
  if (!read_blocks (&handle, &layout, buffer, image, job, error))
    return NULL;
  image->icc = sac_tiff_handle_dup_profile (&handle);
  return sac_orient_apply (g_steal_pointer (&image), layout.orientation, error);
}

const SacDecoder sac_decoder_tiff = {"TIFF", sac_file_kind_is_tiff,
                                     decode_tiff};
