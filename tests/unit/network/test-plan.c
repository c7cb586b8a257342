/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/plan.h"

#include "base/error.h"
#include "onnx-writer.h"
#include "support.h"

#include <string.h>

static SacNetwork *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = onnx_write (text);
  SacNetwork *network = sac_network_parse (bytes, "test.onnx", &error);

  g_assert_no_error (error);
  return network;
}

static SacTensor *
make_tensor (const SacShape *shape, const float *elements)
{
  SacTensor *tensor = sac_tensor_new (SAC_TYPE_FLOAT, shape, NULL);

  memcpy (tensor->data, elements, sac_tensor_get_bytes (tensor));
  return tensor;
}

/* A plan for networks with one input. */
static SacPlan *
plan_for (SacNetwork *network,
          const SacShape *shape,
          const char *const *captures,
          GError **error)
{
  const SacPlanRequest request = {
    .input_shapes = shape,
    .captures = captures,
  };

  return sac_plan_new (network, &request, NULL, error);
}

static SacResult *
run (SacPlan *plan, const SacTensor *input, const SacTensor *cotangent)
{
  g_autoptr (GError) error = NULL;
  const SacTensor *const inputs[] = {input};
  const SacRunParams params = {.inputs = inputs, .cotangent = cotangent};
  SacResult *result = sac_plan_run (plan, &params, NULL, &error);

  g_assert_no_error (error);
  return result;
}

static void
assert_elements (const SacTensor *tensor,
                 size_t count,
                 const float *expected,
                 const char *what)
{
  g_assert_nonnull (tensor);
  g_assert_cmpint (sac_tensor_get_count (tensor), ==, count);
  test_assert_close (sac_tensor_f32 (tensor), expected, count, 0, what);
}

#define ELEMENTS(...) ((const float[]){__VA_ARGS__})
#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Anything may be captured: an input, an initialiser, a folded constant, a
 * value that nobody needs, two names of the same elements, and again. */
static void
test_captures (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network = parse ("input x float 2,2\n"
                                          "init w float 2 10 20\n"
                                          "init flat int64 1 -1\n"
                                          "node a Add w,w -> ww\n"
                                          "node b Add x,ww -> s\n"
                                          "node c Reshape s,flat -> r\n"
                                          "node d Neg x -> dead\n"
                                          "node e Relu r -> y\n"
                                          "node f Identity x -> same\n"
                                          "output y float 4\n");
  const SacShape shape = sac_shape_of (2, 2);
  g_autoptr (SacTensor) x = make_tensor (&shape, ELEMENTS (1, -2, -30, 4));
  g_autoptr (SacPlan) plan =
    plan_for (network, &shape,
              NAMES ("x", "w", "ww", "s", "r", "dead", "same", "y", "s"),
              &error);

  g_assert_no_error (error);

  g_autoptr (SacResult) result = run (plan, x, NULL);

  assert_elements (sac_result_get_value (result, "x"), 4,
                   ELEMENTS (1, -2, -30, 4), "x");
  assert_elements (sac_result_get_value (result, "same"), 4,
                   ELEMENTS (1, -2, -30, 4), "same");
  assert_elements (sac_result_get_value (result, "w"), 2, ELEMENTS (10, 20),
                   "w");
  assert_elements (sac_result_get_value (result, "ww"), 2, ELEMENTS (20, 40),
                   "ww");
  assert_elements (sac_result_get_value (result, "s"), 4,
                   ELEMENTS (21, 38, -10, 44), "s");
  assert_elements (sac_result_get_value (result, "r"), 4,
                   ELEMENTS (21, 38, -10, 44), "r");
  assert_elements (sac_result_get_value (result, "dead"), 4,
                   ELEMENTS (-1, 2, 30, -4), "dead");
  assert_elements (sac_result_get_value (result, "y"), 4,
                   ELEMENTS (21, 38, 0, 44), "y");
  g_assert_cmpint (sac_result_get_value (result, "r")->shape.rank, ==, 1);
  g_assert_null (sac_result_get_value (result, "nobody"));
  /* A result is the caller's: it must not be the caller's own input. */
  g_assert_true (sac_result_get_value (result, "x")->data != x->data);
}

