/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/linear.h"

#include "base/error.h"
#include "explain/axis.h"
#include "network/escape.h"

/* What a value is of the one that is followed. */
typedef enum {
  FREE,   /* does not change with it */
  LINEAR, /* zero where it is zero */
  AFFINE, /* with a constant added */
  OTHER,
} Form;

typedef struct {
  const SacFlow *flow;
  unsigned char *forms; /* of each value: Form */
  int *ends;            /* the node that made it OTHER */
} Walk;

static const char *const adders[] = {"Add", "Sub", "Sum", "Concat", NULL};

static const char *const multipliers[] = {
  "Conv", "Einsum", "Gemm", "MatMul", "Mul", NULL,
};

/* Linear in operand 0, the others being constants that add nothing. */
static const char *const means[] = {
  "AveragePool", "GlobalAveragePool", "Neg", "ReduceMean", "ReduceSum", NULL,
};

static Form
form_of (const Walk *walk, const SacNode *node, size_t input)
{
  return input < node->input_count && node->inputs[input] >= 0
           ? walk->forms[node->inputs[input]]
           : FREE;
}

static bool
is_constant (const Walk *walk, const SacNode *node, size_t input)
{
  return input >= node->input_count || node->inputs[input] < 0 ||
         sac_flow_constant (walk->flow, node->inputs[input]) != NULL;
}

static bool
rest_is_constant (const Walk *walk, const SacNode *node)
{
  for (size_t i = 1; i < node->input_count; i++) {
    if (!is_constant (walk, node, i))
      return false;
  }
  return true;
}

/* Operands of one sum. */
static Form
form_of_sum (const Walk *walk, const SacNode *node)
{
  Form form = LINEAR;

  for (size_t i = 0; i < node->input_count; i++) {
    Form own = form_of (walk, node, i);

    if (own == OTHER || (own == FREE && !is_constant (walk, node, i)))
      return OTHER;
    if (own != LINEAR)
      form = AFFINE;
  }
  return form;
}

/* One operand is followed, the other one is a weight or data. */
static Form
form_of_product (const Walk *walk, const SacNode *node)
{
  Form first = form_of (walk, node, 0), second = form_of (walk, node, 1);
  size_t other = first == FREE ? 0 : 1;
  Form form = other == 0 ? second : first;

  if ((first != FREE && second != FREE) || node->input_count < 2 ||
      (form == AFFINE && !is_constant (walk, node, other)))
    return OTHER;
  if (node->input_count < 3 || node->inputs[2] < 0)
    return form;
  /* Bias of Gemm and Conv. */
  return form != OTHER && is_constant (walk, node, 2) ? AFFINE : OTHER;
}

static Form
form_of_output (const Walk *walk, const SacNode *node)
{
  Form first = form_of (walk, node, 0);

  if (sac_node_is_any (node, adders))
    return form_of_sum (walk, node);
  if (sac_node_is_any (node, multipliers))
    return form_of_product (walk, node);
  if (first == FREE || first == OTHER)
    return OTHER;
  if (sac_node_is (node, "Div"))
    return form_of (walk, node, 1) != FREE ||
               (first == AFFINE && !is_constant (walk, node, 1))
             ? OTHER
             : first;
  if (!rest_is_constant (walk, node))
    return OTHER;
  if (sac_node_is (node, "BatchNormalization") || sac_node_is (node, "Pad"))
    return AFFINE;
  return sac_node_is_layout (node) || sac_node_is_any (node, means) ? first
                                                                    : OTHER;
}

static void
walk_node (Walk *walk, const SacGraph *graph, int index)
{
  const SacNode *node = &graph->nodes[index];
  bool reached = false;
  int end = index;

  for (size_t i = 0; i < node->input_count; i++) {
    Form form = form_of (walk, node, i);

    reached = reached || form != FREE;
    if (form == OTHER)
      end = walk->ends[node->inputs[i]];
  }
  if (!reached)
    return;

  Form form = form_of_output (walk, node);

  for (size_t i = 0; i < node->output_count; i++) {
    int value = node->outputs[i];

    /* Only floating values are followed: an index made from it is no longer
     * free of it, but no constant either. */
    if (value < 0 || !sac_flow_depends (walk->flow, value))
      continue;
    walk->forms[value] = form;
    walk->ends[value] = end;
  }
}

bool
sac_linear_check (const SacFlow *flow, int value, int score, GError **error)
{
  const SacGraph *graph = sac_flow_get_graph (flow);
  g_autofree unsigned char *forms = g_new0 (unsigned char, graph->value_count);
  g_autofree int *ends = g_new0 (int, graph->value_count);
  Walk walk = {flow, forms, ends};

  forms[value] = LINEAR;
  for (int i = graph->values[value].producer + 1; i < (int)graph->node_count;
       i++)
    walk_node (&walk, graph, i);
  if (forms[score] == LINEAR || forms[score] == AFFINE)
    return true;

  g_autofree char *name = sac_escape_short (graph->values[value].name);

  if (forms[score] == FREE) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                 "the class score does not come from %s: choose the attention "
                 "that it comes from",
                 name);
    return false;
  }

  const SacNode *node = &graph->nodes[ends[score]];
  g_autofree char *label = sac_escape_short (node->label);
  g_autofree char *op = sac_escape_short (node->op_type);

  g_set_error (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
               "the class score is no linear function of what %s pools (node "
               "%s, %s): its evidence has no parts that sum to it; use "
               "mil-attention",
               name, label, op);
  return false;
}
