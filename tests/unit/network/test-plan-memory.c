/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What plans keep for their gradients, and what they rather run again. */
#include "network/plan.h"

#include "onnx-writer.h"
#include "support.h"

#include <string.h>

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define BLOCKS 16
#define SIDE 32
#define VALUE_BYTES (SIDE * SIDE * sizeof (float))

static SacNetwork *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = onnx_write (text);
  SacNetwork *network = sac_network_parse (bytes, "test.onnx", &error);

  g_assert_no_error (error);
  return network;
}

static SacPlan *
make_plan (SacNetwork *network, const SacPlanRequest *request)
{
  g_autoptr (GError) error = NULL;
  SacPlan *plan = sac_plan_new (network, request, NULL, &error);

  g_assert_no_error (error);
  return plan;
}

/* Bytes kept for the gradient of y to `wrt` in a network of x, 32 x 32. */
static size_t
count_kept (const char *text, const char *wrt)
{
  g_autoptr (SacNetwork) network = parse (text);
  const SacShape shape = sac_shape_of (SIDE, SIDE);
  g_autoptr (SacPlan) plan = make_plan (network, &(SacPlanRequest){
                                                   .input_shapes = &shape,
                                                   .target = "y",
                                                   .wrt = NAMES (wrt),
                                                 });

  return sac_plan_get_kept_bytes (plan);
}

/* Values are named p and q, so that neither is an input or a result. */
static void
test_kept (void)
{
  g_assert_cmpuint (count_kept ("input x float 32,32\n"
                                "node a Neg x -> p\n"
                                "node b Relu p -> q\n"
                                "node c Neg q -> y\n"
                                "output y\n",
                                "x"),
                    ==, VALUE_BYTES / 32);
  /* Of a product with a constant, nothing; with another value, the factor that
   * the wanted gradient is multiplied with. */
  g_assert_cmpuint (count_kept ("input x float 32,32\n"
                                "init w float 1 3\n"
                                "node a Neg x -> p\n"
                                "node b Mul p,w -> q\n"
                                "node c MatMul q,q -> r\n"
                                "node d Neg r -> y\n"
                                "output y\n",
                                "r"),
                    ==, 0);
  g_assert_cmpuint (count_kept ("input x float 32,32\n"
                                "init w float 1 3\n"
                                "node a Neg x -> p\n"
                                "node b Mul p,w -> y\n"
                                "output y\n",
                                "x"),
                    ==, 0);
  g_assert_cmpuint (count_kept ("input x float 32,32\n"
                                "node a Neg x -> p\n"
                                "node b Exp x -> q\n"
                                "node c Mul p,q -> r\n"
                                "node d Neg r -> y\n"
                                "output y\n",
                                "p"),
                    ==, VALUE_BYTES);
  g_assert_cmpuint (count_kept ("input x float 32,32\n"
                                "node a Neg x -> p\n"
                                "node b Abs p -> q\n"
                                "node c Mul p,q -> r\n"
                                "node d Neg r -> y\n"
                                "output y\n",
                                "x"),
                    ==, 2 * VALUE_BYTES + VALUE_BYTES / 16);
}

/* Residual blocks, each of which keeps a Tanh and a Sigmoid. */
static SacNetwork *
make_blocks (void)
{
  g_autoptr (GString) text = g_string_new ("input x float 32,32\n"
                                           "node first Neg x -> s0\n");

  for (int i = 0; i < BLOCKS; i++)
    g_string_append_printf (text,
                            "node a%d Tanh s%d -> a%d\n"
                            "node b%d Sigmoid a%d -> b%d\n"
                            "node c%d Identity b%d -> c%d\n"
                            "node d%d Add s%d,c%d -> s%d\n",
                            i, i, i, i, i, i, i, i, i, i, i, i, i + 1);
  g_string_append_printf (text, "node last Neg s%d -> y\noutput y\n", BLOCKS);
  return parse (text->str);
}

static SacTensor *
make_wave (const SacShape *shape, double step)
{
  SacTensor *tensor = sac_tensor_new (SAC_TYPE_FLOAT, shape, NULL);

  for (int64_t i = 0; i < sac_tensor_get_count (tensor); i++)
    sac_tensor_f32 (tensor)[i] = (float)((double)(i % 97) * step - 1);
  return tensor;
}

