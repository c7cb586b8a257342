/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/tiff-layout.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/image.h"

#include <math.h>
#include <string.h>

#define TILE_SIDE_MAX 8192

typedef struct {
  uint16_t code;
  uint64_t ratio_max; /* bytes out for each byte in, at the very most */
} Compression;

static const Compression compressions[] = {
  {COMPRESSION_OJPEG, 2048},         {COMPRESSION_NONE, 1},
  {COMPRESSION_PACKBITS, 64},        {COMPRESSION_LZW, 1500},
  {COMPRESSION_ADOBE_DEFLATE, 1040}, {COMPRESSION_DEFLATE, 1040},
  {COMPRESSION_JPEG, 2048},          {COMPRESSION_CCITTRLE, 1 << 16},
  {COMPRESSION_CCITTFAX3, 1 << 16},  {COMPRESSION_CCITTFAX4, 1 << 20},
  {COMPRESSION_ZSTD, 1 << 18},       {COMPRESSION_WEBP, 1 << 16},
};

/* What else there is, for messages. */
static const struct {
  uint16_t code;
  const char *name;
} others[] = {
  {COMPRESSION_OJPEG, "JPEG of the old style"},
  {COMPRESSION_ZSTD, "Zstandard"},
  {COMPRESSION_WEBP, "WebP"},
  {COMPRESSION_LZMA, "LZMA"},
  {COMPRESSION_LERC, "LERC"},
  {COMPRESSION_JBIG, "JBIG"},
  {COMPRESSION_JP2000, "JPEG 2000"},
  {33003, "JPEG 2000"},
  {33004, "JPEG 2000"},
  {33005, "JPEG 2000"},
  {COMPRESSION_JXL, "JPEG XL"},
};

G_GNUC_PRINTF (2, 3)
static bool
refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);

  g_autofree char *what = g_strdup_vprintf (sac_sentence (format), arguments);

  va_end (arguments);
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
               "the TIFF holds %s; save the picture as an 8-bit RGB TIFF or "
               "PNG",
               what);
  return false;
}

static bool
check_size (const SacTiffLayout *layout, GError **error)
{
  if (layout->width == 0 || layout->height == 0) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "the TIFF states a size of %u x %u pixels", layout->width,
                 layout->height);
    return false;
  }
  if (layout->width > G_MAXINT32 || layout->height > G_MAXINT32) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "the TIFF has %u x %u pixels, beyond the limit of %d a side",
                 layout->width, layout->height, G_MAXINT32);
    return false;
  }
  return true;
}

static bool
check_picture_samples (const SacTiffLayout *layout, GError **error)
{
  if (layout->format != SAMPLEFORMAT_UINT &&
      layout->format != SAMPLEFORMAT_VOID) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "the TIFF holds %s: a map, not a picture; open its picture "
                 "and lay the map over it",
                 layout->format == SAMPLEFORMAT_IEEEFP
                   ? sac_sentence ("floating-point numbers")
                 : layout->format == SAMPLEFORMAT_INT
                   ? sac_sentence ("signed numbers")
                   : sac_sentence ("complex numbers"));
    return false;
  }
  if (layout->bits != 1 && layout->bits != 2 && layout->bits != 4 &&
      layout->bits != 8 && layout->bits != 16)
    return refuse (error, "%u bits a sample", layout->bits);
  if (layout->samples < 1 || layout->samples > SAC_TIFF_SAMPLES_MAX ||
      (layout->bits < 8 && layout->samples != 1))
    return refuse (error, "%u samples of %u bits a pixel", layout->samples,
                   layout->bits);
  return true;
}

static bool
check_value_samples (const SacTiffLayout *layout, GError **error)
{
  uint16_t bits = layout->bits;
  bool is_floating = layout->format == SAMPLEFORMAT_IEEEFP;
  bool is_whole = layout->format == SAMPLEFORMAT_UINT ||
                  layout->format == SAMPLEFORMAT_VOID ||
                  layout->format == SAMPLEFORMAT_INT;
  bool known =
    ((is_floating || is_whole) && (bits == 16 || bits == 32 || bits == 64)) ||
    (is_whole && bits == 8);

  if (known && layout->samples == 1)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
               "the TIFF holds %u samples of %u bits and of kind %u a cell; a "
               "map has one number a cell, whole of 8, 16, 32 or 64 bits or "
               "floating of 16, 32 or 64",
               layout->samples, bits, layout->format);
  return false;
}

