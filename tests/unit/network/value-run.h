/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Small networks against values that values.py made.  Element i of input k is
 * sin (1.7 i + k); inputs whose name begins with w are weights, to which no
 * gradient is asked for; the target is y. */
#ifndef SAC_TESTS_VALUE_RUN_H
#define SAC_TESTS_VALUE_RUN_H

#include "network/plan.h"

#define VALUE_INPUTS_MAX 5

typedef struct {
  const char *name;
  gsize count;
  const float *outputs; /* all of them, one behind the other */
  gsize slope_count;
  const float *slopes; /* two for each input but weights */
} Values;

/* Tables, each ended by one without a name. */
extern const Values decompose_values[];
extern const Values opset_values[];

/* A run with every gradient, and the inputs that it had. */
typedef struct {
  SacNetwork *network;
  SacTensor *inputs[VALUE_INPUTS_MAX];
  const char *names[VALUE_INPUTS_MAX + 1]; /* but of weights */
  SacResult *result;
} ValueRun;

/* text: for onnx_write. */
void
value_run_open (ValueRun *run, const char *text, const char *const *captures);
void value_run_close (ValueRun *run);

/* Outputs and slopes of the network must be those. */
void value_run_check (const char *text, const Values *values);

#endif
