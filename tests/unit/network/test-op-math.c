/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The numeric ops: PyTorch's values (op-values), and what follows from the
 * definitions where PyTorch has no such op or says nothing. */
#include "op-run.h"
#include "op-values.h"
#include "support.h"

#include <math.h>

static void
test_values (const void *data)
{
  for (const OpValues *v = data; v->expected != NULL; v++)
    op_run_assert_output (&v->op_case, &v->shape, v->expected, OP_VALUES_CLOSE);
}

#define FLOATS(...)                                                            \
  (const float[])                                                              \
  {                                                                            \
    __VA_ARGS__                                                                \
  }
#define INTS(...)                                                              \
  (const int64_t[])                                                            \
  {                                                                            \
    __VA_ARGS__                                                                \
  }
#define SHAPE(...) &(const SacShape)OP_SHAPE (__VA_ARGS__)

/* An input of explicit elements. */
#define GIVEN(dims, ...)                                                       \
  {                                                                            \
    .type = SAC_TYPE_FLOAT, .shape = dims, .floats = FLOATS (__VA_ARGS__)      \
  }
#define GIVEN_INTS(given_type, dims, ...)                                      \
  {                                                                            \
    .type = given_type, .shape = dims, .ints = INTS (__VA_ARGS__)              \
  }

static OpRun *
run (const OpCase *op_case)
{
  g_autoptr (GError) error = NULL;
  OpRun *op_run = op_run_new (op_case, 0, &error);

  g_assert_no_error (error);
  g_assert_null (op_run_forward (op_run));
  return op_run;
}

static void
assert_ints (const OpCase *op_case,
             size_t output,
             const SacShape *shape,
             const int64_t *expected)
{
  g_autoptr (OpRun) op_run = run (op_case);
  const SacTensor *got = op_run_get_output (op_run, output);

  g_assert_cmpint (sac_tensor_get_kind (got), ==, SAC_KIND_I64);
  g_assert_true (sac_shape_equal (&got->shape, shape));
  for (int64_t i = 0; i < sac_tensor_get_count (got); i++)
    g_assert_cmpint (sac_tensor_i64 (got)[i], ==, expected[i]);
}

static void
assert_floats (OpRun *op_run, size_t output, const float *expected)
{
  const SacTensor *got = op_run_get_output (op_run, output);

  test_assert_close (sac_tensor_f32 (got), expected,
                     (size_t)sac_tensor_get_count (got), 1e-6, "output");
}

/* The gradient to input 0 when every element of output 0 has the gradient 1. */
static void
assert_gradient (const OpCase *op_case, const float *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OpRun) op_run = run (op_case);
  const SacTensor *x = op_run_get_input (op_run, 0);
  const SacTensor *y = op_run_get_output (op_run, 0);
  g_autoptr (SacTensor) dx = sac_tensor_new (x->type, &x->shape, &error);
  g_autoptr (SacTensor) dy = sac_tensor_new (y->type, &y->shape, &error);

  g_assert_no_error (error);
  for (int64_t i = 0; i < sac_tensor_get_count (dy); i++)
    sac_tensor_f32 (dy)[i] = 1;
  op_run_gradient (op_run, (SacTensor *[]){dy, NULL}, (SacTensor *[]){dx});
  test_assert_close (sac_tensor_f32 (dx), expected,
                     (size_t)sac_tensor_get_count (dx), 1e-6, op_case->what);
}

static void
test_convolution_edges (void)
{
  /* A stride that never takes effect, as large as it can be. */
  op_run_assert_output (
    &(OpCase){
      .op = "Conv",
      .what = "stride 2^62",
      .opset = 11,
      .attributes = {OP_INTS ("strides", INT64_C (1) << 62, 1)},
      .inputs = {GIVEN (OP_SHAPE (1, 1, 2, 3), 1, 2, 3, 4, 5, 6),
                 GIVEN (OP_SHAPE (1, 1, 1, 2), 1, 10)},
    },
    SHAPE (1, 1, 1, 2), FLOATS (21, 32), 0);
  op_run_assert_output (
    &(OpCase){
      .op = "Conv",
      .what = "no image",
      .opset = 11,
      .inputs = {OP_SIGNED (0, 2, 5, 5), OP_SIGNED (3, 2, 3, 3)},
    },
    SHAPE (0, 3, 3, 3), FLOATS (0), 0);
  op_run_assert_output (
    &(OpCase){
      .op = "Conv",
      .what = "no channels, only the bias",
      .opset = 11,
      .inputs = {OP_SIGNED (1, 0, 2, 1), OP_SIGNED (2, 0, 1, 1),
                 GIVEN (OP_SHAPE (2), 3, 4)},
    },
    SHAPE (1, 2, 2, 1), FLOATS (3, 3, 4, 4), 0);
}

