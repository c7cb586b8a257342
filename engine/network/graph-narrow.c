/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Networks in double precision compute in float32, as all others do: what
 * depends on the elements of an input is narrowed, its constants once, here.
 *
 * What depends only on shapes stays double.  It is known before the run, and
 * sizes that are computed with factors must come out as they did where the
 * network was made. */
#include "base/error.h"
#include "network/escape.h"
#include "network/graph-build.h"
#include "network/ops.h"
#include "tensor/rest.h"

#include <float.h>
#include <math.h>
#include <string.h>

typedef struct {
  SacGraphBuilder *builder;
  size_t count;  /* values, before any is added */
  bool *wide;    /* may be double; never when it is data */
  bool *shared;  /* wide, and read by a node that is not data as well */
  int *narrow;   /* its float32 counterpart, or -1 */
  GArray *nodes; /* SacNode */
  SacScope scope;
} Narrowing;

static SacValue *
get_value (const SacGraphBuilder *builder, int index)
{
  return &g_array_index (builder->values, SacValue, index);
}

/* The attribute that says which type the node makes, or NULL. */
static const SacAttribute *
find_type (const SacNode *node)
{
  for (size_t i = 0; i < node->attribute_count; i++) {
    const SacAttribute *attribute = &node->attributes[i];

    if (attribute->kind == SAC_ATTRIBUTE_INT &&
        (strcmp (attribute->name, "to") == 0 ||
         strcmp (attribute->name, "dtype") == 0))
      return attribute;
  }
  return NULL;
}

static bool
has_double_tensor (const SacNode *node)
{
  for (size_t i = 0; i < node->attribute_count; i++) {
    const SacAttribute *attribute = &node->attributes[i];

    if (attribute->kind == SAC_ATTRIBUTE_TENSOR &&
        attribute->tensor->type == SAC_TYPE_DOUBLE)
      return true;
  }
  return false;
}

static bool
reads_wide (const Narrowing *self, const SacNode *node)
{
  for (size_t i = 0; i < node->input_count; i++) {
    if (node->inputs[i] >= 0 && self->wide[node->inputs[i]])
      return true;
  }
  return false;
}

static bool
is_data (const Narrowing *self, const SacNode *node)
{
  for (size_t i = 0; i < node->input_count && !node->op->shape_only; i++) {
    if (node->inputs[i] >= 0 &&
        get_value (self->builder, node->inputs[i])->is_data)
      return true;
  }
  return false;
}

static bool
makes_double (const Narrowing *self, const SacNode *node)
{
  const SacAttribute *type = find_type (node);

  if (type != NULL)
    return type->i == SAC_TYPE_DOUBLE;
  return !node->op->shape_only &&
         (has_double_tensor (node) || reads_wide (self, node));
}

/* Returns: whether there is anything to narrow. */
static bool
look (Narrowing *self)
{
  const SacGraphBuilder *builder = self->builder;
  bool found = false;

  for (size_t i = 0; i < self->count; i++) {
    const SacValue *value = get_value (builder, i);

    self->narrow[i] = -1;
    self->wide[i] =
      value->constant != NULL && value->constant->type == SAC_TYPE_DOUBLE;
    found = found || (value->is_input && value->type == SAC_TYPE_DOUBLE);
  }
  for (size_t i = 0; i < builder->nodes->len; i++) {
    const SacNode *node = &g_array_index (builder->nodes, SacNode, i);
    bool data = is_data (self, node), wide = makes_double (self, node);

    found = found || (data && wide);
    for (size_t k = 0; k < node->output_count; k++) {
      if (node->outputs[k] >= 0)
        self->wide[node->outputs[k]] = wide && !data;
    }
    for (size_t k = 0; k < node->input_count && !data; k++) {
      if (node->inputs[k] >= 0)
        self->shared[node->inputs[k]] = true;
    }
  }
  return found;
}

/* A number stays finite: masks are often the lowest one there is. */
static void
narrow_numbers (const double *from, int64_t count, float *to)
{
  for (int64_t i = 0; i < count; i++)
    to[i] = isfinite (from[i])
              ? (float)CLAMP (from[i], (double)-FLT_MAX, FLT_MAX)
              : (float)from[i];
}

