/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How exact the element-wise ops are, float32 against float64, and what their
 * gradients are where the derivative is not defined. */
#include "compute/vector-math.h"
#include "op-run.h"

#include <math.h>
#include <string.h>

#define FLOATS(shape_, ...)                                                    \
  {                                                                            \
    .type = SAC_TYPE_FLOAT, .shape = shape_, .floats = (const float[])         \
    {                                                                          \
      __VA_ARGS__                                                              \
    }                                                                          \
  }
#define ROW(n) OP_SHAPE (n)

/* Against the C library in double, over the whole range and close to 0. */
static void
check_function (const char *name,
                float (*fast) (float),
                double (*exact) (double),
                double from,
                double to,
                double relative)
{
  for (int i = 0; i <= 200000; i++) {
    float x = (float)(from + (to - from) * i / 200000);
    double expected = exact ((double)x);
    double error = fabs ((double)fast (x) - expected);

    if (error > relative * fabs (expected))
      g_error ("%s (%.9g) is %.9g, expected %.9g", name, (double)x,
               (double)fast (x), expected);
  }
}

static void
test_accuracy (void)
{
  check_function ("exp", sac_vector_exp, exp, -87.3, 88.7, 1.2e-7);
  check_function ("expm1", sac_vector_expm1, expm1, -20, 0, 2.5e-7);
  check_function ("expm1", sac_vector_expm1, expm1, -1e-4, 1e-4, 1.2e-7);
  check_function ("tanh", sac_vector_tanh, tanh, -12, 12, 1.8e-7);
  check_function ("tanh", sac_vector_tanh, tanh, -1e-4, 1e-4, 1.2e-7);
  check_function ("erf", sac_vector_erf, erf, -6, 6, 1.2e-7);
  check_function ("erf", sac_vector_erf, erf, -1e-4, 1e-4, 1.2e-7);
  g_assert_cmpfloat (sac_vector_exp (89), ==, INFINITY);
  g_assert_cmpfloat (sac_vector_exp (-INFINITY), ==, 0);
  g_assert_cmpfloat (sac_vector_exp (-100), ==, 27 * 0x1p-149f);
}

/* The last element must not depend on the length before it: vector loops and
 * their tails are the same code to the last bit or nearly so. */
static void
test_tails (void)
{
  static const char *const names[] = {"Exp", "Tanh", "Erf", "Sigmoid", "Gelu"};

  for (size_t k = 0; k < G_N_ELEMENTS (names); k++) {
    for (int64_t count = 1; count <= 67; count++) {
      g_autoptr (GError) error = NULL;
      OpCase use = {.op = names[k], .what = "tails", .opset = 20};

      use.inputs[0] = (OpInput){.type = SAC_TYPE_FLOAT, .shape = {1, {count}}};

      g_autoptr (OpRun) run = op_run_new (&use, 3, &error);

      g_assert_no_error (error);
      for (int64_t i = 0; i < count; i++)
        sac_tensor_f32 (op_run_get_input (run, 0))[i] = 0.77f;
      g_assert_null (op_run_forward (run));
      for (int64_t i = 0; i < count; i++)
        g_assert_cmpfloat_with_epsilon (sac_tensor_f32 (
                                          op_run_get_output (run, 0))[i],
                                        sac_tensor_f32 (
                                          op_run_get_output (run, 0))[0],
                                        2e-7f);
    }
  }
}

/* The use with its float32 inputs as float64, with the same numbers. */
static OpCase
make_double (const OpCase *use, OpRun *single)
{
  OpCase copy = *use;

  for (size_t i = 0; i < op_run_get_input_count (single); i++) {
    SacTensor *input = op_run_get_input (single, i);

    if (input == NULL || input->type != SAC_TYPE_FLOAT)
      continue;
    copy.inputs[i].type = SAC_TYPE_DOUBLE;
    copy.inputs[i].floats = sac_tensor_f32 (input);
  }
  return copy;
}

static SacTensor *
new_filled (SacType type, const SacShape *shape, double value)
{
  g_autoptr (GError) error = NULL;
  SacTensor *tensor = sac_tensor_new (type, shape, &error);

  g_assert_no_error (error);
  for (int64_t i = 0; i < sac_tensor_get_count (tensor); i++) {
    double number = value * (1 + (double)(i % 7));

    if (type == SAC_TYPE_DOUBLE)
      ((double *)tensor->data)[i] = number;
    else
      sac_tensor_f32 (tensor)[i] = (float)number;
  }
  return tensor;
}

static void
assert_same (const OpCase *use,
             const SacTensor *single,
             const SacTensor *wide,
             const char *noun)
{
  double largest = 1e-3;

  g_assert_true (sac_shape_equal (&single->shape, &wide->shape));
  if (wide->type != SAC_TYPE_DOUBLE) {
    g_assert_cmpmem (single->data, sac_tensor_get_bytes (single), wide->data,
                     sac_tensor_get_bytes (wide));
    return;
  }
  for (int64_t i = 0; i < sac_tensor_get_count (wide); i++)
    largest = fmax (largest, fabs (((const double *)wide->data)[i]));
  for (int64_t i = 0; i < sac_tensor_get_count (wide); i++) {
    double x = (double)sac_tensor_f32 (single)[i];
    double y = ((const double *)wide->data)[i];

    if (!(fabs (x - y) <= 2e-6 * largest))
      g_error ("%s (%s): %s %" G_GINT64_FORMAT " is %.9g in float32, %.9g in "
               "float64",
               use->op, use->what, noun, i, x, y);
  }
}

