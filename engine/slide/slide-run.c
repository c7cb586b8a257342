/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"
#include "base/job-rest.h"
#include "base/json.h"
#include "slide/slide-run-private.h"

#include <math.h>
#include <string.h>

/* How long a resting run may not notice that it is cancelled. */
#define LOOK_MICROSECONDS (50 * G_TIME_SPAN_MILLISECOND)

/* Going */

static void
note_time (
  SacSlideRun *run, size_t count, gint64 start, gint64 spent, const SacJob *job)
{
  gint64 now = g_get_monotonic_time () - sac_job_get_held (job);
  SacSlideProgress *progress = &run->progress;

  g_mutex_lock (&run->mutex);
  progress->run_count += count;
  progress->wall = (double)(now - start - run->rested) / G_USEC_PER_SEC;
  progress->engine += (double)spent / G_USEC_PER_SEC;
  if (progress->first == 0)
    progress->first = progress->wall;
  g_mutex_unlock (&run->mutex);
}

static bool
do_batch (SacSlideRun *run,
          const SacTileBatch *batch,
          gint64 start,
          SacJob *job,
          GError **error)
{
  size_t size = sac_slide_run_get_record_size (run, batch->count);
  g_autofree uint8_t *record = g_malloc (size);
  gint64 begin = g_get_monotonic_time (), held = sac_job_get_held (job);

  if (!sac_slide_run_make_record (run, batch, record, job, error))
    return false;

  gint64 spent =
    g_get_monotonic_time () - begin - (sac_job_get_held (job) - held);

  if (!sac_run_store_put (run->store, batch->number, record, size, error))
    return false;
  sac_slide_run_take_record (run, batch->number, record);
  run->left_out[batch->number] = true;
  note_time (run, batch->count, start, MAX (0, spent), job);
  return true;
}

static bool
rest (SacSlideRun *run, SacJob *job, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&run->mutex);
  gint64 begin = g_get_monotonic_time ();

  while (run->paused) {
    if (!sac_job_check (job, error))
      return false;
    run->progress.state = SAC_SLIDE_PAUSED;
    g_cond_wait_until (&run->resumed, &run->mutex,
                       g_get_monotonic_time () + LOOK_MICROSECONDS);
  }
  if (run->progress.state == SAC_SLIDE_PAUSED)
    run->rested += g_get_monotonic_time () - begin;
  run->progress.state = SAC_SLIDE_RUNNING;
  return true;
}

static void
set_state (SacSlideRun *run, SacSlideState state)
{
  g_mutex_lock (&run->mutex);
  run->progress.state = state;
  g_mutex_unlock (&run->mutex);
}

static SacSlideState
name_end (bool done, const SacJob *job)
{
  if (done)
    return SAC_SLIDE_DONE;
  return job != NULL && sac_job_is_cancelled (job) ? SAC_SLIDE_STOPPED
                                                   : SAC_SLIDE_FAILED;
}

static bool
run_all (SacSlideRun *run,
         SacSlideWatch watch,
         void *data,
         SacJob *job,
         GError **error)
{
  gint64 start = g_get_monotonic_time () - sac_job_get_held (job);

  run->rested = 0;
  for (;;) {
    g_autoptr (GError) reason = NULL;

    if (!rest (run, job, error))
      return false;

    SacTileBatch *batch = sac_tile_feed_take (run->feed, job, &reason);

    if (batch == NULL && reason == NULL)
      return true;
    if (batch == NULL) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return false;
    }

    bool done = do_batch (run, batch, start, job, error);

    sac_tile_feed_give_back (run->feed, batch);
    if (!done)
      return false;
    sac_job_set_progress (job, (double)run->progress.done_count /
                                 (double)run->progress.tile_count);
    if (watch != NULL)
      watch (run, data);
  }
}

