/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Outputs and slopes of ops that are taken apart, by PyTorch. */
#ifndef SAC_TESTS_DECOMPOSE_VALUES_H
#define SAC_TESTS_DECOMPOSE_VALUES_H

#include <glib.h>

typedef struct {
  const char *name;
  gsize count;
  const float *outputs; /* all of them, one behind the other */
  gsize slope_count;
  const float *slopes; /* two for each input but weights */
} DecomposeValues;

/* Ended by one without a name. */
extern const DecomposeValues decompose_values[];

#endif
