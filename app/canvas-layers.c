/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "canvas-layers.h"

#include "canvas-picture.h"
#include "scene/paint.h"
#include "scene/tile-view.h"
#include "texture.h"

#include <math.h>

bool
sac_canvas_paints_with_cairo (GtkWidget *widget)
{
  GtkNative *native = gtk_widget_get_native (widget);
  GskRenderer *renderer =
    native != NULL ? gtk_native_get_renderer (native) : NULL;

  return renderer != NULL && GSK_IS_CAIRO_RENDERER (renderer);
}

/* Edges, not sizes, are moved to device pixels: neighbours share them. */
graphene_rect_t
sac_canvas_snap (const SacCanvasView *view, const SacRect *rect)
{
  double device = gtk_widget_get_scale_factor (view->widget);
  double left, top, right, bottom;

  sac_camera_to_screen (&view->camera, view->width, view->height, rect->x,
                        rect->y, &left, &top);
  sac_camera_to_screen (&view->camera, view->width, view->height,
                        rect->x + rect->width, rect->y + rect->height, &right,
                        &bottom);
  left = floor (left * device + 0.5) / device;
  top = floor (top * device + 0.5) / device;
  right = floor (right * device + 0.5) / device;
  bottom = floor (bottom * device + 0.5) / device;
  return GRAPHENE_RECT_INIT (left, top, right - left, bottom - top);
}

bool
sac_canvas_get_part (const SacCanvasView *view,
                     const SacRect *rect,
                     double reach,
                     graphene_rect_t *ret_part)
{
  SacPaintView pane = {&view->camera, view->width, view->height};
  SacRect screen = sac_paint_get_screen_rect (&pane, rect);
  double left = fmax (floor (screen.x - reach), 0);
  double top = fmax (floor (screen.y - reach), 0);
  double right = fmin (ceil (screen.x + screen.width + reach), view->width);
  double bottom = fmin (ceil (screen.y + screen.height + reach), view->height);

  if (!(right > left && bottom > top))
    return false;
  *ret_part = GRAPHENE_RECT_INIT (left, top, right - left, bottom - top);
  return true;
}

static bool
is_turned (const SacCanvasView *view)
{
  return view->camera.rotation != 0 || view->camera.mirror;
}

SacCanvasView
sac_canvas_upright_view (const SacCanvasView *view)
{
  double c = fabs (cos (view->camera.rotation));
  double s = fabs (sin (view->camera.rotation));
  SacCanvasView upright = *view;

  upright.camera.rotation = 0;
  upright.camera.mirror = false;
  upright.width = c * view->width + s * view->height;
  upright.height = s * view->width + c * view->height;
  /* After a quarter turn pixels lie on pixels. */
  if (sac_camera_is_upright (&view->camera)) {
    upright.width = rint (upright.width);
    upright.height = rint (upright.height);
  }
  return upright;
}

GskRenderNode *
sac_canvas_turn_node (const SacCanvasView *view, GskRenderNode *node)
{
  if (node == NULL || !is_turned (view))
    return node;

  SacCanvasView upright = sac_canvas_upright_view (view);
  double degrees = view->camera.rotation * 180 / G_PI;
  GskTransform *transform =
    gsk_transform_translate (NULL, &GRAPHENE_POINT_INIT (view->width / 2,
                                                         view->height / 2));

  transform =
    gsk_transform_rotate (transform, sac_camera_is_upright (&view->camera)
                                       ? rint (degrees)
                                       : degrees);
  if (view->camera.mirror)
    transform = gsk_transform_scale (transform, -1, 1);
  transform =
    gsk_transform_translate (transform,
                             &GRAPHENE_POINT_INIT (-upright.width / 2,
                                                   -upright.height / 2));

  GskRenderNode *turned = gsk_transform_node_new (node, transform);

  gsk_transform_unref (transform);
  gsk_render_node_unref (node);
  return turned;
}

/* Returns: false when the texture has to wait for the next frame. */
static bool
append_image (GtkSnapshot *snapshot,
              const SacCanvasView *view,
              const SacTilePiece *piece)
{
  graphene_rect_t whole = sac_canvas_snap (view, &piece->rect);
  graphene_rect_t shown = sac_canvas_snap (view, &piece->part);
  bool is_whole = graphene_rect_equal (&whole, &shown);

  if (!graphene_rect_intersection (&shown,
                                   &GRAPHENE_RECT_INIT (0, 0, view->width,
                                                        view->height),
                                   NULL))
    return true;

  GdkTexture *texture =
    sac_tiles_get_texture (sac_document_get_tiles (view->document),
                           &piece->tile);

  if (texture == NULL)
    return false;
  if (!is_whole)
    gtk_snapshot_push_clip (snapshot, &shown);
  gtk_snapshot_append_texture (snapshot, texture, &whole);
  if (!is_whole)
    gtk_snapshot_pop (snapshot);
  return true;
}

