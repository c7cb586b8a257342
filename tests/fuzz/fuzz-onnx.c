/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The bytes as an .onnx file: read, planned for small inputs with a gradient,
 * and run when that takes little.  FUZZ_DEPTH ends sooner: a fuzzer that only
 * reads tries many more files in its time. */
#include "network/plan.h"

#include <string.h>

#define INPUT_ELEMENTS ((int64_t)1 << 16)
#define ARENA_BYTES ((size_t)16 << 20)
#define STEPS 200

#define DEPTH_READ 1
#define DEPTH_PLAN 2
#define DEPTH_RUN 3
#ifndef FUZZ_DEPTH
#define FUZZ_DEPTH DEPTH_RUN
#endif

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Free sizes become 2.  Returns: false when an input is too large. */
static bool
choose_shapes (const SacGraph *graph, SacShape *shapes)
{
  for (size_t i = 0; i < graph->input_count; i++) {
    int64_t count;

    shapes[i] = graph->values[graph->inputs[i]].shape;
    for (int k = 0; k < shapes[i].rank; k++)
      shapes[i].dims[k] = shapes[i].dims[k] < 0 ? 2 : shapes[i].dims[k];
    if (!sac_shape_count (&shapes[i], &count) || count > INPUT_ELEMENTS)
      return false;
  }
  return true;
}

static void
check_error (bool failed, GError **error)
{
  g_assert_true (failed == (*error != NULL));
  if (!failed)
    return;
  g_assert_cmpstr ((*error)->message, !=, "");
  g_assert_null (strchr ((*error)->message, '\n'));
  g_clear_error (error);
}

static void
run (SacPlan *plan, const SacGraph *graph, const SacShape *shapes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) inputs =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_tensor_unref);

  for (size_t i = 0; i < graph->input_count; i++)
    g_ptr_array_add (inputs,
                     sac_tensor_new (graph->values[graph->inputs[i]].type,
                                     &shapes[i], NULL));

  g_autoptr (SacTensor) cotangent = sac_plan_cotangent (plan, 0, NULL);
  const SacRunParams params = {
    .inputs = (const SacTensor *const *)inputs->pdata,
    .cotangent = cotangent,
  };
  g_autoptr (SacResult) result = sac_plan_run (plan, &params, NULL, &error);

  check_error (result == NULL, &error);
}

static void
plan_and_run (SacNetwork *network, const char *const *wrt)
{
  const SacGraph *graph = sac_network_get_graph (network);
  g_autofree SacShape *shapes = g_new0 (SacShape, graph->input_count + 1);
  g_autoptr (GError) error = NULL;

  if (!choose_shapes (graph, shapes))
    return;

  const SacPlanRequest request = {
    .input_shapes = shapes,
    .target = wrt != NULL ? graph->values[graph->outputs[0]].name : NULL,
    .wrt = wrt,
  };
  g_autoptr (SacPlan) plan = sac_plan_new (network, &request, NULL, &error);

  check_error (plan == NULL, &error);
  if (FUZZ_DEPTH >= DEPTH_RUN && plan != NULL &&
      sac_plan_get_arena_bytes (plan) <= ARENA_BYTES &&
      sac_plan_get_step_count (plan) <= STEPS)
    run (plan, graph, shapes);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (SacNetwork) network = sac_network_parse (bytes, "fuzz", &error);

  check_error (network == NULL, &error);
  if (network == NULL || FUZZ_DEPTH < DEPTH_PLAN)
    return 0;

  const SacGraph *graph = sac_network_get_graph (network);

  plan_and_run (network, NULL);
  if (graph->input_count > 0) {
    const char *const wrt[] = {graph->values[graph->inputs[0]].name, NULL};

    plan_and_run (network, wrt);
  }
  return 0;
}
