/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Products with constant weights and what follows them, as one op and node by
 * node: values, gradients, captures, and how many steps are left. */
#include "network/plan-profile.h"
#include "network/plan.h"

#include "onnx-writer.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* Of the largest value: sums of 24 products in another order, and functions
 * that err by 3e-7. */
#define TOLERANCE 3e-6

#define DEPTH 24
#define COLUMNS 32

/* x 2 x rows x DEPTH; W, bias and scale stand ready. */
static char *
write_network (const char *lines, int64_t rows)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "input x float 2,%" G_GINT64_FORMAT ",24\n", rows);
  static const struct {
    const char *name, *shape;
    int count;
  } constants[] = {
    {"w", "24,32", DEPTH * COLUMNS},
    {"turned", "32,24", DEPTH * COLUMNS},
    {"bias", "32", COLUMNS},
    {"scale", "32", COLUMNS},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (constants); i++) {
    g_string_append_printf (text, "init %s float %s", constants[i].name,
                            constants[i].shape);
    for (int k = 0; k < constants[i].count; k++)
      g_string_append_printf (text, " %d.%02d", (k * 7 + (int)i) % 3 - 1,
                              (k * 37 + (int)i * 11) % 100);
    g_string_append (text, "\n");
  }
  g_string_append (text, "init root float - 1.4142135\n"
                         "init inverse float - 0.70710678\n"
                         "init one float - 1\n"
                         "init half float - 0.5\n"
                         "init quick float - 1.702\n"
                         "init flat int64 2 -1 24\n");
  g_string_append (text, lines);
  return g_string_free (text, FALSE);
}

static SacTensor *
make_wave (const SacShape *shape, double phase)
{
  SacTensor *tensor = sac_tensor_new (SAC_TYPE_FLOAT, shape, NULL);

  for (int64_t i = 0; i < sac_tensor_get_count (tensor); i++)
    sac_tensor_f32 (tensor)[i] = (float)sin (phase + 1.7 * (double)i);
  return tensor;
}

static SacResult *
run (SacNetwork *network, SacPlanRequest *request, size_t *ret_steps)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensor) x = make_wave (request->input_shapes, 0.3);
  g_autoptr (SacPlan) plan = sac_plan_new (network, request, NULL, &error);

  g_assert_no_error (error);

  int y = sac_graph_find_value (sac_network_get_graph (network), "y");
  g_autoptr (SacTensor) cotangent =
    make_wave (&sac_plan_get_info (plan, y)->shape, 2);
  const SacTensor *const inputs[] = {x};
  const SacRunParams params = {.inputs = inputs, .cotangent = cotangent};
  SacResult *result = sac_plan_run (plan, &params, NULL, &error);

  g_assert_no_error (error);
  *ret_steps = sac_plan_get_step_count (plan);
  return result;
}

static void
assert_near (const SacTensor *got, const SacTensor *expected)
{
  const float *a = sac_tensor_f32 (got), *b = sac_tensor_f32 (expected);
  double largest = 0;

  g_assert_true (sac_shape_equal (&got->shape, &expected->shape));
  for (int64_t i = 0; i < sac_tensor_get_count (got); i++)
    largest = MAX (largest, fabs ((double)b[i]));
  g_assert_cmpfloat (largest, >, 0);
  for (int64_t i = 0; i < sac_tensor_get_count (got); i++)
    g_assert_cmpfloat_with_epsilon (a[i], b[i], TOLERANCE * largest);
}

