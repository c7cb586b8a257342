/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/color.h"

#include "base/limits.h"
#include "base/pool.h"

#include <lcms2.h>
#include <stdlib.h>

/* A pixel is one native-endian word, so its bytes run backwards on small-endian
 * machines. */
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
#define PIXEL_TYPE TYPE_BGRA_8
#else
#define PIXEL_TYPE TYPE_ARGB_8
#endif

#define PIXELS_PER_CHUNK ((size_t)1 << 16)

struct SacColorTransform {
  cmsHTRANSFORM handle;
};

/* A profile that moves no color by more than one level is sRGB itself, rounded
 * differently; leaving such images alone keeps their values exact. */
static bool
changes_colors (cmsHTRANSFORM handle)
{
  for (unsigned code = 0; code < 9 * 9 * 9; code++) {
    unsigned red = MIN (255, code / 81 * 32),
             green = MIN (255, code / 9 % 9 * 32);
    unsigned blue = MIN (255, code % 9 * 32);
    uint32_t from = sac_pixel (red, green, blue), to = from;

    cmsDoTransform (handle, &from, &to, 1);
    if (abs ((int)(to >> 16 & 0xff) - (int)red) > 1 ||
        abs ((int)(to >> 8 & 0xff) - (int)green) > 1 ||
        abs ((int)(to & 0xff) - (int)blue) > 1)
      return true;
  }
  return false;
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

  cmsHTRANSFORM handle = NULL;

  if (cmsGetColorSpace (from) == cmsSigRgbData) {
    cmsHPROFILE to = cmsCreate_sRGBProfile ();

    /* The one-colour cache inside a transform is what is not thread-safe. */
    handle = cmsCreateTransform (from, PIXEL_TYPE, to, PIXEL_TYPE,
                                 INTENT_PERCEPTUAL, cmsFLAGS_NOCACHE);
    cmsCloseProfile (to);
  }
  cmsCloseProfile (from);
  if (handle == NULL)
    return NULL;
  if (!changes_colors (handle)) {
    cmsDeleteTransform (handle);
    return NULL;
  }

  SacColorTransform *transform = g_new (SacColorTransform, 1);

  transform->handle = handle;
  return transform;
}

void
sac_color_transform_free (SacColorTransform *transform)
{
  if (transform == NULL)
    return;
  cmsDeleteTransform (transform->handle);
  g_free (transform);
}

typedef struct {
  const SacColorTransform *transform;
  SacImage *image;
} Work;

/* In place: lcms leaves the byte that is no colour as it was. */
static void
apply_chunk (size_t index, void *data)
{
  const Work *work = data;
  size_t total = (size_t)work->image->width * (size_t)work->image->height;
  size_t first = index * PIXELS_PER_CHUNK;
  uint32_t *pixels = work->image->pixels + first;

  cmsDoTransform (work->transform->handle, pixels, pixels,
                  (cmsUInt32Number)MIN (PIXELS_PER_CHUNK, total - first));
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
