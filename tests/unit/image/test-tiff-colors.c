/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Kinds of TIFF that libtiff's own writer does not make of RGB: YCbCr outside
 * JPEG, Lab, JPEG of the old style, WebP. */
#include "decode-check.h"
#include "image/color.h"
#include "pictures.h"
#include "support.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <tiffio.h>

#define WIDTH 75
#define HEIGHT 53
#define TILE 32

typedef struct {
  uint16_t photometric, compression, across, down;
  bool tiled, narrow; /* narrow: codes from 16 to 235 and 240 */
} Colors;

/* Codes that change slowly enough for every unit to have one colour. */
static void
get_codes (const Colors *colors, int x, int y, uint8_t codes[3])
{
  int u = x / MAX (colors->across, 1), v = y / MAX (colors->down, 1);

  codes[0] = (uint8_t)(16 + (x * 3 + y * 5) % 220);
  codes[1] = (uint8_t)(40 + (u * 4 + v) % 170);
  codes[2] = (uint8_t)(210 - (u + v * 3) % 170);
}

/* Units of brightnesses and two colours, padded at the edge. */
static void
fill_units (
  const Colors *colors, int x, int y, int width, int height, GByteArray *to)
{
  g_byte_array_set_size (to, 0);
  for (int v = y; v < y + height; v += colors->down)
    for (int u = x; u < x + width; u += colors->across) {
      uint8_t codes[3];

      for (int j = 0; j < colors->down; j++)
        for (int i = 0; i < colors->across; i++) {
          get_codes (colors, u + i, v + j, codes);
          g_byte_array_append (to, codes, 1);
        }
      get_codes (colors, u, v, codes);
      g_byte_array_append (to, codes + 1, 2);
    }
}

static void
fill_pixels (
  const Colors *colors, int x, int y, int width, int height, GByteArray *to)
{
  g_byte_array_set_size (to, 0);
  for (int v = y; v < y + height; v++)
    for (int u = x; u < x + width; u++) {
      uint8_t codes[3];

      get_codes (colors, u, v, codes);
      g_byte_array_append (to, codes, 3);
    }
}

static void
write_blocks (TIFF *tiff, const Colors *colors)
{
  g_autoptr (GByteArray) block = g_byte_array_new ();
  int width = colors->tiled ? TILE : WIDTH, rows = colors->tiled ? TILE : 8;
  uint32_t index = 0;

  for (int y = 0; y < HEIGHT; y += rows)
    for (int x = 0; x < WIDTH; x += width, index++) {
      int height = colors->tiled ? rows : MIN (rows, HEIGHT - y);

      if (colors->photometric == PHOTOMETRIC_YCBCR)
        fill_units (colors, x, y, width, height, block);
      else
        fill_pixels (colors, x, y, width, height, block);
      if (colors->tiled)
        g_assert_cmpint ((int)TIFFWriteEncodedTile (tiff, index, block->data,
                                                    block->len),
                         >, 0);
      else
        g_assert_cmpint ((int)TIFFWriteEncodedStrip (tiff, index, block->data,
                                                     block->len),
                         >, 0);
    }
}

static GBytes *
write_colors (const Colors *colors)
{
  static const float narrow[] = {16, 235, 128, 240, 128, 240};
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "colors.tif", NULL);
  TIFF *tiff = TIFFOpen (path, "w");
  char *data;
  gsize size;

  TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, WIDTH);
  TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, HEIGHT);
  TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, 8);
  TIFFSetField (tiff, TIFFTAG_SAMPLESPERPIXEL, 3);
  TIFFSetField (tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField (tiff, TIFFTAG_COMPRESSION, colors->compression);
  TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, colors->photometric);
  if (colors->compression == COMPRESSION_WEBP)
    TIFFSetField (tiff, TIFFTAG_WEBP_LOSSLESS, 1);
  if (colors->across > 0)
    TIFFSetField (tiff, TIFFTAG_YCBCRSUBSAMPLING, colors->across, colors->down);
  if (colors->narrow)
    TIFFSetField (tiff, TIFFTAG_REFERENCEBLACKWHITE, narrow);
  if (colors->tiled) {
    TIFFSetField (tiff, TIFFTAG_TILEWIDTH, TILE);
    TIFFSetField (tiff, TIFFTAG_TILELENGTH, TILE);
  } else {
    TIFFSetField (tiff, TIFFTAG_ROWSPERSTRIP, 8);
  }
  write_blocks (tiff, colors);
  TIFFClose (tiff);
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  test_folder_remove (folder);
  return g_bytes_new_take (data, size);
}

static SacImage *
decode_good (GBytes *file)
{
  g_autoptr (GError) error = NULL;
  SacImage *image = sac_decode (file, NULL, &error);

  g_assert_no_error (error);
  return image;
}

