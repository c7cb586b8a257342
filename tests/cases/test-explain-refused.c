/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a reference network cannot be asked, and runs of it gone wrong: methods
 * that it cannot give are refused with a reason before and when they are asked
 * for, and a weight that is no number is traced to the node that reads it. */
#include "base/error.h"
#include "explain-case.h"
#include "explain/not-finite.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* What is said of the model beforehand is what the method itself says. */
static void
check_refused (const ExplainCase *loaded,
               const SacMethod *method,
               SacExplainRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *reason = NULL;

  if (sac_method_applies (method, loaded->model, &reason)) {
    g_assert_null (reason);
    return;
  }
  g_assert_nonnull (reason);
  g_assert_cmpint ((int)strlen (reason), >, 10);

  g_autoptr (SacMap) map = sac_method_run (method, request, NULL, &error);

  g_test_message ("%s: %s | %s", method->name, reason,
                  error != NULL ? error->message : "a map");
  g_assert_null (map);
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNDEFINED, "");
}

static void
test_refused (const void *name)
{
  g_autoptr (ExplainCase) loaded = explain_case_new (name);
  const SacMethod *const *methods = sac_methods_get_all ();

  if (loaded == NULL)
    return;

  SacNetwork *network = sac_model_get_network (loaded->model);
  SacTensor **inputs = explain_case_read_inputs (loaded, loaded->root);
  SacExplainRequest request = {
    .model = loaded->model,
    .inputs = (const SacTensor *const *)inputs,
  };

  for (size_t i = 0; methods[i] != NULL; i++)
    check_refused (loaded, methods[i], &request);
  case_free_inputs (network, inputs);
}

/* A constant of floats that this node is the first to multiply by, or -1. */
static int
find_weight (const SacGraph *graph, const SacPlan *plan, size_t index)
{
  const SacNode *node = &graph->nodes[index];
  int weight = node->input_count > 1 ? node->inputs[1] : -1;

  if (weight < 0 || graph->values[weight].constant == NULL ||
      sac_tensor_get_kind (graph->values[weight].constant) != SAC_KIND_F32 ||
      sac_plan_get_info (plan, node->outputs[0]) == NULL ||
      sac_plan_get_info (plan, node->outputs[0])->constant != NULL)
    return -1;
  if (strcmp (node->op_type, "Conv") != 0 &&
      strcmp (node->op_type, "Gemm") != 0 &&
      strcmp (node->op_type, "MatMul") != 0)
    return -1;
  for (size_t n = 0; n < index; n++)
    for (size_t i = 0; i < graph->nodes[n].input_count; i++)
      if (graph->nodes[n].inputs[i] == weight)
        return -1;
  return weight;
}

static void
check_node (SacNetwork *network,
            const SacTensor *const *inputs,
            const SacNode *node,
            int weight)
{
  const SacGraph *graph = sac_network_get_graph (network);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensor) broken =
    sac_tensor_new (SAC_TYPE_FLOAT, &graph->values[weight].constant->shape,
                    &error);

  g_assert_no_error (error);
  sac_tensor_f32 (broken)[0] = NAN;

  g_autoptr (SacNetwork) altered =
    sac_network_new_altered (network, &weight, &broken, 1);
  g_autofree char *found = sac_not_finite_describe (altered, inputs, NULL);
  g_autofree char *expected =
    g_strdup_printf ("node %s (%s) is the first that gives NaN or infinity",
                     node->label, node->op_type);

  g_assert_cmpstr (found, ==, expected);
}

/* In the first, the middle and the last of the nodes with weights. */
static void
test_not_finite (const void *name)
{
  g_autoptr (ExplainCase) loaded = explain_case_new (name);
  g_autoptr (GArray) nodes = g_array_new (FALSE, FALSE, sizeof (size_t));

  if (loaded == NULL)
    return;

  SacNetwork *network = sac_model_get_network (loaded->model);
  const SacGraph *graph = sac_network_get_graph (network);
  g_autoptr (SacPlan) plan = explain_case_plan (loaded, loaded->root);
  SacTensor **inputs = explain_case_read_inputs (loaded, loaded->root);

  for (size_t n = 0; n < graph->node_count; n++)
    if (find_weight (graph, plan, n) >= 0)
      g_array_append_val (nodes, n);
  for (guint i = 0; i < 3 && nodes->len > 0; i++) {
    size_t n = g_array_index (nodes, size_t, (nodes->len - 1) * i / 2);

    check_node (network, (const SacTensor *const *)inputs, &graph->nodes[n],
                find_weight (graph, plan, n));
  }
  case_free_inputs (network, inputs);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  explain_case_add_all ("/explain/refused", test_refused);
  explain_case_add_all ("/explain/not-finite", test_not_finite);
  return g_test_run ();
}
