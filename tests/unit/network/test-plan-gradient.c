/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The reverse sweep on small graphs whose gradients are known. */
#include "network/plan.h"

#include "base/error.h"
#include "compute/variant.h"
#include "onnx-writer.h"
#include "support.h"

#include <string.h>

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

static SacTensor *
make_tensor (const SacShape *shape, const float *elements)
{
  SacTensor *tensor = sac_tensor_new (SAC_TYPE_FLOAT, shape, NULL);

  memcpy (tensor->data, elements, sac_tensor_get_bytes (tensor));
  return tensor;
}

/* Of sum (y * cotangent), for networks x -> y whose shapes are the same. */
static SacResult *
differentiate (SacNetwork *network,
               const SacTensor *x,
               const SacTensor *cotangent,
               const char *const *wrt)
{
  static const char *const none[] = {NULL};
  g_autoptr (GError) error = NULL;
  const SacPlanRequest request = {
    .input_shapes = &x->shape,
    .outputs = none,
    .target = "y",
    .wrt = wrt,
  };
  g_autoptr (SacPlan) plan = sac_plan_new (network, &request, NULL, &error);

  g_assert_no_error (error);

  const SacTensor *const inputs[] = {x};
  const SacRunParams params = {.inputs = inputs, .cotangent = cotangent};
  SacResult *result = sac_plan_run (plan, &params, NULL, &error);

  g_assert_no_error (error);
  return result;
}

static void
assert_gradient (const SacResult *result,
                 const char *name,
                 size_t count,
                 const float *expected)
{
  const SacTensor *gradient = sac_result_get_gradient (result, name);

  g_assert_nonnull (gradient);
  g_assert_cmpint (sac_tensor_get_count (gradient), ==, count);
  test_assert_close (sac_tensor_f32 (gradient), expected, count, 1e-6, name);
}

/* p has three consumers, one of which reads it twice. */
static void
test_fan_out (void)
{
  g_autoptr (SacNetwork) network = parse ("input x float 2\n"
                                          "node a Neg x -> p\n"
                                          "node b Mul p,p -> q\n"
                                          "node c Add q,p -> r\n"
                                          "node d Sub r,p -> s\n"
                                          "node e Add s,p -> y\n"
                                          "output y\n");
  const SacShape shape = sac_shape_of (2);
  g_autoptr (SacTensor) x = make_tensor (&shape, ELEMENTS (3, -5));
  g_autoptr (SacTensor) seed = make_tensor (&shape, ELEMENTS (1, 10));
  g_autoptr (SacResult) result =
    differentiate (network, x, seed, NAMES ("p", "x", "q", "y"));

  /* y = p^2 + p */
  assert_gradient (result, "p", 2, ELEMENTS (-5, 110));
  assert_gradient (result, "x", 2, ELEMENTS (5, -110));
  assert_gradient (result, "q", 2, ELEMENTS (1, 10));
  assert_gradient (result, "y", 2, ELEMENTS (1, 10));
}

/* The gradient of r is what comes through r alone, though r is p under another
 * shape; that of p has both ways. */
static void
test_aliases (void)
{
  g_autoptr (SacNetwork) network = parse ("input x float 4\n"
                                          "init square int64 2 2 2\n"
                                          "init flat int64 1 4\n"
                                          "node a Neg x -> p\n"
                                          "node b Reshape p,square -> r\n"
                                          "node c Identity r -> s\n"
                                          "node d Mul s,s -> t\n"
                                          "node e Reshape t,flat -> u\n"
                                          "node f Add u,p -> y\n"
                                          "output y\n");
  const SacShape shape = sac_shape_of (4);
  g_autoptr (SacTensor) x = make_tensor (&shape, ELEMENTS (1, 2, 3, 4));
  g_autoptr (SacTensor) seed = make_tensor (&shape, ELEMENTS (1, 1, 1, 2));
  g_autoptr (SacResult) result =
    differentiate (network, x, seed, NAMES ("r", "p", "x", "s", "u"));

  assert_gradient (result, "r", 4, ELEMENTS (-2, -4, -6, -16));
  assert_gradient (result, "s", 4, ELEMENTS (-2, -4, -6, -16));
  assert_gradient (result, "p", 4, ELEMENTS (-1, -3, -5, -14));
  assert_gradient (result, "x", 4, ELEMENTS (1, 3, 5, 14));
  assert_gradient (result, "u", 4, ELEMENTS (1, 1, 1, 2));
  g_assert_cmpint (sac_result_get_gradient (result, "r")->shape.rank, ==, 2);
  g_assert_null (sac_result_get_gradient (result, "t"));
}

