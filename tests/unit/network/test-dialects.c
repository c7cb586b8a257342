/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What exporters write besides plain nodes: double precision, conditions that
 * shapes decide, and the names of what is inlined. */
#include "base/error.h"
#include "network/plan.h"
#include "onnx-writer.h"
#include "support.h"

#include <math.h>

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define ELEMENTS(...) ((const float[]){__VA_ARGS__})

static SacNetwork *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = onnx_write (text);
  SacNetwork *network = sac_network_parse (bytes, "test.onnx", &error);

  g_assert_no_error (error);
  return network;
}

static void
check_refused (const char *text, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = onnx_write (text);
  g_autoptr (SacNetwork) network =
    sac_network_parse (bytes, "test.onnx", &error);

  g_assert_null (network);
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNSUPPORTED, part);
}

static SacTensor *
make_floats (const SacShape *shape, const float *elements)
{
  SacTensor *tensor = sac_tensor_new (SAC_TYPE_FLOAT, shape, NULL);

  for (int64_t i = 0; i < sac_tensor_get_count (tensor); i++)
    sac_tensor_f32 (tensor)[i] = elements[i];
  return tensor;
}

static SacTensor *
make_doubles (const SacShape *shape, const float *elements)
{
  SacTensor *tensor = sac_tensor_new (SAC_TYPE_DOUBLE, shape, NULL);

  for (int64_t i = 0; i < sac_tensor_get_count (tensor); i++)
    ((double *)tensor->data)[i] = (double)elements[i];
  return tensor;
}

/* One input, the target y with a cotangent of ones, and its gradient to x. */
static SacResult *
run (SacNetwork *network, const SacTensor *x, const char *const *captures)
{
  g_autoptr (GError) error = NULL;
  const SacPlanRequest request = {
    .input_shapes = &x->shape,
    .captures = captures,
    .target = "y",
    .wrt = NAMES ("x"),
  };
  g_autoptr (SacPlan) plan = sac_plan_new (network, &request, NULL, &error);

  g_assert_no_error (error);

  int y = sac_graph_find_value (sac_network_get_graph (network), "y");
  g_autoptr (SacTensor) seed =
    sac_tensor_new (SAC_TYPE_FLOAT, &sac_plan_get_info (plan, y)->shape,
                    &error);

  for (int64_t i = 0; i < sac_tensor_get_count (seed); i++)
    sac_tensor_f32 (seed)[i] = 1;

  SacResult *result =
    sac_plan_run (plan, &(SacRunParams){.inputs = &x, .cotangent = seed}, NULL,
                  &error);

  g_assert_no_error (error);
  return result;
}

static void
assert_floats (const SacTensor *tensor, size_t count, const float *expected)
{
  g_assert_nonnull (tensor);
  g_assert_cmpint (tensor->type, ==, SAC_TYPE_FLOAT);
  g_assert_cmpint (sac_tensor_get_count (tensor), ==, count);
  test_assert_close (sac_tensor_f32 (tensor), expected, count, 1e-6, "");
}

/* The mask is the lowest double, which float32 does not have: a row without
 * anything else must not become NaN. */
static void
test_double (void)
{
  g_autoptr (SacNetwork) network =
    parse ("input x double 2,2\n"
           "init w double 2 3 -1\n"
           "init mask double 2,2 0 0 -1.7976931348623157e308 "
           "-1.7976931348623157e308\n"
           "node a Mul x,w -> p\n"
           "node b Add p,mask -> q\n"
           "node c Softmax q -> s\n"
           "node d Mul s,p -> y\n"
           "output y double 2,2\n");
  const SacShape shape = sac_shape_of (2, 2);
  const float *elements = ELEMENTS (0.5f, 1.5f, 0.25f, 1);
  g_autoptr (SacTensor) wide = make_doubles (&shape, elements);
  g_autoptr (SacTensor) narrow = make_floats (&shape, elements);
  g_autoptr (SacResult) from_wide = run (network, wide, NULL);
  g_autoptr (SacResult) from_narrow = run (network, narrow, NULL);
  const SacGraph *graph = sac_network_get_graph (network);

  g_assert_true (graph->values[graph->inputs[0]].is_double);
  g_assert_true (graph->values[graph->outputs[0]].is_double);

  /* s = softmax (1.5, -1.5) above, 1/2 below; y = s p.  The slope of the sum
     to p_i is s_i (1 + p_i - sum of y), below, where rounding swallows p next
     to the mask but not its slope, the same. */
  double s = 1 / (1 + exp (-3));
  double sum = s * 1.5 - (1 - s) * 1.5;
  float y[] = {(float)(s * 1.5), (float)((1 - s) * -1.5), 0.375f, -0.5f};
  float slopes[] = {
    (float)(3 * s * (1 + 1.5 - sum)),
    (float)(-(1 - s) * (1 - 1.5 - sum)),
    (float)(3 * 0.5 * (1 + 0.75 + 0.125)),
    (float)(-0.5 * (1 - 1 + 0.125)),
  };

  assert_floats (sac_result_get_value (from_wide, "y"), 4, y);
  assert_floats (sac_result_get_gradient (from_wide, "x"), 4, slopes);
  assert_floats (sac_result_get_value (from_narrow, "y"), 4, y);
}

