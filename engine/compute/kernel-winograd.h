/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The transforms of Winograd's minimal filtering F(2, 3), F(3, 3) and F(4, 3)
 * along one direction, with the points 0, +-1, (2, -2,) and infinity as in
 * Lavin and Gray, "Fast algorithms for convolutional neural networks", and what
 * is done to the results.  Private to the kernels of one variant. */
#ifndef SAC_COMPUTE_KERNEL_WINOGRAD_H
#define SAC_COMPUTE_KERNEL_WINOGRAD_H

#include "compute/kernel-finish.h"

#define EDGE_MAX 4
#define SIDE_MAX (EDGE_MAX + 2)

/* out = B^T in */
static ALWAYS_INLINE void
transform_input (const int edge, Vec out[SIDE_MAX], const Vec in[SIDE_MAX])
{
  if (edge == 2) {
    out[0] = in[0] - in[2];
    out[1] = in[1] + in[2];
    out[2] = in[2] - in[1];
    out[3] = in[1] - in[3];
    return;
  }
  if (edge == 3) {
    Vec two = vec_splat (2), minus_two = vec_splat (-2);
    Vec even = in[3] - in[1];

    out[0] = vec_fma (two, in[0] - in[2], even);
    out[1] = vec_fma (minus_two, in[1], in[3] - in[2]);
    out[2] = vec_fma (two, in[1] - in[2], in[3] - in[2]);
    out[3] = even;
    out[4] = vec_fma (minus_two, even, in[4] - in[2]);
    return;
  }
  Vec four = vec_splat (4), minus_five = vec_splat (-5);
  Vec even = in[4] - four * in[2], odd = in[3] - four * in[1];
  Vec even_2 = in[4] - in[2], odd_2 = in[3] - in[1];

  odd_2 += odd_2;
  out[0] = vec_fma (four, in[0], vec_fma (minus_five, in[2], in[4]));
  out[1] = even + odd;
  out[2] = even - odd;
  out[3] = even_2 + odd_2;
  out[4] = even_2 - odd_2;
  out[5] = vec_fma (four, in[1], vec_fma (minus_five, in[3], in[5]));
}

/* out = A^T in */
static ALWAYS_INLINE void
transform_sums (const int edge, Vec out[EDGE_MAX], const Vec in[SIDE_MAX])
{
  if (edge == 2) {
    out[0] = in[0] + in[1] + in[2];
    out[1] = in[1] - in[2] - in[3];
    return;
  }
  if (edge == 3) {
    Vec sum = in[1] + in[2];

    out[0] = in[0] + sum + in[3];
    out[1] = vec_fma (vec_splat (2), in[3], in[1] - in[2]);
    out[2] = vec_fma (vec_splat (4), in[3], sum) + in[4];
    return;
  }
  Vec sum = in[1] + in[2], difference = in[1] - in[2];
  Vec sum_2 = in[3] + in[4], difference_2 = in[3] - in[4];

  out[0] = in[0] + sum + sum_2;
  out[1] = vec_fma (vec_splat (2), difference_2, difference);
  out[2] = vec_fma (vec_splat (4), sum_2, sum);
  out[3] = vec_fma (vec_splat (8), difference_2, difference) + in[5];
}

/* What is done to the results of one block of 16 filters. */
typedef struct {
  SacLimits limits;
  const SacTail *tail;
  float bias[SAC_BLOCK], scale[SAC_BLOCK];
  ptrdiff_t residual; /* floats from the result to it; 0: none */
  size_t lanes;       /* filters in the block */
} Finish;

static inline Finish
finish_of (const SacTail *tail, const float *y, size_t filters, size_t block)
{
  size_t first = block * SAC_BLOCK, left = filters - first;
  Finish finish = {
    .limits = sac_limits (tail),
    .tail = tail,
    .lanes = left < SAC_BLOCK ? left : SAC_BLOCK,
    .residual = tail->residual != NULL ? tail->residual - y : 0,
  };

  if (tail->bias != NULL)
    memcpy (finish.bias, tail->bias + first, finish.lanes * sizeof (float));
  if (tail->scale != NULL)
    memcpy (finish.scale, tail->scale + first, finish.lanes * sizeof (float));
  return finish;
}

/* The pixels of one row of a tile, one vector of each. */
static ALWAYS_INLINE void
store_limited (
  const Finish *finish, float *y, int part, const Vec *pixels, int count)
{
  Vec bias = vec_load (finish->bias + part * LANES);
  Vec low = vec_splat (finish->limits.low);
  Vec high = vec_splat (finish->limits.high);

  for (int i = 0; i < count; i++, y += SAC_BLOCK) {
    Vec value = pixels[i] + bias;

    if (finish->residual != 0)
      value += vec_load (y + finish->residual);
    if (finish->limits.saved != NULL)
      sac_save_bits (&finish->limits, y, value);
    vec_store (y, vec_min (high, vec_max (low, value)));
  }
}

static inline void
finish_pixels (const Finish *finish, float *y, size_t count)
{
  const SacTail *tail = finish->tail;
  SacFinish block = {
    y,
    SAC_BLOCK,
    count,
    tail->bias != NULL ? finish->bias : NULL,
    tail->scale != NULL ? finish->scale : NULL,
    finish->residual != 0 ? y + finish->residual : NULL,
  };

  if (!finish->limits.simple)
    SAC_KERNEL (finish) (tail, &block);
  if (finish->lanes < SAC_BLOCK) {
    for (size_t i = 0; i < count; i++, y += SAC_BLOCK)
      memset (y + finish->lanes, 0,
              (SAC_BLOCK - finish->lanes) * sizeof (float));
  }
}

#endif
