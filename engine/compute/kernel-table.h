/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The kernel functions of one variant, each in a file of its own. */
#ifndef SAC_COMPUTE_KERNEL_TABLE_H
#define SAC_COMPUTE_KERNEL_TABLE_H

#include "compute/kernels.h"
#include "compute/vector.h"

void SAC_KERNEL (multiply) (const SacMultiply *work);
void SAC_KERNEL (finish) (const SacTail *tail, const SacFinish *block);
void SAC_KERNEL (gather) (float *to,
                          const float *from,
                          const ptrdiff_t *pixels,
                          size_t count);
void SAC_KERNEL (winograd) (const SacWinograd *work);
void SAC_KERNEL (winograd_pack) (size_t edge,
                                 const double *filters,
                                 float *packed,
                                 size_t step);
void SAC_KERNEL (depthwise) (const SacDepthwise *work);

extern const SacKernels SAC_KERNEL (kernels);

#endif
