/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide/slide-task.h"

#include "base/error.h"
#include "base/json.h"
#include "slide/slide-pool.h"
#include "slide/slide-shard.h"

#include <string.h>

#define REQUEST_NOTE "request"

/* What is needed until the run begins. */
typedef struct {
  GPtrArray *models; /* of SacModel */
  GPtrArray *opened; /* the same and those of the poolings */
  GPtrArray *values; /* of the encoders */
  GArray *poolings;  /* of SacSlidePooling */
  GArray *methods;   /* of SacSlideMethod */
  GHashTable *params;
  SacSource *source;
} Parts;

static void
parts_clear (Parts *parts)
{
  g_clear_pointer (&parts->models, g_ptr_array_unref);
  g_clear_pointer (&parts->opened, g_ptr_array_unref);
  g_clear_pointer (&parts->values, g_ptr_array_unref);
  g_clear_pointer (&parts->poolings, g_array_unref);
  g_clear_pointer (&parts->methods, g_array_unref);
  g_clear_pointer (&parts->params, g_hash_table_unref);
  g_clear_pointer (&parts->source, sac_source_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, parts_clear)

/* One that is open already is taken as it is: it may be an encoder as well. */
static SacModel *
open_model (Parts *parts, SacModel *taken)
{
  for (guint i = 0; i < parts->opened->len; i++)
    if (strcmp (sac_model_get_id (parts->opened->pdata[i]),
                sac_model_get_id (taken)) == 0) {
      sac_model_unref (taken);
      return parts->opened->pdata[i];
    }
  g_ptr_array_add (parts->opened, taken);
  return taken;
}

static bool
add_pooling (Parts *parts,
             SacModel *model,
             const char *wanted,
             SacJob *job,
             GError **error)
{
  char *value = NULL;
  SacModel *encoder = sac_bag_open_encoder (model, wanted, &value, job, error);

  if (encoder == NULL)
    return false;
  g_ptr_array_add (parts->values, value);

  SacSlidePooling pooling = {model, open_model (parts, encoder), value};

  g_array_append_val (parts->poolings, pooling);
  return true;
}

static bool
open_models (Parts *parts,
             SacSlidePlace *places,
             const SacSlideRequest *request,
             SacJob *job,
             GError **error)
{
  parts->models = g_ptr_array_new ();
  parts->opened =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_model_unref);
  parts->values = g_ptr_array_new_with_free_func (g_free);
  parts->poolings = g_array_new (FALSE, TRUE, sizeof (SacSlidePooling));
  for (size_t i = 0; request->models[i] != NULL; i++) {
    SacModel *model = sac_model_open (request->models[i], job, error);

    if (model == NULL)
      return false;
    g_ptr_array_add (parts->opened, model);
    places[i].pools = sac_bag_model_is (model);
    places[i].index =
      places[i].pools ? parts->poolings->len : parts->models->len;
    if (!places[i].pools)
      g_ptr_array_add (parts->models, model);
    else if (!add_pooling (parts, model, request->encoder, job, error))
      return false;
  }
  return true;
}

static bool
add_param (Parts *parts, const char *text, GError **error)
{
  const char *equals = strchr (text, '=');

  if (equals != NULL && equals > text) {
    g_hash_table_insert (parts->params,
                         g_strndup (text, (gsize)(equals - text)),
                         g_strdup (equals + 1));
    return true;
  }
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "the parameter \"%s\" is not KEY=VALUE", text);
  return false;
}

static bool
find_methods (Parts *parts, const SacSlideRequest *request, GError **error)
{
  parts->params =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  parts->methods = g_array_new (FALSE, TRUE, sizeof (SacSlideMethod));
  for (size_t i = 0; request->params != NULL && request->params[i] != NULL; i++)
    if (!add_param (parts, request->params[i], error))
      return false;
  for (size_t i = 0; request->methods != NULL && request->methods[i] != NULL;
       i++) {
    SacSlideMethod method = {sac_method_find (request->methods[i]),
                             request->class_text, request->layer,
                             parts->params};

    if (method.method == NULL) {
      g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                   "there is no method \"%s\"", request->methods[i]);
      return false;
    }
    g_array_append_val (parts->methods, method);
  }
  return true;
}

/* Of all tiles, those of the area are left. */
static bool
clip_tissue (SacSlideTask *task,
             const Parts *parts,
             const SacSlideRequest *request,
             double mpp,
             SacJob *job,
             GError **error)
{
  g_autoptr (SacTissue) area = NULL;

  if (request->area_path == NULL)
    return true;
  area = sac_tissue_read (request->area_path, parts->source, mpp, job, error);
  if (area == NULL)
    return false;
  if (task->tissue == NULL)
    task->tissue = g_steal_pointer (&area);
  else
    sac_tissue_clip (task->tissue, area);
  return true;
}

/* Without micrometres nothing is looked for: the run says that they are
 * missing. */
