/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"
#include "base/output.h"
#include "support.h"

#include <string.h>

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint count = 0;

  while (g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

static void
test_write (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "a", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize size = 0;

  g_assert_true (sac_output_write (path, "first", 5, &error));
  g_assert_true (sac_output_write (path, "second", 6, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, &size, NULL));
  g_assert_cmpmem (text, size, "second", 6);
  g_assert_cmpuint (count_files (folder), ==, 1);
  test_folder_remove (folder);
}

static void
test_no_such_folder (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (sac_output_write ("/nonexistent-folder/a", "x", 1, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNWRITABLE,
                     "/nonexistent-folder/a: cannot be written");
}

/* A target that cannot be replaced leaves no temporary file behind. */
static void
test_target_is_a_folder (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "taken", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (sac_output_make_folder (path, &error));
  g_assert_false (sac_output_write (path, "x", 1, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNWRITABLE, "taken");
  g_assert_cmpuint (count_files (folder), ==, 1);
  test_folder_remove (folder);
}

/* /dev/full takes the role of a full disk where the system has it. */
static void
test_full_disk (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *big = g_malloc0 (1 << 20);

  if (!g_file_test ("/dev/full", G_FILE_TEST_EXISTS)) {
    g_test_skip ("/dev/full is not here");
    return;
  }
  g_assert_false (sac_output_write ("/dev/full/a", big, 1 << 20, &error));
  g_assert_error (error, SAC_ERROR, SAC_ERROR_UNWRITABLE);
}

static void
test_make_folder (void)
{
  char *folder = test_folder_new ();
  g_autofree char *deep = g_build_filename (folder, "a", "b", "c", NULL);
  g_autofree char *file = g_build_filename (folder, "file", NULL);
  g_autofree char *below = g_build_filename (file, "below", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (sac_output_make_folder (deep, &error));
  g_assert_true (sac_output_make_folder (deep, &error));
  g_assert_true (sac_output_write (file, "", 0, &error));
  g_assert_false (sac_output_make_folder (below, &error));
  g_assert_error (error, SAC_ERROR, SAC_ERROR_UNWRITABLE);
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/output/write", test_write);
  g_test_add_func ("/output/no-such-folder", test_no_such_folder);
  g_test_add_func ("/output/target-is-a-folder", test_target_is_a_folder);
  g_test_add_func ("/output/full-disk", test_full_disk);
  g_test_add_func ("/output/make-folder", test_make_folder);
  return g_test_run ();
}
