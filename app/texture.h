/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Engine pixels as GDK textures: the only file that knows both worlds'
 * formats. */
#ifndef SAC_APP_TEXTURE_H
#define SAC_APP_TEXTURE_H

#include "image/image.h"
#include "map/color-map.h"

#include <gtk/gtk.h>

/* Shares the image's pixels and keeps the image alive. */
GdkTexture *sac_texture_new_for_image (SacImage *image);

/* surface: an ARGB32 or RGB24 image surface, kept alive and not drawn to any
 * more. */
GdkTexture *sac_texture_new_for_surface (cairo_surface_t *surface);

/* width x 1: the colours from low to high. */
GdkTexture *sac_texture_new_for_colors (const SacColorMap *colors, int width);

#endif
