/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "renderer.h"

#ifdef SAC_HAVE_X11

#include <cairo-xlib.h>
#include <epoxy/glx.h>
#include <gdk/x11/gdkx.h>

/* So small that it is no pixmap, so large that it is shared memory. */
#define HELD_SIDE 16

#define KEY "sac-frame-memory"

typedef struct {
  gint64 pixels;         /* of the largest frame */
  cairo_surface_t *held; /* in the pool, so that it is never empty */
} Memory;

/* The X server knows without a context having to be made. */
static bool
has_software_gl (GdkDisplay *display)
{
  unsigned int is_accelerated = 1;

  if (!GDK_IS_X11_DISPLAY (display))
    return false;

  Display *server = gdk_x11_display_get_xdisplay (display);
  int screen = DefaultScreen (server);

  return epoxy_has_glx (server) &&
         epoxy_has_glx_extension (server, screen, "GLX_MESA_query_renderer") &&
         glXQueryRendererIntegerMESA (server, screen, 0,
                                      GLX_RENDERER_ACCELERATED_MESA,
                                      &is_accelerated) &&
         is_accelerated == 0;
}

void
sac_renderer_choose (GdkDisplay *display)
{
  if (has_software_gl (display))
    g_setenv ("GSK_RENDERER", "cairo", FALSE);
}

static void
free_memory (gpointer data)
{
  Memory *memory = data;

  cairo_surface_destroy (memory->held);
  g_free (memory);
}

/* One surface as large as a frame makes the pool, which then takes in the small
 * one. */
static Memory *
new_memory (Display *server, int width, int height)
{
  Memory *memory = g_new0 (Memory, 1);
  cairo_surface_t *root =
    cairo_xlib_surface_create (server, DefaultRootWindow (server),
                               DefaultVisual (server, DefaultScreen (server)),
                               width, height);
  cairo_surface_t *frame =
    cairo_surface_create_similar_image (root, CAIRO_FORMAT_RGB24, width,
                                        height);

  memory->pixels = (gint64)width * height;
  memory->held = cairo_surface_create_similar_image (root, CAIRO_FORMAT_RGB24,
                                                     HELD_SIDE, HELD_SIDE);
  cairo_surface_destroy (frame);
  cairo_surface_destroy (root);
  return memory;
}

void
sac_renderer_keep_memory (GtkWidget *widget)
{
  GtkNative *native = gtk_widget_get_native (widget);
  GdkSurface *surface = gtk_native_get_surface (native);
  int scale = gdk_surface_get_scale_factor (surface);
  int width = gdk_surface_get_width (surface) * scale;
  int height = gdk_surface_get_height (surface) * scale;
  Memory *memory = g_object_get_data (G_OBJECT (surface), KEY);

  if (!GDK_IS_X11_SURFACE (surface) ||
      !GSK_IS_CAIRO_RENDERER (gtk_native_get_renderer (native)) ||
      (memory != NULL && memory->pixels >= (gint64)width * height))
    return;
  memory = new_memory (gdk_x11_display_get_xdisplay (
                         gdk_surface_get_display (surface)),
                       width, height);
  g_object_set_data_full (G_OBJECT (surface), KEY, memory, free_memory);
}

#else

void
sac_renderer_choose (GdkDisplay *display)
{
}

void
sac_renderer_keep_memory (GtkWidget *widget)
{
}

#endif
