/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Single nodes and initialisers: looked up, checked, folded, added. */
#include "base/error.h"
#include "network/escape.h"
#include "network/graph-build.h"
#include "network/ops.h"

#include <string.h>

static SacValue *
get_value (const SacGraphBuilder *builder, int index)
{
  return &g_array_index (builder->values, SacValue, index);
}

static void
set_constant (SacValue *value, SacTensor *tensor)
{
  value->constant = tensor;
  value->type = tensor->type;
  value->has_shape = true;
  value->shape = tensor->shape;
}

bool
sac_graph_add_initializers (SacGraphBuilder *builder,
                            SacScope *scope,
                            const SacOnnxGraph *graph,
                            GError **error)
{
  for (size_t i = 0; i < graph->initializer_count; i++) {
    const SacOnnxInitializer *initializer = &graph->initializers[i];

    if (*initializer->name == '\0') {
      g_set_error_literal (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                           "an initializer has no name");
      return false;
    }

    int index = sac_scope_define (builder, scope, initializer->name, error);

    if (index < 0)
      return false;
    set_constant (get_value (builder, index), initializer->tensor);
    if (scope->prefix == NULL)
      builder->budget.bytes += sac_tensor_get_bytes (initializer->tensor);
  }
  return true;
}

static const SacOp *
find_op (SacGraphBuilder *builder, const SacOnnxNode *node)
{
  if (*node->domain != '\0')
    return sac_ops_find (node->domain, node->op_type);

  const SacOp *op = g_hash_table_lookup (builder->ops, node->op_type);

  if (op == NULL && (op = sac_ops_find ("", node->op_type)) != NULL)
    g_hash_table_insert (builder->ops, (char *)node->op_type, (void *)op);
  return op;
}

static bool
has_graph (const SacOnnxNode *node)
{
  for (size_t i = 0; i < node->attribute_count; i++) {
    if (node->attributes[i].has_graph)
      return true;
  }
  return false;
}

/* ret_op: an op that knows this version and this number of inputs. */
static bool
check_op (SacGraphBuilder *builder,
          const SacScope *scope,
          const SacOnnxNode *node,
          const SacOp **ret_op,
          GError **error)
{
  const SacOp *op = find_op (builder, node);
  int64_t opset = sac_scope_get_opset (builder, scope, node->domain);
  const char *why = NULL;

  if (*node->domain == '\0' && (opset < SAC_OPSET_MIN || opset > SAC_OPSET_MAX))
    return sac_graph_fail (builder, scope, node, SAC_ERROR_UNSUPPORTED, error,
                           "only opsets %d to %d are supported", SAC_OPSET_MIN,
                           SAC_OPSET_MAX);
  if (op == NULL && has_graph (node))
    why = sac_sentence (
      "ops that run a sub-graph are not supported, but for If whose "
      "condition follows from shapes");
  else if (op == NULL && strcmp (node->domain, "com.microsoft.nchwc") == 0)
    why = sac_sentence (
      "ONNX Runtime's layout optimiser wrote this op for one kind of "
      "processor; optimise the network again with ORT_ENABLE_EXTENDED, or "
      "use it as it was exported");
  else if (op == NULL && *node->domain != '\0')
    why = sac_sentence ("this op of this domain is not supported");
  else if (op == NULL)
    why = sac_sentence ("this op is not supported");
  if (why != NULL)
    return sac_graph_fail (builder, scope, node, SAC_ERROR_UNSUPPORTED, error,
                           "%s", why);
  if (opset < op->opset_min)
    return sac_graph_fail (builder, scope, node, SAC_ERROR_DAMAGED, error,
                           "this op exists from opset %d on", op->opset_min);
  *ret_op = op;
  return true;
}

static size_t
count_present (const int *values, size_t count)
{
  while (count > 0 && values[count - 1] < 0)
    count--;
  return count;
}

