/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Groups of one large channel: too little arithmetic for a matrix product, so
 * each tap adds its shifted row directly. */
#include "base/pool.h"
#include "compute/vector-math.h"
#include "network/ops/convolve.h"

typedef struct {
  const SacConvolve *c;
  const SacConvolveCall *call;
  void (*add) (const SacWindow *window,
               const float *weights,
               const float *from,
               float *to);
  bool gather;
} Pass;

/* small[x] += weight * large[x * stride] */
static inline void
gather_row (float *restrict small,
            const float *restrict large,
            int64_t count,
            int64_t stride,
            float weight)
{
  if (stride == 1) {
    for (int64_t x = 0; x < count; x++)
      small[x] += weight * large[x];
  } else {
    for (int64_t x = 0; x < count; x++)
      small[x] += weight * large[x * stride];
  }
}

static inline void
scatter_row (float *restrict large,
             const float *restrict small,
             int64_t count,
             int64_t stride,
             float weight)
{
  if (stride == 1) {
    for (int64_t x = 0; x < count; x++)
      large[x] += weight * small[x];
  } else {
    for (int64_t x = 0; x < count; x++)
      large[x * stride] += weight * small[x];
  }
}

static SAC_WIDE void
gather_plane (const SacWindow *w,
              const float *weights,
              const float *large,
              float *small)
{
  for (int64_t y = 0; y < w->out[0]; y++) {
    int64_t first, last;

    sac_window_taps (w, 0, y, &first, &last);
    for (int64_t ky = first; ky < last; ky++) {
      int64_t row = y * w->stride[0] + sac_window_offset (w, 0, ky);

      for (int64_t kx = 0; kx < w->kernel[1]; kx++) {
        int64_t from, to;

        sac_window_span (w, 1, kx, &from, &to);
        if (from < to)
          gather_row (small + y * w->out[1] + from,
                      large + row * w->in[1] + from * w->stride[1] +
                        sac_window_offset (w, 1, kx),
                      to - from, w->stride[1], weights[ky * w->kernel[1] + kx]);
      }
    }
  }
}

static SAC_WIDE void
scatter_plane (const SacWindow *w,
               const float *weights,
               const float *small,
               float *large)
{
  for (int64_t y = 0; y < w->out[0]; y++) {
    int64_t first, last;

    sac_window_taps (w, 0, y, &first, &last);
    for (int64_t ky = first; ky < last; ky++) {
      int64_t row = y * w->stride[0] + sac_window_offset (w, 0, ky);

      for (int64_t kx = 0; kx < w->kernel[1]; kx++) {
        int64_t from, to;

        sac_window_span (w, 1, kx, &from, &to);
        if (from < to)
          scatter_row (large + row * w->in[1] + from * w->stride[1] +
                         sac_window_offset (w, 1, kx),
                       small + y * w->out[1] + from, to - from, w->stride[1],
                       weights[ky * w->kernel[1] + kx]);
      }
    }
  }
}

/* One image and group. */
static void
run_group (size_t index, void *data)
{
  const Pass *pass = data;
  const SacConvolve *c = pass->c;
  int64_t image = (int64_t)index;
  int64_t large_plane = c->window.in[0] * c->window.in[1];
  int64_t small_plane = c->window.out[0] * c->window.out[1];

  if (pass->call->job != NULL && sac_job_is_cancelled (pass->call->job))
    return;
  for (int64_t i = 0; i < c->small_channels; i++) {
    const float *weights =
      pass->call->weights +
      (image % c->groups * c->small_channels + i) * c->taps;
    int64_t large = image * large_plane;
    int64_t small = (image * c->small_channels + i) * small_plane;

    pass->add (&c->window, weights,
               pass->call->from + (pass->gather ? large : small),
               pass->call->to + (pass->gather ? small : large));
  }
}

void
sac_convolve_gather_depthwise (const SacConvolve *c,
                               const SacConvolveCall *call)
{
  Pass pass = {c, call, gather_plane, true};

  sac_pool_run ((size_t)(c->batch * c->groups), run_group, &pass);
}

void
sac_convolve_scatter_depthwise (const SacConvolve *c,
                                const SacConvolveCall *call)
{
  Pass pass = {c, call, scatter_plane, false};

  sac_pool_run ((size_t)(c->batch * c->groups), run_group, &pass);
}
