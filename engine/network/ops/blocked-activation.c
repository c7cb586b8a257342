/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* At a kink the slope is the one of the plain ops (activation.c, clip.c). */
#include "network/ops/blocked-activation.h"

#include "compute/kernels.h"
#include "compute/vector-math.h"

#include <string.h>

static bool
has_bits (const SacBlockedActivation *activation)
{
  switch (activation->function) {
  case SAC_FUNCTION_RELU:
  case SAC_FUNCTION_CLIP:
  case SAC_FUNCTION_LEAKY_RELU:
  case SAC_FUNCTION_HARD_SIGMOID:
    return true;
  default:
    return false;
  }
}

size_t
sac_blocked_activation_saved (const SacBlockedActivation *activation,
                              size_t count)
{
  if (activation->function == SAC_FUNCTION_NONE)
    return 0;
  return has_bits (activation) ? count / 8 : count * sizeof (float);
}

bool
sac_blocked_activation_shows (const SacBlockedActivation *activation)
{
  return activation->function == SAC_FUNCTION_NONE ||
         activation->function == SAC_FUNCTION_RELU ||
         (activation->function == SAC_FUNCTION_LEAKY_RELU &&
          activation->low >= 0);
}

typedef struct {
  const SacBlockedActivation *of;
  const float *from;
  float *to;
  void *saved;
  const uint16_t *bits;
  const float *arguments;
} Work;

/* A bit for each of 16 lanes where the condition on x holds. */
#define MARK(name, condition)                                                  \
  static SAC_WIDE void name (const float *all_x, uint16_t *bits, size_t rows,  \
                             float low, float high)                            \
  {                                                                            \
    (void)low, (void)high;                                                     \
    for (size_t row = 0; row < rows; row++) {                                  \
      uint32_t word = 0;                                                       \
                                                                               \
      for (int lane = 0; lane < SAC_BLOCK; lane++) {                           \
        const float x = all_x[row * SAC_BLOCK + (size_t)lane];                 \
                                                                               \
        word |= (uint32_t)(condition) << lane;                                 \
      }                                                                        \
      bits[row] = (uint16_t)word;                                              \
    }                                                                          \
  }

MARK (mark_positive, x > 0)
MARK (mark_inside, x >= low && high >= x)
MARK (mark_sloped, low *x + high > 0 && 1 > low * x + high)

static void
mark (const Work *work, size_t first, size_t count)
{
  const SacBlockedActivation *of = work->of;
  uint16_t *bits = (uint16_t *)work->saved + first;
  const float *x = work->from + first * SAC_BLOCK;

  if (of->function == SAC_FUNCTION_CLIP)
    mark_inside (x, bits, count, of->low, of->high);
  else if (of->function == SAC_FUNCTION_HARD_SIGMOID)
    mark_sloped (x, bits, count, of->low, of->high);
  else
    mark_positive (x, bits, count, of->low, of->high);
}

static void
mark_part (size_t first, size_t count, void *data)
{
  mark (data, first, count);
}

void
sac_blocked_activation_mark (const SacBlockedActivation *activation,
                             const float *y,
                             size_t rows,
                             void *saved)
{
  if (activation->function != SAC_FUNCTION_NONE)
    sac_blocked_run (rows, mark_part,
                     &(Work){.of = activation, .from = y, .saved = saved});
}

static void
apply_part (size_t first, size_t count, void *data)
{
  const Work *work = data;
  const SacBlockedActivation *of = work->of;
  const float *x = work->from + first * SAC_BLOCK;
  float *y = work->to + first * SAC_BLOCK;
  size_t bytes = count * SAC_BLOCK * sizeof *y;

  if (work->saved != NULL && has_bits (of))
    mark (work, first, count);
  else if (work->saved != NULL && work->saved != work->from)
    memcpy ((float *)work->saved + first * SAC_BLOCK, x, bytes);
  if (x != y)
    memcpy (y, x, bytes);
  sac_kernels ()->finish (&(SacTail){.last = of->function,
                                     .low = of->low,
                                     .high = of->high},
                          &(SacFinish){.c = y,
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

/* dx = dy where the bit is set, else dy * other. */
static SAC_WIDE void
choose (const float *dy,
        float *dx,
        const uint16_t *bits,
        size_t rows,
        float set,
        float other)
{
  for (size_t row = 0; row < rows; row++) {
    uint32_t word = bits[row];

    SAC_INDEPENDENT
    for (int lane = 0; lane < SAC_BLOCK; lane++) {
      size_t i = row * SAC_BLOCK + (size_t)lane;

      dx[i] = dy[i] * ((word >> lane & 1) != 0 ? set : other);
    }
  }
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
#define SWISH(x, a) (SIGMOID ((x) * (a)) * (1 + (a) * (x)*SIGMOID (-(a) * (x))))
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

static void
reverse_part (size_t first, size_t count, void *data)
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
  const Work *work = data;
  const SacBlockedActivation *of = work->of;
  const float *dy = work->from + first * SAC_BLOCK;
  float *dx = work->to + first * SAC_BLOCK;

  if (slopes[of->function] != NULL)
    slopes[of->function](dy, dx, work->arguments + first * SAC_BLOCK,
                         count * SAC_BLOCK);
  else
    choose (dy, dx, work->bits + first, count,
            of->function == SAC_FUNCTION_HARD_SIGMOID ? of->low : 1,
            of->function == SAC_FUNCTION_LEAKY_RELU ? of->low : 0);
}

void
sac_blocked_activation_reverse (const SacBlockedActivation *activation,
                                float *dx,
                                const float *dy,
                                size_t rows,
                                const void *saved)
{
  Work work = {.of = activation,
               .from = dy,
               .to = dx,
               .bits = saved,
               .arguments = saved};

  if (activation->function == SAC_FUNCTION_NONE) {
    if (dx != dy)
      memcpy (dx, dy, rows * SAC_BLOCK * sizeof *dx);
    return;
  }
  sac_blocked_run (rows, reverse_part, &work);
}
