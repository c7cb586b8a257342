/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "op-cases.h"

/* The same four ways of choosing axes for every op: the last, the first (where
 * results lie side by side), some in between, and all. */
#define REDUCE(name, fill, ...)                                                \
  {.op = name,                                                                 \
   .what = "last axis",                                                        \
   .opset = 11,                                                                \
   __VA_ARGS__,                                                                \
   .attributes = {OP_INTS ("axes", -1), OP_INT ("keepdims", 0)},               \
   .inputs = {fill (3, 2, 5)}},                                                \
    {.op = name,                                                               \
     .what = "first axis",                                                     \
     .opset = 18,                                                              \
     __VA_ARGS__,                                                              \
     .inputs = {fill (4, 7), OP_CONSTANT_INTS (0)}},                           \
    {.op = name,                                                               \
     .what = "axes apart",                                                     \
     .opset = 18,                                                              \
     __VA_ARGS__,                                                              \
     .inputs = {fill (2, 3, 2, 3), OP_CONSTANT_INTS (2, 0)}},                  \
  {                                                                            \
    .op = name, .what = "all axes", .opset = 11, __VA_ARGS__, .inputs = {      \
      fill (2, 3, 4)                                                           \
    }                                                                          \
  }

/* clang-format off */
const OpCase op_cases_reduce[] = {
  REDUCE ("ReduceSum", OP_SIGNED, .linear = true),
  REDUCE ("ReduceMean", OP_SIGNED, .linear = true),
  REDUCE ("ReduceL1", OP_DISTINCT, .tolerance = 2e-3),
  REDUCE ("ReduceL2", OP_DISTINCT, .tolerance = 2e-3),
  REDUCE ("ReduceSumSquare", OP_SIGNED, .tolerance = 2e-3),
  REDUCE ("ReduceLogSum", OP_POSITIVE, .tolerance = 2e-3),
  REDUCE ("ReduceLogSumExp", OP_SIGNED, .tolerance = 2e-3),
  REDUCE ("ReduceMax", OP_DISTINCT, .tolerance = 2e-3),
  REDUCE ("ReduceMin", OP_DISTINCT, .tolerance = 2e-3),
  REDUCE ("ReduceProd", OP_POSITIVE, .tolerance = 2e-3),
  { .op = "ReduceSum", .what = "no axes, nothing to do", .opset = 13,
    .linear = true, .attributes = { OP_INT ("noop_with_empty_axes", 1) },
    .inputs = { OP_SIGNED (2, 3) } },
  { .op = "ReduceMean", .what = "runs longer than a block", .opset = 18,
    .linear = true,
    .inputs = { OP_SIGNED (2, 3, 700), OP_CONSTANT_INTS (0, 2) } },
  { .op = "ReduceMean", .what = "more results than a block", .opset = 18,
    .linear = true,
    .inputs = { OP_SIGNED (2, 3, 700), OP_CONSTANT_INTS (1) } },
  { .op = "ReduceProd", .what = "one zero", .opset = 11, .linear = true,
    .attributes = { OP_INTS ("axes", 1) },
    .inputs = { { .type = SAC_TYPE_FLOAT, .shape = OP_SHAPE (1, 1),
                  .floats = (const float[]){ 0 } } } },
  { .op = NULL },
};
/* clang-format on */
