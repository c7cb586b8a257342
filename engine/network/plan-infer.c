/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Binding input shapes, asking every node, folding what is known. */
#include "base/error.h"
#include "network/escape.h"
#include "network/plan-private.h"

#include <string.h>

/* What one plan may compute ahead, in multiply-adds: a fraction of a second. */
#define FOLD_COST 1e9

/* A float32 tensor may be fed where float16 is declared, and either float where
 * double is: the run rounds them. */
static bool
is_accepted (SacType given, const SacValue *value)
{
  return given == SAC_TYPE_UNKNOWN || given == value->type ||
         (given == SAC_TYPE_FLOAT && (value->type == SAC_TYPE_FLOAT16 ||
                                      value->type == SAC_TYPE_BFLOAT16)) ||
         (given == SAC_TYPE_DOUBLE && value->is_double);
}

static bool
fits (const SacShape *shape, const SacShape *declared)
{
  if (shape->rank != declared->rank)
    return false;
  for (int i = 0; i < shape->rank; i++) {
    if (declared->dims[i] >= 0 && declared->dims[i] != shape->dims[i])
      return false;
  }
  return true;
}

bool
sac_plan_check_input (const SacGraph *graph,
                      size_t input,
                      SacType type,
                      const SacShape *shape,
                      GError **error)
{
  const SacValue *value = &graph->values[graph->inputs[input]];
  size_t element = sac_kind_get_size (sac_type_get_kind (value->type));
  g_autofree char *name = sac_escape_short (value->name);
  g_autofree char *text = sac_shape_to_string (shape);
  int64_t count;

  if (!is_accepted (type, value)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "input \"%s\" is %s, the network wants %s", name,
                 sac_type_get_name (type),
                 sac_type_get_name (value->is_double ? SAC_TYPE_DOUBLE
                                                     : value->type));
    return false;
  }
  if (value->has_shape && !fits (shape, &value->shape)) {
    g_autofree char *declared = sac_shape_to_string (&value->shape);

    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "input \"%s\" has shape %s, the network wants %s", name, text,
                 declared);
    return false;
  }
  if (!sac_shape_count (shape, &count) ||
      (uint64_t)count > SAC_LIMIT_VALUE_BYTES / element) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "input \"%s\" has shape %s, beyond the limit of %zu MiB", name,
                 text, SAC_LIMIT_VALUE_BYTES >> 20);
    return false;
  }
  return true;
}

bool
sac_plan_bind (SacNetwork *network,
               const SacTensor *const *inputs,
               SacShape *ret_shapes,
               GError **error)
{
  const SacGraph *graph = sac_network_get_graph (network);

  for (size_t i = 0; i < graph->input_count; i++) {
    if (inputs[i] == NULL) {
      g_autofree char *name =
        sac_escape_short (graph->values[graph->inputs[i]].name);

      g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                   "nothing is given for input \"%s\"", name);
      return false;
    }
    if (!sac_plan_check_input (graph, i, inputs[i]->type, &inputs[i]->shape,
                               error))
      return false;
  }
  for (size_t i = 0; i < graph->input_count; i++)
    ret_shapes[i] = inputs[i]->shape;
  return true;
}

static bool
bind (SacPlan *plan, const SacShape *shapes, GError **error)
{
  const SacGraph *graph = plan->graph;

  for (size_t i = 0; i < graph->value_count; i++) {
    SacTensor *constant = graph->values[i].constant;

    if (constant != NULL)
      plan->infos[i] =
        (SacValueInfo){constant->type, constant->shape, constant};
  }
  for (size_t i = 0; i < graph->input_count; i++) {
    int value = graph->inputs[i];

    if (!sac_plan_check_input (graph, i, SAC_TYPE_UNKNOWN, &shapes[i], error))
      return false;
    plan->infos[value] =
      (SacValueInfo){.type = graph->values[value].type, .shape = shapes[i]};
  }
  return true;
}

/* Room for the arguments of one node, grown as needed. */
typedef struct {
  const SacValueInfo **inputs;
  SacValueInfo *outputs;
  SacTensor **results;
  size_t input_room;
  size_t output_room;
  SacFoldBudget budget;
} Scratch;

