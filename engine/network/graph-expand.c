/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Calls of the file's own functions, ops that stand for several others, and If
 * with a condition that is known, or will be with the shapes: what is inside
 * takes the place of the node. */
#include "base/error.h"
#include "base/limits.h"
#include "network/decompose.h"
#include "network/escape.h"
#include "network/graph-build.h"

#include <string.h>

static void
clear_scope (SacScope *scope)
{
  g_clear_pointer (&scope->names, g_hash_table_unref);
  g_clear_pointer (&scope->renames, g_hash_table_unref);
}

/* An inner scope for `node`, without any names yet; to be cleared even after
 * TOO_LARGE, when its prefix is NULL. */
static SacScope
make_scope (SacGraphBuilder *builder,
            const SacScope *outer,
            const SacOnnxNode *node,
            GError **error)
{
  const char *name = *node->name != '\0' ? node->name : node->op_type;
  g_autofree char *prefix =
    g_strconcat (outer->prefix != NULL ? outer->prefix : "", name, "/", NULL);

  return (SacScope){
    .names = g_hash_table_new (g_str_hash, g_str_equal),
    .renames = g_hash_table_new (g_str_hash, g_str_equal),
    .prefix = sac_onnx_keep_text (builder->reader, prefix, error),
    .function = outer->function,
    .bindings = outer->bindings,
    .binding_count = outer->binding_count,
    .function_depth = outer->function_depth,
    .graph_depth = outer->graph_depth,
  };
}

/* What the node's outputs are called outside, whatever makes them inside takes
 * that name at once. */
static bool
rename_outputs (SacGraphBuilder *builder,
                SacScope *outer,
                SacScope *inner,
                const SacOnnxNode *node,
                const char *const *results,
                GError **error)
{
  for (size_t i = 0; i < node->output_count; i++) {
    const char *name = node->outputs[i];

    if (*name == '\0')
      continue;
    if (g_hash_table_contains (outer->names, name))
      return sac_graph_fail (builder, outer, node, SAC_ERROR_DAMAGED, error,
                             "its output %zu is defined twice", i);
    if (g_hash_table_contains (inner->renames, results[i]))
      continue;

    const char *global = sac_scope_global_name (builder, outer, name, error);

    if (global == NULL)
      return false;
    g_hash_table_insert (inner->renames, (char *)results[i], (char *)global);
  }
  return true;
}

/* Makes the names inside known outside.  An output that is made nowhere inside,
 * but is an input or another output too, gets a node of its own. */
static bool
bind_outputs (SacGraphBuilder *builder,
              SacScope *outer,
              SacScope *inner,
              const SacOnnxNode *node,
              const char *const *results,
              GError **error)
{
  for (size_t i = 0; i < node->output_count; i++) {
    const char *name = node->outputs[i];
    int made = sac_scope_find (inner, results[i]);

    if (*name == '\0')
      continue;
    if (made < 0)
      return sac_graph_fail (builder, outer, node, SAC_ERROR_DAMAGED, error,
                             "nothing inside makes its output %zu", i);

    const SacValue *value = &g_array_index (builder->values, SacValue, made);
    const char *given = g_hash_table_lookup (inner->renames, results[i]);

    g_hash_table_remove (inner->renames, results[i]);
    if (given != NULL && strcmp (value->name, given) == 0)
      g_hash_table_insert (outer->names, (char *)name,
                           GINT_TO_POINTER (made + 2));
    else if (!sac_graph_add_identity (builder, outer, made, name, error))
      return false;
  }
  return true;
}

