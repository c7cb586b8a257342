/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/kernel-finish.h"

#include "compute/kernel-functions.h"
#include "compute/kernel-slopes.h"

/* Zeros and ones stand for what a block does not have. */
typedef struct {
  const float *added; /* before the function: bias or residual */
  ptrdiff_t added_step;
  const float *scale;
  float low, high;
  void *saved; /* of this pass's function, or NULL */
  const float *origin;
} Pass;

/* Above zero in the lanes whose bit is set. */
static ALWAYS_INLINE Vec
find_side (const SacFunction function, Vec x, float low, float high)
{
  Vec zero = vec_zero (), one = vec_splat (1);
  Vec line = low * x + high;

  switch (function) {
  case SAC_FUNCTION_CLIP:
    return vec_choose_nan (x, zero,
                           vec_choose (x, vec_splat (low), zero,
                                       vec_choose (vec_splat (high), x, zero,
                                                   one)));
  case SAC_FUNCTION_HARD_SIGMOID:
    return vec_choose (zero, line, vec_choose (line, one, one, zero), zero);
  default:
    return x;
  }
}

/* What one row's saved entry is, a vector at a time. */
static ALWAYS_INLINE void
save_part (const SacFunction function,
           const Pass *pass,
           const float *row,
           int part,
           Vec x)
{
  ptrdiff_t index = row - pass->origin;

  if (!sac_tail_saves_bits (function)) {
    vec_store ((float *)pass->saved + index + part * LANES,
               vec_slope (function, x));
    return;
  }

  uint16_t *bits = (uint16_t *)pass->saved + index / SAC_BLOCK;
  unsigned above =
    vec_above_zero (find_side (function, x, pass->low, pass->high));

  *bits = (uint16_t)((part > 0 ? *bits : 0) | above << part * LANES);
}

/* Nothing is read again that a store could have changed. */
static ALWAYS_INLINE void
pass_rows (const SacFunction function,
           const SacFinish *block,
           const Pass *pass,
           const bool saves)
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

      if (saves)
        save_part (function, pass, place, part, value);
      vec_store (place + part * LANES, vec_apply (function, value, low, high));
    }
    place += row_step;
    added += added_step;
  }
}

#define CASE(function)                                                         \
  case function:                                                               \
    if (pass->saved != NULL)                                                   \
      pass_rows (function, block, pass, true);                                 \
    else                                                                       \
      pass_rows (function, block, pass, false);                                \
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
    pass_rows (SAC_FUNCTION_NONE, block, pass, false);
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
  bool first = block->bias != NULL || tail->first != SAC_FUNCTION_NONE;
  bool saves_first = tail->first != SAC_FUNCTION_NONE;
  Pass pass = {
    .added = bias,
    .scale = ones,
    .low = tail->low,
    .high = tail->high,
    .saved = saves_first ? tail->saved : NULL,
    .origin = tail->origin,
  };

  if (!first && !second)
    return;
  if (!saves_first && block->scale == NULL && block->residual == NULL) {
    pass.saved = tail->saved;
    run_pass (tail->last, block, &pass);
    return;
  }
  if (first)
    run_pass (tail->first, block, &pass);
  if (!second)
    return;
  pass.scale = scale;
  pass.added = block->residual != NULL ? block->residual : zeros;
  pass.saved = saves_first ? NULL : tail->saved;
  pass.added_step = block->residual != NULL ? block->row_step : 0;
  run_pass (tail->last, block, &pass);
}
