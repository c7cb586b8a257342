/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The two linear maps behind Conv and ConvTranspose.
 *
 * A window joins a large image (the input of a convolution) and a small one
 * (its output); the weights are small channels x large channels per group x
 * rows x columns in either op.  Gathering sums the large image into the small
 * one: Conv forward, and the gradient of ConvTranspose.  Scattering is its
 * adjoint: ConvTranspose forward, and the gradient of Conv.  Both add to what
 * the result holds already. */
#ifndef SAC_NETWORK_OPS_CONVOLVE_H
#define SAC_NETWORK_OPS_CONVOLVE_H

#include "network/ops/window.h"

typedef enum {
  SAC_CONVOLVE_COLUMNS,   /* taps laid out as columns, then a product */
  SAC_CONVOLVE_POINTWISE, /* kernel 1, stride 1: the image is the columns */
  SAC_CONVOLVE_DEPTHWISE, /* one large channel a group: direct loops */
} SacConvolveKind;

typedef struct {
  SacWindow window; /* in: the large image; out: the small one */
  int64_t batch, groups;
  int64_t large_channels, small_channels; /* per group */
  /* Filled by sac_convolve_prepare. */
  bool empty; /* nothing to add: some size is 0 (the others may be any) */
  SacConvolveKind kind;
  int64_t taps;         /* rows of the columns: large channels x kernel */
  int64_t block;        /* positions laid out at once */
  int64_t gather_slots; /* blocks laid out at the same time */
  int64_t scatter_slots;
} SacConvolve;

void sac_convolve_prepare (SacConvolve *convolve);
size_t sac_convolve_get_gather_bytes (const SacConvolve *convolve);
size_t sac_convolve_get_scatter_bytes (const SacConvolve *convolve);

typedef struct {
  const float *weights;
  const float *from; /* gather: the large image; scatter: the small one */
  float *to;
  float *workspace;
  const SacJob *job;
} SacConvolveCall;

/* On the pool. */
void sac_convolve_gather (const SacConvolve *convolve,
                          const SacConvolveCall *call);
void sac_convolve_scatter (const SacConvolve *convolve,
                           const SacConvolveCall *call);

/* convolve-depthwise.c: the same for SAC_CONVOLVE_DEPTHWISE. */
void sac_convolve_gather_depthwise (const SacConvolve *convolve,
                                    const SacConvolveCall *call);
void sac_convolve_scatter_depthwise (const SacConvolve *convolve,
                                     const SacConvolveCall *call);

/* Sets every channel's plane of an image to its bias, or to 0. */
void sac_convolve_fill (float *image,
                        int64_t batch,
                        int64_t channels,
                        int64_t plane,
                        const float *bias);

#endif