bool
sac_slide_run_go (SacSlideRun *run,
                  SacSlideWatch watch,
                  void *data,
                  SacJob *job,
                  GError **error)
{
  g_autoptr (SacTileFeed) feed = NULL;
  SacRect view;
  SacTileFeedParams params = {
    .source = run->source,
    .grid = &run->grid,
    .list = run->list,
    .models = run->models,
    .model_count = run->model_count,
    .left_out = run->left_out,
  };

  g_mutex_lock (&run->mutex);
  view = run->view;
  params.view = run->has_view ? &view : NULL;
  g_mutex_unlock (&run->mutex);
  feed = sac_tile_feed_new (&params, job, error);
  if (feed == NULL) {
    set_state (run, name_end (false, job));
    return false;
  }
  g_mutex_lock (&run->mutex);
  run->feed = feed;
  if (run->has_view) /* it may have moved meanwhile */
    sac_tile_feed_set_view (feed, &run->view);
  g_mutex_unlock (&run->mutex);

  bool done = run_all (run, watch, data, job, error);

  g_mutex_lock (&run->mutex);
  run->feed = NULL;
  run->progress.state = name_end (done, job);
  g_mutex_unlock (&run->mutex);
  return done;
}

/* From any thread */

void
sac_slide_run_set_view (SacSlideRun *run, const SacRect *view)
{
  g_mutex_lock (&run->mutex);
  run->has_view = true;
  run->view = *view;
  if (run->feed != NULL)
    sac_tile_feed_set_view (run->feed, view);
  g_mutex_unlock (&run->mutex);
}

void
sac_slide_run_set_paused (SacSlideRun *run, bool paused)
{
  g_mutex_lock (&run->mutex);
  run->paused = paused;
  g_cond_broadcast (&run->resumed);
  g_mutex_unlock (&run->mutex);
}

void
sac_slide_run_get_progress (SacSlideRun *run, SacSlideProgress *ret_progress)
{
  SacSlideProgress *progress = ret_progress;

  g_mutex_lock (&run->mutex);
  *progress = run->progress;
  g_mutex_unlock (&run->mutex);
  progress->fraction =
    progress->tile_count > 0
      ? (double)progress->done_count / (double)progress->tile_count
      : 1; /* more shards than batches */
  progress->speed = progress->wall > 0 && progress->run_count > 0
                      ? (double)progress->run_count / progress->wall
                      : 0;
  progress->left =
    progress->speed > 0
      ? (double)(progress->tile_count - progress->done_count) / progress->speed
      : -1;
}

/* With the mutex. */
static void
put_batch (const SacSlideRun *run,
           size_t model,
           size_t class_index,
           size_t batch,
           float *values,
           SacCellBox *box)
{
  const SacSlideModel *own = &run->models[model];
  g_autofree double *probabilities = g_new (double, own->width);
  size_t first = batch * run->list->batch_size;
  const uint32_t *tiles;
  size_t count = sac_tile_list_get_batch (run->list, batch, &tiles);

  for (size_t i = 0; i < count; i++) {
    int row = (int)(tiles[i] / (uint32_t)run->grid.columns);
    int column = (int)(tiles[i] % (uint32_t)run->grid.columns);
    const float *numbers = run->numbers[model] + (first + i) * own->width;

    sac_model_probabilities (own->output, numbers, own->width, probabilities);
    values[tiles[i]] = run->status[first + i] == SAC_TILE_DONE
                         ? (float)probabilities[class_index]
                         : NAN;
    box->row = MIN (box->row, row);
    box->column = MIN (box->column, column);
    box->rows = MAX (box->rows, row + 1);
    box->columns = MAX (box->columns, column + 1);
  }
}

