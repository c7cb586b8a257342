/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "work.h"

#include "base/error.h"
#include "explain/attention.h"
#include "explain/cam-target.h"
#include "network/plan.h"
#include "network/preprocess.h"
#include "scene/scene-view.h"

#include <math.h>

#define OTHER_SIDE 240.0 /* pixels of the longer one */

static void
layer_free (SacLayer *layer)
{
  g_free (layer->value);
  g_free (layer->label);
  g_free (layer);
}

SacFindings *
sac_findings_ref (SacFindings *findings)
{
  g_atomic_ref_count_inc (&findings->ref_count);
  return findings;
}

void
sac_findings_unref (SacFindings *findings)
{
  if (findings == NULL || !g_atomic_ref_count_dec (&findings->ref_count))
    return;
  sac_loaded_unref (findings->loaded);
  sac_source_unref (findings->source);
  g_clear_pointer (&findings->other, sac_source_unref);
  g_clear_pointer (&findings->other_picture, sac_image_unref);
  g_free (findings->geometries);
  sac_inputs_free (findings->inputs);
  sac_predictions_free (findings->predictions);
  g_ptr_array_unref (findings->layers);
  g_ptr_array_unref (findings->attentions);
  g_free (findings);
}

bool
sac_focus_applies (SacModel *model, const SacSource *source)
{
  const SacManifest *manifest = sac_model_get_manifest (model);

  return manifest->input_count > 0 && manifest->inputs[0].mpp > 0 &&
         (sac_source_get_mpp (source) > 0 || sac_source_is_slide (source));
}

bool
sac_pair_applies (SacModel *model)
{
  return sac_model_get_manifest (model)->input_count == 2;
}

const char *
sac_pair_get_role (SacModel *model, size_t input)
{
  const SacManifestInput *inputs = sac_model_get_manifest (model)->inputs;
  bool has_roles = inputs[0].role != NULL && inputs[1].role != NULL &&
                   !g_str_equal (inputs[0].role, inputs[1].role);

  return has_roles ? inputs[input].role : inputs[input].name;
}

SacPredictRequest *
sac_predict_request_new (SacLoaded *loaded,
                         SacSource *source,
                         const SacFocus *focus,
                         const SacPair *pair)
{
  SacPredictRequest *request = g_new0 (SacPredictRequest, 1);

  request->loaded = sac_loaded_ref (loaded);
  request->source = sac_source_ref (source);
  request->focus = *focus;
  if (pair->other != NULL && sac_pair_applies (loaded->model))
    request->pair = (SacPair){sac_source_ref (pair->other), pair->is_second};
  return request;
}

static void
predict_request_free (SacPredictRequest *request)
{
  g_clear_pointer (&request->pair.other, sac_source_unref);
  sac_loaded_unref (request->loaded);
  sac_source_unref (request->source);
  g_free (request);
}

static SacLayer *
layer_new (const SacGraph *graph, int value, int rows, int columns)
{
  SacLayer *layer = g_new0 (SacLayer, 1);
  g_autofree char *shown = sac_network_escape (graph->values[value].name);

  layer->value = g_strdup (graph->values[value].name);
  layer->label = rows > 0 && columns > 0
                   ? g_strdup_printf ("%s · %d × %d", shown, rows, columns)
                   : g_strdup (shown);
  return layer;
}

static void
add_layers (SacFindings *findings, SacPlan *plan)
{
  SacModel *model = findings->loaded->model;
  SacNetwork *network = sac_model_get_network (model);
  const SacManifest *manifest = sac_model_get_manifest (model);
  const SacGraph *graph = sac_network_get_graph (network);
  g_autoptr (GArray) targets = sac_cam_target_list (plan, network, manifest);
  /* A manifest that does not fit is told when a map is asked for. */
  g_autoptr (GArray) attentions =
    sac_attention_find (plan, network, manifest, NULL);

  for (guint i = 0; i < targets->len; i++) {
    const SacCamTarget *target = &g_array_index (targets, SacCamTarget, i);

    SacLayer *layer =
      layer_new (graph, target->value, target->rows, target->columns);

    layer->unread = target->zero_gradient;
    g_ptr_array_add (findings->layers, layer);
  }
  for (guint i = 0; attentions != NULL && i < attentions->len; i++) {
    const SacAttention *attention =
      &g_array_index (attentions, SacAttention, i);
    SacLayer *layer =
      layer_new (graph, attention->value, attention->rows, attention->columns);

    layer->heads = attention->heads;
    g_ptr_array_add (findings->attentions, layer);
  }
}

