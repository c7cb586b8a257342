/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How a run begins, or goes on: models, grid, tiles, identity, what is there.
 */
#include "base/error.h"
#include "base/limits.h"
#include "slide/slide-run-private.h"
#include "slide/slide-shard.h"

#include <math.h>
#include <string.h>

/* Rounded in two manifests, one spacing may read as two. */
#define MPP_SHARE 1e-6

/* Pixels enlarged more than twofold show a model what is not there. */
#define LEAST_SPACING 0.5

static bool
find_mpp (SacSlideRun *run, const SacSlideParams *params, GError **error)
{
  run->mpp =
    params->mpp > 0 ? params->mpp : sac_source_get_mpp (params->source);
  if (run->mpp > 0)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s: does not say how many micrometres its pixels are; give "
               "them "
               "(--mpp), they are not guessed",
               sac_source_get_path (params->source));
  return false;
}

static bool
check_same (const SacSlideModel *a, const SacSlideModel *b, GError **error)
{
  const SacManifestInput *left = a->input, *right = b->input;

  if (left->width == right->width && left->height == right->height &&
      left->filter == right->filter &&
      fabs (left->mpp - right->mpp) <= MPP_SHARE * left->mpp)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s and %s see different tiles (%d x %d at %g and %d x %d at %g "
               "micrometres per pixel): run each by itself",
               sac_model_get_id (a->model), sac_model_get_id (b->model),
               left->width, left->height, left->mpp, right->width,
               right->height, right->mpp);
  return false;
}

/* The place of the model of that id; model_count: there is none. */
static size_t
find_model (const SacSlideRun *run, SacModel *model)
{
  const char *id = sac_model_get_id (model);
  size_t i = 0;

  while (i < run->model_count &&
         strcmp (sac_model_get_id (run->models[i].model), id) != 0)
    i++;
  return i;
}

static bool
add_model (SacSlideRun *run,
           SacModel *given,
           const SacSlideParams *params,
           GError **error)
{
  SacSlideModel *model = &run->models[run->model_count];

  if (find_model (run, given) < run->model_count) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "the model %s is given twice", sac_model_get_id (given));
    return false;
  }
  run->model_count++;
  if (!sac_slide_model_init (model, given, error))
    return false;
  if (params->model_mpp <= 0 && model->input->mpp <= 0) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s: its manifest states no \"mpp\"; add it there, or give "
                 "the model's micrometres per pixel (--model-mpp)",
                 sac_model_get_id (model->model));
    return false;
  }
  return model == run->models || check_same (&run->models[0], model, error);
}

/* The encoder is run once for all that use it. */
static bool
add_pooling (SacSlideRun *run,
             const SacSlidePooling *given,
             const SacSlideParams *params,
             GError **error)
{
  SacRunPooling *pooling = &run->poolings[run->pooling_count++];

  pooling->model = sac_model_ref (given->model);
  pooling->encoder = find_model (run, given->encoder);
  if (pooling->encoder == run->model_count) {
    if (!add_model (run, given->encoder, params, error))
      return false;
    run->models[pooling->encoder].is_encoder = true;
  }
  return sac_slide_model_keep_features (&run->models[pooling->encoder],
                                        given->value, error);
}

static bool
add_models (SacSlideRun *run, const SacSlideParams *params, GError **error)
{
  run->models =
    g_new0 (SacSlideModel, params->model_count + params->pooling_count);
  run->poolings = g_new0 (SacRunPooling, params->pooling_count + 1);
  for (size_t i = 0; i < params->model_count; i++)
    if (!add_model (run, params->models[i], params, error))
      return false;
  for (size_t i = 0; i < params->pooling_count; i++)
    if (!add_pooling (run, &params->poolings[i], params, error))
      return false;
  return true;
}

static bool
check_detail (const SacSlideRun *run, double mpp, GError **error)
{
  if (mpp >= LEAST_SPACING * run->mpp)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s: has not enough detail: its pixels are %g micrometres, the "
               "model wants them at %g",
               sac_source_get_path (run->source), run->mpp, mpp);
  return false;
}

