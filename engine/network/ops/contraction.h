/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Sums of products over labelled axes: what Einsum is made of, forward and
 * backward alike.
 *
 * Every label has one size; a view says how far a step along each label moves
 * in an operand (0 where the operand has not got the label, or is repeated
 * along it; a label that names two axes moves along their diagonal).  Labels
 * that the target has not got are summed over. */
#ifndef SAC_NETWORK_OPS_CONTRACTION_H
#define SAC_NETWORK_OPS_CONTRACTION_H

#include "network/op.h"

#define SAC_CONTRACTION_LABELS 64
#define SAC_CONTRACTION_OPERANDS 8

typedef struct {
  float *data;
  int64_t strides[SAC_CONTRACTION_LABELS];
} SacContractionView;

typedef struct {
  int label_count;
  int64_t sizes[SAC_CONTRACTION_LABELS]; /* none is 0 */
} SacContractionLabels;

/* target += product of the operands, summed.  Operands are only read.  Products
 * of two are matrix products in float32; sums that concern one operand alone
 * are in double.
 * workspace: NULL to do nothing but count.
 * Returns: the floats of workspace that are needed, or -1 when an intermediate
 * result would be beyond SAC_LIMIT_VALUE_BYTES. */
int64_t sac_contraction_add (const SacContractionLabels *labels,
                             const SacContractionView *operands,
                             int operand_count,
                             const SacContractionView *target,
                             float *workspace);

#endif
