/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Element-wise and moving ops: values at the edges of types and lists.  Plain
 * uses are the standard's own tests (tests/cases/test-nodes.c); expected
 * numbers here follow from the standard's text, or are NumPy's where it refers
 * to NumPy. */
#include "op-run.h"

#include <math.h>
#include <string.h>

/* One use and its first output: elements in `ints` (integers and bool) or
 * `floats`. */
typedef struct {
  OpCase use;
  const char *shape;
  const int64_t *ints;
  const float *floats;
} Known;

/* clang-format off */
#define ALL_INTS(...) (const int64_t[]){ __VA_ARGS__ }
#define ALL_FLOATS(...) (const float[]){ __VA_ARGS__ }
#define FLOATS(shape_, ...)                                                    \
  { .type = SAC_TYPE_FLOAT, .shape = shape_, .floats = ALL_FLOATS (__VA_ARGS__) }
#define TYPED(type_, shape_, ...)                                              \
  { .type = type_, .shape = shape_, .ints = ALL_INTS (__VA_ARGS__) }
#define INTS(shape_, ...)                                                      \
  { .type = SAC_TYPE_INT64, .shape = shape_, .ints = ALL_INTS (__VA_ARGS__) }
#define BOOLS(shape_, ...)                                                     \
  { .type = SAC_TYPE_BOOL, .shape = shape_, .ints = ALL_INTS (__VA_ARGS__) }
#define ROW(n) OP_SHAPE (n)