static void
reserve (Scratch *scratch, const SacNode *node)
{
  if (node->input_count > scratch->input_room) {
    scratch->input_room = node->input_count * 2;
    scratch->inputs =
      g_renew (const SacValueInfo *, scratch->inputs, scratch->input_room);
  }
  if (node->output_count > scratch->output_room) {
    scratch->output_room = node->output_count * 2;
    scratch->outputs =
      g_renew (SacValueInfo, scratch->outputs, scratch->output_room);
    scratch->results =
      g_renew (SacTensor *, scratch->results, scratch->output_room);
  }
}

/* ret_known: all inputs are constants.  Returns: false when one of them was not
 * reached. */
static bool
gather_inputs (const SacPlan *plan,
               const SacNode *node,
               const SacValueInfo **inputs,
               bool *ret_known)
{
  *ret_known = true;
  for (size_t i = 0; i < node->input_count; i++) {
    int value = node->inputs[i];

    inputs[i] = value >= 0 ? &plan->infos[value] : NULL;
    if (value >= 0 && plan->infos[value].type == SAC_TYPE_UNKNOWN)
      return false;
    if (value >= 0 && plan->infos[value].constant == NULL &&
        !sac_plan_only_shape (node, i))
      *ret_known = false;
  }
  return true;
}

static void
keep_outputs (SacPlan *plan,
              const SacNode *node,
              const SacPlanNode *asked,
              Scratch *scratch)
{
  for (size_t i = 0; i < node->output_count; i++) {
    if (node->outputs[i] < 0)
      continue;

    SacValueInfo *info = &plan->infos[node->outputs[i]];

    *info = scratch->outputs[i];
    info->constant =
      asked->folded ? sac_store_take_tensor (plan->store, scratch->results[i])
                    : NULL;
  }
}

static void
ask (SacPlan *plan, size_t index, Scratch *scratch)
{
  sac_plan_choose (plan, index);

  const SacNode *node = &plan->graph->nodes[index];
  SacPlanNode *asked = &plan->nodes[index];
  SacInfer infer;
  bool known;

  reserve (scratch, node);
  if (!gather_inputs (plan, node, scratch->inputs, &known))
    return;
  asked->inferred = sac_fold_infer (node, scratch->inputs, scratch->outputs,
                                    &infer, &asked->error);
  asked->folded =
    asked->inferred && (known || node->op->shape_only) &&
    sac_fold_evaluate (&infer, &scratch->budget, scratch->results);
  if (asked->inferred) {
    asked->alias = infer.alias;
    asked->params = infer.params;
    asked->workspace_bytes = infer.workspace_bytes;
    asked->gradient_workspace_bytes = infer.gradient_workspace_bytes;
    asked->saved_bytes = infer.saved_bytes;
    asked->passes = infer.passes;
    asked->cost = sac_fold_cost (&infer);
    if (!asked->folded)
      asked->owned = g_steal_pointer (&infer.owned);
    keep_outputs (plan, node, asked, scratch);
  }
  sac_fold_clear (&infer);
}

static void
clear_scratch (Scratch *scratch)
{
  g_free (scratch->inputs);
  g_free (scratch->outputs);
  g_free (scratch->results);
}

void
sac_plan_ask (SacPlan *plan, size_t node)
{
  Scratch scratch = {0}; /* nothing is folded */

  ask (plan, node, &scratch);
  clear_scratch (&scratch);
}

bool
sac_plan_infer (SacPlan *plan,
                const SacShape *input_shapes,
                SacJob *job,
                GError **error)
{
  Scratch scratch = {
    .budget = {.bytes = SAC_LIMIT_FOLDED_BYTES, .cost = FOLD_COST},
  };
  bool good = bind (plan, input_shapes, error);

  for (size_t i = 0; good && i < plan->graph->node_count; i++) {
    good = sac_job_check (job, error);
    if (good)
      ask (plan, i, &scratch);
  }
  clear_scratch (&scratch);
  return good;
}
