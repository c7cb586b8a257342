/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A scene as the window paints it, from tiles, once all of them are there. */
#include "base/error.h"
#include "scene/paint-annotations.h"
#include "scene/paint.h"
#include "scene/scene-view.h"
#include "scene/tile-view.h"

#include <math.h>

#define BUDGET_BYTES ((size_t)192 << 20)

/* How often cancelling is looked at while tiles come. */
#define PATIENCE_MS 50

typedef struct {
  GMutex mutex;
  GCond arrived;
  bool has_arrived;
} Waiter;

/* On a decode thread. */
static void
on_ready (void *data)
{
  Waiter *waiter = data;

  g_mutex_lock (&waiter->mutex);
  waiter->has_arrived = true;
  g_cond_signal (&waiter->arrived);
  g_mutex_unlock (&waiter->mutex);
}

static void
wait_a_little (Waiter *waiter)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_MS * G_TIME_SPAN_MILLISECOND;

  g_mutex_lock (&waiter->mutex);
  while (!waiter->has_arrived &&
         g_cond_wait_until (&waiter->arrived, &waiter->mutex, end)) {
  }
  waiter->has_arrived = false;
  g_mutex_unlock (&waiter->mutex);
}

/* ret_complete: nothing was awaited before and nothing has been asked for now,
 * however fast it came: what comes is taken in by the next look. */
static void
look (const SacScene *scene,
      SacTileStore *tiles,
      int width,
      int height,
      bool *ret_complete,
      char **ret_problem)
{
  bool was_idle = sac_tile_store_get_pending (tiles) == 0;
  guint64 decoded = sac_tile_store_get_decoded (tiles);

  sac_tile_store_begin (tiles);

  g_autoptr (GArray) pieces =
    sac_tile_view_new (tiles, scene->source, &scene->camera, 1, width, height);

  *ret_complete = was_idle && sac_tile_store_get_pending (tiles) == 0 &&
                  sac_tile_store_get_decoded (tiles) == decoded;
  for (guint i = 0; i < pieces->len; i++) {
    const SacTilePiece *piece = &g_array_index (pieces, SacTilePiece, i);

    if (piece->tile.message != NULL && *ret_problem == NULL)
      *ret_problem = g_strdup (piece->tile.message);
  }
}

static bool
fetch (const SacScene *scene,
       SacTileStore *tiles,
       Waiter *waiter,
       int width,
       int height,
       SacJob *job,
       char **ret_problem,
       GError **error)
{
  bool complete = false;

  while (!complete) {
    g_clear_pointer (ret_problem, g_free);
    look (scene, tiles, width, height, &complete, ret_problem);
    if (!sac_job_check (job, error))
      return false;
    if (!complete)
      wait_a_little (waiter);
  }
  return true;
}

/* What the maps of a view become together. */
typedef struct {
  SacMap *difference;
  SacOverlap *overlap;
  SacDisagreement *disagreement;
} Pair;

