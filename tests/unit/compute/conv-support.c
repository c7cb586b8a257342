/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "conv-support.h"

#include "compute-support.h"

#include <string.h>

SacConvShape
conv_shape (size_t images,
            size_t channels,
            size_t filters,
            size_t height,
            size_t width,
            size_t kernel,
            size_t stride,
            size_t pad,
            size_t groups)
{
  return (SacConvShape){
    .images = images,
    .channels = channels,
    .filters = filters,
    .height = height,
    .width = width,
    .out_height = (height + 2 * pad - kernel) / stride + 1,
    .out_width = (width + 2 * pad - kernel) / stride + 1,
    .kernel_height = kernel,
    .kernel_width = kernel,
    .stride_y = stride,
    .stride_x = stride,
    .dilation_y = 1,
    .dilation_x = 1,
    .pad_top = (ptrdiff_t)pad,
    .pad_left = (ptrdiff_t)pad,
    .groups = groups,
  };
}

static float *
filled (size_t count, guint32 seed)
{
  float *values = g_new (float, count);

  fill (values, count, seed);
  return values;
}

ConvCase *
conv_case_new (const SacConvShape *shape, guint32 seed)
{
  ConvCase *c = g_new0 (ConvCase, 1);
  const SacConvShape *s = shape;

  c->shape = *shape;
  c->x = filled (s->channels * sac_conv_in_pixels (s), seed);
  c->weights = filled (s->filters * (s->channels / s->groups) *
                         s->kernel_height * s->kernel_width,
                       seed + 1);
  c->bias = filled (s->filters, seed + 2);
  c->scale = filled (s->filters, seed + 3);
  c->residual = filled (s->filters * sac_conv_out_pixels (s), seed + 4);
  return c;
}

void
conv_case_free (ConvCase *c)
{
  g_free (c->x);
  g_free (c->weights);
  g_free (c->bias);
  g_free (c->scale);
  g_free (c->residual);
  g_free (c);
}

static double
one_sum (const ConvCase *c, size_t image, size_t filter, size_t y, size_t x)
{
  const SacConvShape *s = &c->shape;
  size_t channels = s->channels / s->groups;
  size_t first = filter / (s->filters / s->groups) * channels;
  double sum = 0;

  for (size_t i = 0; i < channels; i++) {
    const float *plane =
      c->x + (image * s->channels + first + i) * s->height * s->width;
    const float *kernel =
      c->weights + (filter * channels + i) * s->kernel_height * s->kernel_width;

    for (size_t ky = 0; ky < s->kernel_height; ky++) {
      ptrdiff_t iy =
        (ptrdiff_t)(y * s->stride_y + ky * s->dilation_y) - s->pad_top;

      for (size_t kx = 0; kx < s->kernel_width; kx++) {
        ptrdiff_t ix =
          (ptrdiff_t)(x * s->stride_x + kx * s->dilation_x) - s->pad_left;

        if (iy >= 0 && iy < (ptrdiff_t)s->height && ix >= 0 &&
            ix < (ptrdiff_t)s->width)
          sum += (double)plane[iy * (ptrdiff_t)s->width + ix] *
                 kernel[ky * s->kernel_width + kx];
      }
    }
  }
  return sum;
}

double *
conv_expect (const ConvCase *c, const SacTail *tail)
{
  const SacConvShape *s = &c->shape;
  double *result = g_new (double, s->filters *sac_conv_out_pixels (s));
  size_t at = 0;

  for (size_t image = 0; image < s->images; image++) {
    for (size_t filter = 0; filter < s->filters; filter++) {
      for (size_t y = 0; y < s->out_height; y++) {
        for (size_t x = 0; x < s->out_width; x++, at++)
          result[at] = tail_of (tail, one_sum (c, image, filter, y, x), filter,
                                c->residual[at]);
      }
    }
  }
  return result;
}

/* [images][channels][pixels] to [images * pixels][channels] or back. */
static void
exchange (float *to,
          const float *from,
          size_t images,
          size_t channels,
          size_t pixels,
          bool back)
{
  for (size_t image = 0; image < images; image++) {
    for (size_t c = 0; c < channels; c++) {
      for (size_t p = 0; p < pixels; p++) {
        size_t plain = (image * channels + c) * pixels + p;
        size_t rows = (image * pixels + p) * channels + c;

        to[back ? plain : rows] = from[back ? rows : plain];
      }
    }
  }
}

static void
images_to_blocked (float *blocked,
                   const float *plain,
                   size_t images,
                   size_t channels,
                   size_t pixels)
{
  g_autofree float *rows = g_new (float, images *channels *pixels);

  exchange (rows, plain, images, channels, pixels, false);
  to_blocked (blocked, rows, images * pixels, channels);
}

float *
conv_got (const ConvCase *c, SacConvAlgorithm algorithm, SacTail tail)
{
  const SacConvShape *s = &c->shape;
  bool planar = algorithm == SAC_CONV_PLANAR;
  size_t in_pixels = s->height * s->width;
  size_t out_pixels = s->out_height * s->out_width;
  size_t in_count =
    planar ? s->images * s->channels * in_pixels : sac_conv_in_count (s);
  size_t out_count = sac_conv_out_count (s);
  size_t packed_count = sac_conv_packed_count (algorithm, s);
  float *x = guarded_new (in_count), *y = guarded_new (out_count);
  float *packed = guarded_new (packed_count);
  g_autofree float *residual = g_new (float, out_count);
  g_autofree float *rows = g_new (float, s->images *out_pixels * s->filters);
  float *result = g_new (float, s->images *out_pixels * s->filters);
  SacConvWeights weights = {c->weights, false};

  if (planar)
    memcpy (x, c->x, in_count * sizeof (float));
  else
    images_to_blocked (x, c->x, s->images, s->channels, in_pixels);
  images_to_blocked (residual, c->residual, s->images, s->filters, out_pixels);
  if (tail.residual != NULL)
    tail.residual = residual;
  if (tail.saved != NULL)
    tail.origin = y;
  sac_conv_pack (algorithm, s, &weights, packed);

  SacConv conv = {*s, algorithm, x, packed, y, tail};

  g_assert_true (sac_conv_run (&conv, NULL));
  from_blocked (rows, y, s->images * out_pixels, s->filters);
  exchange (result, rows, s->images, s->filters, out_pixels, true);
  guarded_free (x, in_count, "input");
  guarded_free (packed, packed_count, "packed weights");
  guarded_free (y, out_count, "output");
  return result;
}
