/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/conv-tiles.h"

#include "compute/loop.h"

#include <glib.h>
#include <string.h>

/* Of a head. */
#define MARK_SPLIT 0x73706c74u
/* Numbers of two bytes: of a step's high parts, of a block, and of a row. */
#define STEP_LOW 1024
#define BLOCK_NUMBERS 512
#define ROW_NUMBERS 32

size_t
sac_tiles_panel_floats (const SacTilesPacking *packing, const SacConvShape *s)
{
  return SAC_TILES_HEAD_FLOATS +
         packing->count_steps (s) * SAC_TILES_STEP_FLOATS;
}

size_t
sac_tiles_packed_count (const SacTilesPacking *packing, const SacConvShape *s)
{
  return (s->filters + SAC_PANEL - 1) / SAC_PANEL *
         sac_tiles_panel_floats (packing, s);
}

bool
sac_tiles_can (const SacConvShape *s)
{
  return sac_kernels ()->tiles_multiply != NULL && s->groups == 1 &&
         s->filters % SAC_BLOCK == 0;
}

void
sac_tiles_mark (float *panel)
{
  const guint32 mark = MARK_SPLIT;

  memset (panel, 0, SAC_TILES_HEAD_FLOATS * sizeof *panel);
  memcpy (panel, &mark, sizeof mark);
}

bool
sac_tiles_is_split (const float *panel)
{
  guint32 mark;

  memcpy (&mark, panel, sizeof mark);
  return mark == MARK_SPLIT;
}

void
sac_tiles_keep (const SacTilesPacking *packing,
                const SacConvShape *s,
                const SacConvWeights *weights,
                float *packed,
                size_t panel)
{
  size_t first = panel * SAC_PANEL,
         floats = sac_tiles_panel_floats (packing, s);
  size_t taps = s->kernel_height * s->kernel_width;
  float *to = packed + panel * floats;

  memset (to, 0, floats * sizeof *to);
  to += SAC_TILES_HEAD_FLOATS;
  for (size_t i = 0; i < MIN (SAC_PANEL, s->filters - first); i++) {
    for (size_t c = 0; c < s->channels; c++) {
      for (size_t tap = 0; tap < taps; tap++)
        *to++ = sac_conv_weight (weights, s, first + i, c,
                                 tap / s->kernel_width, tap % s->kernel_width);
    }
  }
}

static float
float_of (guint16 upper)
{
  guint32 bits = (guint32)upper << 16;
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static float
find_weight (const guint16 *steps, const SacTilesPlace *place, size_t filter)
{
  const guint16 *high =
    steps + place->step * 2 * STEP_LOW + filter / SAC_BLOCK * BLOCK_NUMBERS +
    place->row * ROW_NUMBERS + filter % SAC_BLOCK * 2 + place->half;

  return float_of (high[0]) + float_of (high[STEP_LOW]);
}

/* A panel's weights as they were, or nearly so: [filter][channel][y][x]. */
static float *
get_weights (const SacTilesPacking *packing,
             const SacConvShape *s,
             const float *panel)
{
  size_t taps = s->kernel_height * s->kernel_width;
  size_t count = s->filters * s->channels * taps;
  const guint16 *steps = (const guint16 *)(const void *)sac_tiles_steps (panel);
  float *values = g_new (float, count), *to = values;

  if (!sac_tiles_is_split (panel)) {
    memcpy (values, panel + SAC_TILES_HEAD_FLOATS, count * sizeof *values);
    return values;
  }
  for (size_t i = 0; i < s->filters; i++) {
    for (size_t c = 0; c < s->channels; c++) {
      for (size_t tap = 0; tap < taps; tap++) {
        SacTilesPlace place =
          packing->find (s, c, tap / s->kernel_width, tap % s->kernel_width);

        *to++ = find_weight (steps, &place, i);
      }
    }
  }
  return values;
}

/* The filters of one panel. */
static bool
redo_panel (const SacTilesPacking *packing,
            const SacConv *conv,
            size_t panel,
            const SacJob *job)
{
  size_t column = panel * SAC_PANEL;
  ptrdiff_t place = (ptrdiff_t)(column * sac_conv_out_pixels (&conv->shape));
  SacConv some = *conv;

  some.algorithm = packing->fallback;
  some.shape.filters = MIN (SAC_PANEL, conv->shape.filters - column);
  some.y += place;
  some.tail = sac_tail_from (&conv->tail, column, place);

  g_autofree float *values =
    get_weights (packing, &some.shape,
                 conv->packed +
                   panel * sac_tiles_panel_floats (packing, &conv->shape));
  g_autofree float *packed =
    g_new (float, sac_conv_packed_count (some.algorithm, &some.shape));

  sac_conv_pack (some.algorithm, &some.shape,
                 &(SacConvWeights){.values = values}, packed);
  some.packed = packed;
  return sac_conv_run (&some, job);
}

static bool
redo (const SacTilesPacking *packing, const SacConv *conv, const SacJob *job)
{
  for (size_t column = 0; column < conv->shape.filters; column += SAC_PANEL) {
    if (!redo_panel (packing, conv, column / SAC_PANEL, job))
      return false;
  }
  return true;
}

typedef struct {
  const SacConv *conv;
  bool (*chunk) (const SacConv *conv, size_t index);
  int *failed;
} Work;

static void
run_chunk (const void *data, size_t index)
{
  const Work *work = data;

  if (g_atomic_int_get (work->failed) == 0 && !work->chunk (work->conv, index))
    g_atomic_int_set (work->failed, 1);
}

static bool
has_all_split (const SacTilesPacking *packing, const SacConv *conv)
{
  size_t floats = sac_tiles_panel_floats (packing, &conv->shape);
  const float *panel = conv->packed;

  for (size_t column = 0; column < conv->shape.filters;
       column += SAC_PANEL, panel += floats) {
    if (!sac_tiles_is_split (panel))
      return false;
  }
  return true;
}

bool
sac_tiles_run (const SacTilesPacking *packing,
               const SacConv *conv,
               size_t chunks,
               bool (*chunk) (const SacConv *conv, size_t index),
               const SacJob *job)
{
  /* Other kernels may have been asked for since this was planned. */
  int failed =
    sac_kernels ()->tiles_multiply == NULL || !has_all_split (packing, conv);
  Work work = {conv, chunk, &failed};

  if (failed == 0 && !sac_loop_run (chunks, run_chunk, &work, job))
    return false;
  return failed == 0 || redo (packing, conv, job);
}
