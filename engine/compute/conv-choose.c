/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/conv-choose.h"

#include "compute/variant.h"

#include <glib.h>

/* Multiply-adds a second and thread. */
static const double rates[SAC_VARIANT_COUNT] = {
  [SAC_VARIANT_PLAIN] = 12e9,
  [SAC_VARIANT_AVX2] = 38e9,
  [SAC_VARIANT_AVX512] = 65e9,
  [SAC_VARIANT_AMX] = 65e9,
};

/* Of direct and pointwise convolution with AMX, but for groups, which have too
 * little depth for it; Winograd stays as it is with AVX-512. */
#define RATE_AMX 100e9

/* Of convolution on tiles, with pixels and depth that are left out; and to
 * split 32 numbers, which every chunk does for itself. */
#define RATE_TILES 200e9
#define SPLIT_SECONDS 7e-9
#define SPLITS 4

/* Bytes a second from memory, and how much of that time is not hidden behind
 * arithmetic.  Two threads get a little more than one. */
#define BANDWIDTH 8e9
#define BANDWIDTH_SHARED 10e9
#define BANDWIDTH_SEEN 0.7
/* Where weights are fetched some way ahead. */
#define BANDWIDTH_SEEN_AHEAD 0.5
/* Where tiles read them, which wait for each line. */
#define BANDWIDTH_SEEN_TILES 0.9

/* Of the rate; direct convolution copies its input together. */
#define EFFICIENCY 0.95
#define EFFICIENCY_DIRECT 0.85
#define EFFICIENCY_ROW 0.8

/* To transform a tile of 16 channels there or back, with AVX-512; elsewhere in
 * proportion to the rate. */
#define TRANSFORM_SECONDS_2 30e-9
#define TRANSFORM_SECONDS_3 55e-9
#define TRANSFORM_SECONDS_4 88e-9

static const struct {
  SacConvAlgorithm algorithm;
  double transform;
} winograds[] = {
  [2] = {SAC_CONV_WINOGRAD_2, TRANSFORM_SECONDS_2},
  [3] = {SAC_CONV_WINOGRAD_3, TRANSFORM_SECONDS_3},
  [4] = {SAC_CONV_WINOGRAD_4, TRANSFORM_SECONDS_4},
};

static double
winograd_seconds (const SacConvShape *s, size_t edge, double rate)
{
  size_t tiles = s->images * ((s->out_height + edge - 1) / edge) *
                 ((s->out_width + edge - 1) / edge);
  double slower = rates[SAC_VARIANT_AVX512] / rate;
  size_t blocks = sac_blocks (s->channels) + sac_blocks (s->filters);

  return (double)tiles *
         ((double)sac_conv_packed_count (winograds[edge].algorithm, s) /
            (rate * EFFICIENCY) +
          (double)blocks * winograds[edge].transform * slower);
}

/* Each of three weights in a row is used at six frequencies by a tile of four
 * pixels. */
static double
winograd_row_seconds (const SacConvShape *s, double rate)
{
  size_t tiles = s->images * s->out_height * ((s->out_width + 3) / 4);

  return 2.0 * (double)tiles *
         (double)sac_conv_packed_count (SAC_CONV_WINOGRAD_ROW, s) /
         (rate * EFFICIENCY_ROW);
}

/* Each packed weight is used once an output pixel. */
static double
product_seconds (SacConvAlgorithm algorithm, const SacConvShape *s, double rate)
{
  double efficiency =
    algorithm == SAC_CONV_DIRECT ? EFFICIENCY_DIRECT : EFFICIENCY;
  bool amx = sac_compute_get_variant () == SAC_VARIANT_AMX && s->groups == 1 &&
             (algorithm == SAC_CONV_DIRECT || algorithm == SAC_CONV_POINTWISE);

  if (amx)
    rate = RATE_AMX;

  return (double)sac_conv_out_pixels (s) *
         (double)sac_conv_packed_count (algorithm, s) / (rate * efficiency);
}

/* Packed weights are whole steps, and some pixels are left out. */
static double
tiles_seconds (const SacConvShape *s)
{
  size_t width = s->out_width + (s->kernel_width - 1) / s->stride_x;
  size_t height = s->out_height + (s->kernel_height - 1) / s->stride_y;
  double numbers =
    (double)((s->channels + 31) / 32 * 32) * (double)sac_conv_in_pixels (s);

  return (double)(s->images * width * height) *
           (double)sac_conv_packed_count (SAC_CONV_TILES, s) / RATE_TILES +
         SPLITS * numbers / 32 * SPLIT_SECONDS;
}

double
sac_conv_seconds (SacConvAlgorithm algorithm,
                  const SacConvShape *s,
                  size_t threads)
{
  double rate = rates[sac_compute_get_variant ()];
  double bandwidth = threads > 1 ? BANDWIDTH_SHARED : BANDWIDTH;
  double moved = (double)sac_conv_packed_count (algorithm, s);
  double seen = BANDWIDTH_SEEN, work;

  switch (algorithm) {
  case SAC_CONV_WINOGRAD_2:
    work = winograd_seconds (s, 2, rate);
    break;
  case SAC_CONV_WINOGRAD_3:
    work = winograd_seconds (s, 3, rate);
    break;
  case SAC_CONV_WINOGRAD_4:
    work = winograd_seconds (s, 4, rate);
    break;
  case SAC_CONV_WINOGRAD_ROW:
    work = winograd_row_seconds (s, rate);
    seen = BANDWIDTH_SEEN_AHEAD;
    break;
  case SAC_CONV_DEPTHWISE:
    moved += (double)(sac_conv_in_count (s) + sac_conv_out_count (s));
    work = product_seconds (algorithm, s, rate);
    break;
  case SAC_CONV_TILES:
    work = tiles_seconds (s);
    seen = BANDWIDTH_SEEN_TILES;
    break;
  default:
    work = product_seconds (algorithm, s, rate);
  }
  return work / (double)threads + seen * moved * sizeof (float) / bandwidth;
}

static bool
allowed (SacConvAlgorithm algorithm,
         const SacConvShape *shape,
         const SacConvWish *wish)
{
  if (!sac_conv_can (algorithm, shape) ||
      (algorithm == SAC_CONV_PLANAR && !wish->plain_input) ||
      (algorithm == SAC_CONV_TILES && (wish->float32 || wish->exact)) ||
      ((algorithm == SAC_CONV_WINOGRAD_3 || algorithm == SAC_CONV_WINOGRAD_4) &&
       wish->exact))
    return false;
  return algorithm == SAC_CONV_DIRECT || wish->packed_most == 0 ||
         sac_conv_packed_count (algorithm, shape) <= wish->packed_most;
}

SacConvChoice
sac_conv_choose (const SacConvShape *shape, const SacConvWish *wish)
{
  SacConvChoice best = {SAC_CONV_DIRECT, wish->plain_input, G_MAXDOUBLE};
  double converting =
    2.0 * (double)sac_conv_in_count (shape) * sizeof (float) / BANDWIDTH;

  for (SacConvAlgorithm a = 0; a < SAC_CONV_ALGORITHM_COUNT; a++) {
    if (!allowed (a, shape, wish))
      continue;
    bool convert = wish->plain_input && a != SAC_CONV_PLANAR;
    double seconds =
      sac_conv_seconds (a, shape, wish->threads) + (convert ? converting : 0);

    if (seconds < best.seconds)
      best = (SacConvChoice){a, convert, seconds};
  }
  return best;
}
