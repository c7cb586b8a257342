/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/layer-norm.h"

#include "compute/kernels.h"
#include "compute/loop.h"

#include <glib.h>

/* Elements of a chunk. */
#define CHUNK_ELEMENTS ((size_t)64 << 10)

static size_t
chunk_rows (size_t columns)
{
  return MAX (1, CHUNK_ELEMENTS / columns);
}

static void
run_chunk (const void *work, size_t index)
{
  const SacLayerNorm *norm = work;
  size_t rows = chunk_rows (norm->columns);

  sac_kernels ()->layer_norm (norm, index * rows,
                              MIN (norm->rows, (index + 1) * rows));
}

bool
sac_layer_norm_run (const SacLayerNorm *norm, const SacJob *job)
{
  size_t rows = chunk_rows (norm->columns);

  return sac_loop_run ((norm->rows + rows - 1) / rows, run_chunk, norm, job);
}

static void
run_gradient_chunk (const void *work, size_t index)
{
  const SacLayerNormGradient *gradient = work;
  size_t rows = chunk_rows (gradient->columns);

  sac_kernels ()->layer_norm_gradient (gradient, index * rows,
                                       MIN (gradient->rows,
                                            (index + 1) * rows));
}

bool
sac_layer_norm_gradient_run (const SacLayerNormGradient *gradient,
                             const SacJob *job)
{
  size_t rows = chunk_rows (gradient->columns);

  return sac_loop_run ((gradient->rows + rows - 1) / rows, run_gradient_chunk,
                       gradient, job);
}
