/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/rewrite.h"

#include <string.h>

/* Nodes between probabilities and their product (casts, guards, dropout), and
 * how many may read one of them. */
#define PRODUCT_DEPTH 6
#define PRODUCT_READERS 4

static void
mark_pinned (SacRewrite *rewrite)
{
  const SacPlan *plan = rewrite->plan;

  for (size_t i = 0; i < plan->value_count; i++)
    rewrite->pinned[plan->values[i].value] = true;
  for (size_t i = 0; i < plan->gradient_count; i++)
    rewrite->pinned[plan->gradients[i].value] = true;
  if (plan->target >= 0)
    rewrite->pinned[plan->target] = true;
}

/* What is reduced is the weights of a product: they are only recognised with
 * it, whether anybody wants the product or not. */
static void
want_products (const SacPlan *plan, int value, int depth, bool *wanted)
{
  const SacValue *weights = &plan->graph->values[value];

  wanted[value] = true;
  if (depth == PRODUCT_DEPTH || weights->consumer_count > PRODUCT_READERS)
    return;
  for (size_t i = 0; i < weights->consumer_count; i++) {
    const SacNode *node = &plan->graph->nodes[weights->consumers[i]];
    bool is_product = strcmp (node->op->name, "MatMul") == 0 ||
                      strcmp (node->op->name, "Einsum") == 0;

    if (node->output_count > 0 && node->outputs[0] >= 0)
      want_products (plan, node->outputs[0],
                     is_product ? PRODUCT_DEPTH : depth + 1, wanted);
  }
}

static void
mark_live (SacRewrite *rewrite)
{
  const SacGraph *graph = rewrite->plan->graph;
  g_autofree bool *wanted =
    g_memdup2 (rewrite->pinned, graph->value_count * sizeof *wanted);

  for (size_t i = 0; i < rewrite->plan->reduction_count; i++)
    want_products (rewrite->plan, rewrite->plan->reductions[i].value, 0,
                   wanted);
  for (size_t i = graph->node_count; i > 0; i--) {
    const SacNode *node = &graph->nodes[i - 1];
    bool live = false;

    for (size_t k = 0; k < node->output_count; k++)
      live = live || (node->outputs[k] >= 0 && wanted[node->outputs[k]]);
    live = live && !rewrite->plan->nodes[i - 1].folded;
    rewrite->live[i - 1] = live;
    for (size_t k = 0; live && k < node->input_count; k++) {
      if (node->inputs[k] >= 0 && !sac_plan_only_shape (node, k))
        wanted[node->inputs[k]] = true;
    }
  }
}

/* Whether the node reads the value at an input before this one. */
static bool
reads_before (const SacNode *node, size_t input)
{
  for (size_t i = 0; i < input; i++) {
    if (node->inputs[i] == node->inputs[input])
      return true;
  }
  return false;
}

/* What has many inputs reads few values twice, and a value that is listed twice
 * is only not private: checking all pairs is for ordinary nodes. */
#define CHECKED_INPUTS 64

static bool
is_listed (const SacRewrite *rewrite, size_t node, size_t input)
{
  const SacNode *reader = &rewrite->plan->graph->nodes[node];

  return reader->inputs[input] >= 0 && !sac_plan_only_shape (reader, input) &&
         (input >= CHECKED_INPUTS || !reads_before (reader, input));
}

static void
list_readers (SacRewrite *rewrite)
{
  const SacGraph *graph = rewrite->plan->graph;
  size_t *starts = g_new0 (size_t, graph->value_count + 2);

  rewrite->starts = starts;
  for (size_t i = 0; i < graph->node_count; i++) {
    for (size_t k = 0; rewrite->live[i] && k < graph->nodes[i].input_count;
         k++) {
      if (is_listed (rewrite, i, k))
        starts[graph->nodes[i].inputs[k] + 2]++;
    }
  }
  for (size_t i = 2; i < graph->value_count + 2; i++)
    starts[i] += starts[i - 1];
  rewrite->readers = g_new (int, starts[graph->value_count + 1]);
  for (size_t i = 0; i < graph->node_count; i++) {
    for (size_t k = 0; rewrite->live[i] && k < graph->nodes[i].input_count;
         k++) {
      if (is_listed (rewrite, i, k))
        rewrite->readers[starts[graph->nodes[i].inputs[k] + 1]++] = (int)i;
    }
  }
}

/* A large mask in each of the blocks of a network; a small part of a second. */
#define LOOKS ((int64_t)1 << 28)

