/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/modulator.h"

#include "explain/axis.h"

/* Levels of context are a handful; between them, their sum and the modulator
 * stand scalings and changes of layout. */
#define VISITS_MAX 64
#define MODULATORS_MAX 4096

static const char *const scalings[] = {
  "Cast", "Div", "Identity", "Mul", "Transpose", NULL,
};

/* The one operand that depends on the data, or -1. */
static int
only_operand (const SacFlow *flow, const SacNode *node)
{
  int only = -1;

  for (size_t i = 0; i < node->input_count; i++) {
    if (!sac_flow_depends (flow, node->inputs[i]))
      continue;
    if (only >= 0)
      return -1;
    only = node->inputs[i];
  }
  return only;
}

/* One number for each place: as the map, but one channel. */
static bool
is_gate (const SacShape *shape, const SacShape *map)
{
  return shape->rank == 4 && map->rank == 4 && shape->dims[0] == map->dims[0] &&
         ((shape->dims[1] == 1 && map->dims[1] > 1 &&
           shape->dims[2] == map->dims[2] && shape->dims[3] == map->dims[3]) ||
          (shape->dims[3] == 1 && map->dims[3] > 1 &&
           shape->dims[1] == map->dims[1] && shape->dims[2] == map->dims[2]));
}

static bool
is_gated (const SacFlow *flow, const SacNode *node)
{
  if (!sac_node_is (node, "Mul") || !sac_flow_depends (flow, node->inputs[0]) ||
      !sac_flow_depends (flow, node->inputs[1]))
    return false;

  const SacShape *out = sac_flow_shape (flow, node->outputs[0]);

  return sac_shape_size (out) > 0 &&
         (is_gate (sac_flow_shape (flow, node->inputs[0]), out) ||
          is_gate (sac_flow_shape (flow, node->inputs[1]), out));
}

/* Gated contexts that are added up to `value`. */
static int
count_contexts (const SacFlow *flow, int value, int *visits)
{
  const SacNode *node = sac_flow_producer (flow, value);

  if (node == NULL || ++*visits > VISITS_MAX)
    return 0;
  if (is_gated (flow, node))
    return 1;
  if (sac_node_is (node, "Add") || sac_node_is (node, "Sum")) {
    int count = 0;

    for (size_t i = 0; i < node->input_count; i++) {
      if (sac_flow_depends (flow, node->inputs[i]))
        count += count_contexts (flow, node->inputs[i], visits);
    }
    return count;
  }

  int only = sac_node_is_any (node, scalings) ? only_operand (flow, node) : -1;

  return only >= 0 ? count_contexts (flow, only, visits) : 0;
}

/* A linear map, its bias added on its own where it is a matrix product. */
static bool
is_modulator (const SacFlow *flow, int value)
{
  const SacNode *node = sac_flow_producer (flow, value);
  SacLinear linear;
  int visits = 0;

  for (int i = 0;
       i < 4 && node != NULL && !sac_axis_linear (flow, node, &linear); i++) {
    int only = sac_node_is (node, "Add") || sac_node_is_any (node, scalings)
                 ? only_operand (flow, node)
                 : -1;

    node = only >= 0 ? sac_flow_producer (flow, only) : NULL;
  }
  return node != NULL && sac_axis_linear (flow, node, &linear) &&
         count_contexts (flow, linear.data, &visits) >= 2;
}

GArray *
sac_modulator_find (const SacFlow *flow)
{
  const SacGraph *graph = sac_flow_get_graph (flow);
  GArray *all = g_array_new (false, false, sizeof (int));

  for (size_t n = 0; n < graph->node_count && all->len < MODULATORS_MAX; n++) {
    const SacNode *node = &graph->nodes[n];

    if (!sac_node_is (node, "Mul") ||
        !sac_flow_depends (flow, node->inputs[0]) ||
        !sac_flow_depends (flow, node->inputs[1]) ||
        !sac_shape_equal (sac_flow_shape (flow, node->inputs[0]),
                          sac_flow_shape (flow, node->inputs[1])))
      continue;
    for (size_t i = 0; i < 2; i++) {
      int value = node->inputs[i];

      if (is_modulator (flow, value)) {
        g_array_append_val (all, value);
        break;
      }
    }
  }
  return all;
}