static bool
find_compression (SacTiffLayout *layout, GError **error)
{
  for (size_t i = 0; i < G_N_ELEMENTS (compressions); i++)
    if (compressions[i].code == layout->compression &&
        TIFFIsCODECConfigured (layout->compression)) {
      layout->ratio_max = compressions[i].ratio_max;
      return true;
    }
  for (size_t i = 0; i < G_N_ELEMENTS (others); i++)
    if (others[i].code == layout->compression)
      return refuse (error, "pixels packed as %s, which cannot be read here",
                     others[i].name);
  return refuse (error, "pixels packed by method %u, which cannot be read",
                 layout->compression);
}

/* Palettes are 16-bit, of which pictures keep the upper half; some old writers
 * fill only the lower one, as libtiff knows. */
static bool
read_palette (TIFF *tiff, SacTiffLayout *layout)
{
  uint16_t *red, *green, *blue;
  unsigned used = 0;

  if (layout->bits > 8 ||
      TIFFGetField (tiff, TIFFTAG_COLORMAP, &red, &green, &blue) != 1)
    return false;
  for (unsigned i = 0; i < 1u << layout->bits; i++)
    used |= (unsigned)red[i] | green[i] | blue[i];

  int shift = used > 0xff ? 8 : 0;

  for (unsigned i = 0; i < 1u << layout->bits; i++)
    layout->palette[i] =
      sac_pixel (red[i] >> shift, green[i] >> shift, blue[i] >> shift);
  return true;
}

/* JPEG makes RGB of it by itself. */
static bool
find_ycbcr (TIFF *tiff, SacTiffLayout *layout, GError **error)
{
  SacTiffYcbcr *ycbcr = &layout->ycbcr;
  uint16_t across = 2, down = 2;
  const float *luma = NULL, *reference = NULL;

  if (layout->apart || layout->bits != 8 || layout->samples != 3)
    return refuse (error, "YCbCr of %u bits in %u samples%s", layout->bits,
                   layout->samples,
                   layout->apart ? sac_sentence (" apart") : "");
  if (layout->compression == COMPRESSION_JPEG) {
    layout->kind = SAC_TIFF_RGB;
    return true;
  }
  layout->kind = SAC_TIFF_YCBCR;
  TIFFGetFieldDefaulted (tiff, TIFFTAG_YCBCRSUBSAMPLING, &across, &down);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_YCBCRCOEFFICIENTS, &luma);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_REFERENCEBLACKWHITE, &reference);
  if ((across != 1 && across != 2 && across != 4) ||
      (down != 1 && down != 2 && down != 4) || luma == NULL ||
      reference == NULL || !(luma[1] > 0.01f))
    return refuse (error, "YCbCr samples that make no sense");
  ycbcr->unit_width = across;
  ycbcr->unit_height = down;
  memcpy (ycbcr->luma, luma, sizeof ycbcr->luma);
  memcpy (ycbcr->reference, reference, sizeof ycbcr->reference);
  for (int i = 0; i < 3; i++)
    if (!(fabsf (luma[i]) <= 1) || !(fabsf (reference[2 * i]) <= 255) ||
        !(fabsf (reference[2 * i + 1]) <= 255) ||
        !(reference[2 * i + 1] - reference[2 * i] >= 1))
      return refuse (error, "YCbCr samples that make no sense");
  return true;
}

static bool
find_inks (TIFF *tiff, SacTiffLayout *layout, GError **error)
{
  uint16_t set = INKSET_CMYK;

  TIFFGetFieldDefaulted (tiff, TIFFTAG_INKSET, &set);
  layout->kind = SAC_TIFF_INKS;
  return set == INKSET_CMYK || refuse (error, "inks for print other than CMYK");
}