/* In the middle of a float32 network as well. */
static void
test_double_inside (void)
{
  g_autoptr (SacNetwork) network = parse ("input x float 2\n"
                                          "init w double 2 1 2\n"
                                          "node a Cast x -> d to=i:11\n"
                                          "node b Mul d,d -> e\n"
                                          "node c Mul e,w -> f\n"
                                          "node d Cast f -> y to=i:1\n"
                                          "output y\n");
  const SacShape shape = sac_shape_of (2);
  g_autoptr (SacTensor) x = make_floats (&shape, ELEMENTS (3, -5));
  g_autoptr (SacResult) result = run (network, x, NULL);

  assert_floats (sac_result_get_value (result, "y"), 2, ELEMENTS (9, 50));
  assert_floats (sac_result_get_gradient (result, "x"), 2, ELEMENTS (6, -20));
}

/* Three times 0.33333333333 is below one in double, and one in float32: the
 * size of z must be floor + 1 = 1.  The same number then meets the data. */
static void
test_double_shapes (void)
{
  g_autoptr (SacNetwork) network = parse ("input x double ?\n"
                                          "init third double 1 0.33333333333\n"
                                          "init one int64 1 1\n"
                                          "init w double 1 2\n"
                                          "node a Shape x -> n\n"
                                          "node b Cast n -> m to=i:11\n"
                                          "node c Mul m,third -> f\n"
                                          "node d Floor f -> g\n"
                                          "node e Cast g -> i to=i:7\n"
                                          "node f Add i,one -> size\n"
                                          "node g Expand w,size -> z\n"
                                          "node h Mul f,third -> h\n"
                                          "node i Mul x,h -> t\n"
                                          "node j Add third,t -> y\n"
                                          "output y\noutput z\n");
  const SacShape shape = sac_shape_of (3);
  g_autoptr (SacTensor) x = make_doubles (&shape, ELEMENTS (3, 6, -3));
  g_autoptr (SacResult) result = run (network, x, NULL);
  const float third = 1.0f / 3;

  g_assert_cmpint (sac_tensor_get_count (sac_result_get_value (result, "z")),
                   ==, 1);
  assert_floats (sac_result_get_value (result, "y"), 3,
                 ELEMENTS (1 + third, 2 + third, -1 + third));
  assert_floats (sac_result_get_gradient (result, "x"), 3,
                 ELEMENTS (third, third, third));
}

static void
test_mixed (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = onnx_write ("input x float 2\n"
                                         "init w double 2 1 2\n"
                                         "node a Abs x -> a\n"
                                         "node b Mul a,w -> y\n"
                                         "output y\n");
  g_autoptr (SacNetwork) network =
    sac_network_parse (bytes, "test.onnx", &error);

  g_assert_null (network);
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED,
                     "node b (Mul, opset 17): its inputs are of type float32 "
                     "and float64");
}

/* A squeeze as exporters write it when they do not know the size.  Both
 * branches use a name of their own for something else, and the outer w; the
 * else branch gives back what it finds outside. */