/* What all models can take, and what of it keeps their tiles apart. */
static bool
choose_batch (SacSlideRun *run,
              const SacSlideParams *params,
              size_t *ret_batch_size,
              SacJob *job,
              GError **error)
{
  size_t batch = params->batch_size > 0 ? params->batch_size : SAC_SLIDE_BATCH;

  for (size_t i = 0; i < run->model_count; i++)
    batch = sac_slide_model_limit_batch (&run->models[i], batch);
  *ret_batch_size = batch;
  for (size_t i = 0; i < run->model_count; i++) {
    size_t own;

    if (!sac_slide_model_probe (&run->models[i], batch, &own, job, error))
      return false;
    *ret_batch_size = MIN (*ret_batch_size, own);
  }
  return true;
}

static bool
lay_tiles (SacSlideRun *run,
           const SacSlideParams *params,
           SacJob *job,
           GError **error)
{
  const SacManifestInput *input = run->models[0].input;
  double mpp = params->model_mpp > 0 ? params->model_mpp : input->mpp;
  SacTileGrid *grid = &run->grid;
  size_t batch;

  *grid = (SacTileGrid){
    .image_width = sac_source_get_width (run->source),
    .image_height = sac_source_get_height (run->source),
    .region = params->region,
    .input_width = input->width,
    .input_height = input->height,
    .spacing = mpp / run->mpp,
    .stride =
      params->stride > 0 ? params->stride : MIN (input->width, input->height),
    .edge = params->edge,
  };
  if (params->region.width == 0)
    grid->region = sac_source_get_bounds (run->source);
  if (!check_detail (run, mpp, error))
    return false;
  if (!sac_tile_grid_init (grid, error)) {
    g_prefix_error (error, "%s: ", sac_source_get_path (run->source));
    return false;
  }
  if (!choose_batch (run, params, &batch, job, error))
    return false;
  run->list = sac_tile_list_new (grid, run->tissue, params->least_share, batch);
  if (run->list->count > 0)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
               "%s: no tissue was found%s, so there is nothing to run; lower "
               "the threshold, give a mask, or take all tiles",
               sac_source_get_path (run->source),
               params->region.width > 0 ? " in the region" : "");
  return false;
}

static bool
plan_models (SacSlideRun *run,
             const SacSlideParams *params,
             SacJob *job,
             GError **error)
{
  for (size_t i = 0; i < run->model_count; i++)
    if (!sac_slide_model_plan (&run->models[i], run->list->batch_size, job,
                               error))
      return false;
  run->methods =
    g_new0 (SacTileMethod, params->method_count * run->model_count + 1);
  /* A mere encoder has no classes to explain. */
  for (size_t i = 0; i < run->model_count; i++)
    for (size_t m = 0; run->models[i].width > 0 && m < params->method_count;
         m++) {
      SacTileMethod *method = &run->methods[run->method_count++];

      method->model = i;
      if (!sac_tile_method_init (method, &params->methods[m], &run->models[i],
                                 job, error)) {
        g_prefix_error (error, "%s: ", sac_model_get_id (run->models[i].model));
        return false;
      }
    }
  return true;
}

static bool
reserve (SacSlideRun *run, GError **error)
{
  size_t bytes = run->list->count;

  for (size_t i = 0; i < run->model_count; i++)
    bytes += run->list->count * run->models[i].width * sizeof (float);
  if (bytes > SAC_LIMIT_SLIDE_NUMBER_BYTES) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "%zu tiles with all their classes take %zu MiB; choose a "
                 "larger "
                 "stride or fewer models",
                 run->list->count, bytes >> 20);
    return false;
  }
  run->status = g_new0 (uint8_t, run->list->count);
  run->known = g_new (uint32_t, run->list->batch_count);
  run->numbers = g_new0 (float *, run->model_count);
  for (size_t i = 0; i < run->model_count; i++) {
    size_t count = run->list->count * run->models[i].width;

    run->numbers[i] = g_new (float, count);
    for (size_t k = 0; k < count; k++)
      run->numbers[i][k] = NAN;
  }
  return true;
}

