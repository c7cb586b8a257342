/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Each channel with its own filter.  Some rows of a block of channels are
 * copied with their padding, then the rows of the output are worked out from
 * the copy, which the L1 or L2 cache still holds. */
#include "compute/conv-private.h"
#include "compute/kernels.h"
#include "compute/scratch.h"

#include <glib.h>
#include <string.h>

#define COPY_BYTES ((size_t)96 << 10)
/* Output pixels of a chunk, a block of channels each. */
#define CHUNK_PIXELS 16384
/* What one row of the output needs at most; beyond, direct does it. */
#define COPY_FLOATS_MAX ((size_t)4 << 20)

static size_t
copy_width (const SacConvShape *s)
{
  return (s->out_width - 1) * s->stride_x +
         (s->kernel_width - 1) * s->dilation_x + 1;
}

static size_t
copy_height (const SacConvShape *s, size_t out_rows)
{
  return (out_rows - 1) * s->stride_y + (s->kernel_height - 1) * s->dilation_y +
         1;
}

static bool
can (const SacConvShape *s)
{
  return s->groups == s->channels && s->groups == s->filters &&
         copy_height (s, 1) * copy_width (s) * SAC_BLOCK <= COPY_FLOATS_MAX;
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

/* Stripes of output rows that one copy serves, and those of a chunk. */
typedef struct {
  size_t stripe_rows;
  size_t chunk_rows;
  size_t chunks; /* of a plane */
} Parts;

static Parts
parts_of (const SacConvShape *s)
{
  size_t row_bytes = copy_width (s) * SAC_BLOCK * sizeof (float);
  size_t fit = COPY_BYTES / row_bytes, least = copy_height (s, 1);
  size_t rows = fit > least ? (fit - least) / s->stride_y + 1 : 1;
  Parts parts = {
    .stripe_rows = MIN (rows, s->out_height),
    .chunk_rows = MAX (1, CHUNK_PIXELS / s->out_width),
  };

  parts.chunks = (s->out_height + parts.chunk_rows - 1) / parts.chunk_rows;
  return parts;
}

static size_t
chunks (const SacConv *conv)
{
  const SacConvShape *s = &conv->shape;

  return sac_blocks (s->channels) * s->images * parts_of (s).chunks;
}

static void
copy_rows (const SacConvShape *s,
           const float *plane,
           size_t out_row,
           size_t out_rows,
           float *to)
{
  ptrdiff_t width = (ptrdiff_t)s->width, count = (ptrdiff_t)copy_width (s);
  ptrdiff_t start = CLAMP (s->pad_left, 0, count);
  ptrdiff_t end = CLAMP (s->pad_left + width, start, count);
  ptrdiff_t y = (ptrdiff_t)(out_row * s->stride_y) - s->pad_top;
  ptrdiff_t y_end = y + (ptrdiff_t)copy_height (s, out_rows);
  size_t pixel = SAC_BLOCK * sizeof (float);

  for (; y < y_end; y++, to += count * SAC_BLOCK) {
    if (y < 0 || y >= (ptrdiff_t)s->height) {
      memset (to, 0, (size_t)count * pixel);
      continue;
    }
    memset (to, 0, (size_t)start * pixel);
    memcpy (to + start * SAC_BLOCK,
            plane + (y * width + start - s->pad_left) * SAC_BLOCK,
            (size_t)(end - start) * pixel);
    memset (to + end * SAC_BLOCK, 0, (size_t)(count - end) * pixel);
  }
}

static void
run_stripe (const SacConv *conv,
            SacDepthwise *work,
            size_t plane,
            size_t row,
            size_t rows)
{
  const SacConvShape *s = &conv->shape;
  size_t in_plane = s->height * s->width * SAC_BLOCK;
  size_t out = (plane * s->out_height + row) * s->out_width * SAC_BLOCK;
  float *copy =
    sac_scratch (copy_height (s, rows) * copy_width (s) * SAC_BLOCK);

  copy_rows (s, conv->x + plane * in_plane, row, rows, copy);
  work->x = copy;
  work->y = conv->y + out;
  work->residual =
    conv->tail.residual != NULL ? conv->tail.residual + out : NULL;
  work->rows = rows;
  sac_kernels ()->depthwise (work);
}

static void
chunk (const SacConv *conv, size_t index)
{
  const SacConvShape *s = &conv->shape;
  Parts parts = parts_of (s);
  size_t plane = index / parts.chunks; /* of a block of channels, an image */
  size_t row = index % parts.chunks * parts.chunk_rows;
  size_t end = MIN (s->out_height, row + parts.chunk_rows);
  size_t block = plane / s->images;
  SacDepthwise work = {
    .shape = s,
    .x_row_step = (ptrdiff_t)(copy_width (s) * SAC_BLOCK),
    .weights =
      conv->packed + block * s->kernel_height * s->kernel_width * SAC_BLOCK,
    .tail = &conv->tail,
    .block = block,
  };

  for (; row < end; row += parts.stripe_rows)
    run_stripe (conv, &work, plane, row, MIN (parts.stripe_rows, end - row));
}

const SacConvMethod sac_conv_depthwise = {
  "depthwise", can, packed_count, pack_chunks, pack_chunk, chunks, chunk,
};
