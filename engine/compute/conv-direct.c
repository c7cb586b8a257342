/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Any convolution as a matrix product over taps and channels.  What the kernel
 * sees from some output pixels is copied together, a part of the depth at a
 * time, so that padding, strides and dilation end here; each copied element is
 * used for every filter of the chunk.
 *
 * Groups are joined until their channels and filters fill whole blocks of 16;
 * the weights between groups that were joined are zero. */
#include "compute/conv-private.h"
#include "compute/conv-taken.h"
#include "compute/kernels.h"
#include "compute/scratch.h"
#include "compute/variant.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

#define STRIPE_ROWS 112
/* AMX splits a panel of weights anew for each stripe. */
#define STRIPE_ROWS_AMX 224
/* Each copies its rows anew, which takes a tenth of a chunk's time or more. */
#define CHUNKS_WANTED 4
/* With AMX they are split anew as well. */
#define CHUNKS_WANTED_AMX 2
/* Taps of kernels whose weights are packed some channels at once: to 5x5. */
#define TAPS_TAKEN 25
/* Of the copied part: it stays in the L2 cache beside a panel of weights. */
#define COPY_BYTES ((size_t)512 << 10)

/* The convolution after joining groups. */
typedef struct {
  size_t groups;
  size_t channels, filters; /* of one */
  size_t taps, depth;
  size_t panels; /* of one group */
} Joined;

static Joined
join (const SacConvShape *s)
{
  Joined j = {.groups = s->groups};

  for (size_t factor = 1; factor <= s->groups; factor++) {
    if (s->groups % factor != 0)
      continue;
    j.groups = s->groups / factor;
    if (s->channels / j.groups % SAC_BLOCK == 0 &&
        s->filters / j.groups % SAC_BLOCK == 0)
      break;
  }
  j.channels = s->channels / j.groups;
  j.filters = s->filters / j.groups;
  j.taps = s->kernel_height * s->kernel_width;
  j.depth = j.taps * j.channels;
  j.panels = (j.filters + SAC_PANEL - 1) / SAC_PANEL;
  return j;
}

static bool
can (const SacConvShape *s)
{
  return true;
}

static size_t
packed_count (const SacConvShape *s)
{
  Joined j = join (s);

  return j.groups * j.panels * j.depth * SAC_PANEL;
}

static size_t
pack_chunks (const SacConvShape *s)
{
  Joined j = join (s);

  return j.groups * j.panels;
}

/* Filters of one group, or of several that were joined. */
static void
pack_joined (const SacConvShape *s,
             const SacConvWeights *weights,
             float *packed,
             size_t index)
{
  Joined j = join (s);
  size_t group = index / j.panels;
  size_t first = index % j.panels * SAC_PANEL;
  size_t count = MIN (SAC_PANEL, j.filters - first);
  size_t channels = s->channels / s->groups, filters = s->filters / s->groups;
  float *panel = packed + index * j.depth * SAC_PANEL;

  memset (panel, 0, j.depth * SAC_PANEL * sizeof (float));
  for (size_t i = 0; i < count; i++) {
    size_t filter = group * j.filters + first + i;
    /* Where the filter's own channels begin among those that were joined. */
    size_t start = filter / filters * channels - group * j.channels;

    for (size_t c = 0; c < channels; c++) {
      for (size_t tap = 0; tap < j.taps; tap++)
        panel[(tap * j.channels + start + c) * SAC_PANEL + i] =
          sac_conv_weight (weights, s, filter, c, tap / s->kernel_width,
                           tap % s->kernel_width);
    }
  }
}

/* Without groups, and fast. */
static void
pack_panel (const SacConvShape *s,
            const SacConvWeights *weights,
            float *packed,
            size_t panel)
{
  size_t taps = s->kernel_height * s->kernel_width;
  float taken[SAC_CONV_TAKEN * TAPS_TAKEN * SAC_PANEL];

  packed += panel * taps * s->channels * SAC_PANEL;
  for (size_t first = 0; first < s->channels; first += SAC_CONV_TAKEN) {
    size_t channels = MIN (SAC_CONV_TAKEN, s->channels - first);

    sac_conv_take (weights, s, panel, first, taken);
    for (size_t tap = 0; tap < taps; tap++) {
      for (size_t c = 0; c < channels; c++)
        memcpy (packed + (tap * s->channels + first + c) * SAC_PANEL,
                taken + (c * taps + tap) * SAC_PANEL,
                SAC_PANEL * sizeof (float));
    }
  }
}

/* Depth is [tap][channel]. */
static void
pack_chunk (const SacConvShape *s,
            const SacConvWeights *weights,
            float *packed,
            size_t index)
{
  if (s->groups == 1 && s->kernel_height * s->kernel_width <= TAPS_TAKEN)
    pack_panel (s, weights, packed, index);
  else
    pack_joined (s, weights, packed, index);
}

static SacCut
cut_of (const SacConvShape *s, const Joined *j)
{
  bool amx = sac_compute_get_variant () == SAC_VARIANT_AMX;

  return sac_cut (sac_conv_out_pixels (s), j->depth, j->filters,
                  amx ? STRIPE_ROWS_AMX : STRIPE_ROWS,
                  amx ? CHUNKS_WANTED_AMX : CHUNKS_WANTED);
}

static size_t
chunks (const SacConv *conv)
{
  Joined j = join (&conv->shape);
  SacCut cut = cut_of (&conv->shape, &j);

  return j.groups * cut.stripes * cut.groups;
}

