/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Files that libwebp has written a moment before. */
#include "decode-check.h"
#include "pictures.h"
#include "support.h"

#include <string.h>
#include <webp/encode.h>

#define WIDTH 61
#define HEIGHT 43

/* Colours of every kind; a third fully transparent, a third in between. */
static guint8 *
new_pixels (bool with_alpha)
{
  guint8 *pixels = g_malloc (WIDTH * HEIGHT * 4);

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      guint8 *pixel = pixels + (y * WIDTH + x) * 4;

      pixel[0] = (guint8)(x * 4);
      pixel[1] = (guint8)(y * 5);
      pixel[2] = (guint8)(x * 3 + y * 2);
      pixel[3] = !with_alpha         ? 255
                 : x < WIDTH / 3     ? 0
                 : x < 2 * WIDTH / 3 ? (guint8)(y * 6)
                                     : 255;
    }
  return pixels;
}

static GBytes *
encode (const guint8 *pixels, bool is_lossless)
{
  guint8 *file = NULL;
  size_t size =
    is_lossless
      ? WebPEncodeLosslessRGBA (pixels, WIDTH, HEIGHT, WIDTH * 4, &file)
      : WebPEncodeRGBA (pixels, WIDTH, HEIGHT, WIDTH * 4, 95, &file);
  GBytes *bytes = g_bytes_new (file, size);

  g_assert_cmpuint (size, >, 0);
  WebPFree (file);
  return bytes;
}

static unsigned
over_white (unsigned color, unsigned alpha)
{
  return (unsigned)((color * alpha + 255 * (255 - alpha)) / 255.0 + 0.5);
}

/* Every pixel as it was written; nothing behind it is white, whatever colour
 * hides there. */
static void
test_exact (void)
{
  for (int with_alpha = 0; with_alpha < 2; with_alpha++) {
    g_autofree guint8 *pixels = new_pixels (with_alpha);
    g_autoptr (GBytes) file = encode (pixels, true);
    g_autoptr (GError) error = NULL;
    g_autoptr (SacImage) image = sac_decode (file, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpint (image->width, ==, WIDTH);
    g_assert_cmpint (image->height, ==, HEIGHT);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      const guint8 *pixel = pixels + i * 4;

      g_assert_cmphex (image->pixels[i], ==,
                       sac_pixel (over_white (pixel[0], pixel[3]),
                                  over_white (pixel[1], pixel[3]),
                                  over_white (pixel[2], pixel[3])));
    }
    if (with_alpha)
      g_assert_cmphex (image->pixels[5], ==, 0xffffffff);
  }
}

static void
test_lossy (void)
{
  g_autofree guint8 *pixels = new_pixels (false);
  g_autoptr (GBytes) file = encode (pixels, false);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) image = sac_decode (file, NULL, &error);
  double sum = 0;

  g_assert_no_error (error);
  for (int i = 0; i < WIDTH * HEIGHT; i++)
    for (int c = 0; c < 3; c++)
      sum += ABS ((int)(image->pixels[i] >> (16 - 8 * c) & 255) -
                  (int)pixels[i * 4 + c]);
  g_assert_cmpfloat (sum / (WIDTH * HEIGHT * 3), <, 4);
}

static void
append_chunk (GByteArray *file, const char *kind, const void *data, gsize size)
{
  guint32 length = GUINT32_TO_LE ((guint32)size);

  g_byte_array_append (file, (const guint8 *)kind, 4);
  g_byte_array_append (file, (const guint8 *)&length, 4);
  g_byte_array_append (file, data, (guint)size);
  if (size % 2 == 1)
    g_byte_array_append (file, (const guint8 *)"", 1);
}

/* The picture of a simple file with a profile and an orientation around it. */
static GBytes *
extend (GBytes *simple, GBytes *icc, bool with_prefix)
{
  /* A TIFF of one entry: turned by a quarter. */
  static const guint8 exif[] = "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01"
                               "\0\0\0\x06\0\0\0\0\0\0";
  guint8 head[10] = {0x20 | 0x08, 0, 0, 0, WIDTH - 1, 0, 0, HEIGHT - 1, 0, 0};
  GByteArray *file = g_byte_array_new ();
  gsize size;
  const guint8 *data = g_bytes_get_data (simple, &size);

  g_byte_array_append (file, data, 12);
  append_chunk (file, "VP8X", head, sizeof head);
  append_chunk (file, "ICCP", g_bytes_get_data (icc, NULL),
                g_bytes_get_size (icc));
  g_byte_array_append (file, data + 12, (guint)size - 12);
  append_chunk (file, "EXIF", exif + (with_prefix ? 0 : 6),
                sizeof exif - 1 - (with_prefix ? 0 : 6));

  guint32 length = GUINT32_TO_LE (file->len - 8);

  memcpy (file->data + 4, &length, 4);
  return g_byte_array_free_to_bytes (file);
}

