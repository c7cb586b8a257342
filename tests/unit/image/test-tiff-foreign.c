/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* TIFFs as other writers than libtiff make them, which it reads though it would
 * not write them; put together field by field. */
#include "base/error.h"
#include "image/decode.h"
#include "image/source.h"
#include "pictures.h"
#include "support.h"

#include <string.h>
#include <tiffio.h>

typedef struct {
  uint16_t tag, type;
  uint32_t count, value; /* the value, or where further ones lie in `data` */
  bool is_offset;
} Field;

/* A file of one directory: 8 bytes, `data`, the fields sorted by tag. */
static GBytes *
make_file (const void *data, size_t size, const Field *fields, uint16_t count)
{
  GByteArray *file = g_byte_array_new ();
  uint32_t start[2] = {GUINT32_TO_LE (0x002a4949),
                       GUINT32_TO_LE ((uint32_t)(8 + size + size % 2))};
  uint32_t next = 0;

  g_byte_array_append (file, (const uint8_t *)start, sizeof start);
  g_byte_array_append (file, data, (guint)size);
  g_byte_array_append (file, (const uint8_t *)&next, size % 2);
  count = GUINT16_TO_LE (count);
  g_byte_array_append (file, (const uint8_t *)&count, sizeof count);
  for (int i = 0; i < GUINT16_FROM_LE (count); i++) {
    uint16_t kind[2] = {GUINT16_TO_LE (fields[i].tag),
                        GUINT16_TO_LE (fields[i].type)};
    uint32_t value = fields[i].value + (fields[i].is_offset ? 8 : 0);
    uint32_t rest[2] = {GUINT32_TO_LE (fields[i].count), GUINT32_TO_LE (value)};

    g_byte_array_append (file, (const uint8_t *)kind, sizeof kind);
    g_byte_array_append (file, (const uint8_t *)rest, sizeof rest);
  }
  g_byte_array_append (file, (const uint8_t *)&next, sizeof next);
  return g_byte_array_free_to_bytes (file);
}

static SacSource *
open_file (GBytes *file)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "foreign.tif", NULL);
  g_autoptr (GError) error = NULL;
  gsize size;
  const void *data = g_bytes_get_data (file, &size);

  g_assert_true (g_file_set_contents (path, data, (gssize)size, NULL));

  SacSource *source = sac_source_open (path, NULL, &error);

  g_assert_no_error (error);
  test_folder_remove (folder);
  return source;
}

static SacImage *
read_whole (SacSource *source)
{
  g_autoptr (GError) error = NULL;
  SacImage *image =
    sac_source_read (source, 0, 0, 0, (int)sac_source_get_width (source),
                     (int)sac_source_get_height (source), SAC_COLORS_FILE, NULL,
                     &error);

  g_assert_no_error (error);
  return image;
}

static unsigned
get_level (unsigned x, unsigned y)
{
  return (x * 37 + y * 101) & 0xff;
}

/* Tiles of any sides: a grey picture of 7 x 5 in tiles of width x height. */
static void
check_tiles (uint32_t width, uint32_t height)
{
  uint32_t across = (7 + width - 1) / width, down = (5 + height - 1) / height;
  uint32_t count = across * down, bytes = width * height;
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autofree uint32_t *places = g_new (uint32_t, 2 * count);

  for (uint32_t i = 0; i < count; i++) {
    places[i] = GUINT32_TO_LE (8 + i * bytes);
    places[count + i] = GUINT32_TO_LE (bytes);
    for (uint32_t k = 0; k < bytes; k++) {
      uint8_t level = (uint8_t)get_level (i % across * width + k % width,
                                          i / across * height + k / width);

      g_byte_array_append (data, &level, 1);
    }
  }

  uint32_t table = data->len;

  g_byte_array_append (data, (const uint8_t *)places, 8 * count);

  bool far = count > 1;
  Field fields[] = {
    {TIFFTAG_IMAGEWIDTH, TIFF_LONG, 1, 7},
    {TIFFTAG_IMAGELENGTH, TIFF_LONG, 1, 5},
    {TIFFTAG_BITSPERSAMPLE, TIFF_SHORT, 1, 8},
    {TIFFTAG_COMPRESSION, TIFF_SHORT, 1, COMPRESSION_NONE},
    {TIFFTAG_PHOTOMETRIC, TIFF_SHORT, 1, PHOTOMETRIC_MINISBLACK},
    {TIFFTAG_TILEWIDTH, TIFF_LONG, 1, width},
    {TIFFTAG_TILELENGTH, TIFF_LONG, 1, height},
    {TIFFTAG_TILEOFFSETS, TIFF_LONG, count, far ? table : 0, true},
    {TIFFTAG_TILEBYTECOUNTS, TIFF_LONG, count, far ? table + 4 * count : bytes,
     far},
  };
  g_autoptr (GBytes) file =
    make_file (data->data, data->len, fields, G_N_ELEMENTS (fields));
  g_autoptr (SacSource) source = open_file (file);
  g_autoptr (SacImage) image = read_whole (source);

  for (unsigned y = 0; y < 5; y++)
    for (unsigned x = 0; x < 7; x++) {
      unsigned level = get_level (x, y);

      g_assert_cmphex (image->pixels[y * 7 + x], ==,
                       sac_pixel (level, level, level));
    }
}

