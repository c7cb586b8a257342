/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Images kept in a temporary file, against the same held in memory. */
#include "base/error.h"
#include "base/limits.h"
#include "image/decode.h"
#include "image/level-store.h"
#include "image/source-backend.h"
#include "pictures.h"
#include "support.h"

#include <glib/gstdio.h>
#include <string.h>
#include <webp/encode.h>

typedef struct {
  char *folder, *path;
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  fixture->folder = test_folder_new ();
  fixture->path = g_build_filename (fixture->folder, "picture", NULL);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  test_folder_remove (fixture->folder);
  g_free (fixture->path);
}

static bool
open_any (SacSource *source, const char *path, SacJob *job, GError **error)
{
  return sac_source_stored_open (source, path, 0, job, error);
}

/* The backend for images of every size. */
static SacSource *
open_stored (const char *path, SacJob *job, GError **error)
{
  static SacSourceBackend backend;

  if (backend.name == NULL) {
    backend = sac_source_stored;
    backend.open = open_any;
  }
  return sac_source_try (&backend, path, job, error);
}

static void
compare_part (SacSource *one,
              SacSource *other,
              int level,
              const SacRect *part,
              SacColors colors)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) a =
    sac_source_read (one, level, (int64_t)part->x, (int64_t)part->y,
                     (int)part->width, (int)part->height, colors, NULL, &error);

  g_assert_no_error (error);

  g_autoptr (SacImage) b =
    sac_source_read (other, level, (int64_t)part->x, (int64_t)part->y,
                     (int)part->width, (int)part->height, colors, NULL, &error);

  g_assert_no_error (error);
  picture_compare (a, b, 0, sac_source_get_path (one));
}

/* All levels whole, and parts across the edges of tiles. */
static void
compare_sources (SacSource *stored, SacSource *flat)
{
  static const SacRect parts[] = {{250, 30, 300, 70},
                                  {511, 63, 2, 2},
                                  {-5, -7, 300, 50},
                                  {1000, 600, 400, 200}};
  int count = sac_source_get_level_count (flat);

  g_assert_true (sac_source_is_slide (stored));
  g_assert_cmpstr (sac_source_get_format (stored), ==,
                   sac_source_get_format (flat));
  g_assert_cmpstr (sac_source_get_hash (stored), ==,
                   sac_source_get_hash (flat));
  g_assert_cmpint (sac_source_get_level_count (stored), ==, count);
  g_assert_true (sac_source_has_profile (stored) ==
                 sac_source_has_profile (flat));
  for (int level = 0; level < count; level++) {
    const SacSourceLevel *a = sac_source_get_level (stored, level);
    const SacSourceLevel *b = sac_source_get_level (flat, level);
    SacRect whole = {0, 0, (double)b->width, (double)b->height};

    g_assert_cmpint (a->width, ==, b->width);
    g_assert_cmpint (a->height, ==, b->height);
    g_assert_cmpfloat (a->downsample, ==, b->downsample);
    compare_part (stored, flat, level, &whole, SAC_COLORS_FILE);
    compare_part (stored, flat, level, &whole, SAC_COLORS_DISPLAY);
    for (size_t i = 0; i < G_N_ELEMENTS (parts); i++)
      compare_part (stored, flat, level, &parts[i], SAC_COLORS_FILE);
  }
}

static void
compare_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) stored = open_stored (path, NULL, &error);
  g_autoptr (SacSource) flat =
    error == NULL ? sac_source_try (&sac_source_flat, path, NULL, &error)
                  : NULL;

  g_assert_no_error (error);
  compare_sources (stored, flat);
}

static void
write_picture (const char *path, int width, int height)
{
  g_autoptr (SacImage) image = picture_new (width, height);
  g_autoptr (GBytes) png = sac_encode_png (image, NULL, NULL);
  gsize size;
  const char *data = g_bytes_get_data (png, &size);

  g_assert_true (g_file_set_contents (path, data, (gssize)size, NULL));
}

static void
test_levels (Fixture *fixture, const void *data)
{
  static const struct {
    int width, height;
  } sizes[] = {{1301, 700}, {1024, 1024}, {1, 1025}, {2047, 3}};

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    write_picture (fixture->path, sizes[i].width, sizes[i].height);
    compare_file (fixture->path);
  }
}