/* Sums hand their gradient on as it is; the product adds to one of those that
 * share it. */
static void
test_passed_on (void)
{
  g_autoptr (SacNetwork) network = parse ("input x float 2\n"
                                          "node a Neg x -> p\n"
                                          "node b Exp x -> q\n"
                                          "node c Mul p,p -> m\n"
                                          "node d Add p,q -> s\n"
                                          "node e Add s,m -> y\n"
                                          "output y\n");
  const SacShape shape = sac_shape_of (2);
  g_autoptr (SacTensor) x = make_tensor (&shape, ELEMENTS (0, 1));
  g_autoptr (SacTensor) seed = make_tensor (&shape, ELEMENTS (1, 10));
  g_autoptr (SacResult) alone = differentiate (network, x, seed, NAMES ("x"));
  g_autoptr (SacResult) all =
    differentiate (network, x, seed, NAMES ("x", "p", "q", "m", "s"));

  assert_gradient (alone, "x", 2, ELEMENTS (0, 10 * (1 + 2.7182818f)));
  assert_gradient (all, "x", 2, ELEMENTS (0, 10 * (1 + 2.7182818f)));
  assert_gradient (all, "p", 2, ELEMENTS (1, -10));
  assert_gradient (all, "q", 2, ELEMENTS (1, 10));
  assert_gradient (all, "m", 2, ELEMENTS (1, 10));
  assert_gradient (all, "s", 2, ELEMENTS (1, 10));
}

/* Floor passes nothing on, and the other way counts. */
static void
test_zero_gradient (void)
{
  g_autoptr (SacNetwork) network = parse ("input x float 2\n"
                                          "node a Floor x -> f\n"
                                          "node b Mul x,f -> y\n"
                                          "output y\n");
  const SacShape shape = sac_shape_of (2);
  g_autoptr (SacTensor) x = make_tensor (&shape, ELEMENTS (2.5f, -1.5f));
  g_autoptr (SacTensor) seed = make_tensor (&shape, ELEMENTS (1, 1));
  g_autoptr (SacResult) result = differentiate (network, x, seed, NAMES ("x"));

  assert_gradient (result, "x", 2, ELEMENTS (2, -2));
}

/* The gradient at x of the sum of y. */
static void
check_ties (const char *text,
            const SacShape *shape,
            const float *elements,
            const float *expected)
{
  g_autoptr (SacNetwork) network = parse (text);
  g_autoptr (SacTensor) x = make_tensor (shape, elements);
  g_autoptr (SacTensor) seed = make_tensor (shape, elements);
  int64_t count = sac_shape_size (shape);

  for (int64_t i = 0; i < count; i++)
    sac_tensor_f32 (seed)[i] = 1;

  g_autoptr (SacResult) result = differentiate (network, x, seed, NAMES ("x"));

  assert_gradient (result, "x", (size_t)count, expected);
}

/* As torch divides them.  Outputs are spread to the input's shape, so that one
 * cotangent serves all. */