/* A result outlives plan and network, even one that is a constant of theirs. */
static void
test_result_outlives (void)
{
  g_autoptr (GError) error = NULL;
  SacNetwork *network = parse ("input x float 2\n"
                               "init w float 2 10 20\n"
                               "node a Add x,w -> y\n"
                               "output y float 2\n"
                               "output w float 2\n");
  const SacShape shape = sac_shape_of (2);
  g_autoptr (SacTensor) x = make_tensor (&shape, ELEMENTS (1, 2));
  SacPlan *plan = plan_for (network, &shape, NULL, &error);

  g_assert_no_error (error);

  SacResult *result = run (plan, x, NULL);
  g_autoptr (SacTensor) w =
    sac_tensor_ref ((SacTensor *)sac_result_get_value (result, "w"));

  sac_plan_unref (plan);
  sac_network_unref (network);
  assert_elements (sac_result_get_value (result, "y"), 2, ELEMENTS (11, 22),
                   "y");
  sac_result_free (result);
  assert_elements (w, 2, ELEMENTS (10, 20), "w");
}

static void
test_dead_nodes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network = parse ("input x float ?\n"
                                          "node a Relu x -> p\n"
                                          "node b Neg p -> y\n"
                                          "node c Exp p -> dead\n"
                                          "node d Add dead,dead -> deader\n"
                                          "output y float ?\n");
  const SacShape shape = sac_shape_of (5);
  g_autoptr (SacPlan) plan = plan_for (network, &shape, NULL, &error);
  const SacGraph *graph = sac_network_get_graph (network);

  g_assert_no_error (error);
  g_assert_cmpuint (sac_plan_get_step_count (plan), ==, 2);

  /* Shapes are known all the same. */
  const SacValueInfo *info =
    sac_plan_get_info (plan, sac_graph_find_value (graph, "deader"));

  g_assert_nonnull (info);
  g_assert_true (sac_shape_equal (&info->shape, &shape));
}

/* A node that is wrong for these shapes is no harm to those who do not need it.
 */
static void
test_dead_fault (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network = parse ("input x float ?\n"
                                          "init k float 3 1 2 3\n"
                                          "node a Relu x -> y\n"
                                          "node bad Add x,k -> dead\n"
                                          "node after Neg dead -> deader\n"
                                          "output y float ?\n");
  const SacShape shape = sac_shape_of (5);
  g_autoptr (SacPlan) plan = plan_for (network, &shape, NULL, &error);
  const SacGraph *graph = sac_network_get_graph (network);

  g_assert_no_error (error);
  g_assert_null (
    sac_plan_get_info (plan, sac_graph_find_value (graph, "deader")));

  g_autoptr (SacPlan) refused =
    plan_for (network, &shape, NAMES ("deader"), &error);

  g_assert_null (refused);
  g_assert_true (g_str_has_prefix (error->message, "node bad (Add, opset 17)"));
}

/* Shape arithmetic of a network with free sizes leaves no step behind. */
static void
test_shapes_fold (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network =
    parse ("input x float ?,?,?\n"
           "init zero int64 - 0\n"
           "init rest int64 1 -1\n"
           "init axis int64 1 0\n"
           "node s Shape x -> s\n"
           "node g Gather s,zero -> n\n"
           "node u Unsqueeze n,axis -> n1\n"
           "node c Concat n1,rest -> to axis=i:0\n"
           "node r Reshape x,to -> flat\n"
           "node y Neg flat -> y\n"
           "output y\n");
  const SacShape shape = sac_shape_of (2, 3, 4);
  const SacShape expected = sac_shape_of (2, 12);
  g_autoptr (SacPlan) plan = plan_for (network, &shape, NULL, &error);
  const SacGraph *graph = sac_network_get_graph (network);

  g_assert_no_error (error);
  g_assert_cmpuint (sac_plan_get_step_count (plan), ==, 1);

  const SacValueInfo *info =
    sac_plan_get_info (plan, sac_graph_find_value (graph, "y"));

  g_assert_true (sac_shape_equal (&info->shape, &expected));
  g_assert_nonnull (
    sac_plan_get_info (plan, sac_graph_find_value (graph, "n"))->constant);
}