/* Inks, grey, progressive scans, coverage, turned ones, profiles. */
static void
test_kinds (Fixture *fixture, const void *data)
{
  static const char *const names[] = {
    "golden/image/rgb-420.jpg", "golden/image/grey.jpg",
    "golden/image/cmyk.jpg",    "golden/image/progressive.jpg",
    "golden/image/rgba.png",    "golden/image/palette-alpha.png",
    "golden/image/rgb-16.png",  "golden/image/bilevel.png",
    "golden/image/turned.png",  "fuzz/corpus/bmp/rgb.bmp",
    "fuzz/corpus/bmp/grey.bmp",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = test_file (names[i]);

    compare_file (path);
  }
}

/* Larger than what is dropped at a time; the second with coverage. */
static GBytes *
encode_webp (bool is_lossless, bool with_alpha)
{
  g_autoptr (SacImage) image = picture_new (400, 130);
  int stride = image->width * 4;
  guint8 *file = NULL;

  for (int i = 0; with_alpha && i < image->width * image->height; i++)
    image->pixels[i] = (image->pixels[i] & 0xffffff) | (uint32_t)i << 24;

  const uint8_t *pixels = (const uint8_t *)image->pixels;
  size_t size =
    is_lossless
      ? WebPEncodeLosslessBGRA (pixels, image->width, image->height, stride,
                                &file)
      : WebPEncodeBGRA (pixels, image->width, image->height, stride, 60, &file);
  GBytes *bytes = g_bytes_new (file, size);

  g_assert_cmpuint (size, >, 0);
  WebPFree (file);
  return bytes;
}

/* Every row that is handed on is the one that comes of the whole picture. */
static void
test_webp (Fixture *fixture, const void *data)
{
  for (int i = 0; i < 4; i++) {
    g_autoptr (GBytes) file = encode_webp (i % 2 == 1, i >= 2);
    gsize size;
    const char *bytes = g_bytes_get_data (file, &size);

    g_assert_true (
      g_file_set_contents (fixture->path, bytes, (gssize)size, NULL));
    compare_file (fixture->path);
    g_assert_true (
      g_file_set_contents (fixture->path, bytes, (gssize)size / 2, NULL));
    g_assert_null (open_stored (fixture->path, NULL, NULL));
  }
}

/* A JPEG that says how it is to be turned. */
static void
test_orientations (Fixture *fixture, const void *data)
{
  g_autoptr (GBytes) jpeg = picture_load ("image/rgb-444.jpg");
  gsize size;
  const guint8 *bytes = g_bytes_get_data (jpeg, &size);

  for (guint8 orientation = 1; orientation <= 8; orientation++) {
    const guint8 exif[] = {0xff, 0xd8, 0xff, 0xe1, 0,   34,  'E',         'x',
                           'i',  'f',  0,    0,    'I', 'I', '*',         0,
                           8,    0,    0,    0,    1,   0,   0x12,        1,
                           3,    0,    1,    0,    0,   0,   orientation, 0,
                           0,    0,    0,    0,    0,   0};
    g_autoptr (GByteArray) turned = g_byte_array_new ();

    g_byte_array_append (turned, exif, sizeof exif);
    g_byte_array_append (turned, bytes + 2, (guint)size - 2);
    g_assert_true (g_file_set_contents (fixture->path,
                                        (const char *)turned->data,
                                        (gssize)turned->len, NULL));
    compare_file (fixture->path);
  }
}

/* Nothing with a name lies anywhere, and the picture need not stay. */
static void
test_temporary (Fixture *fixture, const void *data)
{
  g_autofree char *cache =
    g_build_filename (g_get_user_cache_dir (), "saccade", NULL);

  write_picture (fixture->path, 700, 600);

  g_autoptr (SacSource) source = open_stored (fixture->path, NULL, NULL);
  g_autoptr (GDir) dir = g_dir_open (cache, 0, NULL);

  g_assert_nonnull (source);
  g_assert_nonnull (dir);
  g_assert_null (g_dir_read_name (dir));
  g_assert_nonnull (
    strstr (sac_source_get_notes (source)[0], "in a temporary file"));
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);

  g_autoptr (SacImage) image =
    sac_source_read (source, 0, 0, 0, 700, 600, SAC_COLORS_FILE, NULL, NULL);
  g_autoptr (SacImage) expected = picture_new (700, 600);

  picture_compare (image, expected, 0, "without its file");
  g_assert_nonnull (strstr (sac_source_get_hash (source), "has changed"));
}