#define SQUEEZE                                                                \
  "graph yes\n"                                                                \
  "init axes int64 1 0\n"                                                      \
  "node squeeze Squeeze x,axes -> inner\n"                                     \
  "node double Mul inner,w -> doubled\n"                                       \
  "output doubled\n"                                                           \
  "end\n"                                                                      \
  "graph no\n"                                                                 \
  "node inner Neg x -> inner\n"                                                \
  "node beside Exp inner -> only_here\n"                                       \
  "output x\n"                                                                 \
  "end\n"                                                                      \
  "init w float - 2\n"                                                         \
  "init zero int64 - 0\n"                                                      \
  "init one int64 - 1\n"
#define BRANCHES "then_branch=g:yes else_branch=g:no\n"

static void
test_condition (void)
{
  g_autoptr (SacNetwork) network =
    parse (SQUEEZE "input x float ?,2\n"
                   "node shape Shape x -> sizes\n"
                   "node size Gather sizes,zero -> size\n"
                   "node same Equal size,one -> same\n"
                   "node choose If same -> chosen " BRANCHES
                   "node last Mul chosen,chosen -> y\n"
                   "output y\n");
  const SacShape narrow = sac_shape_of (1, 2), wide = sac_shape_of (2, 2);
  g_autoptr (SacTensor) row = make_floats (&narrow, ELEMENTS (1, -3));
  g_autoptr (SacTensor) rows = make_floats (&wide, ELEMENTS (1, -3, 2, 5));
  g_autoptr (SacResult) taken =
    run (network, row, NAMES ("chosen", "inner", "doubled"));
  g_autoptr (SacResult) other = run (network, rows, NAMES ("only_here"));
  const SacTensor *chosen = sac_result_get_value (taken, "chosen");

  g_assert_cmpint (chosen->shape.rank, ==, 1);
  assert_floats (chosen, 2, ELEMENTS (2, -6));
  assert_floats (sac_result_get_value (taken, "inner"), 2, ELEMENTS (1, -3));
  assert_floats (sac_result_get_value (taken, "doubled"), 2, ELEMENTS (2, -6));
  assert_floats (sac_result_get_gradient (taken, "x"), 2, ELEMENTS (8, -24));
  g_assert_cmpint (sac_result_get_value (other, "y")->shape.rank, ==, 2);
  assert_floats (sac_result_get_value (other, "y"), 4, ELEMENTS (1, 9, 4, 25));
  assert_floats (sac_result_get_gradient (other, "x"), 4,
                 ELEMENTS (2, -6, 4, 10));
  assert_floats (sac_result_get_value (other, "only_here"), 4,
                 ELEMENTS (0.36787944f, 20.0855369f, 0.13533528f, 0.00673795f));
}

/* One inside the other, with two outputs, one of which nobody reads. */
static void
test_nested_conditions (void)
{
  g_autoptr (SacNetwork) network =
    parse ("graph flat\n"
           "node f Neg x -> flat_a\nnode g Exp x -> flat_b\n"
           "output flat_a\noutput flat_b\nend\n"
           "graph deep\n"
           "node f Abs x -> deep_a\nnode g Exp x -> deep_b\n"
           "output deep_a\noutput deep_b\nend\n"
           "graph some\n"
           "node in If pair -> in_a,in_b then_branch=g:flat "
           "else_branch=g:deep\n"
           "output in_a\noutput in_b\nend\n"
           "graph none\n"
           "node f Mul x,x -> none_a\n"
           "output none_a\noutput none_a\nend\n"
           "init two int64 1 2\n"
           "init three int64 1 3\n"
           "input x float ?\n"
           "node s Shape x -> n\n"
           "node p Equal n,two -> pair\n"
           "node t Less n,three -> small\n"
           "node out If small -> y,_ then_branch=g:some else_branch=g:none\n"
           "output y\n");
  const SacShape shapes[] = {sac_shape_of (1), sac_shape_of (2),
                             sac_shape_of (3)};
  const float *expected[] = {ELEMENTS (2), ELEMENTS (2, -3),
                             ELEMENTS (4, 9, 16)};

  for (size_t i = 0; i < G_N_ELEMENTS (shapes); i++) {
    g_autoptr (SacTensor) x = make_floats (&shapes[i], ELEMENTS (-2, 3, 4));
    g_autoptr (SacResult) result = run (network, x, NULL);

    assert_floats (sac_result_get_value (result, "y"), i + 1, expected[i]);
  }
}

