/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What Resize and Upsample promise beyond PyTorch's interpolate (op-values):
 * sizes of outputs, rounding at halves, crops, and the older opsets.  Expected
 * numbers follow from the formulas of the ONNX operator documentation. */
#include "base/error.h"
#include "op-run.h"
#include "support.h"

#define FLOATS(...)                                                            \
  (const float[])                                                              \
  {                                                                            \
    __VA_ARGS__                                                                \
  }
#define SHAPE(...) &(const SacShape)OP_SHAPE (__VA_ARGS__)
#define COORDINATES "coordinate_transformation_mode"

/* A row of numbers as an image. */
#define ROW(...)                                                               \
  {                                                                            \
    .type = SAC_TYPE_FLOAT,                                                    \
    .shape = {1, {sizeof ((const float[]){__VA_ARGS__}) / sizeof (float)}},    \
    .floats = FLOATS (__VA_ARGS__)                                             \
  }

/* Two outputs for four inputs lie at 0.5 and 2.5: both are halves. */
static void
test_nearest (void)
{
  static const struct {
    const char *mode;
    float expected[2];
  } modes[] = {
    {"round_prefer_floor", {1, 3}},
    {"round_prefer_ceil", {2, 4}},
    {"floor", {1, 3}},
    {"ceil", {2, 4}},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (modes); i++)
    op_run_assert_output (
      &(OpCase){
        .op = "Resize",
        .what = modes[i].mode,
        .opset = 13,
        .attributes = {{.name = "nearest_mode",
                        .kind = SAC_ATTRIBUTE_STRING,
                        .s = modes[i].mode}},
        .inputs = {ROW (1, 2, 3, 4), OP_LEFT_OUT, OP_LEFT_OUT,
                   OP_CONSTANT_INTS (2)},
      },
      SHAPE (2), modes[i].expected, 0);
}

/* Five outputs for six inputs lie at 0.1, 1.3, 2.5, 3.7 and 4.9: a rounded
 * scale must not push the one in the middle off its half. */
static void
test_ties (void)
{
  op_run_assert_output (
    &(OpCase){
      .op = "Resize",
      .what = "ties, sizes",
      .opset = 13,
      .inputs = {ROW (0, 1, 2, 3, 4, 5), OP_LEFT_OUT, OP_LEFT_OUT,
                 OP_CONSTANT_INTS (5)},
    },
    SHAPE (5), FLOATS (0, 1, 2, 4, 5), 0);
}

