/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the algorithms of conv.h share. */
#ifndef SAC_COMPUTE_CONV_PRIVATE_H
#define SAC_COMPUTE_CONV_PRIVATE_H

#include "compute/conv.h"
#include "compute/cut.h"

typedef struct {
  const char *name;
  bool (*can) (const SacConvShape *shape);
  size_t (*packed_count) (const SacConvShape *shape);
  /* Independent parts of the packing. */
  size_t (*pack_chunks) (const SacConvShape *shape);
  void (*pack_chunk) (const SacConvShape *shape,
                      const SacConvWeights *weights,
                      float *packed,
                      size_t index);
  size_t (*chunks) (const SacConv *conv);
  void (*chunk) (const SacConv *conv, size_t index);
  bool packs_filters; /* see sac_conv_packs_filters() */
  /* Splits x for all chunks; NULL: none would use that. */
  SacSplit (*split) (const SacConv *conv, const SacJob *job);
  /* Instead of chunks; NULL: they are the whole work. */
  bool (*run) (const SacConv *conv, const SacJob *job);
} SacConvMethod;

extern const SacConvMethod sac_conv_pointwise, sac_conv_direct,
  sac_conv_winograd_2, sac_conv_winograd_3, sac_conv_winograd_4,
  sac_conv_winograd_row, sac_conv_planar, sac_conv_depthwise, sac_conv_tiles;

/* One weight: `channel` counts within the filter's group. */
static inline float
sac_conv_weight (const SacConvWeights *weights,
                 const SacConvShape *s,
                 size_t filter,
                 size_t channel,
                 size_t y,
                 size_t x)
{
  size_t kh = s->kernel_height, kw = s->kernel_width;
  size_t channels = s->channels / s->groups;

  if (!weights->reversed)
    return weights->values
      [(((filter - weights->first_filter) * channels + channel) * kh + y) * kw +
       x];

  size_t filters = s->filters / s->groups;
  size_t from = filter / filters * channels + channel;
  size_t to = filter % filters;

  return weights
    ->values[((from * filters + to) * kh + kh - 1 - y) * kw + kw - 1 - x];
}

#endif
