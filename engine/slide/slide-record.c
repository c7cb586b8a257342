/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a batch leaves in the store: making it, and taking it in again. */
#include "slide/slide-run-private.h"

#include <math.h>
#include <string.h>

size_t
sac_slide_run_get_record_offset (const SacSlideRun *run,
                                 size_t count,
                                 size_t method)
{
  size_t numbers = 0;

  for (size_t i = 0; i < run->model_count; i++)
    numbers += run->models[i].width;
  for (size_t i = 0; i < method; i++)
    numbers += sac_tile_method_get_cells (&run->methods[i]);
  return numbers * count * sizeof (float);
}

size_t
sac_slide_run_get_features_offset (const SacSlideRun *run,
                                   size_t count,
                                   size_t model)
{
  size_t numbers = 0;

  for (size_t i = 0; i < model; i++)
    numbers += run->models[i].feature_count;
  return sac_slide_run_get_record_offset (run, count, run->method_count) +
         numbers * count * sizeof (float);
}

size_t
sac_slide_run_get_record_size (const SacSlideRun *run, size_t count)
{
  return sac_slide_run_get_features_offset (run, count, run->model_count) +
         count;
}

void
sac_slide_run_take_record (SacSlideRun *run,
                           size_t batch,
                           const uint8_t *record)
{
  size_t first = batch * run->list->batch_size;
  const uint32_t *tiles;
  size_t count = sac_tile_list_get_batch (run->list, batch, &tiles);
  const uint8_t *status =
    record + sac_slide_run_get_features_offset (run, count, run->model_count);

  g_mutex_lock (&run->mutex);
  for (size_t i = 0; i < run->model_count; i++) {
    size_t width = run->models[i].width, size = count * width * sizeof (float);

    /* An encoder has none. */
    if (size > 0)
      memcpy (run->numbers[i] + first * width, record, size);
    record += size;
  }
  for (size_t i = 0; i < count; i++) {
    run->status[first + i] =
      status[i] == SAC_TILE_DONE ? SAC_TILE_DONE : SAC_TILE_UNREADABLE;
    run->progress.unreadable_count += status[i] != SAC_TILE_DONE;
  }
  run->progress.done_count += count;
  run->known[run->known_count++] = (uint32_t)batch;
  g_mutex_unlock (&run->mutex);
}

static void
fill_nan (float *to, size_t count)
{
  for (size_t i = 0; i < count; i++)
    to[i] = NAN;
}

static bool
run_methods (SacSlideRun *run,
             const SacTileBatch *batch,
             uint8_t *record,
             SacJob *job,
             GError **error)
{
  for (size_t m = 0; m < run->method_count; m++) {
    const SacTileMethod *method = &run->methods[m];
    size_t cells = sac_tile_method_get_cells (method);
    float *to =
      (float *)(void *)(record +
                        sac_slide_run_get_record_offset (run, batch->count, m));

    for (size_t i = 0; i < batch->count; i++) {
      if (batch->unreadable[i])
        fill_nan (to + i * cells, cells);
      else if (!sac_tile_method_run (method, &run->models[method->model],
                                     batch->tensors[method->model], i,
                                     to + i * cells, job, error))
        return false;
    }
  }
  return true;
}

/* The rows of a batch's tiles, gaps where one could not be read. */
static void
put_rows (const SacTileBatch *batch,
          const float *rows,
          size_t width,
          uint8_t *record)
{
  float *to = (float *)(void *)record;

  if (width > 0)
    memcpy (to, rows, batch->count * width * sizeof (float));
  for (size_t i = 0; i < batch->count; i++)
    if (batch->unreadable[i])
      fill_nan (to + i * width, width);
}

bool
sac_slide_run_make_record (SacSlideRun *run,
                           const SacTileBatch *batch,
                           uint8_t *record,
                           SacJob *job,
                           GError **error)
{
  uint8_t *to = record;
  uint8_t *status =
    record +
    sac_slide_run_get_features_offset (run, batch->count, run->model_count);

  for (size_t m = 0; m < run->model_count; m++) {
    const SacSlideModel *model = &run->models[m];
    size_t size = model->batch_size;
    g_autofree float *numbers = g_new (float, size * model->width);
    g_autofree float *features = g_new (float, size * model->feature_count);

    if (!sac_slide_model_run (model, batch->tensors[m], numbers, features, job,
                              error))
      return false;
    put_rows (batch, numbers, model->width, to);
    put_rows (batch, features, model->feature_count,
              record +
                sac_slide_run_get_features_offset (run, batch->count, m));
    to += batch->count * model->width * sizeof (float);
  }
  for (size_t i = 0; i < batch->count; i++)
    status[i] = batch->unreadable[i] ? SAC_TILE_UNREADABLE : SAC_TILE_DONE;
  return run_methods (run, batch, record, job, error);
}
