/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/rewrite-sums.h"

#include "network/rewrite.h"

#include <string.h>

/* Every output's gradient goes to inputs with weights whose sum is 1: all of it
 * to one, or the same part to each of a window without padding. */
static bool
keeps_sums (const SacNode *node)
{
  const SacAttribute *pads = sac_rewrite_attribute (node, "pads");

  if (node->op->domain != NULL)
    return false;
  if (strcmp (node->op->name, "MaxPool") == 0)
    return true;
  if (strcmp (node->op->name, "AveragePool") != 0 ||
      sac_rewrite_attribute (node, "auto_pad") != NULL ||
      sac_rewrite_int (node, "ceil_mode", 0) != 0)
    return false;
  for (size_t i = 0; pads != NULL && i < pads->count; i++) {
    if (pads->ints[i] != 0)
      return false;
  }
  return true;
}

/* The value before, through a node that keeps the sums over the axes after the
 * second, of which there are some; or -1.  The network's own graph is asked:
 * what was rewritten means the same. */
static int
step_back (const SacPlan *plan, int value)
{
  const SacGraph *graph = sac_network_get_graph (plan->network);
  int index = graph->values[value].producer;

  if (index < 0)
    return -1;

  const SacNode *node = &graph->nodes[index];
  const SacShape *after = &plan->infos[value].shape;

  if (node->input_count < 1 || node->inputs[0] < 0 || node->outputs[0] != value)
    return -1;

  const SacShape *before = &plan->infos[node->inputs[0]].shape;
  bool same = before->rank >= 3 && before->dims[0] == after->dims[0] &&
              before->dims[1] == after->dims[1];

  return same && (plan->nodes[index].alias || keeps_sums (node))
           ? node->inputs[0]
           : -1;
}

/* The image [N, C, ...] whose places follow each other in a row of x. */
static int
find_image (const SacPlan *plan, int x)
{
  const SacGraph *graph = sac_network_get_graph (plan->network);
  const SacShape *shape = &plan->infos[x].shape;

  if ((size_t)x >= graph->value_count || shape->rank != 2)
    return -1;

  int index = graph->values[x].producer;

  if (index < 0 || !plan->nodes[index].alias)
    return -1;

  int image = graph->nodes[index].inputs[0];
  const SacShape *before = &plan->infos[image].shape;

  return before->rank >= 3 && before->dims[0] == shape->dims[0] ? image : -1;
}

size_t
sac_rewrite_count_run (const SacPlan *plan, int x)
{
  if (!plan->gradient_sums || plan->gradient_count != 1)
    return 0;

  int image = find_image (plan, x);
  int value = image;

  while (value >= 0 && value != plan->gradients[0].value)
    value = step_back (plan, value);
  if (value < 0)
    return 0;

  const SacShape *shape = &plan->infos[image].shape;
  int64_t places = sac_shape_size (shape) / (shape->dims[0] * shape->dims[1]);

  return places > 1 ? (size_t)places : 0;
}
