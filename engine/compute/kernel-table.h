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
void SAC_KERNEL (transpose) (const float *from,
                             ptrdiff_t from_step,
                             size_t rows,
                             size_t columns,
                             float *to,
                             ptrdiff_t to_step);
void SAC_KERNEL (winograd) (const SacWinograd *work);
void SAC_KERNEL (winograd_pack) (size_t edge,
                                 const double *filters,
                                 float *packed,
                                 size_t step);
void SAC_KERNEL (winograd_row) (const SacWinogradRow *work);
size_t SAC_KERNEL (winograd_row_sums) (size_t tiles);
void SAC_KERNEL (depthwise) (const SacDepthwise *work);
void SAC_KERNEL (pool) (const SacBlockedPool *pooling,
                        size_t plane,
                        size_t row,
                        size_t row_end);
void SAC_KERNEL (average_plane) (const float *x, size_t pixels, float *y);
void SAC_KERNEL (gate) (const float *x,
                        const float *gate,
                        size_t pixels,
                        float *y);
void SAC_KERNEL (gate_panel) (const float *panel,
                              const float *gate,
                              size_t gate_step,
                              size_t depth,
                              float *to);
void SAC_KERNEL (choose) (const float *x,
                          float *y,
                          const uint16_t *bits,
                          size_t rows,
                          float set,
                          float other);
void SAC_KERNEL (softmax) (const float *x, size_t count, float *y);
void SAC_KERNEL (layer_norm) (const SacLayerNorm *norm,
                              size_t row,
                              size_t row_end);
void SAC_KERNEL (layer_norm_gradient) (const SacLayerNormGradient *gradient,
                                       size_t row,
                                       size_t row_end);

extern const SacKernels SAC_KERNEL (kernels);

#endif
