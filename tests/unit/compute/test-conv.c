/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/pool.h"
#include "compute-support.h"
#include "conv-support.h"
#include "support.h"

#include <math.h>

/* Relative to the largest result, of some hundred products each. */
static double
tolerance_of (SacConvAlgorithm algorithm)
{
  if (algorithm == SAC_CONV_WINOGRAD_ROW)
    return 2e-5;
  if (algorithm == SAC_CONV_WINOGRAD_3)
    return 2e-5;
  return algorithm == SAC_CONV_WINOGRAD_4 ? 5e-5 : 1e-5;
}

static void
check_tail (const ConvCase *c, SacConvAlgorithm algorithm, size_t index)
{
  size_t count = c->shape.filters * sac_conv_out_pixels (&c->shape);
  SacTail tail = tail_example (index, c->bias, c->scale, c->residual);
  g_autofree double *expected = conv_expect (c, &tail);
  g_autofree float *got = conv_got (c, algorithm, tail);
  g_autofree float *rounded = g_new (float, count);
  g_autofree char *what = g_strdup_printf (
    "%s, %zu x %zu to %zu, kernel %zu, image %zu x %zu, tail %zu",
    sac_conv_algorithm_name (algorithm), c->shape.images, c->shape.channels,
    c->shape.filters, c->shape.kernel_height, c->shape.height, c->shape.width,
    index);

  for (size_t i = 0; i < count; i++)
    rounded[i] = (float)expected[i];
  test_assert_close (got, rounded, count,
                     product_tolerance (tolerance_of (algorithm)), what);
}

/* Each algorithm that can, with two of the tails. */
static void
check_shape (const SacConvShape *shape, size_t tail)
{
  g_autoptr (ConvCase) c = conv_case_new (shape, 7);

  for (SacConvAlgorithm a = 0; a < SAC_CONV_ALGORITHM_COUNT; a++) {
    if (!sac_conv_can (a, shape))
      continue;
    check_tail (c, a, tail % tail_example_count ());
    check_tail (c, a, (tail + 1) % tail_example_count ());
  }
}

static void
test_shapes (void)
{
  static const size_t shapes[][9] = {
    /* images, channels, filters, height, width, kernel, stride, pad, groups */
    {1, 3, 20, 17, 19, 7, 2, 3, 1},   {2, 1, 16, 9, 8, 3, 1, 1, 1},
    {1, 3, 33, 32, 32, 8, 8, 0, 1},   {1, 16, 16, 4, 4, 3, 1, 1, 1},
    {1, 16, 32, 7, 7, 3, 1, 1, 1},    {2, 19, 37, 9, 11, 3, 1, 1, 1},
    {3, 24, 40, 5, 6, 3, 1, 0, 1},    {1, 32, 48, 13, 10, 3, 1, 2, 1},
    {1, 40, 24, 30, 29, 3, 1, 1, 1},  {2, 20, 18, 14, 14, 3, 2, 1, 1},
    {2, 33, 65, 8, 7, 1, 1, 0, 1},    {1, 30, 20, 9, 9, 1, 2, 0, 1},
    {1, 16, 16, 11, 12, 5, 1, 2, 1},  {1, 32, 64, 9, 9, 3, 1, 1, 2},
    {2, 24, 24, 8, 8, 3, 2, 1, 6},    {1, 64, 64, 7, 7, 3, 1, 1, 16},
    {1, 48, 16, 6, 6, 3, 1, 1, 16},   {1, 20, 20, 9, 8, 3, 1, 1, 20},
    {2, 33, 33, 15, 17, 5, 2, 2, 33}, {1, 16, 16, 7, 7, 7, 1, 3, 16},
    {1, 16, 16, 40, 35, 3, 2, 1, 16}, {1, 200, 16, 3, 3, 3, 1, 1, 1},
    {1, 16, 16, 1, 1, 3, 1, 1, 1},    {1, 1, 1, 5, 5, 5, 1, 0, 1},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (shapes); i++) {
    const size_t *n = shapes[i];
    SacConvShape shape =
      conv_shape (n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8]);

    check_shape (&shape, i);
  }
}

