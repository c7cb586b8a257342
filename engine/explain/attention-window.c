/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/attention-window.h"

#include "base/error.h"
#include "explain/layout-trace.h"

/* Numbers of tokens travel as float32: whole up to here. */
#define TOKENS_MAX (1 << 24)

/* Steps from a projection's input to the grid: a dozen in Swin. */
#define CLIMB_MAX 64

/* Tokens before they are cut into windows: [N, L, C], [N, h, w, C] or
 * [N, C, h, w]. */
typedef struct {
  int value;
  const SacShape *shape;
  bool channels_first;
  int64_t tokens, channels;
} Uncut;

static bool
is_pair (const SacShape *shape, int axis, int64_t a, int64_t b)
{
  return (shape->dims[axis] == a && shape->dims[axis + 1] == b) ||
         (shape->dims[axis] == b && shape->dims[axis + 1] == a);
}

/* Windows of a batch of one, [N, windows, tokens, C], the other way round or
 * with the channels first, look like rows and columns; the only window of each
 * sample, [N, tokens, C] or [N, side, side, C], like all tokens. */
static bool
looks_cut (const SacFlow *flow,
           const SacFoundAttention *found,
           const SacShape *shape)
{
  int64_t window = found->attention.keys;
  int64_t windows = found->groups / sac_flow_batch (flow);

  if (shape->rank == 3)
    return windows == 1 && shape->dims[1] == window;
  if (shape->rank == 4 && windows == 1 &&
      shape->dims[1] * shape->dims[2] == window)
    return true;
  return shape->rank == 4 && (is_pair (shape, 1, windows, window) ||
                              is_pair (shape, 2, windows, window));
}

static int
channel_axis (const SacFlow *flow, int value)
{
  int last = sac_flow_shape (flow, value)->rank - 1;

  return last == 3 &&
             sac_axis_role (flow, (SacAxis){value, 1}) == SAC_AXIS_CHANNEL
           ? 1
           : last;
}

/* Tokens that are moved keep all of their features: channels are as many as the
 * windows' tokens have. */
static bool
is_uncut (const SacFlow *flow,
          const SacFoundAttention *found,
          int value,
          bool strict)
{
  const SacShape *shape = sac_flow_shape (flow, value);
  int64_t tokens = found->groups * found->attention.keys;

  return (shape->rank == 3 || shape->rank == 4) &&
         shape->dims[0] == sac_flow_batch (flow) &&
         sac_shape_size (shape) > 0 &&
         shape->dims[channel_axis (flow, value)] * tokens ==
           sac_shape_size (sac_flow_shape (flow, found->key_source)) &&
         !(strict && looks_cut (flow, found, shape));
}

/* Up through what only moves tokens, and through norms, which leave them where
 * they are.  strict: to the first value that is not cut, then on to where it
 * was not rolled or padded either.  Else to the last value that may be such:
 * below it the same shape may be of windows. */
static int
climb (const SacFlow *flow, const SacFoundAttention *found, bool strict)
{
  int value = found->key_source, best = -1;

  for (int i = 0; i < CLIMB_MAX && value >= 0; i++) {
    int up = sac_layout_trace_step (flow, value);

    if (is_uncut (flow, found, value, strict) &&
        (up < 0 || !sac_node_is_layout (sac_flow_producer (flow, value)) ||
         !is_uncut (flow, found, up, strict))) {
      best = value;
      if (strict)
        break;
    }
    value = up;
  }
  return best;
}

static bool
find_uncut (const SacFlow *flow, const SacFoundAttention *found, Uncut *ret)
{
  int value = climb (flow, found, true);

  if (value < 0)
    value = climb (flow, found, false);
  if (value < 0)
    return false;

  const SacShape *shape = sac_flow_shape (flow, value);
  int channels = channel_axis (flow, value);

  ret->value = value;
  ret->shape = shape;
  ret->channels_first = channels == 1;
  ret->channels = shape->dims[channels];
  ret->tokens = sac_shape_size (shape) / shape->dims[0] / ret->channels;
  return ret->tokens * shape->dims[0] < TOKENS_MAX;
}

