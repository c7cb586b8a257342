/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "work-scan.h"

#include "explain/cam-stages.h"
#include "scene/scene.h"

#define OPACITY 0.75

SacScanRow *
sac_scan_row_ref (SacScanRow *row)
{
  g_atomic_ref_count_inc (&row->ref_count);
  return row;
}

void
sac_scan_row_unref (SacScanRow *row)
{
  if (!g_atomic_ref_count_dec (&row->ref_count))
    return;
  g_free (row->layer);
  g_clear_pointer (&row->map, sac_map_unref);
  g_clear_error (&row->error);
  g_clear_pointer (&row->picture, cairo_surface_destroy);
  g_free (row);
}

static GPtrArray *
new_rows (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)sac_scan_row_unref);
}

/* On its own scale, as a pane shows it at first. */
static SacMapLayer
new_layer (const SacMap *map)
{
  SacMapLayer layer = {
    .map = map,
    .scale = sac_scale_new (SAC_SCALE_OWN, &map, 1),
    .opacity = OPACITY,
    .fade = true,
  };

  layer.colors = layer.scale.is_signed ? sac_color_map_find ("diverging")
                                       : sac_color_maps_get_all ()[0];
  return layer;
}

static bool
paint (SacScanRow *row, SacSource *source, SacJob *job, GError **error)
{
  SacScene scene = {.source = source, .layer = new_layer (row->map)};

  row->picture =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24, SAC_SCAN_PICTURE_PX,
                                SAC_SCAN_PICTURE_PX);
  sac_camera_fit_rect (&scene.camera, &row->map->geometry.seen,
                       SAC_SCAN_PICTURE_PX, SAC_SCAN_PICTURE_PX);

  cairo_t *cr = cairo_create (row->picture);
  bool painted = sac_scene_render (&scene, cr, SAC_SCAN_PICTURE_PX,
                                   SAC_SCAN_PICTURE_PX, job, error);

  if (painted)
    sac_scene_draw_map (&scene, cr, SAC_SCAN_PICTURE_PX, SAC_SCAN_PICTURE_PX);
  cairo_destroy (cr);
  return painted;
}

/* What a method cannot do at one layer is told in its row.  Returns: NULL when
 * cancelled, or when the image cannot be read. */
static SacScanRow *
make_row (const SacMapRequest *request,
          SacExplainRequest *wanted,
          SacJob *job,
          GError **error)
{
  SacScanRow *row = g_new0 (SacScanRow, 1);

  g_atomic_ref_count_init (&row->ref_count);
  row->layer = g_strdup (wanted->layer);
  row->map = sac_method_run (sac_method_find (request->choice.method), wanted,
                             job, &row->error);
  if (g_error_matches (row->error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_propagate_error (error, g_steal_pointer (&row->error));
    sac_scan_row_unref (row);
    return NULL;
  }
  if (row->map == NULL || paint (row, request->findings->source, job, error))
    return row;
  sac_scan_row_unref (row);
  return NULL;
}

static void
tell (const SacMapRequest *request, GPtrArray *rows, double share)
{
  GPtrArray *copy = new_rows ();

  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (copy, sac_scan_row_ref (rows->pdata[i]));
  sac_partials_put (request->partials, copy, share);
}

static gpointer
run_scan (gpointer data, SacJob *job, GError **error)
{
  const SacMapRequest *request = data;
  g_autoptr (GPtrArray) rows = new_rows ();
  SacExplainRequest wanted;

  if (!sac_map_request_fill (request, &wanted, error))
    return NULL;
  wanted.layer = NULL;

  g_auto (GStrv) layers = sac_cam_stages_names (&wanted, job, error);
  guint count = layers != NULL ? g_strv_length (layers) : 0;

  for (guint i = 0; i < count; i++) {
    wanted.layer = layers[i];

    SacScanRow *row = make_row (request, &wanted, job, error);

    if (row == NULL)
      return NULL;
    g_ptr_array_add (rows, row);
    tell (request, rows, (i + 1.0) / count);
  }
  return layers != NULL ? g_steal_pointer (&rows) : NULL;
}

const SacWork sac_work_scan = {
  .run = run_scan,
  .free_request = (GDestroyNotify)sac_map_request_free,
  .free_result = (GDestroyNotify)g_ptr_array_unref,
};
