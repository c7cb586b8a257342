/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Back through a 1x1 convolution with a gate, some pixels of an image at a
 * time:
 *   dZ = dY W',  dX = dZ gate,  dgate = sum of dZ x over the pixels
 * where dZ never leaves the cache. */
#include "network/ops/blocked-gated.h"

#include "compute/loop.h"
#include "compute/product.h"
#include "compute/scratch.h"
#include "network/ops/blocked-map.h"

typedef struct {
  const SacBlockedConv *of;
  const SacJob *job;
  size_t parts; /* of an image's pixels */
  const float *dy, *x, *gate;
  const float *base; /* what dX is added to, or NULL */
  float *dx;         /* NULL: nobody wants it */
  double *sums;      /* [image][part][block][16]; NULL: nobody wants dgate */
} Reverse;

static size_t
pixels_of (const SacConvShape *s)
{
  return s->height * s->width;
}

static size_t
count_parts (const SacConvShape *s)
{
  return sac_blocked_conv_pieces (pixels_of (s), s->channels);
}

static size_t
count_sums (const SacConvShape *s)
{
  return s->images * count_parts (s) * sac_blocks (s->channels) * SAC_BLOCK;
}

/* dY of both forms, and before the function; dX; dgate; the sums. */
size_t
sac_blocked_gated_gradient_floats (const SacBlockedConv *of)
{
  const SacConvShape *s = &of->shape;
  size_t blocks = sac_blocks (s->channels) * SAC_BLOCK;

  return 2 * sac_conv_out_count (s) + sac_conv_in_count (s) +
         s->images * blocks + 2 * count_sums (s);
}

/* One block of channels of the pixels [first, first + count) of all images'. */
static void
reverse_block (const Reverse *reverse,
               size_t part,
               size_t block,
               const float *dz,
               size_t first,
               size_t count)
{
  const SacConvShape *s = &reverse->of->shape;
  size_t image = part / reverse->parts, blocks = sac_blocks (s->channels);
  size_t place = (block * s->images * pixels_of (s) + first) * SAC_BLOCK;
  double unused[SAC_BLOCK] = {0}, *sums = unused;

  if (reverse->sums != NULL) {
    sums = reverse->sums + (part * blocks + block) * SAC_BLOCK;
    for (size_t lane = 0; lane < SAC_BLOCK; lane++)
      sums[lane] = 0;
  }
  sac_blocked_gate_back (
    &(SacBlockedGateBack){
      .pixels = count,
      .dy = dz,
      .a = reverse->sums != NULL ? reverse->x + place : NULL,
      .b = reverse->dx != NULL
             ? reverse->gate + (block * s->images + image) * SAC_BLOCK
             : NULL,
      .base = reverse->base != NULL ? reverse->base + place : NULL,
      .da = reverse->dx != NULL ? reverse->dx + place : NULL,
    },
    sums);
}

static void
reverse_part (const void *data, size_t part)
{
  const Reverse *reverse = data;
  const SacConvShape *s = &reverse->of->shape;
  size_t image = part / reverse->parts, index = part % reverse->parts;
  size_t from = pixels_of (s) * index / reverse->parts;
  size_t count = pixels_of (s) * (index + 1) / reverse->parts - from;
  size_t first = image * pixels_of (s) + from;
  size_t blocks = sac_blocks (s->channels);
  float *dz = sac_scratch_outer (blocks * count * SAC_BLOCK);
  SacProduct product = {
    .rows = count,
    .depth = s->filters,
    .columns = s->channels,
    .a = sac_rows_blocked (reverse->dy + first * SAC_BLOCK,
                           s->images * pixels_of (s)),
    .packed = sac_pack_get (reverse->of->phases[0].pack),
    .c = sac_rows_blocked (dz, count),
  };

  if (reverse->parts * s->images > 1)
    sac_product_here (&product);
  else if (!sac_product_run (&product, reverse->job))
    return;
  for (size_t block = 0; block < blocks && sac_loop_goes_on (); block++)
    reverse_block (reverse, part, block, dz + block * count * SAC_BLOCK, first,
                   count);
}

/* Of each image and block, in the order of the parts. */
static void
add_sums (const Reverse *reverse, float *dgate)
{
  const SacConvShape *s = &reverse->of->shape;
  size_t lanes = sac_blocks (s->channels) * SAC_BLOCK;

  for (size_t i = 0; i < s->images * lanes; i++) {
    size_t image = i / SAC_BLOCK % s->images;
    size_t lane = i / SAC_BLOCK / s->images * SAC_BLOCK + i % SAC_BLOCK;
    const double *sums = reverse->sums + image * reverse->parts * lanes + lane;
    double sum = 0;

    for (size_t part = 0; part < reverse->parts; part++)
      sum += sums[part * lanes];
    dgate[i] = (float)sum;
  }
}

static bool
run_parts (const Reverse *reverse)
{
  size_t count = reverse->parts * reverse->of->shape.images;

  if (count > 1)
    return sac_loop_run (count, reverse_part, reverse, reverse->job);
  reverse_part (reverse, 0);
  return reverse->job == NULL || !sac_job_is_cancelled (reverse->job);
}

/* dX and dgate; `room` as sac_blocked_gated_gradient_floats says, from dX on.
 */
static void
give_inputs (const SacGradientCall *call, const float *dy, float *room)
{
  const SacBlockedConv *of = call->params;
  SacBlockedSize in = sac_blocked_conv_in (&of->shape);
  SacBlockedSize gate = sac_blocked_gate_size (&of->shape);
  float *dgate = room + sac_blocked_count (&in);
  double *sums = (double *)(void *)(dgate + sac_blocked_count (&gate));
  float *rest = (float *)(void *)(sums + count_sums (&of->shape));
  Reverse reverse = {
    .of = of,
    .job = call->job,
    .parts = count_parts (&of->shape),
    .dy = dy,
  };

  if (call->input_gradients[0] != NULL) {
    reverse.gate = sac_blocked_read (call->inputs[1], &gate, &rest);
    reverse.dx = sac_blocked_target (call, 0, room, &reverse.base);
  }
  if (call->input_gradients[1] != NULL) {
    reverse.x = sac_blocked_read (call->inputs[0], &in, &rest);
    reverse.sums = sums;
  }
  if (!run_parts (&reverse))
    return;
  if (reverse.dx != NULL)
    sac_blocked_give (call, 0, &in, reverse.dx);
  if (reverse.sums != NULL) {
    add_sums (&reverse, dgate);
    sac_blocked_give (call, 1, &gate, dgate);
  }
}

void
sac_blocked_gated_gradient (const SacGradientCall *call)
{
  const SacBlockedConv *of = call->params;
  SacBlockedSize out = sac_blocked_conv_out (&of->shape);
  float *sum = call->workspace, *workspace = sum;
  const float *dy = sac_blocked_collect (call, &out, &workspace);
  float *before = sum + sac_blocked_count (&out);

  if (of->activation.function != SAC_FUNCTION_NONE) {
    sac_blocked_activation_reverse (&of->activation, before, dy,
                                    sac_blocked_rows (&out), call->saved);
    dy = before;
  }
  if (call->input_gradients[0] != NULL || call->input_gradients[1] != NULL)
    give_inputs (call, dy, before + sac_blocked_count (&out));
  if (of->residual)
    sac_blocked_give (call, 2, &out, dy);
}
