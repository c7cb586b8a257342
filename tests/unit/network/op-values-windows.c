/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What PyTorch 1.13 computes in float64, on the CPU, from the same waves
 * rounded to float32: x, y, z or x, w, b stand for the inputs, the call is
 * above each case. */
#include "op-values.h"

/* clang-format off */
const OpValues op_values_convolutions[] = {
  /* conv2d (x, w, b, stride=(2, 1), padding=1, dilation=(1, 2), groups=2) */
  { { .op = "Conv", .what = "groups, stride, dilation, pads", .opset = 11,
    .attributes = { OP_INTS ("strides", 2, 1), OP_INTS ("pads", 1, 1, 1, 1),
      OP_INTS ("dilations", 1, 2), OP_INT ("group", 2) },
    .inputs = { OP_WAVE (1, 2, 4, 5), OP_WAVE (2, 1, 3, 2), OP_WAVE (2) } },
    OP_SHAPE (1, 2, 2, 5),
    (const float[]){ 0.7812496, 1.799625, -0.6291464, 0.4154097, 2.648215,
      0.5712487, 2.452311, 1.781868, -0.8585686, 1.008336, 0.1401357, 1.562874,
      -2.400483, -2.140501, 0.6962669, -1.571797, 1.729786, 1.418489, -3.29152,
      -1.205594 } },
  /* conv2d (pad (x, (0, 2, 1, 0)), w) */
  { { .op = "Conv", .what = "unequal pads", .opset = 11,
    .attributes = { OP_INTS ("pads", 1, 0, 0, 2) },
    .inputs = { OP_WAVE (1, 2, 3, 4), OP_WAVE (2, 2, 2, 3) } },
    OP_SHAPE (1, 2, 3, 4),
    (const float[]){ -0.1973054, 0.6940548, -0.60525, -0.03172459, -1.055496,
      2.372831, -0.205601, -1.449584, 0.1968956, 2.436519, -0.4360463,
      -1.800244, -1.23785, 1.583586, 0.7298069, -1.208668, -0.6751059, 1.877585,
      1.229997, -1.705989, 0.305261, 1.848211, 0.6964799, -1.177755 } },
  /* conv2d (pad (x, (0, 1, 0, 0)), w, stride=2) */
  { { .op = "Conv", .what = "SAME_UPPER", .opset = 11,
    .attributes = { OP_STRING ("auto_pad", "SAME_UPPER"), OP_INTS ("strides", 2,
      2) },
    .inputs = { OP_WAVE (1, 1, 4, 5), OP_WAVE (1, 1, 2, 2) } },
    OP_SHAPE (1, 1, 2, 3),
    (const float[]){ -0.2085335, -0.1789915, 0.03824286, -1.374518, 1.484841,
      -1.553641 } },
  /* conv2d (pad (x, (1, 0, 0, 0)), w, stride=2) */
  { { .op = "Conv", .what = "SAME_LOWER", .opset = 11,
    .attributes = { OP_STRING ("auto_pad", "SAME_LOWER"), OP_INTS ("strides", 2,
      2) },
    .inputs = { OP_WAVE (1, 1, 4, 5), OP_WAVE (1, 1, 2, 2) } },
    OP_SHAPE (1, 1, 2, 3),
    (const float[]){ -0.1454544, 1.503848, -1.457723, -0.4762889, -0.4281239,
      0.04549667 } },
  /* conv2d (x, w, stride=2) */
  { { .op = "Conv", .what = "VALID", .opset = 11,
    .attributes = { OP_STRING ("auto_pad", "VALID"), OP_INTS ("strides", 2, 2),
      OP_INTS ("kernel_shape", 2, 2) },
    .inputs = { OP_WAVE (1, 1, 4, 5), OP_WAVE (1, 1, 2, 2) } },
    OP_SHAPE (1, 1, 2, 2),
    (const float[]){ -0.2085335, -0.1789915, -1.374518, 1.484841 } },
  /* conv1d (x, w, stride=2, padding=1) */
  { { .op = "Conv", .what = "one axis", .opset = 11,
    .attributes = { OP_INTS ("strides", 2), OP_INTS ("pads", 1, 1) },
    .inputs = { OP_WAVE (2, 2, 6), OP_WAVE (3, 2, 4) } },
    OP_SHAPE (2, 3, 3),
    (const float[]){ 0.04209567, 0.131126, -0.7134048, 0.7330654, -0.08817358,
      -0.5733968, 0.7081293, -0.2213635, 0.1265859, 0.1784682, 0.5180752,
      -0.61606, -0.2891453, 0.8021966, -0.2947082, -0.4743818, 0.3028991,
      0.3144533 } },
  /* conv2d (x, w, b) */
  { { .op = "Conv", .what = "pointwise", .opset = 11,
    .inputs = { OP_WAVE (1, 3, 2, 2), OP_WAVE (2, 3, 1, 1), OP_WAVE (2) } },
    OP_SHAPE (1, 2, 2, 2),
    (const float[]){ 0.3028913, 1.707473, 1.310022, 0.00785965, -0.1010095,
      0.05702822, -1.109891, -0.9672266 } },
  /* conv2d (x, w, groups=2, stride=(1, 2)) */
  { { .op = "Conv", .what = "depthwise, multiplier 2", .opset = 11,
    .attributes = { OP_INT ("group", 2), OP_INTS ("strides", 1, 2) },
    .inputs = { OP_WAVE (1, 2, 3, 4), OP_WAVE (4, 1, 2, 2) } },
    OP_SHAPE (1, 4, 2, 2),
    (const float[]){ -0.1918361, 0.1678986, -0.1328121, 0.08890629, -0.2968654,
      0.2972847, -0.2779633, 0.2401841, -0.1452416, 0.05827236, 0.03256634,
      -0.1212425, -0.2063001, 0.1322504, -0.04941875, -0.0366945 } },
  /* conv_transpose2d (x, w, b, stride=(2, 1), padding=(1, 0),
    output_padding=(1, 0), groups=2, dilation=(1, 2)) */
  { { .op = "ConvTranspose", .what = "groups, output padding, dilation", .opset
    = 11,
    .attributes = { OP_INTS ("strides", 2, 1), OP_INTS ("pads", 1, 0, 1, 0),
      OP_INTS ("output_padding", 1, 0), OP_INT ("group", 2),
      OP_INTS ("dilations", 1, 2) },
    .inputs = { OP_WAVE (1, 2, 2, 3), OP_WAVE (2, 1, 3, 2), OP_WAVE (2) } },
    OP_SHAPE (1, 2, 4, 5),
    (const float[]){ 0.9092974, -0.03437293, 1.152471, 0.7286533, 0.9558474,
      0.1302512, 2.3153, 0.9303577, 1.045947, 1.269759, 1.790305, 0.4390981,
      0.3181041, 0.8192885, 0.763843, -0.01516867, 1.402691, 1.776197,
      0.8721642, 0.8492902, -1.156078, -1.08294, 0.6295009, -0.1848833,
      -1.009293, -0.3927187, 0.8757559, -1.425244, -1.309245, 0.0670937,
      -0.1748361, -1.390086, -0.8845611, 0.006673895, -0.4466869, -0.8277832,
      0.1921611, -0.1197601, -1.252397, -0.6418198 } },
  /* conv_transpose1d (x, w, stride=2) */
  { { .op = "ConvTranspose", .what = "one axis", .opset = 11,
    .attributes = { OP_INTS ("strides", 2) },
    .inputs = { OP_WAVE (1, 2, 3), OP_WAVE (2, 2, 3) } },
    OP_SHAPE (1, 2, 7),
    (const float[]){ 0.9065371, -0.3031807, -0.4777785, 0.5856271, -1.498433,
      0.152271, 0.9576527, 0.516653, 0.695275, -1.152203, 0.6191475, -0.1022098,
      -0.8548225, 0.6193259 } },
  { .expected = NULL },
};

