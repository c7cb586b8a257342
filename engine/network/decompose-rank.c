/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How many axes a value has, before any shape is bound. */
#include "network/decompose.h"

#include <string.h>

/* Steps back from a value to one whose rank is known. */
#define STEPS_MAX 16

/* Output 0 has as many axes as input 0. */
static const char *const keepers[] = {
  "BatchNormalization",
  "Cast",
  "CastLike",
  "Clip",
  "Conv",
  "Dropout",
  "Gelu",
  "Identity",
  "LayerNormalization",
  "Relu",
  "Sigmoid",
  "Slice",
  "Softmax",
  "Split",
  "Tanh",
  "Concat",
  "RMSNormalization",
};

static const char *const broadcasters[] = {"Add", "Div", "Mul", "Sub"};

static bool
is_one_of (const SacNode *node, const char *const *names, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    if (strcmp (node->op_type, names[i]) == 0)
      return true;
  }
  return false;
}

static const SacValue *
get_value (const SacBody *body, int index)
{
  return &g_array_index (body->builder->values, SacValue, index);
}

static int declared_rank (const SacBody *body, const char *name);

/* -1 unless the node itself says it. */
static int
stated_rank (const SacBody *body, const SacNode *node)
{
  if (strcmp (node->op_type, "Transpose") == 0) {
    for (size_t i = 0; i < node->attribute_count; i++) {
      if (strcmp (node->attributes[i].name, "perm") == 0)
        return node->attributes[i].count;
    }
  }
  if (strcmp (node->op_type, "Reshape") == 0 && node->input_count > 1 &&
      node->inputs[1] >= 0) {
    const SacValue *shape = get_value (body, node->inputs[1]);

    if (shape->constant != NULL && shape->shape.rank == 1)
      return (int)shape->shape.dims[0];
  }
  return -1;
}

static int
find_rank (const SacBody *body, int index, int *steps)
{
  while (index >= 0 && ++*steps <= STEPS_MAX) {
    const SacValue *value = get_value (body, index);

    if (value->has_shape)
      return value->shape.rank;

    int rank = declared_rank (body, value->name);

    if (rank >= 0 || value->producer < 0)
      return rank;

    const SacNode *node =
      &g_array_index (body->builder->nodes, SacNode, value->producer);

    rank = stated_rank (body, node);
    if (rank >= 0)
      return rank;
    if (is_one_of (node, broadcasters, G_N_ELEMENTS (broadcasters))) {
      int a = find_rank (body, node->inputs[0], steps);
      int b = find_rank (body, node->inputs[1], steps);

      return a < 0 || b < 0 ? -1 : MAX (a, b);
    }
    if (!is_one_of (node, keepers, G_N_ELEMENTS (keepers)))
      return -1;
    index = node->inputs[0];
  }
  return -1;
}

static int
declared_rank (const SacBody *body, const char *name)
{
  const SacOnnxGraph *graph = &body->builder->model->graph;
  GHashTable **declared = &body->builder->declared;

  if (*declared == NULL) {
    *declared = g_hash_table_new (g_str_hash, g_str_equal);
    for (size_t i = 0; i < graph->value_count; i++) {
      if (graph->values[i].has_shape)
        g_hash_table_insert (*declared, (char *)graph->values[i].name,
                             &graph->values[i]);
    }
  }

  const SacOnnxValue *found = g_hash_table_lookup (*declared, name);

  return found != NULL ? found->shape.rank : -1;
}

int
sac_body_rank (const SacBody *body, size_t input)
{
  int steps = 0;

  if (!sac_body_has (body, input))
    return -1;
  return find_rank (body,
                    sac_scope_find (body->scope, body->call->inputs[input]),
                    &steps);
}

const SacShape *
sac_body_shape (const SacBody *body, size_t input)
{
  int index = sac_body_has (body, input)
                ? sac_scope_find (body->scope, body->call->inputs[input])
                : -1;

  return index >= 0 && get_value (body, index)->has_shape
           ? &get_value (body, index)->shape
           : NULL;
}

bool
sac_body_is_constant (const SacBody *body, size_t input)
{
  int index = sac_body_has (body, input)
                ? sac_scope_find (body->scope, body->call->inputs[input])
                : -1;

  return index >= 0 && get_value (body, index)->constant != NULL;
}