static bool
find_shard (SacSlideRun *run, const SacSlideParams *params, GError **error)
{
  size_t batches = run->list->batch_count;
  SacSlideShard shard = {
    .number = MAX (1, params->shard),
    .count = MAX (1, params->shard_count),
    .tile_count = run->list->count,
    .batch_size = run->list->batch_size,
  };

  if (shard.number > shard.count) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "there is no shard %zu of %zu", shard.number, shard.count);
    return false;
  }
  sac_slide_shard_init (&shard);
  run->first_batch = shard.first_batch;
  run->end_batch = shard.end_batch;
  run->left_out = g_new (bool, batches);
  for (size_t i = 0; i < batches; i++) {
    const uint32_t *tiles;
    size_t tile_count = sac_tile_list_get_batch (run->list, i, &tiles);

    run->left_out[i] = i < run->first_batch || i >= run->end_batch;
    if (run->left_out[i])
      continue;
    memset (run->status + i * run->list->batch_size, SAC_TILE_WAITING,
            tile_count);
    run->progress.tile_count += tile_count;
  }
  return true;
}

/* A batch of another size is not ours, whatever its checksum says. */
static bool
take_in (
  size_t batch, const uint8_t *data, size_t size, void *user, GError **error)
{
  SacSlideRun *run = user;
  const uint32_t *tiles;

  if (batch < run->first_batch || batch >= run->end_batch)
    return true;
  if (size !=
      sac_slide_run_get_record_size (run,
                                     sac_tile_list_get_batch (run->list, batch,
                                                              &tiles))) {
    run->progress.repeated_count++;
    return true;
  }
  sac_slide_run_take_record (run, batch, data);
  run->left_out[batch] = true;
  return true;
}

static bool
open_store (SacSlideRun *run, const SacSlideParams *params, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format_iso8601 (now);
  g_autofree char *created = NULL;
  size_t damaged = 0;

  run->identity = sac_slide_run_make_identity (run, params);
  run->store = sac_run_store_open (params->folder, run->identity, error);
  if (run->store == NULL)
    return false;
  created = sac_run_store_get_note (run->store, "created");
  if (created == NULL &&
      !sac_run_store_set_note (run->store, "created", time, error))
    return false;
  if (!sac_run_store_each (run->store, take_in, run, &damaged, error))
    return false;
  run->progress.repeated_count += damaged;
  run->progress.resumed_count = run->progress.done_count;
  if (run->progress.done_count == run->progress.tile_count)
    run->progress.state = SAC_SLIDE_DONE;
  return true;
}

SacSlideRun *
sac_slide_run_new (const SacSlideParams *params, SacJob *job, GError **error)
{
  g_autoptr (SacSlideRun) run = g_new0 (SacSlideRun, 1);

  g_assert (params->model_count + params->pooling_count > 0);
  g_mutex_init (&run->mutex);
  g_cond_init (&run->resumed);
  run->source = sac_source_ref (params->source);
  run->tissue = params->tissue;
  if (!find_mpp (run, params, error) || !add_models (run, params, error) ||
      !lay_tiles (run, params, job, error) ||
      !plan_models (run, params, job, error) || !reserve (run, error) ||
      !find_shard (run, params, error) || !open_store (run, params, error))
    return NULL;
  return g_steal_pointer (&run);
}

void
sac_slide_run_free (SacSlideRun *run)
{
  if (run == NULL)
    return;
  g_assert (run->feed == NULL);
  for (size_t i = 0; i < run->method_count; i++)
    sac_tile_method_clear (&run->methods[i]);
  g_free (run->methods);
  for (size_t i = 0; i < run->pooling_count; i++)
    sac_model_unref (run->poolings[i].model);
  g_free (run->poolings);
  for (size_t i = 0; i < run->model_count; i++) {
    sac_slide_model_clear (&run->models[i]);
    if (run->numbers != NULL)
      g_free (run->numbers[i]);
  }
  g_free (run->models);
  g_free (run->numbers);
  g_free (run->status);
  g_free (run->known);
  g_free (run->left_out);
  sac_tile_list_free (run->list);
  sac_run_store_free (run->store);
  g_clear_pointer (&run->identity, json_object_unref);
  sac_source_unref (run->source);
  g_mutex_clear (&run->mutex);
  g_cond_clear (&run->resumed);
  g_free (run);
}
