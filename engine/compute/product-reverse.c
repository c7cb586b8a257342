/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/product-reverse.h"

#include "compute/kernels.h"
#include "compute/loop.h"
#include "compute/vector-math.h"

#include <glib.h>
#include <string.h>

/* Depth that a chunk does.  The weights are read in as long pieces as this,
 * and the sums should stay in the L1 cache. */
#define CHUNK_DEPTH 512

/* Sums of 16 columns each, which are added up at the end, of two panels: the
 * sums would else be read and written as often as the weights are read. */
static SAC_WIDE void
add_panels (float sums[CHUNK_DEPTH][SAC_BLOCK],
            const float *const weights[2],
            const float *dy,
            size_t depth)
{
  const float *one = weights[0], *two = weights[1];

  SAC_INDEPENDENT
  for (size_t d = 0; d < depth; d++, one += SAC_PANEL, two += SAC_PANEL) {
    for (size_t lane = 0; lane < SAC_BLOCK; lane++)
      sums[d][lane] +=
        (one[lane] * dy[lane] + one[SAC_BLOCK + lane] * dy[SAC_BLOCK + lane]) +
        (two[lane] * dy[SAC_PANEL + lane] +
         two[SAC_BLOCK + lane] * dy[SAC_PANEL + SAC_BLOCK + lane]);
  }
}

static SAC_WIDE float
add_lanes (const float *lanes)
{
  float halves[SAC_BLOCK / 2];

  for (size_t i = 0; i < SAC_BLOCK / 2; i++)
    halves[i] = lanes[i] + lanes[i + SAC_BLOCK / 2];
  for (size_t i = 0; i < SAC_BLOCK / 4; i++)
    halves[i] += halves[i + SAC_BLOCK / 4];
  return (halves[0] + halves[2]) + (halves[1] + halves[3]);
}

/* The panel's part of a row of dY; false when it is all zero. */
static bool
read_panel (const SacProductReverse *work,
            size_t row,
            size_t column,
            float *ret_dy)
{
  size_t count = MIN (SAC_PANEL, work->columns - column);
  bool some = false;

  memset (ret_dy, 0, SAC_PANEL * sizeof *ret_dy);
  memcpy (ret_dy, work->dy + row * work->columns + column,
          count * sizeof *ret_dy);
  for (size_t i = 0; i < SAC_PANEL; i++)
    some = some || !(ret_dy[i] == 0);
  return some;
}

/* One row of dX: the panels that count, two at a time. */
static void
add_row (const SacProductReverse *work,
         size_t row,
         size_t first,
         size_t depth,
         float sums[CHUNK_DEPTH][SAC_BLOCK])
{
  const float *weights[2];
  float dy[2 * SAC_PANEL];
  size_t found = 0;

  for (size_t column = 0; column < work->columns; column += SAC_PANEL) {
    if (!read_panel (work, row, column, dy + found * SAC_PANEL))
      continue;
    weights[found++] = work->packed + column * work->depth + first * SAC_PANEL;
    if (found == 2)
      add_panels (sums, weights, dy, depth);
    found %= 2;
  }
  if (found == 0)
    return;
  memset (dy + SAC_PANEL, 0, SAC_PANEL * sizeof *dy);
  weights[1] = weights[0];
  add_panels (sums, weights, dy, depth);
}

static void
run_chunk (const void *data, size_t index)
{
  const SacProductReverse *work = data;
  size_t first = index * CHUNK_DEPTH;
  size_t depth = MIN (CHUNK_DEPTH, work->depth - first);

  for (size_t row = 0; row < work->rows; row++) {
    float sums[CHUNK_DEPTH][SAC_BLOCK] = {0};
    size_t place = row * work->depth + first;

    add_row (work, row, first, depth, sums);
    for (size_t d = 0; d < depth; d++)
      work->dx[place + d] =
        add_lanes (sums[d]) + (work->base != NULL ? work->base[place + d] : 0);
  }
}

bool
sac_product_reverse_run (const SacProductReverse *work, const SacJob *job)
{
  return sac_loop_run ((work->depth + CHUNK_DEPTH - 1) / CHUNK_DEPTH, run_chunk,
                       work, job);
}
