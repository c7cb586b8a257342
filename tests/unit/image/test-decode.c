/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/file-kind.h"
#include "decode-check.h"
#include "pictures.h"
#include "support.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static void
test_table (void)
{
  const SacDecoder *const *all = sac_decoders_get_all ();
  const char *last = NULL;

  for (size_t i = 0; all[i] != NULL; i++) {
    g_assert_nonnull (all[i]->name);
    g_assert_nonnull (all[i]->sniff);
    g_assert_nonnull (all[i]->decode);
    for (size_t k = 0; k < i; k++)
      g_assert_cmpstr (all[i]->name, !=, all[k]->name);
    last = all[i]->name;
  }
  g_assert_cmpstr (last, ==, "TIFF");
}

/* No decoder takes too few bytes for its own. */
static void
test_sniff_short (void)
{
  for (size_t size = 0; size < 3; size++)
    g_assert_null (sac_decoder_find ((const uint8_t *)"\xff\xd8\xff", size));
}

static const struct {
  const char *bytes;
  gsize size;
  const char *part;
} strangers[] = {
  {"", 0, "an empty file"},
  {"%PDF-1.7\n", 9, "a PDF document"},
  {"\n <!DOCTYPE html><html>", 23, "an HTML page"},
  {"<html lang='en'>", 16, "an HTML page"},
  {"\xef\xbb\xbf<?xml version='1.0'?>", 24, "an XML file"},
  {"<svg xmlns=''>", 14, "an SVG drawing"},
  {"{\"schema\": 1}", 13, "a JSON file"},
  {"PK\x03\x04\x14\0\0\0", 8, "a ZIP archive"},
  {"PK\x03\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x0a\0\0\0"
   "w/data.pkl",
   40, "PyTorch"},
  {"\x80\x02\x8a\nl\xfc\x9c\x46\xf9 j", 11, "a Python pickle"},
  {"\x10\0\0\0\0\0\0\0{\"a\":", 13, "safetensors"},
  {"\x1c\0\0\0TFL3", 8, "TensorFlow Lite"},
  {"GIF89a\x01\0\x01\0", 10, "a GIF image"},
  {"\0\0\0\x18"
   "ftypheic\0\0\0\0",
   16, "a HEIC photograph"},
  {"\0\0\0\x18"
   "ftypavif\0\0\0\0",
   16, "an AVIF image"},
  {"\0\0\0\x0cjP  \r\n\x87\n", 12, "a JPEG 2000 image"},
  {"\x93NUMPY\x01\0", 8, "a NumPy array"},
  {"patient,label\n1,mel\n", 20, "a text file"},
  {"\0\0\0\0\0\0\0\0\0\0", 10, "a file of zeros"},
  {"\x01\x02\x03\x04\x05", 5, "no known format"},
};

static void
test_strangers (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (strangers); i++) {
    g_autoptr (GBytes) file =
      g_bytes_new (strangers[i].bytes, strangers[i].size);

    decode_check_error (file, SAC_ERROR_UNSUPPORTED, strangers[i].part);
    decode_check_error (file, SAC_ERROR_UNSUPPORTED, "JPEG, PNG");
  }
}

static void
test_dicom (void)
{
  guint8 head[140] = {0};

  memcpy (head + 128, "DICM", 4);

  g_autoptr (GBytes) file = g_bytes_new (head, sizeof head);

  decode_check_error (file, SAC_ERROR_UNSUPPORTED, "a DICOM file");
  g_assert_true (sac_file_kind_is_dicom (head, sizeof head));
  g_assert_false (sac_file_kind_is_dicom (head, 131));
}

static void
check_path (const char *path, SacErrorCode code, const char *part)
{
  GError *error = NULL;

  g_assert_null (sac_decode_file (path, NULL, &error));
  g_assert_nonnull (strstr (error->message, path));
  test_assert_error (&error, SAC_ERROR, code, part);
}

static void
test_paths (void)
{
  char *folder = test_folder_new ();
  g_autofree char *missing = g_build_filename (folder, "missing.png", NULL);
  g_autofree char *pipe = g_build_filename (folder, "pipe.png", NULL);
  g_autofree char *empty = g_build_filename (folder, "empty.png", NULL);
  g_autofree char *video = g_build_filename (folder, "video.jpg", NULL);

  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_file_set_contents (empty, "", 0, NULL);
  /* A sparse file of gigabytes: refused by its first bytes, unread. */
  g_file_set_contents (video,
                       "\0\0\0\x18"
                       "ftypmp42",
                       12, NULL);
  g_assert_cmpint (truncate (video, (off_t)6 << 30), ==, 0);
  check_path (missing, SAC_ERROR_UNREADABLE, "No such file");
  check_path (folder, SAC_ERROR_UNREADABLE, "a folder");
  check_path (pipe, SAC_ERROR_UNREADABLE, "a pipe");
  check_path ("/dev/zero", SAC_ERROR_UNREADABLE, "a device");
  check_path (empty, SAC_ERROR_UNSUPPORTED, "an empty file");
  check_path (video, SAC_ERROR_UNSUPPORTED, "a video");
  g_file_set_contents (video, "\xff\xd8\xff\xe0", 4, NULL);
  g_assert_cmpint (truncate (video, (off_t)16 << 30), ==, 0);
  check_path (video, SAC_ERROR_TOO_LARGE, "too many");
  test_folder_remove (folder);
}