static bool
append_piece (GtkSnapshot *snapshot,
              const SacCanvasView *view,
              const SacTilePiece *piece)
{
  static const GdkRGBA blank = {0.95, 0.95, 0.95, 1};
  SacTiles *tiles = sac_document_get_tiles (view->document);
  graphene_rect_t part = sac_canvas_snap (view, &piece->part);

  switch (piece->tile.state) {
  case SAC_TILE_MISSING:
    gtk_snapshot_append_color (snapshot, &blank, &part);
    return true;
  case SAC_TILE_BAD:
    gtk_snapshot_append_texture (snapshot, sac_tiles_get_hatching (tiles),
                                 &part);
    return true;
  case SAC_TILE_READY:
  default:
    return append_image (snapshot, view, piece);
  }
}

static int
get_rank (const SacTilePiece *piece)
{
  return piece->tile.state == SAC_TILE_MISSING ? 0
         : piece->tile.state == SAC_TILE_READY ? 1
                                               : 2;
}

static int
compare_pieces (gconstpointer a, gconstpointer b)
{
  const SacTilePiece *left = a, *right = b;
  int ranks = get_rank (left) - get_rank (right);

  return ranks != 0 ? ranks : right->level - left->level;
}

/* A turned clip costs a picture of its own.  Whole tiles, coarse ones first,
 * give the same. */
static void
make_whole (GArray *pieces)
{
  g_array_sort (pieces, compare_pieces);
  for (guint i = 0; i < pieces->len; i++) {
    SacTilePiece *piece = &g_array_index (pieces, SacTilePiece, i);

    if (piece->tile.state == SAC_TILE_READY)
      piece->part = piece->rect;
  }
}

GArray *
sac_canvas_get_pieces (const SacCanvasView *view)
{
  SacTiles *tiles = sac_document_get_tiles (view->document);
  GArray *pieces =
    sac_tile_view_new (sac_tiles_get_store (tiles),
                       sac_document_get_source (view->document), &view->camera,
                       gtk_widget_get_scale_factor (view->widget), view->width,
                       view->height);

  for (guint i = 0; i < pieces->len; i++) {
    const SacTilePiece *piece = &g_array_index (pieces, SacTilePiece, i);

    if (piece->tile.message != NULL)
      sac_tiles_tell_problem (tiles, piece->tile.message);
  }
  return pieces;
}

void
sac_canvas_append_ground (GtkSnapshot *snapshot, double width, double height)
{
  static const GdkRGBA ground = {0x33 / 255.0f, 0x33 / 255.0f, 0x33 / 255.0f,
                                 1};

  gtk_snapshot_append_color (snapshot, &ground,
                             &GRAPHENE_RECT_INIT (0, 0, width, height));
}

/* What lies below while textures have to wait: the coarsest tile, which is at
 * hand once anything is. */
static void
append_overview (GtkSnapshot *snapshot, const SacCanvasView *view)
{
  SacTileStore *store =
    sac_tiles_get_store (sac_document_get_tiles (view->document));
  SacSource *source = sac_document_get_source (view->document);
  SacTileKey key = {sac_tile_store_get_level_count (store, source) - 1, 0, 0};
  SacTilePiece piece = {
    .tile = sac_tile_store_peek (store, source, &key),
    .level = key.level,
    .rect = sac_tile_store_tile_rect (source, &key),
  };

  piece.part = piece.rect;
  append_piece (snapshot, view, &piece);
}

static GskRenderNode *
new_tiles_node (const SacCanvasView *view)
{
  g_autoptr (GArray) pieces = sac_canvas_get_pieces (view);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  SacCanvasView upright = sac_canvas_upright_view (view);
  bool complete = true;

  if (is_turned (view))
    make_whole (pieces);
  for (guint i = 0; i < pieces->len; i++)
    complete &= append_piece (snapshot, &upright,
                              &g_array_index (pieces, SacTilePiece, i));

  GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);

  if (!complete) {
    g_autoptr (GskRenderNode) above = node;

    snapshot = gtk_snapshot_new ();
    append_overview (snapshot, &upright);
    if (above != NULL)
      gtk_snapshot_append_node (snapshot, above);
    node = gtk_snapshot_free_to_node (snapshot);
  }
  g_autoptr (GskRenderNode) image = sac_canvas_turn_node (view, node);

  snapshot = gtk_snapshot_new ();
  sac_canvas_append_ground (snapshot, view->width, view->height);
  if (image != NULL)
    gtk_snapshot_append_node (snapshot, image);
  return gtk_snapshot_free_to_node (snapshot);
}

GskRenderNode *
sac_canvas_image_node (const SacCanvasView *view)
{
  SacTiles *tiles = sac_document_get_tiles (view->document);
  SacTilesView key = sac_canvas_picture_key (view);
  GskRenderNode *node = sac_tiles_find_node (tiles, &key);

  if (node != NULL)
    return node;

  /* Textures cannot be given a gamma; the picture's pixels can. */
  node =
    sac_canvas_paints_picture (view->widget) || !sac_tone_is_plain (&key.tone)
      ? sac_canvas_picture_node (view, true, NULL)
      : new_tiles_node (view);
  if (node != NULL)
    sac_tiles_keep_node (tiles, &key, node);
  return node;
}
