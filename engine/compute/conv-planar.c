/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A convolution of few channels, read from plain [images][channels][height]
 * [width]: a network's first one.  Some rows of the input are copied with their
 * padding; then each row of the output is a matrix product whose rows begin
 * stride_x floats apart, and nothing is copied together. */
#include "compute/conv-private.h"
#include "compute/cut.h"
#include "compute/kernels.h"
#include "compute/product.h"
#include "compute/scratch.h"

#include <glib.h>
#include <string.h>

/* Output pixels that share a copy. */
#define STRIPE_PIXELS 448
/* Of a chunk's weights, which every row of the output reads again. */
#define WEIGHTS_BYTES ((size_t)512 << 10)
/* Beyond, blocked input is better, and copies would leave the cache. */
#define CHANNELS_MAX 8
#define COPY_FLOATS_MAX ((size_t)4 << 20)

static size_t
depth_of (const SacConvShape *s)
{
  return s->channels * s->kernel_height * s->kernel_width;
}

/* Of the copy: its rows hold all that one row of the output needs. */
static size_t
copy_width (const SacConvShape *s)
{
  return (s->out_width - 1) * s->stride_x + s->kernel_width;
}

static size_t
copy_height (const SacConvShape *s, size_t out_rows)
{
  return (out_rows - 1) * s->stride_y + (s->kernel_height - 1) * s->dilation_y +
         1;
}

static size_t
stripe_rows (const SacConvShape *s)
{
  return MIN (s->out_height, MAX (1, STRIPE_PIXELS / s->out_width));
}

static size_t
copy_floats (const SacConvShape *s)
{
  return s->channels * copy_height (s, stripe_rows (s)) * copy_width (s);
}

static bool
can (const SacConvShape *s)
{
  return s->groups == 1 && s->dilation_x == 1 && s->channels <= CHANNELS_MAX &&
         copy_floats (s) <= COPY_FLOATS_MAX;
}

static size_t
packed_count (const SacConvShape *s)
{
  return sac_product_packed_count (depth_of (s), s->filters);
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
  size_t taps = s->kernel_height * s->kernel_width, depth = depth_of (s);
  size_t first = index * SAC_PANEL, count = MIN (SAC_PANEL, s->filters - first);

  packed += index * depth * SAC_PANEL;
  for (size_t d = 0; d < depth; d++, packed += SAC_PANEL) {
    for (size_t i = 0; i < count; i++)
      packed[i] =
        sac_conv_weight (weights, s, first + i, d / taps,
                         d % taps / s->kernel_width, d % s->kernel_width);
    memset (packed + count, 0, (SAC_PANEL - count) * sizeof (float));
  }
}

/* Stripes of output rows of an image, times groups of panels. */
typedef struct {
  size_t stripes, groups;
  size_t panels;
} Parts;

static Parts
parts_of (const SacConvShape *s)
{
  size_t rows = stripe_rows (s), depth = depth_of (s);
  Parts parts = {
    .stripes = (s->out_height + rows - 1) / rows,
    .panels = (s->filters + SAC_PANEL - 1) / SAC_PANEL,
  };
  size_t fit = WEIGHTS_BYTES / sizeof (float) / (depth * SAC_PANEL);
  size_t most =
    sac_chunk_multiplications () / (rows * s->out_width * depth * SAC_PANEL);
  size_t panels = MAX (1, MIN (fit, most));

  parts.groups = (parts.panels + panels - 1) / panels;
  return parts;
}

static size_t
chunks (const SacConv *conv)
{
  Parts parts = parts_of (&conv->shape);

  return conv->shape.images * parts.stripes * parts.groups;
}

