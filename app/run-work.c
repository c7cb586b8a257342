/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The calling thread is for runs alone, so it and those that it starts stand
 * back for good: the window and what a reader asks for meanwhile come first. */
#define _GNU_SOURCE
#include "run-work.h"

#include "annotation/annotation-file.h"
#include "base/error.h"
#include "base/output.h"
#include "image/resize.h"
#include "report/run-files.h"
#include "slide/slide-report.h"
#include "slide/slide-stitch.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Maps on their way are made no more often: the eye is content.  Each has to be
 * drawn anew, which of a large one takes the window longer than a frame; so
 * much more seldom that fewer than one frame in twenty has to do it. */
#define MAPS_MICROSECONDS (300 * G_TIME_SPAN_MILLISECOND)
#define MAPS_MICROSECONDS_A_CELL 8

#define NICENESS 10
#define LEAST_SHARE 0.05
#define POSITIVE 0.5

struct SacRunRequest {
  SacRunOrder *order;
  SacAnnotations *drawn;
  SacSource *source;
  SacRunLink *link;
};

/* What a run is made of, in the order of making. */
typedef struct {
  const SacRunRequest *request;
  SacJob *job;
  SacSource *source;
  GPtrArray *models; /* of SacModel */
  GArray *methods;   /* of SacSlideMethod */
  SacTissue *tissue; /* NULL: all tiles */
  SacSlideRun *run;
  gint64 maps_time;
} Making;

SacRunRequest *
sac_run_request_new (const SacRunOrder *order,
                     const SacAnnotations *drawn,
                     SacSource *source,
                     SacRunLink *link)
{
  SacRunRequest *request = g_new0 (SacRunRequest, 1);

  request->order = sac_run_order_copy (order);
  request->drawn = drawn != NULL ? sac_annotations_copy (drawn) : NULL;
  request->source = source != NULL ? sac_source_ref (source) : NULL;
  request->link = sac_run_link_ref (link);
  return request;
}

static void
request_free (SacRunRequest *request)
{
  sac_run_order_free (request->order);
  g_clear_pointer (&request->drawn, sac_annotations_free);
  g_clear_pointer (&request->source, sac_source_unref);
  sac_run_link_unref (request->link);
  g_free (request);
}

static void
item_free (SacRunItem *item)
{
  sac_map_unref (item->map);
  g_free (item->class_name);
  g_free (item);
}

static void
tile_free (SacRunTile *tile)
{
  sac_image_unref (tile->pixels);
  g_free (tile);
}

SacRunResult *
sac_run_result_ref (SacRunResult *result)
{
  g_atomic_ref_count_inc (&result->ref_count);
  return result;
}

void
sac_run_result_unref (SacRunResult *result)
{
  if (result == NULL || !g_atomic_ref_count_dec (&result->ref_count))
    return;
  g_ptr_array_unref (result->items);
  g_ptr_array_unref (result->tiles);
  g_clear_pointer (&result->summary, json_object_unref);
  g_free (result->shown);
  g_free (result);
}

static void
making_clear (Making *self)
{
  sac_slide_run_free (self->run);
  g_clear_pointer (&self->tissue, sac_tissue_free);
  g_clear_pointer (&self->methods, g_array_unref);
  g_clear_pointer (&self->models, g_ptr_array_unref);
  g_clear_pointer (&self->source, sac_source_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Making, making_clear)

static bool
open_parts (Making *self, GError **error)
{
  const SacRunOrder *order = self->request->order;

  self->source = self->request->source != NULL
                   ? sac_source_ref (self->request->source)
                   : sac_source_open (order->slide, self->job, error);
  if (self->source == NULL)
    return false;
  self->models =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_model_unref);
  for (size_t i = 0; order->models[i] != NULL; i++) {
    SacModel *model = sac_model_open (order->models[i], self->job, error);

    if (model == NULL)
      return false;
    g_ptr_array_add (self->models, model);
  }
  self->methods = g_array_new (FALSE, TRUE, sizeof (SacSlideMethod));
  for (size_t i = 0; order->methods != NULL && order->methods[i] != NULL; i++) {
    SacSlideMethod method = {.method = sac_method_find (order->methods[i]),
                             .class_text = order->class_id};

    if (method.method == NULL) {
      g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                   "there is no method \"%s\"", order->methods[i]);
      return false;
    }
    g_array_append_val (self->methods, method);
  }
  return true;
}

