/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide/slide-pool.h"

#include "base/error.h"
#include "base/json.h"
#include "slide/slide-run-private.h"

#include <math.h>
#include <string.h>

#define N_(text) text

/* Of features at once: 100,000 tiles with 1,280 each. */
#define BYTES_MAX ((size_t)512 << 20)

static const struct {
  const char *name, *label, *unit;
} kinds[] = {
  [SAC_BAG_TIMES_N] = {"attention", N_ ("Instance attention"),
                       N_ ("times the mean")},
  [SAC_BAG_RAW] = {"attention-raw", N_ ("Attention before softmax"),
                   N_ ("raw attention")},
  [SAC_BAG_PERCENTILE] = {"attention-percentile", N_ ("Attention percentile"),
                          N_ ("percentile")},
  [SAC_BAG_EVIDENCE] = {"class-evidence", N_ ("Class evidence"), N_ ("logit")},
};

const char *
sac_bag_kind_get_name (SacBagKind kind)
{
  return kinds[kind].name;
}

const char *
sac_bag_kind_get_label (SacBagKind kind)
{
  return kinds[kind].label;
}

typedef struct {
  SacSlideRun *run;
  size_t encoder, width;
  float *features; /* [instance][width] */
  size_t *places;
  size_t count;
  SacJob *job;
} Gathering;

/* Of the store alone, and in the list's order. */
static bool
gather (
  size_t batch, const uint8_t *record, size_t size, void *user, GError **error)
{
  Gathering *self = user;
  const SacSlideRun *run = self->run;
  size_t row = self->width * sizeof (float);
  const uint32_t *tiles;

  if (!sac_job_check (self->job, error))
    return false;
  if (batch < run->first_batch || batch >= run->end_batch)
    return true;

  size_t count = sac_tile_list_get_batch (run->list, batch, &tiles);

  if (size != sac_slide_run_get_record_size (run, count))
    return true;
  record += sac_slide_run_get_features_offset (run, count, self->encoder);
  for (size_t i = 0; i < count; i++) {
    size_t place = batch * run->list->batch_size + i;

    if (run->status[place] != SAC_TILE_DONE)
      continue;
    memcpy (self->features + self->count * self->width, record + i * row, row);
    self->places[self->count++] = place;
  }
  return true;
}

static size_t
count_done (SacSlideRun *run)
{
  SacSlideProgress progress;

  sac_slide_run_get_progress (run, &progress);
  return progress.done_count - progress.unreadable_count;
}

static bool
reserve (Gathering *self, GError **error)
{
  size_t count = count_done (self->run);
  size_t bytes = count * self->width * sizeof (float);

  if (count == 0) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                         "no tile of the slide could be read, so there is "
                         "nothing to pool");
    return false;
  }
  self->features = bytes <= BYTES_MAX ? g_try_malloc (bytes) : NULL;
  self->places = g_new (size_t, count);
  if (self->features != NULL)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
               "%zu tiles of %zu features take %zu MiB at once; choose a "
               "larger "
               "stride or a region",
               count, self->width, bytes >> 20);
  return false;
}

SacSlideBag *
sac_slide_run_pool (SacSlideRun *run,
                    size_t pooling,
                    SacJob *job,
                    GError **error)
{
  const SacRunPooling *own = &run->poolings[pooling];
  g_autoptr (SacSlideBag) self = g_new0 (SacSlideBag, 1);
  Gathering gathering = {
    .run = run,
    .encoder = own->encoder,
    .width = run->models[own->encoder].feature_count,
    .job = job,
  };
  bool good = reserve (&gathering, error) &&
              sac_run_store_each (run->store, gather, &gathering, NULL, error);
  g_autofree float *features = gathering.features;

  g_assert (pooling < run->pooling_count);
  self->places = gathering.places;
  if (!good)
    return NULL;

  SacShape shape =
    sac_shape_of ((int64_t)gathering.count, (int64_t)gathering.width);
  g_autoptr (SacTensor) bag =
    sac_tensor_new_view (SAC_TYPE_FLOAT, &shape, features, NULL, NULL);

  self->bag = sac_bag_pool (own->model, bag, job, error);
  return self->bag != NULL ? g_steal_pointer (&self) : NULL;
}

void
sac_slide_bag_free (SacSlideBag *self)
{
  if (self == NULL)
    return;
  sac_bag_free (self->bag);
  g_free (self->places);
  g_free (self);
}

/* [instance] of a branch or class; NULL: there is none. */
static const float *
get_values (const SacBag *bag, SacBagKind kind, size_t class_index)
{
  size_t branch = sac_bag_get_branch (bag, class_index) * bag->count;

  switch (kind) {
  case SAC_BAG_TIMES_N:
    return bag->attention + branch;
  case SAC_BAG_RAW:
    return bag->raw != NULL ? bag->raw + branch : NULL;
  case SAC_BAG_PERCENTILE:
    return bag->percentile != NULL ? bag->percentile + branch : NULL;
  case SAC_BAG_EVIDENCE:
    return bag->evidence != NULL ? bag->evidence + class_index * bag->count
                                 : NULL;
  }
  g_assert_not_reached ();
}

bool
sac_slide_bag_has (const SacSlideBag *self, SacBagKind kind)
{
  return get_values (self->bag, kind, 0) != NULL;
}

/* The map is the pooling model's: what stands there of the encoder gets another
 * name. */
