/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/conv-private.h"
#include "compute/conv-taken.h"
#include "compute/kernels.h"
#include "compute/loop.h"
#include "compute/scratch.h"

#include <glib.h>

/* Panels a chunk has if there are as many: its transformed input serves all. */
#define PANELS_MIN 4
#define CHUNKS_WANTED 4
#define CHUNKS_MIN 2

/* Transforms of more channels than any network has would need more room. */
#define CHANNELS_MAX 2048

static bool
can (const SacConvShape *s)
{
  return s->kernel_height == 3 && s->kernel_width == 3 && s->stride_y == 1 &&
         s->stride_x == 1 && s->dilation_y == 1 && s->dilation_x == 1 &&
         s->groups == 1 && s->channels <= CHANNELS_MAX &&
         s->filters <= CHANNELS_MAX;
}

static size_t
panels_of (const SacConvShape *s)
{
  return (s->filters + SAC_PANEL - 1) / SAC_PANEL;
}

static size_t
packed_count (const SacConvShape *s, size_t edge)
{
  return (edge + 2) * (edge + 2) * panels_of (s) * s->channels * SAC_PANEL;
}

/* Packed as [panel][frequency][channel][32]. */
static void
pack_panel (const SacConvShape *s,
            const SacConvWeights *weights,
            float *packed,
            size_t panel,
            size_t edge)
{
  size_t step = s->channels * SAC_PANEL;
  float taken[SAC_CONV_TAKEN][9 * SAC_PANEL];
  double filters[9 * SAC_PANEL];

  packed += panel * (edge + 2) * (edge + 2) * step;
  for (size_t first = 0; first < s->channels; first += SAC_CONV_TAKEN) {
    size_t channels = MIN (SAC_CONV_TAKEN, s->channels - first);

    sac_conv_take (weights, s, panel, first, taken[0]);
    for (size_t c = 0; c < channels; c++) {
      for (size_t i = 0; i < 9 * SAC_PANEL; i++)
        filters[i] = taken[c][i];
      sac_kernels ()->winograd_pack (edge, filters,
                                     packed + (first + c) * SAC_PANEL, step);
    }
  }
}

/* How the work is cut: tiles of all images into runs, each times groups of
 * panels. */
typedef struct {
  size_t tiles, tile_runs;
  size_t panels, panel_groups;
} Cut;

static Cut
cut (const SacConvShape *s, size_t edge)
{
  size_t frequencies = (edge + 2) * (edge + 2);
  Cut cut = {
    .tiles = s->images * ((s->out_height + edge - 1) / edge) *
             ((s->out_width + edge - 1) / edge),
    .panels = panels_of (s),
  };

  cut.tile_runs = (cut.tiles + SAC_WINOGRAD_TILES - 1) / SAC_WINOGRAD_TILES;

  size_t tiles = (cut.tiles + cut.tile_runs - 1) / cut.tile_runs;
  size_t panel_work = frequencies * tiles * s->channels * SAC_PANEL;
  size_t wanted = (CHUNKS_WANTED + cut.tile_runs - 1) / cut.tile_runs;
  size_t least = (CHUNKS_MIN + cut.tile_runs - 1) / cut.tile_runs;
  size_t most = MIN (MAX (1, sac_chunk_multiplications () / panel_work),
                     (cut.panels + least - 1) / least);
  size_t panels = MAX (PANELS_MIN, (cut.panels + wanted - 1) / wanted);

  panels = MIN (panels, most);
  cut.panel_groups = (cut.panels + panels - 1) / panels;
  return cut;
}

static size_t
chunks (const SacConv *conv, size_t edge)
{
  Cut parts = cut (&conv->shape, edge);

  return parts.tile_runs * parts.panel_groups;
}

/* One cache line more than a whole number, so that the frequencies of a tile do
 * not fall into the same set of the cache. */
static size_t
stagger (size_t floats)
{
  return (floats * sizeof (float) / 64 | 1) * (64 / sizeof (float));
}

static void
chunk (const SacConv *conv, size_t index, size_t edge)
{
  const SacConvShape *s = &conv->shape;
  Cut parts = cut (s, edge);
  size_t run = index / parts.panel_groups, group = index % parts.panel_groups;
  size_t blocks = sac_blocks (s->channels),
         frequencies = (edge + 2) * (edge + 2);
  SacWinograd work = {
    .shape = s,
    .edge = edge,
    .x = conv->x,
    .packed = conv->packed,
    .y = conv->y,
    .tail = &conv->tail,
    .goes_on = sac_loop_goes_on,
    .tile = parts.tiles * run / parts.tile_runs,
    .panel = parts.panels * group / parts.panel_groups,
  };

  work.tiles = parts.tiles * (run + 1) / parts.tile_runs - work.tile;
  work.panels = parts.panels * (group + 1) / parts.panel_groups - work.panel;
  work.input_step = stagger (blocks * work.tiles * SAC_BLOCK);
  work.sum_step = stagger (work.tiles * SAC_PANEL);

  size_t run_floats =
    (blocks * sizeof (SacRun) / sizeof (float) + 15) / 16 * 16;
  float *scratch =
    sac_scratch (run_floats + frequencies * (work.input_step + work.sum_step));

  work.runs = (SacRun *)scratch;
  work.inputs = scratch + run_floats;
  work.sums = work.inputs + frequencies * work.input_step;
  sac_kernels ()->winograd (&work);
}

#define DEFINE(edge)                                                           \
  static size_t packed_count_##edge (const SacConvShape *s)                    \
  {                                                                            \
    return packed_count (s, edge);                                             \
  }                                                                            \
  static void pack_panel_##edge (const SacConvShape *s,                        \
                                 const SacConvWeights *weights, float *packed, \
                                 size_t panel)                                 \
  {                                                                            \
    pack_panel (s, weights, packed, panel, edge);                              \
  }                                                                            \
  static size_t chunks_##edge (const SacConv *conv)                            \
  {                                                                            \
    return chunks (conv, edge);                                                \
  }                                                                            \
  static void chunk_##edge (const SacConv *conv, size_t index)                 \
  {                                                                            \
    chunk (conv, index, edge);                                                 \
  }                                                                            \
  const SacConvMethod sac_conv_winograd_##edge = {                             \
    "winograd" #edge,                                                          \
    can,                                                                       \
    packed_count_##edge,                                                       \
    panels_of,                                                                 \
    pack_panel_##edge,                                                         \
    chunks_##edge,                                                             \
    chunk_##edge,                                                              \
    true,                                                                      \
    NULL,                                                                      \
    NULL,                                                                      \
  };

DEFINE (2)
DEFINE (3)
DEFINE (4)
