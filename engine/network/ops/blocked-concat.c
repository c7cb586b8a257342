/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/blocked-concat.h"

#include "base/error.h"

#include <string.h>

static SacBlockedSize
part_size (const SacBlockedConcat *concat, size_t input)
{
  SacBlockedSize size = concat->size;

  size.channels = concat->channels[input];
  return size;
}

static bool
concat_infer (SacInfer *infer, GError **error)
{
  const SacBlockedConcat *concat = sac_blocked_get (infer);
  size_t whole = sac_blocked_count (&concat->size), floats;

  infer->params = (void *)concat;
  for (size_t i = 0; i < infer->input_count; i++) {
    SacBlockedSize size = part_size (concat, i);

    if (!sac_blocked_check_input (infer, i, &size, error))
      return false;
  }
  if (!sac_blocked_infer_outputs (infer, &concat->size, &floats, error))
    return false;
  infer->workspace_bytes = (floats + concat->largest) * sizeof (float);
  infer->gradient_workspace_bytes = (whole + concat->largest) * sizeof (float);
  return true;
}

/* Rows of a part and of the whole, where the part begins at a channel.  Where
 * that is the first of a block, whole blocks are moved. */
typedef struct {
  size_t pixels;
  size_t first, channels;
  float *part, *whole;
  bool back; /* from the whole to the part */
} Move;

static void
move_lanes (size_t first, size_t count, void *data)
{
  const Move *move = data;

  for (size_t pixel = first; pixel < first + count; pixel++) {
    for (size_t i = 0; i < move->channels; i++) {
      size_t channel = move->first + i;
      float *whole = move->whole +
                     (channel / SAC_BLOCK * move->pixels + pixel) * SAC_BLOCK +
                     channel % SAC_BLOCK;
      float *part = move->part +
                    (i / SAC_BLOCK * move->pixels + pixel) * SAC_BLOCK +
                    i % SAC_BLOCK;

      if (move->back)
        *part = *whole;
      else
        *whole = *part;
    }
  }
}

static void
move_blocks (size_t first, size_t count, void *data)
{
  const Move *move = data;
  size_t start = move->first / SAC_BLOCK * move->pixels;
  float *part = move->part + first * SAC_BLOCK;
  float *whole = move->whole + (start + first) * SAC_BLOCK;
  size_t bytes = count * SAC_BLOCK * sizeof *part;

  if (move->back)
    memcpy (part, whole, bytes);
  else
    memcpy (whole, part, bytes);
}

static void
run_move (Move *move)
{
  if (move->first % SAC_BLOCK == 0 &&
      (!move->back || move->channels % SAC_BLOCK == 0))
    sac_blocked_run (sac_blocks (move->channels) * move->pixels, move_blocks,
                     move);
  else
    sac_blocked_run (move->pixels, move_lanes, move);
}

static void
concat_forward (const SacCall *call)
{
  const SacBlockedConcat *concat = call->params;
  float *workspace = call->workspace;
  float *place = workspace + concat->largest;
  float *y = sac_blocked_begin (call, &place);
  Move move = {.pixels = sac_blocked_pixels (&concat->size), .whole = y};

  for (size_t i = 0; i < call->input_count; i++) {
    SacBlockedSize size = part_size (concat, i);
    float *room = workspace;

    move.part = (float *)sac_blocked_read (call->inputs[i], &size, &room);
    move.channels = size.channels;
    run_move (&move);
    move.first += size.channels;
  }
  sac_blocked_clear_tail (y, &concat->size);
  sac_blocked_finish (call, &concat->size, y);
}

static void
concat_gradient (const SacGradientCall *call)
{
  const SacBlockedConcat *concat = call->params;
  float *workspace = (float *)call->workspace;
  float *part = workspace + sac_blocked_count (&concat->size);
  const float *dy = sac_blocked_collect (call, &concat->size, &workspace);
  Move move = {.pixels = sac_blocked_pixels (&concat->size),
               .whole = (float *)dy,
               .part = part,
               .back = true};

  for (size_t i = 0; dy != NULL && i < call->input_count; i++) {
    SacBlockedSize size = part_size (concat, i);

    move.channels = size.channels;
    if (call->input_gradients[i] != NULL) {
      memset (part, 0, sac_blocked_count (&size) * sizeof *part);
      run_move (&move);
      sac_blocked_give (call, i, &size, part);
    }
    move.first += size.channels;
  }
}

const SacOp sac_op_blocked_concat = {
  .name = "BlockedConcat",
  .domain = "saccade",
  .inputs_min = 1,
  .inputs_max = SIZE_MAX,
  .outputs_min = 1,
  .outputs_max = 2,
  .infer = concat_infer,
  .forward = concat_forward,
  .gradient = concat_gradient,
  .sets = true,
};
