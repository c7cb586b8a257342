/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What element-wise and moving ops refuse before a run, and what they report
 * during one. */
#include "base/error.h"
#include "op-run.h"

#include <string.h>

typedef struct {
  OpCase use;
  SacErrorCode code;
  const char *part; /* of the message */
} Refused;

/* clang-format off */
#define ALL_INTS(...) (const int64_t[]){ __VA_ARGS__ }
#define ALL_FLOATS(...) (const float[]){ __VA_ARGS__ }
#define INTS(shape_, ...)                                                      \
  { .type = SAC_TYPE_INT64, .shape = shape_, .ints = ALL_INTS (__VA_ARGS__) }
#define KNOWN_INT(value)                                                       \
  { .type = SAC_TYPE_INT64, .ints = ALL_INTS (value), .constant = true }
#define KNOWN_FLOAT(value)                                                     \
  { .type = SAC_TYPE_FLOAT, .floats = ALL_FLOATS (value), .constant = true }
#define BOOLS(n) { .type = SAC_TYPE_BOOL, .shape = OP_SHAPE (n) }
#define DAMAGED SAC_ERROR_DAMAGED
#define UNSUPPORTED SAC_ERROR_UNSUPPORTED
#define TOO_LARGE SAC_ERROR_TOO_LARGE

