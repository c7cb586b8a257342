/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "decode-check.h"
#include "pictures.h"
#include "support.h"

#include <string.h>
#include <zlib.h>

static const char *const goldens[] = {
  "rgb.png",     "grey.png",       "bilevel.png",       "palette.png",
  "rgba.png",    "grey-alpha.png", "palette-alpha.png", "rgb-16.png",
  "grey-16.png", "grey-2.png",     "interlaced.png",    "turned.png",
};

static void
test_pillow (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (goldens); i++)
    decode_check_golden (goldens[i], goldens[i], NULL);
}

/* np.asarray (Image.open (f).convert ("RGB")) with Pillow 9.4.0. */
static const DecodeDigest references[] = {
  {"models/derm-vit/reference-1-nv.png",
   "a4b7e95898fc805c39f2420ff4d8db8394eac75395f7bf9a132ffc4d5abc4653"},
  {"models/derm-vit/reference-2-mel.png",
   "d6e5c5bf9e080000e40eab91e38e383054021e873a27090ffe1009cd9f4b2a3a"},
  {"models/derm-vit/reference-3-bcc.png",
   "8e1c7864b3a8ab38b81f40b7aa11460995c7a8bc7b681f4210a2ee3cf064dab5"},
  {"models/derm-vit/reference-4-bkl.png",
   "6d186d3c8562b56879b722509b675bde4d0b14c646595f787ca1e2fcb90c84ef"},
  {"models/pcam-vit/reference-1-normal.png",
   "983a94a81981462a18e9d934859874df1b4b5eda16bac3b416fb81743f31ab88"},
  {"models/pcam-vit/reference-2-normal.png",
   "f57efbeb71e6e178e8ecfb78de2eebc8085ab00959a411a8b0d20289993741fa"},
  {"models/pcam-vit/reference-3-tumor.png",
   "e479b9acefe5b149f2da13166f69ada182031c58d1136b5f6cd43b475a00ecdd"},
  {"models/pcam-vit/reference-4-tumor.png",
   "da099928284c294c747e51c7c6ca8c3d045aa29b4a4f3c190f3af662e064dc60"},
};

static void
test_references (void)
{
  decode_check_shared (references, G_N_ELEMENTS (references));
}

static void
test_cut (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (goldens); i++) {
    g_autofree char *name = g_strconcat ("image/", goldens[i], NULL);
    g_autoptr (GBytes) file = picture_load (name);

    decode_check_cuts (file, g_bytes_get_size (file) > 2000 ? 7 : 1);
  }
}

static void
write_32 (guint8 *at, guint32 value)
{
  value = GUINT32_TO_BE (value);
  memcpy (at, &value, 4);
}

/* The header chunk with another size, its checksum right. */
static GBytes *
change_header (guint32 width, guint32 height)
{
  g_autoptr (GBytes) file = picture_load ("image/rgb.png");
  GByteArray *changed = decode_check_copy (file);

  write_32 (changed->data + 16, width);
  write_32 (changed->data + 20, height);
  write_32 (changed->data + 29, (guint32)crc32 (0, changed->data + 12, 17));
  return decode_check_seal (changed);
}

static void
test_sizes (void)
{
  static const struct {
    guint32 width, height;
    SacErrorCode code;
    const char *part;
  } cases[] = {
    {0, 37, SAC_ERROR_DAMAGED, "damaged"},
    {53, 0, SAC_ERROR_DAMAGED, "damaged"},
    {0xffffffff, 1, SAC_ERROR_DAMAGED, "damaged"},
    {1 << 19, 1 << 19, SAC_ERROR_TOO_LARGE, "524288 x 524288"},
    {20000, 20000, SAC_ERROR_DAMAGED, "cannot hold"},
    {53, 60, SAC_ERROR_DAMAGED, "damaged"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) file = change_header (cases[i].width, cases[i].height);

    decode_check_error (file, cases[i].code, cases[i].part);
  }
}

/* Every byte of header and pixels is under a checksum. */
static void
test_changed_byte (void)
{
  g_autoptr (GBytes) file = picture_load ("image/rgb.png");

  for (guint at = 0; at < g_bytes_get_size (file) - 12; at++) {
    GByteArray *changed = decode_check_copy (file);

    changed->data[at] ^= 0x40;

    g_autoptr (GBytes) changed_file = decode_check_seal (changed);
    g_autoptr (GError) error = NULL;
    g_autoptr (SacImage) image = sac_decode (changed_file, NULL, &error);

    g_assert_null (image);
    g_assert_nonnull (error);
  }
}

static void
test_changes (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (goldens); i++) {
    g_autofree char *name = g_strconcat ("image/", goldens[i], NULL);
    g_autoptr (GBytes) file = picture_load (name);

    decode_check_changes (file, 150);
  }
}

static void
test_cancel (void)
{
  g_autoptr (GBytes) file = picture_load ("image/rgb.png");
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (GError) error = NULL;

  sac_job_cancel (job);
  g_assert_null (sac_decode (file, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Chunk of that kind and its text.  Returns: false when there is none. */
static bool
has_chunk (GBytes *file, const char *kind, const char *content, gsize size)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (file, &length);

  for (gsize at = 8; at + 12 <= length;) {
    guint32 bytes = (guint32)data[at] << 24 | (guint32)data[at + 1] << 16 |
                    (guint32)data[at + 2] << 8 | data[at + 3];

    if (memcmp (data + at + 4, kind, 4) == 0 && bytes == size &&
        memcmp (data + at + 8, content, size) == 0)
      return true;
    at += 12 + bytes;
  }
  return false;
}

static void
test_encode (void)
{
  static const char latin[] = "Comment\0plain text";
  static const char international[] = "Title\0\0\0\0\0\xe8\xa6\x96";
  static const char replaced[] = "Source\0\0\0\0\0a\xef\xbf\xbd.png";
  const char *text[] = {"Comment", "plain text", "Title", "\xe8\xa6\x96",
                        "Source",  "a\xff.png",  NULL};
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) image = picture_new (101, 67);
  g_autoptr (GBytes) file = sac_encode_png (image, text, &error);

  g_assert_no_error (error);

  g_autoptr (GBytes) again = sac_encode_png (image, text, &error);
  g_autoptr (SacImage) decoded = sac_decode (file, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (file, again));
  g_assert_cmpuint (picture_compare (decoded, image, 0, "round trip"), ==, 0);
  g_assert_true (has_chunk (file, "tEXt", latin, sizeof latin - 1));
  g_assert_true (
    has_chunk (file, "iTXt", international, sizeof international - 1));
  g_assert_true (has_chunk (file, "iTXt", replaced, sizeof replaced - 1));
  g_assert_false (has_chunk (file, "tIME", "", 0));
}

static void
test_encode_without_text (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) image = picture_new (1, 1);
  g_autoptr (GBytes) file = sac_encode_png (image, NULL, &error);

  g_assert_no_error (error);

  g_autoptr (SacImage) decoded = sac_decode (file, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmphex (decoded->pixels[0], ==, image->pixels[0]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decode-png/pillow", test_pillow);
  g_test_add_func ("/decode-png/references", test_references);
  g_test_add_func ("/decode-png/cut", test_cut);
  g_test_add_func ("/decode-png/sizes", test_sizes);
  g_test_add_func ("/decode-png/changed-byte", test_changed_byte);
  g_test_add_func ("/decode-png/changes", test_changes);
  g_test_add_func ("/decode-png/cancel", test_cancel);
  g_test_add_func ("/encode-png/round-trip", test_encode);
  g_test_add_func ("/encode-png/without-text", test_encode_without_text);
  return g_test_run ();
}
