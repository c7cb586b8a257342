/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Each channel with its own filter. */
#include "compute/conv-private.h"
#include "compute/kernels.h"

#include <glib.h>
#include <string.h>

/* Taps of the pixels of a chunk, a block of channels each: some 20 us. */
#define CHUNK_TAPS ((size_t)1 << 16)
/* Of the pixels of one row; beyond, a chunk would take too long. */
#define ROW_TAPS_MAX ((size_t)1 << 24)

static size_t
row_taps (const SacConvShape *s)
{
  return s->out_width * s->kernel_height * s->kernel_width;
}

static bool
can (const SacConvShape *s)
{
  return s->groups == s->channels && s->groups == s->filters &&
         row_taps (s) <= ROW_TAPS_MAX;
}

/* [channels / 16][tap][16] */
static size_t
packed_count (const SacConvShape *s)
{
  return sac_blocks (s->channels) * SAC_BLOCK * s->kernel_height *
         s->kernel_width;
}

static size_t
pack_chunks (const SacConvShape *s)
{
  return sac_blocks (s->channels);
}

static void
pack_chunk (const SacConvShape *s,
            const SacConvWeights *weights,
            float *packed,
            size_t index)
{
  size_t first = index * SAC_BLOCK,
         count = MIN (SAC_BLOCK, s->channels - first);
  size_t taps = s->kernel_height * s->kernel_width;

  packed += index * taps * SAC_BLOCK;
  for (size_t tap = 0; tap < taps; tap++, packed += SAC_BLOCK) {
    for (size_t i = 0; i < count; i++)
      packed[i] =
        sac_conv_weight (weights, s, first + i, 0, tap / s->kernel_width,
                         tap % s->kernel_width);
    memset (packed + count, 0, (SAC_BLOCK - count) * sizeof (float));
  }
}

/* Parts of a plane: one image's block of channels. */
static size_t
parts_of (const SacConvShape *s)
{
  size_t rows = MAX (1, CHUNK_TAPS / row_taps (s));

  return (s->out_height + rows - 1) / rows;
}

static size_t
chunks (const SacConv *conv)
{
  const SacConvShape *s = &conv->shape;

  return sac_blocks (s->channels) * s->images * parts_of (s);
}

static void
chunk (const SacConv *conv, size_t index)
{
  const SacConvShape *s = &conv->shape;
  size_t parts = parts_of (s), plane = index / parts, part = index % parts;
  size_t row = s->out_height * part / parts;
  size_t end = s->out_height * (part + 1) / parts;
  size_t block = plane / s->images;
  size_t out = (plane * s->out_height + row) * s->out_width * SAC_BLOCK;
  const float *residual = conv->tail.residual;
  SacDepthwise work = {
    .shape = s,
    .x = conv->x + plane * s->height * s->width * SAC_BLOCK,
    .weights =
      conv->packed + block * s->kernel_height * s->kernel_width * SAC_BLOCK,
    .y = conv->y + out,
    .pixel_step = SAC_BLOCK,
    .row_step = s->out_width * SAC_BLOCK,
    .tail = &conv->tail,
    .residual = residual != NULL ? residual + out : NULL,
    .block = block,
    .row = row,
    .rows = end - row,
  };

  sac_kernels ()->depthwise (&work);
}

const SacConvMethod sac_conv_depthwise = {
  "depthwise", can,   packed_count, pack_chunks, pack_chunk,
  chunks,      chunk, false,        NULL,        NULL,
};
