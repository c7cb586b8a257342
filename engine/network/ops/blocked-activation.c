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

#define SLOPE(name, slope)                                                     \
  static SAC_WIDE void name (const float *dy, float *dx, const float *all_x,   \
                             size_t count)                                     \
  {                                                                            \
    SAC_INDEPENDENT                                                            \
    for (size_t i = 0; i < count; i++) {                                       \
      const float x = all_x[i];                                                \
                                                                               \
      dx[i] = dy[i] * (slope);                                                 \
    }                                                                          \
  }

#define SIGMOID(x) (1 / (1 + sac_vector_exp (-(x))))
#define SWISH(x, a) GATED ((a) * (x), SIGMOID ((a) * (x)))
#define GATED(x, s) ((s) * (1 + (x) * (1 - (s))))
#define DENSITY(x) (0.398942280f * sac_vector_exp (-0.5f * (x) * (x)))
#define ROOT 0.797884561f
#define GATE(x) sac_vector_tanh (ROOT *(1 + 0.044715f * (x) * (x)) * (x))

SLOPE (slope_sigmoid, SIGMOID (x) * SIGMOID (-x))
SLOPE (slope_silu, SWISH (x, 1.0f))
SLOPE (slope_quick, SWISH (x, 1.702f))
SLOPE (slope_hard_swish, x > 3 ? 1 : (-3 > x ? 0 : x / 3 + 0.5f))
SLOPE (slope_tanh, 1 - sac_vector_tanh (x) * sac_vector_tanh (x))
SLOPE (slope_gelu,
       0.5f * (1 + sac_vector_erf (x * 0.707106781f)) + x * DENSITY (x))
SLOPE (slope_gelu_tanh,
       0.5f * (1 + GATE (x)) +
         0.5f * x * (1 - GATE (x) * GATE (x)) * ROOT * (1 + 0.134145f * x * x))

void
sac_blocked_activation_reverse_rows (const SacBlockedActivation *activation,
                                     float *dx,
                                     const float *dy,
                                     size_t first,
                                     size_t count,
                                     const void *saved)
{
  static void (*const slopes[SAC_FUNCTION_COUNT]) (const float *, float *,
                                                   const float *, size_t) = {
    [SAC_FUNCTION_SIGMOID] = slope_sigmoid,
    [SAC_FUNCTION_SILU] = slope_silu,
    [SAC_FUNCTION_HARD_SWISH] = slope_hard_swish,
    [SAC_FUNCTION_TANH] = slope_tanh,
    [SAC_FUNCTION_GELU] = slope_gelu,
    [SAC_FUNCTION_GELU_TANH] = slope_gelu_tanh,
    [SAC_FUNCTION_GELU_QUICK] = slope_quick,
  };
  const float *arguments = saved;
  const uint16_t *bits = saved;
  SacFunction function = activation->function;

  dy += first * SAC_BLOCK;
  if (slopes[function] != NULL)
    slopes[function](dy, dx, arguments + first * SAC_BLOCK, count * SAC_BLOCK);
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