static void
test_tiles (void)
{
  check_tiles (3, 2);
  check_tiles (7, 1);
  check_tiles (1, 5);
  check_tiles (20, 24);
}

/* A row of two pixels; extra fields lie in order behind the strip's. */
static GBytes *
make_row (uint16_t photometric,
          uint16_t samples,
          const uint8_t *data,
          size_t size,
          const Field *more,
          size_t more_count)
{
  Field fields[16] = {
    {TIFFTAG_IMAGEWIDTH, TIFF_LONG, 1, 2},
    {TIFFTAG_IMAGELENGTH, TIFF_LONG, 1, 1},
    {TIFFTAG_BITSPERSAMPLE, TIFF_SHORT, 1, 8},
    {TIFFTAG_COMPRESSION, TIFF_SHORT, 1, COMPRESSION_NONE},
    {TIFFTAG_PHOTOMETRIC, TIFF_SHORT, 1, photometric},
    {TIFFTAG_STRIPOFFSETS, TIFF_LONG, 1, 0, true},
  };
  size_t count = 6;
  Field rest[] = {
    {TIFFTAG_SAMPLESPERPIXEL, TIFF_SHORT, 1, samples},
    {TIFFTAG_STRIPBYTECOUNTS, TIFF_LONG, 1, 2u * samples},
  };

  /* Orientation comes before what the strip says of itself. */
  if (more_count > 0 && more[0].tag == TIFFTAG_ORIENTATION) {
    fields[count++] = *more++;
    more_count--;
  }
  memcpy (fields + count, rest, sizeof rest);
  count += G_N_ELEMENTS (rest);
  memcpy (fields + count, more, more_count * sizeof *more);
  return make_file (data, size, fields, (uint16_t)(count + more_count));
}

/* Fields that say nothing of the pixels, and make no sense. */
static void
test_idle_fields (void)
{
  static const Field fields[] = {
    {TIFFTAG_ORIENTATION, TIFF_SHORT, 1, 0},
    {TIFFTAG_ORIENTATION, TIFF_SHORT, 1, 9},
    {TIFFTAG_RESOLUTIONUNIT, TIFF_SHORT, 1, 0},
    {TIFFTAG_RESOLUTIONUNIT, TIFF_SHORT, 1, 5},
    {TIFFTAG_ICCPROFILE, TIFF_UNDEFINED, 0, 0},
    {65000, 200, 1, 0},
  };
  static const uint8_t data[] = {1, 2, 3, 4, 5, 6};

  for (size_t i = 0; i < G_N_ELEMENTS (fields); i++) {
    g_autoptr (GBytes) file =
      make_row (PHOTOMETRIC_RGB, 3, data, sizeof data, &fields[i], 1);
    g_autoptr (SacSource) source = open_file (file);
    g_autoptr (SacImage) image = read_whole (source);

    g_assert_cmphex (image->pixels[0], ==, sac_pixel (1, 2, 3));
    g_assert_cmphex (image->pixels[1], ==, sac_pixel (4, 5, 6));
  }
}

/* Colours of 8 bits in a palette of 16. */
static void
test_low_palette (void)
{
  uint8_t data[2 + 2 * 768] = {1, 2};
  static const Field field = {TIFFTAG_COLORMAP, TIFF_SHORT, 768, 2, true};

  data[2 + 2 * 1] = 10;
  data[2 + 2 * (256 + 1)] = 20;
  data[2 + 2 * (512 + 2)] = 255;

  g_autoptr (GBytes) file =
    make_row (PHOTOMETRIC_PALETTE, 1, data, sizeof data, &field, 1);
  g_autoptr (SacSource) source = open_file (file);
  g_autoptr (SacImage) image = read_whole (source);

  g_assert_cmphex (image->pixels[0], ==, sac_pixel (10, 20, 0));
  g_assert_cmphex (image->pixels[1], ==, sac_pixel (0, 0, 255));
}

/* Coverage behind another sample: it counts, and the other is told. */
static void
test_far_alpha (void)
{
  static const uint8_t data[] = {10, 20, 30, 99, 255, 10, 20, 30, 99, 0};
  static const Field field = {TIFFTAG_EXTRASAMPLES, TIFF_SHORT, 2,
                              EXTRASAMPLE_UNASSALPHA << 16};
  g_autoptr (GBytes) file =
    make_row (PHOTOMETRIC_RGB, 5, data, sizeof data, &field, 1);
  g_autoptr (SacSource) source = open_file (file);
  g_autoptr (SacImage) image = read_whole (source);

  g_assert_cmphex (image->pixels[0], ==, sac_pixel (10, 20, 30));
  g_assert_cmphex (image->pixels[1], ==, sac_pixel (255, 255, 255));
  g_assert_nonnull (
    strstr (sac_source_get_notes (source)[0], "5 samples, shown are 4"));
}