static const Known arithmetic[] = {
  { { .op = "Add", .what = "int64 wraps", .opset = 14,
      .inputs = { INTS (ROW (2), INT64_MAX, -1), INTS (ROW (1), 1) } },
    "2", ALL_INTS (INT64_MIN, 0) },
  { { .op = "Add", .what = "uint8 wraps", .opset = 14,
      .inputs = { TYPED (SAC_TYPE_UINT8, ROW (2), 200, 3),
                  TYPED (SAC_TYPE_UINT8, ROW (2), 100, 4) } },
    "2", ALL_INTS (44, 7) },
  { { .op = "Sub", .what = "uint8 wraps", .opset = 14,
      .inputs = { TYPED (SAC_TYPE_UINT8, ROW (1), 1),
                  TYPED (SAC_TYPE_UINT8, ROW (1), 2) } },
    "1", ALL_INTS (255) },
  { { .op = "Mul", .what = "int32 wraps", .opset = 14,
      .inputs = { TYPED (SAC_TYPE_INT32, ROW (1), 65536),
                  TYPED (SAC_TYPE_INT32, ROW (1), 65537) } },
    "1", ALL_INTS (65536) },
  { { .op = "Div", .what = "truncates; the lowest over -1 wraps", .opset = 14,
      .inputs = { INTS (ROW (5), 7, -7, 7, -7, INT64_MIN),
                  INTS (ROW (5), 2, 2, -2, -2, -1) } },
    "5", ALL_INTS (3, -3, -3, 3, INT64_MIN) },
  { { .op = "Div", .what = "the lowest int32 over -1 wraps", .opset = 14,
      .inputs = { TYPED (SAC_TYPE_INT32, ROW (1), INT32_MIN),
                  TYPED (SAC_TYPE_INT32, ROW (1), -1) } },
    "1", ALL_INTS (INT32_MIN) },
  { { .op = "Div", .what = "uint64 has no sign", .opset = 14,
      .inputs = { TYPED (SAC_TYPE_UINT64, ROW (1), -2),
                  TYPED (SAC_TYPE_UINT64, ROW (1), 2) } },
    "1", ALL_INTS (INT64_MAX) },
  { { .op = "Div", .what = "floats by zero", .opset = 14,
      .inputs = { FLOATS (ROW (3), 1, -1, 0), FLOATS (ROW (1), 0) } },
    "3", NULL, ALL_FLOATS (INFINITY, -INFINITY, NAN) },
  { { .op = "Mod", .what = "Python's sign", .opset = 13,
      .inputs = { INTS (ROW (6), 7, -7, 7, -7, INT64_MIN, -6),
                  INTS (ROW (6), 3, 3, -3, -3, -1, 3) } },
    "6", ALL_INTS (1, 2, -2, -1, 0, 0) },
  { { .op = "Mod", .what = "C's sign", .opset = 13,
      .attributes = { OP_INT ("fmod", 1) },
      .inputs = { INTS (ROW (4), 7, -7, 7, -7), INTS (ROW (4), 3, 3, -3, -3) } },
    "4", ALL_INTS (1, -1, 1, -1) },
  { { .op = "Mod", .what = "floats", .opset = 13,
      .attributes = { OP_INT ("fmod", 1) },
      .inputs = { FLOATS (ROW (3), 5.5f, -5.5f, 1), FLOATS (ROW (3), 2, 2, 0) } },
    "3", NULL, ALL_FLOATS (1.5f, -1.5f, NAN) },
  { { .op = "Pow", .what = "integers", .opset = 13,
      .inputs = { INTS (ROW (6), 3, -2, 2, -1, 5, 7),
                  INTS (ROW (6), 4, 3, 64, -3, -2, 0) } },
    "6", ALL_INTS (81, -8, 0, -1, 0, 1) },
  { { .op = "Pow", .what = "an integer to a float", .opset = 13,
      .inputs = { INTS (ROW (2), 9, 2), FLOATS (ROW (2), 0.5f, 100) } },
    "2", ALL_INTS (3, INT64_MIN) },
  { { .op = "Pow", .what = "a float to an integer", .opset = 13,
      .inputs = { FLOATS (ROW (3), -2, 0, 3), INTS (ROW (3), 3, 0, -1) } },
    "3", NULL, ALL_FLOATS (-8, 1, 1.0f / 3) },
  { { .op = "Max", .what = "NaN on either side", .opset = 13,
      .inputs = { FLOATS (ROW (3), NAN, 1, 2), FLOATS (ROW (3), 1, NAN, 3) } },
    "3", NULL, ALL_FLOATS (NAN, NAN, 3) },
  { { .op = "Min", .what = "NaN on either side", .opset = 13,
      .inputs = { FLOATS (ROW (3), NAN, 1, 2), FLOATS (ROW (3), 1, NAN, 3) } },
    "3", NULL, ALL_FLOATS (NAN, NAN, 2) },
  { { .op = "Max", .what = "one operand", .opset = 13,
      .inputs = { FLOATS (ROW (2), -1, 1) } },
    "2", NULL, ALL_FLOATS (-1, 1) },
  { { .op = "Min", .what = "uint64 has no sign", .opset = 13,
      .inputs = { TYPED (SAC_TYPE_UINT64, ROW (1), -1),
                  TYPED (SAC_TYPE_UINT64, ROW (1), 1) } },
    "1", ALL_INTS (1) },
  { { .op = "Mean", .what = "three shapes", .opset = 13,
      .inputs = { FLOATS (OP_SHAPE (2, 1), 0, 3), FLOATS (ROW (2), 3, 6),
                  FLOATS ({ 0 }, 9) } },
    "2x2", NULL, ALL_FLOATS (4, 5, 5, 6) },
  { { .op = "Add", .what = "an empty operand", .opset = 14,
      .inputs = { { .type = SAC_TYPE_FLOAT, .shape = OP_SHAPE (0, 3) },
                  FLOATS (OP_SHAPE (1, 1), 1) } },
    "0x3" },
  { { .op = "Add", .what = "scalars", .opset = 14,
      .inputs = { FLOATS ({ 0 }, 1), FLOATS ({ 0 }, 2) } },
    "scalar", NULL, ALL_FLOATS (3) },
  { { .op = "PRelu", .what = "a slope for each channel", .opset = 16,
      .inputs = { FLOATS (OP_SHAPE (2, 2), -1, 2, -3, NAN),
                  FLOATS (OP_SHAPE (2, 1), 0.5f, 2) } },
    "2x2", NULL, ALL_FLOATS (-0.5f, 2, -6, NAN) },
  { { .op = "BitShift", .what = "right", .opset = 11,
      .attributes = { OP_STRING ("direction", "RIGHT") },
      .inputs = { TYPED (SAC_TYPE_UINT64, ROW (3), -1, 16, 1),
                  TYPED (SAC_TYPE_UINT64, ROW (3), 63, 4, 64) } },
    "3", ALL_INTS (1, 1, 0) },
  { { .op = "BitShift", .what = "left, out of uint8", .opset = 11,
      .attributes = { OP_STRING ("direction", "LEFT") },
      .inputs = { TYPED (SAC_TYPE_UINT8, ROW (1), 129),
                  TYPED (SAC_TYPE_UINT8, ROW (1), 1) } },
    "1", ALL_INTS (2) },
};