/* Several images of a chunk, rows of one, padding on all sides, strides. */
static void
test_tiles (void)
{
  static const size_t shapes[][8] = {
    /* images, channels, filters, height, width, kernel, stride, pad */
    {5, 40, 80, 6, 6, 3, 1, 1},    {33, 16, 16, 6, 5, 3, 1, 1},
    {3, 32, 48, 13, 11, 3, 2, 1},  {1, 33, 32, 33, 60, 3, 1, 1},
    {7, 16, 32, 5, 4, 1, 2, 0},    {2, 64, 16, 12, 13, 5, 3, 2},
    {2, 32, 32, 3, 5, 5, 1, 4},    {1, 8, 160, 4, 500, 3, 1, 1},
    {2, 100, 32, 40, 40, 3, 2, 0},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (shapes); i++) {
    const size_t *n = shapes[i];
    SacConvShape shape =
      conv_shape (n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], 1);

    if (!sac_conv_can (SAC_CONV_TILES, &shape)) {
      g_test_skip ("these kernels have no tiles");
      return;
    }

    g_autoptr (ConvCase) c = conv_case_new (&shape, 41);

    check_tail (c, SAC_CONV_TILES, i % tail_example_count ());
  }
}

/* What no square kernel shows. */
static void
test_uneven (void)
{
  SacConvShape shape = conv_shape (2, 17, 35, 14, 20, 3, 1, 1, 1);

  shape.kernel_width = 5;
  shape.stride_x = 2;
  shape.dilation_y = 2;
  shape.pad_top = 3;
  shape.pad_left = 0;
  shape.out_height = 15;
  shape.out_width = 9; /* the last columns see past the image */
  check_shape (&shape, 1);

  shape = conv_shape (1, 32, 32, 14, 20, 3, 1, 1, 32);
  shape.dilation_x = 3;
  shape.pad_left = 2;
  shape.out_width = 18;
  check_shape (&shape, 3);

  /* Winograd's tiles, when the padding is not the same on both sides. */
  shape = conv_shape (1, 16, 16, 10, 10, 3, 1, 1, 1);
  shape.pad_left = 0;
  shape.out_height = 9;
  shape.out_width = 13;
  check_shape (&shape, 3);

  /* Padding that leaves whole rows outside, also before the image. */
  shape = conv_shape (1, 3, 16, 6, 6, 3, 1, 1, 1);
  shape.pad_top = 5;
  shape.pad_left = -1;
  check_shape (&shape, 1);
}

/* Every width of a row, with kernels that are unrolled and others, and padding
 * that leaves columns, rows, whole windows outside at either end. */
static void
test_depthwise (void)
{
  static const size_t kernels[][2] = {{3, 1}, {3, 2}, {5, 1}, {5, 2},
                                      {7, 1}, {7, 2}, {3, 3}, {4, 1},
                                      {9, 1}, {1, 2}, {2, 1}};
  size_t tail = 0;

  for (size_t width = 1; width < 32; width++) {
    size_t kernel = kernels[width % G_N_ELEMENTS (kernels)][0];
    size_t stride = kernels[width % G_N_ELEMENTS (kernels)][1];

    for (size_t before = 0; before <= kernel + 1; before += 1 + kernel / 4) {
      SacConvShape shape =
        conv_shape (2, 19, 19, 4, stride * width, kernel, 1, kernel, 19);

      shape.stride_y = shape.stride_x = stride;
      shape.pad_top = shape.pad_left = (ptrdiff_t)before;
      shape.out_height = 5;
      shape.out_width = width;
      g_autoptr (ConvCase) c = conv_case_new (&shape, 23);

      check_tail (c, SAC_CONV_DEPTHWISE, tail++ % tail_example_count ());
    }
  }
}

/* Numbers that have no bfloat16 parts, among the weights or in the image: as
 * direct convolution with float32 has them. */
