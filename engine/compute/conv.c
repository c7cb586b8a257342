/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/conv.h"

#include "compute/conv-private.h"
#include "compute/loop.h"

#include <glib.h>

static const SacConvMethod *const methods[SAC_CONV_ALGORITHM_COUNT] = {
  [SAC_CONV_POINTWISE] = &sac_conv_pointwise,
  [SAC_CONV_DIRECT] = &sac_conv_direct,
  [SAC_CONV_WINOGRAD_2] = &sac_conv_winograd_2,
  [SAC_CONV_WINOGRAD_3] = &sac_conv_winograd_3,
  [SAC_CONV_WINOGRAD_4] = &sac_conv_winograd_4,
  [SAC_CONV_WINOGRAD_ROW] = &sac_conv_winograd_row,
  [SAC_CONV_PLANAR] = &sac_conv_planar,
  [SAC_CONV_DEPTHWISE] = &sac_conv_depthwise,
  [SAC_CONV_TILES] = &sac_conv_tiles,
};

const char *
sac_conv_algorithm_name (SacConvAlgorithm algorithm)
{
  return methods[algorithm]->name;
}

bool
sac_conv_can (SacConvAlgorithm algorithm, const SacConvShape *shape)
{
  return methods[algorithm]->can (shape);
}

size_t
sac_conv_packed_count (SacConvAlgorithm algorithm, const SacConvShape *shape)
{
  return methods[algorithm]->packed_count (shape);
}

typedef struct {
  const SacConvMethod *method;
  const SacConvShape *shape;
  const SacConvWeights *weights;
  float *packed;
} Packing;

static void
pack_chunk (const void *work, size_t index)
{
  const Packing *p = work;

  p->method->pack_chunk (p->shape, p->weights, p->packed, index);
}

void
sac_conv_pack (SacConvAlgorithm algorithm,
               const SacConvShape *shape,
               const SacConvWeights *weights,
               float *packed)
{
  Packing packing = {methods[algorithm], shape, weights, packed};

  sac_loop_run (packing.method->pack_chunks (shape), pack_chunk, &packing,
                NULL);
}

bool
sac_conv_packs_filters (SacConvAlgorithm algorithm)
{
  return methods[algorithm]->packs_filters;
}

void
sac_conv_pack_panel (SacConvAlgorithm algorithm,
                     const SacConvShape *shape,
                     const SacConvWeights *weights,
                     float *packed,
                     size_t panel)
{
  methods[algorithm]->pack_chunk (shape, weights, packed, panel);
}

static void
run_chunk (const void *data, size_t index)
{
  const SacConv *conv = data;

  methods[conv->algorithm]->chunk (conv, index);
}

bool
sac_conv_run (const SacConv *conv, const SacJob *job)
{
  const SacConvMethod *method = methods[conv->algorithm];
  SacConv split = *conv;

  if (method->run != NULL)
    return method->run (conv, job);
  if (method->split != NULL)
    split.split = method->split (conv, job);
  return sac_loop_run (method->chunks (conv), run_chunk, &split, job);
}
