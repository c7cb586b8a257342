/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What each variant of the kernels offers to the rest of compute/. */
#ifndef SAC_COMPUTE_KERNELS_H
#define SAC_COMPUTE_KERNELS_H

#include "compute/rows.h"
#include "compute/tail.h"

/* Columns in a panel of packed weights. */
#define SAC_PANEL 32

/* Consecutive depth, `offset` floats after a row's beginning. */
typedef struct {
  ptrdiff_t offset;
  ptrdiff_t count;
} SacRun;

/* C = tail (C + A B).  A's rows are a_step apart; their depth lies in runs, in
 * the order of B's.  Bias and scale of the tail begin with C's first column,
 * its residual with C's first element. */
typedef struct {
  const float *a;
  ptrdiff_t a_step;
  const SacRun *runs;
  size_t run_count;
  const float *b;      /* [panel][depth][32] */
  size_t panel_floats; /* from a panel to the next */
  SacRows c;
  size_t rows;
  size_t columns;
  bool accumulate;     /* else C is not read */
  const SacTail *tail; /* NULL: more sums will follow */
} SacMultiply;

/* The tail on a block of 16 columns, in place. */
typedef struct {
  float *c;
  ptrdiff_t row_step;
  size_t rows;
  const float *bias; /* 16 floats each, or NULL */
  const float *scale;
  const float *residual; /* or NULL; steps as c does */
} SacFinish;

typedef struct {
  void (*multiply) (const SacMultiply *work);
  void (*finish) (const SacTail *tail, const SacFinish *block);
} SacKernels;

/* Those of the variant in force. */
const SacKernels *sac_kernels (void);

#endif
