/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"
#include "base/limits.h"
#include "image/image.h"
#include "pictures.h"
#include "support.h"

static void
test_new_is_white (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) image = sac_image_new (5, 3, &error);

  g_assert_no_error (error);
  for (int i = 0; i < 15; i++)
    g_assert_cmphex (image->pixels[i], ==, 0xffffffff);
  g_assert_null (image->icc);
}

static void
test_new_refuses (void)
{
  static const struct {
    int64_t width, height;
    SacErrorCode code;
  } cases[] = {
    {0, 5, SAC_ERROR_DAMAGED},
    {5, 0, SAC_ERROR_DAMAGED},
    {-1, 5, SAC_ERROR_DAMAGED},
    {SAC_LIMIT_IMAGE_SIDE + 1, 1, SAC_ERROR_TOO_LARGE},
    {1, SAC_LIMIT_IMAGE_SIDE + 1, SAC_ERROR_TOO_LARGE},
    {1 << 16, 1 << 15, SAC_ERROR_TOO_LARGE},
    {INT64_MAX, INT64_MAX, SAC_ERROR_TOO_LARGE},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    GError *error = NULL;

    g_assert_null (sac_image_new (cases[i].width, cases[i].height, &error));
    test_assert_error (&error, SAC_ERROR, cases[i].code, "pixels");
  }
}

static void
test_crop (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) image = picture_new (13, 11);

  image->icc = g_bytes_new_static ("icc", 3);

  g_autoptr (SacImage) part = sac_image_crop (image, 3, 2, 10, 9, &error);

  g_assert_no_error (error);
  g_assert_cmpint (part->width, ==, 10);
  g_assert_cmpint (part->height, ==, 9);
  for (int y = 0; y < 9; y++)
    for (int x = 0; x < 10; x++)
      g_assert_cmphex (part->pixels[y * 10 + x], ==,
                       image->pixels[(y + 2) * 13 + x + 3]);
  g_assert_true (part->icc == image->icc);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image/new-is-white", test_new_is_white);
  g_test_add_func ("/image/new-refuses", test_new_refuses);
  g_test_add_func ("/image/crop", test_crop);
  return g_test_run ();
}
