/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* F(4, 3) along rows, for small images of many channels. */
#include "compute/conv-private.h"
#include "compute/conv-taken.h"
#include "compute/kernels.h"
#include "compute/scratch.h"

#include <glib.h>
#include <string.h>

#define EDGE 4
/* Tiles of four pixels that share a reading of the weights from the L1 cache,
 * where their sums should have room too. */
#define TILES 56
#define PANELS_MIN 2
#define CHUNKS_WANTED 8
/* Inputs of more channels than any network has would need more room. */
#define CHANNELS_MAX 4096
#define FILTER_FLOATS (3 * 3 * SAC_PANEL)

static size_t
across_of (const SacConvShape *s)
{
  return (s->out_width + EDGE - 1) / EDGE;
}

static bool
can (const SacConvShape *s)
{
  return s->kernel_height == 3 && s->kernel_width == 3 && s->stride_y == 1 &&
         s->stride_x == 1 && s->dilation_y == 1 && s->dilation_x == 1 &&
         s->groups == 1 && s->channels <= CHANNELS_MAX &&
         across_of (s) <= TILES;
}

static size_t
panels_of (const SacConvShape *s)
{
  return (s->filters + SAC_PANEL - 1) / SAC_PANEL;
}

static size_t
packed_count (const SacConvShape *s)
{
  return panels_of (s) * sac_blocks (s->channels) * SAC_BLOCK * FILTER_FLOATS;
}

/* Packed as [panel][some blocks][row][channel][tap][32], channels filled up to
 * whole blocks. */
static void
pack_panel (const SacConvShape *s,
            const SacConvWeights *weights,
            float *packed,
            size_t panel)
{
  size_t blocks = sac_blocks (s->channels);
  float taken[SAC_BLOCK][3][3 * SAC_PANEL];

  G_STATIC_ASSERT (SAC_CONV_TAKEN == SAC_BLOCK);
  packed += panel * blocks * SAC_BLOCK * FILTER_FLOATS;
  for (size_t block = 0; block < blocks; block++) {
    size_t part = block / SAC_WINOGRAD_ROW_DEPTH * SAC_WINOGRAD_ROW_DEPTH;
    size_t depth = MIN (blocks - part, SAC_WINOGRAD_ROW_DEPTH) * SAC_BLOCK;
    float *to = packed + part * SAC_BLOCK * FILTER_FLOATS;

    if (s->channels < (block + 1) * SAC_BLOCK)
      memset (taken, 0, sizeof taken);
    sac_conv_take (weights, s, panel, block * SAC_BLOCK, taken[0][0]);
    for (size_t row = 0; row < 3; row++) {
      for (size_t c = 0; c < SAC_BLOCK; c++) {
        size_t channel = row * depth + (block - part) * SAC_BLOCK + c;

        memcpy (to + channel * 3 * SAC_PANEL, taken[c][row],
                sizeof taken[c][row]);
      }
    }
  }
}

/* Strips of rows of an image, times groups of panels. */
typedef struct {
  size_t strips;
  size_t panels, groups;
} Cut;

static Cut
cut (const SacConvShape *s)
{
  size_t rows = TILES / across_of (s);
  Cut cut = {
    .strips = (s->out_height + rows - 1) / rows,
    .panels = panels_of (s),
  };
  size_t all = s->images * cut.strips;
  size_t wanted = (CHUNKS_WANTED + all - 1) / all;
  size_t panels = MAX (PANELS_MIN, (cut.panels + wanted - 1) / wanted);
  size_t panel_work = TILES * 18 * s->channels * SAC_PANEL;
  size_t most = MAX (1, sac_chunk_multiplications () / panel_work);

  panels = MIN (panels, most);
  cut.groups = (cut.panels + panels - 1) / panels;
  return cut;
}

static size_t
chunks (const SacConv *conv)
{
  Cut parts = cut (&conv->shape);

  return conv->shape.images * parts.strips * parts.groups;
}

static void
chunk (const SacConv *conv, size_t index)
{
  const SacConvShape *s = &conv->shape;
  Cut parts = cut (s);
  size_t group = index % parts.groups;
  size_t strip = index / parts.groups % parts.strips;
  SacWinogradRow work = {
    .shape = s,
    .x = conv->x,
    .packed = conv->packed,
    .y = conv->y,
    .tail = &conv->tail,
    .image = index / parts.groups / parts.strips,
    .row = s->out_height * strip / parts.strips,
    .panel = parts.panels * group / parts.groups,
    .across = across_of (s),
  };

  work.rows = s->out_height * (strip + 1) / parts.strips - work.row;
  work.panels = parts.panels * (group + 1) / parts.groups - work.panel;

  size_t inputs = sac_blocks (s->channels) * (work.rows + 2) * work.across;

  work.sum_rows = sac_kernels ()->winograd_row_sums (work.rows * work.across);
  work.input_step = (inputs + SAC_WINOGRAD_ROW_SLACK) * SAC_BLOCK;

  size_t sums = SAC_WINOGRAD_ROW_FREQUENCIES * work.sum_rows * SAC_PANEL;
  float *scratch =
    sac_scratch (sums + SAC_WINOGRAD_ROW_FREQUENCIES * work.input_step);

  work.sums = scratch;
  work.inputs = scratch + sums;
  sac_kernels ()->winograd_row (&work);
}

const SacConvMethod sac_conv_winograd_row = {
  "winograd4x1", can,   packed_count, panels_of, pack_panel,
  chunks,        chunk, true,         NULL,      NULL,
};