static bool
find_tissue (SacSlideTask *task,
             const Parts *parts,
             const SacSlideRequest *request,
             SacJob *job,
             GError **error)
{
  double mpp =
    request->mpp > 0 ? request->mpp : sac_source_get_mpp (parts->source);

  if (mpp <= 0)
    return true;
  if (request->tissue_path != NULL && !request->all_tiles)
    task->tissue =
      sac_tissue_read (request->tissue_path, parts->source, mpp, job, error);
  else if (!request->all_tiles)
    task->tissue =
      sac_tissue_find (parts->source, mpp, &request->tissue, job, error);
  return (request->all_tiles || task->tissue != NULL) &&
         clip_tissue (task, parts, request, mpp, job, error);
}

static bool
begin (SacSlideTask *task,
       const Parts *parts,
       const SacSlideRequest *request,
       const SacSlideParams *place,
       SacJob *job,
       GError **error)
{
  g_autofree char *text = sac_slide_request_write (request);
  SacSlideParams params = *place;

  params.source = parts->source;
  params.mpp = request->mpp;
  params.model_mpp = request->model_mpp;
  params.models = (SacModel *const *)parts->models->pdata;
  params.model_count = parts->models->len;
  params.poolings = (const SacSlidePooling *)(void *)parts->poolings->data;
  params.pooling_count = parts->poolings->len;
  params.methods = (const SacSlideMethod *)(void *)parts->methods->data;
  params.method_count = parts->methods->len;
  params.tissue = task->tissue;
  params.least_share = request->least_share;
  params.region = request->region;
  params.stride = request->stride;
  params.edge = request->edge;
  params.batch_size = (size_t)request->batch_size;
  task->run = sac_slide_run_new (&params, job, error);
  return task->run != NULL &&
         sac_run_store_set_note (sac_slide_run_get_store (task->run),
                                 REQUEST_NOTE, text, error);
}

SacSlideTask *
sac_slide_task_new (const SacSlideRequest *request,
                    SacSource *source,
                    const char *folder,
                    size_t shard,
                    size_t shard_count,
                    SacJob *job,
                    GError **error)
{
  g_autoptr (SacSlideTask) task = g_new0 (SacSlideTask, 1);
  g_auto (Parts) parts = {0};
  SacSlideParams place = {.folder = folder,
                          .shard = shard,
                          .shard_count = shard_count};

  task->places = g_new0 (SacSlidePlace, g_strv_length (request->models));
  if (!open_models (&parts, task->places, request, job, error) ||
      !find_methods (&parts, request, error))
    return NULL;
  parts.source = source != NULL ? sac_source_ref (source)
                                : sac_source_open (request->slide, job, error);
  if (parts.source == NULL ||
      !find_tissue (task, &parts, request, job, error) ||
      !begin (task, &parts, request, &place, job, error))
    return NULL;
  return g_steal_pointer (&task);
}

void
sac_slide_task_free (SacSlideTask *task)
{
  if (task == NULL)
    return;
  sac_slide_run_free (task->run);
  sac_tissue_free (task->tissue);
  g_free (task->places);
  g_free (task);
}

/* Batches that are there, as tiles: all but the last of the slide are full. */
static bool
count_tiles (SacSlideFolder *self,
             SacRunStore *store,
             const char *folder,
             GError **error)
{
  JsonObject *identity = sac_run_store_get_identity (store);
  SacSlideShard shard;

  if (!sac_slide_shard_read (&shard, identity, folder, error))
    return false;
  self->shard = shard.number;
  self->shard_count = shard.count;
  self->tile_count =
    sac_slide_shard_count (&shard, shard.first_batch, shard.end_batch);
  self->done_count =
    sac_run_store_count (store, shard.first_batch, shard.end_batch) *
    shard.batch_size;
  if (sac_run_store_count (store, shard.batch_count - 1, shard.batch_count) >
        0 &&
      shard.end_batch == shard.batch_count)
    self->done_count -= shard.batch_count * shard.batch_size - shard.tile_count;
  return true;
}

bool
sac_slide_folder_read (SacSlideFolder *self, const char *folder, GError **error)
{
  g_auto (SacSlideFolder) read = {0};
  g_autoptr (SacRunStore) store = sac_run_store_open_existing (folder, error);
  g_autofree char *text = NULL;

  if (store == NULL || !count_tiles (&read, store, folder, error))
    return false;
  text = sac_run_store_get_note (store, REQUEST_NOTE);
  read.created = sac_run_store_get_note (store, "created");
  if (text == NULL || read.created == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "%s: does not say what was run", folder);
    return false;
  }
  if (!sac_slide_request_read (&read.request, text, folder, error))
    return false;
  *self = read;
  read = (SacSlideFolder){0};
  return true;
}

void
sac_slide_folder_clear (SacSlideFolder *self)
{
  sac_slide_request_clear (&self->request);
  g_clear_pointer (&self->created, g_free);
}
