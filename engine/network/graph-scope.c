/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What names mean at one place of a file. */
#include "base/error.h"
#include "network/escape.h"
#include "network/graph-build.h"

#include <string.h>

int
sac_scope_find (const SacScope *scope, const char *name)
{
  if (*name == '\0')
    return SAC_VALUE_LEFT_OUT;
  for (; scope != NULL; scope = scope->outer) {
    int found = GPOINTER_TO_INT (g_hash_table_lookup (scope->names, name));

    if (found != 0)
      return found - 2;
  }
  return SAC_VALUE_UNKNOWN;
}

static void
reserve_names (SacGraphBuilder *builder)
{
  const SacOnnxGraph *graph = &builder->model->graph;

  builder->reserved = g_hash_table_new (g_str_hash, g_str_equal);
  for (size_t i = 0; i < graph->input_count; i++)
    g_hash_table_add (builder->reserved, (char *)graph->inputs[i].name);
  for (size_t i = 0; i < graph->initializer_count; i++)
    g_hash_table_add (builder->reserved, (char *)graph->initializers[i].name);
  for (size_t i = 0; i < graph->node_count; i++) {
    for (size_t k = 0; k < graph->nodes[i].output_count; k++)
      g_hash_table_add (builder->reserved, (char *)graph->nodes[i].outputs[k]);
  }
}

static bool
is_free (const SacGraphBuilder *builder, const char *name)
{
  return !g_hash_table_contains (builder->names, name) &&
         !g_hash_table_contains (builder->reserved, name);
}

const char *
sac_scope_global_name (SacGraphBuilder *builder,
                       const SacScope *scope,
                       const char *name,
                       GError **error)
{
  const char *renamed =
    scope->renames != NULL ? g_hash_table_lookup (scope->renames, name) : NULL;

  if (renamed != NULL)
    return renamed;
  if (scope->prefix == NULL)
    return name;
  if (builder->reserved == NULL)
    reserve_names (builder);

  /* A branch sees the names around it, so its own are different from them; a
     function may be called again. */
  if (scope->function == NULL && is_free (builder, name))
    return name;

  g_autofree char *unique = g_strconcat (scope->prefix, name, NULL);

  for (size_t i = builder->expanded; !is_free (builder, unique); i++) {
    g_free (unique);
    unique = g_strdup_printf ("%s%s~%zu", scope->prefix, name, i);
  }
  return sac_onnx_keep_text (builder->reader, unique, error);
}

int
sac_scope_define (SacGraphBuilder *builder,
                  SacScope *scope,
                  const char *name,
                  GError **error)
{
  const char *global = sac_scope_global_name (builder, scope, name, error);
  SacValue value = {.name = global, .producer = -1};
  int index = builder->values->len;
  void *entry = GINT_TO_POINTER (index + 2);

  if (global == NULL)
    return -1;
  if (index >= SAC_LIMIT_VALUE_COUNT) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "there are more than %d values", SAC_LIMIT_VALUE_COUNT);
    return -1;
  }
  if (g_hash_table_contains (scope->names, name) ||
      g_hash_table_contains (builder->names, global)) {
    g_autofree char *shown = sac_escape_short (name);

    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "the value \"%s\" is defined twice", shown);
    return -1;
  }
  g_hash_table_insert (scope->names, (char *)name, entry);
  if (scope->names != builder->names)
    g_hash_table_insert (builder->names, (char *)global, entry);
  g_array_append_val (builder->values, value);
  return index;
}

static bool
find_opset (const SacOnnxOpsets *opsets,
            const char *domain,
            int64_t *ret_version)
{
  for (size_t i = 0; i < opsets->count; i++) {
    if (strcmp (opsets->items[i].domain, domain) == 0) {
      *ret_version = opsets->items[i].version;
      return true;
    }
  }
  return false;
}

int64_t
sac_scope_get_opset (const SacGraphBuilder *builder,
                     const SacScope *scope,
                     const char *domain)
{
  int64_t version = 0;

  if (scope->function == NULL ||
      !find_opset (&scope->function->opsets, domain, &version))
    find_opset (&builder->model->opsets, domain, &version);
  return version;
}

static const SacOnnxAttribute *
find_attribute (const SacOnnxAttribute *attributes,
                size_t count,
                const char *name)
{
  for (size_t i = 0; i < count; i++) {
    if (strcmp (attributes[i].attribute.name, name) == 0)
      return &attributes[i];
  }
  return NULL;
}

/* What the call of the function around us gives for a reference, or its
 * default, or NULL: then the attribute is as if it were not there. */
static const SacOnnxAttribute *
look_up_reference (const SacScope *scope, const char *name)
{
  const SacOnnxAttribute *bound =
    find_attribute (scope->bindings, scope->binding_count, name);

  return bound != NULL ? bound
                       : find_attribute (scope->function->defaults,
                                         scope->function->default_count, name);
}

SacOnnxAttribute *
sac_scope_bind_attributes (SacGraphBuilder *builder,
                           const SacScope *scope,
                           const SacOnnxNode *node,
                           size_t *ret_count,
                           GError **error)
{
  SacOnnxAttribute *bound =
    sac_onnx_reserve (builder->reader, node->attribute_count,
                      sizeof (SacOnnxAttribute), error);

  if (bound == NULL)
    return NULL;
  *ret_count = 0;
  for (size_t i = 0; i < node->attribute_count; i++) {
    const SacOnnxAttribute *source = &node->attributes[i];
    const char *name = source->attribute.name;

    if (source->reference != NULL && scope->function == NULL) {
      sac_graph_fail (builder, scope, node, SAC_ERROR_DAMAGED, error,
                      "attribute %s refers to a function, and there is none",
                      name);
      return NULL;
    }
    if (source->reference != NULL)
      source = look_up_reference (scope, source->reference);
    if (source == NULL)
      continue;
    if (find_attribute (bound, *ret_count, name) != NULL) {
      g_autofree char *shown = sac_escape_short (name);

      sac_graph_fail (builder, scope, node, SAC_ERROR_DAMAGED, error,
                      "attribute %s is given twice", shown);
      return NULL;
    }
    bound[*ret_count] = *source;
    bound[(*ret_count)++].attribute.name = name;
  }
  return bound;
}

bool
sac_graph_fail (const SacGraphBuilder *builder,
                const SacScope *scope,
                const SacOnnxNode *node,
                int code,
                GError **error,
                const char *format,
                ...)
{
  const SacNode shown = {
    .name = node->name,
    .label = *node->name == '\0' && node->output_count > 0 ? node->outputs[0]
                                                           : node->name,
    .op_type = node->op_type,
    .domain = node->domain,
  };
  int64_t opset = sac_scope_get_opset (builder, scope, node->domain);
  g_autofree char *label =
    sac_escape_node (&shown, CLAMP (opset, G_MININT, G_MAXINT));
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message =
    g_strdup_vprintf (sac_sentence (format), arguments);

  va_end (arguments);
  g_set_error (error, SAC_ERROR, code, "%s: %s", label, message);
  return false;
}