static void
check_large (const ConvCase *c, float *place, float number)
{
  const SacConvShape *s = &c->shape;
  size_t count = s->filters * sac_conv_out_pixels (s);
  SacTail tail = tail_example (1, c->bias, c->scale, c->residual);
  float before = *place;

  *place = number;
  g_autofree float *got = conv_got (c, SAC_CONV_TILES, tail);

  sac_compute_set_variant (SAC_VARIANT_AVX512);
  g_autofree float *expected = conv_got (c, SAC_CONV_DIRECT, tail);

  sac_compute_set_variant (SAC_VARIANT_AMX);
  *place = before;
  for (size_t i = 0; i < count; i++) {
    if (isnan (expected[i]))
      g_assert_true (isnan (got[i]));
    else if (isinf (expected[i]))
      g_assert_cmpfloat (got[i], ==, expected[i]);
    else
      g_assert_cmpfloat (fabsf (got[i] - expected[i]), <=,
                         1e-4f * (1 + fabsf (expected[i])));
  }
}

static void
test_large (void)
{
  static const float numbers[] = {NAN, INFINITY, -INFINITY, 1.8e38f, -3e38f};
  SacConvShape shape = conv_shape (2, 40, 48, 9, 8, 3, 2, 1, 1);

  if (!sac_conv_can (SAC_CONV_TILES, &shape)) {
    g_test_skip ("these kernels have no tiles");
    return;
  }

  g_autoptr (ConvCase) c = conv_case_new (&shape, 29);

  for (size_t i = 0; i < G_N_ELEMENTS (numbers); i++) {
    check_large (c, &c->weights[40 * 9 * 37 + 100 + i], numbers[i]);
    check_large (c, &c->x[72 * 40 + 72 * 19 + 30 + i], numbers[i]);
  }
}

/* A plan made before other kernels were asked for. */
static void
test_without_tiles (void)
{
  SacConvShape shape = conv_shape (1, 40, 48, 9, 8, 3, 1, 1, 1);

  if (!sac_conv_can (SAC_CONV_TILES, &shape)) {
    g_test_skip ("these kernels have no tiles");
    return;
  }

  g_autoptr (ConvCase) c = conv_case_new (&shape, 31);
  size_t count = sac_conv_packed_count (SAC_CONV_TILES, &shape);
  float *packed = guarded_new (count);
  SacConvWeights weights = {c->weights, false};
  g_autofree float *x = g_new0 (float, sac_conv_in_count (&shape));
  g_autofree float *y = g_new0 (float, sac_conv_out_count (&shape));
  g_autofree float *other = g_new0 (float, sac_conv_out_count (&shape));

  fill (x, 2 * SAC_BLOCK * sac_conv_in_pixels (&shape), 37);
  sac_conv_pack (SAC_CONV_TILES, &shape, &weights, packed);

  SacConv conv = {shape, SAC_CONV_TILES, x, packed, y};

  g_assert_true (sac_conv_run (&conv, NULL));
  sac_compute_set_variant (SAC_VARIANT_AVX512);
  conv.y = other;
  g_assert_true (sac_conv_run (&conv, NULL));
  sac_compute_set_variant (SAC_VARIANT_AMX);
  test_assert_close (y, other, sac_conv_out_count (&shape), 1e-5,
                     "without tiles");
  guarded_free (packed, count, "packed weights");
}

/* Every tail with every algorithm. */
static void
test_tails (void)
{
  SacConvShape shapes[] = {conv_shape (1, 20, 39, 9, 9, 3, 1, 1, 1),
                           conv_shape (1, 3, 39, 9, 9, 3, 2, 1, 1),
                           conv_shape (1, 20, 39, 5, 5, 1, 1, 0, 1),
                           conv_shape (2, 39, 39, 9, 9, 3, 1, 1, 39)};

  for (size_t i = 0; i < G_N_ELEMENTS (shapes); i++) {
    for (size_t tail = 0; tail < tail_example_count (); tail += 2)
      check_shape (&shapes[i], tail);
  }
}