static SacTensor *
narrow_tensor (const SacTensor *wide, GError **error)
{
  SacTensor *tensor = sac_tensor_new (SAC_TYPE_FLOAT, &wide->shape, error);

  if (tensor == NULL || !sac_tensor_hold (wide, error)) {
    sac_tensor_unref (tensor);
    return NULL;
  }
  narrow_numbers (wide->data, sac_tensor_get_count (wide),
                  sac_tensor_f32 (tensor));
  sac_tensor_drop (wide);
  sac_tensor_rest (wide);
  return tensor;
}

/* Returns: a new value, or -1. */
static int
add_value (Narrowing *self, int wide, GError **error)
{
  SacGraphBuilder *builder = self->builder;
  g_autofree char *name =
    g_strconcat (get_value (builder, wide)->name, "/float32", NULL);
  const char *kept = sac_onnx_keep_text (builder->reader, name, error);

  return kept != NULL ? sac_scope_define (builder, &self->scope, kept, error)
                      : -1;
}

static int
narrow_constant (Narrowing *self, int wide, GError **error)
{
  SacGraphBuilder *builder = self->builder;
  const SacValue *from = get_value (builder, wide);
  SacTensor *tensor = narrow_tensor (from->constant, error);

  if (tensor == NULL)
    return -1;
  sac_store_take_tensor (builder->reader->store, tensor);

  bool stays = !self->shared[wide] && !from->is_output;
  int index = stays ? wide : add_value (self, wide, error);

  if (index < 0)
    return -1;

  SacValue *value = get_value (builder, index);

  value->constant = tensor;
  value->type = tensor->type;
  value->is_double = true;
  value->has_shape = true;
  value->shape = tensor->shape;
  return index;
}

static void
append (Narrowing *self, const SacNode *node)
{
  for (size_t i = 0; i < node->output_count; i++) {
    if (node->outputs[i] >= 0)
      get_value (self->builder, node->outputs[i])->producer = self->nodes->len;
  }
  g_array_append_val (self->nodes, *node);
}

/* What shapes give is known only once they are bound: a node of its own. */
static int
add_narrow_node (Narrowing *self, int wide, GError **error)
{
  SacStore *store = self->builder->reader->store;
  int index = add_value (self, wide, error);
  int *ends = sac_store_array (store, int, 2);

  if (index < 0)
    return -1;
  ends[0] = wide;
  ends[1] = index;
  append (self, &(SacNode){
                  .name = "",
                  .label = get_value (self->builder, index)->name,
                  .op_type = "Narrow",
                  .domain = SAC_DOMAIN_OWN,
                  .op = sac_ops_find (SAC_DOMAIN_OWN, "Narrow"),
                  .inputs = ends,
                  .input_count = 1,
                  .outputs = ends + 1,
                  .output_count = 1,
                });
  return index;
}

static bool
narrow_inputs (Narrowing *self, SacNode *node, GError **error)
{
  int *inputs =
    sac_store_array (self->builder->reader->store, int, node->input_count);

  memcpy (inputs, node->inputs, sizeof *inputs * node->input_count);
  for (size_t i = 0; i < node->input_count; i++) {
    int wide = inputs[i];

    if (wide < 0 || (size_t)wide >= self->count || !self->wide[wide])
      continue;
    if (self->narrow[wide] < 0)
      self->narrow[wide] = get_value (self->builder, wide)->constant != NULL
                             ? narrow_constant (self, wide, error)
                             : add_narrow_node (self, wide, error);
    if (self->narrow[wide] < 0)
      return false;
    inputs[i] = self->narrow[wide];
  }
  node->inputs = inputs;
  return true;
}

static void
narrow_attribute (Narrowing *self, SacNode *node)
{
  const SacAttribute *type = find_type (node);

  if (type == NULL || type->i != SAC_TYPE_DOUBLE)
    return;

  SacAttribute *attributes =
    sac_store_array (self->builder->reader->store, SacAttribute,
                     node->attribute_count);

  memcpy (attributes, node->attributes,
          sizeof *attributes * node->attribute_count);
  attributes[type - node->attributes].i = SAC_TYPE_FLOAT;
  node->attributes = attributes;
}

