/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Nodes of numeric ops that break a rule, or ask for more than there is: each
 * is refused while planning, with one sentence that says why. */
#include "base/error.h"
#include "op-run.h"
#include "support.h"

typedef struct {
  OpCase op_case;
  int code;
  const char *part; /* of the message */
} Refusal;

#define DOUBLE(...)                                                            \
  {                                                                            \
    .type = SAC_TYPE_DOUBLE, .shape = OP_SHAPE (__VA_ARGS__)                   \
  }
#define INTEGERS(...)                                                          \
  {                                                                            \
    .type = SAC_TYPE_INT64, .shape = OP_SHAPE (__VA_ARGS__)                    \
  }
#define HUGE_NUMBER (INT64_C (1) << 62)

#define CONV(why, ...)                                                         \
  .op = "Conv", .what = why, .opset = 11, .attributes = {__VA_ARGS__},         \
  .inputs = {OP_SIGNED (1, 4, 6, 6), OP_SIGNED (4, 4, 3, 3)}
#define POOL(name, why, ...)                                                   \
  .op = name, .what = why, .opset = 12, .attributes = {__VA_ARGS__},           \
  .inputs = {OP_SIGNED (1, 2, 6, 6)}
#define RESIZE(why, ...)                                                       \
  .op = "Resize", .what = why, .opset = 18,                                    \
  .inputs = {OP_SIGNED (2, 4), __VA_ARGS__}
#define EINSUM(text, ...)                                                      \
  .op = "Einsum", .what = text, .opset = 12,                                   \
  .attributes = {OP_STRING ("equation", text)}, .inputs = {__VA_ARGS__}