static void
name_models (JsonObject *provenance, const SacModel *model)
{
  static const char *const names[][2] = {{"model", "encoder"},
                                         {"model_sha256", "encoder_sha256"},
                                         {"manifest_sha256",
                                          "encoder_manifest_sha256"}};
  g_autofree char *id = sac_network_escape (sac_model_get_id (model));
  const char *own[] = {id,
                       sac_network_get_sha256 (sac_model_get_network (model)),
                       sac_model_get_manifest (model)->hash};

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    if (json_object_has_member (provenance, names[i][0]))
      json_object_set_member (provenance, names[i][1],
                              json_object_dup_member (provenance, names[i][0]));
    json_object_remove_member (provenance, names[i][0]);
    if (own[i] != NULL)
      json_object_set_string_member (provenance, names[i][0], own[i]);
  }
}

static void
describe (const SacSlideBag *self,
          SacSlideRun *run,
          size_t pooling,
          SacBagKind kind,
          size_t class_index,
          SacMap *map)
{
  const SacBag *bag = self->bag;
  SacModel *model = run->poolings[pooling].model;
  bool of_class = kind == SAC_BAG_EVIDENCE || bag->branch_count > 1;

  map->has_gaps = map->has_geometry = true;
  map->class_specific = of_class;
  map->geometry = sac_tile_grid_get_geometry (&run->grid);
  map->unit = g_strdup (kinds[kind].unit);
  map->method = g_strdup (kinds[kind].name);
  json_object_unref (map->provenance);
  map->provenance =
    sac_slide_run_get_provenance (run, run->poolings[pooling].encoder);
  json_object_set_object_member (map->provenance, "pooling",
                                 sac_slide_run_describe_pooling (run, pooling));
  json_object_set_string_member (map->provenance, "method", map->method);
  name_models (map->provenance, model);
  json_object_set_int_member (map->provenance, "instances", (gint64)bag->count);
  if (kind != SAC_BAG_EVIDENCE)
    sac_json_set_number (map->provenance, "effective_instances",
                         bag->effective[sac_bag_get_branch (bag, class_index)]);
  if (!of_class)
    return;
  json_object_set_int_member (map->provenance, "class_index",
                              (gint64)class_index);
  sac_json_set_number (map->provenance, "logit", bag->scores[class_index]);
  if (kind == SAC_BAG_EVIDENCE)
    sac_json_set_number (map->provenance, "bias", bag->bias[class_index]);
}

SacMap *
sac_slide_bag_get_map (const SacSlideBag *self,
                       SacSlideRun *run,
                       size_t pooling,
                       SacBagKind kind,
                       size_t class_index)
{
  const float *values = get_values (self->bag, kind, class_index);
  size_t count = (size_t)run->grid.rows * (size_t)run->grid.columns;
  float factor = kind == SAC_BAG_TIMES_N ? (float)self->bag->count : 1;
  float *cells = g_new (float, count);

  g_assert (values != NULL && class_index < self->bag->class_count);
  for (size_t i = 0; i < count; i++)
    cells[i] = NAN;
  for (size_t i = 0; i < self->bag->count; i++)
    cells[run->list->tiles[self->places[i]]] = factor * values[i];

  SacMap *map = sac_map_new_take (run->grid.rows, run->grid.columns, cells);

  describe (self, run, pooling, kind, class_index, map);
  return map;
}

/* MODEL:VALUE, unless a file of that name is there. */
static void
split_encoder (const char *text, char **ret_model, char **ret_value)
{
  const char *colon = strchr (text, ':');
  bool whole = colon == NULL || g_file_test (text, G_FILE_TEST_EXISTS);

  *ret_model =
    whole ? g_strdup (text) : g_strndup (text, (gsize)(colon - text));
  *ret_value = whole ? NULL : g_strdup (colon + 1);
}

SacModel *
sac_bag_open_encoder (SacModel *pooling,
                      const char *wanted,
                      char **ret_value,
                      SacJob *job,
                      GError **error)
{
  const SacManifestInput *input = sac_model_get_manifest (pooling)->inputs;
  g_autofree char *id = sac_network_escape (sac_model_get_id (pooling));
  g_autofree char *name = g_strdup (input->encoder);
  g_autofree char *value = g_strdup (input->encoder_value);
  g_autoptr (SacModel) encoder = NULL;

  if (wanted != NULL) {
    g_clear_pointer (&name, g_free);
    g_clear_pointer (&value, g_free);
    split_encoder (wanted, &name, &value);
  }
  if (name == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s pools features of tiles, but names no model that makes "
                 "them: give it (--encoder MODEL[:VALUE])",
                 id);
    return NULL;
  }
  encoder = sac_model_open (name, job, error);
  if (encoder == NULL) {
    g_prefix_error (error, "encoder of %s: ", id);
    return NULL;
  }

  const char *sha256 = sac_network_get_sha256 (sac_model_get_network (encoder));

  if (wanted == NULL && input->encoder_sha256 != NULL &&
      (sha256 == NULL ||
       g_ascii_strcasecmp (sha256, input->encoder_sha256) != 0)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s was made for another network than the %s there is: their "
                 "SHA-256 differ",
                 id, name);
    return NULL;
  }
  *ret_value = g_steal_pointer (&value);
  return g_steal_pointer (&encoder);
}
