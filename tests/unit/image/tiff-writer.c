/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "tiff-writer.h"

#include "image/image.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define TILE_WIDTH 32
#define TILE_HEIGHT 16

/* JPEG wants whole blocks; otherwise an odd number is the better test. */
static unsigned
get_strip_rows (const TiffSpec *spec)
{
  if (spec->strip_rows > 0)
    return (unsigned)spec->strip_rows;
  return spec->compression == COMPRESSION_JPEG ? 16 : 7;
}

unsigned
tiff_writer_sample (const TiffSpec *spec, unsigned x, unsigned y, unsigned s)
{
  unsigned mask = (1u << spec->bits) - 1;

  s += spec->page;
  /* JPEG needs something smooth to stay near. */
  if (spec->compression == COMPRESSION_JPEG)
    return (x + y * 2 + s * 30) & mask;
  return (x * 37 + y * 101 + s * 59 + x * y * 1009) & mask;
}

static unsigned
get_8 (const TiffSpec *spec, unsigned x, unsigned y, unsigned s)
{
  unsigned sample = tiff_writer_sample (spec, x, y, s);

  return spec->bits == 16 ? sample >> 8
         : spec->bits == 8
           ? sample
           : (unsigned)lround (sample * 255.0 / ((1u << spec->bits) - 1));
}

uint32_t
tiff_writer_pixel (const TiffSpec *spec, unsigned x, unsigned y)
{
  bool inks = spec->photometric == PHOTOMETRIC_SEPARATED;
  unsigned levels[3], colors = inks ? 4 : spec->samples >= 3 ? 3 : 1;

  for (unsigned c = 0; c < 3; c++) {
    levels[c] = get_8 (spec, x, y, colors >= 3 ? c : 0);
    if (inks)
      levels[c] = (unsigned)lround ((255 - levels[c]) *
                                    (255.0 - get_8 (spec, x, y, 3)) / 255);
    if (spec->photometric == PHOTOMETRIC_MINISWHITE)
      levels[c] = 255 - levels[c];
    if (spec->photometric == PHOTOMETRIC_PALETTE)
      levels[c] =
        ((tiff_writer_sample (spec, x, y, 0) * (251 + 1000 * c) + 77) &
         0xffff) >>
        8;
    if (spec->has_extra && spec->extra != EXTRASAMPLE_UNSPECIFIED) {
      double alpha = get_8 (spec, x, y, colors) / 255.0;
      double over = spec->extra == EXTRASAMPLE_ASSOCALPHA
                      ? levels[c] + 255 * (1 - alpha)
                      : levels[c] * alpha + 255 * (1 - alpha);

      levels[c] = (unsigned)lround (MIN (over, 255));
    }
  }
  return sac_pixel (levels[0], levels[1], levels[2]);
}

const TiffKind tiff_writer_kinds[] = {
  {"grey", {.bits = 8, .samples = 1, .photometric = 1}},
  {"white is zero", {.bits = 8, .samples = 1, .photometric = 0}},
  {"1 bit", {.bits = 1, .samples = 1, .photometric = 1}},
  {"1 bit, white is zero", {.bits = 1, .samples = 1, .photometric = 0}},
  {"2 bits", {.bits = 2, .samples = 1, .photometric = 1}},
  {"4 bits", {.bits = 4, .samples = 1, .photometric = 1}},
  {"grey 16", {.bits = 16, .samples = 1, .photometric = 1}},
  {"RGB", {.bits = 8, .samples = 3, .photometric = 2}},
  {"RGB 16", {.bits = 16, .samples = 3, .photometric = 2}},
  {"palette", {.bits = 8, .samples = 1, .photometric = 3}},
  {"palette 4", {.bits = 4, .samples = 1, .photometric = 3}},
  {"RGB and more",
   {.bits = 8, .samples = 4, .photometric = 2, .has_extra = true}},
  {"RGBA",
   {.bits = 8, .samples = 4, .photometric = 2, .has_extra = true, .extra = 2}},
  {"RGBA premultiplied",
   {.bits = 8, .samples = 4, .photometric = 2, .has_extra = true, .extra = 1}},
  {"RGBA 16",
   {.bits = 16, .samples = 4, .photometric = 2, .has_extra = true, .extra = 2}},
  {"CMYK", {.bits = 8, .samples = 4, .photometric = 5}},
  {"CMYK 16", {.bits = 16, .samples = 4, .photometric = 5}},
  {"CMYK alpha",
   {.bits = 8, .samples = 5, .photometric = 5, .has_extra = true, .extra = 2}},
  {"grey alpha",
   {.bits = 8, .samples = 2, .photometric = 1, .has_extra = true, .extra = 2}},
};

const size_t tiff_writer_kind_count = G_N_ELEMENTS (tiff_writer_kinds);

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
        if ((int)index + 1 == spec->absent)
          continue;
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
  if (spec->description != NULL)
    TIFFSetField (tiff, TIFFTAG_IMAGEDESCRIPTION, spec->description);
  if (spec->mpp > 0) {
    TIFFSetField (tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_CENTIMETER);
    TIFFSetField (tiff, TIFFTAG_XRESOLUTION, 10000 / spec->mpp);
    TIFFSetField (tiff, TIFFTAG_YRESOLUTION, 10000 / spec->mpp);
  }
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

/* A picture of `level` halvings. */
static TiffSpec
get_level (const TiffSpec *spec, int level)
{
  TiffSpec smaller = *spec;

  for (int i = 0; i < level; i++) {
    smaller.width = (smaller.width + 1) / 2;
    smaller.height = (smaller.height + 1) / 2;
  }
  if (level > 0 && !spec->plain)
    smaller.subfile = FILETYPE_REDUCEDIMAGE;
  return smaller;
}

static void
write_pictures (TIFF *tiff, const TiffSpec *spec)
{
  toff_t offsets[16] = {0};

  g_assert_cmpint (spec->levels, <=, (int)G_N_ELEMENTS (offsets));
  for (int level = 0; level <= spec->levels; level++)
    for (int page = 0; page <= spec->pages; page++) {
      TiffSpec picture = get_level (spec, level);

      picture.page = (unsigned)page;
      picture.absent = level == 0 && page == 0 ? spec->absent : 0;
      if (spec->inside && level == 0 && spec->levels > 0)
        TIFFSetField (tiff, TIFFTAG_SUBIFD, spec->levels, offsets);
      write_directory (tiff, &picture);
    }
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

  TIFF *tiff =
    TIFFOpen (path != NULL ? path : own, spec->mode != NULL ? spec->mode : "w");

  write_pictures (tiff, spec);
  TIFFClose (tiff);
  g_file_get_contents (path != NULL ? path : own, &data, &size, &error);
  g_assert_no_error (error);
  if (own != NULL)
    g_unlink (own);
  return g_bytes_new_take (data, size);
}
