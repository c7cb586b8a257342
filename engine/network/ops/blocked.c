/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/blocked.h"

#include "base/error.h"
#include "base/pool.h"
#include "compute/layout.h"
#include "compute/vector-math.h"

#include <string.h>

#define ATTRIBUTE "blocked"

/* Rows in a part: 64 KiB. */
#define PART_ROWS 1024

SacShape
sac_blocked_shape (const SacBlockedSize *size)
{
  return (SacShape){5,
                    {(int64_t)sac_blocks (size->channels),
                     (int64_t)size->images, (int64_t)size->height,
                     (int64_t)size->width, SAC_BLOCK}};
}

SacShape
sac_blocked_plain_shape (const SacBlockedSize *size)
{
  return (SacShape){4,
                    {(int64_t)size->images, (int64_t)size->channels,
                     (int64_t)size->height, (int64_t)size->width}};
}

bool
sac_blocked_same (const SacBlockedSize *a, const SacBlockedSize *b)
{
  return a->images == b->images && a->channels == b->channels &&
         a->height == b->height && a->width == b->width;
}

SacBlockedSize
sac_blocked_size_of (const SacShape *shape)
{
  return (SacBlockedSize){
    (size_t)shape->dims[0],
    (size_t)shape->dims[1],
    (size_t)shape->dims[2],
    (size_t)shape->dims[3],
  };
}

SacAttribute
sac_blocked_attribute (const void *params, size_t size)
{
  return (SacAttribute){
    .name = ATTRIBUTE,
    .kind = SAC_ATTRIBUTE_OTHER,
    .s = params,
    .s_size = size,
  };
}

const void *
sac_blocked_get (const SacInfer *infer)
{
  return sac_infer_attribute (infer, ATTRIBUTE)->s;
}

bool
sac_blocked_check_input (const SacInfer *infer,
                         size_t input,
                         const SacBlockedSize *size,
                         GError **error)
{
  SacShape blocked = sac_blocked_shape (size);
  SacShape plain = sac_blocked_plain_shape (size);

  if (sac_infer_has (infer, input) &&
      infer->inputs[input]->type == SAC_TYPE_FLOAT &&
      (sac_shape_equal (&infer->inputs[input]->shape, &blocked) ||
       sac_shape_equal (&infer->inputs[input]->shape, &plain)))
    return true;
  return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                         "input %zu is not the image that was planned for",
                         input);
}

bool
sac_blocked_infer_outputs (SacInfer *infer,
                           const SacBlockedSize *size,
                           size_t *ret_extra,
                           GError **error)
{
  SacShape blocked = sac_blocked_shape (size);
  SacShape plain = sac_blocked_plain_shape (size);
  bool wanted = infer->output_count > 1 && infer->node->outputs[1] >= 0;

  *ret_extra = wanted ? 0 : sac_blocked_count (size);
  return sac_infer_output (infer, 0, SAC_TYPE_FLOAT, &plain, error) &&
         (infer->output_count < 2 ||
          sac_infer_output (infer, 1, SAC_TYPE_FLOAT, &blocked, error));
}

size_t
sac_blocked_input_floats (const SacInfer *infer,
                          size_t input,
                          const SacBlockedSize *size)
{
  return sac_blocked_is (&infer->inputs[input]->shape)
           ? 0
           : sac_blocked_count (size);
}

typedef struct {
  float *to;
  const float *from;
  const float *base; /* what is added to; may be `to` */
  const SacBlockedSize *size;
  size_t plane; /* pixels */
  size_t parts; /* of a plane */
} Conversion;

/* Some pixels of one block of channels of one image. */
typedef struct {
  size_t first, count;
  size_t channels;
  size_t plain;   /* floats before the first channel's plane */
  size_t blocked; /* floats before the first pixel's block */
} Part;

