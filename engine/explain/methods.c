/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"
#include "explain/attention-find.h"
#include "explain/list.h"
#include "explain/modulator.h"
#include "explain/not-finite.h"
#include "explain/params.h"
#include "explain/provenance.h"

#include <math.h>
#include <string.h>

static const SacMethod *const methods[] = {
  &sac_method_grad_cam,
  &sac_method_hires_cam,
  &sac_method_grad_cam_pp,
  &sac_method_layer_cam,
  &sac_method_x_grad_cam,
  &sac_method_eigen_cam,
  &sac_method_eigen_grad_cam,
  &sac_method_score_cam,
  &sac_method_ablation_cam,
  &sac_method_fullgrad,
  &sac_method_finer_cam,
  &sac_method_cam_fusion,

  &sac_method_attention,
  &sac_method_key_importance,
  &sac_method_rollout,
  &sac_method_gradient_rollout,
  &sac_method_relevance,
  &sac_method_legrad,
  &sac_method_attention_grad_cam,
  &sac_method_modulator_norm,
  &sac_method_gradient,
  &sac_method_gradient_x_input,
  &sac_method_smoothgrad,
  &sac_method_integrated_gradients,
  &sac_method_occlusion,
  &sac_method_rise,
  &sac_method_mil_attention,
  &sac_method_class_evidence,
  NULL,
};

static const char *const family_names[] = {
  [SAC_METHOD_CAM] = "cam",
  [SAC_METHOD_ATTENTION] = "attention",
  [SAC_METHOD_GRADIENT] = "gradient",
  [SAC_METHOD_PERTURBATION] = "perturbation",
};

static const char *const head_mode_names[] = {
  [SAC_HEAD_MEAN] = "mean",
  [SAC_HEAD_MAX] = "max",
  [SAC_HEAD_MIN] = "min",
  [SAC_HEAD_ONE] = "one",
};

const char *
sac_head_mode_get_name (SacHeadMode mode)
{
  return head_mode_names[mode];
}

const char *
sac_method_family_get_name (SacMethodFamily family)
{
  return family_names[family];
}

const SacMethod *const *
sac_methods_get_all (void)
{
  return methods;
}

const SacMethod *
sac_method_find (const char *name)
{
  for (size_t i = 0; methods[i] != NULL; i++) {
    if (strcmp (methods[i]->name, name) == 0)
      return methods[i];
  }
  return NULL;
}

/* A run gone wrong is no map without evidence: where it began is said. */
static void
flag_not_finite (SacMap *map, const SacExplainRequest *request, SacJob *job)
{
  JsonObject *provenance = map->provenance;
  g_autofree char *origin = NULL;
  g_autofree char *sentence = NULL;
  SacMapSummary summary;

  sac_map_summarize (map, &summary);
  if (summary.evidence != SAC_EVIDENCE_NOT_FINITE &&
      !(json_object_has_member (provenance, "score_value") &&
        json_object_get_null_member (provenance, "score_value")))
    return;
  origin = sac_not_finite_describe (sac_model_get_network (request->model),
                                    request->inputs, job);
  sentence = g_strdup_printf ("The run is not finite: %s.",
                              origin != NULL
                                ? origin
                                : "every node by itself gives finite numbers, "
                                  "which may be "
                                  "too large for faster algorithms (--exact)");
  json_object_set_string_member (provenance, "flag", sentence);
}

/* A method states its unit for logits; of another score it is that score's. */
static void
take_unit (SacMap *map, const SacExplainRequest *request)
{
  if (request->score == SAC_SCORE_LOGIT || strcmp (map->unit, "logit") != 0)
    return;
  g_free (map->unit);
  map->unit = g_strdup (sac_score_kind_get_name (request->score));
}

/* Shares of a score that is computed in float32: its own rounding is some
 * 1e-7 of it, and what adds up to it has a few times that. */
#define NOISE_SHARE 1e-6

/* A difference of logits is as rough as they are. */
static void
find_noise_floor (SacMap *map, const SacExplainRequest *request)
{
  JsonObject *provenance = map->provenance;
  const char *unit = sac_score_kind_get_name (request->score);
  double own = fabs (
    json_object_get_double_member_with_default (provenance, "score_value", 0));
  double logit =
    fabs (json_object_get_double_member_with_default (provenance, "logit", 0));

  if (strcmp (map->unit, unit) == 0)
    map->noise_floor =
      NOISE_SHARE *
      (request->score == SAC_SCORE_LOGIT ? fmax (own, logit) : own);
}