static unsigned
level_of (double value)
{
  return (unsigned)lround (CLAMP (value, 0, 255));
}

/* Rec. 601, written out. */
static uint32_t
convert_ycbcr (const Colors *colors, const uint8_t codes[3])
{
  double y = codes[0], cb = codes[1] - 128.0, cr = codes[2] - 128.0;

  if (colors->narrow) {
    y = (y - 16) * 255 / 219;
    cb *= 127 / 112.0;
    cr *= 127 / 112.0;
  }
  return sac_pixel (level_of (y + 1.402 * cr),
                    level_of (y - 0.344136 * cb - 0.714136 * cr),
                    level_of (y + 1.772 * cb));
}

static void
test_ycbcr (void)
{
  static const Colors kinds[] = {
    {6, COMPRESSION_NONE, 1, 1},
    {6, COMPRESSION_LZW, 2, 2},
    {6, COMPRESSION_LZW, 2, 1, .tiled = true},
    {6, COMPRESSION_ADOBE_DEFLATE, 4, 4, .tiled = true},
    {6, COMPRESSION_NONE, 4, 2, .narrow = true},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autoptr (GBytes) file = write_colors (&kinds[i]);
    g_autoptr (SacImage) image = decode_good (file);
    g_autoptr (SacImage) expected = sac_image_new (WIDTH, HEIGHT, NULL);

    for (int y = 0; y < HEIGHT; y++)
      for (int x = 0; x < WIDTH; x++) {
        uint8_t codes[3], shared[3];

        get_codes (&kinds[i], x, y, codes);
        get_codes (&kinds[i], x / kinds[i].across * kinds[i].across,
                   y / kinds[i].down * kinds[i].down, shared);
        codes[1] = shared[1];
        codes[2] = shared[2];
        expected->pixels[y * WIDTH + x] = convert_ycbcr (&kinds[i], codes);
      }
    picture_compare (image, expected, 1, "YCbCr");
  }
}

static double
to_srgb (double linear)
{
  linear = CLAMP (linear, 0, 1);
  return 255 * (linear <= 0.0031308 ? 12.92 * linear
                                    : 1.055 * pow (linear, 1 / 2.4) - 0.055);
}

static double
from_lab (double value)
{
  return value > 6 / 29.0 ? value * value * value
                          : 3 * 36 / 841.0 * (value - 4 / 29.0);
}

/* Lab of D50 by the formulas of CIE 15 and sRGB's matrix adapted to D50. */
static uint32_t
convert_lab (const uint8_t codes[3], bool is_icc)
{
  double a = is_icc ? codes[1] - 128.0 : (int8_t)codes[1];
  double b = is_icc ? codes[2] - 128.0 : (int8_t)codes[2];
  double light = (codes[0] / 2.55 + 16) / 116;
  double x = 0.96422 * from_lab (light + a / 500), y = from_lab (light);
  double z = 0.82521 * from_lab (light - b / 200);

  return sac_pixel (level_of (
                      to_srgb (3.1338561 * x - 1.6168667 * y - 0.4906146 * z)),
                    level_of (
                      to_srgb (-0.9787684 * x + 1.9161415 * y + 0.0334540 * z)),
                    level_of (
                      to_srgb (0.0719453 * x - 0.2289914 * y + 1.4052427 * z)));
}

static void
test_lab (void)
{
  for (int is_icc = 0; is_icc < 2; is_icc++) {
    Colors colors = {is_icc ? PHOTOMETRIC_ICCLAB : PHOTOMETRIC_CIELAB,
                     COMPRESSION_LZW, .tiled = true};
    g_autoptr (GBytes) file = write_colors (&colors);
    g_autoptr (SacImage) image = decode_good (file);
    g_autoptr (SacImage) expected = sac_image_new (WIDTH, HEIGHT, NULL);

    for (int y = 0; y < HEIGHT; y++)
      for (int x = 0; x < WIDTH; x++) {
        uint8_t codes[3];

        get_codes (&colors, x, y, codes);
        expected->pixels[y * WIDTH + x] = convert_lab (codes, is_icc != 0);
      }
    picture_compare (image, expected, 1, "Lab");
  }
}

static void
test_webp (void)
{
  Colors colors = {PHOTOMETRIC_RGB, COMPRESSION_WEBP, .tiled = true};

  if (!TIFFIsCODECConfigured (COMPRESSION_WEBP)) {
    g_test_skip ("this libtiff knows no WebP");
    return;
  }

  g_autoptr (GBytes) file = write_colors (&colors);
  g_autoptr (SacImage) image = decode_good (file);

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      uint8_t codes[3];

      get_codes (&colors, x, y, codes);
      g_assert_cmphex (image->pixels[y * WIDTH + x], ==,
                       sac_pixel (codes[0], codes[1], codes[2]));
    }
}

