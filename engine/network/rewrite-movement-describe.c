/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/rewrite-movement.h"

#include <string.h>

static void
append (GByteArray *words, const void *data, size_t size)
{
  g_byte_array_append (words, (const guint8 *)&size, sizeof size);
  if (size > 0)
    g_byte_array_append (words, data, (guint)size);
}

static void
append_shape (GByteArray *words, const SacShape *shape)
{
  append (words, shape->dims, (size_t)shape->rank * sizeof *shape->dims);
}

/* Returns: false when what the attribute says cannot be told so. */
static bool
append_attribute (GByteArray *words, const SacAttribute *attribute)
{
  append (words, attribute->name, strlen (attribute->name));
  append (words, &attribute->i, sizeof attribute->i);
  append (words, &attribute->f, sizeof attribute->f);
  append (words, attribute->s, attribute->s != NULL ? attribute->s_size : 0);
  append (words, attribute->ints,
          attribute->ints != NULL ? attribute->count * sizeof *attribute->ints
                                  : 0);
  return attribute->tensor == NULL && attribute->floats == NULL &&
         attribute->strings == NULL;
}

/* Where the chain's elements come from, or the constant itself. */
static bool
append_input (const SacPlan *plan,
              const SacMovementChain *chain,
              GByteArray *words,
              int value)
{
  const SacTensor *constant = value >= 0 ? plan->infos[value].constant : NULL;
  int place[2] = {value < 0 ? -2 : -1, 0};

  if (constant != NULL) {
    append_shape (words, &constant->shape);
    append (words, constant->data,
            constant->data != NULL ? sac_tensor_get_bytes (constant) : 0);
    return constant->data != NULL;
  }
  for (int i = 0; value >= 0 && i < chain->node_count; i++) {
    const SacNode *node = &plan->graph->nodes[chain->nodes[i]];

    for (size_t k = 0; k < node->output_count; k++) {
      if (node->outputs[k] == value && value != chain->source) {
        place[0] = i;
        place[1] = (int)k;
      }
    }
  }
  append (words, place, sizeof place);
  return true;
}

static bool
append_node (const SacPlan *plan,
             const SacMovementChain *chain,
             GByteArray *words,
             const SacNode *node)
{
  append (words, node->op->name, strlen (node->op->name));
  append (words, &node->opset, sizeof node->opset);
  for (size_t i = 0; i < node->attribute_count; i++) {
    if (!append_attribute (words, &node->attributes[i]))
      return false;
  }
  for (size_t i = 0; i < node->input_count; i++) {
    if (!append_input (plan, chain, words, node->inputs[i]))
      return false;
  }
  for (size_t i = 0; i < node->output_count; i++)
    append_shape (words, &plan->infos[node->outputs[i]].shape);
  return true;
}

GBytes *
sac_movement_describe (const SacPlan *plan, const SacMovementChain *chain)
{
  g_autoptr (GByteArray) words = g_byte_array_new ();

  append_shape (words, &plan->infos[chain->source].shape);
  for (int i = 0; i < chain->node_count; i++) {
    if (!append_node (plan, chain, words, &plan->graph->nodes[chain->nodes[i]]))
      return NULL;
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&words));
}
