/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/kernel-finish.h"

#include "compute/kernel-functions.h"

/* Zeros and ones stand for what a block does not have. */
typedef struct {
  const float *added; /* before the function: bias or residual */
  ptrdiff_t added_step;
  const float *scale;
  float low, high;
} Pass;

/* Nothing is read again that a store could have changed. */
static ALWAYS_INLINE void
pass_rows (const SacFunction function, const SacFinish *block, const Pass *pass)
{
  const float *added = pass->added, *scale = pass->scale;
  ptrdiff_t row_step = block->row_step, added_step = pass->added_step;
  float *place = block->c;
  float low = pass->low, high = pass->high;
  Vec scales[PARTS];

  for (int part = 0; part < PARTS; part++)
    scales[part] = vec_load (scale + part * LANES);
  for (size_t left = block->rows; left > 0; left--) {
    UNROLL for (int part = 0; part < PARTS; part++)
    {
      Vec value = vec_fma (vec_load (place + part * LANES), scales[part],
                           vec_load (added + part * LANES));

      vec_store (place + part * LANES, vec_apply (function, value, low, high));
    }
    place += row_step;
    added += added_step;
  }
}

#define CASE(function)                                                         \
  case function:                                                               \
    pass_rows (function, block, pass);                                         \
    break

static void
run_pass (SacFunction function, const SacFinish *block, const Pass *pass)
{
  switch (function) {
    CASE (SAC_FUNCTION_RELU);
    CASE (SAC_FUNCTION_CLIP);
    CASE (SAC_FUNCTION_LEAKY_RELU);
    CASE (SAC_FUNCTION_SIGMOID);
    CASE (SAC_FUNCTION_HARD_SIGMOID);
    CASE (SAC_FUNCTION_SILU);
    CASE (SAC_FUNCTION_HARD_SWISH);
    CASE (SAC_FUNCTION_TANH);
    CASE (SAC_FUNCTION_GELU);
    CASE (SAC_FUNCTION_GELU_TANH);
    CASE (SAC_FUNCTION_GELU_QUICK);
  default:
    pass_rows (SAC_FUNCTION_NONE, block, pass);
  }
}

void
SAC_KERNEL (finish) (const SacTail *tail, const SacFinish *block)
{
  static const float zeros[SAC_BLOCK];
  static const float ones[SAC_BLOCK] = {1, 1, 1, 1, 1, 1, 1, 1,
                                        1, 1, 1, 1, 1, 1, 1, 1};
  const float *bias = block->bias != NULL ? block->bias : zeros;
  const float *scale = block->scale != NULL ? block->scale : ones;
  bool second = block->scale != NULL || block->residual != NULL ||
                tail->last != SAC_FUNCTION_NONE;
  Pass pass = {bias, 0, ones, tail->low, tail->high};

  if (block->bias != NULL || tail->first != SAC_FUNCTION_NONE)
    run_pass (tail->first, block, &pass);
  if (!second)
    return;
  pass.scale = scale;
  pass.added = block->residual != NULL ? block->residual : zeros;
  pass.added_step = block->residual != NULL ? block->row_step : 0;
  run_pass (tail->last, block, &pass);
}
