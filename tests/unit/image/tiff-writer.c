/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "tiff-writer.h"

#include <glib/gstdio.h>
#include <string.h>

#define TILE_WIDTH 32
#define TILE_HEIGHT 16

/* JPEG wants whole blocks; otherwise an odd number is the better test. */
static unsigned
get_strip_rows (const TiffSpec *spec)
{
  return spec->compression == COMPRESSION_JPEG ? 16 : 7;
}

unsigned
tiff_writer_sample (const TiffSpec *spec, unsigned x, unsigned y, unsigned s)
{
  unsigned mask = (1u << spec->bits) - 1;

  /* JPEG needs something smooth to stay near. */
  if (spec->compression == COMPRESSION_JPEG)
    return (x + y * 2 + s * 30) & mask;
  return (x * 37 + y * 101 + s * 59 + x * y * 1009) & mask;
}

static void
put_sample (uint8_t *row, size_t index, unsigned bits, unsigned value)
{
  if (bits == 8)
    row[index] = (uint8_t)value;
  else if (bits == 16)
    ((uint16_t *)(void *)row)[index] = (uint16_t)value;
  else
    row[index * bits / 8] |= (uint8_t)(value << (8 - bits - index * bits % 8));
}

/* Samples first to end of the pixels from (x, y) on. */
static void
fill_block (const TiffSpec *spec,
            uint8_t *block,
            unsigned x,
            unsigned y,
            unsigned width,
            unsigned height,
            unsigned first,
            unsigned end)
{
  size_t stride = ((size_t)width * (end - first) * spec->bits + 7) / 8;

  memset (block, 0, stride * height);
  for (unsigned row = 0; row < height; row++)
    for (unsigned column = 0; column < width; column++)
      for (unsigned s = first; s < end; s++)
        put_sample (block + row * stride,
                    (size_t)column * (end - first) + s - first, spec->bits,
                    tiff_writer_sample (spec, x + column, y + row, s));
}

static void
write_blocks (TIFF *tiff, const TiffSpec *spec)
{
  unsigned width = spec->tiled ? TILE_WIDTH : spec->width;
  unsigned height = spec->tiled ? TILE_HEIGHT : get_strip_rows (spec);
  unsigned planes = spec->planes ? spec->samples : 1;
  g_autofree uint8_t *block =
    g_malloc ((size_t)width * height * spec->samples * 2);
  uint32_t index = 0;

  for (unsigned plane = 0; plane < planes; plane++)
    for (unsigned y = 0; y < spec->height; y += height)
      for (unsigned x = 0; x < spec->width; x += width, index++) {
        unsigned rows = spec->tiled ? height : MIN (height, spec->height - y);
        unsigned end = spec->planes ? plane + 1 : spec->samples;

        fill_block (spec, block, x, y, width, rows, spec->planes ? plane : 0,
                    end);
        if (spec->tiled)
          g_assert_cmpint ((int)TIFFWriteEncodedTile (tiff, index, block,
                                                      TIFFTileSize (tiff)),
                           >, 0);
        else
          g_assert_cmpint ((int)TIFFWriteEncodedStrip (tiff, index, block,
                                                       TIFFVStripSize (tiff,
                                                                       rows)),
                           >, 0);
      }
}

static void
set_palette (TIFF *tiff, unsigned bits)
{
  uint16_t maps[3][256];

  for (unsigned i = 0; i < 1u << bits; i++)
    for (unsigned c = 0; c < 3; c++)
      maps[c][i] = (uint16_t)(i * (251 + 1000 * c) + 77);
  TIFFSetField (tiff, TIFFTAG_COLORMAP, maps[0], maps[1], maps[2]);
}

static void
set_fields (TIFF *tiff, const TiffSpec *spec)
{
  TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, spec->width);
  TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, spec->height);
  TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, spec->bits);
  TIFFSetField (tiff, TIFFTAG_SAMPLESPERPIXEL, spec->samples);
  TIFFSetField (tiff, TIFFTAG_COMPRESSION,
                spec->compression != 0 ? spec->compression : COMPRESSION_NONE);
  TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, spec->photometric);
  TIFFSetField (tiff, TIFFTAG_PLANARCONFIG,
                spec->planes ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
  if (spec->photometric == PHOTOMETRIC_YCBCR)
    TIFFSetField (tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  if (spec->compression == COMPRESSION_JPEG)
    TIFFSetField (tiff, TIFFTAG_JPEGQUALITY, 98);
  if (spec->orientation != 0)
    TIFFSetField (tiff, TIFFTAG_ORIENTATION, spec->orientation);
  if (spec->format != 0)
    TIFFSetField (tiff, TIFFTAG_SAMPLEFORMAT, spec->format);
  if (spec->has_extra)
    TIFFSetField (tiff, TIFFTAG_EXTRASAMPLES, 1, &spec->extra);
  if (spec->subfile != 0)
    TIFFSetField (tiff, TIFFTAG_SUBFILETYPE, spec->subfile);
  if (spec->photometric == PHOTOMETRIC_PALETTE)
    set_palette (tiff, spec->bits);
  if (spec->icc != NULL)
    TIFFSetField (tiff, TIFFTAG_ICCPROFILE,
                  (uint32_t)g_bytes_get_size (spec->icc),
                  g_bytes_get_data (spec->icc, NULL));
  if (spec->tiled) {
    TIFFSetField (tiff, TIFFTAG_TILEWIDTH, TILE_WIDTH);
    TIFFSetField (tiff, TIFFTAG_TILELENGTH, TILE_HEIGHT);
  } else {
    TIFFSetField (tiff, TIFFTAG_ROWSPERSTRIP, get_strip_rows (spec));
  }
}

static void
write_directory (TIFF *tiff, const TiffSpec *spec)
{
  set_fields (tiff, spec);
  write_blocks (tiff, spec);
  g_assert_cmpint (TIFFWriteDirectory (tiff), ==, 1);
}

GBytes *
tiff_writer_make (const TiffSpec *spec, const char *path)
{
  g_autofree char *own = NULL;
  g_autoptr (GError) error = NULL;
  char *data;
  gsize size;

  if (path == NULL) {
    int handle = g_file_open_tmp ("saccade-XXXXXX.tif", &own, &error);

    g_assert_no_error (error);
    g_close (handle, NULL);
  }

  TIFF *tiff = TIFFOpen (path != NULL ? path : own, "w");
  TiffSpec level = *spec;

  write_directory (tiff, &level);
  for (int i = 0; i < spec->levels; i++) {
    level.width = (level.width + 1) / 2;
    level.height = (level.height + 1) / 2;
    level.subfile = FILETYPE_REDUCEDIMAGE;
    write_directory (tiff, &level);
  }
  TIFFClose (tiff);
  g_file_get_contents (path != NULL ? path : own, &data, &size, &error);
  g_assert_no_error (error);
  if (own != NULL)
    g_unlink (own);
  return g_bytes_new_take (data, size);
}
