/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "canvas-picture.h"

#include "texture.h"

#include <epoxy/gl.h>
#include <math.h>
#include <string.h>

/* Shifts this close to whole pixels are whole: rounding of the camera. */
#define WHOLE 1e-3

static bool
is_software (const char *name)
{
  static const char *const parts[] = {"llvmpipe", "softpipe", "swrast",
                                      "SwiftShader"};

  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (parts); i++)
    if (strstr (name, parts[i]) != NULL)
      return true;
  return false;
}

/* Whether GL is done by the processor. */
static bool
has_software_gl (GtkNative *native)
{
  GdkSurface *surface = gtk_native_get_surface (native);
  g_autoptr (GdkGLContext) context =
    gdk_surface_create_gl_context (surface, NULL);
  bool answer = false;

  if (context == NULL || !gdk_gl_context_realize (context, NULL))
    return false;
  gdk_gl_context_make_current (context);
  answer = is_software ((const char *)glGetString (GL_RENDERER));
  gdk_gl_context_clear_current ();
  return answer;
}

bool
sac_canvas_paints_picture (GtkWidget *canvas)
{
  static const char key[] = "sac-paints-picture";
  GtkNative *native = gtk_widget_get_native (canvas);
  GskRenderer *renderer =
    native != NULL ? gtk_native_get_renderer (native) : NULL;
  const char *wanted = g_getenv ("SACCADE_TILES");

  if (renderer == NULL)
    return false;
  if (wanted != NULL)
    return g_str_equal (wanted, "picture");
  if (GSK_IS_CAIRO_RENDERER (renderer))
    return true;
  /* Asked once for each renderer. */
  if (g_object_get_data (G_OBJECT (renderer), key) == NULL)
    g_object_set_data (G_OBJECT (renderer), key,
                       GINT_TO_POINTER (has_software_gl (native) ? 1 : 2));
  return GPOINTER_TO_INT (g_object_get_data (G_OBJECT (renderer), key)) == 1;
}

/* Device pixels that the picture of `old` has to be moved by to be that of
 * `view`.  Returns: false when it cannot be. */
static bool
find_shift (const SacTilesView *view,
            const SacTilesView *old,
            int *ret_dx,
            int *ret_dy)
{
  double x, y;

  if (view->width != old->width || view->height != old->height ||
      view->device_scale != old->device_scale ||
      view->camera.scale != old->camera.scale ||
      view->camera.rotation != old->camera.rotation ||
      view->camera.mirror != old->camera.mirror ||
      !sac_tone_equal (&view->tone, &old->tone))
    return false;
  sac_camera_to_screen (&view->camera, 0, 0, old->camera.x, old->camera.y, &x,
                        &y);
  x *= view->device_scale;
  y *= view->device_scale;
  if (fabs (x - rint (x)) > WHOLE || fabs (y - rint (y)) > WHOLE ||
      fabs (x) >= view->width * view->device_scale ||
      fabs (y) >= view->height * view->device_scale)
    return false;
  *ret_dx = (int)rint (x);
  *ret_dy = (int)rint (y);
  return true;
}

/* What of a width x height picture moved by (dx, dy) is new. */
static void
clip_to_edges (cairo_t *cr, int width, int height, int dx, int dy)
{
  if (dx != 0)
    cairo_rectangle (cr, dx > 0 ? 0 : width + dx, 0, abs (dx), height);
  if (dy != 0)
    cairo_rectangle (cr, 0, dy > 0 ? 0 : height + dy, width, abs (dy));
  cairo_clip (cr);
}

static void
paint_scene (const SacCanvasView *view, cairo_t *cr)
{
  SacScene scene = {
    .source = sac_document_get_source (view->document),
    .camera = view->camera,
    .tone = sac_image_look_get_tone (sac_document_get_look (view->document)),
  };
  SacTiles *tiles = sac_document_get_tiles (view->document);

  sac_scene_draw_image (&scene, sac_tiles_get_store (tiles), cr, view->width,
                        view->height);
}

static cairo_surface_t *
paint (const SacCanvasView *view,
       const SacTilesView *key,
       const SacTilesPicture *old)
{
  int width = (int)(view->width * key->device_scale);
  int height = (int)(view->height * key->device_scale);
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);
  int dx, dy;

  if (old != NULL && find_shift (key, &old->view, &dx, &dy)) {
    cairo_surface_set_device_scale (old->surface, 1, 1);
    cairo_set_source_surface (cr, old->surface, dx, dy);
    cairo_set_operator (cr, CAIRO_OPERATOR_SOURCE);
    cairo_paint (cr);
    cairo_set_operator (cr, CAIRO_OPERATOR_OVER);
    cairo_surface_set_device_scale (old->surface, key->device_scale,
                                    key->device_scale);
    clip_to_edges (cr, width, height, dx, dy);
  }
  cairo_surface_set_device_scale (surface, key->device_scale,
                                  key->device_scale);
  paint_scene (view, cr);
  cairo_destroy (cr);
  return surface;
}

/* Under cairo GTK 4.8 converts every texture anew for every frame, pixel by
 * pixel; a surface it takes as it is. */
static GskRenderNode *
new_node (const SacCanvasView *view, cairo_surface_t *surface)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, view->width, view->height);

  if (!sac_canvas_paints_with_cairo (view->widget)) {
    g_autoptr (GdkTexture) texture = sac_texture_new_for_surface (surface);

    return gsk_texture_node_new (texture, &bounds);
  }

  GskRenderNode *node = gsk_cairo_node_new (&bounds);
  cairo_t *cr = gsk_cairo_node_get_draw_context (node);

  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_paint (cr);
  cairo_destroy (cr);
  return node;
}

SacTilesView
sac_canvas_picture_key (const SacCanvasView *view)
{
  return (SacTilesView){
    .camera = view->camera,
    .width = view->width,
    .height = view->height,
    .device_scale = gtk_widget_get_scale_factor (view->widget),
    .tone = *sac_image_look_get_tone (sac_document_get_look (view->document)),
  };
}

GskRenderNode *
sac_canvas_picture_node (const SacCanvasView *view, bool keeps)
{
  SacTiles *tiles = sac_document_get_tiles (view->document);
  SacTilesView key = sac_canvas_picture_key (view);
  cairo_surface_t *surface =
    paint (view, &key, keeps ? sac_tiles_get_picture (tiles) : NULL);
  GskRenderNode *node = new_node (view, surface);

  if (keeps)
    sac_tiles_keep_picture (tiles, &key, surface);
  cairo_surface_destroy (surface);
  return node;
}
