/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Two-dimensional convolution on blocked images (conv-shape.h), by one of
 * several algorithms, each with weights packed its own way. */
#ifndef SAC_COMPUTE_CONV_H
#define SAC_COMPUTE_CONV_H

#include "base/job.h"
#include "compute/conv-shape.h"
#include "compute/tail.h"

typedef enum {
  SAC_CONV_POINTWISE,    /* 1x1, one matrix product without any copy */
  SAC_CONV_DIRECT,       /* any shape whose groups can be joined to blocks */
  SAC_CONV_WINOGRAD_2,   /* 3x3 of stride 1: F(2x2, 3x3), as exact as direct */
  SAC_CONV_WINOGRAD_3,   /* F(3x3, 3x3): error some 3 times that of direct */
  SAC_CONV_WINOGRAD_4,   /* F(4x4, 3x3): error some 10 times that of direct */
  SAC_CONV_WINOGRAD_ROW, /* F(4, 3) along rows: as exact; for few pixels */
  SAC_CONV_PLANAR,       /* input is plain [images][channels][height][width] */
  SAC_CONV_DEPTHWISE,    /* groups = channels = filters */
  SAC_CONV_TILES,        /* AMX's tiles on an image that is split once */
  SAC_CONV_ALGORITHM_COUNT,
} SacConvAlgorithm;

/* Weights as ONNX has them, [filters][channels / groups][height][width] of
 * the forward convolution.  The gradient of a convolution of stride 1 to its
 * input is itself a convolution, of `channels` and `filters` exchanged and
 * kernel - 1 - pad zeros before, with the same weights reversed. */
typedef struct {
  const float *values;
  bool reversed;
  size_t first_filter; /* values begin there; 0 when reversed */
} SacConvWeights;

typedef struct {
  SacConvShape shape;
  SacConvAlgorithm algorithm; /* one that can do the shape */
  const float *x;
  const float *packed;
  float *y; /* must not meet x */
  SacTail tail;
  SacSplit split; /* of x, when the algorithm made it for all chunks */
} SacConv;

/* "pointwise", "direct", "winograd2", ... */
const char *sac_conv_algorithm_name (SacConvAlgorithm algorithm);

/* Whether the algorithm can do the shape, with the kernels in force. */
bool sac_conv_can (SacConvAlgorithm algorithm, const SacConvShape *shape);

/* Floats that packed weights take. */
size_t sac_conv_packed_count (SacConvAlgorithm algorithm,
                              const SacConvShape *shape);

/* Packs on the pool.  packed: 64-byte aligned, on huge pages if possible. */
void sac_conv_pack (SacConvAlgorithm algorithm,
                    const SacConvShape *shape,
                    const SacConvWeights *weights,
                    float *packed);

/* Whether a packing is of one panel of 32 filters after another, each from its
 * own filters alone where there are no groups; and the packing of one. */
bool sac_conv_packs_filters (SacConvAlgorithm algorithm);
void sac_conv_pack_panel (SacConvAlgorithm algorithm,
                          const SacConvShape *shape,
                          const SacConvWeights *weights,
                          float *packed,
                          size_t panel);

/* On the pool.  Returns: false when cancelled. */
bool sac_conv_run (const SacConv *conv, const SacJob *job);

#endif