static void
test_ties (void)
{
  const SacShape plane = sac_shape_of (1, 1, 2, 2);
  const float *elements = ELEMENTS (3, 5, 5, 5);

  check_ties ("input x float 1,1,2,2\n"
              "init c float 1 5\n"
              "node a Max x,c -> y\n"
              "output y\n",
              &plane, elements, ELEMENTS (0, 0.5f, 0.5f, 0.5f));
  check_ties ("input x float 1,1,2,2\n"
              "init z float 1,1,2,2 0 0 0 0\n"
              "node a ReduceMax x -> m\n"
              "node b Add m,z -> y\n"
              "output y\n",
              &plane, elements, ELEMENTS (0, 4.0f / 3, 4.0f / 3, 4.0f / 3));
  check_ties ("input x float 1,1,2,2\n"
              "init z float 1,1,2,2 0 0 0 0\n"
              "node a MaxPool x -> m kernel_shape=is:2,2\n"
              "node b Add m,z -> y\n"
              "output y\n",
              &plane, elements, ELEMENTS (0, 4, 0, 0));
  check_ties ("input x float 1,1,2,2\n"
              "init z float 1,1,2,2 0 0 0 0\n"
              "node a GlobalMaxPool x -> m\n"
              "node b Add m,z -> y\n"
              "output y\n",
              &plane, elements, ELEMENTS (0, 4, 0, 0));
  check_ties ("input x float 1,1,2,2\n"
              "node a Relu x -> y\n"
              "output y\n",
              &plane, ELEMENTS (0, -1, 2, 0), ELEMENTS (0, 0, 1, 0));
  check_ties ("input x float 1,1,2,2\n"
              "node a Abs x -> y\n"
              "output y\n",
              &plane, ELEMENTS (0, -1, 2, 0), ELEMENTS (0, -1, 1, 0));
  check_ties ("input x float 1,1,2,2\n"
              "init low float - 0\n"
              "init high float - 6\n"
              "node a Clip x,low,high -> y\n"
              "output y\n",
              &plane, ELEMENTS (0, -1, 6, 7), ELEMENTS (1, 0, 1, 0));
}

static void
test_forward_only (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network =
    parse ("input x float 2\nnode a Exp x -> y\noutput y\n");
  const SacShape shape = sac_shape_of (2);
  g_autoptr (SacTensor) x = make_tensor (&shape, ELEMENTS (0, 1));
  const SacPlanRequest request = {
    .input_shapes = &shape,
    .target = "y",
    .wrt = NAMES ("x"),
  };
  g_autoptr (SacPlan) plan = sac_plan_new (network, &request, NULL, &error);
  const SacTensor *const inputs[] = {x};
  g_autoptr (SacTensor) seed = sac_plan_cotangent (plan, 1, &error);
  g_autoptr (SacResult) forward =
    sac_plan_run (plan, &(SacRunParams){.inputs = inputs}, NULL, &error);
  g_autoptr (SacResult) both =
    sac_plan_run (plan, &(SacRunParams){.inputs = inputs, .cotangent = seed},
                  NULL, &error);

  g_assert_no_error (error);
  g_assert_null (sac_result_get_gradient (forward, "x"));
  g_assert_nonnull (sac_result_get_value (forward, "y"));
  assert_gradient (both, "x", 2, ELEMENTS (0, 2.7182818f));
  g_assert_null (sac_plan_cotangent (plan, 2, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "no element 2");
}

/* Twice the target's larger element. */
static bool
seed_largest (const SacTensor *target,
              SacTensor *cotangent,
              void *data,
              GError **error)
{
  const float *values = sac_tensor_f32 (target);
  int *calls = data;

  (*calls)++;
  for (int i = 0; i < 2; i++)
    g_assert_cmpfloat (sac_tensor_f32 (cotangent)[i], ==, 0);
  if (values[0] == values[1]) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                         "neither is larger");
    return false;
  }
  sac_tensor_f32 (cotangent)[values[1] > values[0]] = 2;
  return true;
}

/* The cotangent is made from the target's values, of a target that is no
 * output, and which nothing else needs. */