static bool
find_layers (SacFindings *findings, SacJob *job, GError **error)
{
  SacNetwork *network = sac_model_get_network (findings->loaded->model);
  SacInputs *inputs = findings->inputs;
  g_autofree SacShape *shapes = g_new0 (SacShape, inputs->count + 1);

  if (!sac_plan_bind (network, (const SacTensor *const *)inputs->tensors,
                      shapes, error))
    return false;

  SacPlanRequest wanted = {.input_shapes = shapes};
  g_autoptr (SacPlan) plan = sac_plan_get (network, &wanted, job, error);

  if (plan == NULL)
    return false;
  add_layers (findings, plan);
  return true;
}

static bool
has_all_images (const SacPredictRequest *request, GError **error)
{
  SacModel *model = request->loaded->model;

  if (!sac_pair_applies (model) || request->pair.other != NULL)
    return true;

  g_autofree char *role =
    sac_network_escape (sac_pair_get_role (model, !request->pair.is_second));

  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s looks at two images together: choose the one for its input "
               "%s",
               sac_model_get_id (model), role);
  return false;
}

/* In the order of the model's inputs.  Returns: false with an error. */
static bool
make_inputs (SacFindings *findings,
             const SacRect *region,
             SacJob *job,
             GError **error)
{
  SacModel *model = findings->loaded->model;
  SacSource *sources[2] = {findings->source, findings->other};

  if (findings->input == 1) {
    sources[0] = findings->other;
    sources[1] = findings->source;
  }
  findings->inputs =
    sac_inputs_new (model, sources, findings->other != NULL ? 2 : 1, region,
                    job, error);
  if (findings->inputs == NULL)
    return false;
  findings->geometries =
    g_new0 (const SacGeometry *, findings->inputs->count + 1);
  for (size_t i = 0; i < findings->inputs->count; i++)
    findings->geometries[i] = &findings->inputs->geometries[i];
  return true;
}

/* For choosing a place of the other image, of which nothing else is shown. */
static bool
draw_other (SacFindings *findings, SacJob *job, GError **error)
{
  const SacRect *seen = &findings->geometries[!findings->input]->seen;
  double scale = OTHER_SIDE / fmax (seen->width, seen->height);
  int width = (int)fmax (rint (seen->width * scale), 1);
  int height = (int)fmax (rint (seen->height * scale), 1);
  g_autoptr (SacSceneView) view = sac_scene_view_new (findings->other);
  g_autofree char *problem = NULL;

  view->has_camera = true;
  sac_camera_fit_rect (&view->scene.camera, seen, width, height);
  view->scene.camera.scale = scale;
  findings->other_picture =
    sac_scene_view_draw (view, width, height, job, &problem, error);
  return findings->other_picture != NULL;
}

static gpointer
run_predict (gpointer data, SacJob *job, GError **error)
{
  const SacPredictRequest *request = data;
  SacModel *model = request->loaded->model;
  g_autoptr (SacFindings) findings = NULL;

  if (!has_all_images (request, error))
    return NULL;
  findings = g_new0 (SacFindings, 1);
  g_atomic_ref_count_init (&findings->ref_count);
  findings->loaded = sac_loaded_ref (request->loaded);
  findings->source = sac_source_ref (request->source);
  if (request->pair.other != NULL) {
    findings->other = sac_source_ref (request->pair.other);
    findings->input = request->pair.is_second;
  }
  findings->focus = request->focus;
  findings->layers =
    g_ptr_array_new_with_free_func ((GDestroyNotify)layer_free);
  findings->attentions =
    g_ptr_array_new_with_free_func ((GDestroyNotify)layer_free);

  bool has_region = request->focus.is_set && findings->other == NULL &&
                    sac_focus_applies (model, request->source);

  if (has_region)
    findings->region =
      sac_preprocess_region_at (&sac_model_get_manifest (model)->inputs[0],
                                request->source, request->focus.x,
                                request->focus.y);
  if (!make_inputs (findings, has_region ? &findings->region : NULL, job,
                    error))
    return NULL;
  findings->predictions = sac_predict (model, findings->inputs, 0, job, error);
  if (findings->predictions == NULL || !find_layers (findings, job, error) ||
      (findings->other != NULL && !draw_other (findings, job, error)))
    return NULL;
  return g_steal_pointer (&findings);
}

