/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Plans of random graphs, forward and back, with random captures, against a
 * plain evaluation of the test's own in float64.  What shares or outlives its
 * memory wrongly shows here. */
#include "network/plan.h"

#include "onnx-writer.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

#define SIZE 6
#define NODES 25
#define BLOCK 6

static SacNetwork *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = onnx_write (text);
  SacNetwork *network = sac_network_parse (bytes, "test.onnx", &error);

  g_assert_no_error (error);
  return network;
}

static double
first (double a, double b)
{
  return a;
}

static double
second (double a, double b)
{
  return b;
}

static double
one (double a, double b)
{
  return 1;
}

static double
minus_one (double a, double b)
{
  return -1;
}

static double
sum (double a, double b)
{
  return a + b;
}

static double
difference (double a, double b)
{
  return a - b;
}

static double
product (double a, double b)
{
  return a * b;
}

static double
negative (double a, double b)
{
  return -a;
}

static double
tangent (double a, double b)
{
  return tanh (a);
}

static double
tangent_slope (double a, double b)
{
  return 1 - tanh (a) * tanh (a);
}

static double
sigmoid (double a, double b)
{
  return 1 / (1 + exp (-a));
}

static double
sigmoid_slope (double a, double b)
{
  return sigmoid (a, b) * (1 - sigmoid (a, b));
}

static double
sine (double a, double b)
{
  return sin (a);
}

static double
cosine (double a, double b)
{
  return cos (a);
}

static double
root (double a, double b)
{
  return sqrt (a);
}

static double
root_slope (double a, double b)
{
  return 0.5 / sqrt (a);
}

typedef struct {
  const char *name;
  double (*apply) (double a, double b);
  double (*slope_a) (double a, double b);
  double (*slope_b) (double a, double b); /* NULL: it has one input */
} Op;

static const Op ops[] = {
  {"Add", sum, one, one},
  {"Sub", difference, one, minus_one},
  {"Mul", product, second, first},
  {"Neg", negative, minus_one, NULL},
  {"Tanh", tangent, tangent_slope, NULL},
  {"Sin", sine, cosine, NULL},
  {"Identity", first, one, NULL},
  {"Flatten", first, one, NULL},
  {"Sigmoid", sigmoid, sigmoid_slope, NULL},
  {"Sqrt", root, root_slope, NULL},
};

#define OP_SIGMOID 8
#define OP_SQRT 9

typedef struct {
  const Op *op;
  int a, b; /* values read; b is -1 for ops of one input */
} Node;

typedef struct {
  double value[SIZE];
  double gradient[SIZE];
} Value;

static void
run_forward (const Node *nodes, Value *values)
{
  for (int i = 0; i < NODES; i++) {
    for (int k = 0; k < SIZE; k++)
      values[i + 1].value[k] =
        nodes[i].op->apply (values[nodes[i].a].value[k],
                            nodes[i].b >= 0 ? values[nodes[i].b].value[k] : 0);
  }
}

static void
run_reverse (const Node *nodes, Value *values)
{
  for (int i = NODES - 1; i >= 0; i--) {
    const Node *node = &nodes[i];

    for (int k = 0; k < SIZE; k++) {
      double a = values[node->a].value[k];
      double b = node->b >= 0 ? values[node->b].value[k] : 0;
      double dy = values[i + 1].gradient[k];

      values[node->a].gradient[k] += dy * node->op->slope_a (a, b);
      if (node->b >= 0)
        values[node->b].gradient[k] += dy * node->op->slope_b (a, b);
    }
  }
}

/* Sqrt only of a Sigmoid, so that it stays away from 0.  blocks: every few
 * nodes a single value leads from one part of the graph to the next. */
static char *
make_graph (GRand *random, bool blocks, Node *nodes)
{
  GString *text = g_string_new ("input v0 float 1,6\n");

  for (int i = 0; i < NODES; i++) {
    int from = blocks ? i / BLOCK * BLOCK : MAX (0, i - BLOCK);
    int op = g_rand_int_range (random, 0, G_N_ELEMENTS (ops));

    if (op == OP_SQRT && (i == 0 || nodes[i - 1].op != &ops[OP_SIGMOID]))
      op = OP_SIGMOID;
    nodes[i].op = &ops[op];
    nodes[i].a = op == OP_SQRT ? i : g_rand_int_range (random, from, i + 1);
    nodes[i].b =
      ops[op].slope_b != NULL ? g_rand_int_range (random, from, i + 1) : -1;
    g_string_append_printf (text, "node n%d %s v%d", i, ops[op].name,
                            nodes[i].a);
    if (nodes[i].b >= 0)
      g_string_append_printf (text, ",v%d", nodes[i].b);
    g_string_append_printf (text, " -> v%d\n", i + 1);
  }
  g_string_append_printf (text, "node last Identity v%d -> y\noutput y\n",
                          NODES);
  return g_string_free (text, FALSE);
}

