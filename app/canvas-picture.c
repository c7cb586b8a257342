/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "canvas-picture.h"

#include "renderer.h"
#include "scene/paint.h"
#include "scene/tile-view.h"
#include "texture-gl.h"
#include "texture.h"

#include <epoxy/gl.h>
#include <math.h>
#include <string.h>

/* Shifts this close to whole pixels are whole: rounding of the camera. */
#define WHOLE 1e-3

/* Of the screen's rows, in one node of a picture. */
#define STRIP_ROWS 64

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

/* Whether GL is done by the processor.  The renderer's own context tells, where
 * it is at hand: making another would keep the first frame waiting. */
static bool
has_software_gl (GtkNative *native)
{
  if (gdk_gl_context_get_current () != NULL)
    return is_software ((const char *)glGetString (GL_RENDERER));

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
add_edges (cairo_t *cr, int width, int height, int dx, int dy)
{
  if (dx != 0)
    cairo_rectangle (cr, dx > 0 ? 0 : width + dx, 0, abs (dx), height);
  if (dy != 0)
    cairo_rectangle (cr, 0, dy > 0 ? 0 : height + dy, width, abs (dy));
}

static bool
has_piece (const GArray *pieces, const SacTilePiece *piece)
{
  for (guint i = 0; i < pieces->len; i++)
    if (sac_tile_piece_equal (&g_array_index (pieces, SacTilePiece, i), piece))
      return true;
  return false;
}

/* What lies where the one set of pieces has some that the other has not, in
 * whole device pixels and one around them. */
static void
add_differences (cairo_t *cr,
                 const SacTilesView *view,
                 const GArray *pieces,
                 const GArray *others)
{
  SacPaintView pane = {&view->camera, view->width, view->height};
  double device = view->device_scale;

  for (guint i = 0; i < pieces->len; i++) {
    const SacTilePiece *piece = &g_array_index (pieces, SacTilePiece, i);

    if (has_piece (others, piece))
      continue;

    SacRect rect = sac_paint_get_screen_rect (&pane, &piece->part);
    double left = floor (rect.x * device) - 1,
           top = floor (rect.y * device) - 1;

    cairo_rectangle (cr, left, top,
                     ceil ((rect.x + rect.width) * device) + 1 - left,
                     ceil ((rect.y + rect.height) * device) + 1 - top);
  }
}

/* Lays the old picture where it still holds, and leaves the rest as the clip.
 * dx, dy: device pixels.  The old surface is only read: cairo would copy all of
 * it first, for the nodes that still show it, were its scale set. */
static void
lay_old (cairo_t *cr,
         const SacTilesView *key,
         const SacTilesPicture *old,
         const GArray *pieces,
         int dx,
         int dy)
{
  cairo_surface_t *surface = cairo_get_target (cr);
  double pixel = 1.0 / key->device_scale;

  cairo_set_source_surface (cr, old->surface, dx * pixel, dy * pixel);
  cairo_set_operator (cr, CAIRO_OPERATOR_SOURCE);
  cairo_paint (cr);
  cairo_set_operator (cr, CAIRO_OPERATOR_OVER);
  cairo_new_path (cr);
  cairo_save (cr);
  cairo_scale (cr, pixel, pixel);
  add_edges (cr, cairo_image_surface_get_width (surface),
             cairo_image_surface_get_height (surface), dx, dy);
  add_differences (cr, key, pieces, old->pieces);
  add_differences (cr, key, old->pieces, pieces);
  cairo_restore (cr);
  cairo_clip (cr);
}

static void
paint_scene (const SacCanvasView *view, GArray *pieces, cairo_t *cr)
{
  SacScene scene = {
    .source = sac_document_get_source (view->document),
    .camera = view->camera,
    .tone = sac_image_look_get_tone (sac_document_get_look (view->document)),
  };

  sac_scene_draw_pieces (&scene, pieces, cr, view->width, view->height);
}

static cairo_surface_t *
paint (const SacCanvasView *view,
       const SacTilesView *key,
       GArray *pieces,
       bool keeps)
{
  SacTiles *tiles = sac_document_get_tiles (view->document);
  const SacTilesPicture *old = keeps ? sac_tiles_get_picture (tiles) : NULL;
  int width = (int)(view->width * key->device_scale);
  int height = (int)(view->height * key->device_scale);
  cairo_surface_t *surface =
    keeps ? sac_tiles_take_surface (tiles, width, height)
          : cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  int dx, dy;

  cairo_surface_set_device_scale (surface, key->device_scale,
                                  key->device_scale);

  cairo_t *cr = cairo_create (surface);

  if (old != NULL && find_shift (key, &old->view, &dx, &dy))
    lay_old (cr, key, old, pieces, dx, dy);
  paint_scene (view, pieces, cr);
  cairo_destroy (cr);
  return surface;
}

/* Rows `top` to `bottom` of the picture. */
static GskRenderNode *
new_strip (const SacCanvasView *view,
           cairo_surface_t *surface,
           double top,
           double bottom)
{
  graphene_rect_t bounds =
    GRAPHENE_RECT_INIT (0, top, view->width, bottom - top);
  GskRenderNode *node = gsk_cairo_node_new (&bounds);
  cairo_t *cr = gsk_cairo_node_get_draw_context (node);

  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_paint (cr);
  cairo_destroy (cr);
  return node;
}

/* Under cairo GTK 4.8 converts every texture anew for every frame, pixel by
 * pixel; a surface it takes as it is, but by way of a cleared copy of what the
 * node covers.  That of a strip stays in the processor's cache. */
static GskRenderNode *
new_strips (const SacCanvasView *view, cairo_surface_t *surface)
{
  g_autoptr (GPtrArray) strips =
    g_ptr_array_new_with_free_func ((GDestroyNotify)gsk_render_node_unref);

  for (double top = 0; top < view->height; top += STRIP_ROWS)
    g_ptr_array_add (strips, new_strip (view, surface, top,
                                        fmin (top + STRIP_ROWS, view->height)));
  return gsk_container_node_new ((GskRenderNode **)strips->pdata, strips->len);
}

static GskRenderNode *
new_node (const SacCanvasView *view, cairo_surface_t *surface)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, view->width, view->height);

  if (sac_canvas_paints_with_cairo (view->widget)) {
    sac_renderer_keep_memory (view->widget);
    return new_strips (view, surface);
  }

  /* Where a graphics card shades, only a tone brings a picture here. */
  GdkTexture *fast =
    sac_canvas_paints_picture (view->widget)
      ? sac_texture_new_in_gl (gtk_widget_get_native (view->widget), surface)
      : NULL;
  g_autoptr (GdkTexture) texture =
    fast != NULL ? fast : sac_texture_new_for_surface (surface);

  return gsk_texture_node_new (texture, &bounds);
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

