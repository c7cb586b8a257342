/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The sliding window of convolutions and pools: kernel, strides, dilations and
 * pads over one or two spatial axes.
 *
 * Position `o` of the output and tap `k` of the kernel meet the input at
 * o * stride + k * dilation - pad_begin, which lies in the padding when it is
 * outside [0, in).  A one-dimensional window is kept as one row.  All sizes
 * come from files; what the functions here return is safe to multiply out. */
#ifndef SAC_NETWORK_OPS_WINDOW_H
#define SAC_NETWORK_OPS_WINDOW_H

#include "network/op.h"

typedef enum {
  SAC_AUTO_PAD_NOTSET,
  SAC_AUTO_PAD_VALID,
  SAC_AUTO_PAD_SAME_UPPER, /* an odd pixel of padding goes to the end */
  SAC_AUTO_PAD_SAME_LOWER, /* ... to the beginning */
} SacAutoPad;

/* Arrays hold rows, then columns. */
typedef struct {
  int rank; /* spatial axes in the file: 1 or 2 */
  SacAutoPad auto_pad;
  int64_t kernel[2], stride[2], dilation[2];
  int64_t pad_begin[2], pad_end[2];
  int64_t in[2];
  int64_t out[2];
} SacWindow;

/* Reads kernel_shape, strides, dilations, pads and auto_pad, and takes `in`
 * from the input's shape (N, C, spatial).  weights: N, C, kernel, or NULL when
 * kernel_shape must say it.  Fills all but `out`. */
bool sac_window_read (const SacInfer *infer,
                      const SacShape *input,
                      const SacShape *weights,
                      SacWindow *ret_window,
                      GError **error);

/* Bounds of everything sac_window_read lets through. */
#define SAC_WINDOW_SIZE_MAX ((int64_t)1 << 40)

/* Length of the kernel with its dilation. */
static inline int64_t
sac_window_extent (const SacWindow *window, int axis)
{
  return (window->kernel[axis] - 1) * window->dilation[axis] + 1;
}

/* Resolves auto_pad and fills `out` for a window that slides over the input.
 * With ceil_mode a last window may hang over the end, but must not start in the
 * padding there. */
bool sac_window_slide (const SacInfer *infer,
                       SacWindow *window,
                       bool ceil_mode,
                       GError **error);

/* Strides and dilations that never take effect (one position, one tap) may be
 * as large as int64; they become 1, so that kernels can multiply with them. */
void sac_window_settle (SacWindow *window);

/* Output positions [*ret_from, *ret_to) at which tap `tap` meets the input, not
 * the padding. */
static inline void
sac_window_span (const SacWindow *window,
                 int axis,
                 int64_t tap,
                 int64_t *ret_from,
                 int64_t *ret_to)
{
  int64_t stride = window->stride[axis];
  int64_t offset = tap * window->dilation[axis] - window->pad_begin[axis];
  int64_t room = window->in[axis] - offset;
  int64_t to = room <= 0 ? 0 : (room + stride - 1) / stride;

  *ret_from = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
  *ret_to = to < window->out[axis] ? to : window->out[axis];
  if (*ret_from > *ret_to)
    *ret_from = *ret_to;
}

/* The other way round: taps that meet the input at one output position. */
void sac_window_taps (const SacWindow *window,
                      int axis,
                      int64_t position,
                      int64_t *ret_from,
                      int64_t *ret_to);

/* Taps that meet the input at any position: a pool's kernel may be far longer
 * than its input. */
void sac_window_reach (const SacWindow *window,
                       int axis,
                       int64_t *ret_from,
                       int64_t *ret_to);

/* Input position of output 0 at a tap; negative in the padding. */
static inline int64_t
sac_window_offset (const SacWindow *window, int axis, int64_t tap)
{
  return tap * window->dilation[axis] - window->pad_begin[axis];
}

#endif
