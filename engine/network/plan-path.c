/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Where gradients flow: from the target back to each `wrt`.
 *
 * A value carries a gradient when it depends on a `wrt`, and the target on it,
 * both through nodes that pass gradients on. */
#include "base/error.h"
#include "network/escape.h"
#include "network/plan-private.h"

static bool
is_f32 (const SacPlan *plan, int value)
{
  return sac_type_get_kind (plan->infos[value].type) == SAC_KIND_F32;
}

bool
sac_plan_saves (uint32_t mask, size_t index)
{
  return mask == SAC_SAVE_ALL || (index < 32 && (mask >> index & 1) != 0);
}

/* Floating outputs through which a gradient could come. */
static bool
has_float_output (const SacPlan *plan, const SacNode *node, bool *ret_double)
{
  bool found = false;

  *ret_double = false;
  for (size_t i = 0; i < node->output_count; i++) {
    if (node->outputs[i] < 0 ||
        !sac_type_is_float (plan->infos[node->outputs[i]].type))
      continue;
    found = true;
    *ret_double = *ret_double || !is_f32 (plan, node->outputs[i]);
  }
  return found;
}

bool
sac_plan_only_shape (const SacNode *node, size_t input)
{
  return input < 32 && (node->op->shape_inputs >> input & 1) != 0;
}

SacEdge
sac_plan_edge (const SacPlan *plan, size_t index, size_t input)
{
  const SacNode *node = &plan->graph->nodes[index];
  const SacPlanNode *asked = &plan->nodes[index];
  const SacOp *op = node->op;
  int value = node->inputs[input];
  bool has_double;

  if (!asked->inferred || asked->folded || value < 0 ||
      plan->infos[value].constant != NULL ||
      !sac_type_is_float (plan->infos[value].type) ||
      !has_float_output (plan, node, &has_double))
    return SAC_EDGE_NONE;
  if (sac_plan_only_shape (node, input) ||
      (asked->alias ? input > 0 : op->zero_gradient))
    return SAC_EDGE_NONE;
  if (has_double || !is_f32 (plan, value))
    return SAC_EDGE_BROKEN;
  if (asked->alias)
    return SAC_EDGE_FLOW;
  if (op->gradient == NULL || (op->gradient_inputs != 0 &&
                               !sac_plan_saves (op->gradient_inputs, input)))
    return SAC_EDGE_BROKEN;
  return SAC_EDGE_FLOW;
}

static bool
reads (const SacPlan *plan, size_t node, const bool *marks)
{
  for (size_t i = 0; i < plan->graph->nodes[node].input_count; i++) {
    int value = plan->graph->nodes[node].inputs[i];

    if (value >= 0 && marks[value] &&
        sac_plan_edge (plan, node, i) != SAC_EDGE_NONE)
      return true;
  }
  return false;
}

/* Marks what depends on marked values through edges that are not NONE. */
static void
spread_forward (const SacPlan *plan, bool *marks)
{
  for (size_t i = 0; i < plan->graph->node_count; i++) {
    const SacNode *node = &plan->graph->nodes[i];

    if (!reads (plan, i, marks))
      continue;
    for (size_t k = 0; k < node->output_count; k++) {
      if (node->outputs[k] >= 0 &&
          sac_type_is_float (plan->infos[node->outputs[k]].type))
        marks[node->outputs[k]] = true;
    }
  }
}

static bool
makes (const SacNode *node, const bool *marks)
{
  for (size_t i = 0; i < node->output_count; i++) {
    if (node->outputs[i] >= 0 && marks[node->outputs[i]])
      return true;
  }
  return false;
}

/* Marks what marked values depend on; `all`: through any edge. */
static void
spread_backward (const SacPlan *plan, bool *marks, bool all)
{
  for (size_t i = plan->graph->node_count; i > 0; i--) {
    const SacNode *node = &plan->graph->nodes[i - 1];

    if (!makes (node, marks))
      continue;
    for (size_t k = 0; k < node->input_count; k++) {
      if (node->inputs[k] >= 0 &&
          (all || sac_plan_edge (plan, i - 1, k) != SAC_EDGE_NONE))
        marks[node->inputs[k]] = true;
    }
  }
}

static bool
check_float (const SacPlan *plan, int value, const char *what, GError **error)
{
  if (is_f32 (plan, value))
    return true;

  g_autofree char *name = sac_escape_short (plan->graph->values[value].name);

  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s \"%s\" is %s; gradients need float32", what, name,
               sac_type_get_name (plan->infos[value].type));
  return false;
}

/* Says why nothing flows from the target to `wrt`: they are not connected, or
 * the first node that lies between them and passes nothing on. */
static bool
explain_gap (const SacPlan *plan, int wrt, GError **error)
{
  const SacGraph *graph = plan->graph;
  g_autofree bool *above = g_new0 (bool, graph->value_count);
  g_autofree bool *below = g_new0 (bool, graph->value_count);
  g_autofree char *from = sac_escape_short (graph->values[wrt].name);
  g_autofree char *to = sac_escape_short (graph->values[plan->target].name);

  below[wrt] = true;
  spread_forward (plan, below);
  above[plan->target] = true;
  spread_backward (plan, above, true);
  for (size_t i = 0; i < graph->node_count && above[wrt]; i++) {
    const SacNode *node = &graph->nodes[i];
    bool starts = false;

    for (size_t k = 0; k < node->input_count; k++)
      starts = starts || (node->inputs[k] >= 0 && below[node->inputs[k]]);
    if (!starts || !makes (node, above) || makes (node, below))
      continue;

    g_autofree char *label = sac_escape_node (node, node->opset);

    g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                 "there is no gradient of \"%s\" to \"%s\": the path ends at "
                 "%s, which passes none on",
                 to, from, label);
    return false;
  }
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
               "there is no gradient of \"%s\" to \"%s\": the one does not "
               "depend on the other",
               to, from);
  return false;
}

/* A node on the way that would pass a gradient on, and cannot. */
static bool
check_edges (const SacPlan *plan, GError **error)
{
  for (size_t i = 0; i < plan->graph->node_count; i++) {
    const SacNode *node = &plan->graph->nodes[i];

    for (size_t k = 0; k < node->input_count && makes (node, plan->carries);
         k++) {
      if (node->inputs[k] < 0 || !plan->carries[node->inputs[k]] ||
          sac_plan_edge (plan, i, k) != SAC_EDGE_BROKEN)
        continue;

      g_autofree char *label = sac_escape_node (node, node->opset);

      g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                   "%s: its gradient is not supported, and the gradient asked "
                   "for passes through it",
                   label);
      return false;
    }
  }
  return true;
}

bool
sac_plan_find_paths (SacPlan *plan, GError **error)
{
  size_t count = plan->graph->value_count;
  g_autofree bool *active = g_new0 (bool, count);

  if (plan->target < 0 || plan->gradient_count == 0)
    return true;
  if (!check_float (plan, plan->target, "the target", error))
    return false;
  plan->carries[plan->target] = true;
  spread_backward (plan, plan->carries, false);
  for (size_t i = 0; i < plan->gradient_count; i++) {
    int value = plan->gradients[i].value;

    if (!check_float (plan, value, "the value", error))
      return false;
    if (!plan->carries[value])
      return explain_gap (plan, value, error);
    active[value] = true;
  }
  spread_forward (plan, active);
  for (size_t i = 0; i < count; i++)
    plan->carries[i] = plan->carries[i] && active[i];
  return check_edges (plan, error);
}