static const Known logic[] = {
  { { .op = "Equal", .what = "NaN equals nothing", .opset = 13,
      .inputs = { FLOATS (ROW (3), NAN, 1, -0.0f), FLOATS (ROW (3), NAN, 1, 0) } },
    "3", ALL_INTS (0, 1, 1) },
  { { .op = "Equal", .what = "bool", .opset = 13,
      .inputs = { BOOLS (OP_SHAPE (2, 1), 0, 1), BOOLS (ROW (2), 0, 1) } },
    "2x2", ALL_INTS (1, 0, 0, 1) },
  { { .op = "Greater", .what = "uint64 has no sign", .opset = 13,
      .inputs = { TYPED (SAC_TYPE_UINT64, ROW (1), -1),
                  TYPED (SAC_TYPE_UINT64, ROW (1), 1) } },
    "1", ALL_INTS (1) },
  { { .op = "LessOrEqual", .what = "int64 beyond double's digits", .opset = 16,
      .inputs = { INTS (ROW (2), INT64_MAX, INT64_MAX - 1),
                  INTS (ROW (1), INT64_MAX - 1) } },
    "2", ALL_INTS (0, 1) },
  { { .op = "GreaterOrEqual", .what = "NaN", .opset = 12,
      .inputs = { FLOATS (ROW (2), NAN, 1), FLOATS (ROW (1), 1) } },
    "2", ALL_INTS (0, 1) },
  { { .op = "Xor", .what = "bool", .opset = 7,
      .inputs = { BOOLS (ROW (4), 0, 0, 1, 1), BOOLS (ROW (4), 0, 1, 0, 1) } },
    "4", ALL_INTS (0, 1, 1, 0) },
  { { .op = "IsInf", .what = "positive only", .opset = 10,
      .attributes = { OP_INT ("detect_negative", 0) },
      .inputs = { FLOATS (ROW (4), INFINITY, -INFINITY, NAN, 1) } },
    "4", ALL_INTS (1, 0, 0, 0) },
  { { .op = "IsNaN", .what = "all kinds", .opset = 9,
      .inputs = { FLOATS (ROW (3), INFINITY, NAN, 0) } },
    "3", ALL_INTS (0, 1, 0) },
  { { .op = "Where", .what = "integers", .opset = 16,
      .inputs = { BOOLS (OP_SHAPE (2, 1), 1, 0), INTS (ROW (2), 1, 2),
                  INTS ({ 0 }, -5) } },
    "2x2", ALL_INTS (1, 2, -5, -5) },
};

static const Known functions[] = {
  { { .op = "Abs", .what = "the lowest wraps", .opset = 13,
      .inputs = { INTS (ROW (2), INT64_MIN, -3) } },
    "2", ALL_INTS (INT64_MIN, 3) },
  { { .op = "Abs", .what = "int8 wraps", .opset = 13,
      .inputs = { TYPED (SAC_TYPE_INT8, ROW (1), -128) } },
    "1", ALL_INTS (-128) },
  { { .op = "Sign", .what = "NaN stays", .opset = 13,
      .inputs = { FLOATS (ROW (4), NAN, -0.5f, 0, INFINITY) } },
    "4", NULL, ALL_FLOATS (NAN, -1, 0, 1) },
  { { .op = "Round", .what = "halves to even", .opset = 11,
      .inputs = { FLOATS (ROW (6), 0.5f, 1.5f, 2.5f, -1.5f, -0.4f, 1e9f) } },
    "6", NULL, ALL_FLOATS (0, 2, 2, -2, 0, 1e9f) },
  { { .op = "Relu", .what = "NaN and infinities", .opset = 14,
      .inputs = { FLOATS (ROW (5), NAN, -INFINITY, INFINITY, -1, 2) } },
    "5", NULL, ALL_FLOATS (NAN, 0, INFINITY, 0, 2) },
  { { .op = "Relu", .what = "integers", .opset = 14,
      .inputs = { INTS (ROW (2), -3, 3) } },
    "2", ALL_INTS (0, 3) },
  { { .op = "Sigmoid", .what = "far out", .opset = 13,
      .inputs = { FLOATS (ROW (5), -200, 200, -INFINITY, INFINITY, NAN) } },
    "5", NULL, ALL_FLOATS (0, 1, 0, 1, NAN) },
  { { .op = "Softplus", .what = "far out", .opset = 7,
      .inputs = { FLOATS (ROW (4), -200, 200, INFINITY, NAN) } },
    "4", NULL, ALL_FLOATS (0, 200, INFINITY, NAN) },
  { { .op = "Mish", .what = "far out", .opset = 18,
      .inputs = { FLOATS (ROW (3), 100, 30, NAN) } },
    "3", NULL, ALL_FLOATS (100, 30, NAN) },
  { { .op = "Gelu", .what = "far out", .opset = 20,
      .inputs = { FLOATS (ROW (3), 100, -100, NAN) } },
    "3", NULL, ALL_FLOATS (100, 0, NAN) },
  { { .op = "HardSwish", .what = "three parts", .opset = 14,
      .inputs = { FLOATS (ROW (4), -4, 3, 6, 0) } },
    "4", NULL, ALL_FLOATS (0, 3, 6, 0) },
  { { .op = "Clip", .what = "bounds that cross: the upper one", .opset = 13,
      .inputs = { FLOATS (ROW (3), -5, 0, 5), FLOATS ({ 0 }, 2),
                  FLOATS ({ 0 }, 1) } },
    "3", NULL, ALL_FLOATS (1, 1, 1) },
  { { .op = "Clip", .what = "NaN goes through; no bounds", .opset = 13,
      .inputs = { FLOATS (ROW (3), NAN, -INFINITY, 5) } },
    "3", NULL, ALL_FLOATS (NAN, -INFINITY, 5) },
  { { .op = "Clip", .what = "int64 beyond double's digits", .opset = 12,
      .inputs = { INTS (ROW (2), INT64_MAX, 0), INTS ({ 0 }, 1),
                  INTS ({ 0 }, INT64_MAX - 1) } },
    "2", ALL_INTS (INT64_MAX - 1, 1) },
  { { .op = "Clip", .what = "attributes", .opset = 6,
      .attributes = { OP_FLOAT ("max", 1) },
      .inputs = { FLOATS (ROW (2), -3, 3) } },
    "2", NULL, ALL_FLOATS (-3, 1) },
};

