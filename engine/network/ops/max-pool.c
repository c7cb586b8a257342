/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* As PyTorch decides: a NaN anywhere in a window is its maximum, and of equal
 * elements the first in row-major order is the one that counts. */
#include "network/ops/pooling.h"

#include <math.h>
#include <string.h>

/* A small window's taps are numbered row by row; a byte holds their numbers and
 * one more, for windows that met nothing but padding. */
#define TAPS_MAX 255
#define NOWHERE 255

typedef struct {
  SacPooling pooling;
  bool column_major; /* order of the numbers in Indices */
  bool by_tap; /* what is known of a maximum is its tap, not its place in the
                  plane: the window has at most TAPS_MAX */
} Params;

static bool
is_small (const SacWindow *w)
{
  return w->kernel[0] <= TAPS_MAX && w->kernel[1] <= TAPS_MAX &&
         w->kernel[0] * w->kernel[1] <= TAPS_MAX;
}

static bool
max_pool_infer (SacInfer *infer, GError **error)
{
  Params *params = sac_infer_alloc (infer, sizeof *params);
  int64_t storage_order;

  if (!sac_pooling_infer (infer, &params->pooling, error) ||
      !sac_infer_int (infer, "storage_order", 0, &storage_order, error))
    return false;
  params->column_major = storage_order != 0;
  params->by_tap = is_small (&params->pooling.window);
  infer->saved_bytes = (size_t)sac_shape_size (&infer->outputs[0].shape) *
                       (params->by_tap ? 1 : sizeof (int32_t));
  infer->params = params;
  return true;
}

/* A block of outputs, with the tap or the place in the plane that each came
 * from. */
typedef struct {
  const Params *params;
  const float *plane;
  float largest[SAC_POOLING_BLOCK];
  /* -1: none yet.  A plane has fewer than 2^31 elements; of the width of a
   * float, so that both are chosen by one comparison. */
  int32_t origin[SAC_POOLING_BLOCK];
} Block;

/* With a stride known to the compiler these loops become vector code. */
static inline void
merge_values (float *restrict largest,
              const float *restrict input,
              int64_t count,
              int64_t stride)
{
  for (int64_t i = 0; i < count; i++) {
    float value = input[i * stride];

    largest[i] = value > largest[i] || value != value ? value : largest[i];
  }
}

/* step: from one output's origin to the next one's. */
static inline void
merge_origins (float *restrict largest,
               int32_t *restrict origin,
               const SacPoolingTap *tap,
               const float *restrict input,
               int64_t stride,
               int32_t first,
               int32_t step)
{
  for (int32_t i = 0; i < (int32_t)tap->count; i++) {
    float value = input[i * stride];
    bool wins = (value > largest[i]) | (value != value) | (origin[i] < 0);

    largest[i] = wins ? value : largest[i];
    origin[i] = wins ? first + i * step : origin[i];
  }
}

static void
take_largest (const SacPoolingTap *tap, void *data)
{
  Block *block = data;
  const float *input = block->plane + tap->input;
  float *largest = block->largest + tap->from;

  if (tap->stride == 1)
    merge_values (largest, input, tap->count, 1);
  else if (tap->stride == 2)
    merge_values (largest, input, tap->count, 2);
  else
    merge_values (largest, input, tap->count, tap->stride);
}

static void
take_largest_and_origin (const SacPoolingTap *tap, void *data)
{
  Block *block = data;
  const float *input = block->plane + tap->input;
  float *largest = block->largest + tap->from;
  int32_t *origin = block->origin + tap->from;
  int32_t place = (int32_t)tap->input;
  int32_t stride = (int32_t)tap->stride;

  if (!block->params->by_tap) {
    merge_origins (largest, origin, tap, input, stride, place, stride);
    return;
  }

  int32_t number =
    (int32_t)(tap->ky * block->params->pooling.window.kernel[1] + tap->kx);

  if (stride == 1)
    merge_origins (largest, origin, tap, input, 1, number, 0);
  else if (stride == 2)
    merge_origins (largest, origin, tap, input, 2, number, 0);
  else
    merge_origins (largest, origin, tap, input, stride, number, 0);
}

static void
visit (Block *block, const SacPoolingBlock *outputs, bool with_origin)
{
  for (int64_t i = 0; i < outputs->count; i++) {
    block->largest[i] = -INFINITY;
    block->origin[i] = -1;
  }
  sac_pooling_visit (outputs,
                     with_origin ? take_largest_and_origin : take_largest,
                     block);
}

