/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Finding and writing decompositions. */
#include "network/decompose.h"

#include "base/error.h"

#include <string.h>

/* ONNX's opset that bodies are written in. */
#define BODY_OPSET 24

static void *
reserve (SacBody *body, size_t count, size_t size)
{
  void *room = NULL;

  if (!body->failed)
    room = sac_onnx_reserve (body->builder->reader, count, size, body->error);
  body->failed = room == NULL;
  return room;
}

static const char *
keep (SacBody *body, const char *text)
{
  size_t size = strlen (text) + 1;
  char *kept = reserve (body, size, 1);

  if (kept != NULL)
    memcpy (kept, text, size);
  return kept;
}

/* "a, b" in the store; "_" becomes "". */
static const char **
keep_names (SacBody *body, const char *list, size_t *ret_count)
{
  g_auto (GStrv) names = g_strsplit (list, ",", -1);
  size_t count = g_strv_length (names);
  const char **kept = reserve (body, count, sizeof *kept);

  *ret_count = 0;
  for (size_t i = 0; kept != NULL && i < count; i++) {
    const char *name = g_strstrip (names[i]);

    kept[i] = keep (body, strcmp (name, "_") == 0 ? "" : name);
    if (kept[i] == NULL)
      return NULL;
    *ret_count = i + 1;
  }
  return kept;
}

static const SacOnnxFunction *
finish (SacBody *body, const SacDecomposition *decomposition)
{
  const SacOnnxNode *call = body->call;
  SacOnnxFunction *function = reserve (body, 1, sizeof *function);
  SacOnnxOpset *opset = reserve (body, 1, sizeof *opset);
  SacOnnxNode *nodes = reserve (body, body->nodes->len, sizeof *nodes);
  size_t input_count = 0, output_count = 0;
  const char **inputs = keep_names (body, decomposition->inputs, &input_count);
  const char **outputs =
    keep_names (body, decomposition->outputs, &output_count);

  if (body->failed)
    return NULL;
  memcpy (nodes, body->nodes->data, sizeof *nodes * body->nodes->len);
  *opset = (SacOnnxOpset){.domain = "", .version = BODY_OPSET};
  *function = (SacOnnxFunction){
    .name = call->op_type,
    .domain = call->domain,
    .inputs = inputs,
    .input_count = input_count,
    .outputs = outputs,
    .output_count = output_count,
    .nodes = nodes,
    .node_count = body->nodes->len,
    .opsets = {opset, 1},
  };
  return function;
}

static const SacDecomposition *const tables[] = {
  sac_decompose_attention, sac_decompose_fused,     sac_decompose_norm,
  sac_decompose_place,     sac_decompose_quantized, sac_decompose_simple,
  sac_decompose_volume,
};

/* The entry for the op, as long as it applies to this node. */
static const SacDecomposition *
find (const SacBody *body)
{
  const SacOnnxNode *call = body->call;
  int64_t opset =
    sac_scope_get_opset (body->builder, body->scope, call->domain);

  for (size_t i = 0; i < G_N_ELEMENTS (tables); i++) {
    for (const SacDecomposition *d = tables[i]; d->op_type != NULL; d++) {
      if (strcmp (d->op_type, call->op_type) == 0 &&
          strcmp (d->domain, call->domain) == 0 && opset >= d->opset_min &&
          (d->opset_max == 0 || opset <= d->opset_max))
        return d;
    }
  }
  return NULL;
}

bool
sac_decompose_knows (const char *domain, const char *op_type)
{
  for (size_t i = 0; i < G_N_ELEMENTS (tables); i++) {
    for (const SacDecomposition *d = tables[i]; d->op_type != NULL; d++) {
      if (strcmp (d->op_type, op_type) == 0 && strcmp (d->domain, domain) == 0)
        return true;
    }
  }
  return false;
}

