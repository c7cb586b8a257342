/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/blocked-pool.h"

#include "compute/kernels.h"
#include "compute/loop.h"
#include "compute/vector-math.h"

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

/* Pixels whose sums do not wait for each other, and how many each adds in
 * float32. */
#define SIDE_BY_SIDE 4
#define FLOAT_ADDENDS 4
#define GROUP (SIDE_BY_SIDE * FLOAT_ADDENDS)

static inline void
add_pixels (const float *x, ptrdiff_t step, size_t count, double *sums)
{
  for (size_t i = 0; i < count; i++, x += step) {
    for (int lane = 0; lane < SAC_BLOCK; lane++)
      sums[lane] += (double)x[lane];
  }
}

static inline void
add_group (const float *x, ptrdiff_t step, double *sums)
{
  float parts[SIDE_BY_SIDE][SAC_BLOCK] = {0};

  for (int i = 0; i < FLOAT_ADDENDS; i++) {
    for (int side = 0; side < SIDE_BY_SIDE; side++, x += step) {
      for (int lane = 0; lane < SAC_BLOCK; lane++)
        parts[side][lane] += x[lane];
    }
  }
  for (int side = 1; side < SIDE_BY_SIDE; side++) {
    for (int lane = 0; lane < SAC_BLOCK; lane++)
      parts[0][lane] += parts[side][lane];
  }
  for (int lane = 0; lane < SAC_BLOCK; lane++)
    sums[lane] += (double)parts[0][lane];
}

SAC_WIDE void
sac_blocked_pool_add (const float *x,
                      ptrdiff_t step,
                      size_t count,
                      double *sums)
{
  for (; count >= GROUP; count -= GROUP, x += GROUP * step)
    add_group (x, step, sums);
  add_pixels (x, step, count, sums);
}
