/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/color.h"
#include "image/decode.h"
#include "pictures.h"

#include <lcms2.h>
#include <math.h>
#include <string.h>

static GBytes *
save_profile (cmsHPROFILE profile)
{
  cmsUInt32Number size = 0;

  cmsSaveProfileToMem (profile, NULL, &size);

  void *data = g_malloc (size);

  cmsSaveProfileToMem (profile, data, &size);
  cmsCloseProfile (profile);
  return g_bytes_new_take (data, size);
}

static double
encode_srgb (double light)
{
  return light <= 0.0031308 ? 12.92 * light
                            : 1.055 * pow (light, 1 / 2.4) - 0.055;
}

/* With the primaries alike only the curves differ: a closed form. */
static void
test_gamma (void)
{
  g_autoptr (GBytes) icc = picture_profile_new (1.0);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) image = picture_new (64, 48);
  g_autoptr (SacImage) before = sac_image_crop (image, 0, 0, 64, 48, NULL);

  image->icc = g_bytes_ref (icc);

  g_autoptr (SacImage) shown = sac_color_to_srgb (image, &error);

  g_assert_no_error (error);
  g_assert_null (shown->icc);
  g_assert_cmpuint (picture_compare (image, before, 0, "the original"), ==, 0);
  for (int i = 0; i < 64 * 48; i++)
    for (int shift = 0; shift < 24; shift += 8) {
      double light = (image->pixels[i] >> shift & 0xff) / 255.0;
      double level = shown->pixels[i] >> shift & 0xff;

      /* lcms interpolates its tables: two levels in the steep dark part. */
      g_assert_cmpfloat_with_epsilon (level, 255 * encode_srgb (light), 2.01);
      g_assert_cmphex (shown->pixels[i] >> 24, ==, 0xff);
    }
}

static void
check_unused (GBytes *icc)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) image = picture_new (20, 10);

  g_assert_null (sac_color_transform_new (icc));
  image->icc = g_bytes_ref (icc);

  g_autoptr (SacImage) shown = sac_color_to_srgb (image, &error);

  g_assert_no_error (error);
  g_assert_true (shown == image);
}

static void
test_unusable (void)
{
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) nonsense = g_bytes_new_static ("not a profile", 13);
  check_unused (empty);
  check_unused (nonsense);
}

/* Greys by a closed form; colours, of which it says nothing, stay. */
static void
test_grey_profile (void)
{
  cmsToneCurve *curve = cmsBuildGamma (NULL, 1.0);
  g_autoptr (GBytes) icc =
    save_profile (cmsCreateGrayProfile (cmsD50_xyY (), curve));
  g_autoptr (SacImage) image = sac_image_new (256, 2, NULL);

  cmsFreeToneCurve (curve);
  for (unsigned i = 0; i < 256; i++) {
    image->pixels[i] = sac_pixel (i, i, i);
    image->pixels[256 + i] = sac_pixel (i, 255 - i, i);
  }
  image->icc = g_bytes_ref (icc);

  g_autoptr (SacImage) shown = sac_color_to_srgb (image, NULL);

  for (unsigned i = 0; i < 256; i++) {
    unsigned level = shown->pixels[i] & 0xff;

    g_assert_cmphex (shown->pixels[i], ==, sac_pixel (level, level, level));
    g_assert_cmpfloat_with_epsilon (level, 255 * encode_srgb (i / 255.0), 2.01);
    g_assert_cmphex (shown->pixels[256 + i], ==, image->pixels[256 + i]);
  }
}

static void
test_cut_profile (void)
{
  g_autoptr (GBytes) icc = picture_profile_new (1.8);

  for (gsize size = 0; size < g_bytes_get_size (icc); size += 3) {
    g_autoptr (GBytes) cut = g_bytes_new (g_bytes_get_data (icc, NULL), size);
    SacColorTransform *transform = sac_color_transform_new (cut);

    /* Whatever it is taken for, it must not read behind the end. */
    sac_color_transform_free (transform);
  }
}

/* sRGB by another name leaves values exactly as they are. */
static void
test_srgb_is_nothing (void)
{
  g_autoptr (GBytes) icc = save_profile (cmsCreate_sRGBProfile ());

  check_unused (icc);
}

static void
test_no_profile (void)
{
  g_autoptr (SacImage) image = picture_new (20, 10);
  g_autoptr (SacImage) shown = sac_color_to_srgb (image, NULL);

  g_assert_true (shown == image);
}

static void *
apply_often (void *data)
{
  const SacColorTransform *transform = data;
  g_autoptr (SacImage) first = picture_new (200, 150);

  sac_color_transform_apply (transform, first);
  for (int i = 0; i < 20; i++) {
    g_autoptr (SacImage) next = picture_new (200, 150);

    sac_color_transform_apply (transform, next);
    g_assert_cmpuint (picture_compare (next, first, 0, "threads"), ==, 0);
  }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (GBytes) icc = picture_profile_new (1.8);
  SacColorTransform *transform = sac_color_transform_new (icc);
  GThread *threads[4];

  g_assert_nonnull (transform);
  for (int i = 0; i < 4; i++)
    threads[i] = g_thread_new ("color", apply_often, transform);
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  sac_color_transform_free (transform);
}

/* A file keeps its profile through PNG. */
static void
test_png_keeps_profile (void)
{
  g_autoptr (GBytes) icc = picture_profile_new (1.8);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) image = picture_new (20, 10);

  image->icc = g_bytes_ref (icc);

  g_autoptr (GBytes) file = sac_encode_png (image, NULL, &error);

  g_assert_no_error (error);

  g_autoptr (SacImage) again = sac_decode (file, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (again->icc);
  g_assert_true (g_bytes_equal (again->icc, icc));
  g_assert_cmpuint (picture_compare (again, image, 0, "values"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/color/gamma", test_gamma);
  g_test_add_func ("/color/unusable", test_unusable);
  g_test_add_func ("/color/grey-profile", test_grey_profile);
  g_test_add_func ("/color/cut-profile", test_cut_profile);
  g_test_add_func ("/color/srgb-is-nothing", test_srgb_is_nothing);
  g_test_add_func ("/color/no-profile", test_no_profile);
  g_test_add_func ("/color/threads", test_threads);
  g_test_add_func ("/color/png-keeps-profile", test_png_keeps_profile);
  return g_test_run ();
}
