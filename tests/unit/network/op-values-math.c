/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What PyTorch 1.13 computes in float64, on the CPU, from the same waves
 * rounded to float32: x, y, z or x, w, b stand for the inputs, the call is
 * above each case. */
#include "op-values.h"

#include <math.h>

/* clang-format off */
const OpValues op_values_products[] = {
  /* 0.5 * x.T @ y.T + 2 * z */
  { { .op = "Gemm", .what = "transposes and factors", .opset = 11,
    .attributes = { OP_INT ("transA", 1), OP_INT ("transB", 1), OP_FLOAT
      ("alpha", 0.5f), OP_FLOAT ("beta", 2.0f) },
    .inputs = { OP_WAVE (3, 2), OP_WAVE (4, 3), OP_WAVE (2, 1) } },
    OP_SHAPE (2, 4),
    (const float[]){ 1.528889, 1.672444, 1.997817, 2.10023, -1.220202,
      -1.642231, -1.339531, -0.6886743 } },
  /* x @ y */
  { { .op = "MatMul", .what = "batches broadcast", .opset = 13,
    .inputs = { OP_WAVE (2, 1, 2, 3), OP_WAVE (2, 3, 2) } },
    OP_SHAPE (2, 2, 2, 2),
    (const float[]){ -1.198839, -0.16144, -0.4519215, -0.5456907, 1.079241,
      -0.7454587, 0.7490117, 0.0212, 0.8572066, -0.2510779, 1.099932, 0.355887,
      -0.5130215, 0.7614849, -1.136833, 0.5544487 } },
  /* x @ y */
  { { .op = "MatMul", .what = "vector on the left", .opset = 13,
    .inputs = { OP_WAVE (3), OP_WAVE (2, 3, 2) } },
    OP_SHAPE (2, 2),
    (const float[]){ -1.198839, -0.16144, 1.079241, -0.7454587 } },
  /* x @ y */
  { { .op = "MatMul", .what = "vector on the right", .opset = 13,
    .inputs = { OP_WAVE (2, 2, 3), OP_WAVE (3) } },
    OP_SHAPE (2, 2),
    (const float[]){ 0.6669911, -1.327714, -1.670684, 0.06475153 } },
  /* einsum ('bhwc,hkc->bhwk', x, y) */
  { { .op = "Einsum", .what = "relative positions", .opset = 12,
    .attributes = { OP_STRING ("equation", "bhwc,hkc->bhwk") },
    .inputs = { OP_WAVE (1, 2, 3, 4), OP_WAVE (2, 2, 4) } },
    OP_SHAPE (1, 2, 3, 2),
    (const float[]){ 0.8356398, -0.1274852, 1.535643, 0.916264, 1.834529,
      1.72068, 1.954898, 1.32352, 2.241784, 2.00956, 1.943106, 2.170693 } },
  /* einsum ('iij->ji', x) */
  { { .op = "Einsum", .what = "diagonal", .opset = 12,
    .attributes = { OP_STRING ("equation", "iij->ji") },
    .inputs = { OP_WAVE (2, 2, 3) } },
    OP_SHAPE (3, 2),
    (const float[]){ 0.0, 0.3967406, 0.9916648, -0.9613975, -0.2555411,
      -0.148999 } },
  /* einsum ('...i,...i->...', x, y) */
  { { .op = "Einsum", .what = "ellipsis", .opset = 12,
    .attributes = { OP_STRING ("equation", "...i,...i->...") },
    .inputs = { OP_WAVE (2, 1, 2), OP_WAVE (3, 2) } },
    OP_SHAPE (2, 3),
    (const float[]){ 0.4238176, -0.1806442, -0.07452473, -0.610705, 0.4118222,
      -0.1855929 } },
  /* einsum ('ij,jk,kl->li', x, y, z) */
  { { .op = "Einsum", .what = "three operands", .opset = 12,
    .attributes = { OP_STRING ("equation", "ij,jk,kl->li") },
    .inputs = { OP_WAVE (2, 3), OP_WAVE (3, 2), OP_WAVE (2, 3) } },
    OP_SHAPE (3, 2),
    (const float[]){ -1.207786, -0.8087227, 0.5407593, -0.07973954, 1.068438,
      0.8292707 } },
  /* einsum ('bA,bc', x, y) */
  { { .op = "Einsum", .what = "no arrow, capitals first", .opset = 12,
    .attributes = { OP_STRING ("equation", "bA,bc") },
    .inputs = { OP_WAVE (2, 2), OP_WAVE (2, 3) } },
    OP_SHAPE (2, 3),
    (const float[]){ 0.04655001, -0.2551689, 0.0192042, 1.003106, -0.5006485,
      -0.8740943 } },
  { .expected = NULL },
};

