/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "pictures.h"

#include "support.h"

#include <lcms2.h>
#include <stdlib.h>

static unsigned
choose_level (int x, int y, int channel, uint32_t noise)
{
  unsigned level = (x / 8 + y / 8) % 2 != 0
                     ? noise >> 24
                     : (unsigned)(x * 5 + y * 3 + channel * 60) % 256;

  return x > y && channel == 1 ? 255 - level / 8 : level;
}

SacImage *
picture_new (int width, int height)
{
  SacImage *image = sac_image_new (width, height, NULL);
  uint32_t state = 12345;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      unsigned levels[3];

      for (int c = 0; c < 3; c++) {
        state = state * 1664525u + 1013904223u;
        levels[c] = choose_level (x, y, c, state);
      }
      image->pixels[(size_t)y * (size_t)width + (size_t)x] =
        sac_pixel (levels[0], levels[1], levels[2]);
    }
  return image;
}

char *
picture_digest (const SacImage *image)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  size_t count = (size_t)image->width * (size_t)image->height;

  for (size_t i = 0; i < count; i++) {
    uint32_t pixel = image->pixels[i];
    guint8 bytes[3] = {(guint8)(pixel >> 16), (guint8)(pixel >> 8),
                       (guint8)pixel};

    g_assert_cmphex (pixel >> 24, ==, 0xff);
    g_checksum_update (checksum, bytes, 3);
  }
  return g_strdup (g_checksum_get_string (checksum));
}

size_t
picture_compare (const SacImage *got,
                 const SacImage *expected,
                 int tolerance,
                 const char *what)
{
  size_t differing = 0;
  int worst = 0;

  g_assert_cmpint (got->width, ==, expected->width);
  g_assert_cmpint (got->height, ==, expected->height);
  for (size_t i = 0; i < (size_t)got->width * (size_t)got->height; i++)
    for (int shift = 0; shift < 32; shift += 8) {
      int difference = abs ((int)(got->pixels[i] >> shift & 0xff) -
                            (int)(expected->pixels[i] >> shift & 0xff));

      differing += difference > 0;
      worst = MAX (worst, difference);
    }
  if (worst > tolerance) {
    g_test_message ("%s: off by up to %d levels, allowed %d", what, worst,
                    tolerance);
    g_test_fail ();
  }
  return differing;
}

GBytes *
picture_load (const char *name)
{
  g_autofree char *folder = test_file ("golden");
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  char *data;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, size);
}

GBytes *
picture_profile_new (double gamma)
{
  cmsCIExyY white = {0.3127, 0.3290, 1};
  cmsCIExyYTRIPLE primaries = {{0.64, 0.33, 1},
                               {0.30, 0.60, 1},
                               {0.15, 0.06, 1}};
  cmsToneCurve *curve = cmsBuildGamma (NULL, gamma);
  cmsToneCurve *curves[3] = {curve, curve, curve};
  cmsHPROFILE profile = cmsCreateRGBProfile (&white, &primaries, curves);
  cmsUInt32Number size = 0;

  cmsSaveProfileToMem (profile, NULL, &size);

  void *data = g_malloc (size);

  cmsSaveProfileToMem (profile, data, &size);
  cmsCloseProfile (profile);
  cmsFreeToneCurve (curve);
  return g_bytes_new_take (data, size);
}
