/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "op-cases.h"

/* clang-format off */
const OpCase *const op_cases_all[] = {
  op_cases_convolution,
  op_cases_einsum,
  op_cases_move,
  op_cases_norm,
  op_cases_pool,
  op_cases_product,
  op_cases_reduce,
  op_cases_resize,
  NULL,
};
/* clang-format on */
