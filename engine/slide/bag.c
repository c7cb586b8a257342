/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide/bag.h"

#include "base/error.h"
#include "explain/method.h"
#include "network/plan.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
  SacModel *model;
  SacTensor *input; /* the features as the network takes them */
  SacBag *bag;
  SacJob *job;
} Pooling;

bool
sac_bag_model_is (const SacModel *model)
{
  const SacManifest *manifest = sac_model_get_manifest (model);

  return manifest->input_count == 1 &&
         g_strcmp0 (manifest->inputs[0].role, "bag") == 0;
}

static bool
refuse (const Pooling *self, const char *why, GError **error)
{
  g_autofree char *id = sac_network_escape (sac_model_get_id (self->model));

  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s cannot pool these tiles: %s", id, sac_sentence (why));
  return false;
}

/* N x D, or 1 x N x D where the network has three axes. */
static bool
shape_input (Pooling *self, const SacTensor *features, GError **error)
{
  const SacGraph *graph =
    sac_network_get_graph (sac_model_get_network (self->model));
  const SacValue *value = &graph->values[graph->inputs[0]];
  int64_t count = features->shape.dims[0], width = features->shape.dims[1];
  int rank = value->has_shape ? value->shape.rank : 2;
  SacShape shape =
    rank == 3 ? sac_shape_of (1, count, width) : sac_shape_of (count, width);

  if (sac_type_get_kind (value->type) != SAC_KIND_F32 || rank < 2 || rank > 3)
    return refuse (self, "its input is no rows of floats", error);
  if (value->has_shape && value->shape.dims[rank - 1] > 0 &&
      value->shape.dims[rank - 1] != width) {
    g_autofree char *why =
      g_strdup_printf ("it takes %" PRId64
                       " features of each, the encoder gives "
                       "%" PRId64,
                       value->shape.dims[rank - 1], width);

    return refuse (self, why, error);
  }
  self->input =
    sac_tensor_new_view (value->type, &shape, features->data, NULL, NULL);
  return true;
}

/* The first output that is one row of numbers, whatever the bag. */
static bool
find_scores (Pooling *self, const SacResult *result, GError **error)
{
  const SacManifest *manifest = sac_model_get_manifest (self->model);
  SacBag *bag = self->bag;

  for (size_t i = 0; i < manifest->output_count; i++) {
    const SacTensor *scores =
      sac_result_get_value (result, manifest->outputs[i].name);
    const SacShape *shape = &scores->shape;
    int rank = shape->rank;

    if (sac_type_get_kind (scores->type) != SAC_KIND_F32 || rank < 1 ||
        rank > 2 || (rank == 2 && shape->dims[0] != 1))
      continue;
    bag->output = &manifest->outputs[i];
    bag->output_index = i;
    bag->class_count = (size_t)shape->dims[rank - 1];
    bag->scores =
      g_memdup2 (sac_tensor_f32 (scores), bag->class_count * sizeof (float));
    bag->probabilities = g_new (double, bag->class_count);
    sac_model_probabilities (bag->output, bag->scores, bag->class_count,
                             bag->probabilities);
    return true;
  }
  return refuse (self, "no output of it is a row of numbers for the whole bag",
                 error);
}

static bool
run_scores (Pooling *self, GError **error)
{
  const SacTensor *inputs[1] = {self->input};
  SacPlanRequest request = {.input_shapes = &self->input->shape};
  SacRunParams params = {.inputs = inputs};
  g_autoptr (SacPlan) plan = sac_plan_get (sac_model_get_network (self->model),
                                           &request, self->job, error);
  g_autoptr (SacResult) result =
    plan != NULL ? sac_plan_run (plan, &params, self->job, error) : NULL;

  return result != NULL && find_scores (self, result, error);
}

/* show: what the attention is given as; NULL for another method.  ret_values:
 * [instance]; ret_provenance: a new reference, or NULL. */
static bool
run_method (const Pooling *self,
            const char *name,
            const char *show,
            size_t class_index,
            float *ret_values,
            JsonObject **ret_provenance,
            GError **error)
{
  const SacTensor *inputs[1] = {self->input};
  g_autoptr (GHashTable) params = g_hash_table_new (g_str_hash, g_str_equal);
  SacExplainRequest request = {
    .model = self->model,
    .inputs = inputs,
    .output = self->bag->output_index,
    .class_index = (int64_t)class_index,
    .params = params,
  };

  if (show != NULL)
    g_hash_table_insert (params, (char *)"show", (char *)show);

  g_autoptr (SacMap) map =
    sac_method_run (sac_method_find (name), &request, self->job, error);

  if (map == NULL)
    return false;
  if ((size_t)map->rows * (size_t)map->columns != self->bag->count)
    return refuse (self, "its attention is not among the tiles", error);
  memcpy (ret_values, map->values, self->bag->count * sizeof (float));
  if (ret_provenance != NULL)
    *ret_provenance = json_object_ref (map->provenance);
  return true;
}

