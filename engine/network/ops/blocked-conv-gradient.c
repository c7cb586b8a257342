/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The gradient of a convolution to its input.  Rows and columns of dX that are
 * a stride apart see the same taps: each such part of dX is a convolution of dY
 * of stride 1, by the same kernels as forward. */
#include "network/ops/blocked-conv.h"

#include "base/pool.h"
#include "compute/product.h"
#include "compute/scratch.h"
#include "compute/vector-math.h"

#include <string.h>

/* Floats that the parts of dX take together. */
static size_t
count_parts (const SacBlockedConv *conv)
{
  size_t floats = 0;

  for (size_t i = 0; i < conv->phase_count; i++)
    floats += sac_conv_out_count (&conv->phases[i].shape);
  return floats;
}

bool
sac_blocked_conv_is_one_part (const SacBlockedConv *conv)
{
  return !conv->joined && !conv->spreads && conv->shape.stride_y == 1 &&
         conv->shape.stride_x == 1 && conv->phase_count == 1;
}

/* dY, of both forms; the same through the activation; dX or its parts, where it
 * cannot be made in its place. */
size_t
sac_blocked_conv_gradient_floats (const SacBlockedConv *conv, bool blocked)
{
  bool at_once = (sac_blocked_conv_is_one_part (conv) && blocked) ||
                 conv->spreads || sac_blocked_conv_joined_copies (conv);
  size_t parts = at_once ? 0 : count_parts (conv);
  bool merged = !conv->joined && !conv->spreads &&
                !sac_blocked_conv_is_one_part (conv) && !blocked;

  return sac_conv_out_count (&conv->shape) + parts +
         (merged ? sac_conv_in_count (&conv->shape) : 0);
}

/* Returns: false when cancelled. */
static bool
run_phase (const SacGradientCall *call,
           const SacBlockedPhase *phase,
           const float *dy,
           const float *base,
           float *to)
{
  SacConv conv = {
    .shape = phase->shape,
    .algorithm = phase->algorithm,
    .x = dy,
    .packed = sac_pack_get (phase->pack),
    .y = to,
    .tail = {.residual = base},
  };

  return sac_conv_run (&conv, call->job);
}

static void
run_one_part (const SacGradientCall *call, const float *dy, float *room)
{
  const SacBlockedConv *of = call->params;
  SacBlockedSize in = sac_blocked_conv_in (&of->shape);
  const float *base;
  float *dx = sac_blocked_target (call, 0, room, &base);

  if (run_phase (call, &of->phases[0], dy, base, dx) && dx == room)
    sac_blocked_give (call, 0, &in, dx);
}

/* The parts, one after the other, into dX. */
typedef struct {
  const SacBlockedConv *of;
  size_t planes; /* of each part: blocks of channels times images */
  const float *parts;
  const float *base; /* what dX is added to, or NULL */
  float *dx;
} Merge;

/* Pixels that lie side by side go where they are `step` floats apart. */
static SAC_WIDE void
spread_pixels (
  float *to, const float *from, const float *base, size_t step, size_t count)
{
  for (size_t x = 0; x < count; x++) {
    float *place = to + x * step;
    const float *pixel = from + x * SAC_BLOCK;

    if (base == NULL) {
      memcpy (place, pixel, SAC_BLOCK * sizeof *place);
      continue;
    }
    SAC_INDEPENDENT
    for (size_t lane = 0; lane < SAC_BLOCK; lane++)
      place[lane] = pixel[lane] + base[x * step + lane];
  }
}

/* One row of one block and image. */
static void
merge_row (size_t index, void *data)
{
  const Merge *merge = data;
  const SacConvShape *s = &merge->of->shape;
  size_t plane = index / s->height, y = index % s->height;
  size_t step = s->stride_x * SAC_BLOCK, row_floats = s->width * SAC_BLOCK;
  const float *base =
    merge->base != NULL ? merge->base + index * row_floats : NULL;
  float *to = merge->dx + index * row_floats;
  const float *from = merge->parts;

  if (merge->of->phase_count < s->stride_y * s->stride_x) {
    if (base != NULL)
      memcpy (to, base, row_floats * sizeof *to);
    else
      memset (to, 0, row_floats * sizeof *to);
  }
  for (size_t i = 0; i < merge->of->phase_count; i++) {
    const SacBlockedPhase *phase = &merge->of->phases[i];
    const SacConvShape *part = &phase->shape;
    size_t row = plane * part->out_height + y / s->stride_y;
    const float *pixel = from + row * part->out_width * SAC_BLOCK;

    from += merge->planes * part->out_height * part->out_width * SAC_BLOCK;
    if (y % s->stride_y != phase->y)
      continue;
    spread_pixels (to + phase->x * SAC_BLOCK, pixel,
                   base != NULL ? base + phase->x * SAC_BLOCK : NULL, step,
                   part->out_width);
  }
}

