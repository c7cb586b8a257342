/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The gradient of a strided convolution whose parts are filters of one
 * convolution of dY.  Rows of dY are copied with the zeros around them, and
 * before the function, a few at a time: the taps of a pixel then lie at fixed
 * distances, and what a row of them gives goes into dX at once. */
#include "base/pool.h"
#include "compute/kernels.h"
#include "compute/scratch.h"
#include "compute/vector-math.h"
#include "network/ops/blocked-conv.h"

#include <string.h>

/* Of copied rows. */
#define COPY_BYTES ((size_t)512 << 10)

typedef struct {
  const SacGradientCall *call;
  const SacBlockedConv *of;
  const float *dy;
  const float *base; /* what dX is added to, or NULL */
  float *dx;
  bool blocked;      /* dX */
  bool before;       /* dy has yet to go back through the function */
  const float *row;  /* of the convolution's result; its first block */
  size_t block_step; /* floats to the next block of it */
} Joined;

/* One channel of row y of dX, of the filters that are its parts. */
static void
give_channel (const Joined *joined, size_t image, size_t channel, size_t y)
{
  const SacConvShape *s = &joined->of->shape;
  size_t plane = joined->blocked ? channel / SAC_BLOCK * s->images + image
                                 : image * s->channels + channel;
  size_t step = joined->blocked ? SAC_BLOCK : 1;
  size_t start = (plane * s->height + y) * s->width * step +
                 (joined->blocked ? channel % SAC_BLOCK : 0);
  const float *base = joined->base != NULL ? joined->base + start : NULL;
  float *to = joined->dx + start;
  size_t first = y % s->stride_y * s->stride_x;

  for (size_t phase = 0; phase < s->stride_x; phase++) {
    size_t filter = (first + phase) * s->channels + channel;
    const float *from = joined->row + filter / SAC_BLOCK * joined->block_step +
                        filter % SAC_BLOCK;

    for (size_t x = phase; x < s->width; x += s->stride_x, from += SAC_BLOCK)
      to[x * step] = *from + (base != NULL ? base[x * step] : 0);
  }
}

/* The same for a whole block of channels. */
static SAC_WIDE void
give_block (const Joined *joined, size_t image, size_t block, size_t y)
{
  const SacConvShape *s = &joined->of->shape;
  size_t start =
    ((block * s->images + image) * s->height + y) * s->width * SAC_BLOCK;
  const float *base = joined->base != NULL ? joined->base + start : NULL;
  float *to = joined->dx + start;
  size_t blocks = s->channels / SAC_BLOCK;

  for (size_t x = 0; x < s->width; x++) {
    size_t phase = y % s->stride_y * s->stride_x + x % s->stride_x;
    const float *from = joined->row +
                        (phase * blocks + block) * joined->block_step +
                        x / s->stride_x * SAC_BLOCK;

    for (size_t lane = 0; lane < SAC_BLOCK; lane++)
      to[x * SAC_BLOCK + lane] =
        from[lane] + (base != NULL ? base[x * SAC_BLOCK + lane] : 0);
  }
}

static void
give_row (const Joined *joined, size_t image, size_t y)
{
  const SacConvShape *s = &joined->of->shape;

  if (joined->blocked && s->channels % SAC_BLOCK == 0) {
    for (size_t block = 0; block < s->channels / SAC_BLOCK; block++)
      give_block (joined, image, block, y);
    return;
  }
  for (size_t channel = 0; channel < s->channels; channel++)
    give_channel (joined, image, channel, y);
}

/* All rows of dX that one row of the convolution's result has parts of. */
static void
give_rows (const Joined *joined, size_t image, size_t row)
{
  const SacConvShape *s = &joined->of->shape;
  size_t first = row * s->stride_y;

  for (size_t y = first; y < MIN (first + s->stride_y, s->height); y++)
    give_row (joined, image, y);
}

static size_t
copy_width (const SacConvShape *part)
{
  return part->out_width + part->kernel_width - 1;
}

/* Output rows of a stripe. */
static size_t
stripe_rows (const SacConvShape *part)
{
  size_t row_bytes = sac_blocks (part->channels) * copy_width (part) *
                     SAC_BLOCK * sizeof (float);
  size_t fit = COPY_BYTES / row_bytes;
  size_t rows = fit > part->kernel_height ? fit - part->kernel_height + 1 : 1;

  return MIN (rows, part->out_height);
}

/* One row of one block of dY, which begins at row `at` of all rows. */
static void
copy_row (const Joined *joined, size_t at, ptrdiff_t y, float *to)
{
  const SacConvShape *part = &joined->of->phases[0].shape;
  ptrdiff_t width = (ptrdiff_t)part->width;
  ptrdiff_t count = (ptrdiff_t)copy_width (part);
  ptrdiff_t start = CLAMP (part->pad_left, 0, count);
  ptrdiff_t end = CLAMP (part->pad_left + width, start, count);
  size_t inside = (size_t)(end - start);
  size_t pixel = SAC_BLOCK * sizeof (float);

  if (y < 0 || y >= (ptrdiff_t)part->height) {
    memset (to, 0, (size_t)count * pixel);
    return;
  }

  size_t first = at + (size_t)(y * width + start - part->pad_left);

  memset (to, 0, (size_t)start * pixel);
  if (joined->before)
    sac_blocked_activation_reverse_rows (&joined->of->activation,
                                         to + start * SAC_BLOCK, joined->dy,
                                         first, inside, joined->call->saved);
  else
    memcpy (to + start * SAC_BLOCK, joined->dy + first * SAC_BLOCK,
            inside * pixel);
  memset (to + end * SAC_BLOCK, 0, (size_t)(count - end) * pixel);
}