static void
test_refused_conditions (void)
{
  check_refused (SQUEEZE "input x float ?,2\n"
                         "node sum ReduceSum x -> s keepdims=i:0\n"
                         "node sign Greater s,w -> same\n"
                         "node choose If same -> y " BRANCHES "output y\n",
                 "node choose (If, opset 17): its condition depends on the "
                 "elements of an input");
  check_refused (SQUEEZE "input x float ?,2\ninput same bool -\n"
                         "node choose If same -> y " BRANCHES "output y\n",
                 "its condition depends on the elements of an input");
}

/* Who looks at the graph of such a plan finds no If in it. */
static void
test_decided_graph (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network =
    parse (SQUEEZE "input x float ?,2\n"
                   "node shape Shape x -> sizes\n"
                   "node size Gather sizes,zero -> size\n"
                   "node same Equal size,one -> same\n"
                   "node choose If same -> y " BRANCHES "output y\n");
  const SacShape shape = sac_shape_of (1, 2);
  const SacPlanRequest request = {.input_shapes = &shape};
  g_autoptr (SacPlan) plan = sac_plan_new (network, &request, NULL, &error);
  const SacGraph *whole = sac_network_get_graph (network);

  g_assert_no_error (error);

  const SacGraph *decided = sac_plan_get_decided_graph (plan);
  int y = sac_graph_find_value (decided, "y");
  const SacNode *node = &decided->nodes[decided->values[y].producer];

  g_assert_cmpstr (node->op_type, ==, "Identity");
  g_assert_cmpint (node->inputs[0], ==,
                   sac_graph_find_value (decided, "doubled"));
  g_assert_cmpstr (whole->nodes[whole->values[y].producer].op_type, ==, "If");
}

/* Of what is inlined: a branch keeps its names; a function, which may be called
 * again, has those of its calls before them. */
static void
test_names (void)
{
  g_autoptr (SacNetwork) network =
    parse ("opset 20\nopset local 1\n"
           "function local:Half a -> b\n"
           "opset 20\n"
           "node _ Constant -> c value_float=f:0.5\n"
           "node _ Mul a,c -> scaled\n"
           "node _ Gelu scaled -> b\n"
           "end\n"
           "graph yes\nnode i local:Half x -> inner\n"
           "node j Neg inner -> result\noutput result\nend\n"
           "graph no\nnode k Abs x -> other\noutput other\nend\n"
           "init flag bool - 1\n"
           "input x float 2\n"
           "node choose If flag -> t " BRANCHES "node again local:Half t -> u\n"
           "node last Identity u -> y\n"
           "output y\n");
  const SacShape shape = sac_shape_of (2);
  g_autoptr (SacTensor) x = make_floats (&shape, ELEMENTS (4, -2));
  g_autoptr (SacResult) result =
    run (network, x,
         NAMES ("t", "inner", "choose/i/scaled", "u", "again/scaled", "x"));
  const SacTensor *t = sac_result_get_value (result, "t");
  const SacTensor *inner = sac_result_get_value (result, "inner");
  const SacTensor *scaled = sac_result_get_value (result, "again/scaled");

  assert_floats (sac_result_get_value (result, "choose/i/scaled"), 2,
                 ELEMENTS (2, -1));
  for (size_t i = 0; i < 2; i++) {
    float value = sac_tensor_f32 (inner)[i];

    g_assert_cmpfloat (sac_tensor_f32 (t)[i], ==, -value);
    g_assert_cmpfloat (sac_tensor_f32 (scaled)[i], ==, -value / 2);
  }
  g_assert_nonnull (sac_result_get_value (result, "u"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dialects/double", test_double);
  g_test_add_func ("/dialects/double-inside", test_double_inside);
  g_test_add_func ("/dialects/double-shapes", test_double_shapes);
  g_test_add_func ("/dialects/mixed", test_mixed);
  g_test_add_func ("/dialects/condition", test_condition);
  g_test_add_func ("/dialects/decided-graph", test_decided_graph);
  g_test_add_func ("/dialects/nested-conditions", test_nested_conditions);
  g_test_add_func ("/dialects/refused-conditions", test_refused_conditions);
  g_test_add_func ("/dialects/names", test_names);
  return g_test_run ();
}
