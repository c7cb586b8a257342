/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* As PyTorch decides: a NaN anywhere in a window is its maximum, and of equal
 * elements the first in row-major order is the one that counts. */
#include "network/ops/pooling.h"

#include <math.h>

typedef struct {
  SacPooling pooling;
  bool column_major; /* order of the numbers in Indices */
} Params;

static bool
max_pool_infer (SacInfer *infer, GError **error)
{
  Params *params = sac_infer_alloc (infer, sizeof *params);
  int64_t storage_order;

  if (!sac_pooling_infer (infer, &params->pooling, error) ||
      !sac_infer_int (infer, "storage_order", 0, &storage_order, error))
    return false;
  params->column_major = storage_order != 0;
  infer->params = params;
  return true;
}

/* A block of outputs, with the place in the plane that each came from. */
typedef struct {
  const float *plane;
  float largest[SAC_POOLING_BLOCK];
  /* -1: none yet.  A plane has fewer than 2^31 elements; of the width of a
   * float, so that both are chosen by one comparison. */
  int32_t place[SAC_POOLING_BLOCK];
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

static inline void
merge_places (float *restrict largest,
              int32_t *restrict place,
              const float *restrict input,
              int32_t first,
              int32_t count,
              int32_t stride)
{
  for (int32_t i = 0; i < count; i++) {
    float value = input[i * stride];
    bool wins = (value > largest[i]) | (value != value) | (place[i] < 0);

    largest[i] = wins ? value : largest[i];
    place[i] = wins ? first + i * stride : place[i];
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
take_largest_and_place (const SacPoolingTap *tap, void *data)
{
  Block *block = data;
  const float *input = block->plane + tap->input;
  float *largest = block->largest + tap->from;
  int32_t *place = block->place + tap->from;
  int32_t first = (int32_t)tap->input;
  int32_t count = (int32_t)tap->count;

  if (tap->stride == 1)
    merge_places (largest, place, input, first, count, 1);
  else if (tap->stride == 2)
    merge_places (largest, place, input, first, count, 2);
  else
    merge_places (largest, place, input, first, count, (int32_t)tap->stride);
}

static void
visit (Block *block, const SacPoolingBlock *outputs, bool with_place)
{
  for (int64_t i = 0; i < outputs->count; i++) {
    block->largest[i] = -INFINITY;
    block->place[i] = -1;
  }
  sac_pooling_visit (outputs,
                     with_place ? take_largest_and_place : take_largest, block);
}

static int64_t
number_place (const Params *params, int64_t plane, int64_t place)
{
  const SacWindow *w = &params->pooling.window;

  if (params->column_major)
    place = place % w->in[1] * w->in[0] + place / w->in[1];
  return plane * w->in[0] * w->in[1] + place;
}

static void
pool_plane (size_t index, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;
  const SacWindow *w = &params->pooling.window;
  int64_t plane = (int64_t)index;
  int64_t at = plane * w->out[0] * w->out[1];
  float *values = NULL;
  int64_t *places = NULL;
  Block block = {.plane = sac_tensor_f32 (call->inputs[0]) +
                          plane * w->in[0] * w->in[1]};

  if (call->outputs[0] != NULL)
    values = sac_tensor_f32 (call->outputs[0]) + at;
  if (call->output_count > 1 && call->outputs[1] != NULL)
    places = sac_tensor_i64 (call->outputs[1]) + at;
  for (int64_t y = 0; y < w->out[0]; y++) {
    for (int64_t first = 0; first < w->out[1]; first += SAC_POOLING_BLOCK) {
      int64_t count = MIN (SAC_POOLING_BLOCK, w->out[1] - first);
      int64_t start = y * w->out[1] + first;

      visit (&block, &(SacPoolingBlock){w, call->job, y, first, count},
             places != NULL);
      for (int64_t i = 0; i < count && values != NULL; i++)
        values[start + i] = block.largest[i];
      for (int64_t i = 0; i < count && places != NULL; i++)
        places[start + i] = number_place (params, plane, block.place[i]);
    }
  }
}

static void
max_pool_forward (const SacCall *call)
{
  const Params *params = call->params;

  sac_pooling_run (&params->pooling, pool_plane, (void *)call);
}

static void
spread_plane (size_t index, void *data)
{
  const SacGradientCall *call = data;
  const Params *params = call->params;
  const SacWindow *w = &params->pooling.window;
  int64_t plane = (int64_t)index;
  const float *dy =
    sac_tensor_f32 (call->output_gradients[0]) + plane * w->out[0] * w->out[1];
  int64_t at = plane * w->in[0] * w->in[1];
  float *dx = sac_tensor_f32 (call->input_gradients[0]) + at;
  Block block = {.plane = sac_tensor_f32 (call->inputs[0]) + at};

  for (int64_t y = 0; y < w->out[0]; y++) {
    for (int64_t first = 0; first < w->out[1]; first += SAC_POOLING_BLOCK) {
      int64_t count = MIN (SAC_POOLING_BLOCK, w->out[1] - first);

      visit (&block, &(SacPoolingBlock){w, call->job, y, first, count}, true);
      for (int64_t i = 0; i < count; i++) {
        if (block.place[i] >= 0)
          dx[block.place[i]] += dy[y * w->out[1] + first + i];
      }
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
  .saves_inputs = SAC_SAVE (0),
};
