/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The gradient of a convolution of few channels to its plain input.  The
 * forward packing, whose rows are weights, times a row of dY is what each
 * weight sends to a row of dX:
 *
 *   sent[channel, ky, kx][x] = sum over filters of
 *                              W[filter][channel, ky, kx] dY[filter][y][x]
 *   dX[channel][y stride_y + ky - pad_top][x stride_x + kx - pad_left] += sent
 *
 * so that no block of 16 channels is worked out for three.  Columns of dX that
 * are a stride apart lie together until all is added up, and so sums are of
 * neighbours. */
#include "base/pool.h"
#include "compute/kernels.h"
#include "compute/scratch.h"
#include "compute/vector-math.h"
#include "network/ops/blocked-conv.h"

#include <string.h>

/* Beyond, what is sent leaves the cache. */
#define KERNEL_MAX 16
/* Columns of dY at once. */
#define STRIPE_COLUMNS 224
/* Of a stripe's sums; stripes there are where rows suffice; and kernels' rows
 * in a stripe, as rows near its edges are worked out for both sides. */
#define SUM_BYTES ((size_t)256 << 10)
#define STRIPES_LEAST 4
#define STRIPE_KERNELS 4

typedef struct {
  const SacGradientCall *call;
  const SacConvShape *shape;
  const SacBlockedActivation *before; /* dy has yet to go back through it */
  const float *packed;
  const float *dy, *base; /* base: what dX is added to, or NULL */
  float *dx;
  size_t stripes;
} Spread;

/* What one stripe works on. */
typedef struct {
  const Spread *of;
  size_t image, first, rows; /* of dX */
  SacRun *runs;
  float *sums;   /* [channel][row][column % stride][column / stride] */
  float *panels; /* of dY: [column / 32][filter][32] */
  float *sent;   /* [channel, ky, kx][column of the stripe] */
  float *row;    /* of a block of dY, before the function */
} Stripe;

bool
sac_blocked_conv_can_spread (const SacConvShape *s)
{
  return s->kernel_height <= KERNEL_MAX && s->kernel_width <= KERNEL_MAX &&
         s->dilation_y == 1 &&
         (s->kernel_height > s->stride_y || s->kernel_width > s->stride_x);
}

static size_t
depth_of (const SacConvShape *s)
{
  return s->channels * s->kernel_height * s->kernel_width;
}

/* Sums of a row of dX that are a stride apart. */
static size_t
phase_width (const SacConvShape *s)
{
  return s->out_width + (s->kernel_width - 1) / s->stride_x;
}

static size_t
row_sums (const SacConvShape *s)
{
  return s->stride_x * phase_width (s);
}

static size_t
count_stripes (const SacConvShape *s)
{
  size_t floats = s->channels * s->height * row_sums (s);
  size_t wanted = MAX (STRIPES_LEAST, floats * sizeof (float) / SUM_BYTES + 1);

  return CLAMP (s->height / (STRIPE_KERNELS * s->kernel_height), 1, wanted);
}

/* A panel of 32 columns of row y of dY, zero beyond its end. */
static void
fill_panel (const Stripe *stripe, size_t y, size_t column, float *panel)
{
  const Spread *of = stripe->of;
  const SacConvShape *s = of->shape;
  size_t count = MIN (SAC_PANEL, s->out_width - column);

  if (count < SAC_PANEL)
    memset (panel, 0, s->filters * SAC_PANEL * sizeof *panel);
  for (size_t block = 0; block < sac_blocks (s->filters); block++) {
    size_t first =
      ((block * s->images + stripe->image) * s->out_height + y) * s->out_width +
      column;
    const float *from = of->dy + first * SAC_BLOCK;
    size_t filter = block * SAC_BLOCK;

    if (of->before != NULL) {
      sac_blocked_activation_reverse_rows (of->before, stripe->row, of->dy,
                                           first, count, of->call->saved);
      from = stripe->row;
    }
    sac_kernels ()->transpose (from, SAC_BLOCK, count,
                               MIN (SAC_BLOCK, s->filters - filter),
                               panel + filter * SAC_PANEL, SAC_PANEL);
  }
}

/* Adds what `count` columns of row y of dY from `column` on have sent. */
static SAC_WIDE void
add_sent (const Stripe *stripe, size_t y, size_t column, size_t count)
{
  const SacConvShape *s = stripe->of->shape;
  size_t width = phase_width (s);
  const float *sent = stripe->sent;

  for (size_t i = 0; i < s->channels * s->kernel_height; i++) {
    ptrdiff_t row =
      (ptrdiff_t)(y * s->stride_y + i % s->kernel_height) - s->pad_top;
    float *sums = stripe->sums + (i / s->kernel_height * stripe->rows +
                                  (size_t)(row - (ptrdiff_t)stripe->first)) *
                                   row_sums (s);

    if (row < (ptrdiff_t)stripe->first ||
        row >= (ptrdiff_t)(stripe->first + stripe->rows)) {
      sent += s->kernel_width * STRIPE_COLUMNS;
      continue;
    }
    for (size_t kx = 0; kx < s->kernel_width; kx++, sent += STRIPE_COLUMNS) {
      float *to = sums + kx % s->stride_x * width + kx / s->stride_x + column;

      SAC_INDEPENDENT
      for (size_t x = 0; x < count; x++)
        to[x] += sent[x];
    }
  }
}