static bool
find_kind (TIFF *tiff, SacTiffLayout *layout, GError **error)
{
  switch (layout->photometric) {
  case PHOTOMETRIC_MINISBLACK:
  case PHOTOMETRIC_MINISWHITE:
    layout->kind = SAC_TIFF_GREY;
    break;
  case PHOTOMETRIC_PALETTE:
    layout->kind = SAC_TIFF_PALETTE;
    if (!read_palette (tiff, layout))
      return refuse (error, "a palette image without a usable palette");
    break;
  case PHOTOMETRIC_YCBCR:
    if (!find_ycbcr (tiff, layout, error))
      return false;
    break;
  case PHOTOMETRIC_RGB:
    layout->kind = SAC_TIFF_RGB;
    break;
  case PHOTOMETRIC_SEPARATED:
    if (!find_inks (tiff, layout, error))
      return false;
    break;
  case PHOTOMETRIC_CIELAB:
  case PHOTOMETRIC_ICCLAB:
    layout->kind = SAC_TIFF_LAB;
    break;
  case PHOTOMETRIC_CFA:
    return refuse (error, "the raw data of a camera");
  default:
    return refuse (error, "colours of kind %u, which cannot be read",
                   layout->photometric);
  }
  layout->colors = layout->kind == SAC_TIFF_INKS  ? 4
                   : layout->kind >= SAC_TIFF_RGB ? 3
                                                  : 1;
  if (layout->samples < layout->colors ||
      (layout->colors > 1 && layout->bits < 8))
    return refuse (error, "%u samples of %u bits for a pixel of %d colours",
                   layout->samples, layout->bits, layout->colors);
  return true;
}

static void
find_alpha (TIFF *tiff, SacTiffLayout *layout)
{
  uint16_t count = 0;
  const uint16_t *types = NULL;

  if (TIFFGetFieldDefaulted (tiff, TIFFTAG_EXTRASAMPLES, &count, &types) != 1)
    return;
  for (int i = 0; i < MIN (count, layout->samples - layout->colors); i++)
    if (types[i] == EXTRASAMPLE_ASSOCALPHA ||
        types[i] == EXTRASAMPLE_UNASSALPHA) {
      layout->alpha = types[i];
      layout->alpha_sample = layout->colors + i;
      return;
    }
}

/* What the writer says is the largest sample. */
static void
find_most (TIFF *tiff, SacTiffLayout *layout)
{
  uint16_t whole = 0;
  double most = 0;

  if (TIFFGetField (tiff, TIFFTAG_MAXSAMPLEVALUE, &whole) == 1)
    most = whole;
  else
    TIFFGetField (tiff, TIFFTAG_SMAXSAMPLEVALUE, &most);
  if (most >= 1 && most < 65536)
    layout->most = (uint32_t)most;
}

/* A unit is a brightness for each pixel and two colours for all. */
static uint64_t
count_units (const SacTiffLayout *layout)
{
  uint32_t width = (uint32_t)layout->ycbcr.unit_width;
  uint32_t height = (uint32_t)layout->ycbcr.unit_height;

  return (uint64_t)((layout->block_width - 1) / width + 1) *
         ((layout->block_height - 1) / height + 1) * (width * height + 2);
}

/* The size that libtiff will write for a block must be the size that follows
 * from the fields: the buffer is made after the latter. */
static bool
find_blocks (SacTiffHandle *handle, SacTiffLayout *layout, GError **error)
{
  TIFF *tiff = handle->tiff;
  uint64_t samples = layout->apart ? 1 : layout->samples;
  uint64_t said;

  if (layout->tiled) {
    TIFFGetField (tiff, TIFFTAG_TILEWIDTH, &layout->block_width);
    TIFFGetField (tiff, TIFFTAG_TILELENGTH, &layout->block_height);
    /* Multiples of 16 say the standard and not all writers. */
    if (layout->block_width == 0 || layout->block_width > TILE_SIDE_MAX ||
        layout->block_height == 0 || layout->block_height > TILE_SIDE_MAX)
      return sac_tiff_handle_report (handle, "tiles of an impossible size",
                                     error);
    said = TIFFTileSize64 (tiff);
  } else {
    uint32_t rows = 0;

    TIFFGetFieldDefaulted (tiff, TIFFTAG_ROWSPERSTRIP, &rows);
    layout->block_width = layout->width;
    layout->block_height = CLAMP (rows, 1, layout->height);
    said = TIFFVStripSize64 (tiff, layout->block_height);
  }
  layout->across = (layout->width - 1) / layout->block_width + 1;
  layout->down = (layout->height - 1) / layout->block_height + 1;
  layout->block_bytes =
    layout->kind == SAC_TIFF_YCBCR
      ? count_units (layout)
      : ((uint64_t)layout->block_width * samples * layout->bits + 7) / 8 *
          layout->block_height;
  if (said != layout->block_bytes || (uint64_t)layout->across * layout->down >
                                       G_MAXINT32 / SAC_TIFF_SAMPLES_MAX)
    return sac_tiff_handle_report (handle, "blocks of an impossible size",
                                   error);
  return true;
}