/* clang-format off */
static const Refusal windows[] = {
  { { CONV ("auto_pad", OP_STRING ("auto_pad", "SAME")) },
    SAC_ERROR_DAMAGED, "auto_pad" },
  { { CONV ("group 0", OP_INT ("group", 0)) }, SAC_ERROR_DAMAGED, "group is 0" },
  { { CONV ("group -2", OP_INT ("group", -2)) }, SAC_ERROR_DAMAGED, "group" },
  { { CONV ("group 3", OP_INT ("group", 3)) }, SAC_ERROR_DAMAGED, "3 groups" },
  { { CONV ("group 2", OP_INT ("group", 2)) }, SAC_ERROR_DAMAGED, "channels" },
  { { CONV ("kernel 5", OP_INTS ("kernel_shape", 5, 5)) },
    SAC_ERROR_DAMAGED, "kernel_shape says 5" },
  { { CONV ("kernel -3", OP_INTS ("kernel_shape", -3, 3)) },
    SAC_ERROR_DAMAGED, "kernel_shape" },
  { { CONV ("kernel floats", OP_FLOAT_LIST ("kernel_shape", 3, 3)) },
    SAC_ERROR_DAMAGED, "kernel_shape" },
  { { CONV ("dilation 0", OP_INTS ("dilations", 0, 1)) },
    SAC_ERROR_DAMAGED, "dilations" },
  { { CONV ("dilation 2^31", OP_INTS ("dilations", INT64_C (1) << 31, 1)) },
    SAC_ERROR_DAMAGED, "does not fit" },
  { { CONV ("dilation 2^62", OP_INTS ("dilations", HUGE_NUMBER, 1)) },
    SAC_ERROR_DAMAGED, "too long" },
  { { CONV ("stride 0", OP_INTS ("strides", 1, 0)) },
    SAC_ERROR_DAMAGED, "strides" },
  { { CONV ("stride -1", OP_INTS ("strides", -1, 1)) },
    SAC_ERROR_DAMAGED, "strides" },
  { { CONV ("strides a word", OP_STRING ("strides", "two")) },
    SAC_ERROR_DAMAGED, "strides" },
  { { CONV ("three pads", OP_INTS ("pads", 1, 1, 1)) },
    SAC_ERROR_DAMAGED, "pads has 3 numbers, not 4" },
  { { CONV ("pads 2^40", OP_INTS ("pads", INT64_C (1) << 40, 0, 0, 0)) },
    SAC_ERROR_TOO_LARGE, "limit" },
  { { CONV ("pads 2^62", OP_INTS ("pads", HUGE_NUMBER, 0, 0, 0)) },
    SAC_ERROR_DAMAGED, "pads" },
  { { CONV ("pads -3", OP_INTS ("pads", -3, -3, -3, -3)) },
    SAC_ERROR_DAMAGED, "pads" },
  { { .op = "Conv", .what = "bias", .opset = 11,
      .inputs = { OP_SIGNED (1, 4, 6, 6), OP_SIGNED (4, 4, 3, 3),
                  OP_SIGNED (3) } }, SAC_ERROR_DAMAGED, "bias" },
  { { .op = "Conv", .what = "weights of rank 2", .opset = 11,
      .inputs = { OP_SIGNED (1, 4, 6, 6), OP_SIGNED (4, 4) } },
    SAC_ERROR_DAMAGED, "rank 2" },
  { { .op = "Conv", .what = "kernel 0", .opset = 11,
      .inputs = { OP_SIGNED (1, 4, 6, 6), OP_SIGNED (4, 4, 0, 3) } },
    SAC_ERROR_DAMAGED, "kernel is empty" },
  { { .op = "Conv", .what = "no weights", .opset = 11,
      .inputs = { OP_SIGNED (1, 4, 6, 6), OP_LEFT_OUT, OP_SIGNED (4) } },
    SAC_ERROR_DAMAGED, "weights are missing" },
  { { .op = "Conv", .what = "three axes", .opset = 11,
      .inputs = { OP_SIGNED (1, 4, 6, 6, 6), OP_SIGNED (4, 4, 3, 3, 3) } },
    SAC_ERROR_UNSUPPORTED, "three spatial axes" },
  { { .op = "Conv", .what = "float64", .opset = 11,
      .inputs = { DOUBLE (1, 4, 6, 6), DOUBLE (4, 4, 3, 3) } },
    SAC_ERROR_UNSUPPORTED, "float64" },
  { { .op = "Conv", .what = "float64 weights", .opset = 11,
      .inputs = { OP_SIGNED (1, 4, 6, 6), DOUBLE (4, 4, 3, 3) } },
    SAC_ERROR_DAMAGED, "float64" },
  { { .op = "Conv", .what = "integers", .opset = 11,
      .inputs = { INTEGERS (1, 4, 6, 6), INTEGERS (4, 4, 3, 3) } },
    SAC_ERROR_DAMAGED, "int64" },
  { { .op = "ConvTranspose", .what = "channels", .opset = 11,
      .inputs = { OP_SIGNED (1, 4, 6, 6), OP_SIGNED (3, 4, 3, 3) } },
    SAC_ERROR_DAMAGED, "channels" },
  { { .op = "ConvTranspose", .what = "nothing left", .opset = 11,
      .attributes = { OP_INTS ("pads", 9, 9, 9, 9) },
      .inputs = { OP_SIGNED (1, 4, 6, 6), OP_SIGNED (4, 4, 3, 3) } },
    SAC_ERROR_DAMAGED, "pads" },
  { { .op = "ConvTranspose", .what = "stride 2^62", .opset = 11,
      .attributes = { OP_INTS ("strides", HUGE_NUMBER, 1) },
      .inputs = { OP_SIGNED (1, 4, 6, 6), OP_SIGNED (4, 4, 3, 3) } },
    SAC_ERROR_TOO_LARGE, "too large" },
  { { .op = "ConvTranspose", .what = "output_shape", .opset = 11,
      .attributes = { OP_INTS ("output_shape", INT64_C (1) << 40, 9) },
      .inputs = { OP_SIGNED (1, 4, 6, 6), OP_SIGNED (4, 4, 3, 3) } },
    SAC_ERROR_TOO_LARGE, "limit" },
  { { POOL ("MaxPool", "no kernel", { .name = NULL }) },
    SAC_ERROR_DAMAGED, "kernel_shape is missing" },
  { { POOL ("MaxPool", "kernel 0", OP_INTS ("kernel_shape", 0, 0)) },
    SAC_ERROR_DAMAGED, "kernel_shape" },
  { { POOL ("MaxPool", "kernel 9", OP_INTS ("kernel_shape", 9, 9)) },
    SAC_ERROR_DAMAGED, "does not fit" },
  { { POOL ("AveragePool", "stride 0", OP_INTS ("kernel_shape", 2, 2),
            OP_INTS ("strides", 0, 0)) }, SAC_ERROR_DAMAGED, "strides" },
  { { POOL ("AveragePool", "windows of padding", OP_INTS ("kernel_shape", 2, 2),
            OP_INTS ("pads", 2, 0, 0, 0)) }, SAC_ERROR_DAMAGED, "pads" },
  { { POOL ("LpPool", "p 0", OP_INTS ("kernel_shape", 2, 2),
            OP_INT ("p", 0)) }, SAC_ERROR_DAMAGED, "p is 0" },
  { { .op = "GlobalAveragePool", .what = "rank", .opset = 7,
      .inputs = { OP_SIGNED (2, 3) } }, SAC_ERROR_DAMAGED, "rank 2" },
  { { .op = NULL } },
};