/* [N, L, C] that is laid out as [N, h, w, C] before it is cut. */
static bool
find_rows (const SacFlow *flow,
           const Uncut *uncut,
           int64_t *ret_rows,
           int64_t *ret_columns)
{
  const SacGraph *graph = sac_flow_get_graph (flow);
  const SacValue *info = &graph->values[uncut->value];

  for (size_t i = 0; i < info->consumer_count; i++) {
    const SacNode *node = &graph->nodes[info->consumers[i]];
    const SacShape *shape = sac_flow_shape (flow, node->outputs[0]);

    if (sac_node_is (node, "Reshape") && shape != NULL && shape->rank == 4 &&
        shape->dims[3] == uncut->channels &&
        shape->dims[1] * shape->dims[2] == uncut->tokens) {
      *ret_rows = shape->dims[1];
      *ret_columns = shape->dims[2];
      return true;
    }
  }
  return sac_axis_grid (flow, (SacAxis){uncut->value, 1}, ret_rows,
                        ret_columns) &&
         *ret_rows * *ret_columns == uncut->tokens;
}

bool
sac_attention_window_grid (const SacFlow *flow,
                           const SacFoundAttention *found,
                           int64_t *ret_rows,
                           int64_t *ret_columns)
{
  Uncut uncut;

  if (!find_uncut (flow, found, &uncut))
    return false;
  if (uncut.shape->rank == 3)
    return find_rows (flow, &uncut, ret_rows, ret_columns);
  *ret_rows = uncut.shape->dims[uncut.channels_first ? 2 : 1];
  *ret_columns = uncut.shape->dims[uncut.channels_first ? 3 : 2];
  return true;
}

bool
sac_attention_window_is_padded (const SacFlow *flow,
                                const SacFoundAttention *found)
{
  int value = found->key_source;

  for (int i = 0; i < CLIMB_MAX && value >= 0; i++) {
    const SacNode *node = sac_flow_producer (flow, value);
    int up = sac_flow_dominator (flow, value);

    if (!sac_node_is_layout (node) || up < 0)
      return false;
    if (sac_node_is (node, "Pad") &&
        sac_shape_size (sac_flow_shape (flow, value)) >
          sac_shape_size (sac_flow_shape (flow, up)))
      return true;
    value = up;
  }
  return false;
}

int
sac_attention_window_uncut (const SacFlow *flow,
                            const SacFoundAttention *found,
                            int *ret_value)
{
  Uncut uncut;

  if (!find_uncut (flow, found, &uncut))
    return -1;
  *ret_value = uncut.value;
  return uncut.channels_first ? 1 : uncut.shape->rank - 1;
}

/* Every element holds the number of its token, from 1. */
static SacTensor *
number_tokens (const Uncut *uncut, GError **error)
{
  SacTensor *tensor = sac_tensor_new (SAC_TYPE_FLOAT, uncut->shape, error);
  int64_t count = sac_shape_size (uncut->shape);
  int64_t sample = uncut->tokens * uncut->channels;

  if (tensor == NULL)
    return NULL;
  for (int64_t i = 0; i < count; i++) {
    int64_t token =
      uncut->channels_first ? i % uncut->tokens : i % sample / uncut->channels;

    sac_tensor_f32 (tensor)[i] = i / sample * uncut->tokens + token + 1;
  }
  return tensor;
}

int *
sac_attention_window_cells (const SacFlow *flow,
                            const SacFoundAttention *found,
                            int64_t batch,
                            size_t *ret_count,
                            GError **error)
{
  Uncut uncut;
  int64_t window = found->attention.keys;
  SacLinear linear;
  g_autoptr (SacTensor) numbers = NULL;
  g_autoptr (SacTensor) moved = NULL;

  if (!find_uncut (flow, found, &uncut) ||
      !sac_axis_linear (flow, sac_flow_producer (flow, found->key_tokens),
                        &linear)) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                         "the grid that was cut into windows is not known");
    return NULL;
  }
  numbers = number_tokens (&uncut, error);
  if (numbers != NULL)
    moved =
      sac_layout_trace (flow, uncut.value, found->key_source, numbers, error);
  if (moved == NULL)
    return NULL;

  int64_t windows = found->groups / uncut.shape->dims[0];
  int64_t count = sac_tensor_get_count (moved);
  int64_t channels = uncut.channels;
  bool first =
    sac_node_is (sac_flow_producer (flow, found->key_tokens), "Conv");

  if (count != found->groups * window * channels) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                         "the windows do not hold the tokens of the grid");
    return NULL;
  }

  int *cells = g_new (int, windows *window);

  for (int64_t i = 0; i < windows * window; i++) {
    int64_t token = batch * windows * window + i;
    int64_t place = first ? token / window * window * channels + token % window
                          : token * channels;
    int64_t number = (int64_t)sac_tensor_f32 (moved)[place] - 1;

    cells[i] = number < 0 ? -1 : (int)(number - batch * uncut.tokens);
    if (cells[i] >= uncut.tokens || (number >= 0 && cells[i] < 0))
      cells[i] = -1;
  }
  *ret_count = windows * window;
  return cells;
}
