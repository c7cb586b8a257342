/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "decode-check.h"

#include "pictures.h"
#include "support.h"

#include <string.h>

void
decode_check_golden (const char *name, const char *key, GBytes *file)
{
  g_autofree char *path = g_strconcat ("image/", name, NULL);
  g_autoptr (GBytes) own =
    file != NULL ? g_bytes_ref (file) : picture_load (path);
  g_autoptr (GBytes) list = picture_load ("image/expected.txt");
  g_autofree char *text =
    g_strndup (g_bytes_get_data (list, NULL), g_bytes_get_size (list));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) image = sac_decode (own, NULL, &error);

  g_assert_no_error (error);

  g_autofree char *digest = picture_digest (image);
  g_autofree char *got =
    g_strdup_printf ("%s %d %d %s", key, image->width, image->height, digest);

  if (!g_strv_contains ((const char *const *)lines, got)) {
    g_test_message ("not in expected.txt: %s", got);
    g_test_fail ();
  }
}

void
decode_check_shared (const DecodeDigest *digests, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    g_autofree char *path = test_shared (digests[i].name);
    g_autoptr (GError) error = NULL;

    if (path == NULL)
      return;

    g_autoptr (SacImage) image = sac_decode_file (path, NULL, &error);

    g_assert_no_error (error);

    g_autofree char *digest = picture_digest (image);

    g_assert_cmpstr (digest, ==, digests[i].digest);
  }
}

void
decode_check_cuts (GBytes *file, size_t step)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);
  g_autoptr (SacImage) whole = sac_decode (file, NULL, NULL);

  g_assert_nonnull (whole);
  for (size_t length = 0; length < size; length += step) {
    /* A copy of just that length, so that a sanitizer sees reads behind it. */
    g_autoptr (GBytes) part = g_bytes_new (data, length);
    g_autoptr (GError) error = NULL;
    g_autoptr (SacImage) image = sac_decode (part, NULL, &error);

    /* What ends a file may hold no pixels. */
    if (image != NULL && picture_compare (image, whole, 0, "a cut file") == 0 &&
        length + 8 > size)
      continue;
    if (image != NULL)
      g_test_message ("%zu of %zu bytes gave an image", length, size);
    g_assert_null (image);
    g_assert_cmpint ((int)error->domain, ==, (int)SAC_ERROR);
  }
}

void
decode_check_changes (GBytes *file, int rounds)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);

  for (int i = 0; i < rounds; i++) {
    guint8 *copy = g_memdup2 (data, size);

    for (int k = g_test_rand_int_range (1, 6); k > 0; k--)
      copy[g_test_rand_int_range (0, (gint32)size)] =
        (guint8)g_test_rand_int_range (0, 256);

    g_autoptr (GBytes) changed = g_bytes_new_take (copy, size);
    g_autoptr (GError) error = NULL;
    g_autoptr (SacImage) image = sac_decode (changed, NULL, &error);

    g_assert_true ((image == NULL) == (error != NULL));
  }
}

void
decode_check_error (GBytes *file, SacErrorCode code, const char *part)
{
  GError *error = NULL;
  g_autoptr (SacImage) image = sac_decode (file, NULL, &error);

  g_assert_null (image);
  test_assert_error (&error, SAC_ERROR, code, part);
}

GByteArray *
decode_check_copy (GBytes *file)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);

  return g_byte_array_append (g_byte_array_new (), data, (guint)size);
}

GBytes *
decode_check_seal (GByteArray *array)
{
  return g_byte_array_free_to_bytes (array);
}