static void
test_seed (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network = parse ("input x float 2\n"
                                          "init w float 1 3\n"
                                          "node a Mul x,w -> p\n"
                                          "node b Neg p -> q\n"
                                          "node c Neg q -> y\n"
                                          "output y\n");
  const SacShape shape = sac_shape_of (2);
  g_autoptr (SacTensor) x = make_tensor (&shape, ELEMENTS (5, 1));
  g_autoptr (SacTensor) same = make_tensor (&shape, ELEMENTS (5, 5));
  const SacPlanRequest request = {
    .input_shapes = &shape,
    .outputs = (const char *const[]){NULL},
    .target = "q",
    .wrt = NAMES ("x"),
  };
  g_autoptr (SacPlan) plan = sac_plan_new (network, &request, NULL, &error);
  const SacTensor *inputs[] = {x};
  int calls = 0;
  const SacRunParams params = {
    .inputs = inputs,
    .seed = seed_largest,
    .seed_data = &calls,
  };
  g_autoptr (SacResult) result = sac_plan_run (plan, &params, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (calls, ==, 1);
  assert_gradient (result, "x", 2, ELEMENTS (0, -6));
  inputs[0] = same;
  g_assert_null (sac_plan_run (plan, &params, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNDEFINED, "neither");
}

/* One sweep for five values is five sweeps for one, to the bit. */
static void
test_many_values (void)
{
  g_autoptr (SacNetwork) network = parse ("input x float 4\n"
                                          "node a Tanh x -> p\n"
                                          "node b Mul p,p -> q\n"
                                          "node c Sigmoid q -> r\n"
                                          "node d Add r,p -> s\n"
                                          "node e Mul s,q -> y\n"
                                          "output y\n");
  const SacShape shape = sac_shape_of (4);
  g_autoptr (SacTensor) x = make_tensor (&shape, ELEMENTS (1, -2, 0.3f, 0.7f));
  g_autoptr (SacTensor) seed = make_tensor (&shape, ELEMENTS (1, 2, -1, 3));
  const char *const names[] = {"x", "p", "q", "r", "s", NULL};
  g_autoptr (SacResult) all = differentiate (network, x, seed, names);

  for (int i = 0; names[i] != NULL; i++) {
    g_autoptr (SacResult) one =
      differentiate (network, x, seed, NAMES (names[i]));
    const SacTensor *a = sac_result_get_gradient (all, names[i]);
    const SacTensor *b = sac_result_get_gradient (one, names[i]);

    g_assert_cmpint (memcmp (a->data, b->data, sac_tensor_get_bytes (a)), ==,
                     0);
  }
}

static void
check_refused (SacNetwork *network,
               const char *target,
               const char *wrt,
               int code,
               const char *part)
{
  g_autoptr (GError) error = NULL;
  const SacShape shape = sac_shape_of (2);
  const SacPlanRequest request = {
    .input_shapes = &shape,
    .target = target,
    .wrt = NAMES (wrt),
  };
  g_autoptr (SacPlan) plan = sac_plan_new (network, &request, NULL, &error);

  g_assert_null (plan);
  test_assert_error (&error, SAC_ERROR, code, part);
}

static void
test_refused (void)
{
  g_autoptr (SacNetwork) network =
    parse ("input x float 2\n"
           "init w float 2 1 2\n"
           "node a Relu x -> p\n"
           "node cut Floor p -> f\n"
           "node b Neg f -> y\n"
           "node c Neg p -> side\n"
           "node top ArgMax x -> i\n"
           "node d Cast i -> j to=i:1\n"
           "node e Mul w,p -> z\n"
           "node low ReduceMin x -> m keepdims=i:0\n"
           "node clip Clip x,m -> q\n"
           "output y\noutput z\n");

  check_refused (network, "y", "x", SAC_ERROR_UNDEFINED,
                 "ends at node cut (Floor, opset 17)");
  check_refused (network, "y", "p", SAC_ERROR_UNDEFINED, "node cut (Floor");
  check_refused (network, "y", "side", SAC_ERROR_UNDEFINED,
                 "does not depend on");
  check_refused (network, "j", "x", SAC_ERROR_UNDEFINED, "node top (ArgMax");
  check_refused (network, "p", "y", SAC_ERROR_UNDEFINED, "does not depend on");
  check_refused (network, "i", "x", SAC_ERROR_MISMATCH,
                 "the target \"i\" is int64");
  check_refused (network, "j", "i", SAC_ERROR_MISMATCH,
                 "the value \"i\" is int64");
  check_refused (network, "q", "x", SAC_ERROR_UNSUPPORTED,
                 "node clip (Clip, opset 17): its gradient");
  check_refused (network, "z", "nobody", SAC_ERROR_MISMATCH, "no value");
}

enum { SUM_ROWS = 32, SUM_DEPTH = 32, SUM_COLUMNS = 64 };

static SacNetwork *
parse_sum_before (const char *function)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_printf (text, "input x float %d,%d\ninit w float %d,%d", SUM_ROWS,
                   SUM_DEPTH, SUM_DEPTH, SUM_COLUMNS);
  for (int i = 0; i < SUM_DEPTH * SUM_COLUMNS; i++)
    g_string_append (text, " 1.001953125");
  g_string_append_printf (text,
                          "\nnode a MatMul x,w -> p\nnode b Neg p -> q\n"
                          "node c %s q -> y\noutput y\n",
                          function);
  return parse (text->str);
}

/* Every product is (1 + 2^-9)^2; AMX leaves out its last 2^-18. */
static float
get_sum_before (const char *function)
{
  g_autoptr (SacNetwork) network = parse_sum_before (function);
  const SacShape shape = sac_shape_of (SUM_ROWS, SUM_DEPTH);
  g_autoptr (SacTensor) x = sac_tensor_new (SAC_TYPE_FLOAT, &shape, NULL);
  g_autoptr (GError) error = NULL;
  const SacPlanRequest request = {
    .input_shapes = &shape,
    .outputs = NAMES ("p"),
    .target = "y",
    .wrt = NAMES ("x"),
  };
  const SacTensor *const inputs[] = {x};
  const SacRunParams params = {.inputs = inputs};

  for (int i = 0; i < SUM_ROWS * SUM_DEPTH; i++)
    sac_tensor_f32 (x)[i] = 1 + 0x1p-9f;

  g_autoptr (SacPlan) plan = sac_plan_new (network, &request, NULL, &error);

  g_assert_no_error (error);

  g_autoptr (SacResult) result = sac_plan_run (plan, &params, NULL, &error);

  g_assert_no_error (error);
  return sac_tensor_f32 (sac_result_get_value (result, "p"))[0];
}

/* Where a slope jumps, the side of it is told by float32's products. */
static void
test_kinks (void)
{
  float exact = SUM_DEPTH * (1 + 0x1p-8f + 0x1p-18f);

  g_assert_cmpfloat (get_sum_before ("Relu"), ==, exact);
  g_assert_cmpfloat (get_sum_before ("HardSwish"), ==, exact);
  if (sac_compute_get_variant () == SAC_VARIANT_AMX)
    g_assert_cmpfloat (get_sum_before ("Sigmoid"), <, exact);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gradient/fan-out", test_fan_out);
  g_test_add_func ("/gradient/aliases", test_aliases);
  g_test_add_func ("/gradient/passed-on", test_passed_on);
  g_test_add_func ("/gradient/zero-gradient", test_zero_gradient);
  g_test_add_func ("/gradient/ties", test_ties);
  g_test_add_func ("/gradient/forward-only", test_forward_only);
  g_test_add_func ("/gradient/seed", test_seed);
  g_test_add_func ("/gradient/many-values", test_many_values);
  g_test_add_func ("/gradient/refused", test_refused);
  g_test_add_func ("/gradient/kinks", test_kinks);
  return g_test_run ();
}