static void
test_transposed_convolution_edges (void)
{
  /* What output_shape asks for beyond the full result is zero, at the end. */
  op_run_assert_output (
    &(OpCase){
      .op = "ConvTranspose",
      .what = "output_shape beyond the full result",
      .opset = 11,
      .attributes = {OP_INTS ("strides", 2), OP_INTS ("output_shape", 6)},
      .inputs = {GIVEN (OP_SHAPE (1, 1, 2), 1, 2),
                 GIVEN (OP_SHAPE (1, 1, 3), 1, 10, 100)},
    },
    SHAPE (1, 1, 6), FLOATS (1, 10, 102, 20, 200, 0), 0);
  /* Cropping an odd number: SAME_UPPER keeps the larger part at the end. */
  op_run_assert_output (
    &(OpCase){
      .op = "ConvTranspose",
      .what = "SAME_UPPER",
      .opset = 11,
      .attributes = {OP_INTS ("strides", 2),
                     OP_STRING ("auto_pad", "SAME_UPPER")},
      .inputs = {GIVEN (OP_SHAPE (1, 1, 2), 1, 2),
                 GIVEN (OP_SHAPE (1, 1, 3), 1, 10, 100)},
    },
    SHAPE (1, 1, 4), FLOATS (1, 10, 102, 20), 0);
  op_run_assert_output (
    &(OpCase){
      .op = "ConvTranspose",
      .what = "SAME_LOWER",
      .opset = 11,
      .attributes = {OP_INTS ("strides", 2),
                     OP_STRING ("auto_pad", "SAME_LOWER")},
      .inputs = {GIVEN (OP_SHAPE (1, 1, 2), 1, 2),
                 GIVEN (OP_SHAPE (1, 1, 3), 1, 10, 100)},
    },
    SHAPE (1, 1, 4), FLOATS (10, 102, 20, 200), 0);
}

/* Columns for all positions at once would take 588 MiB in the first case; in
 * the second one position alone takes 1.2 MiB. */
