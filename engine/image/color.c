/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/color.h"

#include "base/limits.h"
#include "base/pool.h"

#include <lcms2.h>
#include <math.h>
#include <stdlib.h>

/* A pixel is one native-endian word, so its bytes run backwards on small-endian
 * machines. */
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
#define PIXEL_TYPE TYPE_BGRA_8
#else
#define PIXEL_TYPE TYPE_ARGB_8
#endif

#define PIXELS_PER_CHUNK ((size_t)1 << 16)

/* Fine enough for the darkest codes to be told apart. */
#define CURVE_LAST 65535

struct SacColorTransform {
  cmsHTRANSFORM handle; /* NULL: `greys` says it all */
  uint32_t greys[256];  /* of a profile of greys: a pixel for each code */
};

/* A profile that moves no color by more than one level is sRGB itself, rounded
 * differently; leaving such images alone keeps their values exact. */
static bool
is_changed (uint32_t from, uint32_t to)
{
  for (int shift = 0; shift < 24; shift += 8)
    if (abs ((int)(to >> shift & 0xff) - (int)(from >> shift & 0xff)) > 1)
      return true;
  return false;
}

static bool
changes_colors (cmsHTRANSFORM handle)
{
  for (unsigned code = 0; code < 9 * 9 * 9; code++) {
    unsigned red = MIN (255, code / 81 * 32),
             green = MIN (255, code / 9 % 9 * 32);
    unsigned blue = MIN (255, code % 9 * 32);
    uint32_t from = sac_pixel (red, green, blue), to = from;

    cmsDoTransform (handle, &from, &to, 1);
    if (is_changed (from, to))
      return true;
  }
  return false;
}

static SacColorTransform *
new_for_colors (cmsHPROFILE from, cmsHPROFILE to)
{
  /* The one-colour cache inside a transform is what is not thread-safe. */
  cmsHTRANSFORM handle =
    cmsCreateTransform (from, PIXEL_TYPE, to, PIXEL_TYPE, INTENT_PERCEPTUAL,
                        cmsFLAGS_NOCACHE);

  if (handle == NULL)
    return NULL;
  if (!changes_colors (handle)) {
    cmsDeleteTransform (handle);
    return NULL;
  }

  SacColorTransform *transform = g_new0 (SacColorTransform, 1);

  transform->handle = handle;
  return transform;
}

static SacColorTransform *
new_for_greys (cmsHPROFILE from, cmsHPROFILE to)
{
  /* Only 256 codes are asked for: each exactly, not by a table. */
  cmsHTRANSFORM handle =
    cmsCreateTransform (from, TYPE_GRAY_8, to, PIXEL_TYPE, INTENT_PERCEPTUAL,
                        cmsFLAGS_NOCACHE | cmsFLAGS_NOOPTIMIZE);

  if (handle == NULL)
    return NULL;

  SacColorTransform *transform = g_new0 (SacColorTransform, 1);
  bool changes = false;

  for (unsigned code = 0; code < 256; code++) {
    uint8_t grey = (uint8_t)code;

    cmsDoTransform (handle, &grey, &transform->greys[code], 1);
    transform->greys[code] |= 0xff000000u;
    changes |=
      is_changed (sac_pixel (code, code, code), transform->greys[code]);
  }
  cmsDeleteTransform (handle);
  if (!changes)
    g_clear_pointer (&transform, g_free);
  return transform;
}

SacColorTransform *
sac_color_transform_new (GBytes *icc)
{
  gsize size;
  const void *data = g_bytes_get_data (icc, &size);

  if (size == 0 || size > SAC_LIMIT_ICC_BYTES)
    return NULL;

  cmsHPROFILE from = cmsOpenProfileFromMem (data, (cmsUInt32Number)size);

  if (from == NULL)
    return NULL;

  SacColorTransform *transform = NULL;
  cmsHPROFILE to = cmsCreate_sRGBProfile ();

  if (cmsGetColorSpace (from) == cmsSigRgbData)
    transform = new_for_colors (from, to);
  else if (cmsGetColorSpace (from) == cmsSigGrayData)
    transform = new_for_greys (from, to);
  cmsCloseProfile (to);
  cmsCloseProfile (from);
  return transform;
}