const OpValues op_values_norms[] = {
  /* batch_norm (x, m, v, w, b, eps=0.01) */
  { { .op = "BatchNormalization", .what = "images", .opset = 15,
    .attributes = { OP_FLOAT ("epsilon", 0.01f) },
    .inputs = { OP_WAVE (2, 2, 3), OP_WAVE (2), OP_WAVE (2), OP_WAVE (2), {
      .type = SAC_TYPE_FLOAT, .shape = OP_SHAPE (2), .floats = (const float[]){
      0.5f, 2 } } } },
    OP_SHAPE (2, 2, 3),
    (const float[]){ 0.7430164, 1.91149, 0.4419136, -0.5074961, -0.07945801,
      0.01229562, -0.08164246, 0.01466852, 1.755362, -0.1088111, -0.5182225,
      -0.2733246 } },
  /* layer_norm (x, (2, 3), w, b) */
  { { .op = "LayerNormalization", .what = "two axes", .opset = 17,
    .attributes = { OP_INT ("axis", 1) },
    .inputs = { OP_WAVE (2, 2, 3), OP_WAVE (2, 3), OP_WAVE (2, 3) } },
    OP_SHAPE (2, 2, 3),
    (const float[]){ 0.6736392, -0.003821619, -0.1357783, 1.036928, 1.056977,
      -0.9500729, 0.2496913, -0.8105654, -2.332159, 0.561352, -0.6036004,
      -0.8851164 } },
  /* instance_norm (x, weight=w, bias=b) */
  { { .op = "InstanceNormalization", .what = "planes", .opset = 7,
    .inputs = { OP_WAVE (2, 2, 3), OP_WAVE (2), OP_WAVE (2) } },
    OP_SHAPE (2, 2, 3),
    (const float[]){ 0.5254635, 2.076702, 0.1257263, -1.125916, -0.3183503,
      -0.1452416, 0.2669391, 0.3629391, 2.098014, -0.04378268, -1.083967,
      -0.461759 } },
  /* group_norm (x, 2, w, b) */
  { { .op = "GroupNormalization", .what = "scales per channel", .opset = 21,
    .attributes = { OP_INT ("num_groups", 2) },
    .inputs = { OP_WAVE (1, 4, 3), OP_WAVE (4), OP_WAVE (4) } },
    OP_SHAPE (1, 4, 3),
    (const float[]){ 0.6736392, 1.944971, 0.3460311, -1.252353, -0.3277931,
      -0.1296057, -0.02682955, -0.147694, -2.332159, 0.561352, 0.9457882,
      0.7158297 } },
  /* group_norm (x, 2, w.repeat_interleave (2), b.repeat_interleave (2)) */
  { { .op = "GroupNormalization", .what = "scales per group", .opset = 18,
    .attributes = { OP_INT ("num_groups", 2) },
    .inputs = { OP_WAVE (1, 4, 3), OP_WAVE (2), OP_WAVE (2) } },
    OP_SHAPE (1, 4, 3),
    (const float[]){ 0.6736392, 1.944971, 0.3460311, -0.5132712, 1.307101,
      1.697314, -0.8648476, -0.8105654, 0.1705133, -0.1365821, -1.038526,
      -0.4990094 } },
  /* x * rsqrt (x.square ().mean (-1, keepdim=True) + 1e-5) * w */
  { { .op = "RMSNormalization", .what = "root mean square", .opset = 23,
    .inputs = { OP_WAVE (2, 4), OP_WAVE (4) } },
    OP_SHAPE (2, 4),
    (const float[]){ 0.0, 0.6139909, 0.3522891, 0.244324, 0.6279421, 0.5153898,
      1.005841, 0.1700582 } },
  /* local_response_norm (x, 3, alpha=0.5, beta=0.75, k=2) */
  { { .op = "LRN", .what = "three channels", .opset = 13,
    .attributes = { OP_INT ("size", 3), OP_FLOAT ("alpha", 0.5f), OP_FLOAT
      ("beta", 0.75f), OP_FLOAT ("bias", 2.0f) },
    .inputs = { OP_WAVE (1, 5, 2) } },
    OP_SHAPE (1, 5, 2),
    (const float[]){ 0.0, 0.5298022, -0.1490717, -0.4781933, 0.279931,
      0.4257593, -0.3815544, -0.3426367, 0.4748628, 0.2282496 } },
  /* normalize (x, 2, 1) */
  { { .op = "LpNormalization", .what = "Euclidean", .opset = 7,
    .attributes = { OP_INT ("axis", 1), OP_INT ("p", 2) },
    .inputs = { OP_WAVE (2, 3, 2) } },
    OP_SHAPE (2, 3, 2),
    (const float[]){ 0.0, 0.6299474, -0.4593736, -0.5881166, 0.8882431,
      0.5072328, -0.477059, -0.8247715, 0.5856346, 0.5293653, -0.655322,
      -0.1988073 } },
  /* (x - mean) / std (unbiased=False) over axes 0, 2, 3 */
  { { .op = "MeanVarianceNormalization", .what = "channels kept", .opset = 13,
    .inputs = { OP_WAVE (2, 2, 1, 2) } },
    OP_SHAPE (2, 2, 1, 2),
    (const float[]){ -1.525338, 1.123433, 1.531319, -1.247994, -0.205544,
      0.6074488, -0.3111262, 0.02780163 } },
  /* softmax (x, 1) */
  { { .op = "Softmax", .what = "middle axis", .opset = 13,
    .attributes = { OP_INT ("axis", 1) },
    .inputs = { OP_WAVE (2, 3, 2) } },
    OP_SHAPE (2, 3, 2),
    (const float[]){ 0.2929509, 0.5072763, 0.2268897, 0.07455792, 0.4801595,
      0.4181658, 0.1532775, 0.1866493, 0.7287176, 0.5149702, 0.118005, 0.2983805
      } },
  /* softmax (x.flatten (1), 1) */
  { { .op = "Softmax", .what = "flattened", .opset = 11,
    .inputs = { OP_WAVE (2, 3, 2) } },
    OP_SHAPE (2, 3, 2),
    (const float[]){ 0.1145784, 0.3088712, 0.08874069, 0.04539695, 0.1877991,
      0.2546135, 0.08104993, 0.08795303, 0.3853307, 0.2426647, 0.06239858,
      0.1406031 } },
  /* log_softmax (x, -1) */
  { { .op = "LogSoftmax", .what = "last axis", .opset = 13,
    .inputs = { OP_WAVE (2, 3, 2) } },
    OP_SHAPE (2, 3, 2),
    (const float[]){ -1.307175, -0.3155102, -0.4131479, -1.083421, -0.8568701,
      -0.5524963, -0.7348509, -0.6531133, -0.4884309, -0.9508521, -1.179672,
      -0.3672732 } },
  { .expected = NULL },
};