/* Returns: by how many steps the plan got shorter. */
static int
compare_rows (const char *lines, const char *const *captures, int64_t rows)
{
  g_autofree char *text = write_network (lines, rows);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = onnx_write (text);
  g_autoptr (SacNetwork) network =
    sac_network_parse (bytes, "test.onnx", &error);
  const SacShape shape = sac_shape_of (2, rows, DEPTH);
  SacPlanRequest request = {
    .input_shapes = &shape,
    .captures = captures,
    .target = "y",
    .wrt = (const char *const[]){"x", NULL},
    .plain = true,
  };
  size_t parts, joined;

  g_assert_no_error (error);

  g_autoptr (SacResult) expected = run (network, &request, &parts);

  request.plain = false;

  g_autoptr (SacResult) got = run (network, &request, &joined);

  assert_near (sac_result_get_value (got, "y"),
               sac_result_get_value (expected, "y"));
  assert_near (sac_result_get_gradient (got, "x"),
               sac_result_get_gradient (expected, "x"));
  for (size_t i = 0; captures != NULL && captures[i] != NULL; i++)
    assert_near (sac_result_get_value (got, captures[i]),
                 sac_result_get_value (expected, captures[i]));
  return (int)parts - (int)joined;
}

/* Few rows go back another way than many. */
static int
compare (const char *lines, const char *const *captures)
{
  compare_rows (lines, captures, 2);
  return compare_rows (lines, captures, 5);
}

#define PRODUCT "node a MatMul x,w -> p\nnode b Add bias,p -> q\n"

/* GELU as PyTorch takes it apart, and in three other orders. */
static const char *const functions[] = {
  PRODUCT "node c Relu q -> y\noutput y\n",
  PRODUCT "node c Tanh q -> y\noutput y\n",
  PRODUCT "node c Sigmoid q -> r\nnode d Mul q,r -> y\noutput y\n",
  PRODUCT "node c Mul q,quick -> r\nnode d Sigmoid r -> s\n"
          "node e Mul s,q -> y\noutput y\n",
  PRODUCT "node c Div q,root -> r\nnode d Erf r -> s\nnode e Add s,one -> t\n"
          "node f Mul q,t -> u\nnode g Mul u,half -> y\noutput y\n",
  PRODUCT "node c Mul q,inverse -> r\nnode d Erf r -> s\n"
          "node e Add one,s -> t\nnode f Mul t,half -> u\n"
          "node g Mul u,q -> y\noutput y\n",
  PRODUCT "node c Mul q,half -> h\nnode d Div q,root -> r\nnode e Erf r -> s\n"
          "node f Add s,one -> t\nnode g Mul h,t -> y\noutput y\n",
};

/* The bias' sum is a step forward only: it hands its gradient on. */
static void
test_functions (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (functions); i++)
    g_assert_cmpint (compare (functions[i], NULL), >=, 3);
}

/* One step forward and one back, besides the seed. */
static void
test_tail (void)
{
  static const char scaled[] = PRODUCT "node c Mul q,scale -> r\n"
                                       "node d Relu x -> z\n"
                                       "node e MatMul z,w -> o\n"
                                       "node f Add o,r -> y\noutput y\n";
  static const char general[] = "node a Reshape x,flat -> f\n"
                                "node b Gemm f,turned,bias -> y transB=i:1\n"
                                "output y\n";

  /* Three ops that follow the products, of which the sums have no step back. */
  g_assert_cmpint (compare (scaled, NULL), ==, 4);
  g_assert_cmpint (compare (general, NULL), ==, 0);
}

/* What is asked for is there, and what follows it is not taken in. */
static void
test_captures (void)
{
  static const char *const all[] = {"p", "q", "r", "s", "t", "u", NULL};

  compare (functions[4], all);
  for (size_t i = 0; all[i] != NULL; i++)
    compare (functions[4], (const char *const[]){all[i], NULL});
}

/* A function of something else, another number, a sum with itself. */
static void
test_left_alone (void)
{
  static const char *const others[] = {
    PRODUCT "node c Mul q,quick -> r\nnode d Sigmoid r -> s\n"
            "node e Mul s,p -> y\noutput y\n",
    PRODUCT "node c Div q,root -> r\nnode d Erf r -> s\n"
            "node e Add s,half -> t\nnode f Mul q,t -> u\n"
            "node g Mul u,half -> y\noutput y\n",
    PRODUCT "node c Add q,q -> y\noutput y\n",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (others); i++)
    compare (others[i], NULL);
}