size_t
sac_slide_run_update (SacSlideRun *run,
                      size_t model,
                      size_t class_index,
                      size_t known,
                      float *values,
                      SacCellBox *ret_box)
{
  /* The ends first, made lengths below. */
  SacCellBox box = {run->grid.rows, run->grid.columns, 0, 0};

  g_assert (model < run->model_count && class_index < run->models[model].width);
  g_mutex_lock (&run->mutex);

  size_t count = run->known_count;

  g_assert (known <= count);
  for (size_t i = known; i < count; i++)
    put_batch (run, model, class_index, run->known[i], values, &box);
  g_mutex_unlock (&run->mutex);
  *ret_box = known == count
               ? (SacCellBox){0}
               : (SacCellBox){box.row, box.column, box.rows - box.row,
                              box.columns - box.column};
  return count;
}

static void
describe_map (SacSlideRun *run, size_t model, size_t class_index, SacMap *map)
{
  const SacSlideModel *own = &run->models[model];
  const SacManifestOutput *output = own->output;

  map->has_gaps = map->has_geometry = map->class_specific = true;
  map->geometry = sac_tile_grid_get_geometry (&run->grid);
  map->unit = g_strdup (
    output->activation == SAC_ACTIVATION_NONE ? "score" : "probability");
  map->method = g_strdup ("tile-probability");
  json_object_unref (map->provenance);
  map->provenance = sac_slide_run_get_provenance (run, model);
  json_object_set_string_member (map->provenance, "method", map->method);
  json_object_set_int_member (map->provenance, "class_index",
                              (gint64)class_index);
  if (class_index < output->label_count) {
    g_autofree char *id =
      g_utf8_make_valid (output->labels[class_index].id, -1);

    json_object_set_string_member (map->provenance, "class_id", id);
  }
}

SacMap *
sac_slide_run_get_map (SacSlideRun *run, size_t model, size_t class_index)
{
  size_t cells = (size_t)run->grid.rows * (size_t)run->grid.columns;
  float *values = g_new (float, cells);
  SacCellBox box;

  for (size_t i = 0; i < cells; i++)
    values[i] = NAN;
  sac_slide_run_update (run, model, class_index, 0, values, &box);

  SacMap *map = sac_map_new_take (run->grid.rows, run->grid.columns, values);

  describe_map (run, model, class_index, map);
  return map;
}

/* What does not change */

const SacTileGrid *
sac_slide_run_get_grid (const SacSlideRun *run)
{
  return &run->grid;
}

const SacTileList *
sac_slide_run_get_list (const SacSlideRun *run)
{
  return run->list;
}

const SacTissue *
sac_slide_run_get_tissue (const SacSlideRun *run)
{
  return run->tissue;
}

SacSource *
sac_slide_run_get_source (const SacSlideRun *run)
{
  return run->source;
}

double
sac_slide_run_get_mpp (const SacSlideRun *run)
{
  return run->mpp;
}

size_t
sac_slide_run_get_model_count (const SacSlideRun *run)
{
  return run->model_count;
}

const SacSlideModel *
sac_slide_run_get_model (const SacSlideRun *run, size_t model)
{
  g_assert (model < run->model_count);
  return &run->models[model];
}

size_t
sac_slide_run_get_pooling_count (const SacSlideRun *run)
{
  return run->pooling_count;
}

SacModel *
sac_slide_run_get_pooling (const SacSlideRun *run,
                           size_t pooling,
                           size_t *ret_encoder)
{
  g_assert (pooling < run->pooling_count);
  *ret_encoder = run->poolings[pooling].encoder;
  return run->poolings[pooling].model;
}

SacRunStore *
sac_slide_run_get_store (SacSlideRun *run)
{
  return run->store;
}

SacTileStatus
sac_slide_run_get_status (SacSlideRun *run, size_t place)
{
  g_mutex_lock (&run->mutex);

  SacTileStatus status = (SacTileStatus)run->status[place];

  g_mutex_unlock (&run->mutex);
  return status;
}

const float *
sac_slide_run_get_numbers (const SacSlideRun *run, size_t model, size_t place)
{
  return run->numbers[model] + place * run->models[model].width;
}