static const Refusal products[] = {
  { { .op = "Gemm", .what = "inner sizes", .opset = 11,
      .inputs = { OP_SIGNED (2, 3), OP_SIGNED (4, 2) } },
    SAC_ERROR_DAMAGED, "inner sizes" },
  { { .op = "Gemm", .what = "C", .opset = 11,
      .inputs = { OP_SIGNED (2, 3), OP_SIGNED (3, 2), OP_SIGNED (3) } },
    SAC_ERROR_DAMAGED, "C of shape" },
  { { .op = "Gemm", .what = "C larger than Y", .opset = 11,
      .inputs = { OP_SIGNED (1, 3), OP_SIGNED (3, 2), OP_SIGNED (2, 2) } },
    SAC_ERROR_DAMAGED, "C of shape" },
  { { .op = "MatMul", .what = "inner sizes", .opset = 13,
      .inputs = { OP_SIGNED (2, 3), OP_SIGNED (4, 2) } },
    SAC_ERROR_DAMAGED, "2x3 and 4x2" },
  { { .op = "MatMul", .what = "batches", .opset = 13,
      .inputs = { OP_SIGNED (2, 2, 3), OP_SIGNED (3, 3, 2) } },
    SAC_ERROR_DAMAGED, "cannot be multiplied" },
  { { .op = "MatMul", .what = "scalar", .opset = 13,
      .inputs = { OP_SIGNED (), OP_SIGNED (3) } }, SAC_ERROR_DAMAGED, "scalar" },
  { { .op = "MatMul", .what = "types", .opset = 13,
      .inputs = { OP_SIGNED (2, 3), INTEGERS (3, 2) } },
    SAC_ERROR_DAMAGED, "type" },
  { { .op = "MatMul", .what = "too large", .opset = 13,
      .inputs = { OP_SIGNED (1 << 15, 1), OP_SIGNED (1, 1 << 15) } },
    SAC_ERROR_TOO_LARGE, "limit" },
  { { EINSUM ("ij,jk->il", OP_SIGNED (2, 3), OP_SIGNED (3, 2)) },
    SAC_ERROR_DAMAGED, "letter of no input" },
  { { EINSUM ("ij,jk->ikk", OP_SIGNED (2, 3), OP_SIGNED (3, 2)) },
    SAC_ERROR_DAMAGED, "repeats" },
  { { EINSUM ("ij,jk", OP_SIGNED (2, 3), OP_SIGNED (4, 2)) },
    SAC_ERROR_DAMAGED, "differ in size" },
  { { EINSUM ("ij,jk", OP_SIGNED (2, 3)) }, SAC_ERROR_DAMAGED, "term for each" },
  { { EINSUM ("ijk", OP_SIGNED (2, 3)) }, SAC_ERROR_DAMAGED, "rank" },
  { { EINSUM ("i", OP_SIGNED (2, 3)) }, SAC_ERROR_DAMAGED, "rank" },
  { { EINSUM ("i1->i", OP_SIGNED (2, 3)) }, SAC_ERROR_DAMAGED, "unexpected" },
  { { EINSUM ("...i...", OP_SIGNED (2, 3)) }, SAC_ERROR_DAMAGED, "ellipses" },
  { { EINSUM ("ij->i->j", OP_SIGNED (2, 3)) }, SAC_ERROR_DAMAGED, "unexpected" },
  { { EINSUM ("a,b,c->abc", OP_SIGNED (1 << 10), OP_SIGNED (1 << 10),
              OP_SIGNED (1 << 10)) }, SAC_ERROR_TOO_LARGE, "limit" },
  { { .op = "Einsum", .what = "no equation", .opset = 12,
      .inputs = { OP_SIGNED (2, 3) } }, SAC_ERROR_DAMAGED, "missing" },
  { { .op = NULL } },
};