const SacWork sac_work_predict = {
  .run = run_predict,
  .free_request = (GDestroyNotify)predict_request_free,
  .free_result = (GDestroyNotify)sac_findings_unref,
};

SacMapRequest *
sac_map_request_new (SacFindings *findings,
                     const SacChoice *choice,
                     SacPartials *partials)
{
  SacMapRequest *request = g_new0 (SacMapRequest, 1);

  request->findings = sac_findings_ref (findings);
  sac_choice_copy (choice, &request->choice);
  request->partials = partials != NULL ? sac_partials_ref (partials) : NULL;
  return request;
}

void
sac_map_request_free (SacMapRequest *request)
{
  sac_findings_unref (request->findings);
  sac_choice_clear (&request->choice);
  sac_partials_unref (request->partials);
  g_free (request);
}

static void
add_image (SacMap *map, const char *key, SacSource *source, const char *hash)
{
  const char *path = sac_source_get_path (source);
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *hash_key = g_strdup_printf ("%s_hash", key);

  json_object_set_string_member (map->provenance, key, name);
  json_object_set_string_member (map->provenance, hash_key, hash);
}

/* The method knows the input's pixels only; whose pixels they are is added
 * here, before the map is shared. */
static void
add_provenance (SacMap *map, const SacFindings *findings)
{
  char **hashes = findings->inputs->image_hashes;

  add_image (map, "image", findings->source, hashes[findings->input]);
  if (findings->other != NULL)
    add_image (map, "other_image", findings->other, hashes[!findings->input]);
}

static bool
find_class (const SacMapRequest *request,
            const char *class_id,
            int64_t *ret_class_index,
            GError **error)
{
  const SacPredictions *predictions = request->findings->predictions;
  const SacChoice *choice = &request->choice;

  *ret_class_index = -1;
  if (class_id == NULL || choice->output >= predictions->head_count)
    return true;
  *ret_class_index =
    sac_model_find_class (predictions->model, choice->output,
                          predictions->heads[choice->output].class_count,
                          class_id, error);
  return *ret_class_index >= 0;
}

/* Of methods that look at a score.  A contrast is one of logits. */
static bool
add_score (const SacMapRequest *request,
           const SacMethod *method,
           SacExplainRequest *wanted,
           GError **error)
{
  const SacChoice *choice = &request->choice;

  if (!method->class_specific)
    return true;
  wanted->score = choice->score;
  wanted->has_against =
    choice->score == SAC_SCORE_LOGIT && choice->against != NULL;
  return !wanted->has_against ||
         find_class (request, choice->against, &wanted->against, error);
}

typedef struct {
  SacPartials *partials;
  SacJob *job;
} Watch;

static void
on_partial (SacMap *map, void *data)
{
  const Watch *watch = data;

  sac_partials_put (watch->partials, sac_map_ref (map),
                    sac_job_get_progress (watch->job));
}

bool
sac_map_request_fill (const SacMapRequest *request,
                      SacExplainRequest *ret_wanted,
                      GError **error)
{
  const SacFindings *findings = request->findings;
  const SacChoice *choice = &request->choice;
  const SacMethod *method = sac_method_find (choice->method);

  *ret_wanted = (SacExplainRequest){
    .model = findings->loaded->model,
    .inputs = (const SacTensor *const *)findings->inputs->tensors,
    .geometries = findings->geometries,
    .input = findings->input,
    .output = choice->output,
    .layer = method->has_layer ? choice->layer : NULL,
    .head_mode = choice->head_mode,
    .head = choice->head,
    .params = choice->params,
  };
  return find_class (request, choice->class_id, &ret_wanted->class_index,
                     error) &&
         add_score (request, method, ret_wanted, error);
}

static gpointer
run_explain (gpointer data, SacJob *job, GError **error)
{
  const SacMapRequest *request = data;
  Watch watch = {request->partials, job};
  SacExplainRequest wanted;

  if (!sac_map_request_fill (request, &wanted, error))
    return NULL;
  wanted.partial = request->partials != NULL ? on_partial : NULL;
  wanted.partial_data = &watch;

  SacMap *map = sac_method_run (sac_method_find (request->choice.method),
                                &wanted, job, error);

  if (map != NULL)
    add_provenance (map, request->findings);
  return map;
}

const SacWork sac_work_explain = {
  .run = run_explain,
  .free_request = (GDestroyNotify)sac_map_request_free,
  .free_result = (GDestroyNotify)sac_map_unref,
};