static Part
get_part (const Conversion *c, size_t index)
{
  size_t image = index / c->parts % c->size->images;
  size_t block = index / c->parts / c->size->images;
  size_t first = index % c->parts * PART_ROWS;

  return (Part){
    .first = first,
    .count = MIN (PART_ROWS, c->plane - first),
    .channels = MIN (SAC_BLOCK, c->size->channels - block * SAC_BLOCK),
    .plain = (image * c->size->channels + block * SAC_BLOCK) * c->plane + first,
    .blocked =
      ((block * c->size->images + image) * c->plane + first) * SAC_BLOCK,
  };
}

static void
run_conversion (const Conversion *conversion, SacPoolFunc func)
{
  Conversion c = *conversion;

  c.plane = c.size->height * c.size->width;
  c.parts = (c.plane + PART_ROWS - 1) / PART_ROWS;
  sac_pool_run (sac_blocks (c.size->channels) * c.size->images * c.parts, func,
                &c);
}

/* A square of 16 x 16 at a time, so that both sides stay in the cache. */
#define SQUARE SAC_BLOCK

static SAC_WIDE void
add_unblocked_part (size_t index, void *data)
{
  const Conversion *c = data;
  Part part = get_part (c, index);
  const float *from = c->from + part.blocked;
  const float *base = c->base + part.plain;
  float *to = c->to + part.plain;

  for (size_t p = 0; p < part.count; p += SQUARE) {
    size_t count = MIN (SQUARE, part.count - p);

    for (size_t i = 0; i < part.channels; i++) {
      size_t place = i * c->plane + p;

      SAC_INDEPENDENT
      for (size_t k = 0; k < count; k++)
        to[place + k] = base[place + k] + from[(p + k) * SAC_BLOCK + i];
    }
  }
}

static SAC_WIDE void
add_blocked_part (size_t index, void *data)
{
  const Conversion *c = data;
  Part part = get_part (c, index);
  const float *from = c->from + part.plain;
  float *to = c->to + part.blocked;

  for (size_t p = 0; p < part.count; p += SQUARE) {
    size_t count = MIN (SQUARE, part.count - p);

    for (size_t i = 0; i < part.channels; i++) {
      for (size_t k = 0; k < count; k++)
        to[(p + k) * SAC_BLOCK + i] += from[i * c->plane + p + k];
    }
  }
}

static SacLayout
layout_of (const SacBlockedSize *size, float *to, const float *from)
{
  return (SacLayout){size->images, size->channels, size->height * size->width,
                     from, to};
}

void
sac_blocked_from_plain (float *to,
                        const float *from,
                        const SacBlockedSize *size)
{
  SacLayout layout = layout_of (size, to, from);

  sac_layout_to_blocked (&layout, NULL);
}

typedef struct {
  SacBlockedFunc func;
  void *data;
  size_t rows;
} Rows;

static void
run_part (size_t index, void *data)
{
  const Rows *rows = data;
  size_t first = index * PART_ROWS;

  rows->func (first, MIN (PART_ROWS, rows->rows - first), rows->data);
}

void
sac_blocked_run (size_t rows, SacBlockedFunc func, void *data)
{
  sac_pool_run ((rows + PART_ROWS - 1) / PART_ROWS, run_part,
                &(Rows){func, data, rows});
}

typedef struct {
  float *to;
  const float *from, *base; /* base: or NULL; may be `to` */
} Sum;

static SAC_WIDE void
add_rows (size_t first, size_t count, void *data)
{
  const Sum *sum = data;
  const float *from = sum->from + first * SAC_BLOCK;
  const float *base = sum->base + first * SAC_BLOCK;
  float *to = sum->to + first * SAC_BLOCK;

  SAC_INDEPENDENT
  for (size_t i = 0; i < count * SAC_BLOCK; i++)
    to[i] = base[i] + from[i];
}

static void
copy_rows (size_t first, size_t count, void *data)
{
  const Sum *sum = data;

  memcpy (sum->to + first * SAC_BLOCK, sum->from + first * SAC_BLOCK,
          count * SAC_BLOCK * sizeof *sum->to);
}