static bool
write_drawn (const SacRunRequest *request, GError **error)
{
  if (request->drawn == NULL)
    return true;

  g_autofree char *text = sac_annotations_to_geojson (request->drawn);
  g_autofree char *folder = g_path_get_dirname (request->order->mask);

  return sac_output_make_folder (folder, error) &&
         sac_output_write (request->order->mask, text, strlen (text), error);
}

static bool
find_tissue (Making *self, GError **error)
{
  const SacRunOrder *order = self->request->order;
  SacTissueParams params = sac_tissue_defaults;
  double mpp = order->mpp > 0 ? order->mpp : sac_source_get_mpp (self->source);

  params.threshold = order->threshold;
  /* The run itself says that there are no micrometres. */
  if (order->tissue == SAC_RUN_TISSUE_ALL || mpp <= 0)
    return true;
  if (order->tissue == SAC_RUN_TISSUE_DRAWN &&
      !write_drawn (self->request, error))
    return false;
  self->tissue =
    order->tissue == SAC_RUN_TISSUE_DRAWN
      ? sac_tissue_read (order->mask, self->source, mpp, self->job, error)
      : sac_tissue_find (self->source, mpp, &params, self->job, error);
  return self->tissue != NULL;
}

static bool
begin (Making *self, GError **error)
{
  const SacRunOrder *order = self->request->order;
  SacSlideParams params = {
    .source = self->source,
    .mpp = order->mpp,
    .models = (SacModel *const *)self->models->pdata,
    .model_count = self->models->len,
    .methods = (const SacSlideMethod *)(void *)self->methods->data,
    .method_count = self->methods->len,
    .tissue = self->tissue,
    .least_share = LEAST_SHARE,
    .region = order->region,
    .stride = order->stride,
    .folder = order->folder,
  };

  self->run = sac_slide_run_new (&params, self->job, error);
  return self->run != NULL;
}

/* The class that a run shows first: the one that is explained, else the last,
 * which is the positive one of two. */
static size_t
choose_class (const Making *self, size_t model)
{
  const SacSlideModel *info = sac_slide_run_get_model (self->run, model);
  const char *wanted = self->request->order->class_id;
  gint64 index = -1;

  if (wanted != NULL)
    index = sac_model_find_class (info->model, info->output_index, info->width,
                                  wanted, NULL);
  return index >= 0 ? (size_t)index : info->width - 1;
}

static void
put_maps (Making *self)
{
  GPtrArray *maps =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_map_unref);

  for (size_t m = 0; m < sac_slide_run_get_model_count (self->run); m++)
    g_ptr_array_add (maps, sac_slide_run_get_map (self->run, m,
                                                  choose_class (self, m)));
  sac_run_link_take_maps (self->request->link, maps);
  self->maps_time = g_get_monotonic_time ();
}

static void
on_batch (SacSlideRun *run, void *data)
{
  Making *self = data;
  const SacTileGrid *grid = sac_slide_run_get_grid (run);
  gint64 cells = (gint64)grid->rows * grid->columns;
  gint64 pause = MAX (MAPS_MICROSECONDS, cells * MAPS_MICROSECONDS_A_CELL);

  if (g_get_monotonic_time () - self->maps_time >= pause)
    put_maps (self);
}

static void
add_item (SacRunResult *result,
          SacMap *map,
          size_t model,
          const SacMethod *method,
          char *class_name)
{
  SacRunItem *item = g_new0 (SacRunItem, 1);

  item->map = map;
  item->model = model;
  item->method = method;
  item->class_name = class_name;
  g_ptr_array_add (result->items, item);
}

static void
add_classes (Making *self, SacRunResult *result, size_t model)
{
  const SacSlideModel *info = sac_slide_run_get_model (self->run, model);
  size_t first = choose_class (self, model);

  for (size_t c = 0; c < info->width; c++) {
    if (c != first && info->width > SAC_RUN_CLASSES_MOST &&
        c >= SAC_RUN_CLASSES_MOST)
      continue;
    if (c == first)
      result->shown[model] = result->items->len;
    add_item (result, sac_slide_run_get_map (self->run, model, c), model, NULL,
              sac_slide_name_class (info, c));
  }
}