#define TO(type_) .attributes = { OP_INT ("to", type_) }
static const Known casts[] = {
  { { .op = "Cast", .what = "float to int64", .opset = 13, TO (SAC_TYPE_INT64),
      .inputs = { FLOATS (ROW (7), 1.9f, -1.9f, NAN, INFINITY, -INFINITY,
                          0x1p62f, 0x1p63f) } },
    "7", ALL_INTS (1, -1, INT64_MIN, INT64_MIN, INT64_MIN, (int64_t) 1 << 62,
                   INT64_MIN) },
  { { .op = "Cast", .what = "float to int32", .opset = 13, TO (SAC_TYPE_INT32),
      .inputs = { FLOATS (ROW (5), 3e9f, NAN, -0x1p31f, -7.9f, 0x1p31f) } },
    "5", ALL_INTS (INT32_MIN, INT32_MIN, INT32_MIN, -7, INT32_MIN) },
  { { .op = "Cast", .what = "float to uint8 takes the low bits", .opset = 13,
      TO (SAC_TYPE_UINT8),
      .inputs = { FLOATS (ROW (4), 255.9f, 256, -1, NAN) } },
    "4", ALL_INTS (255, 0, 255, 0) },
  { { .op = "Cast", .what = "float to uint64", .opset = 13,
      TO (SAC_TYPE_UINT64), .inputs = { FLOATS (ROW (2), 0x1p63f, 3) } },
    "2", ALL_INTS (INT64_MIN, 3) },
  { { .op = "Cast", .what = "int64 to int8", .opset = 13, TO (SAC_TYPE_INT8),
      .inputs = { INTS (ROW (3), 127, 128, -129) } },
    "3", ALL_INTS (127, -128, 127) },
  { { .op = "Cast", .what = "float to bool", .opset = 13, TO (SAC_TYPE_BOOL),
      .inputs = { FLOATS (ROW (5), 0, -0.0f, 0.1f, NAN, -3) } },
    "5", ALL_INTS (0, 0, 1, 1, 1) },
  { { .op = "Cast", .what = "uint64 to float", .opset = 13, TO (SAC_TYPE_FLOAT),
      .inputs = { TYPED (SAC_TYPE_UINT64, ROW (1), -1) } },
    "1", NULL, ALL_FLOATS (0x1p64f) },
  { { .op = "Cast", .what = "bool to float", .opset = 13, TO (SAC_TYPE_FLOAT),
      .inputs = { BOOLS (ROW (2), 1, 0) } },
    "2", NULL, ALL_FLOATS (1, 0) },
  { { .op = "Cast", .what = "float to float16", .opset = 13,
      TO (SAC_TYPE_FLOAT16),
      .inputs = { FLOATS (ROW (4), 1.0004883f, 1.0005f, 70000, 0x1p-25f) } },
    "4", NULL, ALL_FLOATS (1, 1.0009765625f, INFINITY, 0) },
  { { .op = "Cast", .what = "float to bfloat16", .opset = 13,
      TO (SAC_TYPE_BFLOAT16),
      .inputs = { FLOATS (ROW (2), 1.00390625f, 1.004f) } },
    "2", NULL, ALL_FLOATS (1, 1.0078125f) },
  { { .op = "CastLike", .what = "like a bool", .opset = 15,
      .inputs = { INTS (ROW (2), 0, 256), BOOLS (ROW (1), 0) } },
    "2", ALL_INTS (0, 1) },
};

#define SEVEN INTS (ROW (7), 0, 1, 2, 3, 4, 5, 6)
#define PART(start, end, step)                                                 \
  .op = "Slice", .what = #start ":" #end ":" #step, .opset = 13,               \
  .inputs = { SEVEN, OP_CONSTANT_INTS (start), OP_CONSTANT_INTS (end),         \
              OP_CONSTANT_INTS (0), OP_CONSTANT_INTS (step) }
