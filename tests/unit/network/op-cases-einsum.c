/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "op-cases.h"

#define EQUATION(text) .opset = 12, .attributes = {OP_STRING ("equation", text)}

/* clang-format off */
const OpCase op_cases_einsum[] = {
  { .op = "Einsum", .what = "matrices", EQUATION ("ij,jk->ik"),
    .inputs = { OP_SIGNED (3, 4), OP_SIGNED (4, 5) } },
  { .op = "Einsum", .what = "batches, spaces, no arrow", EQUATION ("bij, bjk"),
    .inputs = { OP_SIGNED (2, 3, 4), OP_SIGNED (2, 4, 5) } },
  { .op = "Einsum", .what = "relative positions", EQUATION ("bhwc,hkc->bhwk"),
    .inputs = { OP_SIGNED (2, 3, 4, 5), OP_SIGNED (3, 6, 5) } },
  { .op = "Einsum", .what = "relative positions, columns",
    EQUATION ("bhwc,wkc->bhwk"),
    .inputs = { OP_SIGNED (2, 3, 4, 5), OP_SIGNED (4, 6, 5) } },
  { .op = "Einsum", .what = "ellipsis broadcast", EQUATION ("...ij,...jk->...ik"),
    .inputs = { OP_SIGNED (2, 1, 3, 4), OP_SIGNED (5, 4, 2) } },
  { .op = "Einsum", .what = "ellipsis moved", EQUATION ("i...->...i"),
    .linear = true, .inputs = { OP_SIGNED (2, 3, 4) } },
  { .op = "Einsum", .what = "diagonal", EQUATION ("iij->ij"), .linear = true,
    .inputs = { OP_SIGNED (3, 3, 4) } },
  { .op = "Einsum", .what = "trace of each", EQUATION ("bii->b"),
    .linear = true, .inputs = { OP_SIGNED (2, 3, 3) } },
  { .op = "Einsum", .what = "transposition without arrow", EQUATION ("ba"),
    .linear = true, .inputs = { OP_SIGNED (3, 4) } },
  { .op = "Einsum", .what = "sum of everything", EQUATION ("abc->"),
    .linear = true, .inputs = { OP_SIGNED (3, 4, 2) } },
  { .op = "Einsum", .what = "sums within each operand", EQUATION ("abc,cd->b"),
    .inputs = { OP_SIGNED (3, 4, 2), OP_SIGNED (2, 5) } },
  { .op = "Einsum", .what = "outer product, capitals", EQUATION ("B,a"),
    .inputs = { OP_SIGNED (3), OP_SIGNED (4) } },
  { .op = "Einsum", .what = "size 1 broadcast", EQUATION ("ab,ab->ab"),
    .inputs = { OP_SIGNED (3, 1), OP_SIGNED (3, 4) } },
  { .op = "Einsum", .what = "three operands", EQUATION ("ij,jk,kl->il"),
    .inputs = { OP_SIGNED (2, 3), OP_SIGNED (3, 4), OP_SIGNED (4, 5) } },
  { .op = "Einsum", .what = "four operands, one shared letter",
    EQUATION ("ai,bi,ci,di->abcd"),
    .inputs = { OP_SIGNED (2, 3), OP_SIGNED (1, 3), OP_SIGNED (2, 3),
                OP_SIGNED (3, 3) } },
  { .op = NULL },
};
/* clang-format on */
