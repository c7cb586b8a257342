/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What MaxPool, AveragePool and LpPool share: a window over every plane (image
 * and channel) by itself. */
#ifndef SAC_NETWORK_OPS_POOLING_H
#define SAC_NETWORK_OPS_POOLING_H

#include "network/ops/window.h"

typedef struct {
  SacWindow window;
  int64_t planes; /* 0 when the output has no elements */
} SacPooling;

/* Reads the window, checks the types, and fills output 0 (and output 1, when
 * there is one, as int64). */
bool
sac_pooling_infer (SacInfer *infer, SacPooling *ret_pooling, GError **error);

/* Calls func with the index of every plane, on the pool. */
void sac_pooling_run (const SacPooling *pooling,
                      void (*func) (size_t plane, void *data),
                      void *data);

/* Outputs that are worked on at once, within one row. */
#define SAC_POOLING_BLOCK 256

/* One tap over part of a block: output `from` + i of the block meets element
 * `input` + i * stride of the plane, for i < count. */
typedef struct {
  int64_t ky, kx; /* of the kernel */
  int64_t from, count;
  int64_t input, stride;
} SacPoolingTap;

typedef void (*SacPoolingFunc) (const SacPoolingTap *tap, void *data);

/* Outputs [first, first + count) of row y. */
typedef struct {
  const SacWindow *window;
  const SacJob *job; /* looked at between rows of taps */
  int64_t y;
  int64_t first, count;
} SacPoolingBlock;

/* The taps that a block has in the input, in row-major order. */
void sac_pooling_visit (const SacPoolingBlock *block,
                        SacPoolingFunc func,
                        void *data);

#endif
