/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Where a gradient jumps. */
#include "network/plan-private.h"

/* Slopes that jump where what comes in passes a number, or another element. */
static const char *const kinked[] = {
  "Abs",       "Clip",      "GlobalMaxPool", "HardSigmoid",
  "HardSwish", "LeakyRelu", "Max",           "MaxPool",
  "Min",       "PRelu",     "ReduceMax",     "ReduceMin",
  "Relu",      "Selu",      "Shrink",        "ThresholdedRelu",
};

static bool
has_kink (const SacOp *op)
{
  for (size_t i = 0; op != NULL && i < G_N_ELEMENTS (kinked); i++) {
    if (g_str_equal (op->name, kinked[i]))
      return true;
  }
  return false;
}

static bool
reads_varying (const SacNode *node, const bool *varies)
{
  for (size_t i = 0; i < node->input_count; i++) {
    if (node->inputs[i] >= 0 && varies[node->inputs[i]])
      return true;
  }
  return false;
}

/* Nodes come after what they read. */
void
sac_plan_find_varying (const SacPlan *plan, bool *varies)
{
  const SacGraph *graph = plan->graph;

  for (size_t i = 0; i < plan->gradient_count; i++)
    varies[plan->gradients[i].value] = true;
  for (size_t i = 0; i < graph->node_count; i++) {
    const SacNode *node = &graph->nodes[i];

    if (!reads_varying (node, varies))
      continue;
    for (size_t k = 0; k < node->output_count; k++) {
      if (node->outputs[k] >= 0)
        varies[node->outputs[k]] = true;
    }
  }
}

bool
sac_plan_find_kinks (const SacPlan *plan)
{
  g_autofree bool *varies = g_new0 (bool, plan->graph->value_count);

  sac_plan_find_varying (plan, varies);
  for (size_t i = 0; i < plan->graph->node_count; i++) {
    const SacNode *node = &plan->graph->nodes[i];

    if (has_kink (node->op) && reads_varying (node, varies))
      return true;
  }
  return false;
}