static const Refused types[] = {
  { { .op = "Add", .what = "mixed", .opset = 14,
      .inputs = { OP_SIGNED (2), INTS (OP_SHAPE (2), 1, 2) } },
    DAMAGED, "float32 and int64" },
  { { .op = "Add", .what = "bool", .opset = 14, .inputs = { BOOLS (2), BOOLS (2) } },
    DAMAGED, "bool" },
  { { .op = "Max", .what = "mixed", .opset = 13,
      .inputs = { OP_SIGNED (2), INTS (OP_SHAPE (2), 1, 2) } },
    DAMAGED, "float32 and int64" },
  { { .op = "Sum", .what = "integers", .opset = 13,
      .inputs = { INTS (OP_SHAPE (1), 1) } }, DAMAGED, "int64" },
  { { .op = "And", .what = "numbers", .opset = 7,
      .inputs = { OP_SIGNED (1), OP_SIGNED (1) } }, DAMAGED, "float32" },
  { { .op = "Not", .what = "numbers", .opset = 7, .inputs = { OP_SIGNED (1) } },
    DAMAGED, "float32" },
  { { .op = "Less", .what = "bool", .opset = 13, .inputs = { BOOLS (1), BOOLS (1) } },
    DAMAGED, "bool" },
  { { .op = "Pow", .what = "bool", .opset = 13,
      .inputs = { OP_SIGNED (1), BOOLS (1) } }, DAMAGED, "bool" },
  { { .op = "Pow", .what = "mixed, long ago", .opset = 11,
      .inputs = { OP_SIGNED (1), KNOWN_INT (2) } }, DAMAGED, "opset 12" },
  { { .op = "Mod", .what = "floats without fmod", .opset = 13,
      .inputs = { OP_SIGNED (1), OP_SIGNED (1) } }, DAMAGED, "fmod" },
  { { .op = "BitShift", .what = "signed", .opset = 11,
      .attributes = { OP_STRING ("direction", "LEFT") },
      .inputs = { KNOWN_INT (1), KNOWN_INT (1) } }, DAMAGED, "unsigned" },
  { { .op = "Sigmoid", .what = "integers", .opset = 13,
      .inputs = { KNOWN_INT (1) } }, DAMAGED, "int64" },
  { { .op = "Neg", .what = "uint64", .opset = 13,
      .inputs = { { .type = SAC_TYPE_UINT64, .shape = OP_SHAPE (1) } } },
    DAMAGED, "uint64" },
  { { .op = "Where", .what = "a float condition", .opset = 9,
      .inputs = { OP_SIGNED (1), OP_SIGNED (1), OP_SIGNED (1) } },
    DAMAGED, "not bool" },
  { { .op = "Where", .what = "two types", .opset = 9,
      .inputs = { BOOLS (1), OP_SIGNED (1), KNOWN_INT (1) } },
    DAMAGED, "float32 and int64" },
  { { .op = "Clip", .what = "bounds of another type", .opset = 13,
      .inputs = { OP_SIGNED (1), KNOWN_INT (1) } }, DAMAGED, "float32 and int64" },
  { { .op = "Clip", .what = "a list for a bound", .opset = 13,
      .inputs = { OP_SIGNED (1), OP_SIGNED (2) } }, DAMAGED, "not a scalar" },
  { { .op = "Clip", .what = "an integer attribute", .opset = 6,
      .attributes = { OP_INT ("min", 0) }, .inputs = { OP_SIGNED (1) } },
    DAMAGED, "min" },
  { { .op = "Cast", .what = "no type", .opset = 13, .inputs = { OP_SIGNED (1) } },
    DAMAGED, "\"to\"" },
  { { .op = "Cast", .what = "type 99", .opset = 13,
      .attributes = { OP_INT ("to", 99) }, .inputs = { OP_SIGNED (1) } },
    UNSUPPORTED, "99" },
  { { .op = "Cast", .what = "a type that wraps to float", .opset = 13,
      .attributes = { OP_INT ("to", ((int64_t) 1 << 32) + 1) },
      .inputs = { OP_SIGNED (1) } }, UNSUPPORTED, "4294967297" },
  { { .op = "Cast", .what = "to string", .opset = 13,
      .attributes = { OP_INT ("to", SAC_TYPE_STRING) },
      .inputs = { OP_SIGNED (1) } }, UNSUPPORTED, "string" },
  { { .op = "Dropout", .what = "training", .opset = 13,
      .inputs = { OP_SIGNED (1), KNOWN_FLOAT (0.5f),
                  { .type = SAC_TYPE_BOOL, .shape = OP_SHAPE (1),
                    .ints = ALL_INTS (1), .constant = true } } },
    UNSUPPORTED, "training" },
  { { .op = "Gather", .what = "float indices", .opset = 13,
      .inputs = { OP_SIGNED (2), OP_SIGNED (1) } }, DAMAGED, "float32" },
  { { .op = "Concat", .what = "mixed", .opset = 13,
      .attributes = { OP_INT ("axis", 0) },
      .inputs = { OP_SIGNED (2), INTS (OP_SHAPE (1), 1) } },
    DAMAGED, "float32 and int64" },
  { { .op = "Reshape", .what = "a float shape", .opset = 13,
      .inputs = { OP_SIGNED (2), OP_CONSTANT_FLOATS (2) } }, DAMAGED, "float32" },
  { { .op = "Gelu", .what = "another approximation", .opset = 20,
      .attributes = { OP_STRING ("approximate", "fast") },
      .inputs = { OP_SIGNED (2) } }, DAMAGED, "approximate" },
};

