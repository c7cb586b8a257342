/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/plan-profile.h"

#include "compute/variant.h"
#include "network/plan-private.h"

static SacShape
find_shape (const SacPlan *plan, const int *slots, size_t count)
{
  for (size_t i = 0; slots != NULL && i < count; i++) {
    if (slots[i] >= 0)
      return sac_plan_slot (plan, slots[i])->shape;
  }
  return (SacShape){0};
}

SacPlanStepInfo
sac_plan_get_step (const SacPlan *plan, size_t index)
{
  const SacStep *step = sac_plan_step (plan, index);
  SacPlanStepInfo info = {
    .op = step->kind == SAC_STEP_SEED ? "seed" : "add",
    .node = "",
    .algorithm = "",
    .reverse = index >= plan->seed,
    .cost = step->cost,
  };

  if (step->node < 0) {
    info.shape = find_shape (plan, step->output_gradients, 1);
    return info;
  }

  const SacNode *node = &plan->graph->nodes[step->node];

  info.op = node->op_type;
  info.node = node->label;
  if (node->op->algorithm != NULL)
    info.algorithm = node->op->algorithm (plan->nodes[step->node].params,
                                          step->kind == SAC_STEP_GRADIENT);
  info.shape =
    find_shape (plan,
                step->kind == SAC_STEP_GRADIENT ? step->output_gradients
                                                : step->outputs,
                node->output_count);
  return info;
}

const char *
sac_plan_get_kernels (void)
{
  return sac_compute_variant_name (sac_compute_get_variant ());
}

bool
sac_plan_get_exact (void)
{
  return sac_compute_is_exact ();
}

void
sac_plan_set_exact (bool exact)
{
  sac_compute_set_exact (exact);
}