static const Known slices[] = {
  { { PART (1, 5, 2) }, "2", ALL_INTS (1, 3) },
  { { PART (-1, -100, -2) }, "4", ALL_INTS (6, 4, 2, 0) },
  { { PART (5, 1, -1) }, "4", ALL_INTS (5, 4, 3, 2) },
  { { PART (6, -8, -3) }, "3", ALL_INTS (6, 3, 0) },
  { { PART (0, INT64_MAX, 4) }, "2", ALL_INTS (0, 4) },
  { { PART (-3, -1, 1) }, "2", ALL_INTS (4, 5) },
  { { PART (4, 4, 1) }, "0" },
  { { PART (INT64_MAX, INT64_MIN, -1) }, "7", ALL_INTS (6, 5, 4, 3, 2, 1, 0) },
  { { PART (INT64_MIN, INT64_MAX, INT64_MAX) }, "1", ALL_INTS (0) },
  { { PART (INT64_MAX, INT64_MIN, INT64_MIN) }, "1", ALL_INTS (6) },
  { { PART (3, INT64_MIN, -1) }, "4", ALL_INTS (3, 2, 1, 0) },
  { { .op = "Slice", .what = "of nothing", .opset = 13,
      .inputs = { { .type = SAC_TYPE_INT64, .shape = OP_SHAPE (0, 2) },
                  OP_CONSTANT_INTS (-1), OP_CONSTANT_INTS (INT64_MIN),
                  OP_CONSTANT_INTS (0), OP_CONSTANT_INTS (-1) } },
    "0x2" },
};

#define TWO_ROWS INTS (OP_SHAPE (2, 3), 1, 2, 3, 4, 5, 6)
#define PADDED(mode_, ...)                                                     \
  .op = "Pad", .what = mode_, .opset = 19,                                     \
  .attributes = { OP_STRING ("mode", mode_) },                                 \
  .inputs = { TWO_ROWS, OP_CONSTANT_INTS (__VA_ARGS__) }
static const Known pads[] = {
  { { PADDED ("reflect", 1, 2, 1, 1) }, "4x6",
    ALL_INTS (6, 5, 4, 5, 6, 5, 3, 2, 1, 2, 3, 2, 6, 5, 4, 5, 6, 5, 3, 2, 1, 2,
              3, 2) },
  { { PADDED ("reflect", 0, 4, 0, 5) }, "2x12",
    ALL_INTS (1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2, 4, 5, 6, 5, 4, 5, 6, 5, 4, 5,
              6, 5) },
  { { PADDED ("edge", 1, 0, 0, 2) }, "3x5",
    ALL_INTS (1, 2, 3, 3, 3, 1, 2, 3, 3, 3, 4, 5, 6, 6, 6) },
  { { PADDED ("wrap", 0, 4, 1, 1) }, "3x8",
    ALL_INTS (3, 1, 2, 3, 1, 2, 3, 1, 6, 4, 5, 6, 4, 5, 6, 4, 3, 1, 2, 3, 1, 2,
              3, 1) },
  { { PADDED ("constant", -1, -1, 1, 0) }, "2x2", ALL_INTS (5, 6, 0, 0) },
  { { PADDED ("constant", 0, -3, 0, 1) }, "2x1", ALL_INTS (0, 0) },
  { { PADDED ("reflect", 0, 2, 0, -1) }, "2x4",
    ALL_INTS (1, 2, 1, 2, 4, 5, 4, 5) },
};
#undef SEVEN