/* Root mean square of the error over that of the result. */
static double
error_of (const ConvCase *c, SacConvAlgorithm algorithm)
{
  size_t count = c->shape.filters * sac_conv_out_pixels (&c->shape);
  SacTail tail = {0};
  g_autofree double *expected = conv_expect (c, &tail);
  g_autofree float *got = conv_got (c, algorithm, tail);
  double error = 0, whole = 0;

  for (size_t i = 0; i < count; i++) {
    double difference = got[i] - expected[i];

    error += difference * difference;
    whole += expected[i] * expected[i];
  }
  return sqrt (error / whole);
}

static void
test_errors (void)
{
  static const size_t sizes[][2] = {{64, 16}, {128, 12}, {256, 8}};

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    SacConvShape shape =
      conv_shape (1, sizes[i][0], 32, sizes[i][1], sizes[i][1], 3, 1, 1, 1);
    g_autoptr (ConvCase) c = conv_case_new (&shape, 11);
    double direct = error_of (c, SAC_CONV_DIRECT);
    double two = error_of (c, SAC_CONV_WINOGRAD_2);
    double three = error_of (c, SAC_CONV_WINOGRAD_3);
    double four = error_of (c, SAC_CONV_WINOGRAD_4);
    double row = error_of (c, SAC_CONV_WINOGRAD_ROW);

    g_test_message ("%zu channels: direct %.2g, F(2) %.2g, F(3) %.2g, "
                    "F(4) %.2g, along rows %.2g",
                    sizes[i][0], direct, two, three, four, row);
    g_assert_cmpfloat (direct, <,
                       sac_compute_get_variant () == SAC_VARIANT_AMX ? 8e-6
                                                                     : 1e-6);
    g_assert_cmpfloat (two, <, 8e-7);
    g_assert_cmpfloat (three, <, 2e-6);
    g_assert_cmpfloat (four, <, 5e-6);
    g_assert_cmpfloat (row, <, 1e-6);
  }
}

/* The gradient to the input is a convolution with the weights reversed: the
 * adjoint identity <conv (x), g> = <x, gradient (g)> must hold. */
static void
check_reversed (const SacConvShape *shape, SacConvAlgorithm algorithm)
{
  g_autoptr (ConvCase) forward = conv_case_new (shape, 13);
  SacConvShape back = *shape;

  back.channels = shape->filters;
  back.filters = shape->channels;
  back.height = shape->out_height;
  back.width = shape->out_width;
  back.out_height = shape->height;
  back.out_width = shape->width;
  back.pad_top = (ptrdiff_t)shape->kernel_height - 1 - shape->pad_top;
  back.pad_left = (ptrdiff_t)shape->kernel_width - 1 - shape->pad_left;
  g_assert_true (sac_conv_can (algorithm, &back));

  SacConvWeights weights = {forward->weights, true};
  size_t x_count = shape->channels * sac_conv_in_pixels (shape);
  size_t g_count = shape->filters * sac_conv_out_pixels (shape);
  SacTail none = {0};
  g_autofree double *y = conv_expect (forward, &none);
  g_autofree float *g = g_new (float, sac_conv_in_count (&back));
  g_autofree float *rows = g_new (float, g_count);
  g_autofree float *dx = g_new (float, sac_conv_out_count (&back));
  g_autofree float *dx_rows = g_new (float, x_count);
  size_t packed_count = sac_conv_packed_count (algorithm, &back);
  float *packed = guarded_new (packed_count);
  size_t in_pixels = sac_conv_in_pixels (shape);
  size_t out_pixels = sac_conv_out_pixels (shape);
  double left = 0, right = 0;

  fill (rows, g_count, 17);
  to_blocked (g, rows, out_pixels, shape->filters);
  sac_conv_pack (algorithm, &back, &weights, packed);

  SacConv conv = {back, algorithm, g, packed, dx, none};

  g_assert_true (sac_conv_run (&conv, NULL));
  guarded_free (packed, packed_count, "packed weights");
  from_blocked (dx_rows, dx, in_pixels, shape->channels);
  for (size_t p = 0; p < out_pixels; p++) {
    for (size_t k = 0; k < shape->filters; k++)
      left += y[k * out_pixels + p] * rows[p * shape->filters + k];
  }
  for (size_t p = 0; p < in_pixels; p++) {
    for (size_t k = 0; k < shape->channels; k++)
      right += (double)forward->x[k * in_pixels + p] *
               dx_rows[p * shape->channels + k];
  }
  g_assert_cmpfloat_with_epsilon (left, right, 1e-4 * sqrt ((double)g_count));
}