SacRewrite *
sac_rewrite_new (SacPlan *plan)
{
  SacRewrite *rewrite = g_new0 (SacRewrite, 1);

  rewrite->looks_left = LOOKS;
  rewrite->plan = plan;
  rewrite->value_count = plan->graph->value_count;
  rewrite->live = g_new0 (bool, plan->graph->node_count);
  rewrite->pinned = g_new0 (bool, plan->graph->value_count);
  mark_pinned (rewrite);
  mark_live (rewrite);
  list_readers (rewrite);
  return rewrite;
}

void
sac_rewrite_free (SacRewrite *rewrite)
{
  if (rewrite == NULL)
    return;
  g_free (rewrite->live);
  g_free (rewrite->pinned);
  g_free (rewrite->starts);
  g_free (rewrite->readers);
  g_free (rewrite);
}

int
sac_rewrite_producer (const SacRewrite *rewrite, int value)
{
  int node = value >= 0 ? rewrite->plan->graph->values[value].producer : -1;

  return node >= 0 && rewrite->live[node] ? node : -1;
}

size_t
sac_rewrite_reader_count (const SacRewrite *rewrite, int value)
{
  return rewrite->starts[value + 1] - rewrite->starts[value];
}

int
sac_rewrite_only_reader (const SacRewrite *rewrite, int value)
{
  return !rewrite->pinned[value] &&
             sac_rewrite_reader_count (rewrite, value) == 1
           ? rewrite->readers[rewrite->starts[value]]
           : -1;
}

bool
sac_rewrite_is (const SacRewrite *rewrite, int index, const char *op_type)
{
  if (index < 0 || !rewrite->live[index])
    return false;

  const SacOp *op = rewrite->plan->graph->nodes[index].op;

  return op->domain == NULL && strcmp (op->name, op_type) == 0;
}

const SacAttribute *
sac_rewrite_attribute (const SacNode *node, const char *name)
{
  return sac_node_attribute (node, name);
}

int64_t
sac_rewrite_int (const SacNode *node, const char *name, int64_t fallback)
{
  const SacAttribute *found = sac_rewrite_attribute (node, name);

  return found != NULL ? found->i : fallback;
}

float
sac_rewrite_number (const SacNode *node, const char *name, float fallback)
{
  const SacAttribute *found = sac_rewrite_attribute (node, name);

  return found != NULL ? found->f : fallback;
}

const int64_t *
sac_rewrite_integers (const SacRewrite *rewrite,
                      const SacNode *node,
                      size_t input,
                      size_t *ret_count)
{
  const SacTensor *tensor = NULL;

  *ret_count = 0;
  if (input < node->input_count && node->inputs[input] >= 0)
    tensor = rewrite->plan->infos[node->inputs[input]].constant;
  if (tensor == NULL || tensor->data == NULL ||
      sac_tensor_get_kind (tensor) != SAC_KIND_I64)
    return NULL;
  *ret_count = (size_t)sac_tensor_get_count (tensor);
  return sac_tensor_i64 (tensor);
}

/* Since opset 10, where the lists are inputs. */
bool
sac_rewrite_read_slice (const SacRewrite *rewrite,
                        const SacNode *node,
                        int64_t *ret_starts)
{
  size_t count, axis_count, step_count;
  const int64_t *starts = sac_rewrite_integers (rewrite, node, 1, &count);
  const int64_t *axes = sac_rewrite_integers (rewrite, node, 3, &axis_count);
  const int64_t *steps = sac_rewrite_integers (rewrite, node, 4, &step_count);

  if (starts == NULL)
    return false;

  const SacShape *shape = &rewrite->plan->infos[node->inputs[0]].shape;

  for (size_t i = 0; i < step_count; i++) {
    if (steps[i] != 1)
      return false;
  }
  memset (ret_starts, 0, SAC_LIMIT_RANK * sizeof *ret_starts);
  for (size_t i = 0; i < count; i++) {
    int64_t start = starts[i];
    int axis;

    if (!sac_shape_axis (shape, axes != NULL ? axes[i] : (int64_t)i, &axis))
      return false;
    start += start < 0 ? shape->dims[axis] : 0;
    ret_starts[axis] = CLAMP (start, 0, shape->dims[axis]);
  }
  return true;
}

bool
sac_rewrite_is_alias (const SacRewrite *rewrite, int index)
{
  const SacNode *node = &rewrite->plan->graph->nodes[index];

  for (size_t i = 1; i < node->output_count; i++) {
    int value = node->outputs[i];

    if (value >= 0 && (rewrite->pinned[value] ||
                       sac_rewrite_reader_count (rewrite, value) > 0))
      return false;
  }
  return rewrite->plan->nodes[index].alias;
}

