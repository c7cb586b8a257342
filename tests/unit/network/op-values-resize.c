/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What PyTorch 1.13 computes in float64, on the CPU, from the same waves
 * rounded to float32: x, y, z or x, w, b stand for the inputs, the call is
 * above each case. */
#include "op-values.h"

#define GRID_PLACES                                                            \
  {                                                                            \
    .type = SAC_TYPE_FLOAT, .shape = OP_SHAPE (2, 2, 2, 2),                    \
    .floats = (const float[])                                                  \
    {                                                                          \
      -1.2f, -0.9f, 0.1f, 0.3f, 0.7f, -0.4f, 1.1f, 1.3f, -0.35f, 0.0f, 0.5f,   \
        0.55f, -2.3f, 0.2f, 0.9f, -1.6f                                        \
    }                                                                          \
  }

/* clang-format off */
const OpValues op_values_resizes[] = {
  /* interpolate (x, (5, 3), mode="bilinear") */
  { { .op = "Resize", .what = "linear", .opset = 13,
    .attributes = { OP_STRING ("mode", "linear"), OP_STRING
      ("coordinate_transformation_mode", "half_pixel") },
    .inputs = { OP_WAVE (1, 1, 3, 4), OP_LEFT_OUT, OP_LEFT_OUT, OP_CONSTANT_INTS
      (1, 1, 5, 3) } },
    OP_SHAPE (1, 1, 5, 3),
    (const float[]){ 0.1652775, 0.3680619, -0.8141024, 0.3171034, 0.2405596,
      -0.7411655, 0.5448423, 0.04930621, -0.6317601, 0.6871919, -0.1496746,
      -0.4233433, 0.7820916, -0.2823284, -0.2843988 } },
  /* interpolate (x, (5, 3), mode="bilinear", align_corners=True) */
  { { .op = "Resize", .what = "linear, corners aligned", .opset = 13,
    .attributes = { OP_STRING ("mode", "linear"), OP_STRING
      ("coordinate_transformation_mode", "align_corners") },
    .inputs = { OP_WAVE (1, 1, 3, 4), OP_LEFT_OUT, OP_LEFT_OUT, OP_CONSTANT_INTS
      (1, 1, 5, 3) } },
    OP_SHAPE (1, 1, 5, 3),
    (const float[]){ 0.0, 0.3680619, -0.9258147, 0.2470567, 0.208684,
      -0.7719759, 0.4941134, 0.04930621, -0.6181371, 0.6766376, -0.1165111,
      -0.3835681, 0.8591618, -0.2823284, -0.148999 } },
  /* interpolate (x, (4, 6), mode="bicubic") */
  { { .op = "Resize", .what = "cubic", .opset = 13,
    .attributes = { OP_STRING ("mode", "cubic"), OP_STRING
      ("coordinate_transformation_mode", "pytorch_half_pixel") },
    .inputs = { OP_WAVE (1, 1, 3, 4), OP_LEFT_OUT, OP_LEFT_OUT, OP_CONSTANT_INTS
      (1, 1, 4, 6) } },
    OP_SHAPE (1, 1, 4, 6),
    (const float[]){ -0.1258304, 0.6002677, 0.9320588, 0.03370373, -0.701009,
      -1.010768, 0.2207205, 0.7275257, 0.7678837, -0.2723193, -0.7792193,
      -0.8039464, 0.684063, 0.7945401, 0.4091998, -0.6691263, -0.7674265,
      -0.3781575, 0.9302824, 0.753016, 0.1144978, -0.8707523, -0.6741291,
      -0.04025233 } },
  /* interpolate (x, (5, 3), mode="nearest") */
  { { .op = "Resize", .what = "nearest", .opset = 13,
    .attributes = { OP_STRING ("mode", "nearest"), OP_STRING
      ("coordinate_transformation_mode", "asymmetric"), OP_STRING
      ("nearest_mode", "floor") },
    .inputs = { OP_WAVE (1, 1, 3, 4), OP_LEFT_OUT, OP_LEFT_OUT, OP_CONSTANT_INTS
      (1, 1, 5, 3) } },
    OP_SHAPE (1, 1, 5, 3),
    (const float[]){ 0.0, 0.9916648, -0.2555411, 0.0, 0.9916648, -0.2555411,
      0.4941134, 0.7984871, -0.6998747, 0.4941134, 0.7984871, -0.6998747,
      0.8591618, 0.3967406, -0.9613975 } },
  /* interpolate (x, (5, 3), mode="nearest-exact") */
  { { .op = "Resize", .what = "nearest, exact", .opset = 13,
    .attributes = { OP_STRING ("mode", "nearest"), OP_STRING ("nearest_mode",
      "round_prefer_ceil") },
    .inputs = { OP_WAVE (1, 1, 3, 4), OP_LEFT_OUT, OP_LEFT_OUT, OP_CONSTANT_INTS
      (1, 1, 5, 3) } },
    OP_SHAPE (1, 1, 5, 3),
    (const float[]){ 0.0, -0.2555411, -0.9258147, 0.0, -0.2555411, -0.9258147,
      0.4941134, -0.6998747, -0.6181371, 0.8591618, -0.9613975, -0.148999,
      0.8591618, -0.9613975, -0.148999 } },
  /* interpolate (x, (2, 3), mode="bilinear", antialias=True) */
  { { .op = "Resize", .what = "linear, antialias", .opset = 18,
    .attributes = { OP_STRING ("mode", "linear"), OP_INT ("antialias", 1),
      OP_INT ("exclude_outside", 1) },
    .inputs = { OP_WAVE (1, 1, 3, 4), OP_LEFT_OUT, OP_LEFT_OUT, OP_CONSTANT_INTS
      (1, 1, 2, 3) } },
    OP_SHAPE (1, 1, 2, 3),
    (const float[]){ 0.4054717, 0.2485285, -0.6939548, 0.6698067, -0.1579654,
      -0.486446 } },
  /* interpolate (x, (2, 3), mode="bicubic", antialias=True) */
  { { .op = "Resize", .what = "cubic, antialias", .opset = 18,
    .attributes = { OP_STRING ("mode", "cubic"), OP_INT ("antialias", 1), OP_INT
      ("exclude_outside", 1), OP_FLOAT ("cubic_coeff_a", -0.5f) },
    .inputs = { OP_WAVE (1, 1, 5, 7), OP_LEFT_OUT, OP_LEFT_OUT, OP_CONSTANT_INTS
      (1, 1, 2, 3) } },
    OP_SHAPE (1, 1, 2, 3),
    (const float[]){ 0.2228294, -0.2088568, 0.3046514, -0.231008, 0.02446544,
      0.169219 } },
  /* interpolate (x, scale_factor=2, mode="nearest") */
  { { .op = "Upsample", .what = "nearest", .opset = 9,
    .inputs = { OP_WAVE (1, 1, 2, 2), OP_CONSTANT_FLOATS (1, 1, 2, 2) } },
    OP_SHAPE (1, 1, 4, 4),
    (const float[]){ 0.0, 0.0, 0.9916648, 0.9916648, 0.0, 0.0, 0.9916648,
      0.9916648, -0.2555411, -0.2555411, -0.9258147, -0.9258147, -0.2555411,
      -0.2555411, -0.9258147, -0.9258147 } },
  /* grid_sample (x, grid, "bilinear", "zeros", False) */
  { { .op = "GridSample", .what = "bilinear, zeros", .opset = 16,
    .attributes = { OP_STRING ("mode", "bilinear"), OP_STRING ("padding_mode",
      "zeros"), OP_INT ("align_corners", 0) },
    .inputs = { OP_WAVE (2, 1, 3, 4), GRID_PLACES } },
    OP_SHAPE (2, 1, 2, 2),
    (const float[]){ 0.0, -0.3869816, -0.7657967, -0.002234988, -0.2926553,
      0.2889427, 0.0, 0.0 } },
  /* grid_sample (x, grid, "bilinear", "zeros", True) */
  { { .op = "GridSample", .what = "bilinear, zeros, corners aligned", .opset =
    16,
    .attributes = { OP_STRING ("mode", "bilinear"), OP_STRING ("padding_mode",
      "zeros"), OP_INT ("align_corners", 1) },
    .inputs = { OP_WAVE (2, 1, 3, 4), GRID_PLACES } },
    OP_SHAPE (2, 1, 2, 2),
    (const float[]){ 0.03458794, -0.2686284, -0.642628, -0.08865442, -0.5490146,
      -0.1448544, 0.0, 0.06377191 } },
  /* grid_sample (x, grid, "bilinear", "border", False) */
  { { .op = "GridSample", .what = "bilinear, border", .opset = 16,
    .attributes = { OP_STRING ("mode", "bilinear"), OP_STRING ("padding_mode",
      "border"), OP_INT ("align_corners", 0) },
    .inputs = { OP_WAVE (2, 1, 3, 4), GRID_PLACES } },
    OP_SHAPE (2, 1, 2, 2),
    (const float[]){ 0.0, -0.3869816, -0.7657967, -0.148999, -0.2926553,
      0.2889427, 0.774216, 0.3590584 } },
  /* grid_sample (x, grid, "bilinear", "border", True) */
  { { .op = "GridSample", .what = "bilinear, border, corners aligned", .opset =
    16,
    .attributes = { OP_STRING ("mode", "bilinear"), OP_STRING ("padding_mode",
      "border"), OP_INT ("align_corners", 1) },
    .inputs = { OP_WAVE (2, 1, 3, 4), GRID_PLACES } },
    OP_SHAPE (2, 1, 2, 2),
    (const float[]){ 0.04941135, -0.2686284, -0.642628, -0.148999, -0.5490146,
      -0.1448544, 0.809235, 0.1594298 } },
  /* grid_sample (x, grid, "bilinear", "reflection", False) */
  { { .op = "GridSample", .what = "bilinear, reflection", .opset = 16,
    .attributes = { OP_STRING ("mode", "bilinear"), OP_STRING ("padding_mode",
      "reflection"), OP_INT ("align_corners", 0) },
    .inputs = { OP_WAVE (2, 1, 3, 4), GRID_PLACES } },
    OP_SHAPE (2, 1, 2, 2),
    (const float[]){ 0.0, -0.3869816, -0.7657967, -0.148999, -0.2926553,
      0.2889427, -0.4547278, 0.5247662 } },
  /* grid_sample (x, grid, "bilinear", "reflection", True) */
  { { .op = "GridSample", .what = "bilinear, reflection, corners aligned",
    .opset = 16,
    .attributes = { OP_STRING ("mode", "bilinear"), OP_STRING ("padding_mode",
      "reflection"), OP_INT ("align_corners", 1) },
    .inputs = { OP_WAVE (2, 1, 3, 4), GRID_PLACES } },
    OP_SHAPE (2, 1, 2, 2),
    (const float[]){ 0.3262921, -0.2686284, -0.642628, -0.3787205, -0.5490146,
      -0.1448544, -0.6420639, 0.3926166 } },
  /* grid_sample (x, grid, "nearest", "zeros", False) */
  { { .op = "GridSample", .what = "nearest, zeros", .opset = 16,
    .attributes = { OP_STRING ("mode", "nearest"), OP_STRING ("padding_mode",
      "zeros"), OP_INT ("align_corners", 0) },
    .inputs = { OP_WAVE (2, 1, 3, 4), GRID_PLACES } },
    OP_SHAPE (2, 1, 2, 2),
    (const float[]){ 0.0, -0.6998747, -0.9258147, 0.0, -0.5856373, -0.2946716,
      0.0, 0.0 } },
  /* grid_sample (x, grid, "nearest", "border", False) */
  { { .op = "GridSample", .what = "nearest, border", .opset = 16,
    .attributes = { OP_STRING ("mode", "nearest"), OP_STRING ("padding_mode",
      "border"), OP_INT ("align_corners", 0) },
    .inputs = { OP_WAVE (2, 1, 3, 4), GRID_PLACES } },
    OP_SHAPE (2, 1, 2, 2),
    (const float[]){ 0.0, -0.6998747, -0.9258147, -0.148999, -0.5856373,
      -0.2946716, 0.8792731, 0.3590584 } },
  /* grid_sample (x, grid, "nearest", "reflection", False) */
  { { .op = "GridSample", .what = "nearest, reflection", .opset = 16,
    .attributes = { OP_STRING ("mode", "nearest"), OP_STRING ("padding_mode",
      "reflection"), OP_INT ("align_corners", 0) },
    .inputs = { OP_WAVE (2, 1, 3, 4), GRID_PLACES } },
    OP_SHAPE (2, 1, 2, 2),
    (const float[]){ 0.0, -0.6998747, -0.9258147, -0.148999, -0.5856373,
      -0.2946716, -0.7283608, 0.3590584 } },
  /* grid_sample (x, grid, "bicubic", "zeros", False) */
  { { .op = "GridSample", .what = "bicubic, zeros", .opset = 16,
    .attributes = { OP_STRING ("mode", "bicubic"), OP_STRING ("padding_mode",
      "zeros"), OP_INT ("align_corners", 0) },
    .inputs = { OP_WAVE (2, 1, 3, 4), GRID_PLACES } },
    OP_SHAPE (2, 1, 2, 2),
    (const float[]){ -0.009473267, -0.5696745, -0.9660866, 0.0001694365,
      -0.2930091, 0.4853086, 0.0, -0.04380567 } },
  /* grid_sample (x, grid, "bicubic", "zeros", True) */
  { { .op = "GridSample", .what = "bicubic, zeros, corners aligned", .opset =
    16,
    .attributes = { OP_STRING ("mode", "bicubic"), OP_STRING ("padding_mode",
      "zeros"), OP_INT ("align_corners", 1) },
    .inputs = { OP_WAVE (2, 1, 3, 4), GRID_PLACES } },
    OP_SHAPE (2, 1, 2, 2),
    (const float[]){ -0.08289372, -0.396389, -0.9182419, 0.005564386,
      -0.5545493, -0.07326954, -0.001458434, 0.04847486 } },
  /* grid_sample (x, grid, "bicubic", "border", False) */
  { { .op = "GridSample", .what = "bicubic, border", .opset = 16,
    .attributes = { OP_STRING ("mode", "bicubic"), OP_STRING ("padding_mode",
      "border"), OP_INT ("align_corners", 0) },
    .inputs = { OP_WAVE (2, 1, 3, 4), GRID_PLACES } },
    OP_SHAPE (2, 1, 2, 2),
    (const float[]){ -0.0620085, -0.5117127, -0.814008, -0.1097161, -0.3141117,
      0.3509226, 0.7682826, 0.5057853 } },
  /* grid_sample (x, grid, "bicubic", "border", True) */
  { { .op = "GridSample", .what = "bicubic, border, corners aligned", .opset =
    16,
    .attributes = { OP_STRING ("mode", "bicubic"), OP_STRING ("padding_mode",
      "border"), OP_INT ("align_corners", 1) },
    .inputs = { OP_WAVE (2, 1, 3, 4), GRID_PLACES } },
    OP_SHAPE (2, 1, 2, 2),
    (const float[]){ -0.06563501, -0.3667662, -0.7782265, -0.02469613,
      -0.5549511, -0.1155131, 0.8060697, 0.1477427 } },
  /* grid_sample (x, grid, "bicubic", "reflection", False) */
  { { .op = "GridSample", .what = "bicubic, reflection", .opset = 16,
    .attributes = { OP_STRING ("mode", "bicubic"), OP_STRING ("padding_mode",
      "reflection"), OP_INT ("align_corners", 0) },
    .inputs = { OP_WAVE (2, 1, 3, 4), GRID_PLACES } },
    OP_SHAPE (2, 1, 2, 2),
    (const float[]){ -0.1591611, -0.5117127, -0.814008, -0.0002335113,
      -0.3141117, 0.3509226, -0.4519077, 0.7270717 } },
  /* grid_sample (x, grid, "bicubic", "reflection", True) */
  { { .op = "GridSample", .what = "bicubic, reflection, corners aligned", .opset
    = 16,
    .attributes = { OP_STRING ("mode", "bicubic"), OP_STRING ("padding_mode",
      "reflection"), OP_INT ("align_corners", 1) },
    .inputs = { OP_WAVE (2, 1, 3, 4), GRID_PLACES } },
    OP_SHAPE (2, 1, 2, 2),
    (const float[]){ 0.2330156, -0.3873216, -0.8098669, -0.2672462, -0.5542816,
      -0.02002749, -0.6738588, 0.4847132 } },
  { .expected = NULL },
};
/* clang-format on */
