/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A 1x1 convolution of stride 1 is a matrix product as it stands. */
#include "compute/conv-private.h"
#include "compute/kernels.h"
#include "compute/product.h"

#include <glib.h>

static bool
can (const SacConvShape *s)
{
  return s->kernel_height == 1 && s->kernel_width == 1 && s->stride_y == 1 &&
         s->stride_x == 1 && s->pad_top == 0 && s->pad_left == 0 &&
         s->out_height == s->height && s->out_width == s->width &&
         s->groups == 1;
}

static size_t
packed_count (const SacConvShape *s)
{
  return sac_product_packed_count (s->channels, s->filters);
}

static size_t
pack_chunks (const SacConvShape *s)
{
  return (s->filters + SAC_PANEL - 1) / SAC_PANEL;
}

static void
pack_chunk (const SacConvShape *s,
            const SacConvWeights *weights,
            float *packed,
            size_t index)
{
  size_t first = index * SAC_PANEL;
  ptrdiff_t depth_step = weights->reversed ? (ptrdiff_t)s->filters : 1;
  ptrdiff_t column_step = weights->reversed ? 1 : (ptrdiff_t)s->channels;

  sac_product_pack (packed + first * s->channels,
                    weights->values + (ptrdiff_t)first * column_step,
                    s->channels, MIN (SAC_PANEL, s->filters - first),
                    depth_step, column_step);
}

static SacProduct
product_of (const SacConv *conv)
{
  size_t pixels = sac_conv_out_pixels (&conv->shape);

  return (SacProduct){pixels,
                      conv->shape.channels,
                      conv->shape.filters,
                      sac_rows_blocked (conv->x, pixels),
                      conv->packed,
                      sac_rows_blocked (conv->y, pixels),
                      conv->tail,
                      conv->split};
}

static SacSplit
split (const SacConv *conv, const SacJob *job)
{
  SacProduct product = product_of (conv);

  return sac_product_split (&product, job);
}

static size_t
chunks (const SacConv *conv)
{
  SacProduct product = product_of (conv);

  return sac_product_chunks (&product);
}

static void
chunk (const SacConv *conv, size_t index)
{
  SacProduct product = product_of (conv);

  sac_product_chunk (&product, index);
}

const SacConvMethod sac_conv_pointwise = {
  "pointwise", can,   packed_count, pack_chunks, pack_chunk,
  chunks,      chunk, false,        split,       NULL,
};
