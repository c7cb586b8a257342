/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "decode-check.h"
#include "pictures.h"
#include "support.h"
#include "tiff-writer.h"

#include <string.h>

#define WIDTH 45
#define HEIGHT 39

static void
check_spec (const TiffSpec *base, const char *what)
{
  TiffSpec spec = *base;

  spec.width = WIDTH;
  spec.height = HEIGHT;

  g_autoptr (GBytes) file = tiff_writer_make (&spec, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) image = sac_decode (file, NULL, &error);
  g_autoptr (SacImage) expected = sac_image_new (WIDTH, HEIGHT, NULL);

  if (error != NULL)
    g_test_message ("%s: %s", what, error->message);
  g_assert_no_error (error);
  for (unsigned y = 0; y < HEIGHT; y++)
    for (unsigned x = 0; x < WIDTH; x++)
      expected->pixels[y * WIDTH + x] = tiff_writer_pixel (&spec, x, y);
  /* Our own JPEG is lossy: a few levels at quality 98 and half the colour. */
  picture_compare (image, expected,
                   spec.compression == COMPRESSION_JPEG ? 12 : 0, what);
}

static void
test_kinds (void)
{
  static const uint16_t packings[] = {COMPRESSION_NONE, COMPRESSION_LZW,
                                      COMPRESSION_ADOBE_DEFLATE,
                                      COMPRESSION_PACKBITS};

  for (size_t i = 0; i < tiff_writer_kind_count; i++)
    for (int tiled = 0; tiled < 2; tiled++)
      for (int planes = 0; planes < 2; planes++)
        for (size_t k = 0; k < G_N_ELEMENTS (packings); k++) {
          TiffSpec spec = tiff_writer_kinds[i].spec;

          spec.tiled = tiled != 0;
          spec.planes = planes != 0;
          spec.compression = packings[k];
          check_spec (&spec, tiff_writer_kinds[i].what);
        }
}

static void
test_jpeg (void)
{
  for (int tiled = 0; tiled < 2; tiled++) {
    TiffSpec spec = {.bits = 8,
                     .samples = 3,
                     .photometric = PHOTOMETRIC_YCBCR,
                     .compression = COMPRESSION_JPEG,
                     .tiled = tiled != 0};

    check_spec (&spec, "YCbCr");
    spec.photometric = PHOTOMETRIC_RGB;
    check_spec (&spec, "RGB as JPEG");
    spec.photometric = PHOTOMETRIC_MINISBLACK;
    spec.samples = 1;
    check_spec (&spec, "grey as JPEG");
  }
}

