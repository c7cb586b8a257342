/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/score.h"

/* Ops that change neither the elements nor their order. */
static const char *const plain[] = {
  "Cast",    "Dropout", "Flatten",   "Identity",
  "Reshape", "Squeeze", "Unsqueeze", NULL,
};

static const char *const activations[] = {
  "LogSoftmax",
  "Sigmoid",
  "Softmax",
  NULL,
};

SacScore
sac_score_find (const SacGraph *graph, int output)
{
  SacScore score = {.output = output, .value = output};
  int value = output;

  while (graph->values[value].producer >= 0) {
    const SacNode *node = &graph->nodes[graph->values[value].producer];
    bool is_activation = g_strv_contains (activations, node->op_type);

    if (node->input_count == 0 || node->inputs[0] < 0 ||
        (!is_activation && !g_strv_contains (plain, node->op_type)))
      break;
    value = node->inputs[0];
    if (is_activation) {
      score.value = value;
      score.activation = node->op_type;
      break;
    }
  }
  return score;
}