static void
test_sizes (void)
{
  OpCase policy = {
    .op = "Resize",
    .what = "not_larger",
    .opset = 18,
    .attributes = {OP_STRING ("keep_aspect_ratio_policy", "not_larger"),
                   OP_INTS ("axes", 1, 2)},
    .inputs = {OP_SIGNED (1, 2, 4), OP_LEFT_OUT, OP_LEFT_OUT,
               OP_CONSTANT_INTS (7, 8)},
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (OpRun) smaller = op_run_new (&policy, 0, &error);

  g_assert_no_error (error);
  op_run_forward (smaller);
  g_assert_true (
    sac_shape_equal (&op_run_get_output (smaller, 0)->shape, SHAPE (1, 4, 8)));
  policy.attributes[0] =
    (SacAttribute)OP_STRING ("keep_aspect_ratio_policy", "not_smaller");

  g_autoptr (OpRun) larger = op_run_new (&policy, 0, &error);

  g_assert_no_error (error);
  op_run_forward (larger);
  g_assert_true (
    sac_shape_equal (&op_run_get_output (larger, 0)->shape, SHAPE (1, 7, 14)));

  /* 0.7f is a little less than 0.7, but 10 times it is 7 in float. */
  op_run_assert_output (
    &(OpCase){
      .op = "Resize",
      .what = "size in float",
      .opset = 13,
      .attributes = {OP_STRING (COORDINATES, "asymmetric"),
                     OP_STRING ("nearest_mode", "floor")},
      .inputs = {ROW (0, 1, 2, 3, 4, 5, 6, 7, 8, 9), OP_LEFT_OUT,
                 OP_CONSTANT_FLOATS (0.7f)},
    },
    SHAPE (7), FLOATS (0, 1, 2, 4, 5, 7, 8), 0);
}

static void
test_coordinates (void)
{
  op_run_assert_output (
    &(OpCase){
      .op = "Resize",
      .what = "half_pixel_symmetric",
      .opset = 19,
      .attributes = {OP_STRING (COORDINATES, "half_pixel_symmetric"),
                     OP_STRING ("mode", "linear")},
      .inputs = {ROW (1, 2, 3, 4), OP_LEFT_OUT, OP_CONSTANT_FLOATS (0.6f)},
    },
    SHAPE (2), FLOATS (1.6666667f, 3.3333333f), 1e-6);
  op_run_assert_output (
    &(OpCase){
      .op = "Resize",
      .what = "pytorch_half_pixel to one",
      .opset = 13,
      .attributes = {OP_STRING (COORDINATES, "pytorch_half_pixel"),
                     OP_STRING ("mode", "linear")},
      .inputs = {ROW (5, 2, 3, 4), OP_LEFT_OUT, OP_LEFT_OUT,
                 OP_CONSTANT_INTS (1)},
    },
    SHAPE (1), FLOATS (5), 0);
  /* Places -1, 0, 1, 2 and 3 of three elements. */
  op_run_assert_output (
    &(OpCase){
      .op = "Resize",
      .what = "tf_crop_and_resize",
      .opset = 13,
      .attributes = {OP_STRING (COORDINATES, "tf_crop_and_resize"),
                     OP_STRING ("mode", "linear"),
                     OP_FLOAT ("extrapolation_value", -9)},
      .inputs = {ROW (5, 6, 7), OP_CONSTANT_FLOATS (-0.5f, 1.5f), OP_LEFT_OUT,
                 OP_CONSTANT_INTS (5)},
    },
    SHAPE (5), FLOATS (-9, 5, 6, 7, -9), 0);
  op_run_assert_output (
    &(OpCase){
      .op = "Resize",
      .what = "integers",
      .opset = 13,
      .attributes = {OP_STRING (COORDINATES, "tf_half_pixel_for_nn"),
                     OP_STRING ("nearest_mode", "floor")},
      .inputs = {ROW (5, 6, 7, 8), OP_LEFT_OUT, OP_LEFT_OUT,
                 OP_CONSTANT_INTS (2)},
    },
    SHAPE (2), FLOATS (6, 8), 0);
}

/* Before opset 11: asymmetric places; shrinking takes the element after. */
static void
test_old (void)
{
  op_run_assert_output (
    &(OpCase){
      .op = "Resize",
      .what = "opset 10, smaller",
      .opset = 10,
      .inputs = {ROW (1, 2, 3, 4), OP_CONSTANT_FLOATS (0.6f)},
    },
    SHAPE (2), FLOATS (1, 3), 0);
  op_run_assert_output (
    &(OpCase){
      .op = "Resize",
      .what = "opset 10, larger",
      .opset = 10,
      .attributes = {OP_STRING ("mode", "linear")},
      .inputs = {ROW (1, 2), OP_CONSTANT_FLOATS (2)},
    },
    SHAPE (4), FLOATS (1, 1.5f, 2, 2), 0);
  op_run_assert_output (
    &(OpCase){
      .op = "Upsample",
      .what = "scales as attribute",
      .opset = 7,
      .attributes = {OP_FLOAT_LIST ("scales", 3)},
      .inputs = {ROW (1, 2)},
    },
    SHAPE (6), FLOATS (1, 1, 1, 2, 2, 2), 0);
}

/* Masks are resized too. */
static void
test_types (void)
{
  g_autoptr (GError) error = NULL;
  OpCase op_case = {
    .op = "Resize",
    .what = "bool",
    .opset = 13,
    .inputs = {{.type = SAC_TYPE_BOOL,
                .shape = OP_SHAPE (2, 1),
                .ints = (const int64_t[]){0, 1}},
               OP_LEFT_OUT,
               OP_LEFT_OUT,
               OP_CONSTANT_INTS (4, 2)},
  };
  g_autoptr (OpRun) run = op_run_new (&op_case, 0, &error);
  static const uint8_t expected[] = {0, 0, 0, 0, 1, 1, 1, 1};

  g_assert_no_error (error);
  op_run_forward (run);
  g_assert_cmpmem (op_run_get_output (run, 0)->data, 8, expected, 8);
  op_case.attributes[0] = (SacAttribute)OP_STRING ("mode", "linear");
  op_run_assert_refused (&op_case, SAC_ERROR_UNSUPPORTED, "bool");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op-resize/nearest", test_nearest);
  g_test_add_func ("/op-resize/ties", test_ties);
  g_test_add_func ("/op-resize/sizes", test_sizes);
  g_test_add_func ("/op-resize/coordinates", test_coordinates);
  g_test_add_func ("/op-resize/old", test_old);
  g_test_add_func ("/op-resize/types", test_types);
  return g_test_run ();
}
