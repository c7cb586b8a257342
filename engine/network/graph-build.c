/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The graph as a whole: what goes in, what comes out, who reads what. */
#include "network/graph-build.h"

#include "base/error.h"
#include "base/limits.h"
#include "network/escape.h"

#include <inttypes.h>
#include <string.h>

/* A network may compute this many multiply-adds while it is loaded: a second or
 * so.  The rest is left to the run, where it can be watched. */
#define FOLD_COST 2e9

static guint
hash_function (gconstpointer data)
{
  const SacOnnxFunction *function = data;

  return g_str_hash (function->name) * 31 + g_str_hash (function->domain);
}

static gboolean
equal_functions (gconstpointer a, gconstpointer b)
{
  const SacOnnxFunction *x = a, *y = b;

  return strcmp (x->name, y->name) == 0 && strcmp (x->domain, y->domain) == 0;
}

static void
init_builder (SacGraphBuilder *builder)
{
  const SacOnnxModel *model = builder->model;

  builder->values = g_array_new (FALSE, TRUE, sizeof (SacValue));
  builder->nodes = g_array_new (FALSE, TRUE, sizeof (SacNode));
  builder->names = g_hash_table_new (g_str_hash, g_str_equal);
  builder->ops = g_hash_table_new (g_str_hash, g_str_equal);
  builder->functions = g_hash_table_new (hash_function, equal_functions);
  builder->branches = g_hash_table_new (NULL, NULL);
  builder->budget =
    (SacFoldBudget){.bytes = SAC_LIMIT_FOLDED_BYTES, .cost = FOLD_COST};
  for (size_t i = 0; i < model->function_count; i++)
    g_hash_table_add (builder->functions, &model->functions[i]);
}

static void
clear_builder (SacGraphBuilder *builder)
{
  g_clear_pointer (&builder->values, g_array_unref);
  g_clear_pointer (&builder->nodes, g_array_unref);
  g_clear_pointer (&builder->names, g_hash_table_unref);
  g_clear_pointer (&builder->reserved, g_hash_table_unref);
  g_clear_pointer (&builder->functions, g_hash_table_unref);
  g_clear_pointer (&builder->branches, g_hash_table_unref);
  g_clear_pointer (&builder->declared, g_hash_table_unref);
  g_clear_pointer (&builder->ranks, g_array_unref);
  g_clear_pointer (&builder->ops, g_hash_table_unref);
}

static bool G_GNUC_PRINTF (4, 5)
  fail (const char *name, int code, GError **error, const char *format, ...)
{
  g_autofree char *shown = sac_escape_short (name);
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);

  va_end (arguments);
  g_set_error (error, SAC_ERROR, code, "%s \"%s\"", message, shown);
  return false;
}

static bool
check_input (const SacOnnxValue *input, GError **error)
{
  size_t element = sac_kind_get_size (sac_type_get_kind (input->type));
  int64_t count;

  if (*input->name == '\0')
    return fail ("", SAC_ERROR_DAMAGED, error,
                 "there is an input without name");
  if (!input->has_type || element == 0)
    return fail (input->name, SAC_ERROR_UNSUPPORTED, error,
                 "tensors of type %s cannot be fed to the input",
                 input->has_type ? sac_type_get_name (input->type)
                                 : "undefined");
  for (int i = 0; i < input->shape.rank; i++) {
    if (input->shape.dims[i] < 0)
      return true;
  }
  if (!sac_shape_count (&input->shape, &count) ||
      (uint64_t)count > SAC_LIMIT_VALUE_BYTES / element)
    return fail (input->name, SAC_ERROR_TOO_LARGE, error,
                 "more than %zu MiB would have to be fed to the input",
                 SAC_LIMIT_VALUE_BYTES >> 20);
  return true;
}

static void
declare (SacValue *value, const SacOnnxValue *declared)
{
  if (value->constant != NULL)
    return;
  if (declared->has_type)
    value->type = declared->type;
  if (declared->has_shape)
    value->shape = declared->shape;
  value->has_shape = value->has_shape || declared->has_shape;
}

/* Inputs that are initialisers too are constants: files before IR version 4
 * list every weight among the inputs. */
static bool
add_inputs (SacGraphBuilder *builder,
            SacScope *scope,
            GArray *inputs,
            GError **error)
{
  const SacOnnxGraph *graph = &builder->model->graph;

  for (size_t i = 0; i < graph->input_count; i++) {
    const SacOnnxValue *input = &graph->inputs[i];
    int known = sac_scope_find (scope, input->name);

    if (known >= 0 &&
        g_array_index (builder->values, SacValue, known).constant != NULL)
      continue;
    if (!check_input (input, error))
      return false;

    int index = sac_scope_define (builder, scope, input->name, error);

    if (index < 0)
      return false;

    SacValue *value = &g_array_index (builder->values, SacValue, index);

    value->is_input = true;
    value->is_data = true;
    declare (value, input);
    g_array_append_val (inputs, index);
  }
  return true;
}

