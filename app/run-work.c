/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The calling thread is for runs alone, so it and those that it starts stand
 * back for good: the window and what a reader asks for meanwhile come first. */
#include "run-work.h"

#include "annotation/annotation-file.h"
#include "base/output.h"
#include "base/thread.h"
#include "report/run-files.h"

#include <string.h>

/* Maps on their way are made no more often: the eye is content.  Each has to be
 * drawn anew, which of a large one takes the window longer than a frame; so
 * much more seldom that fewer than one frame in twenty has to do it. */
#define MAPS_MICROSECONDS (300 * G_TIME_SPAN_MILLISECOND)
#define MAPS_MICROSECONDS_A_CELL 8

/* Pooling what there is takes no more of the time than one part in so many. */
#define POOLING_PARTS 20

#define STEPS_BACK 11

struct SacRunRequest {
  SacRunOrder *order;
  SacAnnotations *tissue, *area;
  SacSource *source;
  SacRunLink *link;
};

typedef struct {
  const SacRunRequest *request;
  SacJob *job;
  SacSlideTask *task;
  SacRunSubject subject;
  SacSlideBag **bags; /* of pooling models, so far; [models] */
  char **wanted;      /* keys of the maps that are looked at; may be NULL */
  gint64 maps_time, bags_time, bags_cost;
  size_t bags_tiles; /* of which the bags are */
} Making;

SacRunRequest *
sac_run_request_new (const SacRunOrder *order,
                     const SacAnnotations *tissue,
                     const SacAnnotations *area,
                     SacSource *source,
                     SacRunLink *link)
{
  SacRunRequest *request = g_new0 (SacRunRequest, 1);

  request->order = sac_run_order_copy (order);
  request->tissue = tissue != NULL ? sac_annotations_copy (tissue) : NULL;
  request->area = area != NULL ? sac_annotations_copy (area) : NULL;
  request->source = source != NULL ? sac_source_ref (source) : NULL;
  request->link = sac_run_link_ref (link);
  return request;
}

static void
request_free (SacRunRequest *request)
{
  sac_run_order_free (request->order);
  g_clear_pointer (&request->tissue, sac_annotations_free);
  g_clear_pointer (&request->area, sac_annotations_free);
  g_clear_pointer (&request->source, sac_source_unref);
  sac_run_link_unref (request->link);
  g_free (request);
}

/* drawn: NULL: there is nothing to write. */
static bool
write_drawn (const SacAnnotations *drawn, const char *path, GError **error)
{
  if (drawn == NULL || path == NULL)
    return true;

  g_autofree char *text = sac_annotations_to_geojson (drawn);
  g_autofree char *folder = g_path_get_dirname (path);

  return sac_output_make_folder (folder, error) &&
         sac_output_write (path, text, strlen (text), error);
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
  request.area_path = order->area;
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

  if (!write_drawn (self->request->tissue, order->mask, error) ||
      !write_drawn (self->request->area, order->area, error))
    return false;
  self->task = sac_slide_task_new (&request, self->request->source,
                                   order->folder, 1, 1, self->job, error);
  self->subject =
    (SacRunSubject){self->task, g_strv_length (order->models), order->class_id};
  return self->task != NULL;
}

/* Of the tiles so far, unless that is known.  What cannot be pooled yet may be
 * at the end; that tells why not. */
static void
pool (Making *self)
{
  gint64 begin = g_get_monotonic_time ();
  SacSlideProgress progress;

  sac_slide_run_get_progress (self->task->run, &progress);
  if (progress.done_count == self->bags_tiles ||
      begin - self->bags_time < POOLING_PARTS * self->bags_cost)
    return;
  for (size_t i = 0; i < self->subject.model_count; i++) {
    const SacSlidePlace *place = &self->task->places[i];
    SacSlideBag *bag =
      place->pools
        ? sac_slide_run_pool (self->task->run, place->index, self->job, NULL)
        : NULL;

    sac_slide_bag_free (self->bags[i]);
    self->bags[i] = bag;
  }
  self->bags_tiles = progress.done_count;
  self->bags_time = g_get_monotonic_time ();
  self->bags_cost = self->bags_time - begin;
}

static void
put_maps (Making *self)
{
  pool (self);
  sac_run_link_take_growing (self->request->link,
                             sac_run_result_collect_growing (&self->subject,
                                                             self->bags,
                                                             self->wanted));
  self->maps_time = g_get_monotonic_time ();
}

/* Returns: whether others are looked at now. */
static bool
take_wanted (Making *self)
{
  g_strfreev (self->wanted);
  return sac_run_link_get_wanted (self->request->link, &self->wanted);
}

static void
on_batch (SacSlideRun *run, void *data)
{
  Making *self = data;
  const SacTileGrid *grid = sac_slide_run_get_grid (run);
  gint64 cells = (gint64)grid->rows * grid->columns;
  gint64 pause = MAX (MAPS_MICROSECONDS, cells * MAPS_MICROSECONDS_A_CELL);

  if (take_wanted (self) || g_get_monotonic_time () - self->maps_time >= pause)
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
  take_wanted (self);
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
  take_wanted (self);
  self->bags_cost = 0;
  put_maps (self); /* whole, before the phase that says so */
  sac_run_link_set_phase (request->link, SAC_RUN_PHASE_FILES);
  if (!write_files (self, error))
    return NULL;
  return sac_run_result_collect (&self->subject, self->bags, self->job, error);
}

static gpointer
run_slide (gpointer data, SacJob *job, GError **error)
{
  const SacRunRequest *request = data;
  size_t count = g_strv_length (request->order->models);
  Making self = {.request = request, .job = job};

  self.bags = g_new0 (SacSlideBag *, count);
  sac_thread_step_back (STEPS_BACK);

  gpointer result = work (&self, error);

  for (size_t i = 0; i < count; i++)
    sac_slide_bag_free (self.bags[i]);
  g_free (self.bags);
  g_strfreev (self.wanted);
  sac_slide_task_free (self.task);
  return result;
}

const SacWork sac_work_slide_run = {
  .run = run_slide,
  .free_request = (GDestroyNotify)request_free,
  .free_result = (GDestroyNotify)sac_run_result_unref,
};