/* The tag alone decides; pixels stay in the order of the file. */
static void
test_orientation (void)
{
  TiffSpec spec = {.width = 5,
                   .height = 3,
                   .bits = 8,
                   .samples = 1,
                   .photometric = 1};

  for (uint16_t o = 1; o <= 8; o++) {
    spec.orientation = o;

    g_autoptr (GBytes) file = tiff_writer_make (&spec, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (SacImage) image = sac_decode (file, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpint (image->width, ==, o >= 5 ? 3 : 5);
    for (unsigned y = 0; y < 3; y++)
      for (unsigned x = 0; x < 5; x++) {
        /* TIFF 6: what the first row and column are, seen upright. */
        unsigned column = o == 2 || o == 3 ? 4 - x : x;
        unsigned row = o == 3 || o == 4 ? 2 - y : y;

        if (o >= 5) {
          column = o == 6 || o == 7 ? 2 - y : y;
          row = o == 7 || o == 8 ? 4 - x : x;
        }
        g_assert_cmphex (image->pixels[row * (unsigned)image->width + column] &
                           0xff,
                         ==, tiff_writer_sample (&spec, x, y, 0));
      }
  }
}

static void
test_profile (void)
{
  g_autoptr (GBytes) icc = g_bytes_new_static ("not looked at", 13);
  TiffSpec spec = {.width = 5,
                   .height = 3,
                   .bits = 8,
                   .samples = 3,
                   .photometric = 2,
                   .icc = icc};
  g_autoptr (GBytes) file = tiff_writer_make (&spec, NULL);
  g_autoptr (SacImage) image = sac_decode (file, NULL, NULL);

  g_assert_true (g_bytes_equal (image->icc, icc));
}

static void
check_refused (TiffSpec spec, const char *part)
{
  spec.width = WIDTH;
  spec.height = HEIGHT;

  g_autoptr (GBytes) file = tiff_writer_make (&spec, NULL);

  decode_check_error (file, SAC_ERROR_UNSUPPORTED, part);
}

static void
test_refused (void)
{
  check_refused ((TiffSpec){.bits = 16,
                            .samples = 1,
                            .photometric = 1,
                            .format = SAMPLEFORMAT_IEEEFP},
                 "floating-point");
  check_refused ((TiffSpec){.bits = 8,
                            .samples = 1,
                            .photometric = 1,
                            .format = SAMPLEFORMAT_INT},
                 "signed");
  check_refused ((TiffSpec){.bits = 8,
                            .samples = 3,
                            .photometric = PHOTOMETRIC_SEPARATED},
                 "3 samples of 8 bits for a pixel of 4 colours");
  check_refused ((TiffSpec){.bits = 8,
                            .samples = 1,
                            .photometric = PHOTOMETRIC_CIELAB},
                 "a pixel of 3 colours");
  check_refused ((TiffSpec){.bits = 8,
                            .samples = 1,
                            .photometric = PHOTOMETRIC_CFA},
                 "raw data of a camera");
  check_refused ((TiffSpec){.bits = 8, .samples = 2, .photometric = 2},
                 "2 samples");
  check_refused ((TiffSpec){.bits = 8, .samples = 12, .photometric = 2},
                 "12 samples");
  check_refused ((TiffSpec){.bits = 8,
                            .samples = 3,
                            .photometric = 2,
                            .subfile = FILETYPE_REDUCEDIMAGE},
                 "reduced copy");
}

/* Where the value of a tag in the first directory lies (little-endian). */
static guint8 *
find_tag (GByteArray *file, unsigned tag)
{
  guint32 directory;
  guint16 count;

  memcpy (&directory, file->data + 4, 4);
  memcpy (&count, file->data + directory, 2);
  for (unsigned i = 0; i < count; i++) {
    guint8 *entry = file->data + directory + 2 + 12 * i;

    if ((unsigned)(entry[0] | entry[1] << 8) == tag)
      return entry + 8;
  }
  g_assert_not_reached ();
}

static GBytes *
change_tag (const TiffSpec *spec, unsigned tag, guint32 value)
{
  g_autoptr (GBytes) file = tiff_writer_make (spec, NULL);
  GByteArray *changed = decode_check_copy (file);

  memcpy (find_tag (changed, tag), &value, 4);
  return decode_check_seal (changed);
}

/* Each of these once made some program take gigabytes or crash. */
static void
test_lies (void)
{
  static const struct {
    unsigned tag;
    guint32 value;
    bool tiled;
    int code; /* -1: any */
  } lies[] = {
    {TIFFTAG_IMAGEWIDTH, 0, false, -1},
    {TIFFTAG_IMAGELENGTH, 0, false, -1},
    {TIFFTAG_IMAGEWIDTH, 0xffff, false, SAC_ERROR_DAMAGED},
    {TIFFTAG_IMAGELENGTH, 0xffff, false, SAC_ERROR_DAMAGED},
    {TIFFTAG_IMAGELENGTH, 0xffff, true, SAC_ERROR_DAMAGED},
    {TIFFTAG_SAMPLESPERPIXEL, 0xffff, false, -1},
    {TIFFTAG_SAMPLESPERPIXEL, 0, false, -1},
    {TIFFTAG_BITSPERSAMPLE, 0, false, -1},
    {TIFFTAG_ROWSPERSTRIP, 0, false, -1},
    {TIFFTAG_ROWSPERSTRIP, 1, false, SAC_ERROR_DAMAGED},
    {TIFFTAG_TILEWIDTH, 0, true, -1},
    {TIFFTAG_TILEWIDTH, 17, true, SAC_ERROR_DAMAGED},
    {TIFFTAG_TILELENGTH, 0xfff0, true, SAC_ERROR_DAMAGED},
    {TIFFTAG_COMPRESSION, 52479, false, SAC_ERROR_UNSUPPORTED},
    {TIFFTAG_COMPRESSION, COMPRESSION_OJPEG, false, -1},
    {TIFFTAG_PLANARCONFIG, 77, false, -1},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (lies); i++) {
    TiffSpec spec = {.width = WIDTH,
                     .height = HEIGHT,
                     .bits = 8,
                     .samples = 1,
                     .photometric = 1,
                     .tiled = lies[i].tiled};
    g_autoptr (GBytes) file = change_tag (&spec, lies[i].tag, lies[i].value);
    g_autoptr (GError) error = NULL;
    g_autoptr (SacImage) image = sac_decode (file, NULL, &error);

    g_test_message ("tag %u = %u: %s", lies[i].tag, lies[i].value,
                    error != NULL ? error->message : "an image");
    g_assert_null (image);
    g_assert_cmpint ((int)error->domain, ==, (int)SAC_ERROR);
    if (lies[i].code >= 0)
      g_assert_cmpint (error->code, ==, lies[i].code);
  }
}

static void
test_too_large (void)
{
  TiffSpec spec = {.width = 70000,
                   .height = 1,
                   .bits = 8,
                   .samples = 1,
                   .photometric = 1};
  g_autoptr (GBytes) file = change_tag (&spec, TIFFTAG_IMAGEWIDTH, 0x7fffffff);

  decode_check_error (file, SAC_ERROR_TOO_LARGE, "2147483647");
}

/* Some writers leave empty tiles out, but a cut table looks the same. */
static void
test_left_out_tile (void)
{
  TiffSpec spec = {.width = WIDTH,
                   .height = HEIGHT,
                   .bits = 8,
                   .samples = 1,
                   .photometric = 1,
                   .tiled = true};
  g_autoptr (GBytes) file = tiff_writer_make (&spec, NULL);
  GByteArray *changed = decode_check_copy (file);
  guint32 offsets, counts;

  memcpy (&offsets, find_tag (changed, TIFFTAG_TILEOFFSETS), 4);
  memcpy (&counts, find_tag (changed, TIFFTAG_TILEBYTECOUNTS), 4);
  memset (changed->data + offsets + 4, 0, 4);
  /* Byte counts fit into 16 bits and are stored so. */
  memset (changed->data + counts + 2, 0, 2);

  g_autoptr (GBytes) changed_file = decode_check_seal (changed);

  decode_check_error (changed_file, SAC_ERROR_DAMAGED, "left out");
}

static void
test_cut (void)
{
  for (size_t i = 0; i < tiff_writer_kind_count; i++) {
    TiffSpec spec = tiff_writer_kinds[i].spec;

    spec.width = 20;
    spec.height = 15;
    spec.tiled = i % 2 == 0;
    spec.compression = i % 3 == 0 ? COMPRESSION_LZW : COMPRESSION_NONE;

    g_autoptr (GBytes) file = tiff_writer_make (&spec, NULL);

    decode_check_cuts (file, 3);
  }
}

/* The directory first, as streaming writers do: then a cut only loses pixels.
 */
static void
test_cut_pixels (void)
{
  TiffSpec spec = {.width = 40,
                   .height = 40,
                   .bits = 8,
                   .samples = 3,
                   .photometric = 2,
                   .tiled = true};
  g_autoptr (GBytes) file = tiff_writer_make (&spec, NULL);
  gsize size = g_bytes_get_size (file);
  GByteArray *changed = decode_check_copy (file);
  guint32 offsets, last, beyond = (guint32)size - 100;

  memcpy (&offsets, find_tag (changed, TIFFTAG_TILEOFFSETS), 4);
  memcpy (&last, changed->data + offsets + 4, 4);
  memcpy (changed->data + offsets + 4, &beyond, 4);

  g_autoptr (GBytes) changed_file = decode_check_seal (changed);

  g_assert_cmpuint (last, <, beyond);
  decode_check_error (changed_file, SAC_ERROR_DAMAGED, "behind its end");
}

static void
test_changes (void)
{
  for (size_t i = 0; i < tiff_writer_kind_count; i++) {
    TiffSpec spec = tiff_writer_kinds[i].spec;

    spec.width = 20;
    spec.height = 15;
    spec.tiled = i % 2 == 0;
    spec.compression = i % 3 == 0   ? COMPRESSION_LZW
                       : i % 3 == 1 ? COMPRESSION_ADOBE_DEFLATE
                                    : COMPRESSION_NONE;

    g_autoptr (GBytes) file = tiff_writer_make (&spec, NULL);

    decode_check_changes (file, 200);
  }

  TiffSpec spec = {.width = 40,
                   .height = 40,
                   .bits = 8,
                   .samples = 3,
                   .photometric = PHOTOMETRIC_YCBCR,
                   .compression = COMPRESSION_JPEG,
                   .tiled = true};
  g_autoptr (GBytes) file = tiff_writer_make (&spec, NULL);

  decode_check_changes (file, 500);
}

/* libjpeg inside libtiff only warns about these. */
static void
test_hollow_jpeg_tile (void)
{
  TiffSpec spec = {.width = 40,
                   .height = 40,
                   .bits = 8,
                   .samples = 3,
                   .photometric = PHOTOMETRIC_YCBCR,
                   .compression = COMPRESSION_JPEG,
                   .tiled = true};
  g_autoptr (GBytes) file = tiff_writer_make (&spec, NULL);
  GByteArray *changed = decode_check_copy (file);
  guint32 offsets, first, second;

  memcpy (&offsets, find_tag (changed, TIFFTAG_TILEOFFSETS), 4);
  memcpy (&first, changed->data + offsets, 4);
  memcpy (&second, changed->data + offsets + 4, 4);
  memset (changed->data + first + (second - first) / 2, 0,
          (second - first) / 2 - 2);

  g_autoptr (GBytes) changed_file = decode_check_seal (changed);

  decode_check_error (changed_file, SAC_ERROR_DAMAGED, "block at 0, 0");
}

/* Pillow 9.4.0; smalltif.tif: the upper 8 of its 16 bits. */
static const DecodeDigest references[] = {
  {"data/slides/smalltif.tif",
   "d1c9ea36cae6c5115238042f9e68047a68db1a399bc3fea4ae25ade13d4f2808"},
  {"data/slides/small_vectra.qptiff",
   "7e95c52837c71f4bba30afba2181f7a3e5f582bf1903c4ee7659d14e9787370c"},
  {"data/slides/boxes.tiff",
   "992e67f877e0c98d62d74820b6d02dd5603b0a95a01dad9ce035a30512ad4f09"},
  {"data/slides/CMU-1-Small-Region.svs",
   "0f88f63efc00700c336792997f8c49b0029795cf461d311343296682fac152bf"},
};

static void
test_references (void)
{
  decode_check_shared (references, G_N_ELEMENTS (references));
}

static void
test_cancel (void)
{
  TiffSpec spec = {.width = 40,
                   .height = 40,
                   .bits = 8,
                   .samples = 1,
                   .photometric = 1};
  g_autoptr (GBytes) file = tiff_writer_make (&spec, NULL);
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (GError) error = NULL;

  sac_job_cancel (job);
  g_assert_null (sac_decode (file, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decode-tiff/kinds", test_kinds);
  g_test_add_func ("/decode-tiff/jpeg", test_jpeg);
  g_test_add_func ("/decode-tiff/orientation", test_orientation);
  g_test_add_func ("/decode-tiff/profile", test_profile);
  g_test_add_func ("/decode-tiff/refused", test_refused);
  g_test_add_func ("/decode-tiff/lies", test_lies);
  g_test_add_func ("/decode-tiff/too-large", test_too_large);
  g_test_add_func ("/decode-tiff/left-out-tile", test_left_out_tile);
  g_test_add_func ("/decode-tiff/cut", test_cut);
  g_test_add_func ("/decode-tiff/cut-pixels", test_cut_pixels);
  g_test_add_func ("/decode-tiff/changes", test_changes);
  g_test_add_func ("/decode-tiff/hollow-jpeg-tile", test_hollow_jpeg_tile);
  g_test_add_func ("/decode-tiff/references", test_references);
  g_test_add_func ("/decode-tiff/cancel", test_cancel);
  return g_test_run ();
}
