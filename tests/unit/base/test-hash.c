/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"
#include "base/hash.h"
#include "base/output.h"
#include "base/sha256.h"
#include "support.h"

#include <string.h>

/* FIPS 180-2, the one-block example "abc". */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void
test_bytes (void)
{
  g_autofree char *hash = sac_hash_bytes ("abc", 3);

  g_assert_cmpstr (hash, ==, ABC);
}

/* Every length around the blocks, in one piece and in two, against GLib; and
 * the processor's way against plain C. */
static void
test_lengths (void)
{
  guint8 data[200];

  for (gsize i = 0; i < sizeof data; i++)
    data[i] = (guint8)(i * 37 + 11);
  for (gsize size = 0; size <= sizeof data; size++) {
    g_autofree char *expected =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, size);
    g_autofree char *whole = sac_hash_bytes (data, size);
    gsize first = size * 2 / 3;
    char parts[SAC_SHA256_DIGITS + 1];
    SacSha256 sha;

    sac_sha256_init (&sha);
    sac_sha256_add (&sha, data, first);
    sac_sha256_add (&sha, data + first, size - first);
    sac_sha256_end (&sha, parts);
    g_assert_cmpstr (whole, ==, expected);
    g_assert_cmpstr (parts, ==, expected);
  }
}

static void
test_plain (void)
{
  guint8 data[3 * 64];
  uint32_t plain[8] = {1, 2, 3, 4, 5, 6, 7, 0xffffffff}, best[8];

  for (gsize i = 0; i < sizeof data; i++)
    data[i] = (guint8)(i * 73 + 5);
  memcpy (best, plain, sizeof best);
  sac_sha256_plain (plain, data, 3);
  sac_sha256_blocks (best, data, 3);
  g_assert_cmpmem (plain, sizeof plain, best, sizeof best);
}

static void
test_of_file (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "abc", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (sac_output_write (path, "abc", 3, &error));

  g_autofree char *hash = sac_hash_file (path, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (hash, ==, ABC);
  test_folder_remove (folder);
}

static void
test_missing (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sac_hash_file ("/nonexistent", NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNREADABLE, "/nonexistent");
}

static void
test_cancelled (void)
{
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (GError) error = NULL;

  sac_job_cancel (job);
  g_assert_null (sac_hash_file ("/proc/self/exe", job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hash/bytes", test_bytes);
  g_test_add_func ("/hash/lengths", test_lengths);
  g_test_add_func ("/hash/plain", test_plain);
  g_test_add_func ("/hash/file", test_of_file);
  g_test_add_func ("/hash/missing", test_missing);
  g_test_add_func ("/hash/cancelled", test_cancelled);
  return g_test_run ();
}