static void
differentiate (OpRun *run, SacTensor **gradients)
{
  SacTensor *weights[OP_OUTPUTS_MAX] = {NULL};

  for (size_t i = 0; i < op_run_get_output_count (run); i++) {
    SacTensor *output = op_run_get_output (run, i);

    if (sac_type_is_float (output->type))
      weights[i] = new_filled (output->type, &output->shape, 0.3);
  }
  for (size_t i = 0; i < op_run_get_input_count (run); i++) {
    if (op_run_has_gradient (run, i))
      gradients[i] = new_filled (op_run_get_input (run, i)->type,
                                 &op_run_get_input (run, i)->shape, 0);
  }
  op_run_gradient (run, weights, gradients);
  for (size_t i = 0; i < OP_OUTPUTS_MAX; i++)
    g_clear_pointer (&weights[i], sac_tensor_unref);
}

static void
check_double (const OpCase *use)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OpRun) single = op_run_new (use, 1, &error);
  SacTensor *single_gradients[OP_INPUTS_MAX] = {NULL};
  SacTensor *wide_gradients[OP_INPUTS_MAX] = {NULL};

  g_assert_no_error (error);

  OpCase copy = make_double (use, single);
  g_autoptr (OpRun) wide = op_run_new (&copy, 1, &error);

  g_assert_no_error (error);
  g_assert_null (op_run_forward (single));
  g_assert_null (op_run_forward (wide));
  for (size_t i = 0; i < op_run_get_output_count (wide); i++)
    assert_same (use, op_run_get_output (single, i),
                 op_run_get_output (wide, i), "element");
  if (op_run_get_op (wide)->gradient != NULL) {
    differentiate (single, single_gradients);
    differentiate (wide, wide_gradients);
  }
  for (size_t i = 0; i < OP_INPUTS_MAX; i++) {
    if (wide_gradients[i] != NULL)
      assert_same (use, single_gradients[i], wide_gradients[i], "gradient");
    g_clear_pointer (&single_gradients[i], sac_tensor_unref);
    g_clear_pointer (&wide_gradients[i], sac_tensor_unref);
  }
}

/* Everything of op-cases-move once more in float64. */
static void
test_doubles (void)
{
  for (const OpCase *use = op_cases_move; use->op != NULL; use++) {
    if (strcmp (use->op, "Cast") != 0)
      check_double (use);
  }
}

/* torch.maximum splits ties evenly; torch's clamp, relu and prelu at their
 * kinks (torch 1.13). */
/* clang-format off */
static const struct {
  OpCase use;
  float gradient[4];
} kinks[] = {
  { { .op = "Max", .what = "a tie", .opset = 13,
      .inputs = { FLOATS (ROW (2), 1, 2), FLOATS (ROW (2), 1, 3) } },
    { 0.5f, 0 } },
  { { .op = "Clip", .what = "at both bounds", .opset = 13,
      .inputs = { FLOATS (ROW (4), -1, 1, -2, 2), FLOATS ({ 0 }, -1),
                  FLOATS ({ 0 }, 1) } },
    { 1, 1, 0, 0 } },
  { { .op = "Relu", .what = "at 0", .opset = 13,
      .inputs = { FLOATS (ROW (2), 0, 1) } }, { 0, 1 } },
  { { .op = "Abs", .what = "at 0", .opset = 13,
      .inputs = { FLOATS (ROW (3), 0, 1, -1) } }, { 0, 1, -1 } },
  { { .op = "LeakyRelu", .what = "at 0", .opset = 13,
      .attributes = { OP_FLOAT ("alpha", 0.25f) },
      .inputs = { FLOATS (ROW (2), 0, 1) } }, { 0.25f, 1 } },
  { { .op = "HardSwish", .what = "at both kinks", .opset = 14,
      .inputs = { FLOATS (ROW (2), -3, 3) } }, { -0.5f, 1.5f } },
  { { .op = "HardSigmoid", .what = "at both kinks", .opset = 13,
      .attributes = { OP_FLOAT ("alpha", 0.5f) },
      .inputs = { FLOATS (ROW (3), -1, 1, 0) } }, { 0, 0, 0.5f } },
};
/* clang-format on */

static void
test_kinks (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (kinks); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (OpRun) run = op_run_new (&kinks[i].use, 0, &error);
    SacTensor *gradients[OP_INPUTS_MAX] = {NULL};

    g_assert_no_error (error);
    g_assert_null (op_run_forward (run));

    SacTensor *output = op_run_get_output (run, 0);
    g_autoptr (SacTensor) ones = new_filled (SAC_TYPE_FLOAT, &output->shape, 1);
    g_autoptr (SacTensor) gradient =
      new_filled (SAC_TYPE_FLOAT, &output->shape, 0);

    for (int64_t k = 0; k < sac_tensor_get_count (ones); k++)
      sac_tensor_f32 (ones)[k] = 1;
    gradients[0] = gradient;
    op_run_gradient (run, (SacTensor *const[]){ones}, gradients);
    for (int64_t k = 0; k < sac_tensor_get_count (gradient); k++) {
      if (sac_tensor_f32 (gradient)[k] != kinks[i].gradient[k])
        g_error ("%s (%s): gradient %" G_GINT64_FORMAT " is %g, expected %g",
                 kinks[i].use.op, kinks[i].use.what, k,
                 (double)sac_tensor_f32 (gradient)[k],
                 (double)kinks[i].gradient[k]);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op-precision/accuracy", test_accuracy);
  g_test_add_func ("/op-precision/tails", test_tails);
  g_test_add_func ("/op-precision/doubles", test_doubles);
  g_test_add_func ("/op-precision/kinks", test_kinks);
  return g_test_run ();
}
