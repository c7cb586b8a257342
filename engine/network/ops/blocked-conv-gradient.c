/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The gradient of a convolution to its input.  Rows and columns of dX that are
 * a stride apart see the same taps: each such part of dX is a convolution of dY
 * of stride 1, by the same kernels as forward. */
#include "network/ops/blocked-conv.h"

#include "base/pool.h"
#include "compute/vector-math.h"

#include <string.h>

static size_t
largest_phase (const SacBlockedConv *conv)
{
  size_t largest = 0;

  for (size_t i = 0; i < conv->phase_count; i++)
    largest = MAX (largest, sac_conv_out_count (&conv->phases[i].shape));
  return largest;
}

/* dY, of both forms; the same through the activation; a part of dX, and dX
 * where it is made of several. */
size_t
sac_blocked_conv_gradient_floats (const SacBlockedConv *conv)
{
  bool strided = conv->shape.stride_y > 1 || conv->shape.stride_x > 1;

  return sac_conv_out_count (&conv->shape) + largest_phase (conv) +
         (strided ? sac_conv_in_count (&conv->shape) : 0);
}

typedef struct {
  const SacConvShape *of;
  const SacBlockedPhase *phase;
  const float *from;
  float *to;
} Spread;

/* One row of a part, of one block and image, into dX. */
static SAC_WIDE void
spread_row (size_t index, void *data)
{
  const Spread *spread = data;
  const SacConvShape *part = &spread->phase->shape;
  size_t plane = index / part->out_height, row = index % part->out_height;
  size_t y = spread->phase->y + row * spread->of->stride_y;
  const float *from = spread->from + index * part->out_width * SAC_BLOCK;
  float *to =
    spread->to +
    ((plane * spread->of->height + y) * spread->of->width + spread->phase->x) *
      SAC_BLOCK;

  for (size_t x = 0; x < part->out_width; x++)
    memcpy (to + x * spread->of->stride_x * SAC_BLOCK, from + x * SAC_BLOCK,
            SAC_BLOCK * sizeof *to);
}

/* Returns: false when cancelled. */
static bool
run_phase (const SacGradientCall *call,
           const SacBlockedPhase *phase,
           const float *dy,
           float *part)
{
  SacConv conv = {
    .shape = phase->shape,
    .algorithm = phase->algorithm,
    .x = dy,
    .packed = sac_pack_get (phase->pack),
    .y = part,
  };

  return sac_conv_run (&conv, call->job);
}

typedef struct {
  const SacBlockedConv *of;
  const float *from;
  SacTensor *dx;
} Unjoin;

/* One row of one image of dX. */
static void
unjoin_row (size_t index, void *data)
{
  const Unjoin *work = data;
  const SacConvShape *s = &work->of->shape;
  const SacConvShape *part = &work->of->phases[0].shape;
  size_t image = index / s->height, y = index % s->height;
  size_t pixels = part->out_height * part->out_width;
  bool blocked = sac_blocked_is (&work->dx->shape);

  for (size_t c = 0; c < s->channels; c++) {
    size_t plane =
      blocked ? c / SAC_BLOCK * s->images + image : image * s->channels + c;
    size_t step = blocked ? SAC_BLOCK : 1;
    float *to = sac_tensor_f32 (work->dx) +
                (plane * s->height + y) * s->width * step +
                (blocked ? c % SAC_BLOCK : 0);

    for (size_t x = 0; x < s->width; x++) {
      size_t filter =
        (y % s->stride_y * s->stride_x + x % s->stride_x) * s->channels + c;
      size_t pixel = y / s->stride_y * part->out_width + x / s->stride_x;
      size_t block = filter / SAC_BLOCK * s->images + image;

      to[x * step] +=
        work->from[(block * pixels + pixel) * SAC_BLOCK + filter % SAC_BLOCK];
    }
  }
}

static void
run_joined (const SacGradientCall *call, const float *dy, float *part)
{
  const SacBlockedConv *of = call->params;
  Unjoin work = {of, part, call->input_gradients[0]};

  if (run_phase (call, &of->phases[0], dy, part))
    sac_pool_run (of->shape.images * of->shape.height, unjoin_row, &work);
}

static void
run_strided (const SacGradientCall *call, const float *dy, float *part)
{
  const SacBlockedConv *of = call->params;
  SacBlockedSize in = sac_blocked_conv_in (&of->shape);
  float *dx = part + largest_phase (of);

  memset (dx, 0, sac_blocked_count (&in) * sizeof *dx);
  for (size_t i = 0; i < of->phase_count; i++) {
    Spread spread = {&of->shape, &of->phases[i], part, dx};
    const SacConvShape *shape = &of->phases[i].shape;

    if (!run_phase (call, &of->phases[i], dy, part))
      return;
    sac_pool_run (sac_blocks (shape->filters) * shape->images *
                    shape->out_height,
                  spread_row, &spread);
  }
  sac_blocked_give (call->input_gradients[0], &in, dx);
}

void
sac_blocked_conv_gradient (const SacGradientCall *call)
{
  const SacBlockedConv *of = call->params;
  SacBlockedSize in = sac_blocked_conv_in (&of->shape);
  SacBlockedSize out = sac_blocked_conv_out (&of->shape);
  float *sum = call->workspace, *workspace = sum;
  const float *dy = sac_blocked_collect (call, &out, &workspace);
  float *part = sum + sac_blocked_count (&out);

  if (dy == NULL)
    return;
  if (of->activation.function != SAC_FUNCTION_NONE) {
    sac_blocked_activation_reverse (&of->activation, sum, dy,
                                    sac_blocked_rows (&out), call->saved);
    dy = sum;
  }
  if (of->residual)
    sac_blocked_give (call->input_gradients[1], &out, dy);
  if (call->input_gradients[0] == NULL)
    return;
  if (of->joined)
    run_joined (call, dy, part);
  else if (of->shape.stride_y > 1 || of->shape.stride_x > 1)
    run_strided (call, dy, part);
  else if (run_phase (call, &of->phases[0], dy, part))
    sac_blocked_give (call->input_gradients[0], &in, part);
}