static void
run_parts (const SacGradientCall *call, const float *dy, float *parts)
{
  const SacBlockedConv *of = call->params;
  SacBlockedSize in = sac_blocked_conv_in (&of->shape);
  float *room = parts + count_parts (of), *part = parts;
  size_t planes = sac_blocks (in.channels) * in.images;
  Merge merge = {.of = of, .planes = planes, .parts = parts};

  merge.dx = sac_blocked_target (call, 0, room, &merge.base);
  for (size_t i = 0; i < of->phase_count; i++) {
    if (!run_phase (call, &of->phases[i], dy, NULL, part))
      return;
    part += sac_conv_out_count (&of->phases[i].shape);
  }
  sac_pool_run (planes * in.height, merge_row, &merge);
  sac_blocked_give (call, 0, &in, merge.dx);
}

/* Where dX depends on dY row by row or plane by plane, the function's slope is
 * applied to a piece of dY at a time, which then stays in the cache. */
typedef struct {
  const SacGradientCall *call;
  const float *dy, *base;
  float *dx;
  size_t count; /* of pieces */
} Pieces;

#define PIECE_BYTES ((size_t)512 << 10)
#define PIECE_ROWS_MIN 56
#define PIECE_ROWS_MAX 448

/* An even number of pieces, so that two threads end together. */
size_t
sac_blocked_conv_pieces (size_t pixels, size_t channels)
{
  size_t row_bytes = sac_blocks (channels) * SAC_BLOCK * sizeof (float);
  size_t rows = CLAMP (PIECE_BYTES / row_bytes, PIECE_ROWS_MIN, PIECE_ROWS_MAX);
  size_t pieces = (pixels + rows - 1) / rows;

  return pieces == 1 && pixels < 2 * PIECE_ROWS_MIN ? 1 : (pieces + 1) / 2 * 2;
}

static void
reverse_stripe (size_t index, void *data)
{
  const Pieces *pieces = data;
  const SacBlockedConv *of = pieces->call->params;
  size_t pixels = sac_conv_out_pixels (&of->shape);
  size_t first = pixels * index / pieces->count;
  size_t count = pixels * (index + 1) / pieces->count - first;
  size_t blocks = sac_blocks (of->shape.filters);
  float *dy = sac_scratch_outer (blocks * count * SAC_BLOCK);
  const float *base =
    pieces->base != NULL ? pieces->base + first * SAC_BLOCK : NULL;

  for (size_t i = 0; i < blocks; i++)
    sac_blocked_activation_reverse_rows (&of->activation,
                                         dy + i * count * SAC_BLOCK, pieces->dy,
                                         i * pixels + first, count,
                                         pieces->call->saved);

  SacProduct product = {
    .rows = count,
    .depth = of->shape.filters,
    .columns = of->shape.channels,
    .a = sac_rows_blocked (dy, count),
    .packed = sac_pack_get (of->phases[0].pack),
    .c = sac_rows_blocked (pieces->dx + first * SAC_BLOCK, pixels),
    .tail = {.residual = base},
  };

  if (pieces->count > 1)
    sac_product_here (&product);
  else
    sac_product_run (&product, pieces->call->job);
}

/* One block of channels of one image, as an image of its own. */
static SacConvShape
plane_shape (const SacConvShape *shape)
{
  SacConvShape plane = *shape;

  plane.images = 1;
  plane.channels = plane.filters = plane.groups = SAC_BLOCK;
  return plane;
}

static size_t
count_plane_parts (const SacBlockedConv *of)
{
  size_t floats = 0;

  for (size_t i = 0; i < of->phase_count; i++)
    floats += of->phases[i].shape.out_height * of->phases[i].shape.out_width *
              SAC_BLOCK;
  return floats;
}

static void
reverse_plane (size_t index, void *data)
{
  const Pieces *pieces = data;
  const SacGradientCall *call = pieces->call;
  const SacBlockedConv *of = call->params;
  const SacConvShape *s = &of->shape;
  size_t out = s->out_height * s->out_width, block = index / s->images;
  size_t in_floats = s->height * s->width * SAC_BLOCK;
  bool whole = sac_blocked_conv_is_one_part (of);
  float *dy = sac_scratch_outer (out * SAC_BLOCK + count_plane_parts (of));
  float *part = dy + out * SAC_BLOCK;
  Merge merge = {
    .of = of,
    .planes = 1,
    .parts = part,
    .base = pieces->base != NULL ? pieces->base + index * in_floats : NULL,
    .dx = pieces->dx + index * in_floats,
  };

  sac_blocked_activation_reverse_rows (&of->activation, dy, pieces->dy,
                                       index * out, out, call->saved);
  for (size_t i = 0; i < of->phase_count; i++) {
    const SacBlockedPhase *phase = &of->phases[i];
    size_t taps = phase->shape.kernel_height * phase->shape.kernel_width;
    SacConv conv = {
      .shape = plane_shape (&phase->shape),
      .algorithm = SAC_CONV_DEPTHWISE,
      .x = dy,
      .packed = sac_pack_get (phase->pack) + block * taps * SAC_BLOCK,
      .y = whole ? merge.dx : part,
      .tail = {.residual = whole ? merge.base : NULL},
    };

    sac_conv_run (&conv, call->job);
    part += sac_conv_out_count (&conv.shape);
  }
  for (size_t row = 0; !whole && row < s->height; row++)
    merge_row (row, &merge);
}