static void
refused (const char *path, SacErrorCode code, const char *part)
{
  GError *error = NULL;

  g_assert_null (open_stored (path, NULL, &error));
  g_test_message ("%s", error->message);
  test_assert_error (&error, SAC_ERROR, (int)code, part);
}

/* The header of a progressive JPEG, made to say 20,000 x 20,000 and padded so
 * that it might hold them. */
static void
write_progressive (const char *path)
{
  g_autoptr (GBytes) jpeg = picture_load ("image/progressive.jpg");
  gsize size;
  const guint8 *bytes = g_bytes_get_data (jpeg, &size);
  gsize padded = 1 << 20;
  g_autofree guint8 *copy = g_malloc0 (padded);

  memcpy (copy, bytes, size);
  for (gsize i = 0; i + 9 < size; i++)
    if (copy[i] == 0xff && copy[i + 1] == 0xc2) {
      copy[i + 5] = copy[i + 7] = 20000 >> 8;
      copy[i + 6] = copy[i + 8] = 20000 & 255;
      break;
    }
  g_assert_true (
    g_file_set_contents (path, (const char *)copy, (gssize)padded, NULL));
}

/* The header of a lossless WebP, made to say 16,383 x 16,383. */
static void
write_lossless (const char *path)
{
  g_autoptr (GBytes) webp = encode_webp (true, false);
  gsize size;
  guint8 *bytes = g_bytes_unref_to_data (g_steal_pointer (&webp), &size);
  guint32 packed = GUINT32_TO_LE (16382 << 14 | 16382);

  memcpy (bytes + 21, &packed, sizeof packed);
  g_assert_true (
    g_file_set_contents (path, (const char *)bytes, (gssize)size, NULL));
  g_free (bytes);
}