static void
assert_same_bits (const SacTensor *a, const SacTensor *b)
{
  g_assert_cmpuint (sac_tensor_get_bytes (a), ==, sac_tensor_get_bytes (b));
  g_assert_cmpint (memcmp (a->data, b->data, sac_tensor_get_bytes (a)), ==, 0);
}

/* The less may be kept, the more is run again and the smaller the arena, and no
 * bit changes.  Captured values are not run again. */
static void
test_repeated (void)
{
  g_autoptr (SacNetwork) network = make_blocks ();
  const SacShape shape = sac_shape_of (SIDE, SIDE);
  SacPlanRequest request = {
    .input_shapes = &shape,
    .captures = NAMES ("a3", "c7", "s9"),
    .target = "y",
    .wrt = NAMES ("x", "a3", "s8", "b11"),
  };
  g_autoptr (SacPlan) plan = make_plan (network, &request);
  g_autoptr (SacTensor) x = make_wave (&shape, 0.021);
  g_autoptr (SacTensor) seed = make_wave (&shape, 0.019);
  const SacTensor *const inputs[] = {x};
  const SacRunParams params = {.inputs = inputs, .cotangent = seed};
  g_autoptr (SacResult) whole = sac_plan_run (plan, &params, NULL, NULL);
  size_t arena = sac_plan_get_arena_bytes (plan), repeated = 0;

  g_assert_cmpuint (sac_plan_get_repeated_count (plan), ==, 0);
  g_assert_cmpuint (sac_plan_get_kept_bytes (plan), ==,
                    (2 * BLOCKS - 2) * VALUE_BYTES);
  for (int i = 0; i < 2; i++) {
    request.kept_budget = i == 0 ? 16 * VALUE_BYTES : 1;

    g_autoptr (SacPlan) small = make_plan (network, &request);
    g_autoptr (SacResult) result = sac_plan_run (small, &params, NULL, NULL);

    g_assert_cmpuint (sac_plan_get_arena_bytes (small), <, arena);
    g_assert_cmpuint (sac_plan_get_repeated_count (small), >, repeated);
    g_assert_cmpuint (sac_plan_get_step_count (small), ==,
                      sac_plan_get_step_count (plan) +
                        sac_plan_get_repeated_count (small));
    arena = sac_plan_get_arena_bytes (small);
    repeated = sac_plan_get_repeated_count (small);
    for (int k = 0; request.captures[k] != NULL; k++)
      assert_same_bits (sac_result_get_value (whole, request.captures[k]),
                        sac_result_get_value (result, request.captures[k]));
    for (int k = 0; request.wrt[k] != NULL; k++)
      assert_same_bits (sac_result_get_gradient (whole, request.wrt[k]),
                        sac_result_get_gradient (result, request.wrt[k]));
  }
  g_assert_cmpuint (arena, <, sac_plan_get_arena_bytes (plan) / 2);
  /* Three nodes to run in each block; Tanh a3 and Sigmoid b7 are results. */
  g_assert_cmpuint (repeated, <=, 3 * BLOCKS - 2);
}

/* Without a value that all depends on, everything is kept. */
static void
test_no_cut (void)
{
  g_autoptr (GString) text = g_string_new ("input x float 32,32\n"
                                           "node a Sin x -> a0\n"
                                           "node b Cos x -> b0\n");

  for (int i = 0; i < 8; i++)
    g_string_append_printf (text,
                            "node a%d Tanh a%d -> a%d\n"
                            "node b%d Tanh b%d -> b%d\n",
                            i, i, i + 1, i, i, i + 1);
  g_string_append (text, "node last Add a8,b8 -> y\noutput y\n");

  g_autoptr (SacNetwork) network = parse (text->str);
  const SacShape shape = sac_shape_of (SIDE, SIDE);
  g_autoptr (SacPlan) plan = make_plan (network, &(SacPlanRequest){
                                                   .input_shapes = &shape,
                                                   .target = "y",
                                                   .wrt = NAMES ("x"),
                                                   .kept_budget = 1,
                                                 });

  g_assert_cmpuint (sac_plan_get_repeated_count (plan), ==, 0);
  g_assert_cmpuint (sac_plan_get_kept_bytes (plan), ==, 16 * VALUE_BYTES);
  g_assert_cmpuint (sac_plan_get_arena_bytes (plan), >=, 16 * VALUE_BYTES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan-memory/kept", test_kept);
  g_test_add_func ("/plan-memory/repeated", test_repeated);
  g_test_add_func ("/plan-memory/no-cut", test_no_cut);
  return g_test_run ();
}
