/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/graph.h"

#include <string.h>

int
sac_graph_find_value (const SacGraph *graph, const char *name)
{
  int entry = GPOINTER_TO_INT (g_hash_table_lookup (graph->names, name));

  return entry != 0 ? entry - 2 : -1;
}

int
sac_graph_skip_shaping (const SacGraph *graph, int value)
{
  static const char *const shaping[] = {
    "Cast",    "Dropout", "Flatten",   "Identity",
    "Reshape", "Squeeze", "Unsqueeze", NULL,
  };

  while (graph->values[value].producer >= 0) {
    const SacNode *node = &graph->nodes[graph->values[value].producer];

    if (node->input_count == 0 || node->inputs[0] < 0 ||
        !g_strv_contains (shaping, node->op_type))
      break;
    value = node->inputs[0];
  }
  return value;
}

const SacAttribute *
sac_node_attribute (const SacNode *node, const char *name)
{
  for (size_t i = 0; i < node->attribute_count; i++) {
    if (strcmp (node->attributes[i].name, name) == 0)
      return &node->attributes[i];
  }
  return NULL;
}