static bool
add_outputs (SacGraphBuilder *builder,
             const SacScope *scope,
             GArray *outputs,
             GError **error)
{
  const SacOnnxGraph *graph = &builder->model->graph;

  for (size_t i = 0; i < graph->output_count; i++) {
    const SacOnnxValue *output = &graph->outputs[i];
    int index = sac_scope_find (scope, output->name);

    if (index < 0)
      return fail (output->name, SAC_ERROR_DAMAGED, error,
                   "nothing makes the output");
    g_array_index (builder->values, SacValue, index).is_output = true;
    g_array_append_val (outputs, index);
  }
  if (outputs->len > 0)
    return true;
  g_set_error_literal (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                       "the network has no outputs");
  return false;
}

static void
declare_values (SacGraphBuilder *builder,
                const SacScope *scope,
                const SacOnnxValue *declared,
                size_t count)
{
  for (size_t i = 0; i < count; i++) {
    int index = sac_scope_find (scope, declared[i].name);

    if (index >= 0 &&
        !g_array_index (builder->values, SacValue, index).is_input)
      declare (&g_array_index (builder->values, SacValue, index), &declared[i]);
  }
}

/* Nodes come in order, so a value that a node reads twice was met just before.
 * `last` is the node, plus 1, that was counted for the value last. */
static void
fill_consumers (SacGraphBuilder *builder)
{
  size_t value_count = builder->values->len;
  SacValue *values = (SacValue *)(void *)builder->values->data;
  g_autofree size_t *last = g_new0 (size_t, value_count);
  g_autofree int **places = g_new0 (int *, value_count);

  for (int round = 0; round < 2; round++) {
    memset (last, 0, sizeof *last * value_count);
    for (size_t i = 0; i < builder->nodes->len; i++) {
      const SacNode *node = &g_array_index (builder->nodes, SacNode, i);

      for (size_t k = 0; k < node->input_count; k++) {
        int value = node->inputs[k];

        if (value < 0 || last[value] == i + 1)
          continue;
        last[value] = i + 1;
        if (round == 0)
          values[value].consumer_count++;
        else
          *places[value]++ = i;
      }
    }
    for (size_t i = 0; round == 0 && i < value_count; i++) {
      places[i] =
        sac_store_array (builder->reader->store, int, values[i].consumer_count);
      values[i].consumers = places[i];
    }
  }
}

static int *
keep_indices (SacStore *store, const GArray *indices)
{
  int *kept = sac_store_array (store, int, indices->len);

  if (indices->len > 0)
    memcpy (kept, indices->data, sizeof *kept * indices->len);
  return kept;
}

static bool
build (SacGraphBuilder *builder, SacGraph *graph, GError **error)
{
  const SacOnnxModel *model = builder->model;
  SacStore *store = builder->reader->store;
  SacScope scope = {.names = builder->names};
  g_autoptr (GArray) inputs = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GArray) outputs = g_array_new (FALSE, FALSE, sizeof (int));

  if (!sac_graph_add_initializers (builder, &scope, &model->graph, error) ||
      !add_inputs (builder, &scope, inputs, error) ||
      !sac_graph_add_nodes (builder, &scope, model->graph.nodes,
                            model->graph.node_count, error) ||
      !add_outputs (builder, &scope, outputs, error))
    return false;
  declare_values (builder, &scope, model->graph.values,
                  model->graph.value_count);
  declare_values (builder, &scope, model->graph.outputs,
                  model->graph.output_count);
  if (!sac_graph_narrow (builder, error))
    return false;
  fill_consumers (builder);
  graph->inputs = keep_indices (store, inputs);
  graph->input_count = inputs->len;
  graph->outputs = keep_indices (store, outputs);
  graph->output_count = outputs->len;
  graph->opset = sac_scope_get_opset (builder, &scope, "");
  graph->producer = model->producer;
  return true;
}

static bool
check_opsets (const SacOnnxModel *model, GError **error)
{
  for (size_t i = 0; i < model->opsets.count; i++) {
    const SacOnnxOpset *opset = &model->opsets.items[i];

    if (*opset->domain != '\0')
      continue;
    if (opset->version >= SAC_OPSET_MIN && opset->version <= SAC_OPSET_MAX)
      return true;
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "it uses opset %" PRId64
                 " of ONNX; opsets %d to %d are supported",
                 opset->version, SAC_OPSET_MIN, SAC_OPSET_MAX);
    return false;
  }
  g_set_error_literal (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                       "it does not say which opset of ONNX it uses");
  return false;
}

bool
sac_graph_build (SacOnnxReader *reader,
                 const SacOnnxModel *model,
                 SacGraph *ret_graph,
                 SacJob *job,
                 GError **error)
{
  SacGraphBuilder builder = {.reader = reader, .model = model, .job = job};

  if (!check_opsets (model, error))
    return false;
  init_builder (&builder);

  bool built = build (&builder, ret_graph, error);

  if (built) {
    ret_graph->value_count = builder.values->len;
    ret_graph->node_count = builder.nodes->len;
    ret_graph->values =
      (SacValue *)(void *)g_array_steal (builder.values, NULL);
    ret_graph->nodes = (SacNode *)(void *)g_array_steal (builder.nodes, NULL);
    ret_graph->names = g_steal_pointer (&builder.names);
  }
  clear_builder (&builder);
  return built;
}

void
sac_graph_finish (SacGraph *graph)
{
  g_free ((void *)graph->values);
  g_free ((void *)graph->nodes);
  g_clear_pointer (&graph->names, g_hash_table_unref);
}
