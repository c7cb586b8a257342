/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "support.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

char *
test_shared_path (const char *name)
{
  const char *folder = g_getenv ("SACCADE_SHARED");
  g_autofree char *beside =
    g_build_filename (SAC_TEST_ROOT, "..", "shared", NULL);
  g_autofree char *path =
    g_build_filename (folder != NULL ? folder : beside, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS) ? g_steal_pointer (&path)
                                                : NULL;
}

char *
test_shared (const char *name)
{
  char *path = test_shared_path (name);

  if (path == NULL) {
    g_autofree char *reason = g_strdup_printf (
      "%s is not here: set SACCADE_SHARED to the folder that has it", name);

    g_test_skip (reason);
  }
  return path;
}

char *
test_file (const char *name)
{
  return g_build_filename (SAC_TEST_ROOT, "tests", name, NULL);
}

char *
test_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("saccade-test-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR) &&
        !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
      remove_tree (child);
    else
      g_unlink (child);
  }
  g_rmdir (path);
}

void
test_folder_remove (char *folder)
{
  remove_tree (folder);
  g_free (folder);
}

void
test_assert_close (const float *got,
                   const float *expected,
                   size_t count,
                   double tolerance,
                   const char *what)
{
  double largest = 0, worst = 0;
  size_t place = 0;

  for (size_t i = 0; i < count; i++) {
    double difference = fabs ((double)got[i] - expected[i]);

    largest = fmax (largest, fabs ((double)expected[i]));
    if (difference > worst || isnan (difference)) {
      worst = isnan (difference) ? INFINITY : difference;
      place = i;
    }
  }
  if (worst <= tolerance * largest)
    return;
  g_test_message ("%s: element %zu is %.9g, expected %.9g; off by %.3g of the "
                  "largest, %.3g, allowed %.3g",
                  what, place, got[place], expected[place],
                  worst / fmax (largest, 1e-300), largest, tolerance);
  g_test_fail ();
}

void
test_assert_error (GError **error, GQuark domain, int code, const char *part)
{
  g_assert_nonnull (*error);
  if (!g_error_matches (*error, domain, code) ||
      strstr ((*error)->message, part) == NULL) {
    g_test_message ("expected %s %d with \"%s\", got %s %d: %s",
                    g_quark_to_string (domain), code, part,
                    g_quark_to_string ((*error)->domain), (*error)->code,
                    (*error)->message);
    g_test_fail ();
  }
  g_clear_error (error);
}