static bool
add_methods (Making *self, SacRunResult *result, GError **error)
{
  for (size_t i = 0; i < sac_slide_run_get_method_count (self->run); i++) {
    size_t model;
    const SacMethod *method = sac_slide_run_get_method (self->run, i, &model);
    SacMap *map = sac_slide_run_stitch (self->run, i, self->job, error);

    if (map == NULL)
      return false;
    add_item (result, map, model, method,
              map->class_specific ? g_strdup (self->request->order->class_id)
                                  : NULL);
  }
  return true;
}

static void
add_tiles (Making *self, SacRunResult *result, size_t model)
{
  size_t class_index = choose_class (self, model);
  g_autoptr (GArray) top =
    sac_slide_find_top (self->run, model, class_index, SAC_RUN_TILE_COUNT);
  const SacTileGrid *grid = sac_slide_run_get_grid (self->run);
  const SacRunItem *item = result->items->pdata[result->shown[model]];

  for (guint i = 0; i < top->len; i++) {
    uint32_t place =
      sac_slide_run_get_list (self->run)->tiles[g_array_index (top, size_t, i)];
    SacRunTile *tile = g_new0 (SacRunTile, 1);

    tile->model = model;
    tile->score = item->map->values[place];
    tile->rect =
      sac_tile_grid_get_tile (grid, (int)(place / (uint32_t)grid->columns),
                              (int)(place % (uint32_t)grid->columns));
    tile->pixels =
      sac_source_read_region (self->source, &tile->rect, SAC_RUN_TILE_SIDE,
                              SAC_RUN_TILE_SIDE, SAC_FILTER_BICUBIC,
                              SAC_COLORS_DISPLAY, self->job, NULL);
    g_ptr_array_add (result->tiles, tile);
  }
}

static bool
write_files (Making *self, GError **error)
{
  const SacRunOrder *order = self->request->order;
  SacRunFiles files = {order->folder, order->class_id, POSITIVE,
                       SAC_RUN_TILE_COUNT};
  g_autofree char *last =
    g_build_filename (order->folder, "summary.json", NULL);

  /* It is written last: with it, all is there. */
  return g_file_test (last, G_FILE_TEST_EXISTS) ||
         sac_run_files_write (self->run, &files, self->job, error);
}

static SacRunResult *
collect (Making *self, GError **error)
{
  size_t count = sac_slide_run_get_model_count (self->run);
  g_autoptr (SacRunResult) result = g_new0 (SacRunResult, 1);

  g_atomic_ref_count_init (&result->ref_count);
  result->items = g_ptr_array_new_with_free_func ((GDestroyNotify)item_free);
  result->tiles = g_ptr_array_new_with_free_func ((GDestroyNotify)tile_free);
  result->shown = g_new0 (guint, count);
  for (size_t m = 0; m < count; m++)
    add_classes (self, result, m);
  if (!add_methods (self, result, error))
    return NULL;
  for (size_t m = 0; m < count; m++)
    add_tiles (self, result, m);
  result->summary =
    sac_slide_summarize (self->run, POSITIVE, SAC_RUN_TILE_COUNT);
  sac_slide_run_get_progress (self->run, &result->progress);
  return sac_job_check (self->job, error) ? g_steal_pointer (&result) : NULL;
}

static bool
run_tiles (Making *self, GError **error)
{
  SacRunLink *link = self->request->link;
  bool done;

  sac_run_link_set_run (link, self->run);
  put_maps (self);
  self->maps_time = 0; /* the first batch is shown at once */
  sac_run_link_set_phase (link, SAC_RUN_PHASE_TILES);
  done = sac_slide_run_go (self->run, on_batch, self, self->job, error);
  sac_run_link_set_run (link, NULL);
  return done;
}

static gpointer
run_slide (gpointer data, SacJob *job, GError **error)
{
  const SacRunRequest *request = data;
  g_auto (Making) self = {.request = request, .job = job};

  setpriority (PRIO_PROCESS, (id_t)gettid (), NICENESS);
  if (!open_parts (&self, error) || !find_tissue (&self, error) ||
      !begin (&self, error) || !run_tiles (&self, error))
    return NULL;
  put_maps (&self); /* whole, before the phase that says so */
  sac_run_link_set_phase (request->link, SAC_RUN_PHASE_FILES);
  if (!write_files (&self, error))
    return NULL;
  return collect (&self, error);
}

const SacWork sac_work_slide_run = {
  .run = run_slide,
  .free_request = (GDestroyNotify)request_free,
  .free_result = (GDestroyNotify)sac_run_result_unref,
};
