/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Which elements are needed: of what was asked for, and of what gradients are
 * computed from.  Everything else is never computed. */
#include "network/plan-private.h"

static bool
carries_any (const SacPlan *plan, const int *values, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    if (values[i] >= 0 && plan->carries[values[i]])
      return true;
  }
  return false;
}

bool
sac_plan_flows (const SacPlan *plan, size_t index, size_t input)
{
  int value = plan->graph->nodes[index].inputs[input];

  return value >= 0 && plan->carries[value] &&
         sac_plan_edge (plan, index, input) == SAC_EDGE_FLOW;
}

void
sac_plan_list_saved (const SacPlan *plan, size_t index, bool *ret_saved)
{
  const SacNode *node = &plan->graph->nodes[index];
  size_t flow_count = 0, last_flow = 0;

  for (size_t i = 0; i < node->input_count; i++) {
    if (!sac_plan_saves (node->op->saves_cross, i) ||
        !sac_plan_flows (plan, index, i))
      continue;
    flow_count++;
    last_flow = i;
  }
  for (size_t i = 0; i < node->input_count; i++) {
    bool crosses = flow_count > 1 || (flow_count == 1 && last_flow != i);

    ret_saved[i] = sac_plan_saves (node->op->saves_inputs, i) ||
                   (crosses && sac_plan_saves (node->op->saves_cross, i));
  }
}

/* What forward leaves besides is left by a node that runs: one that makes an
 * output. */
static void
want_output (SacPlan *plan, const SacNode *node)
{
  for (size_t i = 0; i < node->output_count; i++) {
    if (node->outputs[i] >= 0) {
      plan->needed[node->outputs[i]] = true;
      return;
    }
  }
}

void
sac_plan_mark_saved (const SacPlan *plan, size_t index, bool *marks)
{
  const SacNode *node = &plan->graph->nodes[index];
  g_autofree bool *saved = g_new (bool, node->input_count + 1);

  sac_plan_list_saved (plan, index, saved);
  for (size_t i = 0; i < node->input_count; i++) {
    if (node->inputs[i] >= 0 && saved[i])
      marks[node->inputs[i]] = true;
  }
  for (size_t i = 0; i < node->output_count; i++) {
    if (node->outputs[i] >= 0 && sac_plan_saves (node->op->saves_outputs, i))
      marks[node->outputs[i]] = true;
  }
}

bool
sac_plan_has_gradient (const SacPlan *plan, size_t index)
{
  const SacNode *node = &plan->graph->nodes[index];

  if (!carries_any (plan, node->outputs, node->output_count))
    return false;
  for (size_t i = 0; i < node->input_count; i++) {
    if (sac_plan_flows (plan, index, i))
      return true;
  }
  return false;
}

void
sac_plan_want (SacPlan *plan)
{
  const SacGraph *graph = plan->graph;

  for (size_t i = 0; i < plan->value_count; i++)
    plan->needed[plan->values[i].value] = true;
  if (plan->gradient_count > 0)
    plan->needed[plan->target] = true;
  for (size_t i = 0; i < graph->node_count; i++) {
    if (plan->nodes[i].alias || !sac_plan_has_gradient (plan, i))
      continue;
    sac_plan_mark_saved (plan, i, plan->needed);
    if (plan->nodes[i].saved_bytes > 0)
      want_output (plan, &graph->nodes[i]);
  }
  for (size_t i = graph->node_count; i > 0; i--) {
    const SacNode *node = &graph->nodes[i - 1];

    if (!sac_plan_runs (plan, i - 1))
      continue;
    for (size_t k = 0; k < node->input_count; k++) {
      if (node->inputs[k] >= 0 && !sac_plan_only_shape (node, k))
        plan->needed[node->inputs[k]] = true;
    }
  }
}

bool
sac_plan_runs (const SacPlan *plan, size_t index)
{
  const SacNode *node = &plan->graph->nodes[index];

  if (plan->nodes[index].folded)
    return false;
  for (size_t i = 0; i < node->output_count; i++) {
    if (node->outputs[i] >= 0 && plan->needed[node->outputs[i]])
      return true;
  }
  return false;
}

bool
sac_plan_is_alias (const SacPlan *plan, size_t index)
{
  const SacNode *node = &plan->graph->nodes[index];

  for (size_t i = 1; i < node->output_count; i++) {
    if (node->outputs[i] >= 0 && plan->needed[node->outputs[i]])
      return false;
  }
  return plan->nodes[index].alias;
}
