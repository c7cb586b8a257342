/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/flow.h"

#include "explain/axis.h"

#include <string.h>

/* Between an input and where it is put on another. */
#define PREPARING_STEPS_MAX 16

/* Dominators of a graph without cycles: nodes come in order, and the dominator
 * of a value is where the paths of its operands meet.  Places are values + 1;
 * place 0 is the root above all inputs.  `jump` goes up several steps at once
 * (a skew-binary number system), so that a meeting is found in logarithmic
 * time however deep the network is. */
struct SacFlow {
  const SacPlan *plan;
  const SacGraph *graph;
  int64_t batch;
  int64_t *starts; /* of each graph input in the stack; NULL: no stack */
  bool *depends;
  int *parent, *depth, *jump;
};

static int
meet (const SacFlow *flow, int a, int b)
{
  while (a != b) {
    if (flow->depth[a] < flow->depth[b]) {
      int swapped = a;

      a = b;
      b = swapped;
    }
    if (flow->depth[a] > flow->depth[b]) {
      bool leap = flow->depth[flow->jump[a]] >= flow->depth[b];

      a = leap ? flow->jump[a] : flow->parent[a];
    } else if (flow->jump[a] != flow->jump[b]) {
      a = flow->jump[a];
      b = flow->jump[b];
    } else {
      a = flow->parent[a];
      b = flow->parent[b];
    }
  }
  return a;
}

static void
attach (SacFlow *flow, int place, int parent)
{
  int up = flow->jump[parent];

  flow->parent[place] = parent;
  flow->depth[place] = flow->depth[parent] + 1;
  if (flow->depth[parent] - flow->depth[up] ==
      flow->depth[up] - flow->depth[flow->jump[up]])
    flow->jump[place] = flow->jump[up];
  else
    flow->jump[place] = parent;
}

/* The whole numbers of a picture are still the picture where they only move;
 * all others (shapes, indices) carry nothing of it. */
static bool
is_followed (const SacFlow *flow, const SacNode *node, int value)
{
  const SacValueInfo *info =
    value >= 0 ? sac_plan_get_info (flow->plan, value) : NULL;

  if (info == NULL || info->constant != NULL)
    return false;
  return sac_type_is_float (info->type) ||
         (sac_node_is_layout (node) &&
          !sac_type_is_float (
            sac_plan_get_info (flow->plan, node->inputs[0])->type));
}

static void
follow_node (SacFlow *flow, const SacNode *node)
{
  int parent = -1;

  for (size_t i = 0; i < node->input_count; i++) {
    if (sac_flow_depends (flow, node->inputs[i])) {
      int place = node->inputs[i] + 1;

      parent = parent < 0 ? place : meet (flow, parent, place);
    }
  }
  if (parent < 0)
    return;
  for (size_t i = 0; i < node->output_count; i++) {
    int value = node->outputs[i];

    if (!is_followed (flow, node, value))
      continue;
    flow->depends[value] = true;
    attach (flow, value + 1, parent);
  }
}

static void
follow_input (SacFlow *flow, int value)
{
  const SacShape *shape = sac_flow_shape (flow, value);

  flow->depends[value] = true;
  attach (flow, value + 1, 0);
  if (flow->batch == 0 && shape != NULL && shape->rank > 2)
    flow->batch = shape->dims[0];
}

/* The graph input that a value is, but for arithmetic with constants (the
 * preprocessing of an image), its number; -1: none. */
static int
plain_input (const SacFlow *flow, int value)
{
  static const char *const changes[] = {
    "Add", "Cast", "Div", "Identity", "Mul", "Sub", NULL,
  };
  const SacGraph *graph = flow->graph;

  for (int i = 0; i < PREPARING_STEPS_MAX && value >= 0; i++) {
    const SacNode *node = sac_flow_producer (flow, value);

    for (size_t k = 0; node == NULL && k < graph->input_count; k++) {
      if (graph->inputs[k] == value)
        return (int)k;
    }
    if (!sac_node_is_any (node, changes) ||
        (node->input_count > 1 &&
         sac_flow_constant (flow, node->inputs[1]) == NULL))
      return -1;
    value = node->inputs[0];
  }
  return -1;
}

/* Starts of the inputs in what the node puts on one another, if that is each
 * of them once.  Returns: a new array; NULL when it is not. */
static int64_t *
read_stack (const SacFlow *flow, const SacNode *node, int64_t *ret_batch)
{
  size_t count = flow->graph->input_count;
  const SacShape *out = sac_flow_shape (flow, node->outputs[0]);
  int axis;

  if (!sac_node_is (node, "Concat") || node->input_count != count ||
      out == NULL || out->rank != 4 ||
      !sac_shape_axis (out, sac_node_int (node, "axis", 1), &axis) || axis != 0)
    return NULL;

  g_autofree int64_t *starts = g_new (int64_t, count);
  int64_t next = 0;

  for (size_t i = 0; i < count; i++)
    starts[i] = -1;
  for (size_t i = 0; i < count; i++) {
    int input = plain_input (flow, node->inputs[i]);

    if (input < 0 || starts[input] >= 0)
      return NULL;
    starts[input] = next;
    next += sac_flow_shape (flow, node->inputs[i])->dims[0];
  }
  *ret_batch = next;
  return g_steal_pointer (&starts);
}

static void
find_stack (SacFlow *flow)
{
  const SacGraph *graph = flow->graph;

  for (size_t i = 0;
       graph->input_count > 1 && i < graph->node_count && flow->starts == NULL;
       i++)
    flow->starts = read_stack (flow, &graph->nodes[i], &flow->batch);
}