/* What is missing stands among the pieces as coarser or finer ones. */
static bool
is_complete (const SacCanvasView *view,
             const SacTilesView *key,
             const GArray *pieces)
{
  int level =
    sac_tile_store_choose_level (sac_tiles_get_store (
                                   sac_document_get_tiles (view->document)),
                                 sac_document_get_source (view->document),
                                 view->camera.scale * key->device_scale);

  for (guint i = 0; i < pieces->len; i++) {
    const SacTilePiece *piece = &g_array_index (pieces, SacTilePiece, i);

    if (piece->level != level || piece->tile.state == SAC_TILE_MISSING)
      return false;
  }
  return true;
}

GskRenderNode *
sac_canvas_picture_node (const SacCanvasView *view,
                         bool keeps,
                         bool *ret_complete)
{
  g_autoptr (GArray) pieces = sac_canvas_get_pieces (view);
  SacTilesView key = sac_canvas_picture_key (view);
  cairo_surface_t *surface = paint (view, &key, pieces, keeps);
  GskRenderNode *node = new_node (view, surface);

  if (keeps)
    sac_tiles_keep_picture (sac_document_get_tiles (view->document), &key,
                            surface, pieces);
  if (ret_complete != NULL)
    *ret_complete = is_complete (view, &key, pieces);
  cairo_surface_destroy (surface);
  return node;
}
