/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "texture-gl.h"

#include <epoxy/gl.h>
#include <gsk/gl/gskglrenderer.h>
#include <stdbool.h>

/* One is shown, one was shown in the frame before. */
#define FREE_COUNT 2

#define KEY "sac-textures"

/* From here on GTK 4 has another GL renderer, with which this was not tried. */
#define OTHER_RENDERER 14

/* GL's names of textures that no picture has any more, for the next ones.  All
 * contexts of a display share them. */
typedef struct {
  GArray *free_ones; /* of Storage, the oldest first */
} Pool;

typedef struct {
  Pool *pool; /* lives as long as the display */
  guint name;
  int width, height;
} Storage;

static void
pool_free (gpointer data)
{
  Pool *pool = data;

  g_array_unref (pool->free_ones);
  g_free (pool);
}

static Pool *
get_pool (GdkDisplay *display)
{
  Pool *pool = g_object_get_data (G_OBJECT (display), KEY);

  if (pool == NULL) {
    pool = g_new0 (Pool, 1);
    pool->free_ones = g_array_new (FALSE, FALSE, sizeof (Storage));
    g_object_set_data_full (G_OBJECT (display), KEY, pool, pool_free);
  }
  return pool;
}

/* GDestroyNotify of a texture, perhaps without a context: GL is not called. */
static void
give_back (gpointer data)
{
  Storage *storage = data;

  g_array_append_val (storage->pool->free_ones, *storage);
  g_free (storage);
}

/* With a context. */
static void
delete_surplus (Pool *pool)
{
  while (pool->free_ones->len > FREE_COUNT) {
    glDeleteTextures (1, &g_array_index (pool->free_ones, Storage, 0).name);
    g_array_remove_index (pool->free_ones, 0);
  }
}

/* Bound, with its pixels still to be filled in.  Pixels of cairo are blue,
 * green, red and nothing. */
static guint
make_name (int width, int height)
{
  static const struct {
    GLenum name;
    GLint value;
  } parameters[] = {
    {GL_TEXTURE_MIN_FILTER, GL_NEAREST},
    {GL_TEXTURE_MAG_FILTER, GL_NEAREST},
    {GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE},
    {GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE},
    {GL_TEXTURE_SWIZZLE_R, GL_BLUE},
    {GL_TEXTURE_SWIZZLE_B, GL_RED},
    {GL_TEXTURE_SWIZZLE_A, GL_ONE},
  };
  guint name;

  glGenTextures (1, &name);
  glBindTexture (GL_TEXTURE_2D, name);
  for (gsize i = 0; i < G_N_ELEMENTS (parameters); i++)
    glTexParameteri (GL_TEXTURE_2D, parameters[i].name, parameters[i].value);
  glTexImage2D (GL_TEXTURE_2D, 0, GL_RGBA8, width, height, 0, GL_RGBA,
                GL_UNSIGNED_BYTE, NULL);
  return name;
}

/* Bound. */
static Storage *
take_storage (Pool *pool, int width, int height)
{
  Storage wanted = {pool, 0, width, height};

  for (guint i = 0; wanted.name == 0 && i < pool->free_ones->len; i++) {
    const Storage *one = &g_array_index (pool->free_ones, Storage, i);

    if (one->width != width || one->height != height)
      continue;
    wanted.name = one->name;
    g_array_remove_index (pool->free_ones, i);
    glBindTexture (GL_TEXTURE_2D, wanted.name);
  }
  delete_surplus (pool);
  if (wanted.name == 0)
    wanted.name = make_name (width, height);
  return g_memdup2 (&wanted, sizeof wanted);
}

static bool
fits (int width, int height)
{
  GLint most = 0;

  glGetIntegerv (GL_MAX_TEXTURE_SIZE, &most);
  return width > 0 && height > 0 && width <= most && height <= most;
}

/* The context that is current may be a popover's, which can be gone before the
 * texture: only that of the window itself is taken. */
GdkTexture *
sac_texture_new_in_gl (GtkNative *native, cairo_surface_t *surface)
{
  GdkGLContext *context = gdk_gl_context_get_current ();
  int width = cairo_image_surface_get_width (surface);
  int height = cairo_image_surface_get_height (surface);

  if (G_BYTE_ORDER != G_LITTLE_ENDIAN ||
      gtk_get_minor_version () >= OTHER_RENDERER || context == NULL ||
      !GSK_IS_GL_RENDERER (gtk_native_get_renderer (native)) ||
      gdk_gl_context_get_surface (context) != gtk_native_get_surface (native) ||
      !fits (width, height))
    return NULL;

  cairo_surface_flush (surface);
  glActiveTexture (GL_TEXTURE0);

  Storage *storage =
    take_storage (get_pool (gdk_gl_context_get_display (context)), width,
                  height);

  glPixelStorei (GL_UNPACK_ROW_LENGTH,
                 cairo_image_surface_get_stride (surface) / 4);
  glTexSubImage2D (GL_TEXTURE_2D, 0, 0, 0, width, height, GL_RGBA,
                   GL_UNSIGNED_BYTE, cairo_image_surface_get_data (surface));
  glPixelStorei (GL_UNPACK_ROW_LENGTH, 0);
  return gdk_gl_texture_new (context, storage->name, width, height, give_back,
                             storage);
}