const OpValues op_values_reductions[] = {
  /* x.sum ((0, 2)) */
  { { .op = "ReduceSum", .what = "axes 0 and 2", .opset = 11,
    .attributes = { OP_INTS ("axes", 0, -1), OP_INT ("keepdims", 0) },
    .inputs = { OP_WAVE (2, 3, 2) } },
    OP_SHAPE (3),
    (const float[]){ -0.326347, 0.07454658, 0.182204 } },
  /* x.sum (1, keepdim=True) */
  { { .op = "ReduceSum", .what = "middle axis", .opset = 18,
    .inputs = { OP_WAVE (2, 3, 2), OP_CONSTANT_INTS (1) } },
    OP_SHAPE (2, 1, 2),
    (const float[]){ 0.2385722, 0.8643373, -0.8021104, -0.3703956 } },
  /* x.mean ((0, 2)) */
  { { .op = "ReduceMean", .what = "axes 0 and 2", .opset = 11,
    .attributes = { OP_INTS ("axes", 0, -1), OP_INT ("keepdims", 0) },
    .inputs = { OP_WAVE (2, 3, 2) } },
    OP_SHAPE (3),
    (const float[]){ -0.08158675, 0.01863664, 0.045551 } },
  /* x.mean (1, keepdim=True) */
  { { .op = "ReduceMean", .what = "middle axis", .opset = 18,
    .inputs = { OP_WAVE (2, 3, 2), OP_CONSTANT_INTS (1) } },
    OP_SHAPE (2, 1, 2),
    (const float[]){ 0.07952408, 0.2881124, -0.2673701, -0.1234652 } },
  /* x.amax ((0, 2)) */
  { { .op = "ReduceMax", .what = "axes 0 and 2", .opset = 11,
    .attributes = { OP_INTS ("axes", 0, -1), OP_INT ("keepdims", 0) },
    .inputs = { OP_WAVE (2, 3, 2) } },
    OP_SHAPE (3),
    (const float[]){ 0.9916648, 0.8591618, 0.7984871 } },
  /* x.amax (1, keepdim=True) */
  { { .op = "ReduceMax", .what = "middle axis", .opset = 18,
    .inputs = { OP_WAVE (2, 3, 2), OP_CONSTANT_INTS (1) } },
    OP_SHAPE (2, 1, 2),
    (const float[]){ 0.4941134, 0.9916648, 0.8591618, 0.3967406 } },
  /* x.amin ((0, 2)) */
  { { .op = "ReduceMin", .what = "axes 0 and 2", .opset = 11,
    .attributes = { OP_INTS ("axes", 0, -1), OP_INT ("keepdims", 0) },
    .inputs = { OP_WAVE (2, 3, 2) } },
    OP_SHAPE (3),
    (const float[]){ -0.6998747, -0.9258147, -0.9613975 } },
  /* x.amin (1, keepdim=True) */
  { { .op = "ReduceMin", .what = "middle axis", .opset = 18,
    .inputs = { OP_WAVE (2, 3, 2), OP_CONSTANT_INTS (1) } },
    OP_SHAPE (2, 1, 2),
    (const float[]){ -0.2555411, -0.9258147, -0.9613975, -0.6181371 } },
  /* x.abs ().sum ((0, 2)) */
  { { .op = "ReduceL1", .what = "axes 0 and 2", .opset = 11,
    .attributes = { OP_INTS ("axes", 0, -1), OP_INT ("keepdims", 0) },
    .inputs = { OP_WAVE (2, 3, 2) } },
    OP_SHAPE (3),
    (const float[]){ 2.309677, 2.437258, 2.402997 } },
  /* x.abs ().sum (1, keepdim=True) */
  { { .op = "ReduceL1", .what = "middle axis", .opset = 18,
    .inputs = { OP_WAVE (2, 3, 2), OP_CONSTANT_INTS (1) } },
    OP_SHAPE (2, 1, 2),
    (const float[]){ 0.7496545, 2.715967, 2.520434, 1.163877 } },
  /* x.square ().sum (...).sqrt ((0, 2)) */
  { { .op = "ReduceL2", .what = "axes 0 and 2", .opset = 11,
    .attributes = { OP_INTS ("axes", 0, -1), OP_INT ("keepdims", 0) },
    .inputs = { OP_WAVE (2, 3, 2) } },
    OP_SHAPE (3),
    (const float[]){ 1.3621, 1.348331, 1.352115 } },
  /* x.square ().sum (...).sqrt (1, keepdim=True) */
  { { .op = "ReduceL2", .what = "middle axis", .opset = 18,
    .inputs = { OP_WAVE (2, 3, 2), OP_CONSTANT_INTS (1) } },
    OP_SHAPE (2, 1, 2),
    (const float[]){ 0.5562816, 1.574203, 1.467061, 0.7494647 } },
  /* x.square ().sum ((0, 2)) */
  { { .op = "ReduceSumSquare", .what = "axes 0 and 2", .opset = 11,
    .attributes = { OP_INTS ("axes", 0, -1), OP_INT ("keepdims", 0) },
    .inputs = { OP_WAVE (2, 3, 2) } },
    OP_SHAPE (3),
    (const float[]){ 1.855317, 1.817996, 1.828216 } },
  /* x.square ().sum (1, keepdim=True) */
  { { .op = "ReduceSumSquare", .what = "middle axis", .opset = 18,
    .inputs = { OP_WAVE (2, 3, 2), OP_CONSTANT_INTS (1) } },
    OP_SHAPE (2, 1, 2),
    (const float[]){ 0.3094493, 2.478114, 2.152269, 0.5616973 } },
  /* x.logsumexp ((0, 2)) */
  { { .op = "ReduceLogSumExp", .what = "axes 0 and 2", .opset = 11,
    .attributes = { OP_INTS ("axes", 0, -1), OP_INT ("keepdims", 0) },
    .inputs = { OP_WAVE (2, 3, 2) } },
    OP_SHAPE (3),
    (const float[]){ 1.554203, 1.613202, 1.63025 } },
  /* x.logsumexp (1, keepdim=True) */
  { { .op = "ReduceLogSumExp", .what = "middle axis", .opset = 18,
    .inputs = { OP_WAVE (2, 3, 2), OP_CONSTANT_INTS (1) } },
    OP_SHAPE (2, 1, 2),
    (const float[]){ 1.22775, 1.670364, 1.175631, 1.060387 } },
  /* x.prod (1, keepdim=True) */
  { { .op = "ReduceProd", .what = "middle axis", .opset = 18,
    .inputs = { OP_WAVE (2, 3, 2), OP_CONSTANT_INTS (1) } },
    OP_SHAPE (2, 1, 2),
    (const float[]){ -0.0, -0.7330893, 0.5780937, 0.03654053 } },
  /* x.sum (...).log ((0, 2)) */
  { { .op = "ReduceLogSum", .what = "axes 0 and 2", .opset = 11,
    .attributes = { OP_INTS ("axes", 0, -1), OP_INT ("keepdims", 0) },
    .inputs = { OP_WAVE (2, 3, 2) } },
    OP_SHAPE (3),
    (const float[]){ NAN, -2.596331, -1.702628 } },
  /* x.sum (...).log (1, keepdim=True) */
  { { .op = "ReduceLogSum", .what = "middle axis", .opset = 18,
    .inputs = { OP_WAVE (2, 3, 2), OP_CONSTANT_INTS (1) } },
    OP_SHAPE (2, 1, 2),
    (const float[]){ -1.433083, -0.1457922, NAN, NAN } },
  { .expected = NULL },
};
/* clang-format on */
