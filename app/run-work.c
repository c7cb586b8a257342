/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The calling thread is for runs alone, so it and those that it starts stand
 * back for good: the window and what a reader asks for meanwhile come first. */
#define _GNU_SOURCE
#include "run-work.h"

#include "annotation/annotation-file.h"
#include "base/output.h"
#include "report/run-files.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Maps on their way are made no more often: the eye is content.  Each has to be
 * drawn anew, which of a large one takes the window longer than a frame; so
 * much more seldom that fewer than one frame in twenty has to do it. */
#define MAPS_MICROSECONDS (300 * G_TIME_SPAN_MILLISECOND)
#define MAPS_MICROSECONDS_A_CELL 8

#define NICENESS 10

struct SacRunRequest {
  SacRunOrder *order;
  SacAnnotations *drawn;
  SacSource *source;
  SacRunLink *link;
};

typedef struct {
  const SacRunRequest *request;
  SacJob *job;
  SacSlideTask *task;
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

/* What the order asks for, as the command line would; strings are the order's.
 */
static SacSlideRequest
make_request (const SacRunOrder *order)
{
  SacSlideRequest request;

  sac_slide_request_init (&request);
  request.slide = order->slide;
  request.models = order->models;
  request.methods = order->methods;
  request.class_text = order->class_id;
  request.mpp = order->mpp;
  request.region = order->region;
  request.stride = order->stride;
  request.all_tiles = order->tissue == SAC_RUN_TISSUE_ALL;
  request.tissue.threshold = order->threshold;
  request.positive = SAC_RUN_POSITIVE;
  request.top_count = SAC_RUN_TILE_COUNT;
  if (order->tissue == SAC_RUN_TISSUE_DRAWN)
    request.tissue_path = order->mask;
  return request;
}

static bool
begin (Making *self, GError **error)
{
  const SacRunOrder *order = self->request->order;
  SacSlideRequest request = make_request (order);

  if (order->tissue == SAC_RUN_TISSUE_DRAWN &&
      !write_drawn (self->request, error))
    return false;
  self->task = sac_slide_task_new (&request, self->request->source,
                                   order->folder, 1, 1, self->job, error);
  return self->task != NULL;
}

/* Of a pooling model nothing can be told before all tiles are there. */
static void
put_maps (Making *self)
{
  const SacRunOrder *order = self->request->order;
  GPtrArray *maps =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_map_unref);

  for (size_t i = 0; order->models[i] != NULL; i++) {
    const SacSlidePlace *place = &self->task->places[i];
    SacSlideRun *run = self->task->run;

    g_ptr_array_add (maps,
                     place->pools
                       ? NULL
                       : sac_slide_run_get_map (
                           run, place->index,
                           sac_run_result_choose_class (run, place->index,
                                                        order->class_id)));
  }
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

static bool
write_files (Making *self, GError **error)
{
  const SacRunOrder *order = self->request->order;
  SacRunFiles files = {order->folder, order->class_id, SAC_RUN_POSITIVE,
                       SAC_RUN_TILE_COUNT};
  g_autofree char *last =
    g_build_filename (order->folder, "summary.json", NULL);

  /* It is written last: with it, all is there. */
  return g_file_test (last, G_FILE_TEST_EXISTS) ||
         sac_run_files_write (self->task->run, &files, self->job, error);
}

static bool
run_tiles (Making *self, GError **error)
{
  SacRunLink *link = self->request->link;
  bool done;

  sac_run_link_set_run (link, self->task->run);
  put_maps (self);
  self->maps_time = 0; /* the first batch is shown at once */
  sac_run_link_set_phase (link, SAC_RUN_PHASE_TILES);
  done = sac_slide_run_go (self->task->run, on_batch, self, self->job, error);
  sac_run_link_set_run (link, NULL);
  return done;
}

static gpointer
work (Making *self, GError **error)
{
  const SacRunRequest *request = self->request;

  if (!begin (self, error) || !run_tiles (self, error))
    return NULL;
  put_maps (self); /* whole, before the phase that says so */
  sac_run_link_set_phase (request->link, SAC_RUN_PHASE_FILES);
  if (!write_files (self, error))
    return NULL;
  return sac_run_result_collect (self->task,
                                 g_strv_length (request->order->models),
                                 request->order->class_id, self->job, error);
}

static gpointer
run_slide (gpointer data, SacJob *job, GError **error)
{
  Making self = {.request = data, .job = job};

  setpriority (PRIO_PROCESS, (id_t)gettid (), NICENESS);

  gpointer result = work (&self, error);

  sac_slide_task_free (self.task);
  return result;
}

const SacWork sac_work_slide_run = {
  .run = run_slide,
  .free_request = (GDestroyNotify)request_free,
  .free_result = (GDestroyNotify)sac_run_result_unref,
};
