/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "renderer.h"

#include <dirent.h>
#include <stdbool.h>
#include <string.h>

/* What graphics cards' drivers offer programs: the kernel's own, NVIDIA's,
 * Mali's, and Windows' under Linux. */
static bool
has_graphics_card (void)
{
  static const struct {
    const char *folder, *prefix;
  } devices[] = {
    {"/dev/dri", "renderD"}, {"/dev/dri", "card"}, {"/dev", "nvidia"},
    {"/dev", "mali"},        {"/dev", "dxg"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (devices); i++) {
    DIR *folder = opendir (devices[i].folder);
    const struct dirent *entry;
    bool found = false;

    while (folder != NULL && !found && (entry = readdir (folder)) != NULL)
      found = g_str_has_prefix (entry->d_name, devices[i].prefix);
    if (folder != NULL)
      closedir (folder);
    if (found)
      return true;
  }
  return false;
}

/* GTK 4.16 gave the switch another name. */
static void
disable_gl (void)
{
  bool is_old = gtk_get_major_version () == 4 && gtk_get_minor_version () < 16;
  const char *name = is_old ? "GDK_DEBUG" : "GDK_DISABLE";
  const char *before = g_getenv (name);
  g_autofree char *value =
    g_strconcat (before != NULL ? before : "", before != NULL ? "," : "",
                 is_old ? "gl-disable" : "gl", NULL);

  g_setenv (name, value, TRUE);
}

void
sac_renderer_settle (void)
{
  if (!has_graphics_card ())
    g_setenv ("GSK_RENDERER", "cairo", FALSE);
  if (g_strcmp0 (g_getenv ("GSK_RENDERER"), "cairo") == 0)
    disable_gl ();
}

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
  if (g_getenv ("GSK_RENDERER") == NULL && has_software_gl (display))
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
