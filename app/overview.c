/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "overview.h"

#include "canvas-picture.h"
#include "image-look.h"

#include <math.h>

#define KEY "sac-overview"

/* Of the pane's shorter side, within limits; distance from its corner. */
#define SHARE 0.28
#define SMALLEST 84.0
#define LARGEST 220.0
#define MARGIN 14.0

/* A pane with less has no room beside the scale bar. */
#define LEAST_WIDTH 280
#define LEAST_HEIGHT 200

/* A box that is smaller would not be seen. */
#define LEAST_BOX 7.0
#define BOX_LINE 2

typedef struct {
  SacCanvas *canvas;
  SacDocument *document;
  SacPaneState *pane;
  /* The picture, and what it was made for. */
  GskRenderNode *picture; /* NULL: to be made */
  SacTilesView made_for;
  SacSource *made_of; /* not owned: only compared */
  guint64 serial;     /* of the coarsest tile, by which it ages; 0: none yet */
  bool is_complete;   /* made of its own tiles, not of others in their place */
  /* While it is pressed: from the pointer to the middle of the view. */
  double grab_x, grab_y; /* level-0 pixels */
} Overview;

static bool
is_all_visible (const SacCanvasView *view, const SacRect *image)
{
  for (int corner = 0; corner < 4; corner++) {
    double x, y;

    sac_camera_to_screen (&view->camera, view->width, view->height,
                          image->x + (corner & 1 ? image->width : 0),
                          image->y + (corner & 2 ? image->height : 0), &x, &y);
    if (x < -0.5 || y < -0.5 || x > view->width + 0.5 || y > view->height + 0.5)
      return false;
  }
  return true;
}

bool
sac_overview_find_place (const SacCanvasView *view,
                         graphene_rect_t *ret_place,
                         SacCamera *ret_camera)
{
  SacSource *source = sac_document_get_source (view->document);
  SacPaneSet *panes = sac_document_get_panes (view->document);
  SacCamera camera = view->camera;

  if (source == NULL || view->width < LEAST_WIDTH ||
      view->height < LEAST_HEIGHT ||
      !sac_image_look_has_overview (sac_document_get_look (view->document)) ||
      sac_pane_set_get_compared (panes, 0) != view->pane)
    return false;

  SacRect image = sac_source_get_bounds (source);

  if (is_all_visible (view, &image))
    return false;

  double side =
    CLAMP (fmin (view->width, view->height) * SHARE, SMALLEST, LARGEST);
  double c = fabs (cos (camera.rotation)), s = fabs (sin (camera.rotation));

  sac_camera_fit_rect (&camera, &image, side, side);

  double width =
    fmax (rint ((c * image.width + s * image.height) * camera.scale), 8);
  double height =
    fmax (rint ((s * image.width + c * image.height) * camera.scale), 8);

  *ret_place =
    GRAPHENE_RECT_INIT (floor (view->width - width - MARGIN),
                        floor (view->height - height - MARGIN), width, height);
  *ret_camera = camera;
  return true;
}

/* What the panes show, on the picture, and no more than it. */
static graphene_rect_t
find_box (const SacCanvasView *view,
          const graphene_rect_t *place,
          const SacCamera *camera)
{
  double ratio = camera->scale / view->camera.scale, x, y;
  double width = fmax (view->width * ratio, LEAST_BOX);
  double height = fmax (view->height * ratio, LEAST_BOX);
  graphene_rect_t all =
    GRAPHENE_RECT_INIT (0, 0, place->size.width, place->size.height);
  graphene_rect_t box;

  sac_camera_to_screen (camera, place->size.width, place->size.height,
                        view->camera.x, view->camera.y, &x, &y);
  box = GRAPHENE_RECT_INIT (rint (x - width / 2), rint (y - height / 2),
                            rint (width), rint (height));
  if (!graphene_rect_intersection (&box, &all, &box))
    box = GRAPHENE_RECT_INIT (0, 0, 0, 0);
  return box;
}

static guint64
get_serial (SacDocument *document, SacSource *source)
{
  SacTileStore *store = sac_tiles_get_store (sac_document_get_tiles (document));
  SacTileKey key = {sac_tile_store_get_level_count (store, source) - 1, 0, 0};

  return sac_tile_store_peek (store, source, &key).serial;
}

static bool
is_current (const Overview *overview,
            const SacTilesView *key,
            SacSource *source,
            guint64 serial)
{
  return overview->picture != NULL && overview->is_complete &&
         overview->made_of == source && overview->serial == serial &&
         sac_tiles_view_equal (&overview->made_for, key);
}

/* Painted again only when it has to be another: panning moves the box alone. */
static GskRenderNode *
get_picture (Overview *overview,
             const SacCanvasView *view,
             const graphene_rect_t *place,
             const SacCamera *camera)
{
  SacCanvasView small = *view;
  SacSource *source = sac_document_get_source (view->document);
  guint64 serial = get_serial (view->document, source);

  small.camera = *camera;
  small.width = place->size.width;
  small.height = place->size.height;

  SacTilesView key = sac_canvas_picture_key (&small);

  if (is_current (overview, &key, source, serial))
    return overview->picture;
  g_clear_pointer (&overview->picture, gsk_render_node_unref);
  overview->picture =
    sac_canvas_picture_node (&small, false, &overview->is_complete);
  overview->made_for = key;
  overview->made_of = source;
  overview->serial = serial;
  return overview->picture;
}