/* Values are of the order of 1, and may cancel out. */
static void
check_close (const SacTensor *got, const double *expected, const char *what)
{
  g_assert_nonnull (got);
  for (int k = 0; k < SIZE; k++) {
    double x = sac_tensor_f32 (got)[k];

    if (fabs (x - expected[k]) <= 1e-4 * fmax (1, fabs (expected[k])))
      continue;
    g_test_message ("%s: element %d is %g, expected %g", what, k, x,
                    expected[k]);
    g_test_fail ();
  }
}

/* Those of the wished names that the target depends on. */
static GPtrArray *
list_wrt (GRand *random, const Node *nodes, char **names)
{
  bool reaches[NODES + 1] = {false};
  GPtrArray *wrt = g_ptr_array_new ();

  reaches[NODES] = true;
  for (int i = NODES - 1; i >= 0; i--) {
    if (!reaches[i + 1])
      continue;
    reaches[nodes[i].a] = true;
    if (nodes[i].b >= 0)
      reaches[nodes[i].b] = true;
  }
  for (int i = 0; i <= NODES; i++) {
    if (reaches[i] && g_rand_int_range (random, 0, 3) == 0)
      g_ptr_array_add (wrt, names[i]);
  }
  g_ptr_array_add (wrt, NULL);
  return wrt;
}

static void
check_run (SacPlan *plan,
           const SacRunParams *params,
           const SacPlanRequest *request,
           const Value *values)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacResult) result = sac_plan_run (plan, params, NULL, &error);

  g_assert_no_error (error);
  check_close (sac_result_get_value (result, "y"), values[NODES].value, "y");
  for (int i = 0; request->captures[i] != NULL; i++)
    check_close (sac_result_get_value (result, request->captures[i]),
                 values[atoi (request->captures[i] + 1)].value,
                 request->captures[i]);
  for (int i = 0; request->wrt[i] != NULL; i++)
    check_close (sac_result_get_gradient (result, request->wrt[i]),
                 values[atoi (request->wrt[i] + 1)].gradient, request->wrt[i]);
}

/* Returns: the steps that were run again. */
static size_t
check_random (GRand *random, const char *text, const Node *nodes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network = parse (text);
  const SacShape shape = sac_shape_of (1, SIZE);
  g_autoptr (SacTensor) x = sac_tensor_new (SAC_TYPE_FLOAT, &shape, NULL);
  g_autoptr (SacTensor) seed = sac_tensor_new (SAC_TYPE_FLOAT, &shape, NULL);
  Value values[NODES + 1] = {0};
  char *names[NODES + 1];

  for (int i = 0; i <= NODES; i++)
    names[i] = g_strdup_printf ("v%d", i);
  for (int k = 0; k < SIZE; k++) {
    sac_tensor_f32 (x)[k] = g_rand_double_range (random, -1, 1);
    sac_tensor_f32 (seed)[k] = g_rand_double_range (random, -1, 1);
    values[0].value[k] = sac_tensor_f32 (x)[k];
    values[NODES].gradient[k] = sac_tensor_f32 (seed)[k];
  }
  run_forward (nodes, values);
  run_reverse (nodes, values);

  g_autoptr (GPtrArray) wrt = list_wrt (random, nodes, names);
  const char *const captures[] =
    {names[g_rand_int_range (random, 0, NODES + 1)],
     names[g_rand_int_range (random, 0, NODES + 1)], NULL};
  SacPlanRequest request = {
    .input_shapes = &shape,
    .captures = captures,
    .target = "y",
    .wrt = (const char *const *)wrt->pdata,
  };
  g_autoptr (SacPlan) plan = sac_plan_new (network, &request, NULL, &error);

  g_assert_no_error (error);
  request.kept_budget = 1;

  g_autoptr (SacPlan) small = sac_plan_new (network, &request, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (sac_plan_get_repeated_count (plan), ==, 0);

  const SacTensor *const inputs[] = {x};
  const SacRunParams params = {.inputs = inputs, .cotangent = seed};

  for (int round = 0; round < 2; round++) {
    check_run (plan, &params, &request, values);
    check_run (small, &params, &request, values);
  }
  for (int i = 0; i <= NODES; i++)
    g_free (names[i]);
  return sac_plan_get_repeated_count (small);
}

static void
test_random_graphs (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  size_t repeated_count = 0;

  for (int i = 0; i < 300 && !g_test_failed (); i++) {
    Node nodes[NODES];
    g_autofree char *text = make_graph (random, i % 2 == 1, nodes);

    repeated_count += check_random (random, text, nodes);
    if (g_test_failed ())
      g_test_message ("graph %d:\n%s", i, text);
  }
  g_assert_cmpuint (repeated_count, >, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/random-graphs", test_random_graphs);
  return g_test_run ();
}