static bool
narrow_nodes (Narrowing *self, GError **error)
{
  const GArray *nodes = self->builder->nodes;

  for (size_t i = 0; i < nodes->len; i++) {
    SacNode node = g_array_index (nodes, SacNode, i);

    if (is_data (self, &node)) {
      if (reads_wide (self, &node) && !narrow_inputs (self, &node, error))
        return false;
      narrow_attribute (self, &node);
    }
    append (self, &node);
  }
  return true;
}

/* Ops whose floating inputs need not be of one type. */
static const char *const mixers[] = {
  "Attention", "BatchNormalization", "Cast",   "CastLike",
  "Dropout",   "GridSample",         "If",     "OneHot",
  "Pow",       "RMSNormalization",   "Resize", "Upsample",
};

static bool
may_mix (const SacNode *node)
{
  for (size_t i = 0; i < G_N_ELEMENTS (mixers); i++) {
    if (strcmp (node->op_type, mixers[i]) == 0)
      return true;
  }
  return false;
}

/* The type of what the node makes, where that is sure to be float or double;
 * else UNKNOWN. */
static SacType
get_made (const SacNode *node, SacType read)
{
  const SacAttribute *type = find_type (node);

  if (type != NULL)
    return type->i == SAC_TYPE_FLOAT || type->i == SAC_TYPE_DOUBLE
             ? (SacType)type->i
             : SAC_TYPE_UNKNOWN;
  return node->op->gradient != NULL && !may_mix (node) ? read
                                                       : SAC_TYPE_UNKNOWN;
}

/* Once all is float32, nobody would see that a file mixes the two. */
static bool
check_types (const Narrowing *self, GError **error)
{
  const GArray *nodes = self->builder->nodes;
  g_autofree SacType *types = g_new0 (SacType, self->count + 1);

  for (size_t i = 0; i < self->count; i++) {
    const SacValue *value = get_value (self->builder, i);
    bool given = value->constant != NULL || value->is_input;

    if (given &&
        (value->type == SAC_TYPE_FLOAT || value->type == SAC_TYPE_DOUBLE))
      types[i] = value->type;
  }
  for (size_t i = 0; i < nodes->len; i++) {
    const SacNode *node = &g_array_index (nodes, SacNode, i);
    SacType read = SAC_TYPE_UNKNOWN;

    for (size_t k = 0; k < node->input_count && !node->op->shape_only; k++) {
      SacType type = node->inputs[k] >= 0 ? types[node->inputs[k]] : read;

      if (type == SAC_TYPE_UNKNOWN)
        continue;
      if (read != SAC_TYPE_UNKNOWN && type != read && !may_mix (node)) {
        g_autofree char *label = sac_escape_node (node, node->opset);

        g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                     "%s: its inputs are of type %s and %s", label,
                     sac_type_get_name (read), sac_type_get_name (type));
        return false;
      }
      read = type;
    }
    if (node->output_count > 0 && node->outputs[0] >= 0)
      types[node->outputs[0]] = get_made (node, read);
  }
  return true;
}

static void
narrow_types (const Narrowing *self)
{
  for (size_t i = 0; i < self->count; i++) {
    SacValue *value = get_value (self->builder, i);

    if (!value->is_data || value->type != SAC_TYPE_DOUBLE)
      continue;
    value->type = SAC_TYPE_FLOAT;
    value->is_double = true;
  }
}

bool
sac_graph_narrow (SacGraphBuilder *builder, GError **error)
{
  size_t count = builder->values->len;
  g_autofree bool *wide = g_new0 (bool, count + 1);
  g_autofree bool *shared = g_new0 (bool, count + 1);
  g_autofree int *narrow = g_new0 (int, count + 1);
  Narrowing self = {
    .builder = builder,
    .count = count,
    .wide = wide,
    .shared = shared,
    .narrow = narrow,
  };

  if (!look (&self))
    return true;
  if (!check_types (&self, error))
    return false;
  self.nodes = g_array_new (FALSE, TRUE, sizeof (SacNode));
  self.scope = (SacScope){.names = g_hash_table_new (g_str_hash, g_str_equal),
                          .prefix = ""};

  bool good = narrow_nodes (&self, error);

  if (good) {
    narrow_types (&self);
    g_array_unref (builder->nodes);
    builder->nodes = g_steal_pointer (&self.nodes);
  }
  g_clear_pointer (&self.nodes, g_array_unref);
  g_hash_table_unref (self.scope.names);
  return good;
}