/* Copies one row of one channel; zeros where the image has ended. */
static void
copy_row (const SacConvShape *s, const float *x, ptrdiff_t y, float *to)
{
  ptrdiff_t width = (ptrdiff_t)s->width, count = (ptrdiff_t)copy_width (s);
  ptrdiff_t start = CLAMP (s->pad_left, 0, count);
  ptrdiff_t end = CLAMP (s->pad_left + width, start, count);

  if (y < 0 || y >= (ptrdiff_t)s->height) {
    memset (to, 0, (size_t)count * sizeof (float));
    return;
  }
  memset (to, 0, (size_t)start * sizeof (float));
  memcpy (to + start, x + y * width + start - s->pad_left,
          (size_t)(end - start) * sizeof (float));
  memset (to + end, 0, (size_t)(count - end) * sizeof (float));
}

static void
copy_rows (const SacConvShape *s,
           const float *image,
           size_t out_row,
           size_t out_rows,
           float *to)
{
  size_t height = copy_height (s, out_rows);
  ptrdiff_t first = (ptrdiff_t)(out_row * s->stride_y) - s->pad_top;

  for (size_t c = 0; c < s->channels; c++) {
    for (size_t row = 0; row < height; row++, to += copy_width (s))
      copy_row (s, image + c * s->height * s->width, first + (ptrdiff_t)row,
                to);
  }
}

static void
list_runs (const SacConvShape *s, size_t height, SacRun *runs)
{
  for (size_t c = 0; c < s->channels; c++) {
    for (size_t y = 0; y < s->kernel_height; y++)
      *runs++ = (SacRun){
        (ptrdiff_t)((c * height + y * s->dilation_y) * copy_width (s)),
        (ptrdiff_t)s->kernel_width,
      };
  }
}

static void
chunk (const SacConv *conv, size_t index)
{
  const SacConvShape *s = &conv->shape;
  Parts parts = parts_of (s);
  size_t group = index % parts.groups;
  size_t stripe = index / parts.groups % parts.stripes;
  size_t image = index / parts.groups / parts.stripes;
  size_t row = s->out_height * stripe / parts.stripes;
  size_t rows = s->out_height * (stripe + 1) / parts.stripes - row;
  size_t panel = parts.panels * group / parts.groups;
  size_t panel_end = parts.panels * (group + 1) / parts.groups;
  size_t run_count = s->channels * s->kernel_height;
  size_t run_floats =
    (run_count * sizeof (SacRun) / sizeof (float) + 15) / 16 * 16;
  float *scratch = sac_scratch (run_floats + copy_floats (s));
  float *copy = scratch + run_floats;
  SacRows y = sac_rows_blocked (conv->y, sac_conv_out_pixels (s));
  SacMultiply work = {
    .a = copy,
    .a_step = (ptrdiff_t)s->stride_x,
    .runs = (SacRun *)scratch,
    .run_count = run_count,
    .b = conv->packed + panel * depth_of (s) * SAC_PANEL,
    .panel_floats = depth_of (s) * SAC_PANEL,
    .c = y,
    .rows = s->out_width,
    .columns = MIN (s->filters, panel_end * SAC_PANEL) - panel * SAC_PANEL,
  };

  list_runs (s, copy_height (s, rows), (SacRun *)scratch);
  copy_rows (s, conv->x + image * s->channels * s->height * s->width, row, rows,
             copy);
  for (size_t i = 0; i < rows; i++) {
    ptrdiff_t place =
      (ptrdiff_t)(panel * (SAC_PANEL / SAC_BLOCK)) * y.block_step +
      (ptrdiff_t)((image * s->out_height + row + i) * s->out_width) *
        y.row_step;
    SacTail tail = sac_tail_from (&conv->tail, panel * SAC_PANEL, place);

    work.tail = &tail;
    work.a = copy + i * s->stride_y * copy_width (s);
    work.c.data = y.data + place;
    sac_kernels ()->multiply (&work);
  }
}

const SacConvMethod sac_conv_planar = {
  "planar", can,   packed_count, pack_chunks, pack_chunk,
  chunks,   chunk, false,        NULL,        NULL,
};
