/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "texture.h"

GdkTexture *
sac_texture_new_for_image (SacImage *image)
{
  g_autoptr (GBytes) bytes =
    g_bytes_new_with_free_func (image->pixels, sac_image_get_bytes (image),
                                (GDestroyNotify)sac_image_unref,
                                sac_image_ref (image));

  /* Native-endian 0xffRRGGBB is GDK's default format. */
  return gdk_memory_texture_new (image->width, image->height,
                                 GDK_MEMORY_DEFAULT, bytes,
                                 (gsize)image->width * 4);
}

GdkTexture *
sac_texture_new_for_surface (cairo_surface_t *surface)
{
  int height = cairo_image_surface_get_height (surface);
  gsize stride = cairo_image_surface_get_stride (surface);

  cairo_surface_flush (surface);

  g_autoptr (GBytes) bytes =
    g_bytes_new_with_free_func (cairo_image_surface_get_data (surface),
                                stride * height,
                                (GDestroyNotify)cairo_surface_destroy,
                                cairo_surface_reference (surface));

  return gdk_memory_texture_new (cairo_image_surface_get_width (surface),
                                 height, GDK_MEMORY_DEFAULT, bytes, stride);
}

GdkTexture *
sac_texture_new_for_colors (const SacColorMap *colors, int width)
{
  guint32 *pixels = g_new (guint32, width);

  for (int i = 0; i < width; i++)
    pixels[i] = sac_color_map_pixel (colors, (i + 0.5) / width);

  gsize stride = width * sizeof *pixels;
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, stride);

  return gdk_memory_texture_new (width, 1, GDK_MEMORY_DEFAULT, bytes, stride);
}
