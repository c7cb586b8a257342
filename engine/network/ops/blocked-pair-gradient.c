/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Back through a 1x1 convolution and the depthwise one that reads it, some rows
 * of dX at a time:
 *   dZ = first's slope * (depthwise' (second's slope * dY)),  dX = dZ W'
 * where dZ, of which there is the most, never leaves the cache; each pixel of
 * dY has its share of the mean's gradient, too. */
#include "network/ops/blocked-pair.h"

#include "base/pool.h"
#include "compute/kernels.h"
#include "compute/loop.h"
#include "compute/product.h"
#include "compute/scratch.h"
#include "compute/vector-math.h"

#include <string.h>

/* Of dZ: a part of the L2 cache. */
#define PIECE_FLOATS ((size_t)96 << 10)
/* Rows of 16 that are gone through twice: in the L1 cache. */
#define STRIP_ROWS 128

typedef struct {
  const SacGradientCall *call;
  const SacBlockedPair *of;
  const float *dy;    /* NULL: zeros */
  const float *dmean; /* NULL: nothing comes from there */
  const float *base;
  float *dx;
  size_t bands; /* of rows of an image */
} Reverse;

/* Rows of dX, which are as many of dZ; rows of dY that they depend on. */
typedef struct {
  size_t image;
  size_t row, row_end;
  size_t from, from_end;
} Band;

/* Rows of one part of dZ (SacBlockedPhase) that lie in the band. */
typedef struct {
  size_t row, row_end;
} PhaseRows;

static size_t
count_bands (const SacBlockedPair *of)
{
  const SacConvShape *s = &of->second->shape;
  size_t row_floats = sac_blocks (s->channels) * SAC_BLOCK * s->width;
  size_t rows = CLAMP (PIECE_FLOATS / row_floats, 1, s->height);
  size_t bands = (s->height + rows - 1) / rows;

  /* More than one thread has something to do. */
  return s->images == 1 ? MAX (bands, MIN (2, s->height)) : bands;
}

static PhaseRows
rows_of (const SacBlockedPhase *phase, const SacConvShape *s, const Band *band)
{
  size_t first = band->row > phase->y ? band->row - phase->y : 0;
  size_t end = band->row_end > phase->y ? band->row_end - phase->y : 0;
  size_t step = s->stride_y;

  return (PhaseRows){(first + step - 1) / step,
                     MIN ((end + step - 1) / step, phase->shape.out_height)};
}

static Band
band_at (const Reverse *reverse, size_t index)
{
  const SacBlockedConv *second = reverse->of->second;
  const SacConvShape *s = &second->shape;
  size_t part = index % reverse->bands;
  ptrdiff_t from = (ptrdiff_t)s->out_height, end = 0;
  Band band = {
    .image = index / reverse->bands,
    .row = s->height * part / reverse->bands,
    .row_end = s->height * (part + 1) / reverse->bands,
  };

  for (size_t i = 0; i < second->phase_count; i++) {
    const SacConvShape *shape = &second->phases[i].shape;
    PhaseRows rows = rows_of (&second->phases[i], s, &band);
    ptrdiff_t first = (ptrdiff_t)rows.row - shape->pad_top;
    ptrdiff_t extent =
      (ptrdiff_t)((shape->kernel_height - 1) * shape->dilation_y) + 1;

    if (rows.row >= rows.row_end)
      continue;
    from = MIN (from, first);
    end = MAX (end, (ptrdiff_t)rows.row_end - 1 - shape->pad_top + extent);
  }
  band.from = (size_t)CLAMP (from, 0, (ptrdiff_t)s->out_height);
  band.from_end =
    (size_t)CLAMP (end, (ptrdiff_t)band.from, (ptrdiff_t)s->out_height);
  return band;
}

/* The slope of a function, or none, on rows of 16. */
static void
apply_slope (const SacBlockedActivation *activation,
             const void *saved,
             size_t row,
             const float *from,
             float *to,
             size_t rows)
{
  if (activation->function != SAC_FUNCTION_NONE)
    sac_blocked_activation_reverse_rows (
      activation, to, from, 0, rows,
      sac_blocked_activation_entry (activation, saved, row));
  else if (from != to)
    memcpy (to, from, rows * SAC_BLOCK * sizeof *to);
}

static SAC_WIDE void
add_share (const float *from, const float *share, float *to, size_t rows)
{
  for (size_t i = 0; i < rows * SAC_BLOCK; i += SAC_BLOCK) {
    SAC_INDEPENDENT
    for (size_t lane = 0; lane < SAC_BLOCK; lane++)
      to[i + lane] = (from != NULL ? from[i + lane] : 0) + share[lane];
  }
}

/* The same before a function whose slopes are `slopes`. */
static SAC_WIDE void
add_share_reverse (const float *from,
                   const float *share,
                   const float *slopes,
                   float *to,
                   size_t rows)
{
  for (size_t i = 0; i < rows * SAC_BLOCK; i += SAC_BLOCK) {
    SAC_INDEPENDENT
    for (size_t lane = 0; lane < SAC_BLOCK; lane++)
      to[i + lane] = (from[i + lane] + share[lane]) * slopes[i + lane];
  }
}

static const void *
get_saved (const Reverse *reverse, bool second)
{
  return (const char *)reverse->call->saved +
         (second ? sac_blocked_pair_saved (reverse->of->first) : 0);
}

/* dZ of one block of channels before the first one's slope. */
static void
spread_block (const Reverse *reverse,
              const Band *band,
              size_t block,
              const float *dy,
              float *dz)
{
  static const SacTail nothing;
  const SacBlockedConv *second = reverse->of->second;
  const SacConvShape *s = &second->shape;
  size_t row_floats = s->width * SAC_BLOCK;

  if (second->phase_count < s->stride_y * s->stride_x)
    memset (dz, 0, (band->row_end - band->row) * row_floats * sizeof *dz);
  for (size_t i = 0; i < second->phase_count; i++) {
    const SacBlockedPhase *phase = &second->phases[i];
    PhaseRows rows = rows_of (phase, s, band);
    SacConvShape shape = phase->shape;
    size_t taps = shape.kernel_height * shape.kernel_width;

    if (rows.row >= rows.row_end)
      continue;
    shape.images = 1;
    shape.channels = shape.filters = shape.groups = SAC_BLOCK;
    shape.height = band->from_end - band->from;
    shape.pad_top += (ptrdiff_t)band->from;
    sac_kernels ()->depthwise (&(SacDepthwise){
      .shape = &shape,
      .x = dy,
      .weights = sac_pack_get (phase->pack) + block * taps * SAC_BLOCK,
      .y = dz + (rows.row * s->stride_y + phase->y - band->row) * row_floats +
           phase->x * SAC_BLOCK,
      .pixel_step = s->stride_x * SAC_BLOCK,
      .row_step = s->stride_y * row_floats,
      .tail = &nothing,
      .row = rows.row,
      .rows = rows.row_end - rows.row,
    });
  }
}

/* What the mean's gradient gives each pixel of a plane. */
static void
share_of (const Reverse *reverse, size_t plane, float *share)
{
  const SacConvShape *s = &reverse->of->second->shape;
  double pixels = (double)(s->out_height * s->out_width);

  for (size_t lane = 0; lane < SAC_BLOCK; lane++)
    share[lane] =
      (float)((double)reverse->dmean[plane * SAC_BLOCK + lane] / pixels);
}

/* dY of rows from `from` on before the second one's function. */
static void
collect_rows (
  const Reverse *reverse, size_t plane, size_t from, size_t count, float *room)
{
  const SacBlockedActivation *activation = &reverse->of->second->activation;
  const void *saved = get_saved (reverse, true);
  const float *dy = reverse->dy != NULL ? reverse->dy + from * SAC_BLOCK : NULL;
  float share[SAC_BLOCK] = {0};

  if (reverse->dmean == NULL && dy != NULL) {
    apply_slope (activation, saved, from, dy, room, count);
    return;
  }
  if (reverse->dmean != NULL)
    share_of (reverse, plane, share);
  if (dy != NULL && activation->function != SAC_FUNCTION_NONE &&
      !sac_tail_saves_bits (activation->function)) {
    add_share_reverse (dy, share,
                       sac_blocked_activation_entry (activation, saved, from),
                       room, count);
    return;
  }
  for (size_t row = 0; row < count; row += STRIP_ROWS) {
    size_t rows = MIN (STRIP_ROWS, count - row);
    float *to = room + row * SAC_BLOCK;

    add_share (dy != NULL ? dy + row * SAC_BLOCK : NULL, share, to, rows);
    apply_slope (activation, saved, from + row, to, to, rows);
  }
}

static void
reverse_block (const Reverse *reverse,
               const Band *band,
               size_t block,
               float *room,
               float *dz)
{
  const SacBlockedPair *of = reverse->of;
  const SacConvShape *s = &of->second->shape;
  size_t plane = block * s->images + band->image;
  size_t from = (plane * s->out_height + band->from) * s->out_width;
  size_t to = (plane * s->height + band->row) * s->width;

  collect_rows (reverse, plane, from,
                (band->from_end - band->from) * s->out_width, room);
  spread_block (reverse, band, block, room, dz);
  apply_slope (&of->first->activation, get_saved (reverse, false), to, dz, dz,
               (band->row_end - band->row) * s->width);
}

static void
reverse_band (const void *data, size_t index)
{
  const Reverse *reverse = data;
  const SacBlockedPair *of = reverse->of;
  const SacConvShape *s = &of->second->shape;
  Band band = band_at (reverse, index);
  size_t blocks = sac_blocks (s->channels);
  size_t count = (band.row_end - band.row) * s->width;
  size_t first = (band.image * s->height + band.row) * s->width;
  size_t pixels = s->images * s->height * s->width;
  size_t room_floats = (band.from_end - band.from) * s->out_width * SAC_BLOCK;
  float *dz = sac_scratch_outer (blocks * count * SAC_BLOCK + room_floats);
  float *room = dz + blocks * count * SAC_BLOCK;

  for (size_t block = 0; block < blocks && sac_loop_goes_on (); block++)
    reverse_block (reverse, &band, block, room, dz + block * count * SAC_BLOCK);

  SacProduct product = {
    .rows = count,
    .depth = of->first->shape.filters,
    .columns = of->first->shape.channels,
    .a = sac_rows_blocked (dz, count),
    .packed = sac_pack_get (of->first->phases[0].pack),
    .c = sac_rows_blocked (reverse->dx + first * SAC_BLOCK, pixels),
    .tail = {.residual = reverse->base != NULL
                           ? reverse->base + first * SAC_BLOCK
                           : NULL},
  };

  sac_product_here (&product);
}

static bool
has_gradient (const SacGradientCall *call, size_t output)
{
  return output < call->output_count && call->output_gradients[output] != NULL;
}

void
sac_blocked_pair_gradient (const SacGradientCall *call)
{
  const SacBlockedPair *of = call->params;
  SacBlockedSize in = sac_blocked_conv_in (&of->first->shape);
  SacBlockedSize out = sac_blocked_conv_out (&of->second->shape);
  float *sum = call->workspace, *workspace = sum;
  Reverse reverse = {
    .call = call,
    .of = of,
    .dy = has_gradient (call, 0) || has_gradient (call, 1)
            ? sac_blocked_collect (call, &out, &workspace)
            : NULL,
    .dmean = has_gradient (call, 2) ? sac_tensor_f32 (call->output_gradients[2])
                                    : NULL,
    .bands = count_bands (of),
  };

  if (call->input_gradients[0] == NULL)
    return;
  reverse.dx =
    sac_blocked_target (call, 0, sum + sac_blocked_count (&out), &reverse.base);
  if (sac_loop_run (reverse.bands * out.images, reverse_band, &reverse,
                    call->job))
    sac_blocked_give (call, 0, &in, reverse.dx);
}