static void
give_blocked (const Sum *sum, size_t rows)
{
  if (sum->base != NULL)
    sac_blocked_run (rows, add_rows, (void *)sum);
  else if (sum->to != sum->from)
    sac_blocked_run (rows, copy_rows, (void *)sum);
}

const float *
sac_blocked_read (const SacTensor *input,
                  const SacBlockedSize *size,
                  float **workspace)
{
  float *place = *workspace;

  if (sac_blocked_is (&input->shape))
    return sac_tensor_f32 (input);
  sac_blocked_from_plain (place, sac_tensor_f32 (input), size);
  *workspace += sac_blocked_count (size);
  return place;
}

static SacTensor *
get_output (const SacCall *call, size_t index)
{
  return index < call->output_count ? call->outputs[index] : NULL;
}

float *
sac_blocked_begin (const SacCall *call, float **workspace)
{
  SacTensor *blocked = get_output (call, 1);

  return blocked != NULL ? sac_tensor_f32 (blocked) : *workspace;
}

void
sac_blocked_finish (const SacCall *call,
                    const SacBlockedSize *size,
                    const float *y)
{
  SacTensor *plain = get_output (call, 0);

  if (plain == NULL)
    return;

  SacLayout layout = layout_of (size, sac_tensor_f32 (plain), y);

  sac_layout_from_blocked (&layout, call->job);
}

const float *
sac_blocked_collect (const SacGradientCall *call,
                     const SacBlockedSize *size,
                     float **workspace)
{
  const SacTensor *plain = call->output_gradients[0];
  const SacTensor *blocked =
    call->output_count > 1 ? call->output_gradients[1] : NULL;
  float *sum = *workspace;

  if (plain == NULL)
    return sac_tensor_f32 (blocked);
  *workspace += sac_blocked_count (size);
  if (blocked == NULL) {
    sac_blocked_from_plain (sum, sac_tensor_f32 (plain), size);
    return sum;
  }
  memcpy (sum, blocked->data, sac_blocked_count (size) * sizeof (float));
  run_conversion (&(Conversion){.to = sum,
                                .from = sac_tensor_f32 (plain),
                                .size = size},
                  add_blocked_part);
  return sum;
}

const float *
sac_blocked_base (const SacGradientCall *call, size_t input)
{
  const SacTensor *base =
    call->sums != NULL ? call->sums[input] : call->input_gradients[input];

  return base != NULL ? base->data : NULL;
}

float *
sac_blocked_target (const SacGradientCall *call,
                    size_t input,
                    float *fallback,
                    const float **ret_base)
{
  SacTensor *dx = call->input_gradients[input];
  bool direct = call->sums != NULL && sac_blocked_is (&dx->shape);

  *ret_base = direct ? sac_blocked_base (call, input) : NULL;
  return direct ? sac_tensor_f32 (dx) : fallback;
}

void
sac_blocked_give (const SacGradientCall *call,
                  size_t input,
                  const SacBlockedSize *size,
                  const float *from)
{
  SacTensor *dx = call->input_gradients[input];

  if (dx == NULL || dx->data == from)
    return;

  const float *base = sac_blocked_base (call, input);
  float *to = sac_tensor_f32 (dx);

  if (sac_blocked_is (&dx->shape)) {
    give_blocked (&(Sum){to, from, base}, sac_blocked_rows (size));
  } else if (base != NULL) {
    run_conversion (&(Conversion){.to = to,
                                  .from = from,
                                  .base = base,
                                  .size = size},
                    add_unblocked_part);
  } else {
    SacLayout layout = layout_of (size, to, from);

    sac_layout_from_blocked (&layout, call->job);
  }
}

void
sac_blocked_clear_tail (float *y, const SacBlockedSize *size)
{
  size_t used = size->channels % SAC_BLOCK;
  size_t pixels = sac_blocked_pixels (size);
  float *last = y + (sac_blocks (size->channels) - 1) * pixels * SAC_BLOCK;

  for (size_t i = 0; used > 0 && i < pixels; i++)
    memset (last + i * SAC_BLOCK + used, 0, (SAC_BLOCK - used) * sizeof *last);
}
