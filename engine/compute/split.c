/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/split.h"

#include "compute/loop.h"
#include "compute/scratch.h"

#include <glib.h>

/* Numbers that a chunk splits. */
#define CHUNK_NUMBERS ((size_t)128 << 10)
/* Of little depth much of a step would be empty. */
#define DEPTH_MIN 32
#define ROWS_MIN 16

typedef struct {
  SacMultiply rows;
  size_t chunk_rows;
  int *failed;
} Work;

void
sac_list_runs (const SacRows *a, size_t depth, SacRun *runs)
{
  for (size_t block = 0; block < sac_blocks (depth); block++)
    runs[block] =
      (SacRun){(ptrdiff_t)block * a->block_step,
               (ptrdiff_t)MIN (SAC_BLOCK, depth - block * SAC_BLOCK)};
}

bool
sac_split_can (size_t rows, size_t depth)
{
  return sac_kernels ()->split != NULL && !sac_loop_is_float32 () &&
         rows >= ROWS_MIN && depth >= DEPTH_MIN;
}

static void
split_chunk (const void *data, size_t index)
{
  const Work *work = data;
  SacMultiply some = work->rows;
  size_t row = index * work->chunk_rows;

  some.a += (ptrdiff_t)row * some.a_step;
  some.rows = MIN (work->chunk_rows, some.rows - row);
  some.split = sac_split_from (&some.split, row);
  if (!sac_kernels ()->split (&some))
    g_atomic_int_set (work->failed, 1);
}

SacSplit
sac_split (const SacRows *a, size_t rows, size_t depth, const SacJob *job)
{
  size_t blocks = sac_blocks (depth), steps = (blocks + 1) / 2;
  size_t run_bytes = (blocks * sizeof (SacRun) + 63) / 64 * 64;
  size_t plane = (rows + SAC_SPLIT_ROWS_AFTER) * SAC_SPLIT_ROW_BYTES;

  if (!sac_split_can (rows, depth))
    return (SacSplit){NULL, 0};

  char *room = (char *)sac_scratch_shared ((run_bytes + steps * 2 * plane) /
                                           sizeof (float));
  SacSplit split = {room + run_bytes, plane};
  int failed = 0;
  Work work = {
    .rows = {.a = a->data,
             .a_step = a->row_step,
             .runs = (SacRun *)room,
             .run_count = blocks,
             .rows = rows,
             .split = split},
    .chunk_rows = MAX (ROWS_MIN, CHUNK_NUMBERS / depth),
    .failed = &failed,
  };

  sac_list_runs (a, depth, (SacRun *)room);
  if (!sac_loop_run ((rows + work.chunk_rows - 1) / work.chunk_rows,
                     split_chunk, &work, job) ||
      failed != 0)
    return (SacSplit){NULL, 0};
  return split;
}