static bool
check_counts (SacGraphBuilder *builder,
              const SacScope *scope,
              const SacOnnxNode *source,
              const SacNode *node,
              GError **error)
{
  const SacOp *op = node->op;

  for (size_t i = 0; i < op->inputs_min; i++) {
    if (i >= node->input_count || node->inputs[i] < 0)
      return sac_graph_fail (builder, scope, source, SAC_ERROR_DAMAGED, error,
                             "its input %zu is missing", i);
  }
  if (node->input_count > op->inputs_max)
    return sac_graph_fail (builder, scope, source, SAC_ERROR_DAMAGED, error,
                           "it has %zu inputs, at most %zu are possible",
                           node->input_count, op->inputs_max);
  if (node->output_count < op->outputs_min ||
      node->output_count > op->outputs_max)
    return sac_graph_fail (builder, scope, source, SAC_ERROR_DAMAGED, error,
                           "it has %zu outputs, where %zu to %zu are possible",
                           node->output_count, op->outputs_min,
                           op->outputs_max);
  return true;
}

static bool
fill_attributes (SacGraphBuilder *builder,
                 const SacScope *scope,
                 const SacOnnxNode *source,
                 SacNode *node,
                 GError **error)
{
  size_t count;
  const SacOnnxAttribute *bound =
    sac_scope_bind_attributes (builder, scope, source, &count, error);

  if (bound == NULL)
    return false;

  SacAttribute *attributes =
    sac_store_array (builder->reader->store, SacAttribute, count);

  for (size_t i = 0; i < count; i++)
    attributes[i] = bound[i].attribute;
  node->attributes = attributes;
  node->attribute_count = count;
  return true;
}

/* The values that the node makes; they have no producer yet. */
static bool
define_outputs (SacGraphBuilder *builder,
                SacScope *scope,
                const SacOnnxNode *source,
                SacNode *node,
                GError **error)
{
  int *outputs = sac_onnx_reserve (builder->reader, source->output_count,
                                   sizeof *outputs, error);

  if (outputs == NULL)
    return false;
  for (size_t i = 0; i < source->output_count; i++) {
    outputs[i] = SAC_VALUE_LEFT_OUT;
    if (*source->outputs[i] == '\0')
      continue;
    outputs[i] = sac_scope_define (builder, scope, source->outputs[i], error);
    if (outputs[i] < 0)
      return false;
  }
  node->outputs = outputs;
  node->output_count = count_present (outputs, source->output_count);
  return true;
}

/* Returns: true when all inputs are constants. */
static bool
gather_constants (const SacGraphBuilder *builder,
                  const SacNode *node,
                  SacValueInfo *infos,
                  const SacValueInfo **pointers)
{
  for (size_t i = 0; i < node->input_count; i++) {
    pointers[i] = NULL;
    if (node->inputs[i] < 0)
      continue;

    const SacValue *value = get_value (builder, node->inputs[i]);

    if (value->constant == NULL)
      return false;
    infos[i] = (SacValueInfo){value->type, value->shape, value->constant};
    pointers[i] = &infos[i];
  }
  return true;
}

/* A fault is not reported here: the plan meets the node again, if it is needed
 * at all. */
static bool
fold (SacGraphBuilder *builder, const SacNode *node)
{
  g_autofree SacValueInfo *infos = g_new0 (SacValueInfo, node->input_count);
  g_autofree const SacValueInfo **pointers =
    g_new0 (const SacValueInfo *, node->input_count);
  g_autofree SacValueInfo *outputs = g_new0 (SacValueInfo, node->output_count);
  g_autofree SacTensor **results = g_new0 (SacTensor *, node->output_count);
  SacInfer infer;

  if (!gather_constants (builder, node, infos, pointers))
    return false;

  bool folded = sac_fold_infer (node, pointers, outputs, &infer, NULL) &&
                sac_fold_evaluate (&infer, &builder->budget, results);

  sac_fold_clear (&infer);
  for (size_t i = 0; folded && i < node->output_count; i++) {
    if (node->outputs[i] >= 0)
      set_constant (get_value (builder, node->outputs[i]),
                    sac_store_take_tensor (builder->reader->store, results[i]));
  }
  return folded;
}

