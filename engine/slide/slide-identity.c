/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a run is, so that it is never mixed with another; and what its maps say
 * of themselves. */
#include "base/hash.h"
#include "base/json.h"
#include "network/plan-profile.h"
#include "slide/slide-run-private.h"

#define IDENTITY_SCHEMA 2

/* Without a manifest the input's fields are guesses of this program, so they
 * stand here by themselves. */
static JsonObject *
describe_model (const SacSlideModel *model)
{
  const SacManifestInput *input = model->input;
  JsonObject *object = json_object_new ();
  const char *sha256 =
    sac_network_get_sha256 (sac_model_get_network (model->model));
  const char *manifest = sac_model_get_manifest (model->model)->hash;
  g_autofree char *id = sac_network_escape (sac_model_get_id (model->model));

  json_object_set_string_member (object, "id", id);
  json_object_set_string_member (object, "sha256",
                                 sha256 != NULL ? sha256 : "changed");
  if (manifest != NULL)
    json_object_set_string_member (object, "manifest_sha256", manifest);
  json_object_set_int_member (object, "filter", input->filter);
  json_object_set_boolean_member (object, "bgr", input->bgr);
  sac_json_set_number (object, "scale", input->scale);
  json_object_set_array_member (object, "mean",
                                sac_json_numbers_new (input->mean, 4));
  json_object_set_array_member (object, "std",
                                sac_json_numbers_new (input->std, 4));
  return object;
}

/* The pooling itself is made of the store, but what it was is part of what was
 * asked for. */
JsonObject *
sac_slide_run_describe_pooling (const SacSlideRun *run, size_t index)
{
  const SacRunPooling *pooling = &run->poolings[index];
  const SacSlideModel *encoder = &run->models[pooling->encoder];
  const char *manifest = sac_model_get_manifest (pooling->model)->hash;
  const char *sha256 =
    sac_network_get_sha256 (sac_model_get_network (pooling->model));
  JsonObject *object = json_object_new ();
  g_autofree char *id = sac_network_escape (sac_model_get_id (pooling->model));
  g_autofree char *encoder_id =
    sac_network_escape (sac_model_get_id (encoder->model));
  g_autofree char *value = sac_network_escape (encoder->feature);

  json_object_set_string_member (object, "id", id);
  json_object_set_string_member (object, "sha256",
                                 sha256 != NULL ? sha256 : "changed");
  if (manifest != NULL)
    json_object_set_string_member (object, "manifest_sha256", manifest);
  json_object_set_string_member (object, "encoder", encoder_id);
  json_object_set_string_member (object, "value", value);
  json_object_set_int_member (object, "features",
                              (gint64)encoder->feature_count);
  return object;
}

static JsonObject *
describe_method (const SacSlideRun *run, const SacTileMethod *method)
{
  JsonObject *object = json_object_new ();
  JsonObject *sample = method->sample->provenance;

  json_object_set_string_member (object, "name", method->method->name);
  json_object_set_int_member (object, "model", (gint64)method->model);
  json_object_set_int_member (object, "class", method->class_index);
  json_object_set_int_member (object, "rows", method->sample->rows);
  json_object_set_int_member (object, "columns", method->sample->columns);
  if (json_object_has_member (sample, "layer"))
    json_object_set_string_member (object, "layer",
                                   json_object_get_string_member (sample,
                                                                  "layer"));
  if (json_object_has_member (sample, "params"))
    json_object_set_object_member (object, "params",
                                   json_object_ref (
                                     json_object_get_object_member (sample,
                                                                    "params")));
  return object;
}

static JsonObject *
describe_slide (const SacSlideRun *run)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "hash",
                                 sac_source_get_hash (run->source));
  json_object_set_int_member (object, "width",
                              sac_source_get_width (run->source));
  json_object_set_int_member (object, "height",
                              sac_source_get_height (run->source));
  sac_json_set_number (object, "mpp", run->mpp);
  return object;
}

static JsonObject *
describe_grid (const SacSlideRun *run)
{
  const SacTileGrid *grid = &run->grid;
  JsonObject *object = json_object_new ();
  const double region[4] = {grid->region.x, grid->region.y, grid->region.width,
                            grid->region.height};
  JsonArray *tile = json_array_new ();

  json_object_set_array_member (object, "region",
                                sac_json_numbers_new (region, 4));
  json_array_add_int_element (tile, grid->input_width);
  json_array_add_int_element (tile, grid->input_height);
  json_object_set_array_member (object, "tile", tile);
  json_object_set_int_member (object, "stride", grid->stride);
  sac_json_set_number (object, "spacing", grid->spacing);
  json_object_set_string_member (object, "edge",
                                 sac_tile_edge_get_name (grid->edge));
  json_object_set_int_member (object, "rows", grid->rows);
  json_object_set_int_member (object, "columns", grid->columns);
  return object;
}