/* The place in the plane of an origin of output (y, x). */
static int64_t
find_place (const Params *params, int64_t y, int64_t x, int32_t origin)
{
  const SacWindow *w = &params->pooling.window;

  if (!params->by_tap || origin < 0)
    return origin;

  int32_t columns = (int32_t)w->kernel[1];
  int64_t row = y * w->stride[0] + sac_window_offset (w, 0, origin / columns);

  return row * w->in[1] + x * w->stride[1] +
         sac_window_offset (w, 1, origin % columns);
}

static int64_t
number_place (const Params *params, int64_t plane, int64_t place)
{
  const SacWindow *w = &params->pooling.window;

  if (params->column_major)
    place = place % w->in[1] * w->in[0] + place / w->in[1];
  return plane * w->in[0] * w->in[1] + place;
}

/* What pool_plane fills of a row, from column `first` on. */
typedef struct {
  const SacCall *call;
  int64_t plane, y, first, count;
  int64_t at; /* of the first of them, in the output */
} Part;

static void
store_origins (const Params *params, const Block *block, const Part *part)
{
  uint8_t *taps = part->call->saved;
  int32_t *origins = part->call->saved;

  if (params->by_tap) {
    for (int64_t i = 0; i < part->count; i++)
      taps[part->at + i] =
        (uint8_t)(block->origin[i] < 0 ? NOWHERE : block->origin[i]);
  } else {
    memcpy (origins + part->at, block->origin,
            (size_t)part->count * sizeof *origins);
  }
}

static void
store (const Params *params, const Block *block, const Part *part)
{
  const SacCall *call = part->call;

  if (call->outputs[0] != NULL)
    memcpy (sac_tensor_f32 (call->outputs[0]) + part->at, block->largest,
            (size_t)part->count * sizeof (float));
  if (call->saved != NULL)
    store_origins (params, block, part);
  if (call->output_count < 2 || call->outputs[1] == NULL)
    return;
  for (int64_t i = 0; i < part->count; i++)
    sac_tensor_i64 (call->outputs[1])[part->at + i] =
      number_place (params, part->plane,
                    find_place (params, part->y, part->first + i,
                                block->origin[i]));
}

static void
pool_plane (size_t index, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;
  const SacWindow *w = &params->pooling.window;
  Part part = {.call = call, .plane = (int64_t)index};
  bool with_origin =
    call->saved != NULL || (call->output_count > 1 && call->outputs[1] != NULL);
  Block block = {.params = params,
                 .plane = sac_tensor_f32 (call->inputs[0]) +
                          part.plane * w->in[0] * w->in[1]};

  for (part.y = 0; part.y < w->out[0]; part.y++) {
    for (part.first = 0; part.first < w->out[1];
         part.first += SAC_POOLING_BLOCK) {
      part.count = MIN (SAC_POOLING_BLOCK, w->out[1] - part.first);
      part.at = (part.plane * w->out[0] + part.y) * w->out[1] + part.first;
      visit (&block,
             &(SacPoolingBlock){w, call->job, part.y, part.first, part.count},
             with_origin);
      store (params, &block, &part);
    }
  }
}

static void
max_pool_forward (const SacCall *call)
{
  const Params *params = call->params;

  sac_pooling_run (&params->pooling, pool_plane, (void *)call);
}

/* -1: nowhere. */
static int32_t
load_origin (const SacGradientCall *call, int64_t at)
{
  const Params *params = call->params;

  if (!params->by_tap)
    return ((const int32_t *)call->saved)[at];

  uint8_t tap = ((const uint8_t *)call->saved)[at];

  return tap == NOWHERE ? -1 : tap;
}

static void
spread_plane (size_t index, void *data)
{
  const SacGradientCall *call = data;
  const Params *params = call->params;
  const SacWindow *w = &params->pooling.window;
  int64_t plane = (int64_t)index;
  const float *dy = sac_tensor_f32 (call->output_gradients[0]);
  float *dx =
    sac_tensor_f32 (call->input_gradients[0]) + plane * w->in[0] * w->in[1];

  for (int64_t y = 0; y < w->out[0]; y++) {
    for (int64_t x = 0; x < w->out[1]; x++) {
      int64_t at = (plane * w->out[0] + y) * w->out[1] + x;
      int64_t place = find_place (params, y, x, load_origin (call, at));

      if (place >= 0)
        dx[place] += dy[at];
    }
  }
}

static void
max_pool_gradient (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL)
    return;
  sac_pooling_run (&params->pooling, spread_plane, (void *)call);
}

const SacOp sac_op_max_pool = {
  .name = "MaxPool",
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 2,
  .infer = max_pool_infer,
  .forward = max_pool_forward,
  .gradient = max_pool_gradient,
};