static const Known shapes[] = {
  { { .op = "Shape", .what = "a part from behind", .opset = 15,
      .attributes = { OP_INT ("start", -2), OP_INT ("end", INT64_MAX) },
      .inputs = { OP_SIGNED (2, 3, 4) } },
    "2", ALL_INTS (3, 4) },
  { { .op = "Shape", .what = "no part", .opset = 15,
      .attributes = { OP_INT ("start", 2), OP_INT ("end", 1) },
      .inputs = { OP_SIGNED (2, 3, 4) } },
    "0" },
  { { .op = "Size", .what = "of nothing", .opset = 13,
      .inputs = { { .type = SAC_TYPE_FLOAT, .shape = OP_SHAPE (2, 0) } } },
    "scalar", ALL_INTS (0) },
  { { .op = "Reshape", .what = "a real 0", .opset = 14,
      .attributes = { OP_INT ("allowzero", 1) },
      .inputs = { { .type = SAC_TYPE_FLOAT, .shape = OP_SHAPE (2, 0) },
                  OP_CONSTANT_INTS (0, 7) } },
    "0x7" },
  { { .op = "Reshape", .what = "to a scalar", .opset = 13,
      .inputs = { INTS (OP_SHAPE (1, 1), 5),
                  { .type = SAC_TYPE_INT64, .shape = OP_SHAPE (0),
                    .constant = true } } },
    "scalar", ALL_INTS (5) },
  { { .op = "Flatten", .what = "at the end", .opset = 13,
      .attributes = { OP_INT ("axis", 2) },
      .inputs = { INTS (OP_SHAPE (1, 2), 5, 6) } },
    "2x1", ALL_INTS (5, 6) },
  { { .op = "Squeeze", .what = "all", .opset = 11,
      .inputs = { INTS (OP_SHAPE (1, 2, 1), 5, 6) } },
    "2", ALL_INTS (5, 6) },
  { { .op = "Split", .what = "the last is empty", .opset = 18,
      .attributes = { OP_INT ("num_outputs", 3) },
      .inputs = { INTS (ROW (4), 1, 2, 3, 4) }, .output_count = 3 },
    "2", ALL_INTS (1, 2) },
  { { .op = "Concat", .what = "nothing and something", .opset = 13,
      .attributes = { OP_INT ("axis", 0) },
      .inputs = { { .type = SAC_TYPE_INT64, .shape = OP_SHAPE (0) },
                  INTS (ROW (2), 1, 2) } },
    "2", ALL_INTS (1, 2) },
  { { .op = "Expand", .what = "a smaller shape", .opset = 13,
      .inputs = { INTS (OP_SHAPE (2, 1), 1, 2), OP_CONSTANT_INTS (3) } },
    "2x3", ALL_INTS (1, 1, 1, 2, 2, 2) },
  { { .op = "Tile", .what = "no times", .opset = 13,
      .inputs = { INTS (ROW (2), 1, 2), OP_CONSTANT_INTS (0) } },
    "0" },
  { { .op = "Tile", .what = "both axes", .opset = 13,
      .inputs = { INTS (OP_SHAPE (1, 2), 1, 2), OP_CONSTANT_INTS (2, 2) } },
    "2x4", ALL_INTS (1, 2, 1, 2, 1, 2, 1, 2) },
  { { .op = "Transpose", .what = "bytes", .opset = 13,
      .inputs = { BOOLS (OP_SHAPE (2, 3), 1, 0, 1, 0, 0, 1) } },
    "3x2", ALL_INTS (1, 0, 0, 0, 1, 1) },
  { { .op = "Range", .what = "down", .opset = 11,
      .inputs = { { .type = SAC_TYPE_INT64, .ints = ALL_INTS (10),
                    .constant = true },
                  { .type = SAC_TYPE_INT64, .ints = ALL_INTS (3),
                    .constant = true },
                  { .type = SAC_TYPE_INT64, .ints = ALL_INTS (-3),
                    .constant = true } } },
    "3", ALL_INTS (10, 7, 4) },
  { { .op = "Range", .what = "the whole of int64 in two steps", .opset = 11,
      .inputs = { { .type = SAC_TYPE_INT64, .ints = ALL_INTS (INT64_MIN),
                    .constant = true },
                  { .type = SAC_TYPE_INT64, .ints = ALL_INTS (INT64_MAX),
                    .constant = true },
                  { .type = SAC_TYPE_INT64, .ints = ALL_INTS (INT64_MAX),
                    .constant = true } } },
    "3", ALL_INTS (INT64_MIN, -1, INT64_MAX - 1) },
  { { .op = "Range", .what = "the wrong way", .opset = 11,
      .inputs = { { .type = SAC_TYPE_FLOAT, .floats = ALL_FLOATS (1),
                    .constant = true },
                  { .type = SAC_TYPE_FLOAT, .floats = ALL_FLOATS (2),
                    .constant = true },
                  { .type = SAC_TYPE_FLOAT, .floats = ALL_FLOATS (-1),
                    .constant = true } } },
    "0" },
  { { .op = "ConstantOfShape", .what = "the default", .opset = 9,
      .inputs = { OP_CONSTANT_INTS (2) } },
    "2", NULL, ALL_FLOATS (0, 0) },
  { { .op = "Constant", .what = "a list", .opset = 13,
      .attributes = { OP_INTS ("value_ints", 4, 5) } },
    "2", ALL_INTS (4, 5) },
  { { .op = "Constant", .what = "a float", .opset = 13,
      .attributes = { OP_FLOAT ("value_float", 2.5f) } },
    "scalar", NULL, ALL_FLOATS (2.5f) },
  { { .op = "EyeLike", .what = "above the diagonal", .opset = 9,
      .attributes = { OP_INT ("k", 1), OP_INT ("dtype", SAC_TYPE_INT64) },
      .inputs = { OP_SIGNED (2, 3) } },
    "2x3", ALL_INTS (0, 1, 0, 0, 0, 1) },
  { { .op = "EyeLike", .what = "far off", .opset = 9,
      .attributes = { OP_INT ("k", INT64_MIN),
                      OP_INT ("dtype", SAC_TYPE_BOOL) },
      .inputs = { OP_SIGNED (1, 2) } },
    "1x2", ALL_INTS (0, 0) },
  { { .op = "NonZero", .what = "NaN is not 0", .opset = 13,
      .inputs = { { .type = SAC_TYPE_FLOAT, .shape = OP_SHAPE (2, 2),
                    .floats = ALL_FLOATS (0, NAN, 3, 0), .constant = true } } },
    "2x2", ALL_INTS (0, 1, 1, 0) },
  { { .op = "Trilu", .what = "a diagonal far off", .opset = 14,
      .inputs = { INTS (OP_SHAPE (2, 2), 1, 2, 3, 4),
                  OP_CONSTANT_INTS (INT64_MAX) } },
    "2x2", ALL_INTS (0, 0, 0, 0) },
  { { .op = "CumSum", .what = "integers", .opset = 14,
      .attributes = { OP_INT ("exclusive", 1) },
      .inputs = { INTS (OP_SHAPE (2, 2), 1, 2, 3, 4), OP_CONSTANT_INTS (0) } },
    "2x2", ALL_INTS (0, 0, 1, 2) },
};