/* The standard forbids to draw by it, so it is told. */
static void
test_dark (void)
{
  static const uint8_t data[] = {50, 100};
  static const Field fields[] = {{TIFFTAG_MAXSAMPLEVALUE, TIFF_SHORT, 1, 127},
                                 {TIFFTAG_MAXSAMPLEVALUE, TIFF_SHORT, 1, 128}};

  for (size_t i = 0; i < G_N_ELEMENTS (fields); i++) {
    g_autoptr (GBytes) file =
      make_row (PHOTOMETRIC_MINISBLACK, 1, data, sizeof data, &fields[i], 1);
    g_autoptr (SacSource) source = open_file (file);
    g_autoptr (SacImage) image = read_whole (source);
    const char *note = sac_source_get_notes (source)[0];

    g_assert_cmphex (image->pixels[1], ==, sac_pixel (100, 100, 100));
    g_assert_true (i == 0 ? strstr (note, "127") != NULL : note == NULL);
  }
}

/* ImageJ lists the first slice of a large stack alone. */
static void
test_stack (void)
{
  static const uint8_t data[] = "\x0a\x14"
                                "ImageJ=1.53t\nimages=3\nslices=3\n";
  static const Field fields[] = {
    {TIFFTAG_IMAGEWIDTH, TIFF_LONG, 1, 2},
    {TIFFTAG_IMAGELENGTH, TIFF_LONG, 1, 1},
    {TIFFTAG_BITSPERSAMPLE, TIFF_SHORT, 1, 8},
    {TIFFTAG_COMPRESSION, TIFF_SHORT, 1, COMPRESSION_NONE},
    {TIFFTAG_PHOTOMETRIC, TIFF_SHORT, 1, PHOTOMETRIC_MINISBLACK},
    {TIFFTAG_IMAGEDESCRIPTION, TIFF_ASCII, sizeof data - 2, 2, true},
    {TIFFTAG_STRIPOFFSETS, TIFF_LONG, 1, 0, true},
    {TIFFTAG_SAMPLESPERPIXEL, TIFF_SHORT, 1, 1},
    {TIFFTAG_STRIPBYTECOUNTS, TIFF_LONG, 1, 2},
  };
  g_autoptr (GBytes) file =
    make_file (data, sizeof data, fields, G_N_ELEMENTS (fields));
  g_autoptr (SacSource) source = open_file (file);

  g_assert_nonnull (
    strstr (sac_source_get_notes (source)[0], "3 slices, says ImageJ"));
}

/* JPEG streams may be progressive, though the standard says they are not. */
static void
test_progressive (void)
{
  g_autoptr (GBytes) stream = picture_load ("image/progressive.jpg");
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) expected = sac_decode (stream, NULL, &error);
  gsize size;
  const void *data = g_bytes_get_data (stream, &size);

  g_assert_no_error (error);

  Field fields[] = {
    {TIFFTAG_IMAGEWIDTH, TIFF_LONG, 1, (uint32_t)expected->width},
    {TIFFTAG_IMAGELENGTH, TIFF_LONG, 1, (uint32_t)expected->height},
    {TIFFTAG_BITSPERSAMPLE, TIFF_SHORT, 1, 8},
    {TIFFTAG_COMPRESSION, TIFF_SHORT, 1, COMPRESSION_JPEG},
    {TIFFTAG_PHOTOMETRIC, TIFF_SHORT, 1, PHOTOMETRIC_YCBCR},
    {TIFFTAG_STRIPOFFSETS, TIFF_LONG, 1, 0, true},
    {TIFFTAG_SAMPLESPERPIXEL, TIFF_SHORT, 1, 3},
    {TIFFTAG_STRIPBYTECOUNTS, TIFF_LONG, 1, (uint32_t)size},
  };
  g_autoptr (GBytes) file =
    make_file (data, size, fields, G_N_ELEMENTS (fields));
  g_autoptr (SacSource) source = open_file (file);
  g_autoptr (SacImage) image = read_whole (source);

  picture_compare (image, expected, 0, "progressive");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tiff-foreign/tiles", test_tiles);
  g_test_add_func ("/tiff-foreign/idle-fields", test_idle_fields);
  g_test_add_func ("/tiff-foreign/low-palette", test_low_palette);
  g_test_add_func ("/tiff-foreign/far-alpha", test_far_alpha);
  g_test_add_func ("/tiff-foreign/dark", test_dark);
  g_test_add_func ("/tiff-foreign/stack", test_stack);
  g_test_add_func ("/tiff-foreign/progressive", test_progressive);
  return g_test_run ();
}
