/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* An If is decided with the shapes: from then on the plan has a graph of its
 * own, in which the node gives a second name to what one branch made. */
#include "network/ops.h"
#include "network/plan-private.h"

#include <string.h>

static SacNode *
own_node (SacPlan *plan, size_t index)
{
  if (plan->decided_graph.nodes == NULL) {
    SacNode *nodes =
      sac_store_array (plan->store, SacNode, plan->graph->node_count);

    memcpy (nodes, plan->graph->nodes, sizeof *nodes * plan->graph->node_count);
    plan->decided_graph = *plan->graph;
    plan->decided_graph.nodes = nodes;
    plan->graph = &plan->decided_graph;
  }
  return (SacNode *)&plan->decided_graph.nodes[index];
}

void
sac_plan_choose (SacPlan *plan, size_t index)
{
  const SacNode *node = &plan->graph->nodes[index];

  if (strcmp (node->op_type, "If") != 0 || *node->domain != '\0')
    return;

  const SacTensor *condition = plan->infos[node->inputs[0]].constant;

  if (condition == NULL || condition->type != SAC_TYPE_BOOL ||
      sac_tensor_get_count (condition) != 1)
    return;

  bool is_true = *(const uint8_t *)condition->data != 0;
  int *input = sac_store_array (plan->store, int, 1);
  SacNode *own = own_node (plan, index);

  *input = own->inputs[is_true ? 1 : 2];
  own->op_type = "Identity";
  own->op = sac_ops_find ("", "Identity");
  own->inputs = input;
  own->input_count = 1;
}

const SacGraph *
sac_plan_get_decided_graph (const SacPlan *plan)
{
  return plan->decided_graph.nodes != NULL ? &plan->decided_graph : NULL;
}
