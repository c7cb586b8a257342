/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/blocked-activation.h"

#include "compute/kernels.h"
#include "compute/vector-math.h"

#include <string.h>

size_t
sac_blocked_activation_saved (const SacBlockedActivation *activation,
                              size_t count)
{
  if (activation->function == SAC_FUNCTION_NONE)
    return 0;
  return sac_tail_saves_bits (activation->function) ? count / 8
                                                    : count * sizeof (float);
}

void *
sac_blocked_activation_entry (const SacBlockedActivation *activation,
                              const void *saved,
                              size_t row)
{
  return (char *)saved +
         sac_blocked_activation_saved (activation, row * SAC_BLOCK);
}

typedef struct {
  const SacBlockedActivation *of;
  const float *from;
  float *to;
  void *saved;
} Work;

void
sac_blocked_activation_end (const SacBlockedActivation *activation,
                            const float *y,
                            void *saved,
                            SacTail *tail)
{
  tail->last = activation->function;
  tail->low = activation->low;
  tail->high = activation->high;
  if (activation->function == SAC_FUNCTION_NONE)
    return;
  tail->saved = saved;
  tail->origin = y;
}

static void
apply_part (size_t first, size_t count, void *data)
{
  const Work *work = data;
  const float *x = work->from + first * SAC_BLOCK;
  float *y = work->to + first * SAC_BLOCK;
  SacTail tail = {0};

  sac_blocked_activation_end (work->of, work->to, work->saved, &tail);
  if (x != y)
    memcpy (y, x, count * SAC_BLOCK * sizeof *y);
  sac_kernels ()->finish (&tail, &(SacFinish){.c = y,
                                              .row_step = SAC_BLOCK,
                                              .rows = count});
}

void
sac_blocked_activation_apply (const SacBlockedActivation *activation,
                              const float *x,
                              float *y,
                              size_t rows,
                              void *saved)
{
  if (activation->function == SAC_FUNCTION_NONE && x == y)
    return;
  sac_blocked_run (rows, apply_part,
                   &(Work){.of = activation,
                           .from = x,
                           .to = y,
                           .saved = saved});
}

SAC_WIDE void
sac_blocked_multiply_rows (float *y,
                           const float *a,
                           const float *b,
                           size_t rows)
{
  SAC_INDEPENDENT
  for (size_t i = 0; i < rows * SAC_BLOCK; i++)
    y[i] = a[i] * b[i];
}

void
sac_blocked_activation_reverse_rows (const SacBlockedActivation *activation,
                                     float *dx,
                                     const float *dy,
                                     size_t first,
                                     size_t count,
                                     const void *saved)
{
  const float *slopes = saved;
  const uint16_t *bits = saved;
  SacFunction function = activation->function;

  dy += first * SAC_BLOCK;
  if (!sac_tail_saves_bits (function))
    sac_blocked_multiply_rows (dx, dy, slopes + first * SAC_BLOCK, count);
  else
    sac_kernels ()
      ->choose (dy, dx, bits + first, count,
                function == SAC_FUNCTION_HARD_SIGMOID ? activation->low : 1,
                function == SAC_FUNCTION_LEAKY_RELU ? activation->low : 0);
}

static void
reverse_part (size_t first, size_t count, void *data)
{
  const Work *work = data;

  sac_blocked_activation_reverse_rows (work->of, work->to + first * SAC_BLOCK,
                                       work->from, first, count, work->saved);
}

void
sac_blocked_activation_reverse (const SacBlockedActivation *activation,
                                float *dx,
                                const float *dy,
                                size_t rows,
                                const void *saved)
{
  Work work = {activation, dy, dx, (void *)saved};

  if (activation->function == SAC_FUNCTION_NONE) {
    if (dx != dy)
      memcpy (dx, dy, rows * SAC_BLOCK * sizeof *dx);
    return;
  }
  sac_blocked_run (rows, reverse_part, &work);
}
