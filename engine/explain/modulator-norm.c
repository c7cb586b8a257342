/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The map of networks with focal modulation, which have no attention: how large
 * the modulator of each place is. */
#include "base/error.h"
#include "explain/cam-layout.h"
#include "explain/list.h"
#include "explain/modulator.h"
#include "explain/provenance.h"
#include "network/escape.h"

#include <math.h>
#include <string.h>

/* The last one of the request's input, or the one that is named. */
static int
choose (const SacExplainRun *run,
        const SacFlow *flow,
        SacCamTarget *ret_target,
        GError **error)
{
  g_autoptr (GArray) all = sac_modulator_find (flow);
  g_autoptr (GString) names = g_string_new (NULL);
  const char *layer = run->request->layer;

  for (guint i = all->len; i > 0; i--) {
    int value = g_array_index (all, int, i - 1);
    g_autofree char *name = sac_escape_short (run->graph->values[value].name);

    if ((layer == NULL ||
         strcmp (run->graph->values[value].name, layer) == 0) &&
        sac_cam_layout_infer (flow, value, ret_target))
      return true;
    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", name);
  }
  if (all->len == 0) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                         "this model has no focal modulation");
    return false;
  }

  g_autofree char *shown = layer != NULL ? sac_escape_short (layer) : NULL;

  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s is no modulator with known places; there is %s",
               shown != NULL ? shown : "the last one", names->str);
  return false;
}

static SacMap *
draw (const SacExplainRun *run, const SacCamTarget *target, GError **error)
{
  const SacExplainRequest *request = run->request;
  const SacTensor *tensor = sac_explain_run_value (run, target->value);
  int64_t cells = (int64_t)target->rows * target->columns;
  SacCamStrides strides;

  sac_cam_layout_strides (target, &tensor->shape, request->batch, &strides);
  if (sac_tensor_get_kind (tensor) != SAC_KIND_F32 ||
      request->batch >= (size_t)strides.samples) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "the modulator has no float32 values for sample %zu",
                 request->batch);
    return NULL;
  }

  const float *from = sac_tensor_f32 (tensor) + strides.start;
  float *values = g_new (float, cells);

  for (int64_t i = 0; i < cells; i++) {
    double sum = 0;

    for (int64_t k = 0; k < target->channels; k++) {
      double value = from[k * strides.channel + i * strides.cell];

      sum += value * value;
    }
    values[i] = (float)sqrt (sum);
  }
  return sac_map_new_take (target->rows, target->columns, values);
}

static SacMap *
make (const SacExplainRequest *request, SacJob *job, GError **error)
{
  g_autoptr (SacExplainRun) run = sac_explain_run_new (request, job, error);
  g_autoptr (SacFlow) flow = NULL;
  SacCamTarget target;

  if (run == NULL)
    return NULL;
  flow = sac_flow_new (run->plan, run->network, (int)request->input);
  if (!choose (run, flow, &target, error) ||
      !sac_explain_run_pass (run,
                             &(SacExplainPass){.values = &target.value,
                                               .count = 1},
                             job, error))
    return NULL;

  SacMap *map = draw (run, &target, error);

  if (map == NULL)
    return NULL;
  if (request->geometries != NULL &&
      request->geometries[request->input] != NULL) {
    map->has_geometry = true;
    map->geometry = *request->geometries[request->input];
  }
  map->unit = g_strdup (N_ ("norm"));
  sac_provenance_add_target (map->provenance, run, &target);
  return map;
}

const SacMethod sac_method_modulator_norm = {
  .name = "modulator-norm",
  .label = N_ ("Modulator norm"),
  .summary = N_ ("How strongly focal modulation acts on each place, whatever "
                 "the class."),
  .source = "Yang et al., NeurIPS 2022",
  .family = SAC_METHOD_ATTENTION,
  .needs_modulator = true,
  .has_layer = true,
  .make = make,
};
