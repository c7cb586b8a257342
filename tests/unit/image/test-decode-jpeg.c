/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "decode-check.h"
#include "pictures.h"
#include "support.h"

#include <string.h>

static const char *const goldens[] = {
  "rgb-420.jpg",     "rgb-422.jpg", "rgb-444.jpg",
  "progressive.jpg", "grey.jpg",    "cmyk.jpg",
};

static void
test_pillow (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (goldens); i++)
    decode_check_golden (goldens[i], goldens[i], NULL);
}

/* np.asarray (Image.open (f).convert ("RGB")) with Pillow 9.4.0. */
static const DecodeDigest photographs[] = {
  {"data/dermoscopy/full-size/ISIC_0024306.jpg",
   "c03a26a5181a71cc24b2e0f49094084750a021ad3ae86e9255a201257209b055"},
  {"data/dermoscopy/full-size/ISIC_0024308.jpg",
   "e60b592166f55d45c106b051807e2c859abbd27b8f3805b640a42b4aea1f6bb3"},
  {"data/dermoscopy/full-size/ISIC_0024310.jpg",
   "c5eb2ebbbbf69849daa52a230028a928b96c072016e2c4a660d9b58ad169a1b4"},
  {"data/dermoscopy/full-size/ISIC_0024312.jpg",
   "9d23d17af54d133f2b113e406c565892d95b7e8f895695dba88ba652358e0b54"},
  {"data/dermoscopy/full-size/ISIC_0024314.jpg",
   "be9cc77883adb2d574add0a6f1494eb07510850149a7f5967925279e54df33ec"},
  {"data/dermoscopy/full-size/ISIC_0024316.jpg",
   "99ac003d9f369414b57debcf1ed56fcc2b50a3921e3878b7676afa57f3f1080a"},
  {"data/dermoscopy/full-size/ISIC_0024318.jpg",
   "d6824aa5c30100c48e8b0937ec3bb97a1db47c24cb023c3e67d6148bf1c09284"},
  {"data/dermoscopy/full-size/ISIC_0024320.jpg",
   "f2a654d7c4ed239edf2777395c09900be234c886beefc6397f194cbe783f4567"},
  {"data/dermoscopy/full-size/ISIC_0024322.jpg",
   "2305ef3e03f6d971a10f73fcb05718246a8adde4ad7caa4d6268b2144c995e0f"},
  {"data/dermoscopy/full-size/ISIC_0024324.jpg",
   "9a94f1de3a65ff7fbd2f8e82719e1a83d3e28919088e8799f2e60b77f9203d4e"},
  {"data/dermoscopy/full-size/ISIC_0024326.jpg",
   "5cd03e8d76b63778d0dd7d9b416c52971d2a29e5f6fe8611249d7bd57f754fcf"},
  {"data/dermoscopy/full-size/ISIC_0024328.jpg",
   "460db0860e8f6241229e71b42d5ae059caaa39f29c9377dd23f228de2e2a9ca7"},
};

static void
test_photographs (void)
{
  decode_check_shared (photographs, G_N_ELEMENTS (photographs));
}

/* `data` as a segment behind the start mark. */
static GBytes *
add_segment (GBytes *file, guint8 marker, const void *data, guint size)
{
  g_autoptr (GByteArray) all = decode_check_copy (file);
  GByteArray *out = g_byte_array_new ();
  guint8 head[4] = {0xff, marker, (guint8)((size + 2) >> 8),
                    (guint8)(size + 2)};

  g_byte_array_append (out, all->data, 2);
  g_byte_array_append (out, head, 4);
  g_byte_array_append (out, data, size);
  g_byte_array_append (out, all->data + 2, all->len - 2);
  return decode_check_seal (out);
}

static void
test_orientation (void)
{
  g_autoptr (GBytes) file = picture_load ("image/rgb-444.jpg");

  for (int orientation = 1; orientation <= 8; orientation++) {
    /* Big-endian, one entry. */
    guint8 exif[32] = "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01";

    exif[25] = (guint8)orientation;

    g_autoptr (GBytes) turned = add_segment (file, 0xe1, exif, sizeof exif);
    g_autofree char *key = g_strdup_printf ("orientation-%d", orientation);

    decode_check_golden ("rgb-444.jpg", key, turned);

    /* Some write it as a long number. */
    exif[19] = 4;
    exif[25] = 0;
    exif[27] = (guint8)orientation;

    g_autoptr (GBytes) turned_long =
      add_segment (file, 0xe1, exif, sizeof exif);

    decode_check_golden ("rgb-444.jpg", key, turned_long);
  }
}