static void
draw_box (GtkSnapshot *snapshot, const graphene_rect_t *box)
{
  static const GdkRGBA line = {0.11, 0.44, 0.85, 1};
  static const GdkRGBA edge = {1, 1, 1, 0.9};
  graphene_rect_t inner;

  graphene_rect_inset_r (box, BOX_LINE, BOX_LINE, &inner);
  sac_canvas_append_frame (snapshot, box, 1, &edge);
  sac_canvas_append_frame (snapshot, &inner, BOX_LINE, &line);
}

static void
draw (gpointer state, GtkSnapshot *snapshot, const SacCanvasView *view)
{
  static const GdkRGBA light = {1, 1, 1, 0.95};
  static const GdkRGBA dark = {0, 0, 0, 0.55};
  Overview *overview = state;
  graphene_rect_t place, outer;
  SacCamera camera;

  if (!sac_overview_find_place (view, &place, &camera)) {
    g_clear_pointer (&overview->picture, gsk_render_node_unref);
    return;
  }

  graphene_rect_t all =
    GRAPHENE_RECT_INIT (0, 0, place.size.width, place.size.height);
  graphene_rect_t box = find_box (view, &place, &camera);
  GskRenderNode *picture = get_picture (overview, view, &place, &camera);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &place.origin);
  gtk_snapshot_push_clip (snapshot, &all);
  if (picture != NULL)
    gtk_snapshot_append_node (snapshot, picture);
  if (box.size.width > 0)
    draw_box (snapshot, &box);
  gtk_snapshot_pop (snapshot);
  sac_canvas_append_frame (snapshot, &all, 1, &light);
  graphene_rect_inset_r (&all, -1, -1, &outer);
  sac_canvas_append_frame (snapshot, &outer, 1, &dark);
  gtk_snapshot_restore (snapshot);
}

static SacCanvasView
get_view (const Overview *overview)
{
  GtkWidget *widget = GTK_WIDGET (overview->canvas);

  return (SacCanvasView){
    .document = overview->document,
    .pane = overview->pane,
    .widget = widget,
    .camera =
      *sac_viewport_get_camera (sac_document_get_viewport (overview->document)),
    .width = gtk_widget_get_width (widget),
    .height = gtk_widget_get_height (widget),
  };
}

/* The level-0 point below a point of the canvas. */
static void
locate (const graphene_rect_t *place,
        const SacCamera *camera,
        const SacCanvasPoint *point,
        double *ret_x,
        double *ret_y)
{
  sac_camera_to_image (camera, place->size.width, place->size.height,
                       point->x - place->origin.x, point->y - place->origin.y,
                       ret_x, ret_y);
}

static void
drag (gpointer state, const SacCanvasPoint *point)
{
  Overview *overview = state;
  SacCanvasView view = get_view (overview);
  graphene_rect_t place;
  SacCamera camera;
  double x, y;

  if (!sac_overview_find_place (&view, &place, &camera))
    return;
  locate (&place, &camera, point, &x, &y);
  sac_viewport_move_to (sac_document_get_viewport (overview->document),
                        x + overview->grab_x, y + overview->grab_y);
}

/* The box is taken where it is pressed; elsewhere it comes there. */
static bool
press (gpointer state, const SacCanvasPoint *point)
{
  Overview *overview = state;
  SacCanvasView view = get_view (overview);
  graphene_rect_t place;
  SacCamera camera;
  double x, y;

  if (!sac_overview_find_place (&view, &place, &camera) ||
      !graphene_rect_contains_point (&place,
                                     &GRAPHENE_POINT_INIT (point->x, point->y)))
    return false;

  graphene_rect_t box = find_box (&view, &place, &camera);

  graphene_rect_offset (&box, place.origin.x, place.origin.y);
  overview->grab_x = overview->grab_y = 0;
  if (graphene_rect_contains_point (&box, &GRAPHENE_POINT_INIT (point->x,
                                                                point->y))) {
    locate (&place, &camera, point, &x, &y);
    overview->grab_x = view.camera.x - x;
    overview->grab_y = view.camera.y - y;
  }
  drag (overview, point);
  return true;
}

static void
free_state (gpointer state)
{
  Overview *overview = state;

  g_clear_pointer (&overview->picture, gsk_render_node_unref);
  g_object_unref (overview->document);
  g_object_unref (overview->pane);
  g_free (overview);
}

static const SacCanvasOverlayKind kind = {
  .draw = draw,
  .press = press,
  .drag = drag,
  .free_state = free_state,
};

/* The picture may have been painted before its tiles came.  What has arrived is
 * found in the store from the next frame on: it cannot be asked for yet. */
static void
on_tiles_arrived (SacCanvas *canvas)
{
  const Overview *overview = g_object_get_data (G_OBJECT (canvas), KEY);

  if (overview->picture != NULL && !overview->is_complete)
    sac_canvas_redraw_overlays (canvas);
}

void
sac_overview_attach (SacCanvas *canvas,
                     SacDocument *document,
                     SacPaneState *pane)
{
  Overview *overview = g_new0 (Overview, 1);

  overview->canvas = canvas;
  overview->document = g_object_ref (document);
  overview->pane = g_object_ref (pane);
  sac_canvas_add_overlay (canvas, &kind, overview);
  g_object_set_data (G_OBJECT (canvas), KEY, overview);
  g_signal_connect_object (sac_document_get_tiles (document), "arrived",
                           G_CALLBACK (on_tiles_arrived), canvas,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_look (document), "overview",
                           G_CALLBACK (sac_canvas_redraw_overlays), canvas,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_panes (document), "changed",
                           G_CALLBACK (sac_canvas_redraw_overlays), canvas,
                           G_CONNECT_SWAPPED);
}
