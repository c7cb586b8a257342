/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/trial-tail.h"

#include "explain/layer-tail.h"

#include <string.h>

struct SacTrialTail {
  const char *name; /* of the value at the cut */
  SacPlan *head;
  SacLayerTail *tail;
};

static bool
may_cut (const SacExplainRun *run, int value, int64_t most)
{
  const SacValueInfo *info = sac_plan_get_info (run->plan, value);

  return info != NULL && run->graph->values[value].producer >= 0 &&
         sac_type_get_kind (info->type) == SAC_KIND_F32 &&
         info->shape.rank >= 2 && info->shape.dims[0] == 1 &&
         sac_shape_size (&info->shape) <= most;
}

/* Returns: the value, or -1. */
static int
find_cut (const SacExplainRun *run, int64_t most)
{
  int cut = -1;

  for (int value = sac_flow_dominator (run->flow, run->score.value); value >= 0;
       value = sac_flow_dominator (run->flow, value)) {
    if (may_cut (run, value, most))
      cut = value;
  }
  return cut;
}

static SacPlan *
plan_head (const SacExplainRun *run, const char *name, SacJob *job)
{
  const char *captures[] = {name, NULL};
  const char *outputs[] = {NULL};

  return sac_plan_get (run->network,
                       &(SacPlanRequest){
                         .input_shapes = run->shapes,
                         .outputs = outputs,
                         .captures = captures,
                       },
                       job, NULL);
}

SacTrialTail *
sac_trial_tail_new (SacExplainRun *run,
                    int64_t most,
                    int64_t most_images,
                    SacJob *job)
{
  g_autoptr (SacTrialTail) self = g_new0 (SacTrialTail, 1);
  int cut = run->samples == 1 ? find_cut (run, most) : -1;

  if (cut < 0)
    return NULL;
  self->name = run->graph->values[cut].name;
  self->head = plan_head (run, self->name, job);
  if (self->head != NULL)
    self->tail = sac_layer_tail_new (run, cut, most_images, job, NULL);
  return self->tail != NULL && sac_trial_tail_get_batch (self) > 1
           ? g_steal_pointer (&self)
           : NULL;
}

void
sac_trial_tail_free (SacTrialTail *self)
{
  if (self == NULL)
    return;
  sac_layer_tail_free (self->tail);
  sac_plan_unref (self->head);
  g_free (self);
}

size_t
sac_trial_tail_get_batch (const SacTrialTail *self)
{
  return (size_t)sac_layer_tail_get_batch (self->tail);
}

bool
sac_trial_tail_start (SacTrialTail *self,
                      size_t place,
                      const SacTensor *const *inputs,
                      SacJob *job,
                      GError **error)
{
  SacRunParams params = {.inputs = inputs};
  g_autoptr (SacResult) result = sac_plan_run (self->head, &params, job, error);

  if (result == NULL)
    return false;

  const SacTensor *value = sac_result_get_value (result, self->name);

  memcpy (sac_layer_tail_get_copy (self->tail, (int64_t)place), value->data,
          sac_tensor_get_bytes (value));
  return true;
}

bool
sac_trial_tail_finish (SacTrialTail *self,
                       double *ret_scores,
                       SacJob *job,
                       GError **error)
{
  return sac_layer_tail_run (self->tail, ret_scores, job, error);
}