static void
read_fields (TIFF *tiff, SacTiffLayout *layout)
{
  uint16_t planar = PLANARCONFIG_CONTIG;
  uint32_t type = 0;

  TIFFGetField (tiff, TIFFTAG_IMAGEWIDTH, &layout->width);
  TIFFGetField (tiff, TIFFTAG_IMAGELENGTH, &layout->height);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_BITSPERSAMPLE, &layout->bits);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_SAMPLESPERPIXEL, &layout->samples);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_SAMPLEFORMAT, &layout->format);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_PLANARCONFIG, &planar);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_COMPRESSION, &layout->compression);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_ORIENTATION, &layout->orientation);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_SUBFILETYPE, &type);
  if (TIFFGetField (tiff, TIFFTAG_PHOTOMETRIC, &layout->photometric) != 1)
    layout->photometric =
      layout->samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
  layout->apart = planar == PLANARCONFIG_SEPARATE;
  layout->tiled = TIFFIsTiled (tiff) != 0;
  layout->reduced = (type & FILETYPE_REDUCEDIMAGE) != 0;
  layout->is_mask = (type & FILETYPE_MASK) != 0;
}

bool
sac_tiff_layout_read (SacTiffHandle *handle,
                      SacTiffUse use,
                      SacTiffLayout *ret_layout,
                      GError **error)
{
  TIFF *tiff = handle->tiff;

  if (handle->complaint != NULL)
    return sac_tiff_handle_report (handle, "a tag cannot be read", error);
  *ret_layout = (SacTiffLayout){.format = SAMPLEFORMAT_UINT, .colors = 1};
  read_fields (tiff, ret_layout);
  if (!check_size (ret_layout, error))
    return false;
  if (use == SAC_TIFF_VALUES ? !check_value_samples (ret_layout, error)
                             : !check_picture_samples (ret_layout, error))
    return false;
  if (!find_compression (ret_layout, error))
    return false;
  if (use == SAC_TIFF_PICTURE) {
    if (!find_kind (tiff, ret_layout, error))
      return false;
    find_alpha (tiff, ret_layout);
    find_most (tiff, ret_layout);
  }
  if (ret_layout->photometric == PHOTOMETRIC_YCBCR &&
      ret_layout->compression == COMPRESSION_JPEG)
    TIFFSetField (tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  return find_blocks (handle, ret_layout, error);
}

bool
sac_tiff_layout_read_tiles (SacTiffHandle *handle, SacTiffLayout *ret_layout)
{
  *ret_layout = (SacTiffLayout){.format = SAMPLEFORMAT_UINT, .colors = 1};
  read_fields (handle->tiff, ret_layout);
  return ret_layout->tiled && check_size (ret_layout, NULL) &&
         find_blocks (handle, ret_layout, NULL);
}

uint64_t
sac_tiff_layout_count_bytes (const SacTiffLayout *layout, uint32_t rows)
{
  uint32_t unit =
    layout->kind == SAC_TIFF_YCBCR ? (uint32_t)layout->ycbcr.unit_height : 1;

  return layout->block_bytes / ((layout->block_height - 1) / unit + 1) *
         ((rows - 1) / unit + 1);
}

uint32_t
sac_tiff_layout_count_planes (const SacTiffLayout *layout)
{
  if (!layout->apart)
    return 1;
  return (uint32_t)MAX (layout->colors, layout->alpha_sample + 1);
}

bool
sac_tiff_layout_is_like (const SacTiffLayout *a, const SacTiffLayout *b)
{
  return a->kind == b->kind && a->bits == b->bits && a->format == b->format &&
         a->colors == b->colors && a->samples == b->samples;
}