static const Refusal norms[] = {
  { { .op = "BatchNormalization", .what = "lengths", .opset = 9,
      .inputs = { OP_SIGNED (1, 3, 2), OP_SIGNED (3), OP_SIGNED (3),
                  OP_SIGNED (2), OP_SIGNED (3) } },
    SAC_ERROR_DAMAGED, "mean has shape 2" },
  { { .op = "BatchNormalization", .what = "training", .opset = 15,
      .attributes = { OP_INT ("training_mode", 1) },
      .inputs = { OP_SIGNED (1, 2, 2), OP_SIGNED (2), OP_SIGNED (2),
                  OP_SIGNED (2), OP_SIGNED (2) } },
    SAC_ERROR_UNSUPPORTED, "training_mode" },
  { { .op = "BatchNormalization", .what = "training by its outputs",
      .opset = 9, .output_count = 5,
      .inputs = { OP_SIGNED (1, 2, 2), OP_SIGNED (2), OP_SIGNED (2),
                  OP_SIGNED (2), OP_SIGNED (2) } },
    SAC_ERROR_UNSUPPORTED, "means training" },
  { { .op = "LayerNormalization", .what = "scale", .opset = 17,
      .inputs = { OP_SIGNED (2, 3), OP_SIGNED (4) } },
    SAC_ERROR_DAMAGED, "does not fit" },
  { { .op = "LayerNormalization", .what = "axis", .opset = 17,
      .attributes = { OP_INT ("axis", 2) },
      .inputs = { OP_SIGNED (2, 3), OP_SIGNED (3) } },
    SAC_ERROR_DAMAGED, "axis 2" },
  { { .op = "GroupNormalization", .what = "groups", .opset = 21,
      .attributes = { OP_INT ("num_groups", 2) },
      .inputs = { OP_SIGNED (1, 3, 2), OP_SIGNED (3), OP_SIGNED (3) } },
    SAC_ERROR_DAMAGED, "2 groups" },
  { { .op = "GroupNormalization", .what = "no groups", .opset = 21,
      .inputs = { OP_SIGNED (1, 3, 2), OP_SIGNED (3), OP_SIGNED (3) } },
    SAC_ERROR_DAMAGED, "0" },
  { { .op = "InstanceNormalization", .what = "rank", .opset = 7,
      .inputs = { OP_SIGNED (1, 3), OP_SIGNED (3), OP_SIGNED (3) } },
    SAC_ERROR_DAMAGED, "rank 2" },
  { { .op = "LRN", .what = "no size", .opset = 7,
      .inputs = { OP_SIGNED (1, 3, 2) } }, SAC_ERROR_DAMAGED, "size" },
  { { .op = "LRN", .what = "window", .opset = 7,
      .attributes = { OP_INT ("size", HUGE_NUMBER) },
      .inputs = { OP_SIGNED (1, 2000, 2) } },
    SAC_ERROR_UNSUPPORTED, "1024 channels" },
  { { .op = "LpNormalization", .what = "p", .opset = 7,
      .attributes = { OP_INT ("p", 3) }, .inputs = { OP_SIGNED (3) } },
    SAC_ERROR_DAMAGED, "p is 3" },
  { { .op = "MeanVarianceNormalization", .what = "axes", .opset = 13,
      .inputs = { OP_SIGNED (2, 3) } }, SAC_ERROR_DAMAGED, "axis 2" },
  { { .op = "Softmax", .what = "axis 17", .opset = 13,
      .attributes = { OP_INT ("axis", 17) }, .inputs = { OP_SIGNED (2, 3) } },
    SAC_ERROR_DAMAGED, "axis 17" },
  { { .op = "Softmax", .what = "axis -9", .opset = 13,
      .attributes = { OP_INT ("axis", -9) }, .inputs = { OP_SIGNED (2, 3) } },
    SAC_ERROR_DAMAGED, "axis -9" },
  { { .op = "Softmax", .what = "integers", .opset = 13,
      .inputs = { INTEGERS (2, 3) } }, SAC_ERROR_DAMAGED, "int64" },
  { { .op = "ReduceMean", .what = "axis 11", .opset = 11,
      .attributes = { OP_INTS ("axes", 11) }, .inputs = { OP_SIGNED (2, 3) } },
    SAC_ERROR_DAMAGED, "axis 11" },
  { { .op = "ReduceSum", .what = "axes not known", .opset = 13,
      .inputs = { OP_SIGNED (2, 3), INTEGERS (1) } },
    SAC_ERROR_UNSUPPORTED, "known before" },
  { { .op = "ReduceL2", .what = "integers", .opset = 13,
      .inputs = { INTEGERS (2, 3) } }, SAC_ERROR_UNSUPPORTED, "int64" },
  { { .op = NULL } },
};

