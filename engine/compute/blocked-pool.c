/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/blocked-pool.h"

#include "compute/kernels.h"
#include "compute/loop.h"

/* Output pixels of a chunk, a block of channels each. */
#define CHUNK_PIXELS 16384

static size_t
chunk_rows (const SacConvShape *s)
{
  size_t rows = CHUNK_PIXELS / s->out_width;

  return rows == 0 ? 1 : rows < s->out_height ? rows : s->out_height;
}

static void
run_chunk (const void *work, size_t index)
{
  const SacBlockedPool *pooling = work;
  const SacConvShape *s = &pooling->shape;
  size_t rows = chunk_rows (s);
  size_t chunks = (s->out_height + rows - 1) / rows;
  size_t plane = index / chunks, row = index % chunks * rows;
  size_t end = row + rows < s->out_height ? row + rows : s->out_height;

  sac_kernels ()->pool (pooling, plane, row, end);
}

bool
sac_blocked_pool_run (const SacBlockedPool *pooling, const SacJob *job)
{
  const SacConvShape *s = &pooling->shape;
  size_t rows = chunk_rows (s);
  size_t chunks = (s->out_height + rows - 1) / rows;

  return sac_loop_run (sac_blocks (s->channels) * s->images * chunks, run_chunk,
                       pooling, job);
}