static void
test_reshape_shares_memory (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network = parse ("input x float 1024\n"
                                          "init to int64 2 32 32\n"
                                          "init back int64 1 1024\n"
                                          "node a Neg x -> p\n"
                                          "node b Reshape p,to -> q\n"
                                          "node c Reshape q,back -> r\n"
                                          "node d Neg r -> y\n"
                                          "output y float 1024\n");
  const SacShape shape = sac_shape_of (1024);
  g_autoptr (SacPlan) plan = plan_for (network, &shape, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (sac_plan_get_step_count (plan), ==, 2);
  g_assert_cmpuint (sac_plan_get_arena_bytes (plan), ==, 4096);
}

/* A chain needs two places however long it is. */
static void
test_chain_memory (void)
{
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new ("input v0 float 1024\n");

  for (int i = 0; i < 50; i++)
    g_string_append_printf (text, "node _ Neg v%d -> v%d\n", i, i + 1);
  g_string_append (text, "output v50 float 1024\n");

  g_autoptr (SacNetwork) network = parse (text->str);
  const SacShape shape = sac_shape_of (1024);
  g_autoptr (SacPlan) plan = plan_for (network, &shape, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (sac_plan_get_step_count (plan), ==, 50);
  g_assert_cmpuint (sac_plan_get_arena_bytes (plan), ==, 2 * 4096);
  g_string_free (text, TRUE);
}

static void
check_refused (SacNetwork *network,
               const SacPlanRequest *request,
               int code,
               const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacPlan) plan = sac_plan_new (network, request, NULL, &error);

  g_assert_null (plan);
  test_assert_error (&error, SAC_ERROR, code, part);
}

static void
test_refused (void)
{
  g_autoptr (SacNetwork) network = parse ("input x float ?,3\n"
                                          "node a Relu x -> p\n"
                                          "node b Neg p -> y\n"
                                          "output y\n");
  const SacShape good = sac_shape_of (2, 3), bad = sac_shape_of (2, 4);

  check_refused (network, &(SacPlanRequest){.input_shapes = &bad},
                 SAC_ERROR_MISMATCH,
                 "input \"x\" has shape 2x4, the network wants ?x3");
  check_refused (network,
                 &(SacPlanRequest){.input_shapes = &good,
                                   .captures = NAMES ("q")},
                 SAC_ERROR_MISMATCH, "no value \"q\"; its outputs are \"y\"");
  check_refused (network,
                 &(SacPlanRequest){.input_shapes = &good,
                                   .outputs = NAMES ("z")},
                 SAC_ERROR_MISMATCH, "no value \"z\"");
  check_refused (network,
                 &(SacPlanRequest){.input_shapes = &good,
                                   .target = "z",
                                   .wrt = NAMES ("x")},
                 SAC_ERROR_MISMATCH, "no value \"z\"");
}

/* Two gibibytes and nine: past the limit of what a run may hold. */
static void
test_too_large (void)
{
  GString *text = g_string_new ("input x float ?\n");

  for (int i = 0; i < 9; i++)
    g_string_append_printf (text, "node _ Neg x -> v%d\n", i);
  g_string_append (text, "node _ Sum v0,v1,v2,v3,v4,v5,v6,v7,v8 -> y\n"
                         "output y\n");

  g_autoptr (SacNetwork) network = parse (text->str);
  const SacShape shape = sac_shape_of (1 << 28);
  const SacShape larger = sac_shape_of ((int64_t)1 << 40);

  check_refused (network, &(SacPlanRequest){.input_shapes = &shape},
                 SAC_ERROR_TOO_LARGE, "of memory at once");
  check_refused (network, &(SacPlanRequest){.input_shapes = &larger},
                 SAC_ERROR_TOO_LARGE, "beyond the limit");
  g_string_free (text, TRUE);
}

static void
test_bind (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network =
    parse ("input x float16 ?,3\ninput k int64 2\n"
           "node a Relu x -> y\nnode b Neg k -> z\noutput y\noutput z\n");
  const SacShape x_shape = sac_shape_of (2, 3), k_shape = sac_shape_of (2);
  g_autoptr (SacTensor) x = sac_tensor_new (SAC_TYPE_FLOAT, &x_shape, NULL);
  g_autoptr (SacTensor) k = sac_tensor_new (SAC_TYPE_INT64, &k_shape, NULL);
  g_autoptr (SacTensor) f = sac_tensor_new (SAC_TYPE_FLOAT, &k_shape, NULL);
  SacShape shapes[2];

  g_assert_true (
    sac_plan_bind (network, (const SacTensor *const[]){x, k}, shapes, &error));
  g_assert_true (sac_shape_equal (&shapes[0], &x_shape));
  g_assert_false (
    sac_plan_bind (network, (const SacTensor *const[]){x, f}, shapes, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH,
                     "input \"k\" is float32, the network wants int64");
  g_assert_false (sac_plan_bind (network, (const SacTensor *const[]){x, NULL},
                                 shapes, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH,
                     "nothing is given for input \"k\"");
}

/* What is fed as float32 to a float16 input is rounded to it. */
static void
test_half_input (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network =
    parse ("input x float16 2\nnode a Identity x -> y\noutput y\n");
  const SacShape shape = sac_shape_of (2);
  g_autoptr (SacTensor) x = make_tensor (&shape, ELEMENTS (0.1f, 1.0f / 3));
  g_autoptr (SacPlan) plan = plan_for (network, &shape, NULL, &error);

  g_assert_no_error (error);

  g_autoptr (SacResult) result = run (plan, x, NULL);

  assert_elements (sac_result_get_value (result, "y"), 2,
                   ELEMENTS (0x1.998p-4f, 0x1.554p-2f), "rounded");
}

static void
test_run_shapes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network =
    parse ("input x float ?\nnode a Neg x -> y\noutput y\n");
  const SacShape planned = sac_shape_of (2), other = sac_shape_of (3);
  g_autoptr (SacTensor) x = make_tensor (&other, ELEMENTS (1, 2, 3));
  g_autoptr (SacPlan) plan = plan_for (network, &planned, NULL, &error);
  const SacTensor *const inputs[] = {x};
  const SacRunParams params = {.inputs = inputs};
  const SacRunParams with_cotangent = {.inputs = inputs, .cotangent = x};

  g_assert_null (sac_plan_run (plan, &params, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH,
                     "has shape 3, the plan was made for 2");

  g_autoptr (SacPlan) fitting = plan_for (network, &other, NULL, &error);

  g_assert_null (sac_plan_run (fitting, &with_cotangent, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH,
                     "the plan has no target");
}

/* What only the data can break ends the run with a sentence. */
static void
test_fault (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network =
    parse ("input i int64 1\ninput x float 3\n"
           "node pick Gather x,i -> y\noutput y\n");
  const SacShape shapes[] = {sac_shape_of (1), sac_shape_of (3)};
  g_autoptr (SacTensor) i = sac_tensor_new (SAC_TYPE_INT64, &shapes[0], NULL);
  g_autoptr (SacTensor) x = make_tensor (&shapes[1], ELEMENTS (1, 2, 3));
  g_autoptr (SacPlan) plan = plan_for (network, shapes, NULL, &error);
  const SacTensor *const inputs[] = {i, x};
  const SacRunParams params = {.inputs = inputs};

  g_assert_no_error (error);
  sac_tensor_i64 (i)[0] = 3;
  g_assert_null (sac_plan_run (plan, &params, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH,
                     "node pick (Gather, opset 17): ");
}

static void
test_cancelled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network =
    parse ("input x float ?\nnode a Neg x -> y\noutput y\n");
  const SacShape shape = sac_shape_of (2);
  g_autoptr (SacTensor) x = make_tensor (&shape, ELEMENTS (1, 2));
  g_autoptr (SacPlan) plan = plan_for (network, &shape, NULL, &error);
  g_autoptr (SacJob) job = sac_job_new (NULL);
  const SacTensor *const inputs[] = {x};
  const SacRunParams params = {.inputs = inputs};
  g_autoptr (SacResult) result = sac_plan_run (plan, &params, job, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat (sac_job_get_progress (job), ==, 1);
  sac_job_cancel (job);
  g_assert_null (sac_plan_run (plan, &params, job, &error));
  test_assert_error (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "");

  const SacPlanRequest request = {.input_shapes = &shape};

  g_assert_null (sac_plan_new (network, &request, job, &error));
  test_assert_error (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
}

typedef struct {
  SacPlan *plan;
  float start;
} Racer;

static void *
race (void *data)
{
  const Racer *racer = data;
  const SacShape shape = sac_shape_of (1000);
  g_autoptr (SacTensor) x = sac_tensor_new (SAC_TYPE_FLOAT, &shape, NULL);

  for (int round = 0; round < 100; round++) {
    for (int i = 0; i < 1000; i++)
      sac_tensor_f32 (x)[i] = racer->start + i;

    g_autoptr (SacResult) result = run (racer->plan, x, NULL);
    const float *y = sac_tensor_f32 (sac_result_get_value (result, "y"));

    for (int i = 0; i < 1000; i++)
      g_assert_cmpfloat (y[i], ==, 3 * (racer->start + i));
  }
  return NULL;
}

static void
test_concurrent_runs (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network =
    parse ("input x float ?\nnode a Neg x -> p\nnode b Sub x,p -> q\n"
           "node c Add q,x -> r\nnode d Identity r -> y\noutput y\n");
  const SacShape shape = sac_shape_of (1000);
  g_autoptr (SacPlan) plan = plan_for (network, &shape, NULL, &error);
  Racer racers[4];
  GThread *threads[4];

  g_assert_no_error (error);
  for (int i = 0; i < 4; i++) {
    racers[i] = (Racer){plan, i * 1000};
    threads[i] = g_thread_new ("race", race, &racers[i]);
  }
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/captures", test_captures);
  g_test_add_func ("/plan/result-outlives", test_result_outlives);
  g_test_add_func ("/plan/dead-nodes", test_dead_nodes);
  g_test_add_func ("/plan/dead-fault", test_dead_fault);
  g_test_add_func ("/plan/shapes-fold", test_shapes_fold);
  g_test_add_func ("/plan/reshape-shares-memory", test_reshape_shares_memory);
  g_test_add_func ("/plan/chain-memory", test_chain_memory);
  g_test_add_func ("/plan/refused", test_refused);
  g_test_add_func ("/plan/too-large", test_too_large);
  g_test_add_func ("/plan/bind", test_bind);
  g_test_add_func ("/plan/half-input", test_half_input);
  g_test_add_func ("/plan/run-shapes", test_run_shapes);
  g_test_add_func ("/plan/fault", test_fault);
  g_test_add_func ("/plan/cancelled", test_cancelled);
  g_test_add_func ("/plan/concurrent-runs", test_concurrent_runs);
  return g_test_run ();
}