/* only: this input, -1 for all; without: not this one. */
static SacFlow *
new_flow (const SacPlan *plan, const SacNetwork *network, int only, int without)
{
  SacFlow *flow = g_new0 (SacFlow, 1);
  const SacGraph *decided = sac_plan_get_decided_graph (plan);
  const SacGraph *graph =
    decided != NULL ? decided : sac_network_get_graph (network);

  flow->plan = plan;
  flow->graph = graph;
  flow->depends = g_new0 (bool, graph->value_count);
  flow->parent = g_new0 (int, graph->value_count + 1);
  flow->depth = g_new0 (int, graph->value_count + 1);
  flow->jump = g_new0 (int, graph->value_count + 1);
  for (int i = 0; i < (int)graph->input_count; i++) {
    if ((only < 0 || only == i) && without != i)
      follow_input (flow, graph->inputs[i]);
  }
  flow->batch = MAX (flow->batch, 1);
  for (size_t i = 0; i < graph->node_count; i++)
    follow_node (flow, &graph->nodes[i]);
  find_stack (flow);
  return flow;
}

SacFlow *
sac_flow_new (const SacPlan *plan, const SacNetwork *network, int input)
{
  return new_flow (plan, network, input, -1);
}

SacFlow *
sac_flow_new_without (const SacPlan *plan, const SacNetwork *network, int input)
{
  return new_flow (plan, network, -1, input);
}

void
sac_flow_free (SacFlow *flow)
{
  if (flow == NULL)
    return;
  g_free (flow->depends);
  g_free (flow->parent);
  g_free (flow->depth);
  g_free (flow->jump);
  g_free (flow->starts);
  g_free (flow);
}

const SacGraph *
sac_flow_get_graph (const SacFlow *flow)
{
  return flow->graph;
}

bool
sac_flow_depends (const SacFlow *flow, int value)
{
  return value >= 0 && flow->depends[value];
}

int
sac_flow_dominator (const SacFlow *flow, int value)
{
  return sac_flow_depends (flow, value) ? flow->parent[value + 1] - 1 : -1;
}

int
sac_flow_meet (const SacFlow *flow, int a, int b)
{
  if (!sac_flow_depends (flow, a) || !sac_flow_depends (flow, b))
    return -1;
  return meet (flow, a + 1, b + 1) - 1;
}

bool
sac_flow_leads (const SacFlow *flow, int from, int to)
{
  const SacGraph *graph = flow->graph;

  if (from < 0 || to < 0 || from == to)
    return from >= 0 && from == to;

  g_autofree bool *made = g_new0 (bool, graph->value_count);

  made[from] = true;
  for (int n = graph->values[from].producer + 1;
       n <= graph->values[to].producer; n++) {
    const SacNode *node = &graph->nodes[n];
    bool reached = false;

    for (size_t i = 0; i < node->input_count && !reached; i++)
      reached = node->inputs[i] >= 0 && made[node->inputs[i]];
    for (size_t i = 0; reached && i < node->output_count; i++) {
      if (sac_flow_depends (flow, node->outputs[i]))
        made[node->outputs[i]] = true;
    }
  }
  return made[to];
}

const SacShape *
sac_flow_shape (const SacFlow *flow, int value)
{
  const SacValueInfo *info =
    value >= 0 ? sac_plan_get_info (flow->plan, value) : NULL;

  return info != NULL ? &info->shape : NULL;
}

const SacTensor *
sac_flow_constant (const SacFlow *flow, int value)
{
  const SacValueInfo *info =
    value >= 0 ? sac_plan_get_info (flow->plan, value) : NULL;

  return info != NULL ? info->constant : NULL;
}

const SacNode *
sac_flow_producer (const SacFlow *flow, int value)
{
  int node = value >= 0 ? flow->graph->values[value].producer : -1;

  return node >= 0 ? &flow->graph->nodes[node] : NULL;
}

int64_t
sac_flow_sample (const SacFlow *flow, size_t input, int64_t batch)
{
  return flow->starts != NULL ? flow->starts[input] + batch : batch;
}

bool
sac_flow_is_stacked (const SacFlow *flow)
{
  return flow->starts != NULL;
}

int64_t
sac_flow_batch (const SacFlow *flow)
{
  return flow->batch;
}

bool
sac_node_is (const SacNode *node, const char *op_type)
{
  return node != NULL && strcmp (node->op_type, op_type) == 0;
}

bool
sac_node_is_any (const SacNode *node, const char *const *op_types)
{
  return node != NULL && g_strv_contains (op_types, node->op_type);
}

int64_t
sac_node_int (const SacNode *node, const char *attribute, int64_t fallback)
{
  const SacAttribute *found = sac_node_attribute (node, attribute);

  if (found == NULL || found->kind != SAC_ATTRIBUTE_INT)
    return fallback;
  return found->i;
}

bool
sac_node_ints (const SacFlow *flow,
               const SacNode *node,
               const char *attribute,
               size_t input,
               const int64_t **ret_values,
               size_t *ret_count)
{
  const SacAttribute *found = sac_node_attribute (node, attribute);
  const SacTensor *constant = input < node->input_count
                                ? sac_flow_constant (flow, node->inputs[input])
                                : NULL;

  if (found != NULL && found->kind == SAC_ATTRIBUTE_INTS) {
    *ret_values = found->ints;
    *ret_count = found->count;
    return true;
  }
  if (constant == NULL || sac_tensor_get_kind (constant) != SAC_KIND_I64)
    return false;
  *ret_values = sac_tensor_i64 (constant);
  *ret_count = sac_tensor_get_count (constant);
  return true;
}
