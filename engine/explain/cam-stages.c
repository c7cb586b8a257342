/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/cam-stages.h"

#include "base/error.h"
#include "explain/attention-find.h"

/* The node that makes the target; -1: an input. */
static int
place_of (const SacExplainRun *run, const SacCamTarget *target)
{
  return run->graph->values[target->value].producer;
}

/* Whether a stage ends between two layers.  borders: nodes; NULL: grids tell.
 */
static bool
is_end (const SacExplainRun *run,
        const SacCamTarget *target,
        const SacCamTarget *next,
        const GArray *borders)
{
  if (target->rows != next->rows || target->columns != next->columns)
    return true;
  for (guint i = 0; i < borders->len; i++) {
    int border = g_array_index (borders, int, i);

    if (place_of (run, target) < border && place_of (run, next) >= border)
      return true;
  }
  return false;
}

/* The last layer of each stage. */
static GArray *
cut (const SacExplainRun *run, const GArray *layers, const GArray *borders)
{
  GArray *stages = g_array_new (FALSE, FALSE, sizeof (SacCamTarget));

  for (guint i = 0; i < layers->len; i++) {
    const SacCamTarget *own = &g_array_index (layers, SacCamTarget, i);

    if (i + 1 == layers->len ||
        is_end (run, own, &g_array_index (layers, SacCamTarget, i + 1),
                borders))
      g_array_append_val (stages, *own);
  }
  return stages;
}

/* Nodes that make the probabilities of attention among all places: the blocks
 * of a network that keeps one grid. */
static GArray *
find_borders (const SacExplainRun *run)
{
  g_autoptr (GArray) found = sac_attention_find_all (run->flow);
  GArray *borders = g_array_new (FALSE, FALSE, sizeof (int));

  for (guint i = 0; i < found->len; i++) {
    const SacFoundAttention *own = &g_array_index (found, SacFoundAttention, i);
    int node = run->graph->values[own->attention.value].producer;

    if (own->attention.rows > 0 && own->attention.kind == SAC_ATTENTION_GLOBAL)
      g_array_append_val (borders, node);
  }
  return borders;
}

GArray *
sac_cam_stages_find (const SacExplainRun *run, GError **error)
{
  g_autoptr (GArray) all =
    sac_cam_target_list (run->plan, run->network, run->manifest);
  g_autoptr (GArray) borders = find_borders (run);
  g_autoptr (GArray) stages = NULL;

  for (guint i = all->len; i-- > 0;) {
    if (g_array_index (all, SacCamTarget, i).zero_gradient)
      g_array_remove_index (all, i);
  }
  stages = cut (run, all, borders);
  if (stages->len == 0) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                         "no layer of this model is a spatial map that the "
                         "score reads");
    return NULL;
  }
  if (stages->len > SAC_CAM_STAGES_MAX)
    g_array_remove_range (stages, 0, stages->len - SAC_CAM_STAGES_MAX);
  return g_steal_pointer (&stages);
}

char **
sac_cam_stages_names (const SacExplainRequest *request,
                      SacJob *job,
                      GError **error)
{
  g_autoptr (SacExplainRun) run = sac_explain_run_new (request, job, error);
  g_autoptr (GArray) stages =
    run != NULL ? sac_cam_stages_find (run, error) : NULL;
  char **names;

  if (stages == NULL)
    return NULL;
  names = g_new0 (char *, stages->len + 1);
  for (guint i = 0; i < stages->len; i++)
    names[i] = g_strdup (
      run->graph->values[g_array_index (stages, SacCamTarget, i).value].name);
  return names;
}
