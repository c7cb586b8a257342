/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"
#include "base/pool.h"
#include "image/resize.h"
#include "pictures.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

static SacImage *
image_from_rgb (const guint8 *rgb, int width, int height)
{
  SacImage *image = sac_image_new (width, height, NULL);

  for (int i = 0; i < width * height; i++)
    image->pixels[i] = sac_pixel (rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]);
  return image;
}

/* One line of cases.txt.  Returns: the bytes of its result. */
static size_t
check_case (const char *line, const guint8 *expected, size_t *differing)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  double numbers[8];
  SacFilter filter;

  g_assert_cmpuint (g_strv_length (words), ==, 9);
  g_assert_true (sac_filter_find (words[0], &filter));
  for (int i = 0; i < 8; i++)
    numbers[i] = g_ascii_strtod (words[i + 1], NULL);

  SacRect box = {numbers[2], numbers[3], numbers[4] - numbers[2],
                 numbers[5] - numbers[3]};
  int width = (int)numbers[6], height = (int)numbers[7];
  g_autoptr (SacImage) image = picture_new ((int)numbers[0], (int)numbers[1]);
  g_autoptr (SacImage) wanted = image_from_rgb (expected, width, height);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) got =
    sac_resize (image, &box, width, height, filter, NULL, &error);

  g_assert_no_error (error);
  *differing += picture_compare (got, wanted, 1, line);
  return (size_t)width * (size_t)height * 3;
}

static void
test_pillow (void)
{
  g_autoptr (GBytes) cases = picture_load ("resize/cases.txt");
  g_autoptr (GBytes) expected = picture_load ("resize/expected.rgb");
  g_autofree char *text =
    g_strndup (g_bytes_get_data (cases, NULL), g_bytes_get_size (cases));
  g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\n", -1);
  const guint8 *rgb = g_bytes_get_data (expected, NULL);
  size_t used = 0, differing = 0;

  for (int i = 0; lines[i] != NULL; i++)
    used += check_case (lines[i], rgb + used, &differing);
  g_assert_cmpuint (used, ==, g_bytes_get_size (expected));
  g_test_message ("%zu of %zu samples differ, none by more than 1", differing,
                  used);
  g_assert_cmpuint (differing, ==, 0);
}

/* Half of each side has a way of its own; a box that is off by less than any
 * weight has not, and gives the same. */
static void
test_half (void)
{
  g_autoptr (SacImage) image = picture_new (203, 151);
  SacRect exact = {3, 5, 200, 146}, nearly = {3 + 1e-11, 5 + 1e-11, 200, 146};
  g_autoptr (SacImage) half =
    sac_resize (image, &exact, 100, 73, SAC_FILTER_BOX, NULL, NULL);
  g_autoptr (SacImage) wanted =
    sac_resize (image, &nearly, 100, 73, SAC_FILTER_BOX, NULL, NULL);

  g_assert_cmpmem (half->pixels, sac_image_get_bytes (half), wanted->pixels,
                   sac_image_get_bytes (wanted));
}

static void
test_filter_names (void)
{
  SacFilter filter;

  g_assert_true (sac_filter_find ("bilinear-antialias", &filter));
  g_assert_cmpint (filter, ==, SAC_FILTER_BILINEAR);
  g_assert_true (sac_filter_find ("bicubic-antialias", &filter));
  g_assert_cmpint (filter, ==, SAC_FILTER_BICUBIC);
  g_assert_false (sac_filter_find ("Bilinear", &filter));
  g_assert_false (sac_filter_find ("", &filter));
}

/* Whatever the filter, a flat colour stays what it is. */
static void
test_flat_color_stays (void)
{
  g_autoptr (SacImage) image = sac_image_new (40, 31, NULL);

  for (int i = 0; i < 40 * 31; i++)
    image->pixels[i] = sac_pixel (200, 13, 77);
  for (int filter = SAC_FILTER_NEAREST; filter <= SAC_FILTER_LANCZOS;
       filter++) {
    g_autoptr (SacImage) out =
      sac_resize (image, &(SacRect){1.3, 2.7, 33.1, 20.2}, 17, 57,
                  (SacFilter)filter, NULL, NULL);

    for (int i = 0; i < 17 * 57; i++)
      g_assert_cmphex (out->pixels[i], ==, sac_pixel (200, 13, 77));
  }
}

static void
test_same_size_is_copy (void)
{
  g_autoptr (SacImage) image = picture_new (50, 33);

  image->icc = g_bytes_new_static ("icc", 3);

  g_autoptr (SacImage) out =
    sac_resize (image, NULL, 50, 33, SAC_FILTER_LANCZOS, NULL, NULL);

  g_assert_cmpuint (picture_compare (out, image, 0, "copy"), ==, 0);
  g_assert_true (out->icc == image->icc);
}

static void
test_threads_agree (void)
{
  g_autoptr (SacImage) image = picture_new (700, 500);

  sac_pool_set_threads (1);

  g_autoptr (SacImage) alone =
    sac_resize (image, NULL, 300, 200, SAC_FILTER_BICUBIC, NULL, NULL);

  sac_pool_set_threads (4);

  g_autoptr (SacImage) together =
    sac_resize (image, NULL, 300, 200, SAC_FILTER_BICUBIC, NULL, NULL);

  sac_pool_set_threads (0);
  g_assert_cmpuint (picture_compare (alone, together, 0, "threads"), ==, 0);
}

static void
test_fails (void)
{
  g_autoptr (SacImage) image = picture_new (30, 20);
  GError *error = NULL;

  g_assert_null (sac_resize (image, &(SacRect){40, 0, 10, 10}, 5, 5,
                             SAC_FILTER_BOX, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH,
                     "outside the image");
  g_assert_null (sac_resize (image, NULL, 0, 5, SAC_FILTER_BOX, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "0 x 5");
  g_assert_null (
    sac_resize (image, NULL, 1 << 20, 1 << 20, SAC_FILTER_BOX, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_TOO_LARGE, "limit");
}

static void
test_cancel (void)
{
  g_autoptr (SacImage) image = picture_new (30, 20);
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (GError) error = NULL;

  sac_job_cancel (job);
  g_assert_null (
    sac_resize (image, NULL, 5, 5, SAC_FILTER_BILINEAR, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/resize/pillow", test_pillow);
  g_test_add_func ("/resize/half", test_half);
  g_test_add_func ("/resize/filter-names", test_filter_names);
  g_test_add_func ("/resize/flat-color-stays", test_flat_color_stays);
  g_test_add_func ("/resize/same-size-is-copy", test_same_size_is_copy);
  g_test_add_func ("/resize/threads-agree", test_threads_agree);
  g_test_add_func ("/resize/fails", test_fails);
  g_test_add_func ("/resize/cancel", test_cancel);
  return g_test_run ();
}