/* The plan's own copy of the network's graph, made when it is first changed. */
static SacGraph *
own_graph (SacPlan *plan)
{
  const SacGraph *shared = plan->graph;

  if (plan->own_graph != NULL)
    return plan->own_graph;
  plan->own_graph = g_memdup2 (shared, sizeof *shared);
  plan->own_graph->values =
    g_memdup2 (shared->values, shared->value_count * sizeof *shared->values);
  plan->own_graph->nodes =
    g_memdup2 (shared->nodes, shared->node_count * sizeof *shared->nodes);
  plan->graph = plan->own_graph;
  return plan->own_graph;
}

int
sac_rewrite_add_value (SacPlan *plan, const char *name, SacShape shape)
{
  SacGraph *graph = own_graph (plan);
  size_t index = graph->value_count++;
  SacValue *values = g_renew (SacValue, (SacValue *)graph->values, index + 1);

  values[index] = (SacValue){
    .name = name,
    .type = SAC_TYPE_FLOAT,
    .has_shape = true,
    .shape = shape,
    .producer = -1,
  };
  graph->values = values;
  plan->infos = g_renew (SacValueInfo, plan->infos, index + 1);
  plan->infos[index] = (SacValueInfo){.type = SAC_TYPE_FLOAT, .shape = shape};
  plan->carries = g_renew (bool, plan->carries, index + 1);
  plan->carries[index] = false;
  plan->needed = g_renew (bool, plan->needed, index + 1);
  plan->needed[index] = false;
  return (int)index;
}

SacNode
sac_rewrite_node (SacPlan *plan, size_t index, const SacRewriteOp *of)
{
  SacNode node = plan->graph->nodes[index];
  int *inputs = sac_store_array (plan->store, int, of->input_count);
  SacAttribute *attribute = sac_store_alloc (plan->store, sizeof *attribute);

  memcpy (inputs, of->inputs, of->input_count * sizeof *inputs);
  *attribute = of->attribute;
  node.op = of->op;
  node.op_type = of->op->name;
  node.domain = of->op->domain;
  node.inputs = inputs;
  node.input_count = of->input_count;
  node.attributes = attribute;
  node.attribute_count = 1;
  return node;
}

static bool
same_outputs (const SacPlan *plan,
              const SacNode *before,
              const SacNode *after,
              const SacValueInfo *infos)
{
  for (size_t i = 0; i < MIN (before->output_count, after->output_count); i++) {
    if (before->outputs[i] < 0 || after->outputs[i] != before->outputs[i])
      continue;

    const SacValueInfo *made = &plan->infos[before->outputs[i]];

    if (made->type != infos[i].type ||
        !sac_shape_equal (&made->shape, &infos[i].shape))
      return false;
  }
  return true;
}

bool
sac_rewrite_replace (SacPlan *plan,
                     size_t index,
                     const SacNode *node,
                     GError **error)
{
  SacNode *nodes = (SacNode *)own_graph (plan)->nodes;
  SacNode before = nodes[index];
  SacPlanNode asked = plan->nodes[index];
  g_autofree SacValueInfo *infos =
    g_new0 (SacValueInfo, before.output_count + 1);

  for (size_t i = 0; i < before.output_count; i++) {
    if (before.outputs[i] >= 0)
      infos[i] = plan->infos[before.outputs[i]];
  }
  nodes[index] = *node;
  plan->nodes[index] = (SacPlanNode){0};
  sac_plan_ask (plan, index);
  if (plan->nodes[index].inferred &&
      same_outputs (plan, &before, node, infos)) {
    g_clear_pointer (&asked.owned, g_ptr_array_unref);
    g_clear_error (&asked.error);
    for (size_t i = 0; i < node->output_count; i++) {
      if (node->outputs[i] >= 0)
        ((SacValue *)plan->graph->values)[node->outputs[i]].producer =
          (int)index;
    }
    return true;
  }
  g_clear_pointer (&plan->nodes[index].owned, g_ptr_array_unref);
  g_propagate_error (error, g_steal_pointer (&plan->nodes[index].error));
  plan->nodes[index] = asked;
  nodes[index] = before;
  for (size_t i = 0; i < before.output_count; i++) {
    if (before.outputs[i] >= 0)
      plan->infos[before.outputs[i]] = infos[i];
  }
  return false;
}