static void
test_reversed (void)
{
  SacConvShape three = conv_shape (1, 20, 35, 9, 8, 3, 1, 1, 1);
  SacConvShape full = conv_shape (1, 48, 80, 9, 8, 3, 1, 1, 1);
  SacConvShape one = conv_shape (1, 20, 35, 9, 8, 1, 1, 0, 1);
  SacConvShape grouped = conv_shape (1, 24, 48, 9, 8, 5, 1, 1, 3);
  SacConvShape depthwise = conv_shape (1, 24, 24, 9, 8, 3, 1, 0, 24);

  check_reversed (&three, SAC_CONV_DIRECT);
  check_reversed (&three, SAC_CONV_WINOGRAD_2);
  check_reversed (&three, SAC_CONV_WINOGRAD_3);
  check_reversed (&three, SAC_CONV_WINOGRAD_4);
  check_reversed (&three, SAC_CONV_WINOGRAD_ROW);
  if (sac_conv_can (SAC_CONV_TILES, &full))
    check_reversed (&full, SAC_CONV_TILES);
  check_reversed (&one, SAC_CONV_POINTWISE);
  check_reversed (&one, SAC_CONV_DIRECT);
  check_reversed (&grouped, SAC_CONV_DIRECT);
  check_reversed (&depthwise, SAC_CONV_DEPTHWISE);
  check_reversed (&depthwise, SAC_CONV_DIRECT);
}

static void
check_threads (const ConvCase *c, SacConvAlgorithm algorithm, size_t bytes)
{
  SacTail none = {0};

  sac_pool_set_threads (1);
  g_autofree float *one = conv_got (c, algorithm, none);

  sac_pool_set_threads (3);
  g_autofree float *three = conv_got (c, algorithm, none);

  sac_pool_set_threads (0);
  g_assert_cmpmem (one, bytes, three, bytes);
}

/* Enough work for several chunks of each algorithm. */
static void
test_threads (void)
{
  SacConvShape shape = conv_shape (2, 48, 144, 30, 30, 3, 1, 1, 1);
  g_autoptr (ConvCase) c = conv_case_new (&shape, 19);
  size_t bytes = shape.filters * sac_conv_out_pixels (&shape) * sizeof (float);

  for (SacConvAlgorithm a = SAC_CONV_DIRECT; a <= SAC_CONV_WINOGRAD_ROW; a++)
    check_threads (c, a, bytes);
  if (sac_conv_can (SAC_CONV_TILES, &shape))
    check_threads (c, SAC_CONV_TILES, bytes);

  SacConvShape each = conv_shape (2, 48, 48, 60, 60, 5, 1, 2, 48);
  g_autoptr (ConvCase) d = conv_case_new (&each, 19);

  check_threads (d, SAC_CONV_DEPTHWISE,
                 each.filters * sac_conv_out_pixels (&each) * sizeof (float));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_for_variants ("/conv/shapes", test_shapes);
  add_for_variants ("/conv/tiles", test_tiles);
  add_for_variants ("/conv/uneven", test_uneven);
  add_for_variants ("/conv/depthwise", test_depthwise);
  add_for_variants ("/conv/large", test_large);
  add_for_variants ("/conv/without-tiles", test_without_tiles);
  add_for_variants ("/conv/tails", test_tails);
  add_for_variants ("/conv/errors", test_errors);
  add_for_variants ("/conv/reversed", test_reversed);
  add_for_variants ("/conv/threads", test_threads);
  return g_test_run ();
}