static bool
bind_inputs (SacGraphBuilder *builder,
             SacScope *outer,
             SacScope *inner,
             const SacOnnxNode *node,
             const SacOnnxFunction *function,
             GError **error)
{
  for (size_t i = 0; i < function->input_count; i++) {
    const char *name = i < node->input_count ? node->inputs[i] : "";
    int value = sac_scope_find (outer, name);

    if (value == SAC_VALUE_UNKNOWN)
      return sac_graph_fail (builder, outer, node, SAC_ERROR_DAMAGED, error,
                             "nothing makes its input %zu", i);
    if (!g_hash_table_insert (inner->names, (char *)function->inputs[i],
                              GINT_TO_POINTER (value + 2)))
      return sac_graph_fail (builder, outer, node, SAC_ERROR_DAMAGED, error,
                             "the function names an input twice");
  }
  return true;
}

static bool
fill_call (SacGraphBuilder *builder,
           SacScope *outer,
           SacScope *inner,
           const SacOnnxNode *node,
           const SacOnnxFunction *function,
           GError **error)
{
  const char *const *results = function->outputs;
  size_t binding_count = 0;
  const SacOnnxAttribute *bindings =
    sac_scope_bind_attributes (builder, outer, node, &binding_count, error);

  if (bindings == NULL ||
      !bind_inputs (builder, outer, inner, node, function, error))
    return false;
  inner->function = function;
  inner->bindings = bindings;
  inner->binding_count = binding_count;
  inner->function_depth++;
  return rename_outputs (builder, outer, inner, node, results, error) &&
         sac_graph_add_nodes (builder, inner, function->nodes,
                              function->node_count, error) &&
         bind_outputs (builder, outer, inner, node, results, error);
}

static bool
add_call (SacGraphBuilder *builder,
          SacScope *scope,
          const SacOnnxNode *node,
          const SacOnnxFunction *function,
          GError **error)
{
  if (scope->function_depth >= SAC_LIMIT_MESSAGE_DEPTH)
    return sac_graph_fail (builder, scope, node, SAC_ERROR_UNSUPPORTED, error,
                           "functions call each other more than %d deep",
                           SAC_LIMIT_MESSAGE_DEPTH);
  if (node->input_count > function->input_count ||
      node->output_count > function->output_count)
    return sac_graph_fail (builder, scope, node, SAC_ERROR_DAMAGED, error,
                           "it has more inputs or outputs than the function");

  SacScope inner = make_scope (builder, scope, node, error);
  bool added = inner.prefix != NULL &&
               fill_call (builder, scope, &inner, node, function, error);

  clear_scope (&inner);
  return added;
}

static bool
is_if (const SacOnnxNode *node)
{
  return strcmp (node->op_type, "If") == 0 && *node->domain == '\0';
}

/* ret_branches: the else_branch, then the then_branch.  ret_condition: a value.
 */
static bool
find_branches (SacGraphBuilder *builder,
               const SacScope *scope,
               const SacOnnxNode *node,
               const SacOnnxAttribute *ret_branches[2],
               int *ret_condition,
               GError **error)
{
  ret_branches[0] = ret_branches[1] = NULL;
  *ret_condition =
    node->input_count == 1 ? sac_scope_find (scope, node->inputs[0]) : -1;
  for (size_t i = 0; i < node->attribute_count; i++) {
    const SacOnnxAttribute *attribute = &node->attributes[i];

    if (strcmp (attribute->attribute.name, "then_branch") == 0)
      ret_branches[1] = attribute;
    if (strcmp (attribute->attribute.name, "else_branch") == 0)
      ret_branches[0] = attribute;
  }
  if (*ret_condition >= 0 && ret_branches[0] != NULL &&
      ret_branches[1] != NULL && ret_branches[0]->has_graph &&
      ret_branches[1]->has_graph)
    return true;
  return sac_graph_fail (builder, scope, node, SAC_ERROR_DAMAGED, error,
                         "it needs a condition and two branches");
}