SacMap *
sac_method_run (const SacMethod *method,
                const SacExplainRequest *request,
                SacJob *job,
                GError **error)
{
  SacExplainRequest own = *request;
  gint64 start = g_get_monotonic_time ();

  /* Of several methods asked for at once, not all have a layer. */
  if (!method->has_layer)
    own.layer = NULL;
  if (!sac_params_check (method, &own, error))
    return NULL;

  SacMap *map = method->make (&own, job, error);

  if (map == NULL)
    return NULL;
  map->method = g_strdup (method->name);
  map->class_specific = map->class_specific || method->class_specific;
  take_unit (map, &own);
  find_noise_floor (map, &own);
  flag_not_finite (map, &own, job);
  sac_provenance_add_common (map->provenance, method, &own);
  json_object_set_boolean_member (map->provenance, "class_specific",
                                  map->class_specific);
  json_object_set_string_member (map->provenance, "unit", map->unit);
  json_object_set_boolean_member (map->provenance, "rectified", map->rectified);
  json_object_set_double_member (map->provenance, "seconds",
                                 (g_get_monotonic_time () - start) / 1e6);
  return map;
}

/* Sizes that the network leaves open, as the manifest states them or as is
 * usual: one sample, 224 pixels, a few instances. */
static void
typical_shape (const SacValue *value,
               const SacManifestInput *stated,
               SacShape *ret_shape)
{
  bool nhwc = stated != NULL && stated->nhwc;
  int64_t height = stated != NULL && stated->height > 0 ? stated->height : 224;
  int64_t width = stated != NULL && stated->width > 0 ? stated->width : 224;
  int64_t image[4] = {1, nhwc ? height : 3, nhwc ? width : height,
                      nhwc ? 3 : width};

  *ret_shape = value->has_shape ? value->shape : sac_shape_from (image, 4);
  for (int i = 0; i < ret_shape->rank; i++) {
    if (ret_shape->dims[i] < 0)
      ret_shape->dims[i] = ret_shape->rank == 4 ? image[i] : i == 0 ? 16 : 64;
  }
}

static SacPlan *
plan_typical (SacModel *model, GError **error)
{
  SacNetwork *network = sac_model_get_network (model);
  const SacGraph *graph = sac_network_get_graph (network);
  const SacManifest *manifest = sac_model_get_manifest (model);
  g_autofree SacShape *shapes = g_new0 (SacShape, graph->input_count);

  for (size_t i = 0; i < graph->input_count; i++)
    typical_shape (&graph->values[graph->inputs[i]],
                   i < manifest->input_count ? &manifest->inputs[i] : NULL,
                   &shapes[i]);
  return sac_plan_get (network, &(SacPlanRequest){.input_shapes = shapes}, NULL,
                       error);
}

static bool
has_attention (const SacMethod *method,
               SacModel *model,
               const SacPlan *plan,
               GError **error)
{
  g_autoptr (GArray) found =
    sac_attention_find (plan, sac_model_get_network (model),
                        sac_model_get_manifest (model), error);

  if (found == NULL)
    return false;
  for (guint i = 0; i < found->len; i++) {
    const SacAttention *attention = &g_array_index (found, SacAttention, i);

    if (attention->kind == SAC_ATTENTION_POOLING ||
        (attention->rows > 0 && !method->needs_pooling))
      return true;
  }
  if (method->needs_pooling) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                         N_ (
                           "this model has no attention that pools instances"));
    return false;
  }
  g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                       found->len == 0
                         ? N_ ("this model has no attention")
                         : N_ ("it is not known which places of the image this "
                               "model's attention looks at"));
  return false;
}

static bool
has_modulator (SacModel *model, const SacPlan *plan, GError **error)
{
  g_autoptr (SacFlow) flow =
    sac_flow_new (plan, sac_model_get_network (model), -1);
  g_autoptr (GArray) found = sac_modulator_find (flow);

  if (found->len == 0)
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                         N_ ("this model has no focal modulation"));
  return found->len > 0;
}

static bool
has_image (SacModel *model, GError **error)
{
  const SacGraph *graph = sac_network_get_graph (sac_model_get_network (model));

  for (size_t i = 0; i < graph->input_count; i++) {
    const SacValue *value = &graph->values[graph->inputs[i]];

    if (!value->has_shape || value->shape.rank == 4)
      return true;
  }
  g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                       N_ ("no input of this model is an image"));
  return false;
}

static bool
has_target (SacModel *model, const SacPlan *plan, GError **error)
{
  SacCamTarget target;

  return sac_cam_target_default (plan, sac_model_get_network (model),
                                 sac_model_get_manifest (model), &target,
                                 error);
}

bool
sac_method_applies (const SacMethod *method, SacModel *model, char **ret_reason)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacPlan) plan = plan_typical (model, &error);
  bool good = false;

  *ret_reason = NULL;
  if (plan != NULL && method->needs_attention)
    good = has_attention (method, model, plan, &error);
  else if (plan != NULL && method->needs_modulator)
    good = has_modulator (model, plan, &error);
  else if (plan != NULL &&
           (method->family != SAC_METHOD_CAM || !method->has_layer))
    good = has_image (model, &error);
  else if (plan != NULL)
    good = has_target (model, plan, &error);
  if (good)
    return true;
  *ret_reason = g_strdup (error->message);
  return false;
}