static const Refusal resizes[] = {
  { { RESIZE ("10^9", OP_LEFT_OUT, OP_CONSTANT_FLOATS (1, 1e9f)) },
    SAC_ERROR_TOO_LARGE, "limit" },
  { { RESIZE ("10^30", OP_LEFT_OUT, OP_CONSTANT_FLOATS (1, 1e30f)) },
    SAC_ERROR_TOO_LARGE, "too large" },
  { { RESIZE ("infinity", OP_LEFT_OUT,
              OP_CONSTANT_FLOATS (1, __builtin_inff ())) },
    SAC_ERROR_DAMAGED, "scale" },
  { { RESIZE ("NaN", OP_LEFT_OUT, OP_CONSTANT_FLOATS (1, __builtin_nanf (""))) },
    SAC_ERROR_DAMAGED, "scale" },
  { { RESIZE ("-2", OP_LEFT_OUT, OP_CONSTANT_FLOATS (1, -2)) },
    SAC_ERROR_DAMAGED, "scale is -2" },
  { { RESIZE ("0", OP_LEFT_OUT, OP_CONSTANT_FLOATS (1, 0)) },
    SAC_ERROR_DAMAGED, "scale is 0" },
  { { RESIZE ("one scale", OP_LEFT_OUT, OP_CONSTANT_FLOATS (1)) },
    SAC_ERROR_DAMAGED, "1 scales for 2 axes" },
  { { RESIZE ("size -4", OP_LEFT_OUT, OP_LEFT_OUT, OP_CONSTANT_INTS (2, -4)) },
    SAC_ERROR_DAMAGED, "size is -4" },
  { { RESIZE ("both", OP_LEFT_OUT, OP_CONSTANT_FLOATS (1, 2),
              OP_CONSTANT_INTS (2, 4)) }, SAC_ERROR_DAMAGED, "either" },
  { { RESIZE ("neither", OP_LEFT_OUT) }, SAC_ERROR_DAMAGED, "either" },
  { { RESIZE ("sizes not known", OP_LEFT_OUT, OP_LEFT_OUT, INTEGERS (2)) },
    SAC_ERROR_UNSUPPORTED, "known before" },
  { { RESIZE ("scales not known", OP_LEFT_OUT, OP_SIGNED (2)) },
    SAC_ERROR_UNSUPPORTED, "known before" },
  { { .op = "Resize", .what = "mode", .opset = 13,
      .attributes = { OP_STRING ("mode", "area") },
      .inputs = { OP_SIGNED (2), OP_LEFT_OUT, OP_CONSTANT_FLOATS (2) } },
    SAC_ERROR_DAMAGED, "mode" },
  { { .op = "Resize", .what = "a table beyond all memory", .opset = 13,
      .attributes = { OP_STRING ("mode", "cubic") },
      .inputs = { OP_SIGNED (1), OP_LEFT_OUT, OP_CONSTANT_FLOATS (1 << 28) } },
    SAC_ERROR_TOO_LARGE, "too long" },
  { { .op = "Resize", .what = "no region", .opset = 13,
      .attributes = { OP_STRING ("coordinate_transformation_mode",
                                 "tf_crop_and_resize") },
      .inputs = { OP_SIGNED (2), OP_LEFT_OUT, OP_CONSTANT_FLOATS (2) } },
    SAC_ERROR_DAMAGED, "region" },
  { { .op = "Upsample", .what = "no scales", .opset = 7,
      .inputs = { OP_SIGNED (2) } }, SAC_ERROR_DAMAGED, "scales" },
  { { .op = "GridSample", .what = "mode", .opset = 16,
      .attributes = { OP_STRING ("mode", "area") },
      .inputs = { OP_SIGNED (1, 1, 2, 2), OP_SIGNED (1, 2, 2, 2) } },
    SAC_ERROR_DAMAGED, "mode" },
  { { .op = "GridSample", .what = "grid", .opset = 16,
      .inputs = { OP_SIGNED (1, 1, 2, 2), OP_SIGNED (1, 2, 2, 3) } },
    SAC_ERROR_DAMAGED, "grid" },
  { { .op = NULL } },
};
/* clang-format on */

static void
test_refusals (const void *data)
{
  for (const Refusal *r = data; r->op_case.op != NULL; r++)
    op_run_assert_refused (&r->op_case, r->code, r->part);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/op-math-refused/windows", windows, test_refusals);
  g_test_add_data_func ("/op-math-refused/products", products, test_refusals);
  g_test_add_data_func ("/op-math-refused/norms", norms, test_refusals);
  g_test_add_data_func ("/op-math-refused/resizes", resizes, test_refusals);
  return g_test_run ();
}