static void
pair_clear (Pair *pair)
{
  g_clear_pointer (&pair->difference, sac_map_unref);
  g_clear_pointer (&pair->overlap, sac_overlap_free);
  g_clear_pointer (&pair->disagreement, sac_disagreement_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

static bool
find_disagreement (Pair *pair, const SacSceneView *view, GError **error)
{
  const SacSceneOutlines *outlines = &view->outlines;

  if (outlines->a == NULL)
    return true;
  pair->disagreement =
    sac_disagreement_new (outlines->a, outlines->b, outlines->share,
                          outlines->least, error);
  return pair->disagreement != NULL;
}

static bool
pair_init (Pair *pair, const SacSceneView *view, GError **error)
{
  if (!find_disagreement (pair, view, error))
    return false;
  if (view->layers->len == 0 || view->others->len == 0)
    return true;

  const SacMap *a = g_array_index (view->layers, SacSceneLayer, 0).layer.map;
  const SacMap *b = g_array_index (view->others, SacSceneLayer, 0).layer.map;

  if (view->compare.mode == SAC_COMPARE_DIFFERENCE)
    return (pair->difference = sac_map_difference (a, b, error)) != NULL;
  if (view->compare.mode == SAC_COMPARE_AGREEMENT)
    return (pair->overlap = sac_overlap_new (a, b, view->share, error)) != NULL;
  return true;
}

typedef struct {
  const SacSceneView *view;
  SacScene scene; /* with the camera */
  SacTileStore *tiles;
  const Pair *pair;
  cairo_t *cr;
  bool is_lens; /* what is under the lens has no sheets */
  int left;     /* where sheets of maps begin: a scaled surface is rounded by
                   where it begins, and the window's does at the divider */
  int width, height;
} Painter;

/* Each part on a sheet of its own, without the clip, as the window's renderer
 * lays one layer over the other: drawn straight onto the image, roundings
 * would differ.  Returns: what to draw with. */
static cairo_t *
begin_sheet (const Painter *painter)
{
  if (painter->is_lens)
    return cairo_reference (painter->cr);

  cairo_surface_t *sheet =
    cairo_image_surface_create (CAIRO_FORMAT_ARGB32, painter->width,
                                painter->height);
  cairo_t *cr = cairo_create (sheet);

  cairo_surface_destroy (sheet);
  return cr;
}

static void
lay_sheet (const Painter *painter, cairo_t *cr)
{
  if (!painter->is_lens) {
    cairo_set_source_surface (painter->cr, cairo_get_target (cr), 0, 0);
    cairo_paint (painter->cr);
  }
  cairo_destroy (cr);
}

/* The part of a sheet that begins at painter->left. */
static cairo_t *
begin_map_sheet (const Painter *painter)
{
  if (painter->is_lens || painter->left <= 0 || painter->left >= painter->width)
    return begin_sheet (painter);

  cairo_surface_t *sheet =
    cairo_image_surface_create (CAIRO_FORMAT_ARGB32,
                                painter->width - painter->left,
                                painter->height);

  cairo_surface_set_device_offset (sheet, -painter->left, 0);

  cairo_t *cr = cairo_create (sheet);

  cairo_surface_destroy (sheet);
  return cr;
}

static void
lay_map (const Painter *painter, const SacMapLayer *layer)
{
  SacScene scene = painter->scene;

  scene.layer = *layer;

  cairo_t *cr = begin_map_sheet (painter);

  sac_scene_draw_map (&scene, cr, painter->width, painter->height);
  lay_sheet (painter, cr);
}

static void
lay_maps (const Painter *painter, const GArray *layers)
{
  for (guint i = 0; i < layers->len; i++) {
    const SacSceneLayer *item = &g_array_index (layers, SacSceneLayer, i);
    SacMapLayer layer = item->layer;
    g_autoptr (GPtrArray) lines =
      item->has_contour
        ? sac_scene_contours_new (layer.map, &layer.scale, item->contour)
        : NULL;

    layer.contours = lines;
    lay_map (painter, &layer);
  }
}

static void
lay_overlap (const Painter *painter, double opacity)
{
  cairo_t *cr = begin_sheet (painter);

  sac_scene_draw_overlap (&painter->scene, painter->pair->overlap, opacity, cr,
                          painter->width, painter->height);
  lay_sheet (painter, cr);
}

static cairo_t *
draw_image (const Painter *painter)
{
  cairo_t *cr = begin_sheet (painter);

  sac_scene_draw_image (&painter->scene, painter->tiles, cr, painter->width,
                        painter->height);
  return cr;
}

static void
lay_image (const Painter *painter)
{
  lay_sheet (painter, draw_image (painter));
}

static void
lay_mark (const Painter *painter, const SacScene *scene)
{
  cairo_t *cr = begin_sheet (painter);

  sac_scene_draw_marks (scene, cr, painter->width, painter->height);
  lay_sheet (painter, cr);
}

/* The border of what the model saw, and then the scale bar. */
static void
lay_marks (const Painter *painter)
{
  SacScene border = painter->scene, bar = painter->scene;

  border.has_cursor = border.show_scale_bar = false;
  bar.has_cursor = bar.show_seen = false;
  lay_mark (painter, &border);
  lay_mark (painter, &bar);
}

static void
lay_lens (const Painter *painter)
{
  const SacSceneView *view = painter->view;
  cairo_t *image = draw_image (painter);
  Painter lens = *painter;

  lens.cr = sac_scene_begin_lens (&view->compare, cairo_get_target (image));
  lens.is_lens = true;
  lay_maps (&lens, view->others);
  lay_marks (&lens);
  sac_scene_end_lens (&view->compare, lens.cr, painter->cr);
  cairo_destroy (image);
}

/* What of B's, or of both, lies over A's picture, the image below it once
 * more. */
static void
lay_comparison (const Painter *painter)
{
  const SacSceneView *view = painter->view;
  const SacMapLayer *first =
    view->layers->len > 0
      ? &g_array_index (view->layers, SacSceneLayer, 0).layer
      : NULL;

  if (view->compare.mode == SAC_COMPARE_FLICKER && !view->compare.shows_other)
    return;
  cairo_save (painter->cr);
  sac_scene_clip_other (&view->compare, painter->cr, painter->width,
                        painter->height);
  lay_image (painter);
  if (painter->pair->difference != NULL) {
    SacMapLayer layer =
      sac_scene_difference_layer (painter->pair->difference,
                                  view->difference_colors, first->opacity,
                                  first->smooth);

    lay_map (painter, &layer);
  } else if (painter->pair->overlap != NULL) {
    lay_overlap (painter, first->opacity);
  } else if (view->compare.mode != SAC_COMPARE_DIFFERENCE &&
             view->compare.mode != SAC_COMPARE_AGREEMENT) {
    Painter other = *painter;

    if (view->compare.mode == SAC_COMPARE_SWIPE)
      other.left = (int)round (view->compare.divider * painter->width);
    lay_maps (&other, view->others);
  }
  lay_marks (painter);
  cairo_restore (painter->cr);
}

static void
lay_compare_marks (const Painter *painter)
{
  cairo_t *cr = begin_sheet (painter);

  sac_scene_draw_compare_marks (&painter->view->compare, cr, painter->width,
                                painter->height);
  lay_sheet (painter, cr);
}

static void
lay_disagreement (const Painter *painter)
{
  cairo_t *cr = begin_sheet (painter);

  sac_scene_draw_disagreement (&painter->scene, painter->pair->disagreement, cr,
                               painter->width, painter->height);
  lay_sheet (painter, cr);
}

static void
lay_annotations (const Painter *painter)
{
  cairo_t *cr = begin_sheet (painter);

  sac_paint_annotation_set (cr, painter->view->annotations,
                            sac_source_get_mpp (painter->scene.source),
                            &painter->scene.camera, painter->width,
                            painter->height);
  lay_sheet (painter, cr);
}

static void
lay_cursor (const Painter *painter)
{
  SacScene scene = {
    .source = painter->scene.source,
    .camera = painter->scene.camera,
    .has_cursor = true,
    .cursor_x = painter->scene.cursor_x,
    .cursor_y = painter->scene.cursor_y,
  };
  lay_mark (painter, &scene);
}

/* In the order in which a canvas lays them. */
static void
paint (const Painter *painter)
{
  const SacSceneView *view = painter->view;

  lay_image (painter);
  lay_maps (painter, view->layers);
  lay_marks (painter);
  if (view->compare.mode != SAC_COMPARE_SIDE) {
    if (view->compare.mode == SAC_COMPARE_LENS)
      lay_lens (painter);
    else
      lay_comparison (painter);
    lay_compare_marks (painter);
  }
  if (painter->pair->disagreement != NULL)
    lay_disagreement (painter);
  if (view->annotations != NULL)
    lay_annotations (painter);
  if (painter->scene.has_cursor)
    lay_cursor (painter);
}

static void
paint_image (Painter *painter, SacImage *image)
{
  cairo_surface_t *surface = sac_paint_surface_new (image);

  painter->cr = cairo_create (surface);
  paint (painter);
  cairo_destroy (painter->cr);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
}

SacImage *
sac_scene_view_draw (const SacSceneView *view,
                     int width,
                     int height,
                     SacJob *job,
                     char **ret_problem,
                     GError **error)
{
  Painter painter = {.view = view,
                     .scene = view->scene,
                     .width = width,
                     .height = height};
  g_autoptr (SacImage) image = sac_image_new (width, height, error);
  g_auto (Pair) pair = {0};
  Waiter waiter = {0};

  *ret_problem = NULL;
  if (image == NULL || !pair_init (&pair, view, error))
    return NULL;
  painter.pair = &pair;
  if (!view->has_camera) {
    SacRect bounds = sac_source_get_bounds (painter.scene.source);

    sac_camera_frame (&painter.scene.camera, &bounds, width, height);
  }
  g_mutex_init (&waiter.mutex);
  g_cond_init (&waiter.arrived);
  painter.tiles = sac_tile_store_new (BUDGET_BYTES, 0, on_ready, &waiter);

  bool fetched = fetch (&painter.scene, painter.tiles, &waiter, width, height,
                        job, ret_problem, error);

  if (fetched)
    paint_image (&painter, image);
  sac_tile_store_free (painter.tiles);
  g_cond_clear (&waiter.arrived);
  g_mutex_clear (&waiter.mutex);
  if (!fetched) {
    g_clear_pointer (ret_problem, g_free);
    return NULL;
  }
  return g_steal_pointer (&image);
}