static void
test_extended (void)
{
  g_autofree guint8 *pixels = new_pixels (false);
  g_autoptr (GBytes) simple = encode (pixels, true);
  g_autoptr (GBytes) icc = picture_profile_new (1.0);

  for (int with_prefix = 0; with_prefix < 2; with_prefix++) {
    g_autoptr (GBytes) file = extend (simple, icc, with_prefix);
    g_autoptr (GError) error = NULL;
    g_autoptr (SacImage) image = sac_decode (file, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpint (image->width, ==, HEIGHT);
    g_assert_cmpint (image->height, ==, WIDTH);
    g_assert_true (g_bytes_equal (image->icc, icc));
    /* What was at the left is at the top; the lower left corner comes first. */
    const guint8 *corner = pixels + (HEIGHT - 1) * WIDTH * 4;

    g_assert_cmphex (image->pixels[0], ==,
                     sac_pixel (corner[0], corner[1], corner[2]));
  }
}

/* Never half an image; never a crash. */
static void
test_damaged (void)
{
  g_autofree guint8 *pixels = new_pixels (true);

  for (int is_lossless = 0; is_lossless < 2; is_lossless++) {
    g_autoptr (GBytes) file = encode (pixels, is_lossless);

    decode_check_cuts (file, 7);
    decode_check_changes (file, 300);
  }
}

/* A cut file whose header says so: the pixels have not all come. */
static void
test_short_body (void)
{
  g_autofree guint8 *pixels = new_pixels (false);

  for (int is_lossless = 0; is_lossless < 2; is_lossless++) {
    g_autoptr (GBytes) file = encode (pixels, is_lossless);
    gsize size = g_bytes_get_size (file) * 2 / 3;
    g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (file, NULL), size);
    guint32 riff = GUINT32_TO_LE ((guint32)size - 8);
    guint32 chunk = GUINT32_TO_LE ((guint32)size - 20);

    memcpy (data + 4, &riff, 4);
    memcpy (data + 16, &chunk, 4);

    g_autoptr (GBytes) cut = g_bytes_new (data, size);

    decode_check_error (cut, SAC_ERROR_DAMAGED, "WebP");
  }
}

static void
test_refused (void)
{
  static const guint8 animated[32] = "RIFF\x18\0\0\0WEBPVP8X\x0a\0\0\0\x02";
  static const guint8 cut[32] = "RIFF\xff\0\0\0WEBPVP8 ";
  static const guint8 empty[32] = "RIFF\x18\0\0\0WEBPVP8 \x04\0\0\0";
  g_autoptr (GBytes) animated_file = g_bytes_new (animated, 32);
  g_autoptr (GBytes) cut_file = g_bytes_new (cut, 32);
  g_autoptr (GBytes) empty_file = g_bytes_new (empty, 32);

  decode_check_error (animated_file, SAC_ERROR_UNSUPPORTED, "animated");
  decode_check_error (cut_file, SAC_ERROR_DAMAGED, "cut off");
  decode_check_error (empty_file, SAC_ERROR_DAMAGED, "WebP");
}

/* The header of a lossless file, made to say 16,383 x 16,383. */
static void
test_lossless_limit (void)
{
  g_autofree guint8 *pixels = new_pixels (false);
  g_autoptr (GBytes) small = encode (pixels, true);
  gsize size;
  guint8 *data = g_bytes_unref_to_data (g_steal_pointer (&small), &size);
  guint32 packed;

  memcpy (&packed, data + 21, 4);
  packed = GUINT32_TO_LE ((GUINT32_FROM_LE (packed) & ~0xfffffffu) |
                          (16382 << 14 | 16382));
  memcpy (data + 21, &packed, 4);

  g_autoptr (GBytes) file = g_bytes_new_take (data, size);

  decode_check_error (file, SAC_ERROR_TOO_LARGE, "lossless WebP");
}

static void
test_cancelled (void)
{
  g_autofree guint8 *pixels = new_pixels (false);
  g_autoptr (GBytes) file = encode (pixels, true);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacJob) job = sac_job_new (NULL);

  sac_job_cancel (job);
  g_assert_null (sac_decode (file, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decode-webp/exact", test_exact);
  g_test_add_func ("/decode-webp/lossy", test_lossy);
  g_test_add_func ("/decode-webp/extended", test_extended);
  g_test_add_func ("/decode-webp/damaged", test_damaged);
  g_test_add_func ("/decode-webp/short-body", test_short_body);
  g_test_add_func ("/decode-webp/refused", test_refused);
  g_test_add_func ("/decode-webp/lossless-limit", test_lossless_limit);
  g_test_add_func ("/decode-webp/cancelled", test_cancelled);
  return g_test_run ();
}
