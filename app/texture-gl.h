/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Pictures that change with every frame, for GTK's GL renderer where the
 * processor does its work.  A texture of GTK's own is made anew for each, its
 * bytes are put into another order one pixel after the other, and it is
 * interpolated; this one is none of that.  Main thread. */
#ifndef SAC_APP_TEXTURE_GL_H
#define SAC_APP_TEXTURE_GL_H

#include <gtk/gtk.h>

/* surface: RGB24; its pixels are copied, and each is shown by one of the
 * screen.  To be drawn by `native`'s renderer only: nobody else knows the order
 * of its bytes.  Returns: a new texture; NULL where GL, the renderer of GTK
 * before 4.14, or that renderer's context, is not at hand. */
GdkTexture *sac_texture_new_in_gl (GtkNative *native, cairo_surface_t *surface);

#endif