static void
put_tag (
  GByteArray *to, uint16_t tag, uint16_t type, uint32_t count, uint32_t value)
{
  guint8 entry[12];

  memcpy (entry, &tag, 2);
  memcpy (entry + 2, &type, 2);
  memcpy (entry + 4, &count, 4);
  memcpy (entry + 8, &value, 4);
  g_byte_array_append (to, entry, 12);
}

/* A JPEG wrapped as TIFF 6.0 did it before 1995 (little-endian). */
static GBytes *
wrap_old_jpeg (GBytes *jpeg, const SacImage *image)
{
  const uint32_t size = (uint32_t)g_bytes_get_size (jpeg);
  const uint32_t jpeg_at = 8, bits_at = 8 + (size + 1) / 2 * 2;
  const uint32_t directory_at = bits_at + 6;
  const uint16_t count = 12, bits[3] = {8, 8, 8};
  GByteArray *file = g_byte_array_new ();

  g_byte_array_append (file, (const guint8 *)"II*\0", 4);
  g_byte_array_append (file, (const guint8 *)&directory_at, 4);
  g_byte_array_append (file, g_bytes_get_data (jpeg, NULL), size);
  g_byte_array_set_size (file, bits_at);
  g_byte_array_append (file, (const guint8 *)bits, 6);
  g_byte_array_append (file, (const guint8 *)&count, 2);
  put_tag (file, TIFFTAG_IMAGEWIDTH, 4, 1, (uint32_t)image->width);
  put_tag (file, TIFFTAG_IMAGELENGTH, 4, 1, (uint32_t)image->height);
  put_tag (file, TIFFTAG_BITSPERSAMPLE, 3, 3, bits_at);
  put_tag (file, TIFFTAG_COMPRESSION, 3, 1, COMPRESSION_OJPEG);
  put_tag (file, TIFFTAG_PHOTOMETRIC, 3, 1, PHOTOMETRIC_YCBCR);
  put_tag (file, TIFFTAG_STRIPOFFSETS, 4, 1, jpeg_at);
  put_tag (file, TIFFTAG_SAMPLESPERPIXEL, 3, 1, 3);
  put_tag (file, TIFFTAG_ROWSPERSTRIP, 4, 1, (uint32_t)image->height);
  put_tag (file, TIFFTAG_STRIPBYTECOUNTS, 4, 1, size);
  put_tag (file, TIFFTAG_JPEGPROC, 3, 1, 1);
  put_tag (file, TIFFTAG_JPEGIFOFFSET, 4, 1, jpeg_at);
  put_tag (file, TIFFTAG_JPEGIFBYTECOUNT, 4, 1, size);
  g_byte_array_append (file, (const guint8 *)"\0\0\0\0", 4);
  return g_byte_array_free_to_bytes (file);
}

/* The same pixels as those of the JPEG inside; where it has fewer colours than
 * pixels, libjpeg draws them smooth and libtiff in squares. */
static void
test_old_jpeg (void)
{
  static const struct {
    const char *name;
    int tolerance;
  } inside[] = {{"image/rgb-444.jpg", 2}};

  if (!TIFFIsCODECConfigured (COMPRESSION_OJPEG)) {
    g_test_skip ("this libtiff knows no JPEG of the old style");
    return;
  }
  for (size_t i = 0; i < G_N_ELEMENTS (inside); i++) {
    g_autoptr (GBytes) jpeg = picture_load (inside[i].name);
    g_autoptr (SacImage) expected = decode_good (jpeg);
    g_autoptr (GBytes) file = wrap_old_jpeg (jpeg, expected);
    g_autoptr (SacImage) image = decode_good (file);

    picture_compare (image, expected, inside[i].tolerance, inside[i].name);
    decode_check_cuts (file, 101);
    decode_check_changes (file, 300);
  }
}

static void
test_changes (void)
{
  static const Colors kinds[] = {
    {6, COMPRESSION_NONE, 2, 2},
    {2, COMPRESSION_WEBP, .tiled = true},
    {8, COMPRESSION_LZW},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (!TIFFIsCODECConfigured (kinds[i].compression))
      continue;

    g_autoptr (GBytes) file = write_colors (&kinds[i]);

    decode_check_changes (file, 200);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TIFFSetWarningHandler (NULL);
  g_test_add_func ("/tiff-colors/ycbcr", test_ycbcr);
  g_test_add_func ("/tiff-colors/lab", test_lab);
  g_test_add_func ("/tiff-colors/webp", test_webp);
  g_test_add_func ("/tiff-colors/old-jpeg", test_old_jpeg);
  g_test_add_func ("/tiff-colors/changes", test_changes);
  return g_test_run ();
}
