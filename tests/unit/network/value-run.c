/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "value-run.h"

#include "onnx-writer.h"
#include "support.h"

#include <math.h>

#define RELATIVE 2e-5
/* Inputs whose name begins with this are weights, which have no gradient. */
#define WEIGHT 'w'

static SacTensor *
make_wave (const SacShape *shape, int phase)
{
  SacTensor *tensor = sac_tensor_new (SAC_TYPE_FLOAT, shape, NULL);

  for (int64_t i = 0; i < sac_tensor_get_count (tensor); i++)
    sac_tensor_f32 (tensor)[i] = (float)sin (1.7 * (double)i + phase);
  return tensor;
}

static double
dot (const SacTensor *a, const SacTensor *b)
{
  double sum = 0;

  for (int64_t i = 0; i < sac_tensor_get_count (a); i++)
    sum += (double)sac_tensor_f32 (a)[i] * (double)sac_tensor_f32 (b)[i];
  return sum;
}

void
value_run_open (ValueRun *run, const char *text, const char *const *captures)
{
  g_autoptr (GError) error = NULL;
  SacShape shapes[VALUE_INPUTS_MAX];
  size_t count = 0;

  g_autoptr (GBytes) bytes = onnx_write (text);

  *run = (ValueRun){
    .network = sac_network_parse (bytes, "test.onnx", &error),
  };
  g_assert_no_error (error);

  const SacGraph *graph = sac_network_get_graph (run->network);

  g_assert_cmpuint (graph->input_count, <=, VALUE_INPUTS_MAX);
  for (size_t i = 0; i < graph->input_count; i++) {
    const SacValue *input = &graph->values[graph->inputs[i]];

    shapes[i] = input->shape;
    if (*input->name != WEIGHT)
      run->names[count++] = input->name;
    run->inputs[i] = make_wave (&shapes[i], (int)i);
  }

  const SacPlanRequest request = {
    .input_shapes = shapes,
    .captures = captures,
    .target = "y",
    .wrt = run->names,
  };
  g_autoptr (SacPlan) plan =
    sac_plan_new (run->network, &request, NULL, &error);

  g_assert_no_error (error);

  int y = sac_graph_find_value (graph, "y");
  g_autoptr (SacTensor) cotangent =
    make_wave (&sac_plan_get_info (plan, y)->shape, 9);
  const SacRunParams params = {.inputs = (const SacTensor *const *)run->inputs,
                               .cotangent = cotangent};

  run->result = sac_plan_run (plan, &params, NULL, &error);
  g_assert_no_error (error);
}

void
value_run_close (ValueRun *run)
{
  sac_result_free (run->result);
  for (size_t i = 0; i < VALUE_INPUTS_MAX; i++)
    g_clear_pointer (&run->inputs[i], sac_tensor_unref);
  sac_network_unref (run->network);
}

static void
check_outputs (const ValueRun *run, const Values *values)
{
  const SacGraph *graph = sac_network_get_graph (run->network);
  size_t at = 0;

  for (size_t i = 0; i < graph->output_count; i++) {
    const char *name = graph->values[graph->outputs[i]].name;
    const SacTensor *got = sac_result_get_value (run->result, name);
    size_t count = sac_tensor_get_count (got);

    g_assert_cmpuint (at + count, <=, values->count);
    test_assert_close (sac_tensor_f32 (got), values->outputs + at, count,
                       RELATIVE, name);
    at += count;
  }
  g_assert_cmpuint (at, ==, values->count);
}

static void
check_slopes (const ValueRun *run, const Values *values)
{
  float got[2 * VALUE_INPUTS_MAX];
  size_t count = 0;

  for (size_t i = 0; run->names[i] != NULL; i++) {
    const SacTensor *gradient =
      sac_result_get_gradient (run->result, run->names[i]);

    for (size_t k = 0; k < 2; k++) {
      g_autoptr (SacTensor) wave = make_wave (&gradient->shape, 11 + (int)k);

      got[count++] = (float)dot (gradient, wave);
    }
  }
  g_assert_cmpuint (values->slope_count, ==, count);
  test_assert_close (got, values->slopes, values->slope_count, RELATIVE,
                     "slopes");
}

void
value_run_check (const char *text, const Values *values)
{
  ValueRun run;

  value_run_open (&run, text, NULL);
  check_outputs (&run, values);
  check_slopes (&run, values);
  value_run_close (&run);
}