/* From an image through what keeps sums to a product; `back`: how the image
 * begins. */
static char *
write_pooled (const char *back)
{
  g_autofree char *product = write_network ("", 2);
  GString *text = g_string_new (strchr (product, '\n') + 1);

  g_string_prepend (text, "input x float 2,6,4,8\n");
  g_string_append (text, back);
  g_string_append (text, "node b MaxPool r -> m kernel_shape=is:2,2 "
                         "strides=is:2,2\n"
                         "node c AveragePool m -> v kernel_shape=is:1,2 "
                         "strides=is:1,2\n"
                         "node d Flatten v -> f\n"
                         "node e Gemm f,turned,bias -> p transB=i:1\n"
                         "node g Relu p -> q\n"
                         "node h Mul q,scale -> y\noutput y\n");
  return g_string_free (text, FALSE);
}

/* The sums over the last two axes; of the largest. */
static void
assert_sums_near (const SacTensor *got, const SacTensor *expected)
{
  size_t places = (size_t)(got->shape.dims[2] * got->shape.dims[3]);
  size_t count = (size_t)sac_tensor_get_count (got) / places;
  g_autofree double *sums = g_new0 (double, 2 * count);
  double largest = 0;

  for (size_t i = 0; i < count * places; i++) {
    sums[2 * (i / places)] += (double)sac_tensor_f32 (got)[i];
    sums[2 * (i / places) + 1] += (double)sac_tensor_f32 (expected)[i];
  }
  for (size_t i = 0; i < count; i++)
    largest = MAX (largest, fabs (sums[2 * i + 1]));
  g_assert_cmpfloat (largest, >, 0);
  for (size_t i = 0; i < count; i++)
    g_assert_cmpfloat_with_epsilon (sums[2 * i], sums[2 * i + 1],
                                    TOLERANCE * largest);
}

/* Returns: whether the gradient is another one than the true one, of which only
 * the sums are wanted. */
static bool
compare_sums (const char *back, const char *wrt)
{
  g_autofree char *text = write_pooled (back);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = onnx_write (text);
  g_autoptr (SacNetwork) network =
    sac_network_parse (bytes, "test.onnx", &error);
  const SacShape shape = sac_shape_of (2, 6, 4, 8);
  const char *const names[] = {wrt, NULL};
  SacPlanRequest request = {
    .input_shapes = &shape,
    .captures = names,
    .target = "y",
    .wrt = names,
  };
  size_t steps;

  g_assert_no_error (error);

  g_autoptr (SacResult) expected = run (network, &request, &steps);

  request.gradient_sums = true;

  g_autoptr (SacResult) got = run (network, &request, &steps);
  const SacTensor *a = sac_result_get_gradient (got, wrt);
  const SacTensor *b = sac_result_get_gradient (expected, wrt);

  assert_sums_near (a, b);
  return memcmp (sac_tensor_f32 (a), sac_tensor_f32 (b),
                 sac_tensor_get_bytes (a)) != 0;
}

/* With wanted sums a product gives no more; what does not keep them has the
 * whole gradient. */
static void
test_sums (void)
{
  static const char relu[] = "node a Relu x -> r\n";
  static const char crossed[] = "node a Tanh x -> t\n"
                                "node i Sigmoid x -> s\n"
                                "node j Add t,s -> r\n";

  g_assert_true (compare_sums (relu, "r"));
  g_assert_true (compare_sums (relu, "m"));
  g_assert_true (compare_sums (crossed, "r"));
  g_assert_false (compare_sums (relu, "x"));
  g_assert_false (compare_sums (crossed, "x"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* What rewriting changes, not what a kind of kernels does. */
  sac_plan_set_exact (true);
  g_test_add_func ("/linear/functions", test_functions);
  g_test_add_func ("/linear/tail", test_tail);
  g_test_add_func ("/linear/captures", test_captures);
  g_test_add_func ("/linear/left-alone", test_left_alone);
  g_test_add_func ("/linear/sums", test_sums);
  return g_test_run ();
}
