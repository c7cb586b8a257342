/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"
#include "cases/thumbnail.h"
#include "support.h"

static void
check_size (const char *path, int width, int height)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) image = sac_thumbnail_new (path, 96, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (image->width, ==, width);
  g_assert_cmpint (image->height, ==, height);
}

/* The pictures of the program are 768x576 and as wide as a slide. */
static void
test_demo (void)
{
  check_size ("demo:dermoscopy", 96, 72);
}

static void
test_shared_images (void)
{
  g_autofree char *photograph =
    test_shared ("data/dermoscopy/full-size/ISIC_0024306.jpg");
  g_autofree char *slide =
    test_shared_path ("data/slides/CMU-1-Small-Region.svs");

  if (photograph == NULL)
    return;
  check_size (photograph, 96, 72);
  check_size (slide, 72, 96);
}

static void
test_bad (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "a.jpg", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "no picture", -1, NULL));
  g_assert_null (sac_thumbnail_new (path, 96, NULL, &error));
  g_assert_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED);
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/thumbnail/demo", test_demo);
  g_test_add_func ("/thumbnail/shared", test_shared_images);
  g_test_add_func ("/thumbnail/bad", test_bad);
  return g_test_run ();
}
