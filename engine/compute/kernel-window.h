/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Private to the kernels of one variant. */
#ifndef SAC_COMPUTE_KERNEL_WINDOW_H
#define SAC_COMPUTE_KERNEL_WINDOW_H

#include <stddef.h>

/* The taps of a window that see the image, along one axis. */
typedef struct {
  ptrdiff_t skipped; /* taps before them */
  ptrdiff_t first;   /* what the first of them sees */
  ptrdiff_t step;
  ptrdiff_t count;
} SacWindowPart;

/* A division takes as long as the taps of a pixel. */
static inline ptrdiff_t
sac_steps_up (ptrdiff_t length, ptrdiff_t step)
{
  return step == 1 ? length : (length + step - 1) / step;
}

static inline SacWindowPart
sac_window_part (size_t out,
                 size_t stride,
                 size_t dilation,
                 size_t kernel,
                 ptrdiff_t pad,
                 size_t size)
{
  ptrdiff_t start = (ptrdiff_t)(out * stride) - pad;
  ptrdiff_t step = (ptrdiff_t)dilation, end = (ptrdiff_t)size;
  ptrdiff_t skipped = start < 0 ? sac_steps_up (-start, step) : 0;
  ptrdiff_t first = start + skipped * step;
  ptrdiff_t count = (ptrdiff_t)kernel - skipped;
  ptrdiff_t room = first < end ? sac_steps_up (end - first, step) : 0;

  count = count < room ? count : room;
  return (SacWindowPart){skipped, first, step, count < 0 ? 0 : count};
}

#endif