static void
add_tiles (JsonObject *object, const SacSlideRun *run, double least_share)
{
  g_autofree char *tiles =
    sac_hash_bytes (run->list->tiles, run->list->count * sizeof (uint32_t));

  json_object_set_int_member (object, "tiles", (gint64)run->list->count);
  json_object_set_string_member (object, "tiles_sha256", tiles);
  json_object_set_int_member (object, "batch", (gint64)run->list->batch_size);
  if (run->tissue == NULL)
    return;

  const SacMask *mask = run->tissue->mask;
  g_autofree char *cells =
    sac_hash_bytes (mask->cells, (size_t)mask->rows * (size_t)mask->columns);
  JsonObject *tissue = json_object_new ();

  json_object_set_string_member (tissue, "sha256", cells);
  json_object_set_int_member (tissue, "threshold", run->tissue->threshold);
  sac_json_set_number (tissue, "least_share", least_share);
  json_object_set_object_member (object, "tissue", tissue);
}

static void
add_engine (JsonObject *object)
{
  json_object_set_string_member (object, "version", SAC_VERSION);
  json_object_set_string_member (object, "kernels", sac_plan_get_kernels ());
  json_object_set_boolean_member (object, "exact", sac_plan_get_exact ());
}

JsonObject *
sac_slide_run_make_identity (const SacSlideRun *run,
                             const SacSlideParams *params)
{
  JsonObject *object = json_object_new ();
  JsonArray *models = json_array_new (), *methods = json_array_new (),
            *poolings = json_array_new (), *shard = json_array_new ();

  json_object_set_int_member (object, "schema", IDENTITY_SCHEMA);
  add_engine (object);
  json_object_set_object_member (object, "slide", describe_slide (run));
  for (size_t i = 0; i < run->model_count; i++)
    json_array_add_object_element (models, describe_model (&run->models[i]));
  json_object_set_array_member (object, "models", models);
  json_object_set_object_member (object, "grid", describe_grid (run));
  add_tiles (object, run, params->least_share);
  for (size_t i = 0; i < run->method_count; i++)
    json_array_add_object_element (methods,
                                   describe_method (run, &run->methods[i]));
  json_object_set_array_member (object, "methods", methods);
  for (size_t i = 0; i < run->pooling_count; i++)
    json_array_add_object_element (poolings,
                                   sac_slide_run_describe_pooling (run, i));
  json_object_set_array_member (object, "poolings", poolings);
  json_array_add_int_element (shard, (gint64)MAX (1, params->shard));
  json_array_add_int_element (shard, (gint64)MAX (1, params->shard_count));
  json_object_set_array_member (object, "shard", shard);
  return object;
}

/* The identity holds all of it; a map names its own model, and no shard. */
JsonObject *
sac_slide_run_get_provenance (const SacSlideRun *run, size_t model)
{
  JsonObject *object = json_object_new ();
  JsonObject *own = describe_model (&run->models[model]);
  g_autofree char *created = sac_run_store_get_note (run->store, "created");
  static const char *const words[] = {"version", "kernels"};
  static const char *const parts[] = {"slide", "grid", "tissue"};

  json_object_set_string_member (object, "program", "Saccade");
  for (size_t i = 0; i < G_N_ELEMENTS (words); i++)
    json_object_set_string_member (object, words[i],
                                   json_object_get_string_member (run->identity,
                                                                  words[i]));
  json_object_set_boolean_member (object, "exact",
                                  json_object_get_boolean_member (run->identity,
                                                                  "exact"));
  json_object_set_string_member (object, "model",
                                 json_object_get_string_member (own, "id"));
  json_object_set_string_member (object, "model_sha256",
                                 json_object_get_string_member (own, "sha256"));
  if (json_object_has_member (own, "manifest_sha256"))
    json_object_set_string_member (
      object, "manifest_sha256",
      json_object_get_string_member (own, "manifest_sha256"));
  json_object_unref (own);
  json_object_set_string_member (object, "image_hash",
                                 sac_source_get_hash (run->source));
  for (size_t i = 0; i < G_N_ELEMENTS (parts); i++)
    if (json_object_has_member (run->identity, parts[i]))
      json_object_set_object_member (
        object, parts[i],
        json_object_ref (
          json_object_get_object_member (run->identity, parts[i])));
  json_object_set_int_member (object, "batch", (gint64)run->list->batch_size);
  if (created != NULL)
    json_object_set_string_member (object, "created", created);
  return object;
}