/* Interlaced ones are read whole where whole images are held. */
static void
test_small_interlaced (Fixture *fixture, const void *data)
{
  g_autofree char *path = test_file ("golden/image/interlaced.png");
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source = sac_source_open (path, NULL, &error);
  g_autoptr (SacImage) whole = sac_decode_file (path, NULL, NULL);

  g_assert_no_error (error);

  g_autoptr (SacImage) read =
    sac_source_read (source, 0, 0, 0, whole->width, whole->height,
                     SAC_COLORS_FILE, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (picture_compare (read, whole, 0, path), ==, 0);
}

static bool
notes_inks (SacSource *source)
{
  const char *const *notes = sac_source_get_notes (source);

  for (int i = 0; notes[i] != NULL; i++)
    if (strstr (notes[i], "CMYK") != NULL)
      return true;
  return false;
}

/* How inks became colours is said, held or stored. */
static void
test_inks (Fixture *fixture, const void *data)
{
  g_autofree char *inks = test_file ("golden/image/cmyk.jpg");
  g_autofree char *plain = test_file ("golden/image/rgb-444.jpg");
  g_autoptr (SacSource) held = sac_source_open (inks, NULL, NULL);
  g_autoptr (SacSource) stored = open_stored (inks, NULL, NULL);
  g_autoptr (SacSource) other = open_stored (plain, NULL, NULL);

  g_assert_true (notes_inks (held));
  g_assert_true (notes_inks (stored));
  g_assert_false (notes_inks (other));
}

static void
test_refused (Fixture *fixture, const void *data)
{
  g_autofree char *interlaced = test_file ("golden/image/interlaced.png");
  g_autofree char *content = NULL;
  gsize size;
  GError *error = NULL;

  refused (interlaced, SAC_ERROR_TOO_LARGE, "interlaced");
  write_progressive (fixture->path);
  refused (fixture->path, SAC_ERROR_TOO_LARGE, "baseline");
  write_lossless (fixture->path);
  refused (fixture->path, SAC_ERROR_TOO_LARGE, "lossless WebP");
  write_picture (fixture->path, 700, 600);
  g_assert_true (g_file_get_contents (fixture->path, &content, &size, NULL));
  g_assert_true (
    g_file_set_contents (fixture->path, content, (gssize)size / 2, NULL));
  refused (fixture->path, SAC_ERROR_DAMAGED, "cut off");

  g_assert_null (sac_level_store_new (100, 100, "/proc/none", &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNWRITABLE, "/proc/none");
  g_assert_null (
    sac_level_store_new (1 << 20, 1 << 13, fixture->folder, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                     "beyond the limit");
}

/* Asked on the way, it stops at the next row. */
static bool
begin_any (SacRowTarget *target, int64_t width, int64_t height, GError **error)
{
  return true;
}

typedef struct {
  SacRowTarget target;
  SacJob *job;
  int rows;
} Counting;

static bool
count_row (SacRowTarget *target, const uint32_t *pixels, GError **error)
{
  Counting *counting = (Counting *)target;

  if (++counting->rows == 16)
    sac_job_cancel (counting->job);
  return true;
}

static void
test_cancel (Fixture *fixture, const void *data)
{
  static const char *const names[] = {"golden/image/rgb-420.jpg",
                                      "golden/image/rgba.png",
                                      "fuzz/corpus/bmp/rgb.bmp"};

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = test_file (names[i]);
    g_autoptr (SacJob) job = sac_job_new (NULL);
    Counting counting = {{begin_any, count_row, 1, NULL}, job, 0};
    FILE *file = fopen (path, "rb");
    uint8_t head[64];
    const SacDecoder *decoder =
      sac_decoder_find (head, fread (head, 1, sizeof head, file));
    g_autoptr (GError) error = NULL;

    g_assert_false (decoder->read_rows (file, &counting.target, job, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    /* JPEG looks once for a row of blocks. */
    g_assert_cmpint (counting.rows, <=, 32);
    fclose (file);
  }
}

static void *
read_parts (void *data)
{
  SacSource *source = data;
  g_autoptr (SacImage) whole = picture_new (1301, 700);
  GRand *random = g_rand_new_with_seed (GPOINTER_TO_UINT (g_thread_self ()));

  for (int i = 0; i < 100; i++) {
    int x = g_rand_int_range (random, 0, 1000);
    int y = g_rand_int_range (random, 0, 500);
    g_autoptr (SacImage) part =
      sac_source_read (source, 0, x, y, 300, 200, SAC_COLORS_FILE, NULL, NULL);

    g_assert_cmphex (part->pixels[199 * 300 + 299], ==,
                     whole->pixels[(y + 199) * 1301 + x + 299]);
  }
  g_rand_free (random);
  return NULL;
}

static void
test_threads (Fixture *fixture, const void *data)
{
  GThread *threads[4];

  write_picture (fixture->path, 1301, 700);

  g_autoptr (SacSource) source = open_stored (fixture->path, NULL, NULL);

  for (int i = 0; i < 4; i++)
    threads[i] = g_thread_new ("reader", read_parts, source);
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);
}

/* Small ones are held; the limit is where it should be. */
static void
test_small_is_held (Fixture *fixture, const void *data)
{
  write_picture (fixture->path, 30, 20);

  g_autoptr (SacSource) source = sac_source_open (fixture->path, NULL, NULL);
  GError *error = NULL;

  g_assert_false (sac_source_is_slide (source));
  g_assert_null (
    sac_source_try (&sac_source_stored, fixture->path, NULL, &error));
  g_assert_no_error (error);
}

#define ADD(name, func)                                                        \
  g_test_add ("/source-stored/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  char *cache = test_folder_new ();
  int result;

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("levels", test_levels);
  ADD ("kinds", test_kinds);
  ADD ("orientations", test_orientations);
  ADD ("webp", test_webp);
  ADD ("temporary", test_temporary);
  ADD ("refused", test_refused);
  ADD ("cancel", test_cancel);
  ADD ("threads", test_threads);
  ADD ("small-is-held", test_small_is_held);
  ADD ("small-interlaced", test_small_interlaced);
  ADD ("inks", test_inks);
  result = g_test_run ();
  test_folder_remove (cache);
  return result;
}
