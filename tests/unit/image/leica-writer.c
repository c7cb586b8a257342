/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "leica-writer.h"

#include "image/phantom-pattern.h"

#include <tiffio.h>

#define TILE 64
#define NANOMETRES (LEICA_MPP * 1000)

static char *
describe (const LeicaSpec *spec)
{
  GString *text = g_string_new (
    "<?xml version=\"1.0\"?>"
    "<scn xmlns=\"http://www.leica-microsystems.com/scn/2010/10/01\">");

  g_string_append_printf (text,
                          "<collection sizeX=\"%.0f\" sizeY=\"%.0f\">"
                          "<image><device model=\"test\"/>"
                          "<pixels sizeX=\"%d\" sizeY=\"%d\">",
                          spec->sheet_width * NANOMETRES,
                          spec->sheet_height * NANOMETRES, spec->width,
                          spec->height);
  for (int i = 0; i < spec->level_count; i++)
    g_string_append_printf (text,
                            "<dimension sizeX=\"%d\" sizeY=\"%d\" r=\"%d\" "
                            "ifd=\"%d\"/>",
                            spec->width >> i, spec->height >> i, i, i);
  g_string_append_printf (text,
                          "</pixels><view sizeX=\"%.0f\" sizeY=\"%.0f\" "
                          "offsetX=\"%.0f\" offsetY=\"%.0f\"/>"
                          "<scanSettings><objectiveSettings><objective>20"
                          "</objective></objectiveSettings>"
                          "<illuminationSettings><illuminationSource>"
                          "brightfield</illuminationSource>"
                          "</illuminationSettings></scanSettings></image>"
                          "</collection></scn>",
                          spec->width * NANOMETRES, spec->height * NANOMETRES,
                          spec->x * NANOMETRES, spec->y * NANOMETRES);
  return g_string_free (text, FALSE);
}

static void
write_tile (const LeicaSpec *spec, TIFF *tiff, int level, int x, int y)
{
  g_autoptr (SacImage) image = sac_image_new (TILE, TILE, NULL);
  guint8 bytes[TILE * TILE * 3];

  sac_phantom_pattern_draw (spec->pattern_side, 1 << level,
                            (spec->x >> level) + x, (spec->y >> level) + y,
                            image);
  for (int i = 0; i < TILE * TILE; i++)
    for (int c = 0; c < 3; c++)
      bytes[3 * i + c] = image->pixels[i] >> (16 - 8 * c) & 255;
  g_assert_cmpint (TIFFWriteTile (tiff, bytes, (uint32_t)x, (uint32_t)y, 0, 0),
                   >, 0);
}

static void
write_level (const LeicaSpec *spec, TIFF *tiff, int level)
{
  int width = spec->width >> level, height = spec->height >> level;

  TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, width);
  TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, height);
  TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, 8);
  TIFFSetField (tiff, TIFFTAG_SAMPLESPERPIXEL, 3);
  TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
  TIFFSetField (tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField (tiff, TIFFTAG_COMPRESSION, COMPRESSION_LZW);
  TIFFSetField (tiff, TIFFTAG_TILEWIDTH, TILE);
  TIFFSetField (tiff, TIFFTAG_TILELENGTH, TILE);
  TIFFSetField (tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_CENTIMETER);
  TIFFSetField (tiff, TIFFTAG_XRESOLUTION, 10000 / LEICA_MPP);
  TIFFSetField (tiff, TIFFTAG_YRESOLUTION, 10000 / LEICA_MPP);
  for (int y = 0; y < height; y += TILE)
    for (int x = 0; x < width; x += TILE)
      write_tile (spec, tiff, level, x, y);
  g_assert_true (TIFFWriteDirectory (tiff));
}

void
leica_write (const LeicaSpec *spec, const char *path)
{
  TIFF *tiff = TIFFOpen (path, "w8");
  g_autofree char *description = describe (spec);

  g_assert_nonnull (tiff);
  for (int level = 0; level < spec->level_count; level++) {
    if (level == 0)
      TIFFSetField (tiff, TIFFTAG_IMAGEDESCRIPTION, description);
    write_level (spec, tiff, level);
  }
  TIFFClose (tiff);
}
