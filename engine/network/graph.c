/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/graph.h"

int
sac_graph_find_value (const SacGraph *graph, const char *name)
{
  int entry = GPOINTER_TO_INT (g_hash_table_lookup (graph->names, name));

  return entry != 0 ? entry - 2 : -1;
}
