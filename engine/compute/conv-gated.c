/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/conv-gated.h"

#include "compute/conv-private.h"
#include "compute/kernels.h"
#include "compute/loop.h"
#include "compute/scratch.h"
#include "compute/split.h"
#include "compute/variant.h"

#include <glib.h>

/* Rows that share a panel while it lies in the L2 cache. */
#define STRIPE_ROWS 448
/* Of gated pixels, which stay there too, and how many at least share a panel.
 */
#define COPY_FLOATS ((size_t)192 << 10)
#define COPY_ROWS 224
#define COPY_ROWS_MIN 64
/* Each chunk gates its pixels anew. */
#define COPY_CHUNKS 4
/* For more filters AMX's tiles are worth gating and splitting pixels, if none
 * is gated by two chunks. */
#define TILE_FILTERS 48

static size_t
pixels_of (const SacConvShape *s)
{
  return s->height * s->width;
}

bool
sac_conv_gated_can (const SacConvShape *shape)
{
  return sac_conv_can (SAC_CONV_POINTWISE, shape);
}

/* With fewer pixels than filters, to multiply the image is less work.  Gated
 * weights are multiplied a panel at a time, too little for AMX's tiles. */
static bool
gates_pixels (const SacConvShape *s)
{
  bool tiles = sac_compute_get_variant () == SAC_VARIANT_AMX &&
               s->filters > TILE_FILTERS &&
               sac_conv_in_pixels (s) >= COPY_ROWS * COPY_CHUNKS;

  return tiles || pixels_of (s) < s->filters;
}

static SacCut
cut_of (const SacConvShape *s)
{
  return sac_cut (pixels_of (s), s->channels, s->filters, STRIPE_ROWS,
                  SAC_CUT_CHUNKS);
}

/* Of all images' pixels. */
static SacCut
cut_of_copies (const SacConvShape *s)
{
  size_t rows = CLAMP (COPY_FLOATS / s->channels, COPY_ROWS_MIN, COPY_ROWS);

  return sac_cut (sac_conv_in_pixels (s), s->channels, s->filters, rows,
                  COPY_CHUNKS);
}

static size_t
run_floats_of (const SacConvShape *s)
{
  return (sac_blocks (s->channels) * sizeof (SacRun) / sizeof (float) + 15) /
         16 * 16;
}

/* Rows [row, row_end) times their image's gate, as [blocks][rows][16]. */
static void
gate_rows (const SacConvGated *gated, size_t row, size_t row_end, float *to)
{
  const SacConvShape *s = &gated->conv.shape;
  SacRows x = sac_rows_blocked (gated->conv.x, sac_conv_in_pixels (s));

  for (size_t block = 0; block < sac_blocks (s->channels); block++) {
    for (size_t at = row, end; at < row_end; at = end) {
      size_t image = at / pixels_of (s);

      end = MIN (row_end, (image + 1) * pixels_of (s));
      sac_kernels ()->gate (x.data + (ptrdiff_t)block * x.block_step +
                              (ptrdiff_t)at * x.row_step,
                            gated->gate +
                              (block * s->images + image) * SAC_BLOCK,
                            end - at, to);
      to += (end - at) * SAC_BLOCK;
    }
  }
}

static void
run_copied (const void *data, size_t index)
{
  const SacConvGated *gated = data;
  const SacConvShape *s = &gated->conv.shape;
  SacCut cut = cut_of_copies (s);
  SacCutPart part = sac_cut_part (&cut, sac_conv_in_pixels (s), index);
  size_t rows = part.row_end - part.row, column = part.panel * SAC_PANEL;
  size_t blocks = sac_blocks (s->channels), run_floats = run_floats_of (s);
  float *scratch = sac_scratch (run_floats + blocks * rows * SAC_BLOCK);
  SacRows copy = sac_rows_blocked (scratch + run_floats, rows);
  SacRows y = sac_rows_blocked (gated->conv.y, sac_conv_out_pixels (s));
  ptrdiff_t place = (ptrdiff_t)(column / SAC_BLOCK) * y.block_step +
                    (ptrdiff_t)part.row * y.row_step;
  SacTail tail = sac_tail_from (&gated->conv.tail, column, place);
  SacMultiply work = {
    .a = copy.data,
    .a_step = copy.row_step,
    .runs = (SacRun *)scratch,
    .run_count = blocks,
    .b = gated->conv.packed + column * s->channels,
    .panel_floats = s->channels * SAC_PANEL,
    .c = {y.data + place, y.row_step, y.block_step, y.blocked},
    .rows = rows,
    .columns = MIN (s->filters, part.panel_end * SAC_PANEL) - column,
    .tail = &tail,
  };

  gate_rows (gated, part.row, part.row_end, copy.data);
  sac_list_runs (&copy, s->channels, (SacRun *)scratch);
  sac_kernels ()->multiply (&work);
}

/* One panel of 32 filters over the rows that `work` has. */
static void
do_panel (const SacConvGated *gated,
          SacMultiply *work,
          size_t image,
          size_t panel,
          size_t row,
          float *weights)
{
  const SacConv *conv = &gated->conv;
  const SacConvShape *s = &conv->shape;
  SacRows y = sac_rows_blocked (conv->y, sac_conv_out_pixels (s));
  size_t column = panel * SAC_PANEL;
  ptrdiff_t place = (ptrdiff_t)(column / SAC_BLOCK) * y.block_step +
                    (ptrdiff_t)row * y.row_step;
  SacTail tail = sac_tail_from (&conv->tail, column, place);

  sac_kernels ()->gate_panel (conv->packed + column * s->channels,
                              gated->gate + image * SAC_BLOCK,
                              s->images * SAC_BLOCK, s->channels, weights);
  y.data += place;
  work->c = y;
  work->columns = MIN (SAC_PANEL, s->filters - column);
  work->tail = &tail;
  sac_kernels ()->multiply (work);
}

static void
run_chunk (const void *data, size_t index)
{
  const SacConvGated *gated = data;
  const SacConvShape *s = &gated->conv.shape;
  SacCut cut = cut_of (s);
  size_t each = cut.stripes * cut.groups, image = index % s->images;
  SacCutPart part =
    sac_cut_part (&cut, pixels_of (s), index / s->images % each);
  SacRows x = sac_rows_blocked (gated->conv.x, sac_conv_in_pixels (s));
  size_t row = image * pixels_of (s) + part.row;
  size_t blocks = sac_blocks (s->channels);
  size_t run_floats = run_floats_of (s);
  float *scratch = sac_scratch (run_floats + s->channels * SAC_PANEL);
  SacRun *runs = (SacRun *)scratch;
  SacMultiply work = {
    .a = x.data + (ptrdiff_t)row * x.row_step,
    .a_step = x.row_step,
    .runs = runs,
    .run_count = blocks,
    .b = scratch + run_floats,
    .rows = part.row_end - part.row,
  };

  sac_list_runs (&x, s->channels, runs);
  for (size_t panel = part.panel; panel < part.panel_end; panel++)
    do_panel (gated, &work, image, panel, row, scratch + run_floats);
}

bool
sac_conv_gated_run (const SacConvGated *gated, const SacJob *job)
{
  const SacConvShape *s = &gated->conv.shape;
  SacCut cut = gates_pixels (s) ? cut_of_copies (s) : cut_of (s);

  if (gates_pixels (s))
    return sac_loop_run (cut.stripes * cut.groups, run_copied, gated, job);
  return sac_loop_run (cut.stripes * cut.groups * s->images, run_chunk, gated,
                       job);
}