void
sac_color_transform_free (SacColorTransform *transform)
{
  if (transform == NULL)
    return;
  if (transform->handle != NULL)
    cmsDeleteTransform (transform->handle);
  g_free (transform);
}

typedef struct {
  const SacColorTransform *transform;
  SacImage *image;
} Work;

/* A profile of greys says nothing of colours. */
static void
apply_greys (const uint32_t *greys, uint32_t *pixels, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    unsigned code = pixels[i] & 0xff;

    if (pixels[i] == sac_pixel (code, code, code))
      pixels[i] = greys[code];
  }
}

/* In place: lcms leaves the byte that is no colour as it was. */
static void
apply_chunk (size_t index, void *data)
{
  const Work *work = data;
  size_t total = (size_t)work->image->width * (size_t)work->image->height;
  size_t first = index * PIXELS_PER_CHUNK;
  uint32_t *pixels = work->image->pixels + first;

  size_t count = MIN (PIXELS_PER_CHUNK, total - first);

  if (work->transform->handle != NULL)
    cmsDoTransform (work->transform->handle, pixels, pixels,
                    (cmsUInt32Number)count);
  else
    apply_greys (work->transform->greys, pixels, count);
}

void
sac_color_transform_apply (const SacColorTransform *transform, SacImage *image)
{
  size_t total = (size_t)image->width * (size_t)image->height;
  Work work = {transform, image};

  sac_pool_run ((total + PIXELS_PER_CHUNK - 1) / PIXELS_PER_CHUNK, apply_chunk,
                &work);
  g_clear_pointer (&image->icc, g_bytes_unref);
}

/* sRGB's own curve, to codes of 8 bits. */
static const uint8_t *
get_curve (void)
{
  static uint8_t *curve;

  if (g_once_init_enter (&curve)) {
    uint8_t *made = g_new (uint8_t, CURVE_LAST + 1);

    for (int i = 0; i <= CURVE_LAST; i++) {
      double linear = (double)i / CURVE_LAST;

      made[i] = (uint8_t)lround (
        255 * (linear <= 0.0031308 ? 12.92 * linear
                                   : 1.055 * pow (linear, 1 / 2.4) - 0.055));
    }
    g_once_init_leave (&curve, made);
  }
  return curve;
}

static unsigned
get_code (const uint8_t *curve, double linear)
{
  return curve[(int)(CLAMP (linear, 0, 1) * CURVE_LAST + 0.5)];
}

/* CIE 15's inverse of the function behind Lab. */
static double
undo_lab (double value)
{
  return value > 6 / 29.0 ? value * value * value
                          : (value - 4 / 29.0) * 108 / 841;
}

/* The white of D50, and sRGB's matrix adapted to it after Bradford.  A
 * transform of lcms is off by several levels where a colour is nearly too
 * strong. */
void
sac_color_from_lab (const uint8_t *lab, uint32_t *to, size_t count)
{
  const uint8_t *curve = get_curve ();

  for (size_t i = 0; i < count; i++, lab += 3) {
    double light = (lab[0] / 2.55 + 16) / 116;
    double x = 0.96422 * undo_lab (light + (lab[1] - 128) / 500.0);
    double y = undo_lab (light);
    double z = 0.82521 * undo_lab (light - (lab[2] - 128) / 200.0);

    to[i] = sac_pixel (get_code (curve,
                                 3.1338561 * x - 1.6168667 * y - 0.4906146 * z),
                       get_code (curve, -0.9787684 * x + 1.9161415 * y +
                                          0.0334540 * z),
                       get_code (curve, 0.0719453 * x - 0.2289914 * y +
                                          1.4052427 * z));
  }
}

SacImage *
sac_color_to_srgb (SacImage *image, GError **error)
{
  SacColorTransform *transform =
    image->icc != NULL ? sac_color_transform_new (image->icc) : NULL;

  if (transform == NULL)
    return sac_image_ref (image);

  SacImage *converted =
    sac_image_crop (image, 0, 0, image->width, image->height, error);

  if (converted != NULL)
    sac_color_transform_apply (transform, converted);
  sac_color_transform_free (transform);
  return converted;
}
