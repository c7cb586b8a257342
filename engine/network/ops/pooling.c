/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/pooling.h"

#include "base/error.h"
#include "base/pool.h"
#include "network/ops/checks.h"

static bool
check_pads (const SacInfer *infer, const SacWindow *window, GError **error)
{
  for (int axis = 0; axis < 2; axis++) {
    int64_t extent = sac_window_extent (window, axis);

    if (window->pad_begin[axis] >= extent || window->pad_end[axis] >= extent)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "pads as long as the kernel leave windows without "
                             "any input");
  }
  return true;
}

bool
sac_pooling_infer (SacInfer *infer, SacPooling *ret_pooling, GError **error)
{
  SacPooling pooling = {.planes = 0};
  SacWindow *window = &pooling.window;
  int64_t ceil_mode;

  if (!sac_checks_float32 (infer, error))
    return false;

  const SacShape *x = &infer->inputs[0]->shape;
  SacShape y = *x;

  if (!sac_window_read (infer, x, NULL, window, error) ||
      !sac_infer_int (infer, "ceil_mode", 0, &ceil_mode, error) ||
      !sac_window_slide (infer, window, ceil_mode != 0, error) ||
      !check_pads (infer, window, error))
    return false;
  for (int i = 0; i < window->rank; i++)
    y.dims[2 + i] = window->out[2 - window->rank + i];
  for (size_t i = 0; i < infer->output_count; i++) {
    SacType type = i == 0 ? infer->inputs[0]->type : SAC_TYPE_INT64;

    if (!sac_infer_output (infer, i, type, &y, error))
      return false;
  }
  if (sac_shape_size (&y) > 0)
    pooling.planes = y.dims[0] * y.dims[1];
  infer->cost = (double)sac_shape_size (&y);
  for (int axis = 0; axis < 2; axis++)
    infer->cost *= (double)MIN (window->kernel[axis], window->in[axis]);
  infer->cost += (double)sac_shape_size (x);
  *ret_pooling = pooling;
  return true;
}

void
sac_pooling_run (const SacPooling *pooling,
                 void (*func) (size_t plane, void *data),
                 void *data)
{
  sac_pool_run ((size_t)pooling->planes, func, data);
}

void
sac_pooling_visit (const SacPoolingBlock *block,
                   SacPoolingFunc func,
                   void *data)
{
  const SacWindow *w = block->window;
  int64_t ky_from, ky_to, kx_from, kx_to;

  sac_window_taps (w, 0, block->y, &ky_from, &ky_to);
  sac_window_reach (w, 1, &kx_from, &kx_to);
  for (int64_t ky = ky_from; ky < ky_to; ky++) {
    int64_t row = block->y * w->stride[0] + sac_window_offset (w, 0, ky);

    if (block->job != NULL && sac_job_is_cancelled (block->job))
      return;
    for (int64_t kx = kx_from; kx < kx_to; kx++) {
      int64_t from, to;

      sac_window_span (w, 1, kx, &from, &to);
      from = MAX (from, block->first);
      to = MIN (to, block->first + block->count);
      if (from >= to)
        continue;

      SacPoolingTap tap = {
        .ky = ky,
        .kx = kx,
        .from = from - block->first,
        .count = to - from,
        .input =
          row * w->in[1] + from * w->stride[1] + sac_window_offset (w, 1, kx),
        .stride = w->stride[1],
      };

      func (&tap, data);
    }
  }
}
