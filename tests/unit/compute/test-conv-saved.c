/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the function of a convolution's tail leaves for its gradient, by every
 * algorithm: the slope at what the same convolution gives without it. */
#include "compute-support.h"
#include "conv-support.h"
#include "support.h"

#include <stdint.h>

/* A sum that is so near to a kink may be rounded to its other side. */
#define NEAR 1e-4

static bool
has_slope (const SacTail *tail, double x)
{
  SacFunction function =
    tail->first != SAC_FUNCTION_NONE ? tail->first : tail->last;

  switch (function) {
  case SAC_FUNCTION_CLIP:
    return x >= (double)tail->low && x <= (double)tail->high;
  case SAC_FUNCTION_HARD_SIGMOID:
    return (double)tail->low * x + (double)tail->high > 0 &&
           (double)tail->low * x + (double)tail->high < 1;
  default:
    return x > 0;
  }
}

/* Near a kink either side will do. */
static void
check_bit (const SacTail *tail, double x, bool got, const char *what)
{
  bool below = has_slope (tail, x - NEAR), above = has_slope (tail, x + NEAR);

  if (below == above && got != above)
    g_error ("%s: a slope %s at %g", what, got ? "told" : "missing", x);
}

static void
check_slope (SacFunction function, double x, double got, const char *what)
{
  double below = slope_of (function, x - NEAR);
  double above = slope_of (function, x + NEAR);

  if (!(got >= MIN (below, above) - NEAR && got <= MAX (below, above) + NEAR))
    g_error ("%s: a slope of %g at %g, from %g to %g there", what, got, x,
             below, above);
}

static void
check_saved (const ConvCase *c,
             SacConvAlgorithm algorithm,
             SacTail tail,
             const double *x)
{
  const SacConvShape *s = &c->shape;
  SacFunction function =
    tail.first != SAC_FUNCTION_NONE ? tail.first : tail.last;
  bool bits = sac_tail_saves_bits (function);
  size_t rows = sac_conv_out_count (s) / SAC_BLOCK;
  size_t room = bits ? (rows + 1) / 2 : rows * SAC_BLOCK;
  size_t out = s->out_height * s->out_width;
  float *saved = guarded_new (room);
  g_autofree char *what =
    g_strdup_printf ("%s, %zu to %zu of %zu x %zu, function %d",
                     sac_conv_algorithm_name (algorithm), s->channels,
                     s->filters, s->height, s->width, (int)function);

  tail.saved = saved;
  g_free (conv_got (c, algorithm, tail));
  for (size_t i = 0; i < s->images * s->filters * out; i++) {
    size_t image = i / (s->filters * out), filter = i / out % s->filters;
    size_t row = (filter / SAC_BLOCK * s->images + image) * out + i % out;
    size_t lane = filter % SAC_BLOCK;
    unsigned word = bits ? ((const uint16_t *)saved)[row] : 0;

    if (bits)
      check_bit (&tail, x[i], word >> lane & 1, what);
    else
      check_slope (function, x[i], (double)saved[row * SAC_BLOCK + lane], what);
  }
  guarded_free (saved, room, what);
}

/* The function at the end, behind bias and sum; and before scale and sum. */
static void
check_shape (const SacConvShape *shape, SacConvAlgorithm algorithm)
{
  g_autoptr (ConvCase) c = conv_case_new (shape, 7);
  SacTail end = {.bias = c->bias,
                 .residual = c->residual,
                 .low = 0.2f,
                 .high = 0.5f};
  SacTail start = {.bias = c->bias, .low = 0.2f, .high = 0.5f};
  g_autofree double *at_end = conv_expect (c, &end);
  g_autofree double *at_start = conv_expect (c, &start);

  g_assert_true (sac_conv_can (algorithm, shape));
  start.scale = c->scale;
  start.residual = c->residual;
  for (SacFunction f = SAC_FUNCTION_RELU; f < SAC_FUNCTION_COUNT; f++) {
    end.last = start.first = f;
    check_saved (c, algorithm, end, at_end);
    check_saved (c, algorithm, start, at_start);
  }
}

/* Images, channels and filters that fill neither tiles nor blocks. */
static void
test_saved (void)
{
  SacConvShape three = conv_shape (2, 19, 37, 9, 11, 3, 1, 1, 1);
  SacConvShape whole = conv_shape (2, 19, 48, 9, 11, 3, 2, 1, 1);
  SacConvShape one = conv_shape (2, 33, 65, 8, 7, 1, 1, 0, 1);
  SacConvShape stem = conv_shape (1, 3, 20, 17, 19, 7, 2, 3, 1);
  SacConvShape each = conv_shape (2, 20, 20, 9, 13, 3, 1, 1, 20);

  for (SacConvAlgorithm a = SAC_CONV_DIRECT; a <= SAC_CONV_WINOGRAD_ROW; a++) {
    if (sac_conv_can (a, &three))
      check_shape (&three, a);
  }
  check_shape (&three, SAC_CONV_WINOGRAD_ROW);
  if (sac_conv_can (SAC_CONV_TILES, &whole))
    check_shape (&whole, SAC_CONV_TILES);
  check_shape (&one, SAC_CONV_POINTWISE);
  check_shape (&stem, SAC_CONV_PLANAR);
  check_shape (&each, SAC_CONV_DEPTHWISE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_for_variants ("/conv-saved/functions", test_saved);
  return g_test_run ();
}