static const SacOnnxFunction *
write_body (SacBody *body, const SacDecomposition *decomposition)
{
  g_autoptr (GArray) nodes = g_array_new (FALSE, TRUE, sizeof (SacOnnxNode));

  body->nodes = nodes;
  for (size_t i = 0; i < decomposition->inputs_min; i++) {
    if (!sac_body_has (body, i))
      sac_body_refuse (body, SAC_ERROR_DAMAGED, "its input %zu is missing", i);
  }
  if (!body->failed)
    decomposition->write (body);
  return finish (body, decomposition);
}

bool
sac_decompose (SacGraphBuilder *builder,
               const SacScope *scope,
               const SacOnnxNode *node,
               const SacOnnxFunction **ret_function,
               GError **error)
{
  SacBody body = {.builder = builder,
                  .scope = scope,
                  .call = node,
                  .error = error};
  const SacDecomposition *decomposition = find (&body);

  *ret_function = NULL;
  if (decomposition == NULL)
    return true;
  body.attributes = sac_scope_bind_attributes (builder, scope, node,
                                               &body.attribute_count, error);
  if (body.attributes == NULL)
    return false;
  if (decomposition->applies != NULL && !decomposition->applies (&body))
    return true;
  *ret_function = write_body (&body, decomposition);
  return *ret_function != NULL;
}

bool
sac_body_has (const SacBody *body, size_t input)
{
  return input < body->call->input_count &&
         sac_scope_find (body->scope, body->call->inputs[input]) !=
           SAC_VALUE_LEFT_OUT;
}

bool
sac_body_wants (const SacBody *body, size_t output)
{
  return output < body->call->output_count &&
         *body->call->outputs[output] != '\0';
}

static const SacAttribute *
find_attribute (const SacBody *body, const char *name)
{
  for (size_t i = 0; !body->failed && i < body->attribute_count; i++) {
    if (strcmp (body->attributes[i].attribute.name, name) == 0)
      return &body->attributes[i].attribute;
  }
  return NULL;
}

bool
sac_body_has_attribute (const SacBody *body, const char *name)
{
  return find_attribute (body, name) != NULL;
}

/* Returns: NULL when absent or, with an error, of another kind. */
static const SacAttribute *
get_attribute (SacBody *body, const char *name, SacAttributeKind kind)
{
  const SacAttribute *attribute = find_attribute (body, name);

  if (attribute == NULL || attribute->kind == kind)
    return attribute;
  sac_body_refuse (body, SAC_ERROR_DAMAGED,
                   "its attribute %s is of another kind than the op has", name);
  return NULL;
}

int64_t
sac_body_int (SacBody *body, const char *name, int64_t fallback)
{
  const SacAttribute *found = get_attribute (body, name, SAC_ATTRIBUTE_INT);

  return found != NULL ? found->i : fallback;
}

float
sac_body_float (SacBody *body, const char *name, float fallback)
{
  const SacAttribute *found = get_attribute (body, name, SAC_ATTRIBUTE_FLOAT);

  return found != NULL ? found->f : fallback;
}

const char *
sac_body_string (SacBody *body, const char *name, const char *fallback)
{
  const SacAttribute *found = get_attribute (body, name, SAC_ATTRIBUTE_STRING);

  return found != NULL ? found->s : fallback;
}

const float *
sac_body_floats (SacBody *body, const char *name, size_t *ret_count)
{
  const SacAttribute *found = get_attribute (body, name, SAC_ATTRIBUTE_FLOATS);

  *ret_count = found != NULL ? found->count : 0;
  return found != NULL ? found->floats : NULL;
}

const int64_t *
sac_body_int_list (SacBody *body, const char *name, size_t *ret_count)
{
  const SacAttribute *found = get_attribute (body, name, SAC_ATTRIBUTE_INTS);

  *ret_count = found != NULL ? found->count : 0;
  return found != NULL ? found->ints : NULL;
}

/* Attributes that one node of a body has at most. */
#define ATTRIBUTES_MAX 10

