/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The kernel functions of one variant, each in a file of its own. */
#ifndef SAC_COMPUTE_KERNEL_TABLE_H
#define SAC_COMPUTE_KERNEL_TABLE_H

#include "compute/kernels.h"
#include "compute/vector.h"

void SAC_KERNEL (multiply) (const SacMultiply *work);
void SAC_KERNEL (finish) (const SacTail *tail, const SacFinish *block);

extern const SacKernels SAC_KERNEL (kernels);

#endif