bool
sac_blocked_conv_is_depthwise (const SacBlockedConv *conv)
{
  for (size_t i = 0; i < conv->phase_count; i++) {
    if (conv->phases[i].algorithm != SAC_CONV_DEPTHWISE)
      return false;
  }
  return !conv->joined && conv->phase_count > 0;
}

/* Returns: false where dY is needed as a whole. */
static bool
run_pieces (const SacGradientCall *call, const float *dy, float *room)
{
  const SacBlockedConv *of = call->params;
  const SacConvShape *s = &of->shape;
  SacBlockedSize in = sac_blocked_conv_in (s);
  size_t pixels = sac_conv_out_pixels (s);
  Pieces pieces = {
    .call = call,
    .dy = dy,
    .count = sac_blocked_conv_pieces (pixels, s->filters),
  };
  bool pointwise = sac_blocked_conv_is_one_part (of) &&
                   of->phases[0].algorithm == SAC_CONV_POINTWISE;

  if (of->activation.function == SAC_FUNCTION_NONE ||
      call->input_gradients[0] == NULL ||
      (of->residual && call->input_gradients[1] != NULL) ||
      (!pointwise && !sac_blocked_conv_is_depthwise (of)))
    return false;
  pieces.dx = sac_blocked_target (call, 0, room, &pieces.base);
  if (pointwise)
    sac_pool_run (pieces.count, reverse_stripe, &pieces);
  else
    sac_pool_run (sac_blocks (s->channels) * s->images, reverse_plane, &pieces);
  sac_blocked_give (call, 0, &in, pieces.dx);
  return true;
}

/* dY as it is before the function, where it can in the residual's dX. */
static const float *
go_back (const SacGradientCall *call, const float *dy, float *room)
{
  const SacBlockedConv *of = call->params;
  SacBlockedSize out = sac_blocked_conv_out (&of->shape);
  float *place = room;
  const float *base = NULL;

  if (of->activation.function == SAC_FUNCTION_NONE)
    return dy;
  if (of->residual && call->input_gradients[1] != NULL)
    place = sac_blocked_target (call, 1, room, &base);
  if (base != NULL)
    place = room;
  sac_blocked_activation_reverse (&of->activation, place, dy,
                                  sac_blocked_rows (&out), call->saved);
  return place;
}

static void
give_input (const SacGradientCall *call, const float *dy, float *room)
{
  const SacBlockedConv *of = call->params;

  if (sac_blocked_conv_is_one_part (of))
    run_one_part (call, dy, room);
  else
    run_parts (call, dy, room);
}

static void
run_joined (const SacGradientCall *call,
            const float *dy,
            float *sum,
            float *room)
{
  const SacBlockedConv *of = call->params;
  SacBlockedSize out = sac_blocked_conv_out (&of->shape);
  bool gives = of->residual && call->input_gradients[1] != NULL;
  bool copies = of->spreads || sac_blocked_conv_joined_copies (of);
  bool before =
    !gives && copies && of->activation.function != SAC_FUNCTION_NONE;

  if (!before)
    dy = go_back (call, dy, sum);
  if (of->spreads)
    sac_blocked_conv_spread (call, dy, before);
  else
    sac_blocked_conv_give_joined (call, dy, before, room);
  if (gives)
    sac_blocked_give (call, 1, &out, dy);
}

void
sac_blocked_conv_gradient (const SacGradientCall *call)
{
  const SacBlockedConv *of = call->params;
  SacBlockedSize out = sac_blocked_conv_out (&of->shape);
  float *sum = call->workspace, *workspace = sum;
  const float *dy = sac_blocked_collect (call, &out, &workspace);
  float *room = sum + sac_blocked_count (&out);

  if (run_pieces (call, dy, room))
    return;
  if ((of->joined || of->spreads) && call->input_gradients[0] != NULL) {
    run_joined (call, dy, sum, room);
    return;
  }
  dy = go_back (call, dy, sum);
  if (call->input_gradients[0] != NULL)
    give_input (call, dy, room);
  if (of->residual)
    sac_blocked_give (call, 1, &out, dy);
}