static const Refused shapes[] = {
  { { .op = "Add", .what = "do not broadcast", .opset = 14,
      .inputs = { OP_SIGNED (2, 3), OP_SIGNED (2) } }, DAMAGED, "2x3 and 2" },
  { { .op = "Mul", .what = "outer product without end", .opset = 14,
      .inputs = { { .type = SAC_TYPE_FLOAT, .shape = OP_SHAPE (65536, 1) },
                  { .type = SAC_TYPE_FLOAT, .shape = OP_SHAPE (1, 65536) } } },
    TOO_LARGE, "65536x65536" },
  { { .op = "PRelu", .what = "a slope larger than the input", .opset = 16,
      .inputs = { OP_SIGNED (3), OP_SIGNED (2, 3) } }, DAMAGED, "2x3" },
  { { .op = "Reshape", .what = "another count", .opset = 13,
      .inputs = { OP_SIGNED (2, 3), OP_CONSTANT_INTS (4) } }, DAMAGED, "2x3" },
  { { .op = "Reshape", .what = "a product that wraps to 0", .opset = 13,
      .inputs = { OP_SIGNED (2, 3),
                  OP_CONSTANT_INTS ((int64_t) 1 << 32, (int64_t) 1 << 32) } },
    DAMAGED, "4294967296x4294967296" },
  { { .op = "Reshape", .what = "-1 beside a product that wraps", .opset = 13,
      .inputs = { OP_SIGNED (2, 3),
                  OP_CONSTANT_INTS (-1, ((int64_t) 1 << 62) + 1, 4) } },
    DAMAGED, "2x3" },
  { { .op = "Reshape", .what = "two -1", .opset = 13,
      .inputs = { OP_SIGNED (2, 3), OP_CONSTANT_INTS (-1, -1) } },
    DAMAGED, "second -1" },
  { { .op = "Reshape", .what = "-5", .opset = 13,
      .inputs = { OP_SIGNED (2, 3), OP_CONSTANT_INTS (-5) } }, DAMAGED, "-5" },
  { { .op = "Reshape", .what = "-1 and a real 0", .opset = 14,
      .attributes = { OP_INT ("allowzero", 1) },
      .inputs = { { .type = SAC_TYPE_FLOAT, .shape = OP_SHAPE (0) },
                  OP_CONSTANT_INTS (0, -1) } }, DAMAGED, "0x1" },
  { { .op = "Reshape", .what = "0 for no axis", .opset = 13,
      .inputs = { OP_SIGNED (2, 3), OP_CONSTANT_INTS (2, 3, 0) } },
    DAMAGED, "axis 2" },
  { { .op = "Reshape", .what = "rank 9", .opset = 13,
      .inputs = { OP_SIGNED (1), OP_CONSTANT_INTS (1, 1, 1, 1, 1, 1, 1, 1, 1) } },
    UNSUPPORTED, "rank 9" },
  { { .op = "Reshape", .what = "a shape from the data", .opset = 13,
      .inputs = { OP_SIGNED (1), INTS (OP_SHAPE (1), 1) } },
    UNSUPPORTED, "known before the run" },
  { { .op = "Flatten", .what = "axis 3 of 2", .opset = 13,
      .attributes = { OP_INT ("axis", 3) }, .inputs = { OP_SIGNED (2, 3) } },
    DAMAGED, "axis 3" },
  { { .op = "Squeeze", .what = "a wide axis", .opset = 13,
      .inputs = { OP_SIGNED (2, 1), OP_CONSTANT_INTS (0) } }, DAMAGED, "size 2" },
  { { .op = "Unsqueeze", .what = "one axis twice", .opset = 13,
      .inputs = { OP_SIGNED (2), OP_CONSTANT_INTS (0, -3) } },
    DAMAGED, "twice" },
  { { .op = "Unsqueeze", .what = "beyond the new rank", .opset = 13,
      .inputs = { OP_SIGNED (2), OP_CONSTANT_INTS (2) } }, DAMAGED, "axis 2" },
  { { .op = "Unsqueeze", .what = "rank 9", .opset = 11,
      .attributes = { OP_INTS ("axes", 0, 1, 2, 3, 4, 5, 6, 7) },
      .inputs = { OP_SIGNED (2) } }, UNSUPPORTED, "limit" },
  { { .op = "Transpose", .what = "an axis twice", .opset = 13,
      .attributes = { OP_INTS ("perm", 0, 0) }, .inputs = { OP_SIGNED (2, 3) } },
    DAMAGED, "twice" },
  { { .op = "Transpose", .what = "too few axes", .opset = 13,
      .attributes = { OP_INTS ("perm", 1, 0) },
      .inputs = { OP_SIGNED (2, 3, 4) } }, DAMAGED, "2 axes of 3" },
  { { .op = "Transpose", .what = "axis 40", .opset = 13,
      .attributes = { OP_INTS ("perm", 0, 40) }, .inputs = { OP_SIGNED (2, 3) } },
    DAMAGED, "40" },
  { { .op = "DepthToSpace", .what = "block 0", .opset = 13,
      .attributes = { OP_INT ("blocksize", 0) },
      .inputs = { OP_SIGNED (1, 4, 2, 2) } }, DAMAGED, "blocksize 0" },
  { { .op = "DepthToSpace", .what = "channels that do not divide", .opset = 13,
      .attributes = { OP_INT ("blocksize", 5) },
      .inputs = { OP_SIGNED (1, 4, 2, 2) } }, DAMAGED, "25" },
  { { .op = "SpaceToDepth", .what = "a huge block", .opset = 13,
      .attributes = { OP_INT ("blocksize", INT64_MAX) },
      .inputs = { OP_SIGNED (1, 4, 2, 2) } }, DAMAGED, "blocksize" },
  { { .op = "Concat", .what = "no axis", .opset = 13,
      .inputs = { OP_SIGNED (2) } }, DAMAGED, "no axis" },
  { { .op = "Concat", .what = "axis 9", .opset = 13,
      .attributes = { OP_INT ("axis", 9) },
      .inputs = { OP_SIGNED (2), OP_SIGNED (2) } }, DAMAGED, "axis 9" },
  { { .op = "Concat", .what = "other sides", .opset = 13,
      .attributes = { OP_INT ("axis", 0) },
      .inputs = { OP_SIGNED (2, 3), OP_SIGNED (2, 4) } }, DAMAGED, "2x4" },
  { { .op = "Concat", .what = "another rank", .opset = 13,
      .attributes = { OP_INT ("axis", 0) },
      .inputs = { OP_SIGNED (2, 3), OP_SIGNED (2) } }, DAMAGED, "joined" },
  { { .op = "Split", .what = "a negative size", .opset = 13,
      .inputs = { OP_SIGNED (4), OP_CONSTANT_INTS (5, -1) }, .output_count = 2 },
    DAMAGED, "add up to 4" },
  { { .op = "Split", .what = "sizes that wrap", .opset = 13,
      .inputs = { OP_SIGNED (4), OP_CONSTANT_INTS (INT64_MAX, INT64_MAX, 6) },
      .output_count = 3 }, DAMAGED, "add up to 4" },
  { { .op = "Split", .what = "too little", .opset = 13,
      .inputs = { OP_SIGNED (4), OP_CONSTANT_INTS (1, 2) }, .output_count = 2 },
    DAMAGED, "add up to 4" },
  { { .op = "Split", .what = "uneven before opset 18", .opset = 13,
      .inputs = { OP_SIGNED (4) }, .output_count = 3 }, DAMAGED, "3 parts" },
  { { .op = "Split", .what = "more parts than there can be", .opset = 18,
      .attributes = { OP_INT ("num_outputs", 4) },
      .inputs = { OP_SIGNED (5) }, .output_count = 4 }, DAMAGED, "4 parts" },
  { { .op = "Slice", .what = "step 0", .opset = 13,
      .inputs = { OP_SIGNED (4), OP_CONSTANT_INTS (0), OP_CONSTANT_INTS (2),
                  OP_CONSTANT_INTS (0), OP_CONSTANT_INTS (0) } },
    DAMAGED, "step" },
  { { .op = "Slice", .what = "lists of two lengths", .opset = 13,
      .inputs = { OP_SIGNED (4, 4), OP_CONSTANT_INTS (0, 1),
                  OP_CONSTANT_INTS (2) } }, DAMAGED, "1 ends" },
  { { .op = "Slice", .what = "more lists than axes", .opset = 9,
      .attributes = { OP_INTS ("starts", 0, 0), OP_INTS ("ends", 1, 1) },
      .inputs = { OP_SIGNED (4) } }, DAMAGED, "axis 1" },
  { { .op = "Slice", .what = "an axis twice", .opset = 13,
      .inputs = { OP_SIGNED (4), OP_CONSTANT_INTS (0, 1),
                  OP_CONSTANT_INTS (2, 2), OP_CONSTANT_INTS (0, -1) } },
    DAMAGED, "twice" },
  { { .op = "Pad", .what = "three numbers", .opset = 13,
      .inputs = { OP_SIGNED (2, 2), OP_CONSTANT_INTS (1, 1, 1) } },
    DAMAGED, "3 pads" },
  { { .op = "Pad", .what = "takes too much", .opset = 13,
      .inputs = { OP_SIGNED (4), OP_CONSTANT_INTS (-3, -2) } },
    DAMAGED, "more than" },
  { { .op = "Pad", .what = "the lowest number", .opset = 13,
      .inputs = { OP_SIGNED (4), OP_CONSTANT_INTS (INT64_MIN, INT64_MAX) } },
    TOO_LARGE, "too large" },
  { { .op = "Pad", .what = "nothing to repeat", .opset = 13,
      .attributes = { OP_STRING ("mode", "edge") },
      .inputs = { OP_SIGNED (1), OP_CONSTANT_INTS (-1, 2) } },
    DAMAGED, "nothing" },
  { { .op = "Pad", .what = "another mode", .opset = 13,
      .attributes = { OP_STRING ("mode", "mirror") },
      .inputs = { OP_SIGNED (1), OP_CONSTANT_INTS (1, 2) } }, DAMAGED, "mode" },
  { { .op = "Pad", .what = "a constant of another type", .opset = 13,
      .inputs = { OP_SIGNED (1), OP_CONSTANT_INTS (1, 2), KNOWN_INT (0) } },
    DAMAGED, "float32" },
  { { .op = "Expand", .what = "does not broadcast", .opset = 13,
      .inputs = { OP_SIGNED (3), OP_CONSTANT_INTS (2) } }, DAMAGED, "3" },
  { { .op = "Expand", .what = "to 2^64 elements", .opset = 13,
      .inputs = { OP_SIGNED (1),
                  OP_CONSTANT_INTS ((int64_t) 1 << 32, (int64_t) 1 << 32) } },
    TOO_LARGE, "4294967296x4294967296" },
  { { .op = "Expand", .what = "negative", .opset = 13,
      .inputs = { OP_SIGNED (1), OP_CONSTANT_INTS (-1) } }, DAMAGED, "-1" },
  { { .op = "Tile", .what = "2^40 times", .opset = 13,
      .inputs = { OP_SIGNED (4), OP_CONSTANT_INTS ((int64_t) 1 << 40) } },
    TOO_LARGE, "4398046511104" },
  { { .op = "Tile", .what = "a product that wraps", .opset = 13,
      .inputs = { OP_SIGNED (4), OP_CONSTANT_INTS ((int64_t) 1 << 62) } },
    TOO_LARGE, "repeats" },
  { { .op = "Tile", .what = "-1 times", .opset = 13,
      .inputs = { OP_SIGNED (4), OP_CONSTANT_INTS (-1) } }, DAMAGED, "-1" },
  { { .op = "ConstantOfShape", .what = "huge", .opset = 9,
      .inputs = { OP_CONSTANT_INTS ((int64_t) 1 << 40, (int64_t) 1 << 40) } },
    TOO_LARGE, "1099511627776" },
  { { .op = "ConstantOfShape", .what = "negative", .opset = 9,
      .inputs = { OP_CONSTANT_INTS (-2) } }, DAMAGED, "-2" },
  { { .op = "Range", .what = "step 0", .opset = 11,
      .inputs = { KNOWN_INT (0), KNOWN_INT (5), KNOWN_INT (0) } },
    DAMAGED, "step is 0" },
  { { .op = "Range", .what = "2^62 elements", .opset = 11,
      .inputs = { KNOWN_INT (0), KNOWN_INT ((int64_t) 1 << 62), KNOWN_INT (1) } },
    TOO_LARGE, "limit" },
  { { .op = "Range", .what = "all of int64", .opset = 11,
      .inputs = { KNOWN_INT (INT64_MAX), KNOWN_INT (INT64_MIN),
                  KNOWN_INT (-1) } }, TOO_LARGE, "steps" },
  { { .op = "Range", .what = "infinity", .opset = 11,
      .inputs = { KNOWN_FLOAT (0), KNOWN_FLOAT (__builtin_inff ()),
                  KNOWN_FLOAT (1) } }, TOO_LARGE, "steps" },
  { { .op = "Range", .what = "NaN", .opset = 11,
      .inputs = { KNOWN_FLOAT (0), KNOWN_FLOAT (1),
                  KNOWN_FLOAT (__builtin_nanf ("")) } }, TOO_LARGE, "steps" },
  { { .op = "OneHot", .what = "depth 2^45", .opset = 11,
      .inputs = { INTS (OP_SHAPE (2), 0, 1), KNOWN_INT ((int64_t) 1 << 45),
                  OP_SIGNED (2) } }, TOO_LARGE, "35184372088832" },
  { { .op = "OneHot", .what = "negative depth", .opset = 11,
      .inputs = { INTS (OP_SHAPE (1), 0), KNOWN_INT (-1), OP_SIGNED (2) } },
    DAMAGED, "depth" },
  { { .op = "Gather", .what = "beyond the end", .opset = 13,
      .inputs = { OP_SIGNED (3), OP_CONSTANT_INTS (3) } }, DAMAGED, "index 3" },
  { { .op = "Gather", .what = "before the start", .opset = 13,
      .inputs = { OP_SIGNED (3), OP_CONSTANT_INTS (-4) } },
    DAMAGED, "index -4" },
  { { .op = "GatherND", .what = "beyond the end", .opset = 13,
      .inputs = { OP_SIGNED (3, 2), OP_CONSTANT_INTS (0, 2) } },
    DAMAGED, "index 2" },
  { { .op = "GatherND", .what = "tuples longer than the rank", .opset = 13,
      .inputs = { OP_SIGNED (3), OP_CONSTANT_INTS (0, 0) } },
    DAMAGED, "tuples of 2" },
  { { .op = "GatherND", .what = "too many batches", .opset = 13,
      .attributes = { OP_INT ("batch_dims", INT64_MAX) },
      .inputs = { OP_SIGNED (3), OP_CONSTANT_INTS (0) } },
    DAMAGED, "batch_dims" },
  { { .op = "GatherElements", .what = "indices wider than the data",
      .opset = 13,
      .inputs = { OP_SIGNED (3, 2), INTS (OP_SHAPE (1, 3), 0, 0, 0) } },
    DAMAGED, "1x3" },
  { { .op = "ScatterND", .what = "beyond the end", .opset = 16,
      .inputs = { OP_SIGNED (3), { .type = SAC_TYPE_INT64,
                                   .shape = OP_SHAPE (1, 1),
                                   .ints = ALL_INTS (9), .constant = true },
                  OP_SIGNED (1) } }, DAMAGED, "index 9" },
  { { .op = "ScatterND", .what = "updates of another shape", .opset = 16,
      .inputs = { OP_SIGNED (3, 2), INTS (OP_SHAPE (1, 1), 0), OP_SIGNED (1, 3) } },
    DAMAGED, "1x3" },
  { { .op = "ScatterElements", .what = "another reduction", .opset = 18,
      .attributes = { OP_STRING ("reduction", "mean") },
      .inputs = { OP_SIGNED (3), INTS (OP_SHAPE (1), 0), OP_SIGNED (1) } },
    DAMAGED, "reduction" },
  { { .op = "TopK", .what = "more than there are", .opset = 11,
      .inputs = { OP_SIGNED (3), OP_CONSTANT_INTS (4) }, .output_count = 2 },
    DAMAGED, "4 of 3" },
  { { .op = "TopK", .what = "-1", .opset = 11,
      .inputs = { OP_SIGNED (3), OP_CONSTANT_INTS (-1) }, .output_count = 2 },
    DAMAGED, "-1 of 3" },
  { { .op = "ArgMax", .what = "of nothing", .opset = 13,
      .inputs = { { .type = SAC_TYPE_FLOAT, .shape = OP_SHAPE (0, 2) } } },
    DAMAGED, "no elements" },
  { { .op = "NonZero", .what = "from the data", .opset = 13,
      .inputs = { OP_SIGNED (3) } }, UNSUPPORTED, "known before the run" },
  { { .op = "Trilu", .what = "a list", .opset = 14,
      .inputs = { OP_SIGNED (3) } }, DAMAGED, "rank 1" },
  { { .op = "Constant", .what = "nothing", .opset = 13 },
    UNSUPPORTED, "value" },
};