/* Nonsense in the tag, or a block that ends early, leaves the image upright. */
static void
test_orientation_damaged (void)
{
  g_autoptr (GBytes) file = picture_load ("image/rgb-444.jpg");
  guint8 exif[32] =
    "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x09";
  g_autoptr (GBytes) beyond = add_segment (file, 0xe1, exif, sizeof exif);

  decode_check_golden ("rgb-444.jpg", "orientation-1", beyond);
  exif[25] = 6;
  for (guint size = 0; size < 26; size++) {
    g_autoptr (GBytes) cut = add_segment (file, 0xe1, exif, size);

    decode_check_golden ("rgb-444.jpg", "orientation-1", cut);
  }
  memset (exif + 10, 0xff, 4);

  g_autoptr (GBytes) far_away = add_segment (file, 0xe1, exif, sizeof exif);

  decode_check_golden ("rgb-444.jpg", "orientation-1", far_away);
}

static void
test_profile (void)
{
  g_autoptr (GBytes) file = picture_load ("image/rgb-420.jpg");
  guint8 first[14 + 3] = "ICC_PROFILE\0\x01\x02"
                         "abc";
  guint8 second[14 + 2] = "ICC_PROFILE\0\x02\x02"
                          "de";
  g_autoptr (GBytes) half = add_segment (file, 0xe2, second, sizeof second);
  g_autoptr (GBytes) whole = add_segment (half, 0xe2, first, sizeof first);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) with = sac_decode (whole, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (with->icc, NULL),
                   g_bytes_get_size (with->icc), "abcde", 5);

  /* A part is missing: no profile is better than half a one. */
  g_autoptr (SacImage) without = sac_decode (half, NULL, &error);

  g_assert_no_error (error);
  g_assert_null (without->icc);
}

static void
test_cut (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (goldens); i++) {
    g_autofree char *name = g_strconcat ("image/", goldens[i], NULL);
    g_autoptr (GBytes) file = picture_load (name);

    decode_check_cuts (file, 1);
  }
}

/* libjpeg alone would fill the rest with grey and be content. */
static void
test_missing_middle (void)
{
  g_autoptr (GBytes) file = picture_load ("image/rgb-444.jpg");
  GByteArray *ended = decode_check_copy (file);
  GByteArray *hollow = decode_check_copy (file);

  g_byte_array_set_size (ended, ended->len * 3 / 4);
  g_byte_array_append (ended, (const guint8 *)"\xff\xd9", 2);
  memset (hollow->data + hollow->len * 3 / 4, 0, hollow->len / 4 - 2);

  g_autoptr (GBytes) ended_file = decode_check_seal (ended);
  g_autoptr (GBytes) hollow_file = decode_check_seal (hollow);

  decode_check_error (ended_file, SAC_ERROR_DAMAGED, "cut off");
  decode_check_error (hollow_file, SAC_ERROR_DAMAGED, "cut off");
}

/* Bytes behind the end mark are other things' business. */
static void
test_trailer (void)
{
  g_autoptr (GBytes) file = picture_load ("image/rgb-420.jpg");
  GByteArray *longer = decode_check_copy (file);

  g_byte_array_append (longer, (const guint8 *)"trailer\xff\xd8\xff", 10);

  g_autoptr (GBytes) longer_file = decode_check_seal (longer);

  decode_check_golden ("rgb-420.jpg", "rgb-420.jpg", longer_file);
}

static guint
find_marker (const GByteArray *file, guint8 marker)
{
  for (guint at = 2; at + 4 < file->len;) {
    g_assert_cmphex (file->data[at], ==, 0xff);
    if (file->data[at + 1] == marker)
      return at;
    at += 2u + (guint)(file->data[at + 2] << 8 | file->data[at + 3]);
  }
  g_assert_not_reached ();
}

