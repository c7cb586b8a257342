/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/softmax.h"

#include "compute/kernels.h"
#include "compute/loop.h"

#include <glib.h>

#define CHUNK_ELEMENTS ((size_t)32 << 10)

static size_t
chunk_rows (const SacSoftmax *softmax)
{
  return MAX (1, CHUNK_ELEMENTS / softmax->columns);
}

static void
run_chunk (const void *data, size_t index)
{
  const SacSoftmax *softmax = data;
  size_t rows = chunk_rows (softmax);
  size_t end = MIN (softmax->rows, (index + 1) * rows);

  for (size_t row = index * rows; row < end; row++)
    sac_kernels ()->softmax (softmax->x + (ptrdiff_t)row * softmax->x_step,
                             softmax->columns,
                             softmax->y + (ptrdiff_t)row * softmax->y_step);
}

bool
sac_softmax_run (const SacSoftmax *softmax, const SacJob *job)
{
  size_t rows = chunk_rows (softmax);

  return sac_loop_run ((softmax->rows + rows - 1) / rows, run_chunk, softmax,
                       job);
}