static bool
reads_data (const SacGraphBuilder *builder, const SacNode *node)
{
  for (size_t i = 0; i < node->input_count; i++) {
    if (node->inputs[i] >= 0 && get_value (builder, node->inputs[i])->is_data)
      return true;
  }
  return false;
}

/* Takes inputs, which the store owns. */
static bool
add_with_inputs (SacGraphBuilder *builder,
                 SacScope *scope,
                 const SacOnnxNode *source,
                 const int *inputs,
                 GError **error)
{
  SacNode node = {
    .name = source->name,
    .label = source->name,
    .op_type = source->op_type,
    .domain = source->domain,
    .inputs = inputs,
    .input_count = count_present (inputs, source->input_count),
  };

  if (!check_op (builder, scope, source, &node.op, error) ||
      !fill_attributes (builder, scope, source, &node, error) ||
      !define_outputs (builder, scope, source, &node, error) ||
      !check_counts (builder, scope, source, &node, error))
    return false;
  node.opset = sac_scope_get_opset (builder, scope, source->domain);
  if (*node.name == '\0' && node.output_count > 0 && node.outputs[0] >= 0)
    node.label = get_value (builder, node.outputs[0])->name;
  if (fold (builder, &node))
    return true;

  bool is_data = !node.op->shape_only && reads_data (builder, &node);

  for (size_t i = 0; i < node.output_count; i++) {
    if (node.outputs[i] < 0)
      continue;
    get_value (builder, node.outputs[i])->producer = builder->nodes->len;
    get_value (builder, node.outputs[i])->is_data = is_data;
  }
  g_array_append_val (builder->nodes, node);
  return true;
}

bool
sac_graph_add_node (SacGraphBuilder *builder,
                    SacScope *scope,
                    const SacOnnxNode *node,
                    GError **error)
{
  int *inputs = sac_onnx_reserve (builder->reader, node->input_count,
                                  sizeof *inputs, error);

  if (inputs == NULL)
    return false;
  for (size_t i = 0; i < node->input_count; i++) {
    inputs[i] = sac_scope_find (scope, node->inputs[i]);
    if (inputs[i] == SAC_VALUE_UNKNOWN) {
      g_autofree char *shown = sac_escape_short (node->inputs[i]);

      return sac_graph_fail (builder, scope, node, SAC_ERROR_DAMAGED, error,
                             "it reads \"%s\", which nothing makes", shown);
    }
  }
  return add_with_inputs (builder, scope, node, inputs, error);
}

bool
sac_graph_add_identity (SacGraphBuilder *builder,
                        SacScope *scope,
                        int value,
                        const char *name,
                        GError **error)
{
  int *inputs = sac_store_array (builder->reader->store, int, 1);
  const char *outputs[] = {name};
  const SacOnnxNode node = {
    .name = "",
    .op_type = "Identity",
    .domain = "",
    .input_count = 1,
    .outputs = outputs,
    .output_count = 1,
  };

  inputs[0] = value;
  return add_with_inputs (builder, scope, &node, inputs, error);
}

bool
sac_graph_add_choice (SacGraphBuilder *builder,
                      SacScope *scope,
                      const SacOnnxNode *node,
                      const int *values,
                      const char *name,
                      GError **error)
{
  int *inputs = sac_store_array (builder->reader->store, int, 3);
  const char *outputs[] = {name};
  const SacOnnxNode choice = {
    .name = node->name,
    .op_type = node->op_type,
    .domain = node->domain,
    .input_count = 3,
    .outputs = outputs,
    .output_count = 1,
  };

  memcpy (inputs, values, 3 * sizeof *inputs);
  return add_with_inputs (builder, scope, &choice, inputs, error);
}
