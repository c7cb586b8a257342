/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"
#include "base/hash.h"
#include "base/output.h"
#include "support.h"

/* FIPS 180-2, the one-block example "abc". */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void
test_bytes (void)
{
  g_autofree char *hash = sac_hash_bytes ("abc", 3);

  g_assert_cmpstr (hash, ==, ABC);
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
  g_test_add_func ("/hash/file", test_of_file);
  g_test_add_func ("/hash/missing", test_missing);
  g_test_add_func ("/hash/cancelled", test_cancelled);
  return g_test_run ();
}
