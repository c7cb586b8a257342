/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One map of several layers: the class activation maps of the last stages,
 * rectified, each as a share of its largest value, enlarged bilinearly to the
 * finest grid and joined.  The maximum takes tanh (2 share) of each, as the
 * fusion of LayerCAM does (Jiang et al., 2021, section III-C). */
#include "base/error.h"
#include "explain/cam-layout.h"
#include "explain/cam-math.h"
#include "explain/cam-stages.h"
#include "explain/list.h"
#include "explain/params.h"
#include "explain/provenance.h"
#include "map/resample.h"
#include "network/escape.h"

#include <math.h>

static const char *const rule_names[] = {"layercam", "grad-cam", "hirescam",
                                         NULL};
static const char *const rule_labels[] = {N_ ("LayerCAM"), N_ ("Grad-CAM"),
                                          N_ ("HiResCAM"), NULL};
static const char *const fusion_names[] = {"max", "mean", "product", NULL};
static const char *const fusion_labels[] = {N_ ("Largest value"), N_ ("Mean"),
                                            N_ ("Product"), NULL};

enum { FUSION_MAX, FUSION_MEAN, FUSION_PRODUCT };
enum { PARAM_STAGES, PARAM_RULE, PARAM_FUSION };

static const SacMethodParam params[] = {
  [PARAM_STAGES] = {.name = "stages",
                    .label = N_ ("Stages used, from the last one back"),
                    .fallback = "3",
                    .kind = SAC_PARAM_WHOLE,
                    .min = 1,
                    .max = SAC_CAM_STAGES_MAX},
  [PARAM_RULE] = {.name = "of",
                  .label = N_ ("The map of each stage"),
                  .fallback = "layercam",
                  .kind = SAC_PARAM_CHOICE,
                  .choices = rule_names,
                  .choice_labels = rule_labels},
  [PARAM_FUSION] = {.name = "fusion",
                    .label = N_ ("How they are joined"),
                    .fallback = "max",
                    .kind = SAC_PARAM_CHOICE,
                    .choices = fusion_names,
                    .choice_labels = fusion_labels},
  {NULL},
};

typedef void (*Rule) (const SacCamPlanes *planes, float *ret_map);

static const Rule rules[] = {sac_cam_layer_cam, sac_cam_grad_cam,
                             sac_cam_hires_cam};

/* The map of one stage as shares of its largest value; zeros where nothing is
 * positive, NaN where the run went wrong.  Returns: a new array. */
static float *
make_stage (const SacExplainRun *run,
            const SacFlow *flow,
            const SacCamTarget *target,
            Rule rule)
{
  const SacExplainRequest *request = run->request;
  const SacTensor *values = sac_explain_run_value (run, target->value);
  SacCamStrides strides;
  float largest = 0;

  sac_cam_layout_strides (target, &values->shape,
                          sac_flow_sample (flow, request->input,
                                           request->batch),
                          &strides);

  g_autofree float *own = sac_cam_layout_gather (target, &strides, values);
  g_autofree float *slopes =
    sac_cam_layout_gather (target, &strides,
                           sac_explain_run_gradient (run, target->value));
  SacCamPlanes planes = {
    .channels = target->channels,
    .cells = (int64_t)target->rows * target->columns,
    .values = own,
    .gradients = slopes,
  };
  float *map = g_new0 (float, planes.cells);

  rule (&planes, map);
  for (int64_t i = 0; i < planes.cells; i++)
    largest = fmaxf (largest, map[i]);
  for (int64_t i = 0; i < planes.cells; i++)
    map[i] = map[i] <= 0 ? 0 : map[i] / largest;
  return map;
}

static void
join (float *map, const float *stage, int64_t cells, int fusion, int count)
{
  for (int64_t i = 0; i < cells; i++) {
    if (fusion == FUSION_MAX)
      map[i] =
        isnan (stage[i]) ? stage[i] : fmaxf (map[i], tanhf (2 * stage[i]));
    else if (fusion == FUSION_MEAN)
      map[i] += stage[i] / count;
    else
      map[i] *= stage[i];
  }
}

static void
note_layers (const SacExplainRun *run, const GArray *stages, SacMap *map)
{
  JsonArray *layers = json_array_new ();

  for (guint i = 0; i < stages->len; i++) {
    g_autofree char *name =
      sac_explain_run_name (run, g_array_index (stages, SacCamTarget, i).value);

    json_array_add_string_element (layers, name);
  }
  json_object_set_array_member (map->provenance, "layers", layers);
}

static SacMap *
fuse (const SacExplainRun *run, const GArray *stages)
{
  const SacExplainRequest *request = run->request;
  int fusion = sac_param_get_choice (request, &params[PARAM_FUSION]);
  Rule rule = rules[sac_param_get_choice (request, &params[PARAM_RULE])];
  const SacGeometry *geometry =
    request->geometries != NULL ? request->geometries[request->input] : NULL;
  g_autoptr (SacFlow) flow =
    sac_flow_new (run->plan, run->network, (int)request->input);
  int rows = 0, columns = 0;

  for (guint i = 0; i < stages->len; i++) {
    rows = MAX (rows, g_array_index (stages, SacCamTarget, i).rows);
    columns = MAX (columns, g_array_index (stages, SacCamTarget, i).columns);
  }

  int64_t cells = (int64_t)rows * columns;
  float *joined = g_new0 (float, cells);
  g_autofree float *wide = g_new (float, cells);

  for (int64_t i = 0; i < cells && fusion == FUSION_PRODUCT; i++)
    joined[i] = 1;
  for (guint i = 0; i < stages->len; i++) {
    const SacCamTarget *target = &g_array_index (stages, SacCamTarget, i);
    g_autofree float *own = make_stage (run, flow, target, rule);

    sac_resample_bilinear (own, target->rows, target->columns, wide, rows,
                           columns);
    join (joined, wide, cells, fusion, (int)stages->len);
  }

  SacMap *map = sac_map_new_take (rows, columns, joined);

  map->rectified = true;
  map->has_geometry = geometry != NULL;
  if (geometry != NULL)
    map->geometry = *geometry;
  map->unit = g_strdup (N_ ("relevance"));
  sac_provenance_add_score (map->provenance, run);
  note_layers (run, stages, map);
  return map;
}

static SacMap *
make (const SacExplainRequest *request, SacJob *job, GError **error)
{
  g_autoptr (SacExplainRun) run = sac_explain_run_new (request, job, error);
  g_autoptr (GArray) stages =
    run != NULL ? sac_cam_stages_find (run, error) : NULL;
  guint wanted = (guint)sac_param_get_whole (request, &params[PARAM_STAGES]);
  int values[SAC_CAM_STAGES_MAX];

  if (stages == NULL)
    return NULL;
  if (stages->len > wanted)
    g_array_remove_range (stages, 0, stages->len - wanted);
  for (guint i = 0; i < stages->len; i++)
    values[i] = g_array_index (stages, SacCamTarget, i).value;
  if (!sac_explain_run_pass (run,
                             &(SacExplainPass){
                               .values = values,
                               .count = stages->len,
                               .gradients = true,
                             },
                             job, error))
    return NULL;
  return fuse (run, stages);
}

const SacMethod sac_method_cam_fusion = {
  .name = "cam-fusion",
  .label = N_ ("CAM of several layers"),
  .summary =
    N_ ("Class activation maps of a network's last stages in one: fine "
        "places from early layers, the class from late ones."),
  .source = "Jiang et al., IEEE TIP 2021",
  .family = SAC_METHOD_CAM,
  .class_specific = true,
  .needs_gradient = true,
  .params = params,
  .make = make,
};
