/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "op-cases.h"

/* Four places (x, y) of one image, away from the lines where the interpolation
 * has a kink. */
#define GRID(...)                                                              \
  {                                                                            \
    .type = SAC_TYPE_FLOAT, .shape = OP_SHAPE (1, 2, 2, 2),                    \
    .floats = (const float[])                                                  \
    {                                                                          \
      __VA_ARGS__                                                              \
    }                                                                          \
  }

/* clang-format off */
const OpCase op_cases_resize[] = {
  { .op = "Resize", .what = "nearest, scales", .opset = 11, .linear = true,
    .inputs = { OP_SIGNED (1, 2, 4, 5), OP_LEFT_OUT, OP_CONSTANT_FLOATS (1, 1, 2, 1.5f) } },
  { .op = "Resize", .what = "linear, sizes", .opset = 13, .linear = true,
    .attributes = { OP_STRING ("mode", "linear") },
    .inputs = { OP_SIGNED (2, 2, 4, 5), OP_LEFT_OUT, OP_LEFT_OUT,
                OP_CONSTANT_INTS (2, 2, 7, 3) } },
  { .op = "Resize", .what = "linear, corners aligned", .opset = 13,
    .linear = true,
    .attributes = { OP_STRING ("mode", "linear"),
      OP_STRING ("coordinate_transformation_mode", "align_corners") },
    .inputs = { OP_SIGNED (1, 2, 4, 5), OP_LEFT_OUT, OP_LEFT_OUT,
                OP_CONSTANT_INTS (1, 2, 7, 8) } },
  { .op = "Resize", .what = "cubic", .opset = 13, .linear = true,
    .attributes = { OP_STRING ("mode", "cubic") },
    .inputs = { OP_SIGNED (1, 2, 6, 5), OP_LEFT_OUT, OP_LEFT_OUT,
                OP_CONSTANT_INTS (1, 2, 4, 9) } },
  { .op = "Resize", .what = "cubic, outside excluded", .opset = 13,
    .linear = true,
    .attributes = { OP_STRING ("mode", "cubic"), OP_INT ("exclude_outside", 1),
                    OP_FLOAT ("cubic_coeff_a", -0.5f) },
    .inputs = { OP_SIGNED (1, 2, 6, 5), OP_LEFT_OUT,
                OP_CONSTANT_FLOATS (1, 1, 0.6f, 1.7f) } },
  { .op = "Resize", .what = "linear, antialias, some axes", .opset = 18,
    .linear = true,
    .attributes = { OP_STRING ("mode", "linear"), OP_INT ("antialias", 1),
                    OP_INTS ("axes", 3, 2) },
    .inputs = { OP_SIGNED (1, 2, 9, 8), OP_LEFT_OUT, OP_LEFT_OUT,
                OP_CONSTANT_INTS (3, 4) } },
  { .op = "Resize", .what = "cubic, antialias", .opset = 18, .linear = true,
    .attributes = { OP_STRING ("mode", "cubic"), OP_INT ("antialias", 1) },
    .inputs = { OP_SIGNED (1, 1, 9, 8), OP_LEFT_OUT, OP_LEFT_OUT,
                OP_CONSTANT_INTS (1, 1, 4, 3) } },
  { .op = "Resize", .what = "cropped beyond the image", .opset = 13,
    .linear = true,
    .attributes = { OP_STRING ("mode", "linear"),
      OP_STRING ("coordinate_transformation_mode", "tf_crop_and_resize"),
      OP_FLOAT ("extrapolation_value", 10) },
    .inputs = { OP_SIGNED (1, 2, 4, 5), OP_CONSTANT_FLOATS (0, 0, 0.4f, 0.2f, 1, 1, 1.2f, 0.7f),
                OP_LEFT_OUT, OP_CONSTANT_INTS (1, 2, 6, 4) } },
  { .op = "Resize", .what = "nothing to do", .opset = 13, .linear = true,
    .inputs = { OP_SIGNED (1, 2, 4, 5), OP_LEFT_OUT, OP_CONSTANT_FLOATS (1, 1, 1, 1) } },
  { .op = "Resize", .what = "channels too", .opset = 13, .linear = true,
    .attributes = { OP_STRING ("mode", "linear") },
    .inputs = { OP_SIGNED (2, 3, 4, 2), OP_LEFT_OUT, OP_LEFT_OUT,
                OP_CONSTANT_INTS (3, 2, 5, 2) } },
  { .op = "Upsample", .what = "nearest", .opset = 9, .linear = true,
    .inputs = { OP_SIGNED (1, 2, 3, 4), OP_CONSTANT_FLOATS (1, 1, 2, 3) } },
  { .op = "Upsample", .what = "linear, scales as attribute", .opset = 7,
    .linear = true,
    .attributes = { OP_STRING ("mode", "linear"),
                    OP_FLOAT_LIST ("scales", 1, 1, 2, 1.5f) },
    .inputs = { OP_SIGNED (1, 2, 3, 4) } },
  { .op = "GridSample", .what = "bilinear", .opset = 16,
    .inputs = { OP_SIGNED (1, 3, 5, 6),
                GRID (-1, -0.64f, -0.4f, -0.16f, 0.3f, 0.2f, 0.96f, 1) } },
  { .op = "GridSample", .what = "bilinear, border", .opset = 16,
    .attributes = { OP_STRING ("padding_mode", "border"),
                    OP_INT ("align_corners", 1) },
    .inputs = { OP_SIGNED (1, 3, 5, 6),
                GRID (-1.4f, -0.7f, -0.4f, -0.2f, 0.32f, 0.3f, 0.9f, 1.3f) } },
  { .op = "GridSample", .what = "bilinear, reflection", .opset = 20,
    .attributes = { OP_STRING ("padding_mode", "reflection"),
                    OP_STRING ("mode", "linear") },
    .inputs = { OP_SIGNED (1, 2, 5, 6),
                GRID (-1.3f, -1.4f, -0.4f, -0.2f, 0.3f, 0.2f, 1.3f, 1.4f) } },
  { .op = "GridSample", .what = "bicubic", .opset = 16,
    .attributes = { OP_STRING ("mode", "bicubic") },
    .inputs = { OP_SIGNED (1, 2, 5, 6),
                GRID (-1, -0.64f, -0.4f, -0.16f, 0.3f, 0.2f, 0.96f, 1) } },
  { .op = "GridSample", .what = "bicubic, reflection", .opset = 16,
    .attributes = { OP_STRING ("mode", "bicubic"),
                    OP_STRING ("padding_mode", "reflection"),
                    OP_INT ("align_corners", 1) },
    .inputs = { OP_SIGNED (1, 2, 5, 6),
                GRID (-1.3f, -1.4f, -0.4f, -0.2f, 0.3f, 0.2f, 1.3f, 1.4f) } },
  { .op = "GridSample", .what = "nearest", .opset = 16,
    .attributes = { OP_STRING ("mode", "nearest") },
    .inputs = { OP_SIGNED (1, 2, 5, 6),
                GRID (-0.9f, -0.7f, -0.4f, -0.3f, 0.2f, 0.1f, 0.8f, 0.9f) } },
  { .op = NULL },
};
/* clang-format on */