const OpValues op_values_pools[] = {
  /* max_pool2d (x, 3, 2, 1, ceil_mode=True) */
  { { .op = "MaxPool", .what = "ceil_mode", .opset = 12,
    .attributes = { OP_INTS ("kernel_shape", 3, 3), OP_INTS ("strides", 2, 2),
      OP_INTS ("pads", 1, 1, 1, 1), OP_INT ("ceil_mode", 1) },
    .inputs = { OP_WAVE (1, 1, 6, 7) } },
    OP_SHAPE (1, 1, 4, 4),
    (const float[]){ 0.9916648, 0.9916648, 0.9997929, 0.9997929, 0.8591618,
      0.9856003, 0.9997929, 0.9997929, 0.1891146, 0.9856003, 0.9805895,
      0.9494039, 0.1891146, 0.9805895, 0.9805895, 0.5521674 } },
  /* max_pool2d (x, 2, 1, 1, dilation=3) */
  { { .op = "MaxPool", .what = "dilation", .opset = 12,
    .attributes = { OP_INTS ("kernel_shape", 2, 2), OP_INTS ("pads", 1, 1, 1,
      1), OP_INTS ("dilations", 3, 3) },
    .inputs = { OP_WAVE (1, 1, 6, 7) } },
    OP_SHAPE (1, 1, 5, 6),
    (const float[]){ 0.8792731, -0.5856373, 0.3590584, 0.8792731, 0.5290827,
      -0.7283608, 0.9856003, 0.04069326, 0.9916648, 0.9856003, 0.940429,
      0.4941134, 0.6702292, 0.6496128, 0.8591618, 0.9997929, 0.9494039,
      -0.148999, 0.8792731, 0.9805895, 0.3590584, 0.8792731, 0.9805895,
      -0.3207813, 0.9856003, 0.04069326, -0.2946716, 0.9856003, 0.940429,
      -0.9960865 } },
  /* avg_pool2d (x, 3, 2, 1, ceil_mode=True, count_include_pad=False) */
  { { .op = "AveragePool", .what = "ceil_mode, pads not counted", .opset = 11,
    .attributes = { OP_INTS ("kernel_shape", 3, 3), OP_INTS ("strides", 2, 2),
      OP_INTS ("pads", 1, 1, 1, 1), OP_INT ("ceil_mode", 1), OP_INT
      ("count_include_pad", 0) },
    .inputs = { OP_WAVE (1, 1, 6, 7) } },
    OP_SHAPE (1, 1, 4, 4),
    (const float[]){ 0.3081724, 0.01746899, 0.04269703, 0.2474422, -0.2626756,
      0.1865357, -0.15452, 0.5583305, -0.5490015, 0.1421875, -0.1777006,
      0.221049, -0.404511, 0.01684902, -0.07937317, -0.1728802 } },
  /* avg_pool2d (x, 3, 2, 1, ceil_mode=True, count_include_pad=True) */
  { { .op = "AveragePool", .what = "ceil_mode, pads counted", .opset = 11,
    .attributes = { OP_INTS ("kernel_shape", 3, 3), OP_INTS ("strides", 2, 2),
      OP_INTS ("pads", 1, 1, 1, 1), OP_INT ("ceil_mode", 1), OP_INT
      ("count_include_pad", 1) },
    .inputs = { OP_WAVE (1, 1, 6, 7) } },
    OP_SHAPE (1, 1, 4, 4),
    (const float[]){ 0.1369655, 0.01164599, 0.02846469, 0.1099743, -0.1751171,
      0.1865357, -0.15452, 0.3722203, -0.366001, 0.1421875, -0.1777006,
      0.147366, -0.134837, 0.008424511, -0.03968659, -0.05762672 } },
  /* avg_pool1d (x, 2, 2, 1, ceil_mode=True, count_include_pad=True) */
  { { .op = "AveragePool", .what = "the last window would start in the padding",
    .opset = 11,
    .attributes = { OP_INTS ("kernel_shape", 2), OP_INTS ("strides", 2),
      OP_INTS ("pads", 1, 1), OP_INT ("ceil_mode", 1), OP_INT
      ("count_include_pad", 1) },
    .inputs = { OP_WAVE (1, 2, 5) } },
    OP_SHAPE (1, 2, 3),
    (const float[]){ 0.0, 0.3680619, -0.2158507, 0.3992436, -0.6590059,
      0.6279512 } },
  /* lp_pool2d (x.abs (), 3, 2, 2) */
  { { .op = "LpPool", .what = "p 3", .opset = 11,
    .attributes = { OP_INTS ("kernel_shape", 2, 2), OP_INTS ("strides", 2, 2),
      OP_INT ("p", 3) },
    .inputs = { OP_WAVE (1, 1, 6, 7) } },
    OP_SHAPE (1, 1, 3, 3),
    (const float[]){ 1.226624, 1.207656, 1.177455, 1.203319, 1.22497, 1.226995,
      1.182508, 1.149379, 1.125649 } },
  /* x.mean ((2, 3), keepdim=True) */
  { { .op = "GlobalAveragePool", .what = "mean", .opset = 7,
    .inputs = { OP_WAVE (2, 2, 2, 3) } },
    OP_SHAPE (2, 2, 1, 1),
    (const float[]){ 0.1838183, -0.1954177, 0.09534199, 0.05921865 } },
  /* x.amax ((2, 3), keepdim=True) */
  { { .op = "GlobalMaxPool", .what = "maximum", .opset = 7,
    .inputs = { OP_WAVE (2, 2, 2, 3) } },
    OP_SHAPE (2, 2, 1, 1),
    (const float[]){ 0.9916648, 0.8591618, 0.9997929, 0.9856003 } },
  /* x.norm (dim=(2, 3), keepdim=True) */
  { { .op = "GlobalLpPool", .what = "norm", .opset = 7,
    .inputs = { OP_WAVE (2, 2, 2, 3) } },
    OP_SHAPE (2, 2, 1, 1),
    (const float[]){ 1.6696, 1.647412, 1.789077, 1.814995 } },
  { .expected = NULL },
};
/* clang-format on */
