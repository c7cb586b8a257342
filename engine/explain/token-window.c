/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/token-window.h"

/* Fills the last `count` of the two numbers. */
static void
read_pair (const SacFlow *flow,
           const SacNode *node,
           const char *name,
           int count,
           int64_t fallback,
           int64_t *ret_pair)
{
  const int64_t *values;
  size_t found;

  ret_pair[0] = ret_pair[1] = fallback;
  if (sac_node_ints (flow, node, name, SIZE_MAX, &values, &found) &&
      found >= (size_t)count) {
    for (int i = 0; i < count; i++)
      ret_pair[2 - count + i] = values[i];
  }
}

/* auto_pad leaves the sizes to the op: as much on both sides as they need. */
static void
set_pads (const SacFlow *flow,
          const SacNode *node,
          int count,
          SacTokenWindow *window)
{
  const SacAttribute *given = sac_node_attribute (node, "auto_pad");
  const char *mode =
    given != NULL && given->kind == SAC_ATTRIBUTE_STRING ? given->s : "NOTSET";

  read_pair (flow, node, "pads", count, 0, window->pad);
  if (!g_str_has_prefix (mode, "SAME"))
    return;
  for (int i = 0; i < 2; i++) {
    int64_t total = (window->out[i] - 1) * window->stride[i] +
                    (window->kernel[i] - 1) * window->dilation[i] + 1 -
                    window->in[i];

    total = MAX (total, 0);
    window->pad[i] =
      g_str_equal (mode, "SAME_LOWER") ? total - total / 2 : total / 2;
  }
}

bool
sac_token_window_read (const SacFlow *flow,
                       const SacNode *node,
                       SacTokenWindow *ret)
{
  const SacShape *in = sac_flow_shape (flow, node->inputs[0]);
  const SacShape *out = sac_flow_shape (flow, node->outputs[0]);
  const SacShape *weights = sac_node_is (node, "Conv") && node->input_count > 1
                              ? sac_flow_shape (flow, node->inputs[1])
                              : NULL;

  *ret = (SacTokenWindow){.in = {1, 1}, .out = {1, 1}};
  if (in == NULL || out == NULL || in->rank != out->rank ||
      (in->rank != 3 && in->rank != 4))
    return false;

  int count = in->rank - 2;

  ret->samples = in->dims[0];
  ret->channels_in = in->dims[1];
  ret->channels_out = out->dims[1];
  read_pair (flow, node, "kernel_shape", count, 1, ret->kernel);
  for (int i = 0; i < count; i++) {
    ret->in[2 - count + i] = in->dims[2 + i];
    ret->out[2 - count + i] = out->dims[2 + i];
    if (weights != NULL && weights->rank == in->rank)
      ret->kernel[2 - count + i] = weights->dims[2 + i];
  }
  read_pair (flow, node, "strides", count, 1, ret->stride);
  read_pair (flow, node, "dilations", count, 1, ret->dilation);
  set_pads (flow, node, count, ret);
  return true;
}

/* The first and last place of a window that are inside, by its steps. */
static void
inside (const SacTokenWindow *window,
        int axis,
        int64_t out,
        int64_t *ret_from,
        int64_t *ret_to)
{
  int64_t start = out * window->stride[axis] - window->pad[axis];

  *ret_from = 0;
  *ret_to = window->kernel[axis];
  while (*ret_from < *ret_to && start + *ret_from * window->dilation[axis] < 0)
    ++*ret_from;
  while (*ret_to > *ret_from &&
         start + (*ret_to - 1) * window->dilation[axis] >= window->in[axis])
    --*ret_to;
}

static void
spread_one (const SacTokenWindow *window,
            int64_t row,
            int64_t column,
            double share,
            double *in)
{
  int64_t cells = window->in[0] * window->in[1];
  int64_t first_row, last_row, first, last;

  inside (window, 0, row, &first_row, &last_row);
  inside (window, 1, column, &first, &last);
  share /=
    (double)(last_row - first_row) * (last - first) * window->channels_in;
  for (int64_t r = first_row; r < last_row; r++) {
    for (int64_t c = first; c < last; c++) {
      int64_t y =
        row * window->stride[0] - window->pad[0] + r * window->dilation[0];
      int64_t x =
        column * window->stride[1] - window->pad[1] + c * window->dilation[1];

      for (int64_t k = 0; k < window->channels_in; k++)
        in[k * cells + y * window->in[1] + x] += share;
    }
  }
}

void
sac_token_window_spread (const SacTokenWindow *window,
                         const double *out,
                         double *in)
{
  int64_t cells = window->out[0] * window->out[1];

  for (int64_t n = 0; n < window->samples; n++) {
    for (int64_t i = 0; i < cells; i++) {
      double sum = 0;

      for (int64_t k = 0; k < window->channels_out; k++)
        sum += out[(n * window->channels_out + k) * cells + i];
      if (sum != 0)
        spread_one (window, i / window->out[1], i % window->out[1], sum,
                    in +
                      n * window->channels_in * window->in[0] * window->in[1]);
    }
  }
}