/* A branch for each class, or one for all. */
static bool
run_attention (Pooling *self, GError **error)
{
  SacBag *bag = self->bag;
  size_t all = bag->class_count * bag->count;

  bag->branch_count = 1;
  bag->attention = g_new (float, all);
  bag->effective = g_new (double, bag->class_count);
  for (size_t i = 0; i < bag->branch_count; i++) {
    g_autoptr (JsonObject) provenance = NULL;

    if (!run_method (self, "mil-attention", "probability", i,
                     bag->attention + i * bag->count, &provenance, error))
      return false;
    if (json_object_get_int_member (provenance, "heads") > 1)
      bag->branch_count = bag->class_count;
    bag->effective[i] =
      json_object_get_double_member (provenance, "effective_instances");
  }
  return true;
}

/* Not every network has weights before a softmax: then it has no ranks of them
 * either. */
static bool
run_raw (Pooling *self, GError **error)
{
  SacBag *bag = self->bag;
  size_t all = bag->branch_count * bag->count;
  g_autofree float *raw = g_new (float, all);
  g_autofree float *percentile = g_new (float, all);

  for (size_t i = 0; i < bag->branch_count; i++) {
    g_autoptr (GError) reason = NULL;
    size_t first = i * bag->count;

    if (run_method (self, "mil-attention", "raw", i, raw + first, NULL,
                    &reason) &&
        run_method (self, "mil-attention", "percentile", i, percentile + first,
                    NULL, &reason))
      continue;
    if (g_error_matches (reason, SAC_ERROR, SAC_ERROR_UNDEFINED))
      return true;
    g_propagate_error (error, g_steal_pointer (&reason));
    return false;
  }
  bag->raw = g_steal_pointer (&raw);
  bag->percentile = g_steal_pointer (&percentile);
  return true;
}

static bool
run_evidence (Pooling *self, GError **error)
{
  SacBag *bag = self->bag;
  g_autofree float *evidence = g_new (float, bag->class_count * bag->count);
  g_autofree double *bias = g_new (double, bag->class_count);

  for (size_t i = 0; i < bag->class_count; i++) {
    g_autoptr (GError) reason = NULL;
    g_autoptr (JsonObject) provenance = NULL;

    if (run_method (self, "class-evidence", NULL, i, evidence + i * bag->count,
                    &provenance, &reason)) {
      bias[i] = json_object_get_double_member (provenance, "bias");
      bag->scores[i] =
        (float)json_object_get_double_member (provenance, "logit");
      continue;
    }
    if (!g_error_matches (reason, SAC_ERROR, SAC_ERROR_UNDEFINED)) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return false;
    }
    bag->no_evidence = g_strdup (reason->message);
    return true;
  }
  bag->evidence = g_steal_pointer (&evidence);
  bag->bias = g_steal_pointer (&bias);
  return true;
}

SacBag *
sac_bag_pool (SacModel *model,
              const SacTensor *features,
              SacJob *job,
              GError **error)
{
  g_autoptr (SacBag) bag = g_new0 (SacBag, 1);
  g_autoptr (SacTensor) input = NULL;
  Pooling self = {.model = model, .bag = bag, .job = job};

  g_assert (features->shape.rank == 2 && features->shape.dims[0] > 0);
  bag->count = (size_t)features->shape.dims[0];
  if (!shape_input (&self, features, error))
    return NULL;
  input = self.input;
  return run_scores (&self, error) && run_attention (&self, error) &&
             run_raw (&self, error) && run_evidence (&self, error)
           ? g_steal_pointer (&bag)
           : NULL;
}

void
sac_bag_free (SacBag *bag)
{
  if (bag == NULL)
    return;
  g_free (bag->scores);
  g_free (bag->probabilities);
  g_free (bag->attention);
  g_free (bag->raw);
  g_free (bag->percentile);
  g_free (bag->effective);
  g_free (bag->evidence);
  g_free (bag->bias);
  g_free (bag->no_evidence);
  g_free (bag);
}

size_t
sac_bag_get_branch (const SacBag *bag, size_t class_index)
{
  return bag->branch_count > 1 ? class_index : 0;
}