/* The content decides, not the name. */
static void
test_wrong_suffix (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "photo.jpg", NULL);
  g_autoptr (GBytes) png = picture_load ("image/rgb.png");
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, g_bytes_get_data (png, NULL),
                       (gssize)g_bytes_get_size (png), NULL);

  g_autoptr (SacImage) image = sac_decode_file (path, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (image->width, ==, 53);
  test_folder_remove (folder);
}

static void
put_32 (guint8 *at, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (at, &value, 4);
}

/* 24 bits, 3 x 2, bottom row first, rows padded to 12 bytes. */
static GBytes *
make_bmp (guint32 width, guint32 height, guint16 bits, gsize size)
{
  guint8 file[54 + 24] = "BM";

  put_32 (file + 2, sizeof file);
  put_32 (file + 10, 54);
  put_32 (file + 14, 40);
  put_32 (file + 18, width);
  put_32 (file + 22, height);
  file[26] = 1;
  file[28] = (guint8)bits;
  for (guint8 i = 0; i < 24; i++)
    file[54 + i] = (guint8)(10 * i);
  return g_bytes_new (file, MIN (size, sizeof file));
}

static void
test_bmp (void)
{
  g_autoptr (GBytes) file = make_bmp (3, 2, 24, 78);
  g_autoptr (GError) error = NULL;

  g_autoptr (SacImage) image = sac_decode (file, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (image->width, ==, 3);
  g_assert_cmpint (image->height, ==, 2);
  g_assert_cmphex (image->pixels[0], ==, sac_pixel (140, 130, 120));
  g_assert_cmphex (image->pixels[3], ==, sac_pixel (20, 10, 0));
  for (gsize size = 14; size < 78; size++) {
    g_autoptr (GBytes) cut = make_bmp (3, 2, 24, size);

    decode_check_error (cut, SAC_ERROR_DAMAGED, "cut off");
  }
}

/* Words of 16 or 32 bits by masks, indices of 1, 4 and 8: one row of what the
 * formats say; parts of a colour as Pillow spreads them, rounded down. */
static GBytes *
make_row (guint16 bits,
          guint32 packing,
          const guint32 masks[4],
          const guint8 *row,
          guint32 width)
{
  guint8 file[14 + 56 + 8 + 16] = "BM";
  bool has_masks = packing == 3;
  guint32 colors = bits <= 8 ? 2 : 0, start = 14 + 56 + 4 * colors;

  put_32 (file + 2, sizeof file);
  put_32 (file + 10, start);
  put_32 (file + 14, 56);
  put_32 (file + 18, width);
  /* From the top down, as packed ones cannot be. */
  put_32 (file + 22, packing == 1 || packing == 2 ? 1 : (guint32)-1);
  file[26] = 1;
  file[28] = (guint8)bits;
  put_32 (file + 30, packing);
  put_32 (file + 46, colors);
  for (int i = 0; has_masks && i < 4; i++)
    put_32 (file + 54 + 4 * i, masks[i]);
  if (colors > 0) {
    put_32 (file + 70, 0x102030);
    put_32 (file + 74, 0xfffefd);
  }
  memcpy (file + start, row, 8);
  return g_bytes_new (file, start + 8);
}

static void
test_bmp_kinds (void)
{
  static const struct {
    guint16 bits;
    guint32 packing, masks[4];
    guint8 row[8];
    guint32 pixels[2];
  } kinds[] = {
    {1, 0, {0}, {0x40}, {0xff102030, 0xfffffefd}},
    {4, 0, {0}, {0x01}, {0xff102030, 0xfffffefd}},
    {8, 0, {0}, {0, 1}, {0xff102030, 0xfffffefd}},
    {8, 1, {0}, {1, 0, 1, 1, 0, 1}, {0xff102030, 0xfffffefd}},
    /* A move of one pixel, and a run beyond the edge. */
    {8, 1, {0}, {0, 2, 1, 0, 3, 1, 0, 1}, {0xff102030, 0xfffffefd}},
    {8, 1, {0}, {0, 3, 0, 1, 1, 0, 0, 1}, {0xff102030, 0xfffffefd}},
    {4, 2, {0}, {2, 0x01, 0, 1}, {0xff102030, 0xfffffefd}},
    {4, 2, {0}, {0, 3, 0x01, 0x10, 0, 1}, {0xff102030, 0xfffffefd}},
    {16, 0, {0}, {0x41, 0x7c, 0xff, 0x7f}, {0xffff1008, 0xffffffff}},
    {16,
     3,
     {0xf800, 0x7e0, 0x1f, 0},
     {0x41, 0xf8, 0, 0},
     {0xffff0808, 0xff000000}},
    {32, 0, {0}, {1, 2, 3, 0, 255, 0, 0, 77}, {0xff030201, 0xff0000ff}},
    {32,
     3,
     {0xff, 0xff00, 0xff0000, 0xff000000u},
     {10, 20, 30, 255, 0, 0, 0, 0},
     {0xff0a141e, 0xffffffff}},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autoptr (GBytes) file = make_row (kinds[i].bits, kinds[i].packing,
                                        kinds[i].masks, kinds[i].row, 2);
    g_autoptr (GError) error = NULL;
    g_autoptr (SacImage) image = sac_decode (file, NULL, &error);

    g_assert_no_error (error);
    g_test_message ("%u bits, packing %u", kinds[i].bits, kinds[i].packing);
    g_assert_cmphex (image->pixels[0], ==, kinds[i].pixels[0]);
    g_assert_cmphex (image->pixels[1], ==, kinds[i].pixels[1]);
  }
}

/* With OS/2's header of 12 bytes and a palette of three bytes a colour. */
static void
test_bmp_core (void)
{
  static const guint8 indexed[] = "BM\x28\0\0\0\0\0\0\0\x20\0\0\0"
                                  "\x0c\0\0\0\x02\0\x01\0\x01\0\x01\0"
                                  "\x30\x20\x10\xfd\xfe\xff"
                                  "\x40\0\0\0";
  static const guint8 plain[] = "BM\x22\0\0\0\0\0\0\0\x1a\0\0\0"
                                "\x0c\0\0\0\x02\0\x01\0\x01\0\x18\0"
                                "\x30\x20\x10\xfd\xfe\xff\0\0";
  static const guint8 wide[] = "BM\x22\0\0\0\0\0\0\0\x1a\0\0\0"
                               "\x0c\0\0\0\x02\0\x01\0\x01\0\x20\0"
                               "\x30\x20\x10\xfd\xfe\xff\0\0";
  g_autoptr (GBytes) refused = g_bytes_new (wide, sizeof wide - 1);

  for (int i = 0; i < 2; i++) {
    g_autoptr (GBytes) file = i == 0 ? g_bytes_new (indexed, sizeof indexed - 1)
                                     : g_bytes_new (plain, sizeof plain - 1);
    g_autoptr (GError) error = NULL;
    g_autoptr (SacImage) image = sac_decode (file, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmphex (image->pixels[0], ==, 0xff102030);
    g_assert_cmphex (image->pixels[1], ==, 0xfffffefd);
  }
  decode_check_error (refused, SAC_ERROR_UNSUPPORTED, "32 bits");
}

static void
test_bmp_lies (void)
{
  g_autoptr (GBytes) huge = make_bmp (0x7fffffff, 0x7fffffff, 24, 78);
  g_autoptr (GBytes) zero = make_bmp (0, 2, 24, 78);
  g_autoptr (GBytes) upside_down = make_bmp (3, 0x80000000u, 24, 78);
  g_autoptr (GBytes) odd = make_bmp (3, 2, 5, 78);

  /* Runs that break off within single pixels, and ones of the wrong bits. */
  g_autoptr (GBytes) broken =
    make_row (8, 1, (guint32[4]){0}, (guint8[8]){0, 9}, 2);
  g_autoptr (GBytes) mixed =
    make_row (4, 1, (guint32[4]){0}, (guint8[8]){1, 0, 0, 1}, 2);

  decode_check_error (broken, SAC_ERROR_DAMAGED, "BMP");
  decode_check_error (mixed, SAC_ERROR_UNSUPPORTED, "compression 1");
  decode_check_error (huge, SAC_ERROR_DAMAGED, "BMP");
  decode_check_error (zero, SAC_ERROR_DAMAGED, "BMP");
  decode_check_error (upside_down, SAC_ERROR_DAMAGED, "BMP");
  decode_check_error (odd, SAC_ERROR_UNSUPPORTED, "5 bits");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decode/table", test_table);
  g_test_add_func ("/decode/sniff-short", test_sniff_short);
  g_test_add_func ("/decode/strangers", test_strangers);
  g_test_add_func ("/decode/dicom", test_dicom);
  g_test_add_func ("/decode/paths", test_paths);
  g_test_add_func ("/decode/wrong-suffix", test_wrong_suffix);
  g_test_add_func ("/decode/bmp", test_bmp);
  g_test_add_func ("/decode/bmp-kinds", test_bmp_kinds);
  g_test_add_func ("/decode/bmp-core", test_bmp_core);
  g_test_add_func ("/decode/bmp-lies", test_bmp_lies);
  return g_test_run ();
}