static void
test_convolution_memory (void)
{
  const OpCase cases[] = {
    {.op = "Conv",
     .opset = 11,
     .attributes = {OP_INTS ("pads", 3, 3, 3, 3)},
     .inputs = {OP_SIGNED (1, 3, 1024, 1024), OP_SIGNED (8, 3, 7, 7)}},
    {.op = "Conv",
     .opset = 11,
     .inputs = {OP_SIGNED (1, 300, 40, 40), OP_SIGNED (2, 300, 32, 32)}},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (OpRun) op_run = op_run_new (&cases[i], 0, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (op_run_get_workspace_bytes (op_run), <=, 16 << 20);
  }
}

static void
test_max_pool (void)
{
  const SacAttribute by_two[] = {OP_INTS ("kernel_shape", 2),
                                 OP_INTS ("strides", 2)};
  OpCase numbers = {
    .op = "MaxPool",
    .what = "Indices",
    .opset = 12,
    .attributes = {OP_INTS ("kernel_shape", 2, 2), OP_INTS ("strides", 2, 2)},
    .inputs = {GIVEN (OP_SHAPE (1, 2, 2, 4), 1, 2, 3, 4, 5, 6, 7, 8, 8, 7, 6, 5,
                      4, 3, 2, 1)},
    .output_count = 2,
  };

  assert_ints (&numbers, 1, SHAPE (1, 2, 1, 2), INTS (5, 7, 8, 10));
  numbers.attributes[2] = (SacAttribute)OP_INT ("storage_order", 1);
  assert_ints (&numbers, 1, SHAPE (1, 2, 1, 2), INTS (3, 7, 8, 12));

  op_run_assert_output (
    &(OpCase){
      .op = "MaxPool",
      .what = "NaN and minus infinity",
      .opset = 12,
      .attributes = {by_two[0], by_two[1]},
      .inputs = {GIVEN (OP_SHAPE (1, 1, 8), NAN, 1, 2, NAN, -INFINITY,
                        -INFINITY, -3, -INFINITY)},
    },
    SHAPE (1, 1, 4), FLOATS (NAN, NAN, -INFINITY, -3), 0);
  assert_gradient (
    &(OpCase){
      .op = "MaxPool",
      .what = "of equal elements the first",
      .opset = 12,
      .attributes = {by_two[0], by_two[1]},
      .inputs = {GIVEN (OP_SHAPE (1, 1, 6), 0, 0, -INFINITY, -INFINITY, 1, 2)},
    },
    FLOATS (1, 0, 1, 0, 0, 1));
  assert_gradient (
    &(OpCase){
      .op = "GlobalMaxPool",
      .what = "of equal elements the first",
      .opset = 7,
      .inputs = {GIVEN (OP_SHAPE (1, 2, 3), 0, 0, 0, 1, 3, 3)},
    },
    FLOATS (1, 0, 0, 0, 1, 0));
}

static void
test_softmax_edges (void)
{
  op_run_assert_output (
    &(OpCase){
      .op = "Softmax",
      .what = "rows of infinities",
      .opset = 13,
      .inputs = {GIVEN (OP_SHAPE (4, 2), -INFINITY, -INFINITY, 0, -INFINITY,
                        INFINITY, 0, 1000, 1000)},
    },
    SHAPE (4, 2), FLOATS (NAN, NAN, 1, 0, NAN, NAN, 0.5f, 0.5f), 0);
  op_run_assert_output (
    &(OpCase){
      .op = "LogSoftmax",
      .what = "far apart",
      .opset = 13,
      .attributes = {OP_INT ("axis", 0)},
      .inputs = {GIVEN (OP_SHAPE (2, 2), 0, -500, 500, 0)},
    },
    SHAPE (2, 2), FLOATS (-500, -500, 0, 0), 0);
  op_run_assert_output (
    &(OpCase){
      .op = "Softmax",
      .what = "no elements",
      .opset = 13,
      .inputs = {OP_SIGNED (0, 3)},
    },
    SHAPE (0, 3), FLOATS (0), 0);
  op_run_assert_output (
    &(OpCase){
      .op = "Hardmax",
      .what = "the first of the largest",
      .opset = 13,
      .inputs = {GIVEN (OP_SHAPE (2, 3), 1, 3, 3, -1, -2, -1)},
    },
    SHAPE (2, 3), FLOATS (0, 1, 0, 1, 0, 0), 0);
  op_run_assert_output (
    &(OpCase){
      .op = "Hardmax",
      .what = "flattened before opset 13",
      .opset = 11,
      .inputs = {GIVEN (OP_SHAPE (1, 2, 2), 1, 3, 4, 2)},
    },
    SHAPE (1, 2, 2), FLOATS (0, 0, 1, 0), 0);
}

static void
test_norm_edges (void)
{
  g_autoptr (OpRun) layer = run (&(OpCase){
    .op = "LayerNormalization",
    .opset = 17,
    .attributes = {OP_FLOAT ("epsilon", 0)},
    .inputs = {GIVEN (OP_SHAPE (2, 2), 1, 3, 10, 14),
               GIVEN (OP_SHAPE (2), 1, 2)},
    .output_count = 3,
  });
  g_autoptr (OpRun) batch = run (&(OpCase){
    .op = "BatchNormalization",
    .opset = 15,
    .attributes = {OP_FLOAT ("epsilon", 0)},
    .inputs = {GIVEN (OP_SHAPE (1, 2), 1, 3), GIVEN (OP_SHAPE (2), 1, 2),
               GIVEN (OP_SHAPE (2), 0, 5), GIVEN (OP_SHAPE (2), 0, 1),
               GIVEN (OP_SHAPE (2), 4, 16)},
    .output_count = 3,
  });

  assert_floats (layer, 0, FLOATS (-1, 2, -1, 2));
  assert_floats (layer, 1, FLOATS (2, 12));
  assert_floats (layer, 2, FLOATS (1, 0.5f));
  assert_floats (batch, 0, FLOATS (0.5f, 6));
  assert_floats (batch, 1, FLOATS (0, 1));
  assert_floats (batch, 2, FLOATS (4, 16));
  op_run_assert_output (
    &(OpCase){
      .op = "LpNormalization",
      .what = "a vector of zeros",
      .opset = 7,
      .inputs = {GIVEN (OP_SHAPE (2, 2), 0, 0, 3, -4)},
    },
    SHAPE (2, 2), FLOATS (0, 0, 0.6f, -0.8f), 1e-7);
  /* An even window has its larger part behind: channels 0 to 1, then 1. */
  op_run_assert_output (
    &(OpCase){
      .op = "LRN",
      .what = "even window",
      .opset = 13,
      .attributes = {OP_INT ("size", 2), OP_FLOAT ("alpha", 2),
                     OP_FLOAT ("beta", 1), OP_FLOAT ("bias", 0)},
      .inputs = {GIVEN (OP_SHAPE (1, 2, 1), 1, 2)},
    },
    SHAPE (1, 2, 1), FLOATS (0.2f, 0.5f), 1e-6);
}

static void
test_reduce_integers (void)
{
  assert_ints (
    &(OpCase){
      .op = "ReduceProd",
      .opset = 11,
      .attributes = {OP_INTS ("axes", 0), OP_INT ("keepdims", 0)},
      .inputs = {GIVEN_INTS (SAC_TYPE_INT64, OP_SHAPE (3), 1 << 20, 1 << 20,
                             3)},
    },
    0, &(SacShape){.rank = 0}, INTS (INT64_C (3) << 40));
  assert_ints (
    &(OpCase){
      .op = "ReduceSum",
      .opset = 13,
      .inputs = {GIVEN_INTS (SAC_TYPE_INT32, OP_SHAPE (2, 2), INT32_MAX, 1, -5,
                             2),
                 OP_CONSTANT_INTS (1)},
    },
    0, SHAPE (2, 1), INTS (INT32_MIN, -3));
  assert_ints (
    &(OpCase){
      .op = "ReduceMax",
      .opset = 11,
      .attributes = {OP_INTS ("axes", -2)},
      .inputs = {GIVEN_INTS (SAC_TYPE_INT64, OP_SHAPE (2, 2), -7, 1, -5, -2)},
    },
    0, SHAPE (1, 2), INTS (-5, 1));
  assert_ints (
    &(OpCase){
      .op = "ReduceMin",
      .opset = 11,
      .inputs = {GIVEN_INTS (SAC_TYPE_INT64, OP_SHAPE (2, 2), -7, 1, -5, -2)},
    },
    0, SHAPE (1, 1), INTS (-7));
  assert_ints (
    &(OpCase){
      .op = "MatMul",
      .opset = 13,
      .inputs = {GIVEN_INTS (SAC_TYPE_INT32, OP_SHAPE (1, 2), 1 << 20, 3),
                 GIVEN_INTS (SAC_TYPE_INT32, OP_SHAPE (2, 2), 1 << 11, 1, 1,
                             2)},
    },
    0, SHAPE (1, 2), INTS ((int32_t)0x80000003, (1 << 20) + 6));
}

static void
test_reduce_edges (void)
{
  static const struct {
    const char *op;
    float of_nothing;
  } starts[] = {
    {"ReduceSum", 0},        {"ReduceProd", 1}, {"ReduceMax", -INFINITY},
    {"ReduceMin", INFINITY}, {"ReduceL2", 0},   {"ReduceLogSumExp", -INFINITY},
    {"ReduceMean", NAN},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (starts); i++)
    op_run_assert_output (
      &(OpCase){
        .op = starts[i].op,
        .what = "no elements",
        .opset = 18,
        .inputs = {OP_SIGNED (1, 0, 2), OP_CONSTANT_INTS (1)},
      },
      SHAPE (1, 1, 2), FLOATS (starts[i].of_nothing, starts[i].of_nothing), 0);
  op_run_assert_output (
    &(OpCase){
      .op = "ReduceMax",
      .what = "NaN",
      .opset = 11,
      .attributes = {OP_INTS ("axes", 1)},
      .inputs = {GIVEN (OP_SHAPE (2, 3), 1, NAN, 2, 1, 3, 2)},
    },
    SHAPE (2, 1), FLOATS (NAN, 3), 0);
  op_run_assert_output (
    &(OpCase){
      .op = "ReduceLogSumExp",
      .what = "large and infinite",
      .opset = 11,
      .attributes = {OP_INTS ("axes", 1), OP_INT ("keepdims", 0)},
      .inputs = {GIVEN (OP_SHAPE (3, 2), 1000, 1000, -INFINITY, -INFINITY,
                        INFINITY, 0)},
    },
    SHAPE (3), FLOATS (1000.6931472f, -INFINITY, INFINITY), 1e-7);
  op_run_assert_output (
    &(OpCase){
      .op = "ReduceSum",
      .what = "empty list of axes: all",
      .opset = 13,
      .inputs = {GIVEN (OP_SHAPE (2, 2), 1, 2, 3, 4),
                 {.type = SAC_TYPE_INT64, .constant = true, .shape = {1, {0}}}},
    },
    SHAPE (1, 1), FLOATS (10), 0);
  op_run_assert_output (
    &(OpCase){
      .op = "ReduceSumSquare",
      .what = "no axes, noop",
      .opset = 18,
      .attributes = {OP_INT ("noop_with_empty_axes", 1)},
      .inputs = {GIVEN (OP_SHAPE (2), 2, -3)},
    },
    SHAPE (2), FLOATS (4, 9), 0);
}

static void
test_reduce_gradients (void)
{
  assert_gradient (
    &(OpCase){
      .op = "ReduceMax",
      .what = "equal elements share",
      .opset = 11,
      .inputs = {GIVEN (OP_SHAPE (4), 2, 1, 2, 0)},
    },
    FLOATS (0.5f, 0, 0.5f, 0));
  assert_gradient (
    &(OpCase){
      .op = "ReduceProd",
      .what = "zeros",
      .opset = 11,
      .attributes = {OP_INTS ("axes", 1)},
      .inputs = {GIVEN (OP_SHAPE (3, 3), 2, 3, 4, 2, 0, 4, 0, 0, 4)},
    },
    FLOATS (12, 8, 6, 0, 8, 0, 0, 0, 0));
  assert_gradient (
    &(OpCase){
      .op = "ReduceL2",
      .what = "zeros",
      .opset = 11,
      .attributes = {OP_INTS ("axes", 1)},
      .inputs = {GIVEN (OP_SHAPE (2, 2), 0, 0, 3, 4)},
    },
    FLOATS (0, 0, 0.6f, 0.8f));
}

/* A type narrower than float32 keeps its name. */
static void
test_half (void)
{
  OpCase op_case = {
    .op = "Gemm",
    .opset = 13,
    .inputs = {{.type = SAC_TYPE_FLOAT16,
                .shape = OP_SHAPE (1, 2),
                .floats = FLOATS (1, 2)},
               {.type = SAC_TYPE_FLOAT16,
                .shape = OP_SHAPE (2, 1),
                .floats = FLOATS (3, 4)}},
  };
  g_autoptr (OpRun) op_run = run (&op_case);

  g_assert_cmpint (op_run_get_output (op_run, 0)->type, ==, SAC_TYPE_FLOAT16);
  assert_floats (op_run, 0, FLOATS (11));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/op-math/values/convolutions", op_values_convolutions,
                        test_values);
  g_test_add_data_func ("/op-math/values/norms", op_values_norms, test_values);
  g_test_add_data_func ("/op-math/values/pools", op_values_pools, test_values);
  g_test_add_data_func ("/op-math/values/products", op_values_products,
                        test_values);
  g_test_add_data_func ("/op-math/values/reductions", op_values_reductions,
                        test_values);
  g_test_add_data_func ("/op-math/values/resizes", op_values_resizes,
                        test_values);
  g_test_add_func ("/op-math/convolution-edges", test_convolution_edges);
  g_test_add_func ("/op-math/transposed-convolution-edges",
                   test_transposed_convolution_edges);
  g_test_add_func ("/op-math/convolution-memory", test_convolution_memory);
  g_test_add_func ("/op-math/max-pool", test_max_pool);
  g_test_add_func ("/op-math/softmax-edges", test_softmax_edges);
  g_test_add_func ("/op-math/norm-edges", test_norm_edges);
  g_test_add_func ("/op-math/reduce-integers", test_reduce_integers);
  g_test_add_func ("/op-math/reduce-edges", test_reduce_edges);
  g_test_add_func ("/op-math/reduce-gradients", test_reduce_gradients);
  g_test_add_func ("/op-math/half", test_half);
  return g_test_run ();
}
