/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A 1x1 convolution of an image times its gate, against its definition. */
#include "base/pool.h"
#include "compute-support.h"
#include "compute/conv-gated.h"
#include "conv-support.h"
#include "support.h"

#include <string.h>

/* [images][channels][pixels] to the blocked layout; the tail is NaN where it
 * must not matter. */
static float *
to_image (const float *plain, size_t images, size_t channels, size_t pixels)
{
  size_t rows = images * pixels, count = sac_blocks (channels) * 16 * rows;
  float *blocked = guarded_new (count);

  for (size_t image = 0; image < images; image++) {
    for (size_t c = 0; c < channels; c++) {
      for (size_t p = 0; p < pixels; p++)
        blocked[(c / 16 * rows + image * pixels + p) * 16 + c % 16] =
          plain[(image * channels + c) * pixels + p];
    }
  }
  return blocked;
}

typedef struct {
  ConvCase *c;
  SacConvGated work;
  float *gate, *residual; /* plain, blocked */
  size_t packed_count, gate_count;
} Case;

static Case
case_new (const SacConvShape *s, size_t tail)
{
  Case self = {.c = conv_case_new (s, 3)};
  ConvCase *c = self.c;
  size_t pixels = s->height * s->width;
  SacConvWeights weights = {c->weights, false};

  self.gate = g_new (float, s->images * s->channels);
  fill (self.gate, s->images * s->channels, 11);
  self.packed_count = sac_conv_packed_count (SAC_CONV_POINTWISE, s);
  self.gate_count = sac_blocks (s->channels) * s->images * SAC_BLOCK;

  float *packed = guarded_new (self.packed_count);

  sac_conv_pack (SAC_CONV_POINTWISE, s, &weights, packed);
  self.residual = to_image (c->residual, s->images, s->filters, pixels);
  for (size_t i = 0; i < sac_conv_out_count (s); i++) {
    if (self.residual[i] != self.residual[i])
      self.residual[i] = 0; /* what a sum reads has a tail of zeros */
  }
  self.work = (SacConvGated){
    {*s, SAC_CONV_POINTWISE, to_image (c->x, s->images, s->channels, pixels),
     packed, guarded_new (sac_conv_out_count (s)),
     tail_example (tail, c->bias, c->scale, self.residual)},
    to_image (self.gate, s->images, s->channels, 1),
  };
  return self;
}

static void
case_clear (Case *self)
{
  const SacConvShape *s = &self->c->shape;

  guarded_free ((float *)self->work.conv.x, sac_conv_in_count (s), "input");
  guarded_free ((float *)self->work.conv.packed, self->packed_count, "weights");
  guarded_free (self->work.conv.y, sac_conv_out_count (s), "output");
  guarded_free ((float *)self->work.gate, self->gate_count, "gate");
  guarded_free (self->residual, sac_conv_out_count (s), "residual");
  g_free (self->gate);
  conv_case_free (self->c);
}

/* The case's own image becomes the product, which then is convolved. */
static float *
expect (Case *self)
{
  const SacConvShape *s = &self->c->shape;
  size_t pixels = s->height * s->width;
  size_t rows = s->images * pixels;
  float *expected = g_new (float, rows * s->filters);

  for (size_t plane = 0; plane < s->images * s->channels; plane++) {
    for (size_t p = 0; p < pixels; p++)
      self->c->x[plane * pixels + p] *= self->gate[plane];
  }

  g_autofree double *result = conv_expect (self->c, &self->work.conv.tail);

  for (size_t i = 0; i < rows * s->filters; i++) {
    size_t p = i % pixels, plane = i / pixels;
    size_t row = plane / s->filters * pixels + p;

    expected[row * s->filters + plane % s->filters] = (float)result[i];
  }
  return expected;
}

static void
check (const SacConvShape *s, size_t tail)
{
  Case self = case_new (s, tail % tail_example_count ());
  size_t rows = s->images * s->height * s->width;
  size_t bytes = sac_conv_out_count (s) * sizeof (float);
  g_autofree float *expected = expect (&self);
  g_autofree float *got = g_new (float, rows * s->filters);
  g_autofree float *first = NULL;

  for (size_t threads = 1; threads <= 3; threads++) {
    sac_pool_set_threads (threads);
    g_assert_true (sac_conv_gated_run (&self.work, NULL));
    from_blocked (got, self.work.conv.y, rows, s->filters);
    test_assert_close (got, expected, rows * s->filters,
                       product_tolerance (1e-5), "gated");
    if (first != NULL)
      g_assert_cmpmem (first, bytes, self.work.conv.y, bytes);
    g_free (first);
    first = g_memdup2 (self.work.conv.y, bytes);
  }
  sac_pool_set_threads (0);
  case_clear (&self);
}

static void
test_shapes (void)
{
  static const size_t shapes[][5] = {
    /* images, channels, filters, height, width */
    {1, 96, 24, 20, 30},
    {3, 33, 40, 7, 7},
    {2, 17, 70, 8, 9},
    {1, 5, 130, 12, 11},
    {2, 64, 16, 5, 7},
    {1, 300, 33, 9, 9},
    /* pixels are gated: some of an image, some images and parts of others */
    {1, 16, 17, 4, 4},
    {1, 70, 330, 17, 19},
    {7, 81, 144, 9, 8},
    /* with AMX pixels are gated, else weights */
    {9, 33, 49, 10, 10},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (shapes); i++) {
    const size_t *n = shapes[i];
    SacConvShape shape = conv_shape (n[0], n[1], n[2], n[3], n[4], 1, 1, 0, 1);

    g_assert_true (sac_conv_gated_can (&shape));
    for (size_t tail = i; tail < tail_example_count (); tail += 3)
      check (&shape, tail);
  }
}

static void
test_cannot (void)
{
  SacConvShape three = conv_shape (1, 16, 16, 40, 40, 3, 1, 1, 1);

  g_assert_false (sac_conv_gated_can (&three));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_for_variants ("/conv-gated/shapes", test_shapes);
  g_test_add_func ("/conv-gated/cannot", test_cannot);
  return g_test_run ();
}
