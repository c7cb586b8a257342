/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Depth first with a stack of its own: a chain of a million nodes is no deeper
 * than a short one. */
#include "network/graph-build.h"

typedef enum {
  NODE_NEW,
  NODE_OPEN, /* on the stack */
  NODE_DONE,
} NodeState;

typedef struct {
  size_t node;
  size_t next_input;
} Frame;

typedef struct {
  const SacOnnxNode *nodes;
  GHashTable *producers; /* name -> node + 1 */
  NodeState *states;
  GArray *stack; /* Frame */
  size_t *order;
  size_t done;
} Sorter;

static GHashTable *
index_producers (const SacOnnxNode *nodes, size_t count)
{
  GHashTable *producers = g_hash_table_new (g_str_hash, g_str_equal);

  for (size_t i = 0; i < count; i++) {
    for (size_t k = 0; k < nodes[i].output_count; k++) {
      if (*nodes[i].outputs[k] != '\0')
        g_hash_table_insert (producers, (char *)nodes[i].outputs[k],
                             GSIZE_TO_POINTER (i + 1));
    }
  }
  return producers;
}

static void
push (Sorter *sorter, size_t node)
{
  Frame frame = {.node = node};

  sorter->states[node] = NODE_OPEN;
  g_array_append_val (sorter->stack, frame);
}

/* Goes one input further with the node on top of the stack.
 * Returns: false when that input leads back to a node on the stack. */
static bool
advance (Sorter *sorter)
{
  Frame *top = &g_array_index (sorter->stack, Frame, sorter->stack->len - 1);
  const SacOnnxNode *node = &sorter->nodes[top->node];

  if (top->next_input == node->input_count) {
    sorter->states[top->node] = NODE_DONE;
    sorter->order[sorter->done++] = top->node;
    g_array_set_size (sorter->stack, sorter->stack->len - 1);
    return true;
  }

  const char *name = node->inputs[top->next_input++];
  size_t producer =
    GPOINTER_TO_SIZE (g_hash_table_lookup (sorter->producers, name));

  if (producer == 0 || sorter->states[producer - 1] == NODE_DONE)
    return true;
  if (sorter->states[producer - 1] == NODE_OPEN)
    return false;
  push (sorter, producer - 1);
  return true;
}

size_t *
sac_graph_sort (const SacOnnxNode *nodes, size_t count, size_t *ret_cycle)
{
  g_autoptr (GHashTable) producers = index_producers (nodes, count);
  g_autofree NodeState *states = g_new0 (NodeState, count);
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (Frame));
  g_autofree size_t *order = g_new (size_t, MAX (count, 1));
  Sorter sorter = {
    .nodes = nodes,
    .producers = producers,
    .states = states,
    .stack = stack,
    .order = order,
  };

  for (size_t i = 0; i < count; i++) {
    if (states[i] == NODE_NEW)
      push (&sorter, i);
    while (stack->len > 0) {
      if (!advance (&sorter)) {
        *ret_cycle = i;
        return NULL;
      }
    }
  }
  return g_steal_pointer (&order);
}