void
sac_body_node (SacBody *body, const char *op_type, const char *edges)
{
  g_auto (GStrv) sides = g_strsplit (edges, "->", 2);
  bool own = *op_type == ':';
  SacOnnxNode node = {
    .name = "",
    .op_type = op_type + (own ? 1 : 0),
    .domain = own ? SAC_DOMAIN_OWN : "",
  };

  g_strstrip (sides[0]);
  if (*sides[0] != '\0')
    node.inputs = keep_names (body, sides[0], &node.input_count);
  node.outputs = keep_names (body, sides[1], &node.output_count);
  node.attributes = reserve (body, ATTRIBUTES_MAX, sizeof *node.attributes);
  if (!body->failed)
    g_array_append_val (body->nodes, node);
}

static void
set_attribute (SacBody *body, const SacAttribute *attribute)
{
  if (body->failed)
    return;

  SacOnnxNode *node =
    &g_array_index (body->nodes, SacOnnxNode, body->nodes->len - 1);

  g_assert (node->attribute_count < ATTRIBUTES_MAX);
  node->attributes[node->attribute_count++].attribute = *attribute;
}

void
sac_body_set_int (SacBody *body, const char *name, int64_t value)
{
  set_attribute (body, &(SacAttribute){.name = name,
                                       .kind = SAC_ATTRIBUTE_INT,
                                       .i = value});
}

void
sac_body_set_float (SacBody *body, const char *name, float value)
{
  set_attribute (body, &(SacAttribute){.name = name,
                                       .kind = SAC_ATTRIBUTE_FLOAT,
                                       .f = value});
}

void
sac_body_set_string (SacBody *body, const char *name, const char *value)
{
  set_attribute (body, &(SacAttribute){.name = name,
                                       .kind = SAC_ATTRIBUTE_STRING,
                                       .s = value,
                                       .s_size = strlen (value)});
}

void
sac_body_set_ints (SacBody *body,
                   const char *name,
                   const int64_t *values,
                   size_t count)
{
  int64_t *kept = reserve (body, count, sizeof *kept);

  if (kept == NULL)
    return;
  memcpy (kept, values, sizeof *kept * count);
  set_attribute (body, &(SacAttribute){.name = name,
                                       .kind = SAC_ATTRIBUTE_INTS,
                                       .ints = kept,
                                       .count = count});
}

void
sac_body_pass (SacBody *body, const char *name)
{
  const SacAttribute *attribute = find_attribute (body, name);

  if (attribute != NULL)
    set_attribute (body, attribute);
}

void
sac_body_ints (SacBody *body,
               const char *name,
               const int64_t *values,
               size_t count)
{
  g_autofree char *edges = g_strconcat (" -> ", name, NULL);

  sac_body_node (body, "Constant", edges);
  sac_body_set_ints (body, "value_ints", values, count);
}

void
sac_body_number (SacBody *body, const char *name, float value, const char *like)
{
  g_autofree char *constant = g_strconcat (" -> ", name, "_float32", NULL);
  g_autofree char *cast =
    g_strconcat (name, "_float32,", like, " -> ", name, NULL);

  sac_body_node (body, "Constant", constant);
  sac_body_set_float (body, "value_float", value);
  sac_body_node (body, "CastLike", cast);
}

void
sac_body_refuse (SacBody *body, int code, const char *format, ...)
{
  va_list arguments;

  if (body->failed)
    return;
  va_start (arguments, format);
  g_autofree char *message =
    g_strdup_vprintf (sac_sentence (format), arguments);

  va_end (arguments);
  body->failed = true;
  sac_graph_fail (body->builder, body->scope, body->call, code, body->error,
                  "%s", message);
}

void
sac_body_refuse_input (SacBody *body, size_t input, const char *what)
{
  if (sac_body_has (body, input))
    sac_body_refuse (body, SAC_ERROR_UNSUPPORTED,
                     "its input %zu (%s) is not supported", input, what);
}

void
sac_body_refuse_output (SacBody *body, size_t output, const char *what)
{
  if (sac_body_wants (body, output))
    sac_body_refuse (body, SAC_ERROR_UNSUPPORTED,
                     "its output %zu (%s) is not supported", output, what);
}