static const Known choices[] = {
  { { .op = "ArgMax", .what = "the first of equals", .opset = 13,
      .attributes = { OP_INT ("axis", 1), OP_INT ("keepdims", 0) },
      .inputs = { FLOATS (OP_SHAPE (2, 3), 1, 3, 3, -1, -2, -1) } },
    "2", ALL_INTS (1, 0) },
  { { .op = "ArgMax", .what = "the last of equals", .opset = 13,
      .attributes = { OP_INT ("axis", -1), OP_INT ("select_last_index", 1) },
      .inputs = { FLOATS (OP_SHAPE (2, 3), 1, 3, 3, -1, -2, -1) } },
    "2x1", ALL_INTS (2, 2) },
  { { .op = "ArgMax", .what = "NaN, as NumPy", .opset = 13,
      .inputs = { FLOATS (ROW (4), 1, NAN, 9, NAN) } },
    "1", ALL_INTS (1) },
  { { .op = "ArgMin", .what = "NaN, as NumPy", .opset = 13,
      .inputs = { FLOATS (ROW (4), 1, NAN, -9, NAN) } },
    "1", ALL_INTS (1) },
  { { .op = "ArgMin", .what = "a first axis", .opset = 13,
      .attributes = { OP_INT ("axis", 0), OP_INT ("keepdims", 0) },
      .inputs = { INTS (OP_SHAPE (2, 3), 1, 5, 2, 4, 0, 2) } },
    "3", ALL_INTS (0, 1, 0) },
  { { .op = "TopK", .what = "equals in their order, NaN on top", .opset = 11,
      .inputs = { FLOATS (ROW (6), 1, 5, NAN, 5, 2, 5), OP_CONSTANT_INTS (4) },
      .output_count = 2 },
    "4", NULL, ALL_FLOATS (NAN, 5, 5, 5) },
  { { .op = "TopK", .what = "smallest", .opset = 11,
      .attributes = { OP_INT ("largest", 0), OP_INT ("axis", 0) },
      .inputs = { INTS (OP_SHAPE (3, 2), 3, 1, 1, 2, 2, 0),
                  OP_CONSTANT_INTS (2) }, .output_count = 2 },
    "2x2", ALL_INTS (1, 0, 2, 1) },
  { { .op = "TopK", .what = "none", .opset = 11,
      .inputs = { FLOATS (ROW (2), 1, 2), OP_CONSTANT_INTS (0) },
      .output_count = 2 },
    "0" },
  { { .op = "OneHot", .what = "negative, and beyond", .opset = 11,
      .inputs = { INTS (ROW (4), 1, -1, 3, -4),
                  { .type = SAC_TYPE_INT64, .ints = ALL_INTS (3),
                    .constant = true },
                  INTS (ROW (2), 7, 9) } },
    "4x3", ALL_INTS (7, 9, 7, 7, 7, 9, 7, 7, 7, 7, 7, 7) },
  { { .op = "OneHot", .what = "on the first axis, by floats", .opset = 11,
      .attributes = { OP_INT ("axis", 0) },
      .inputs = { FLOATS (ROW (2), 1, NAN),
                  { .type = SAC_TYPE_FLOAT, .floats = ALL_FLOATS (2),
                    .constant = true },
                  INTS (ROW (2), 0, 1) } },
    "2x2", ALL_INTS (0, 0, 1, 0) },
  { { .op = "Gather", .what = "of nothing", .opset = 13,
      .inputs = { { .type = SAC_TYPE_INT64, .shape = OP_SHAPE (0, 2) },
                  { .type = SAC_TYPE_INT64, .shape = OP_SHAPE (0) } } },
    "0x2" },
  { { .op = "Gather", .what = "int32 indices, bytes", .opset = 13,
      .inputs = { BOOLS (ROW (3), 1, 0, 1),
                  TYPED (SAC_TYPE_INT32, OP_SHAPE (1, 2), -1, 1) } },
    "1x2", ALL_INTS (1, 0) },
  { { .op = "Gather", .what = "single elements of each row", .opset = 13,
      .attributes = { OP_INT ("axis", 1) },
      .inputs = { FLOATS (OP_SHAPE (2, 3), 1, 2, 3, 4, 5, 6),
                  INTS (OP_SHAPE (2, 2), 2, -3, -2, 2) } },
    "2x2x2", NULL, ALL_FLOATS (3, 1, 2, 3, 6, 4, 5, 6) },
  { { .op = "Gather", .what = "single bytes of each row", .opset = 13,
      .attributes = { OP_INT ("axis", 1) },
      .inputs = { BOOLS (OP_SHAPE (2, 2), 1, 0, 0, 1),
                  INTS (ROW (3), 1, -2, 0) } },
    "2x3", ALL_INTS (0, 1, 1, 1, 0, 0) },
  { { .op = "Gather", .what = "single long integers of each row", .opset = 13,
      .attributes = { OP_INT ("axis", 1) },
      .inputs = { INTS (OP_SHAPE (2, 2), 7, 8, 9, 10), INTS (ROW (1), -1) } },
    "2x1", ALL_INTS (8, 10) },
  { { .op = "ScatterND", .what = "nothing", .opset = 16,
      .inputs = { INTS (ROW (2), 1, 2),
                  { .type = SAC_TYPE_INT64, .shape = OP_SHAPE (0, 1) },
                  { .type = SAC_TYPE_INT64, .shape = OP_SHAPE (0) } } },
    "2", ALL_INTS (1, 2) },
  { { .op = "ScatterElements", .what = "int32 sums wrap", .opset = 16,
      .attributes = { OP_STRING ("reduction", "add") },
      .inputs = { TYPED (SAC_TYPE_INT32, ROW (1), INT32_MAX),
                  INTS (ROW (1), 0), TYPED (SAC_TYPE_INT32, ROW (1), 1) } },
    "1", ALL_INTS (INT32_MIN) },
};
/* clang-format on */

