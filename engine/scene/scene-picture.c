/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A scene as the window paints it, from tiles, once all of them are there. */
#include "base/error.h"
#include "scene/paint.h"
#include "scene/scene-file.h"
#include "scene/tile-view.h"

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

/* ret_complete: nothing is awaited any more. */
static void
look (const SacScene *scene,
      SacTileStore *tiles,
      int width,
      int height,
      bool *ret_complete,
      char **ret_problem)
{
  sac_tile_store_begin (tiles);

  g_autoptr (GArray) pieces =
    sac_tile_view_new (tiles, scene->source, &scene->camera, 1, width, height);

  *ret_complete = sac_tile_store_get_pending (tiles) == 0;
  for (guint i = 0; i < pieces->len; i++) {
    const SacTilePiece *piece = &g_array_index (pieces, SacTilePiece, i);

    if (piece->tile.state == SAC_TILE_BAD && *ret_problem == NULL)
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

typedef void (*DrawPart) (const SacScene *scene,
                          cairo_t *cr,
                          int width,
                          int height);

/* On a sheet of its own, as the window's renderer lays one layer over the
 * other: drawn straight onto the image, roundings would differ. */
static void
lay (DrawPart draw, const SacScene *scene, cairo_t *cr, const SacImage *image)
{
  cairo_push_group (cr);
  draw (scene, cr, image->width, image->height);
  cairo_pop_group_to_source (cr);
  cairo_paint (cr);
}

static void
paint (const SacScene *scene, SacTileStore *tiles, SacImage *image)
{
  cairo_surface_t *surface = sac_paint_surface_new (image);
  cairo_t *cr = cairo_create (surface);

  sac_scene_draw_image (scene, tiles, cr, image->width, image->height);
  lay (sac_scene_draw_map, scene, cr, image);
  lay (sac_scene_draw_marks, scene, cr, image);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
}

SacImage *
sac_scene_file_draw (const SacSceneFile *file,
                     int width,
                     int height,
                     SacJob *job,
                     char **ret_problem,
                     GError **error)
{
  SacScene scene = file->scene;
  g_autoptr (SacImage) image = sac_image_new (width, height, error);
  Waiter waiter = {0};

  *ret_problem = NULL;
  if (image == NULL)
    return NULL;
  if (!file->has_camera) {
    SacRect bounds = sac_source_get_bounds (scene.source);

    sac_camera_frame (&scene.camera, &bounds, width, height);
  }
  g_mutex_init (&waiter.mutex);
  g_cond_init (&waiter.arrived);

  SacTileStore *tiles = sac_tile_store_new (BUDGET_BYTES, 0, on_ready, &waiter);
  bool fetched =
    fetch (&scene, tiles, &waiter, width, height, job, ret_problem, error);

  if (fetched)
    paint (&scene, tiles, image);
  sac_tile_store_free (tiles);
  g_cond_clear (&waiter.arrived);
  g_mutex_clear (&waiter.mutex);
  if (!fetched) {
    g_clear_pointer (ret_problem, g_free);
    return NULL;
  }
  return g_steal_pointer (&image);
}