/* A frame header that states a size, a precision or a process. */
static void
check_frame (guint width,
             guint height,
             guint8 precision,
             guint8 process,
             SacErrorCode code,
             const char *part)
{
  g_autoptr (GBytes) file = picture_load ("image/rgb-444.jpg");
  GByteArray *changed = decode_check_copy (file);
  guint8 *frame = changed->data + find_marker (changed, 0xc0);

  frame[1] = process;
  frame[4] = precision;
  frame[5] = (guint8)(height >> 8);
  frame[6] = (guint8)height;
  frame[7] = (guint8)(width >> 8);
  frame[8] = (guint8)width;

  g_autoptr (GBytes) changed_file = decode_check_seal (changed);

  decode_check_error (changed_file, code, part);
}

static void
test_frames (void)
{
  check_frame (65500, 65500, 8, 0xc0, SAC_ERROR_TOO_LARGE, "65500 x 65500");
  check_frame (20000, 20000, 8, 0xc0, SAC_ERROR_DAMAGED, "cannot hold");
  check_frame (0, 37, 8, 0xc0, SAC_ERROR_DAMAGED, "damaged");
  check_frame (53, 0, 8, 0xc0, SAC_ERROR_DAMAGED, "damaged");
  check_frame (53, 37, 12, 0xc1, SAC_ERROR_UNSUPPORTED, "8-bit");
  check_frame (53, 37, 8, 0xc3, SAC_ERROR_UNSUPPORTED, "8-bit");
  /* More rows than the scan has. */
  check_frame (53, 400, 8, 0xc0, SAC_ERROR_DAMAGED, "cut off");
}

/* Without Adobe's mark nobody knows whether the inks are inverted. */
static void
test_unmarked_inks (void)
{
  g_autoptr (GBytes) file = picture_load ("image/cmyk.jpg");
  GByteArray *changed = decode_check_copy (file);
  guint at = find_marker (changed, 0xee);

  g_byte_array_remove_range (changed, at, 16);

  g_autoptr (GBytes) changed_file = decode_check_seal (changed);

  decode_check_error (changed_file, SAC_ERROR_UNSUPPORTED, "save it as RGB");
}

/* A scan costs a few bytes in the file and a pass over the image. */
static void
test_many_scans (void)
{
  g_autoptr (GBytes) file = picture_load ("image/progressive.jpg");
  GByteArray *changed = decode_check_copy (file);
  guint8 scan[] = {0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0x00};

  g_byte_array_set_size (changed, changed->len - 2);
  for (int i = 0; i < 400; i++)
    g_byte_array_append (changed, scan, sizeof scan);
  g_byte_array_append (changed, (const guint8 *)"\xff\xd9", 2);

  g_autoptr (GBytes) changed_file = decode_check_seal (changed);

  decode_check_error (changed_file, SAC_ERROR_DAMAGED, "the JPEG");
}

static void
test_changes (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (goldens); i++) {
    g_autofree char *name = g_strconcat ("image/", goldens[i], NULL);
    g_autoptr (GBytes) file = picture_load (name);

    decode_check_changes (file, 300);
  }
}

static void
test_cancel (void)
{
  g_autoptr (GBytes) file = picture_load ("image/progressive.jpg");
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
  g_test_add_func ("/decode-jpeg/pillow", test_pillow);
  g_test_add_func ("/decode-jpeg/photographs", test_photographs);
  g_test_add_func ("/decode-jpeg/orientation", test_orientation);
  g_test_add_func ("/decode-jpeg/orientation-damaged",
                   test_orientation_damaged);
  g_test_add_func ("/decode-jpeg/profile", test_profile);
  g_test_add_func ("/decode-jpeg/cut", test_cut);
  g_test_add_func ("/decode-jpeg/missing-middle", test_missing_middle);
  g_test_add_func ("/decode-jpeg/trailer", test_trailer);
  g_test_add_func ("/decode-jpeg/frames", test_frames);
  g_test_add_func ("/decode-jpeg/unmarked-inks", test_unmarked_inks);
  g_test_add_func ("/decode-jpeg/many-scans", test_many_scans);
  g_test_add_func ("/decode-jpeg/changes", test_changes);
  g_test_add_func ("/decode-jpeg/cancel", test_cancel);
  return g_test_run ();
}