static void
fail (const Known *known, int64_t i, double got, double expected)
{
  g_error ("%s (%s): element %" G_GINT64_FORMAT " is %.17g, expected %.17g",
           known->use.op, known->use.what, i, got, expected);
}

static void
check_ints (const Known *known, const SacTensor *got)
{
  bool is_bool = sac_tensor_get_kind (got) == SAC_KIND_BOOL;

  g_assert_false (sac_type_is_float (got->type));
  for (int64_t i = 0; i < sac_tensor_get_count (got); i++) {
    int64_t value =
      is_bool ? ((const uint8_t *)got->data)[i] : sac_tensor_i64 (got)[i];

    if (value != known->ints[i])
      fail (known, i, (double)value, (double)known->ints[i]);
  }
}

static void
check_floats (const Known *known, const SacTensor *got)
{
  g_assert_cmpint (sac_tensor_get_kind (got), ==, SAC_KIND_F32);
  for (int64_t i = 0; i < sac_tensor_get_count (got); i++) {
    float value = sac_tensor_f32 (got)[i], expected = known->floats[i];

    if (value != expected && !(isnan (value) && isnan (expected)))
      fail (known, i, (double)value, (double)expected);
  }
}

static void
check_table (const Known *table, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (OpRun) run = op_run_new (&table[i].use, 0, &error);

    g_assert_no_error (error);
    g_assert_null (op_run_forward (run));

    const SacTensor *got = op_run_get_output (run, 0);
    g_autofree char *shape = sac_shape_to_string (&got->shape);

    g_test_message ("%s (%s)", table[i].use.op, table[i].use.what);
    g_assert_cmpstr (shape, ==, table[i].shape);
    if (table[i].ints != NULL)
      check_ints (&table[i], got);
    else if (table[i].floats != NULL)
      check_floats (&table[i], got);
    else
      g_assert_cmpint (sac_tensor_get_count (got), ==, 0);
  }
}

#define TABLE(name)                                                            \
  static void test_##name (void)                                               \
  {                                                                            \
    check_table (name, G_N_ELEMENTS (name));                                   \
  }

TABLE (arithmetic)
TABLE (logic)
TABLE (functions)
TABLE (casts)
TABLE (slices)
TABLE (pads)
TABLE (shapes)
TABLE (choices)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op-move/arithmetic", test_arithmetic);
  g_test_add_func ("/op-move/logic", test_logic);
  g_test_add_func ("/op-move/functions", test_functions);
  g_test_add_func ("/op-move/casts", test_casts);
  g_test_add_func ("/op-move/slices", test_slices);
  g_test_add_func ("/op-move/pads", test_pads);
  g_test_add_func ("/op-move/shapes", test_shapes);
  g_test_add_func ("/op-move/choices", test_choices);
  return g_test_run ();
}