static bool
check_condition (SacGraphBuilder *builder,
                 const SacScope *scope,
                 const SacOnnxNode *node,
                 int condition,
                 GError **error)
{
  const SacValue *value = &g_array_index (builder->values, SacValue, condition);
  const SacTensor *known = value->constant;

  if (known != NULL &&
      (known->type != SAC_TYPE_BOOL || sac_tensor_get_count (known) != 1))
    return sac_graph_fail (builder, scope, node, SAC_ERROR_DAMAGED, error,
                           "its condition is not one bool");
  if (known == NULL && value->is_data)
    return sac_graph_fail (builder, scope, node, SAC_ERROR_UNSUPPORTED, error,
                           "its condition depends on the elements of an input; "
                           "only one that is constant or follows from shapes "
                           "is supported");
  return true;
}

/* The branch that is taken. */
static bool
fill_branch (SacGraphBuilder *builder,
             SacScope *outer,
             SacScope *inner,
             const SacOnnxNode *node,
             const SacOnnxGraph *graph,
             GError **error)
{
  g_autofree const char **results =
    g_new0 (const char *, graph->output_count + 1);

  for (size_t i = 0; i < graph->output_count; i++)
    results[i] = graph->outputs[i].name;
  inner->outer = outer;
  inner->graph_depth++;
  return rename_outputs (builder, outer, inner, node, results, error) &&
         sac_graph_add_initializers (builder, inner, graph, error) &&
         sac_graph_add_nodes (builder, inner, graph->nodes, graph->node_count,
                              error) &&
         bind_outputs (builder, outer, inner, node, results, error);
}

static const SacOnnxGraph *
read_branch (SacGraphBuilder *builder,
             const SacOnnxAttribute *branch,
             GError **error)
{
  void *key = (void *)branch->graph.at;
  SacOnnxGraph *graph = g_hash_table_lookup (builder->branches, key);

  if (graph != NULL)
    return graph;
  graph = sac_onnx_reserve (builder->reader, 1, sizeof *graph, error);
  if (graph == NULL ||
      !sac_onnx_read_graph (builder->reader, branch->graph, graph, error))
    return NULL;
  g_hash_table_insert (builder->branches, key, graph);
  return graph;
}

static const SacOnnxGraph *
get_branch (SacGraphBuilder *builder,
            const SacScope *scope,
            const SacOnnxNode *node,
            const SacOnnxAttribute *branch,
            GError **error)
{
  const SacOnnxGraph *graph = read_branch (builder, branch, error);

  if (graph == NULL ||
      (graph->input_count == 0 && graph->output_count == node->output_count))
    return graph;
  sac_graph_fail (builder, scope, node, SAC_ERROR_DAMAGED, error,
                  "its branch has other inputs or outputs than it");
  return NULL;
}

/* One of two branches.  ret_values: what it gives. */
static bool
fill_alternative (SacGraphBuilder *builder,
                  SacScope *outer,
                  const SacOnnxNode *node,
                  const SacOnnxAttribute *branch,
                  int *ret_values,
                  GError **error)
{
  const SacOnnxGraph *graph = get_branch (builder, outer, node, branch, error);
  SacScope inner = make_scope (builder, outer, node, error);
  bool added = graph != NULL && inner.prefix != NULL;

  inner.outer = outer;
  inner.graph_depth++;
  added = added && sac_graph_add_initializers (builder, &inner, graph, error) &&
          sac_graph_add_nodes (builder, &inner, graph->nodes, graph->node_count,
                               error);
  for (size_t i = 0; added && i < graph->output_count; i++) {
    ret_values[i] = sac_scope_find (&inner, graph->outputs[i].name);
    added = ret_values[i] >= 0 ||
            sac_graph_fail (builder, outer, node, SAC_ERROR_DAMAGED, error,
                            "nothing inside makes its output %zu", i);
  }
  clear_scope (&inner);
  return added;
}

/* The condition follows from shapes: both branches, and for each output a node
 * that the plan replaces by one of them. */