/* For each of some output pixels, which input pixel the tap sees; -1: none. */
static void
find_pixels (
  const SacConvShape *s, size_t tap, size_t row, size_t rows, ptrdiff_t *pixels)
{
  ptrdiff_t tap_y = (ptrdiff_t)(tap / s->kernel_width * s->dilation_y);
  ptrdiff_t tap_x = (ptrdiff_t)(tap % s->kernel_width * s->dilation_x);
  ptrdiff_t height = (ptrdiff_t)s->height, width = (ptrdiff_t)s->width;
  size_t out_x = row % s->out_width;
  size_t out_y = row / s->out_width % s->out_height;
  size_t image = row / s->out_width / s->out_height;

  for (size_t i = 0; i < rows; i++) {
    ptrdiff_t y = (ptrdiff_t)(out_y * s->stride_y) + tap_y - s->pad_top;
    ptrdiff_t x = (ptrdiff_t)(out_x * s->stride_x) + tap_x - s->pad_left;
    bool inside = y >= 0 && y < height && x >= 0 && x < width;

    pixels[i] = inside ? ((ptrdiff_t)image * height + y) * width + x : -1;
    if (++out_x == s->out_width) {
      out_x = 0;
      if (++out_y == s->out_height) {
        out_y = 0;
        image++;
      }
    }
  }
}

/* The chunk's rows, and where the copies of their depth are put. */
typedef struct {
  const SacConv *conv;
  Joined joined;
  size_t group, row, rows;
  ptrdiff_t pixels[STRIPE_ROWS_AMX];
  SacRun *runs;
  float *copies; /* [run][rows][16] */
} Copier;

/* Copies runs [first, first + count) of the depth; returns their depth. */
static size_t
copy_runs (Copier *copier, size_t first, size_t count)
{
  const SacConvShape *s = &copier->conv->shape;
  size_t blocks = sac_blocks (copier->joined.channels);
  size_t plane = sac_conv_in_pixels (s) * SAC_BLOCK;
  size_t run_floats = copier->rows * SAC_BLOCK;
  size_t known = SIZE_MAX, depth = 0;

  for (size_t i = 0; i < count; i++) {
    size_t tap = (first + i) / blocks, block = (first + i) % blocks;
    size_t left = copier->joined.channels - block * SAC_BLOCK;

    if (tap != known)
      find_pixels (s, tap, copier->row, copier->rows, copier->pixels);
    known = tap;
    sac_kernels ()->gather (copier->copies + i * run_floats,
                            copier->conv->x +
                              (copier->group * blocks + block) * plane,
                            copier->pixels, copier->rows);
    copier->runs[i] =
      (SacRun){(ptrdiff_t)(i * run_floats), (ptrdiff_t)MIN (SAC_BLOCK, left)};
    depth += MIN (SAC_BLOCK, left);
  }
  return depth;
}

static void
multiply_part (Copier *copier, const SacCutPart *part)
{
  const SacConv *conv = copier->conv;
  const Joined *j = &copier->joined;
  size_t pixels = sac_conv_out_pixels (&conv->shape);
  size_t column = part->panel * SAC_PANEL;
  size_t filter = copier->group * j->filters + column;
  SacRows y = sac_rows_blocked (conv->y, pixels);
  ptrdiff_t place = (ptrdiff_t)(filter / SAC_BLOCK) * y.block_step +
                    (ptrdiff_t)copier->row * y.row_step;
  SacTail tail = sac_tail_from (&conv->tail, filter, place);
  size_t runs = j->taps * sac_blocks (j->channels);
  size_t runs_a_time =
    MAX (1, COPY_BYTES / (copier->rows * SAC_BLOCK * sizeof (float)));

  y.data += place;

  SacMultiply work = {
    .a = copier->copies,
    .a_step = SAC_BLOCK,
    .runs = copier->runs,
    .b = conv->packed +
         (copier->group * j->panels + part->panel) * j->depth * SAC_PANEL,
    .panel_floats = j->depth * SAC_PANEL,
    .c = y,
    .rows = copier->rows,
    .columns = MIN (j->filters, part->panel_end * SAC_PANEL) - column,
  };

  for (size_t run = 0; run < runs; run += work.run_count) {
    work.run_count = MIN (runs_a_time, runs - run);
    work.accumulate = run > 0;
    work.tail = run + work.run_count == runs ? &tail : NULL;

    size_t depth = copy_runs (copier, run, work.run_count);

    sac_kernels ()->multiply (&work);
    work.b += depth * SAC_PANEL;
  }
}

static void
chunk (const SacConv *conv, size_t index)
{
  Copier copier = {.conv = conv, .joined = join (&conv->shape)};
  size_t pixels = sac_conv_out_pixels (&conv->shape);
  SacCut cut = cut_of (&conv->shape, &copier.joined);
  size_t each = cut.stripes * cut.groups;
  SacCutPart part = sac_cut_part (&cut, pixels, index % each);
  size_t runs = COPY_BYTES / (SAC_BLOCK * sizeof (float));
  size_t run_floats = runs * sizeof (SacRun) / sizeof (float);

  copier.group = index / each;
  copier.row = part.row;
  copier.rows = part.row_end - part.row;

  float *scratch = sac_scratch (run_floats + COPY_BYTES / sizeof (float));

  copier.runs = (SacRun *)scratch;
  copier.copies = scratch + run_floats;
  multiply_part (&copier, &part);
}

const SacConvMethod sac_conv_direct = {
  "direct", can,   packed_count, pack_chunks, pack_chunk,
  chunks,   chunk, true,         NULL,        NULL,
};