/* One row of dY. */
static void
spread_row (const Stripe *stripe, size_t y)
{
  const SacConvShape *s = stripe->of->shape;
  size_t panel_floats = s->filters * SAC_PANEL;
  SacMultiply work = {
    .a = stripe->of->packed,
    .a_step = SAC_PANEL,
    .runs = stripe->runs,
    .run_count = (s->filters + SAC_PANEL - 1) / SAC_PANEL,
    .b = stripe->panels,
    .panel_floats = panel_floats,
    .c = {stripe->sent, STRIPE_COLUMNS, SAC_BLOCK, false},
    .rows = depth_of (s),
  };

  for (size_t column = 0; column < s->out_width; column += STRIPE_COLUMNS) {
    size_t count = MIN (STRIPE_COLUMNS, s->out_width - column);

    for (size_t i = 0; i < count; i += SAC_PANEL)
      fill_panel (stripe, y, column + i,
                  stripe->panels + i / SAC_PANEL * panel_floats);
    work.columns = sac_blocks (count) * SAC_BLOCK;
    sac_kernels ()->multiply (&work);
    add_sent (stripe, y, column, count);
  }
}

/* One row of one channel of dX; padding has no gradient, and where no weight
 * reaches it is zero. */
static void
give_row (const Stripe *stripe, size_t channel, size_t row)
{
  const Spread *of = stripe->of;
  const SacConvShape *s = of->shape;
  ptrdiff_t step = (ptrdiff_t)s->stride_x, width = (ptrdiff_t)s->width;
  ptrdiff_t count = (ptrdiff_t)phase_width (s);
  size_t place = ((stripe->image * s->channels + channel) * s->height +
                  stripe->first + row) *
                 s->width;
  const float *sums =
    stripe->sums + (channel * stripe->rows + row) * row_sums (s);
  float *to = of->dx + place;

  if (of->base == NULL)
    memset (to, 0, s->width * sizeof *to);
  else if (of->base != of->dx)
    memcpy (to, of->base + place, s->width * sizeof *to);
  for (ptrdiff_t phase = 0; phase < step; phase++, sums += count) {
    ptrdiff_t at = phase - s->pad_left; /* of the first of these sums */
    ptrdiff_t begin = at < 0 ? (step - 1 - at) / step : 0;
    ptrdiff_t end = at < width ? (width - at + step - 1) / step : 0;

    for (ptrdiff_t i = begin; i < MIN (end, count); i++)
      to[i * step + at] += sums[i];
  }
}

static void
run_stripe (size_t index, void *data)
{
  const Spread *of = data;
  const SacConvShape *s = of->shape;
  size_t stripe_index = index % of->stripes;
  size_t first = s->height * stripe_index / of->stripes;
  size_t rows = s->height * (stripe_index + 1) / of->stripes - first;
  size_t panels = (s->filters + SAC_PANEL - 1) / SAC_PANEL;
  size_t sent = depth_of (s) * STRIPE_COLUMNS;
  size_t panel_floats = STRIPE_COLUMNS * s->filters;
  size_t run_floats = (panels * sizeof (SacRun) / sizeof (float) + 15) / 16;
  size_t sums = s->channels * rows * row_sums (s);
  float *room = sac_scratch_outer (sent + panel_floats + run_floats * 16 +
                                   SAC_PANEL * SAC_BLOCK + sums);
  Stripe stripe = {
    .of = of,
    .image = index / of->stripes,
    .first = first,
    .rows = rows,
    .sent = room,
    .panels = room + sent,
    .row = room + sent + panel_floats,
    .runs =
      (SacRun *)(void *)(room + sent + panel_floats + SAC_PANEL * SAC_BLOCK),
    .sums =
      room + sent + panel_floats + SAC_PANEL * SAC_BLOCK + run_floats * 16,
  };
  ptrdiff_t last = (ptrdiff_t)(first + rows) - 1 + s->pad_top;

  for (size_t i = 0; i < panels; i++)
    stripe.runs[i] =
      (SacRun){(ptrdiff_t)(i * depth_of (s) * SAC_PANEL),
               (ptrdiff_t)MIN (SAC_PANEL, s->filters - i * SAC_PANEL)};
  memset (stripe.sums, 0, sums * sizeof *stripe.sums);
  for (size_t y = 0; y < s->out_height; y++) {
    ptrdiff_t reached = (ptrdiff_t)(y * s->stride_y);

    if (reached > last ||
        reached + (ptrdiff_t)s->kernel_height <= (ptrdiff_t)first + s->pad_top)
      continue;
    if (of->call->job != NULL && sac_job_is_cancelled (of->call->job))
      return;
    spread_row (&stripe, y);
  }
  for (size_t i = 0; i < s->channels * rows; i++)
    give_row (&stripe, i / rows, i % rows);
}

void
sac_blocked_conv_spread (const SacGradientCall *call,
                         const float *dy,
                         bool before)
{
  const SacBlockedConv *of = call->params;
  const SacConvShape *s = &of->shape;
  Spread spread = {
    .call = call,
    .shape = s,
    .before = before ? &of->activation : NULL,
    .packed = sac_pack_get (of->pack),
    .dy = dy,
    .base = sac_blocked_base (call, 0),
    .dx = sac_tensor_f32 (call->input_gradients[0]),
    .stripes = count_stripes (s),
  };

  sac_pool_run (s->images * spread.stripes, run_stripe, &spread);
}