/* What a pixel's taps see, in the order of the packed weights. */
static void
list_runs (const SacConvShape *part, size_t height, SacRun *runs)
{
  size_t width = copy_width (part);

  for (size_t ky = 0; ky < part->kernel_height; ky++) {
    for (size_t kx = 0; kx < part->kernel_width; kx++) {
      for (size_t c = 0; c < part->channels; c += SAC_BLOCK)
        *runs++ = (SacRun){
          (ptrdiff_t)(((c / SAC_BLOCK * height + ky) * width + kx) * SAC_BLOCK),
          (ptrdiff_t)MIN (SAC_BLOCK, part->channels - c),
        };
    }
  }
}

static void
run_stripe (size_t index, void *data)
{
  Joined joined = *(const Joined *)data;
  const SacBlockedPhase *phase = &joined.of->phases[0];
  const SacConvShape *part = &phase->shape;
  size_t rows = stripe_rows (part);
  size_t stripes = (part->out_height + rows - 1) / rows;
  size_t image = index / stripes, first = index % stripes * rows;
  size_t count = MIN (rows, part->out_height - first);
  size_t height = count + part->kernel_height - 1;
  size_t blocks = sac_blocks (part->channels);
  size_t depth = part->kernel_height * part->kernel_width * part->channels;
  size_t run_count = part->kernel_height * part->kernel_width * blocks;
  size_t run_floats = (run_count * sizeof (SacRun) / sizeof (float) + 15) / 16;
  size_t copy_floats = blocks * height * copy_width (part) * SAC_BLOCK;
  size_t row_floats = part->out_width * SAC_BLOCK;
  float *runs = sac_scratch_outer (run_floats * 16 + copy_floats +
                                   sac_blocks (part->filters) * row_floats);
  float *copy = runs + run_floats * 16, *row = copy + copy_floats;
  SacTail tail = {0};
  SacMultiply work = {
    .a_step = SAC_BLOCK,
    .runs = (SacRun *)(void *)runs,
    .run_count = run_count,
    .b = sac_pack_get (phase->pack),
    .panel_floats = depth * SAC_PANEL,
    .c = sac_rows_blocked (row, part->out_width),
    .rows = part->out_width,
    .columns = part->filters,
    .tail = &tail,
  };

  list_runs (part, height, (SacRun *)(void *)runs);
  for (size_t i = 0; i < blocks * height; i++)
    copy_row (&joined,
              (i / height * part->images + image) * part->height * part->width,
              (ptrdiff_t)(first + i % height) - part->pad_top,
              copy + i * copy_width (part) * SAC_BLOCK);
  joined.row = row;
  joined.block_step = row_floats;
  for (size_t i = 0; i < count; i++) {
    if (joined.call->job != NULL && sac_job_is_cancelled (joined.call->job))
      return;
    work.a = copy + i * copy_width (part) * SAC_BLOCK;
    sac_kernels ()->multiply (&work);
    give_rows (&joined, image, first + i);
  }
}

/* One row of the result that has been made as a whole. */
static void
unjoin_row (size_t index, void *data)
{
  Joined joined = *(const Joined *)data;
  const SacConvShape *part = &joined.of->phases[0].shape;
  size_t floats = part->out_width * SAC_BLOCK;

  joined.row += index * floats;
  joined.block_step = part->images * part->out_height * floats;
  give_rows (&joined, index / part->out_height, index % part->out_height);
}

bool
sac_blocked_conv_joined_copies (const SacBlockedConv *conv)
{
  return conv->joined && conv->phases[0].algorithm == SAC_CONV_DIRECT;
}

void
sac_blocked_conv_give_joined (const SacGradientCall *call,
                              const float *dy,
                              bool before,
                              float *room)
{
  const SacBlockedConv *of = call->params;
  const SacConvShape *part = &of->phases[0].shape;
  SacBlockedSize in = sac_blocked_conv_in (&of->shape);
  SacTensor *dx = call->input_gradients[0];
  Joined joined = {
    .call = call,
    .of = of,
    .dy = dy,
    .base = sac_blocked_base (call, 0),
    .dx = sac_tensor_f32 (dx),
    .blocked = sac_blocked_is (&dx->shape),
    .before = before,
    .row = room,
  };
  SacConv conv = {
    .shape = *part,
    .algorithm = of->phases[0].algorithm,
    .x = dy,
    .packed = sac_pack_get (of->phases[0].pack),
    .y = room,
  };
  size_t rows = stripe_rows (part);

  if (sac_blocked_conv_joined_copies (of))
    sac_pool_run (part->images * ((part->out_height + rows - 1) / rows),
                  run_stripe, &joined);
  else if (sac_conv_run (&conv, call->job))
    sac_pool_run (part->images * part->out_height, unjoin_row, &joined);
  if (joined.blocked)
    sac_blocked_clear_tail (joined.dx, &in);
}
