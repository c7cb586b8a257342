/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/movement.h"

#include "base/pool.h"

#include <string.h>

#define ATTRIBUTE "movement"

/* Elements that one chunk moves. */
#define CHUNK_ELEMENTS 32768

SacAttribute
sac_movement_attribute (const SacMovement *movement)
{
  return (SacAttribute){
    .name = ATTRIBUTE,
    .kind = SAC_ATTRIBUTE_OTHER,
    .s = (const char *)movement,
    .s_size = sizeof *movement,
  };
}

static bool
movement_infer (SacInfer *infer, GError **error)
{
  const SacAttribute *attribute = sac_infer_attribute (infer, ATTRIBUTE);
  const SacMovement *movement = (const void *)attribute->s;

  if (!sac_infer_need_float (infer, 0, error))
    return false;
  for (size_t i = 0; i < movement->output_count; i++) {
    if (!sac_infer_output (infer, i, infer->inputs[0]->type,
                           &movement->outputs[i].shape, error))
      return false;
    infer->cost += (double)sac_shape_size (&movement->outputs[i].shape);
  }
  infer->params = (void *)movement;
  return true;
}

typedef struct {
  const SacMovementTable *table;
  const float *from;
  float *to;
  int64_t chunk; /* runs */
} Move;

static int64_t
get_chunk (const SacMovementTable *table)
{
  return MAX (1, CHUNK_ELEMENTS / table->length);
}

static void
gather (size_t index, void *data)
{
  const Move *move = data;
  const SacMovementTable *table = move->table;
  int64_t first = (int64_t)index * move->chunk;
  int64_t end = MIN (first + move->chunk, table->run_count);
  size_t bytes = (size_t)table->length * sizeof (float);

  for (int64_t i = first; i < end; i++) {
    float *to = move->to + i * table->length;

    if (table->starts[i] < 0)
      memset (to, 0, bytes);
    else
      memcpy (to, move->from + table->starts[i], bytes);
  }
}

static void
scatter (size_t index, void *data)
{
  const Move *move = data;
  const SacMovementTable *table = move->table;
  int64_t first = (int64_t)index * move->chunk;
  int64_t end = MIN (first + move->chunk, table->run_count);

  for (int64_t i = first; i < end; i++) {
    const float *from = move->from + i * table->length;
    float *to = move->to + table->starts[i];

    for (int64_t k = 0; table->starts[i] >= 0 && k < table->length; k++)
      to[k] += from[k];
  }
}

static void
movement_forward (const SacCall *call)
{
  const SacMovement *movement = call->params;

  for (size_t i = 0; i < movement->output_count; i++) {
    const SacMovementTable *table = &movement->outputs[i];

    if (call->outputs[i] == NULL)
      continue;

    Move move = {table, sac_tensor_f32 (call->inputs[0]),
                 sac_tensor_f32 (call->outputs[i]), get_chunk (table)};

    sac_pool_run ((size_t)((table->run_count + move.chunk - 1) / move.chunk),
                  gather, &move);
  }
}

/* What is taken twice is added to by one thread, in order. */
static void
movement_gradient (const SacGradientCall *call)
{
  const SacMovement *movement = call->params;

  if (call->input_gradients[0] == NULL)
    return;
  for (size_t i = 0; i < movement->output_count; i++) {
    const SacMovementTable *table = &movement->outputs[i];

    if (call->output_gradients[i] == NULL)
      continue;

    Move move = {table, sac_tensor_f32 (call->output_gradients[i]),
                 sac_tensor_f32 (call->input_gradients[0]),
                 table->unique ? get_chunk (table) : table->run_count};

    sac_pool_run ((size_t)((table->run_count + move.chunk - 1) / move.chunk),
                  scatter, &move);
  }
}

const SacOp sac_op_movement = {
  .name = "Movement",
  .domain = "saccade",
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = SAC_MOVEMENT_OUTPUTS,
  .infer = movement_infer,
  .forward = movement_forward,
  .gradient = movement_gradient,
};
