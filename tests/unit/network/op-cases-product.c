/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Products of two inputs are linear in each alone, not in both. */
#include "op-cases.h"

/* clang-format off */
const OpCase op_cases_product[] = {
  { .op = "Gemm", .what = "row of C repeated", .opset = 11,
    .inputs = { OP_SIGNED (3, 5), OP_SIGNED (5, 4), OP_SIGNED (4) } },
  { .op = "Gemm", .what = "both transposed, column of C repeated, factors",
    .opset = 11,
    .attributes = { OP_INT ("transA", 1), OP_INT ("transB", 1),
                    OP_FLOAT ("alpha", 0.5f), OP_FLOAT ("beta", 2.0f) },
    .inputs = { OP_SIGNED (5, 3), OP_SIGNED (4, 5), OP_SIGNED (3, 1) } },
  { .op = "Gemm", .what = "A transposed, scalar C", .opset = 11,
    .attributes = { OP_INT ("transA", 1) },
    .inputs = { OP_SIGNED (5, 3), OP_SIGNED (5, 4), OP_SIGNED () } },
  { .op = "Gemm", .what = "B transposed, whole C", .opset = 11,
    .attributes = { OP_INT ("transB", 1) },
    .inputs = { OP_SIGNED (3, 5), OP_SIGNED (4, 5), OP_SIGNED (3, 4) } },
  { .op = "Gemm", .what = "no C", .opset = 13,
    .inputs = { OP_SIGNED (1, 5), OP_SIGNED (5, 4) } },
  { .op = "MaskBias", .domain = "saccade", .what = "a mask that is added",
    .inputs = { OP_SIGNED (2, 1, 3, 5), OP_SIGNED (2, 4, 3, 5) },
    .linear = true },
  { .op = "MatMul", .what = "matrices", .opset = 13,
    .inputs = { OP_SIGNED (3, 5), OP_SIGNED (5, 4) } },
  { .op = "MatMul", .what = "rows of all batches at once", .opset = 13,
    .inputs = { OP_SIGNED (2, 3, 4, 5), OP_SIGNED (5, 6) } },
  { .op = "MatMul", .what = "equal batches", .opset = 13,
    .inputs = { OP_SIGNED (2, 3, 4, 5), OP_SIGNED (2, 3, 5, 6) } },
  { .op = "MatMul", .what = "both broadcast", .opset = 13,
    .inputs = { OP_SIGNED (2, 1, 4, 5), OP_SIGNED (3, 5, 2) } },
  { .op = "MatMul", .what = "one matrix on the left", .opset = 13,
    .inputs = { OP_SIGNED (4, 5), OP_SIGNED (6, 5, 2) } },
  { .op = "MatMul", .what = "vector on the left", .opset = 13,
    .inputs = { OP_SIGNED (5), OP_SIGNED (3, 5, 4) } },
  { .op = "MatMul", .what = "vector on the right", .opset = 13,
    .inputs = { OP_SIGNED (3, 4, 5), OP_SIGNED (5) } },
  { .op = "MatMul", .what = "two vectors", .opset = 13,
    .inputs = { OP_SIGNED (5), OP_SIGNED (5) } },
  { .op = NULL },
};
/* clang-format on */
