/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "annotation/annotation-file.h"
#include "annotation/mask.h"
#include "annotation/rasterize.h"
#include "base/file-kind.h"
#include "base/output.h"
#include "image/decode.h"

#include <math.h>
#include <stdio.h>

/* Pictures are told by their first bytes. */
static bool
is_picture (const char *path)
{
  /* A pipe would be waited for. */
  FILE *file =
    g_file_test (path, G_FILE_TEST_IS_REGULAR) ? fopen (path, "rbe") : NULL;
  uint8_t head[SAC_FILE_KIND_BYTES];
  size_t size;

  if (file == NULL)
    return false;
  size = fread (head, 1, sizeof head, file);
  fclose (file);
  return sac_decoder_find (head, size) != NULL ||
         sac_file_kind_is_tiff (head, size);
}

SacAnnotations *
sac_annotations_open (const char *path,
                      const SacMaskImage *image,
                      SacJob *job,
                      GError **error)
{
  if (!is_picture (path))
    return sac_annotations_read (path, error);

  g_autoptr (SacMask) mask = sac_mask_read (path, image, job, error);

  return mask != NULL ? sac_mask_to_annotations (mask, job, error) : NULL;
}

/* Adds one class; what lies in several belongs to the last. */
static bool
paint_class (SacImage *mask,
             const SacAnnotations *set,
             const SacGeometry *geometry,
             int class_index,
             SacJob *job,
             GError **error)
{
  size_t count = (size_t)mask->width * (size_t)mask->height;
  g_autofree float *shares = g_new (float, count);
  unsigned value = class_index < 0 ? 255 : (unsigned)(class_index + 1) & 255;

  if (!sac_annotations_rasterize (set, class_index, geometry, mask->height,
                                  mask->width, shares, job, error))
    return false;
  for (size_t i = 0; i < count; i++)
    if (shares[i] >= 0.5f)
      mask->pixels[i] = sac_pixel (value, value, value);
  return true;
}

bool
sac_mask_write_png (const char *path,
                    const SacAnnotations *set,
                    const SacMaskImage *image,
                    int side,
                    SacJob *job,
                    GError **error)
{
  double shrink =
    fmax (1, (double)MAX (image->width, image->height) / (double)side);
  int width = (int)fmax (1, round ((double)image->width / shrink));
  int height = (int)fmax (1, round ((double)image->height / shrink));
  SacGeometry geometry = {image->width,
                          image->height,
                          {0, 0, (double)image->width, (double)image->height},
                          width,
                          height};
  g_autoptr (SacImage) mask = sac_image_new (width, height, error);
  int last = MIN ((int)set->classes->len, 254);

  if (mask == NULL)
    return false;
  for (size_t i = 0; i < (size_t)width * (size_t)height; i++)
    mask->pixels[i] = sac_pixel (0, 0, 0);
  /* All first, so that what has no class is there too. */
  for (int class = -1; class < last; class ++)
    if (!paint_class (mask, set, &geometry, class, job, error))
      return false;

  g_autoptr (GBytes) file = sac_encode_png (mask, NULL, error);
  gsize size;
  gconstpointer data = file != NULL ? g_bytes_get_data (file, &size) : NULL;

  return file != NULL && sac_output_write (path, data, size, error);
}