static const struct {
  OpCase use;
  const char *part;
} faults[] = {
  { { .op = "Div", .what = "by zero", .opset = 14,
      .inputs = { INTS (OP_SHAPE (2), 1, 2), INTS (OP_SHAPE (2), 1, 0) } },
    "divided by zero" },
  { { .op = "Mod", .what = "by zero", .opset = 13,
      .inputs = { INTS (OP_SHAPE (2), 1, INT64_MIN),
                  INTS (OP_SHAPE (2), 0, -1) } },
    "divided by zero" },
  { { .op = "Pow", .what = "zero to a negative power", .opset = 13,
      .inputs = { INTS (OP_SHAPE (1), 0), INTS (OP_SHAPE (1), -1) } },
    "negative power" },
  { { .op = "Gather", .what = "the lowest number", .opset = 13,
      .inputs = { OP_SIGNED (3), INTS (OP_SHAPE (2), 0, INT64_MIN) } },
    "beyond its axis" },
  { { .op = "GatherElements", .what = "one too far", .opset = 13,
      .inputs = { OP_SIGNED (3), INTS (OP_SHAPE (2), 0, 3) } },
    "beyond its axis" },
  { { .op = "GatherND", .what = "the second of a tuple", .opset = 13,
      .inputs = { OP_SIGNED (3, 2), INTS (OP_SHAPE (2), 2, 2) } },
    "beyond its axis" },
  { { .op = "ScatterElements", .what = "one too far", .opset = 18,
      .inputs = { OP_SIGNED (3), INTS (OP_SHAPE (1), -4), OP_SIGNED (1) } },
    "beyond its axis" },
  { { .op = "ScatterND", .what = "the highest number", .opset = 16,
      .inputs = { OP_SIGNED (3), INTS (OP_SHAPE (1, 1), INT64_MAX),
                  OP_SIGNED (1) } },
    "beyond its axis" },
};
/* clang-format on */

static void
check_table (const Refused *table, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    g_test_message ("%s (%s)", table[i].use.op, table[i].use.what);
    op_run_assert_refused (&table[i].use, (int)table[i].code, table[i].part);
  }
}

static void
test_types (void)
{
  check_table (types, G_N_ELEMENTS (types));
}

static void
test_shapes (void)
{
  check_table (shapes, G_N_ELEMENTS (shapes));
}

/* Known only when it happens: reported, without leaving the memory. */
static void
test_faults (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (OpRun) run = op_run_new (&faults[i].use, 0, &error);

    g_assert_no_error (error);

    const char *fault = op_run_forward (run);

    if (fault == NULL || strstr (fault, faults[i].part) == NULL)
      g_error ("%s (%s): \"%s\" does not say \"%s\"", faults[i].use.op,
               faults[i].use.what, fault, faults[i].part);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op-refused/types", test_types);
  g_test_add_func ("/op-refused/shapes", test_shapes);
  g_test_add_func ("/op-refused/faults", test_faults);
  return g_test_run ();
}
