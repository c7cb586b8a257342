/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/cam.h"

#include "base/error.h"
#include "explain/attention-find.h"
#include "explain/cam-layout.h"
#include "explain/cam-math.h"
#include "explain/cam-target-find.h"
#include "explain/list.h"
#include "explain/params.h"
#include "explain/provenance.h"

typedef struct {
  const SacExplainRequest *request;
  const SacCamRule *rule;
  SacExplainRun *run;
  SacFlow *flow;   /* of the request's input */
  SacFlow *others; /* of the other inputs */
  SacCamTarget target;
  SacCamStrides strides;
  float *values, *gradients; /* channels x cells of the sample */
} SacCamWork;

static void
work_finish (SacCamWork *work)
{
  g_free (work->values);
  g_free (work->gradients);
  sac_flow_free (work->flow);
  sac_flow_free (work->others);
  sac_explain_run_free (work->run);
}

static bool
find_target (SacCamWork *work, GError **error)
{
  const char *layer = work->request->layer;
  g_autoptr (GArray) attention = sac_attention_find_all (work->run->flow);
  SacCamSearch search = {
    .flow = work->flow,
    .others = work->others,
    .attention = attention,
    .score = work->run->score.value,
    .manifest = work->run->manifest,
  };

  return layer != NULL
           ? sac_cam_target_search_named (&search, layer, &work->target, error)
           : sac_cam_target_search (&search, &work->target, error);
}

static bool
is_zero (const float *values, int64_t count)
{
  for (int64_t i = 0; i < count; i++) {
    if (values[i] != 0)
      return false;
  }
  return true;
}

static bool
prefix_flows (const SacCamTarget *target,
              const SacCamStrides *strides,
              const SacTensor *gradient)
{
  for (int i = 1; i <= target->prefix_tokens; i++) {
    if (!is_zero (sac_tensor_f32 (gradient) + strides->start -
                    i * strides->token,
                  target->channels))
      return true;
  }
  return false;
}

/* The name of the value that the program would take by itself. */
static char *
better_name (const SacCamWork *work)
{
  SacExplainRequest plain = *work->request;
  SacCamWork other = *work;

  plain.layer = NULL;
  other.request = &plain;
  return find_target (&other, NULL)
           ? sac_explain_run_name (work->run, other.target.value)
           : g_strdup ("an earlier value");
}

/* A gradient of zeros on all patches while the class token has one is the
 * network's construction, not a finding about the image. */
static bool
check_flow (SacCamWork *work,
            const SacCamStrides *strides,
            const SacTensor *gradient,
            GError **error)
{
  const SacCamTarget *target = &work->target;
  int64_t cells = (int64_t)target->rows * target->columns;

  if (!is_zero (work->gradients, target->channels * cells) ||
      !prefix_flows (target, strides, gradient))
    return true;

  g_autofree char *name = sac_explain_run_name (work->run, target->value);
  g_autofree char *better = better_name (work);

  g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
               "nothing flows from the patches of %s to the output: only its "
               "class token is read after it; take %s",
               name, better);
  return false;
}

static bool
take_planes (SacCamWork *work, GError **error)
{
  const SacExplainRun *run = work->run;
  int value = work->target.value;
  const SacTensor *values = sac_explain_run_value (run, value);
  int64_t sample =
    sac_flow_sample (work->flow, work->request->input, work->request->batch);
  SacCamStrides *strides = &work->strides;

  sac_cam_layout_strides (&work->target, &values->shape, sample, strides);
  if (sac_tensor_get_kind (values) != SAC_KIND_F32 ||
      sample >= strides->samples) {
    g_autofree char *name = sac_explain_run_name (run, value);

    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s has no float32 values for sample %zu", name,
                 work->request->batch);
    return false;
  }
  work->values = sac_cam_layout_gather (&work->target, strides, values);
  if (work->rule->class_free || work->rule->weigh != NULL)
    return true;

  const SacTensor *gradient = sac_explain_run_gradient (run, value);

  work->gradients = sac_cam_layout_gather (&work->target, strides, gradient);
  return check_flow (work, strides, gradient, error);
}

static SacMap *
new_map (const SacCamWork *work, float *values, bool rectified)
{
  const SacExplainRequest *request = work->request;
  const SacGeometry *geometry =
    request->geometries != NULL ? request->geometries[request->input] : NULL;
  SacMap *map =
    sac_map_new_take (work->target.rows, work->target.columns, values);

  map->rectified = rectified;
  map->has_geometry = geometry != NULL;
  if (geometry != NULL)
    map->geometry = *geometry;
  map->unit = g_strdup (work->rule->unit);
  sac_provenance_add_target (map->provenance, work->run, &work->target);
  if (!work->rule->class_free)
    sac_provenance_add_score (map->provenance, work->run);
  return map;
}

/* The channels' weighted sum.  Returns: a new array, or NULL. */
static float *
weigh (SacCamWork *work, SacJob *job, GError **error)
{
  int64_t cells = (int64_t)work->target.rows * work->target.columns;
  g_autoptr (SacTensor) value = sac_tensor_ref (
    (SacTensor *)sac_explain_run_value (work->run, work->target.value));
  g_autofree double *weights = g_new0 (double, work->target.channels);
  g_autofree double *sums = g_new0 (double, cells);
  SacCamFound found = {
    .run = work->run,
    .target = &work->target,
    .value = value,
    .strides = work->strides,
    .planes = work->values,
  };

  if (!work->rule->weigh (&found, weights, job, error))
    return NULL;
  for (int64_t k = 0; k < work->target.channels; k++) {
    for (int64_t i = 0; i < cells; i++)
      sums[i] += weights[k] * work->values[k * cells + i];
  }

  float *map = g_new (float, cells);

  for (int64_t i = 0; i < cells; i++)
    map[i] = (float)sums[i];
  return map;
}

static float *
compute (const SacCamWork *work, double number)
{
  SacCamPlanes planes = {
    .channels = work->target.channels,
    .cells = (int64_t)work->target.rows * work->target.columns,
    .values = work->values,
    .gradients = work->gradients,
  };
  float *map = g_new0 (float, planes.cells);

  work->rule->compute (&planes, number, map);
  return map;
}

SacMap *
sac_cam_make (const SacCamRule *rule,
              const SacExplainRequest *request,
              SacJob *job,
              GError **error)
{
  SacCamWork work = {.request = request, .rule = rule};
  int64_t relu = 0;
  double number = 0;
  SacMap *map = NULL;

  if (rule->relu != NULL)
    relu = sac_param_get_whole (request, rule->relu);
  if (rule->number != NULL)
    number = sac_param_get_number (request, rule->number);
  work.run = sac_explain_run_new (request, job, error);
  if (work.run == NULL)
    return NULL;
  work.flow =
    sac_flow_new (work.run->plan, work.run->network, (int)request->input);
  work.others = sac_flow_new_without (work.run->plan, work.run->network,
                                      (int)request->input);
  if (find_target (&work, error)) {
    SacExplainPass pass = {
      .values = &work.target.value,
      .count = 1,
      .gradients = !rule->class_free && rule->weigh == NULL,
      .gradient_sums = rule->sums && work.target.layout == SAC_LAYOUT_NCHW,
      .score = rule->weigh != NULL,
    };
    float *values = NULL;

    if (sac_explain_run_pass (work.run, &pass, job, error) &&
        take_planes (&work, error))
      values = rule->weigh != NULL ? weigh (&work, job, error)
                                   : compute (&work, number);
    if (values != NULL)
      map = new_map (&work, values, relu != 0);
  }
  work_finish (&work);
  return map;
}