static bool
add_alternatives (SacGraphBuilder *builder,
                  SacScope *scope,
                  const SacOnnxNode *node,
                  const SacOnnxAttribute *const *branches,
                  int condition,
                  GError **error)
{
  g_autofree int *taken = g_new0 (int, node->output_count + 1);
  g_autofree int *other = g_new0 (int, node->output_count + 1);

  if (!fill_alternative (builder, scope, node, branches[1], taken, error) ||
      !fill_alternative (builder, scope, node, branches[0], other, error))
    return false;
  for (size_t i = 0; i < node->output_count; i++) {
    const int values[] = {condition, taken[i], other[i]};

    if (*node->outputs[i] != '\0' &&
        !sac_graph_add_choice (builder, scope, node, values, node->outputs[i],
                               error))
      return false;
  }
  return true;
}

static bool
add_branch (SacGraphBuilder *builder,
            SacScope *scope,
            const SacOnnxNode *node,
            GError **error)
{
  const SacOnnxAttribute *branches[2];
  int condition;

  if (scope->graph_depth >= SAC_LIMIT_SUBGRAPH_DEPTH)
    return sac_graph_fail (builder, scope, node, SAC_ERROR_UNSUPPORTED, error,
                           "sub-graphs are nested more than %d deep",
                           SAC_LIMIT_SUBGRAPH_DEPTH);
  if (!find_branches (builder, scope, node, branches, &condition, error) ||
      !check_condition (builder, scope, node, condition, error))
    return false;

  const SacTensor *known =
    g_array_index (builder->values, SacValue, condition).constant;

  if (known == NULL)
    return add_alternatives (builder, scope, node, branches, condition, error);

  const SacOnnxGraph *graph =
    get_branch (builder, scope, node,
                branches[*(const uint8_t *)known->data != 0], error);

  if (graph == NULL)
    return false;

  SacScope inner = make_scope (builder, scope, node, error);
  bool added = inner.prefix != NULL &&
               fill_branch (builder, scope, &inner, node, graph, error);

  clear_scope (&inner);
  return added;
}

/* The function of the node's op: the file's own, or one that we have; NULL in
 * ret_function when there is none. */
static bool
find_function (SacGraphBuilder *builder,
               const SacScope *scope,
               const SacOnnxNode *node,
               const SacOnnxFunction **ret_function,
               GError **error)
{
  const SacOnnxFunction wanted = {.name = node->op_type,
                                  .domain = node->domain};

  *ret_function = g_hash_table_lookup (builder->functions, &wanted);
  return *ret_function != NULL ||
         sac_decompose (builder, scope, node, ret_function, error);
}

static bool
expand_node (SacGraphBuilder *builder,
             SacScope *scope,
             const SacOnnxNode *node,
             GError **error)
{
  const SacOnnxFunction *function = NULL;

  if (!find_function (builder, scope, node, &function, error))
    return false;
  builder->expanded += 1;
  if (function != NULL)
    builder->expanded += function->input_count + function->output_count;
  if (builder->expanded > SAC_LIMIT_NODE_COUNT) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "there are more than %d nodes, functions inlined",
                 SAC_LIMIT_NODE_COUNT);
    return false;
  }
  if (function != NULL)
    return add_call (builder, scope, node, function, error);
  if (is_if (node))
    return add_branch (builder, scope, node, error);
  return sac_graph_add_node (builder, scope, node, error);
}

bool
sac_graph_add_nodes (SacGraphBuilder *builder,
                     SacScope *scope,
                     const SacOnnxNode *nodes,
                     size_t count,
                     GError **error)
{
  size_t cycle = 0;
  g_autofree size_t *order = sac_graph_sort (nodes, count, &cycle);

  if (order == NULL)
    return sac_graph_fail (builder, scope, &nodes[cycle], SAC_ERROR_DAMAGED,
                           error,
                           "what it reads depends on itself: the "
                           "network has a cycle");
  for (size_t i = 0; i < count; i++) {
    if (!sac_job_check (builder->job, error) ||
        !expand_node (builder, scope, &nodes[order[i]], error))
      return false;
  }
  return true;
}
