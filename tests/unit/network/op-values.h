/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Uses of ops with the elements that output 0 must have, up to OP_VALUES_CLOSE
 * of the largest. */
#ifndef SAC_TESTS_OP_VALUES_H
#define SAC_TESTS_OP_VALUES_H

#include "op-cases.h"

#define OP_VALUES_CLOSE 2e-6

/* A table ends with one without `expected`. */
typedef struct {
  OpCase op_case;
  SacShape shape;
  const float *expected;
} OpValues;

extern const OpValues op_values_convolutions[];
extern const OpValues op_values_norms[];
extern const OpValues op_values_pools[];
extern const OpValues op_values_products[];
extern const OpValues op_values_reductions[];
extern const OpValues op_values_resizes[];

#endif
