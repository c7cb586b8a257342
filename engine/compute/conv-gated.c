/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/conv-gated.h"

#include "compute/conv-private.h"
#include "compute/kernels.h"
#include "compute/loop.h"
#include "compute/scratch.h"
#include "compute/split.h"

#include <glib.h>

/* Rows that share a panel while it lies in the L2 cache. */
#define STRIPE_ROWS 448
static size_t
pixels_of (const SacConvShape *s)
{
  return s->height * s->width;
}

/* With fewer pixels than filters, to multiply the image is less work. */
bool
sac_conv_gated_can (const SacConvShape *shape)
{
  return sac_conv_can (SAC_CONV_POINTWISE, shape) &&
         pixels_of (shape) >= shape->filters;
}

static SacCut
cut_of (const SacConvShape *s)
{
  return sac_cut (pixels_of (s), s->channels, s->filters, STRIPE_ROWS,
                  SAC_CUT_CHUNKS);
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
  SacTail tail = conv->tail;

  if (tail.bias != NULL)
    tail.bias += column;
  if (tail.scale != NULL)
    tail.scale += column;
  if (tail.residual != NULL)
    tail.residual += place;
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
  size_t run_floats =
    (blocks * sizeof (SacRun) / sizeof (float) + 15) / 16 * 16;
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
  SacCut cut = cut_of (&gated->conv.shape);

  return sac_loop_run (cut.stripes * cut.groups * gated->conv.shape.images,
                       run_chunk, gated, job);
}
