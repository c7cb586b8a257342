/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Two convolutions at a time against the two by themselves, which test-conv
 * holds against their definition: to the bit. */
#include "base/pool.h"
#include "compute-support.h"
#include "compute/blocked-pool.h"
#include "compute/conv-pair.h"
#include "conv-support.h"

#include <math.h>
#include <string.h>

typedef struct {
  ConvCase *first, *second;
  float *x, *packed[2], *residual; /* blocked */
  size_t tails[2];
} Case;

static float *
filled (size_t count, guint32 seed)
{
  float *values = g_aligned_alloc (count, sizeof (float), 64);

  fill (values, count, seed);
  return values;
}

/* Channels that do not exist are zero. */
static float *
filled_image (size_t images, size_t channels, size_t pixels, guint32 seed)
{
  size_t rows = images * pixels;
  g_autofree float *plain = g_new (float, rows *channels);
  float *blocked = filled (sac_blocks (channels) * SAC_BLOCK * rows, seed);

  fill (plain, rows * channels, seed);
  to_blocked (blocked, plain, rows, channels);
  return blocked;
}

static float *
pack (const ConvCase *c, SacConvAlgorithm algorithm)
{
  float *packed = filled (sac_conv_packed_count (algorithm, &c->shape), 1);

  sac_conv_pack (algorithm, &c->shape, &(SacConvWeights){c->weights, false},
                 packed);
  return packed;
}

static Case
case_new (const SacConvShape *first, const SacConvShape *second, size_t tail)
{
  Case c = {conv_case_new (first, 3), conv_case_new (second, 5)};

  c.x = filled_image (first->images, first->channels,
                      first->height * first->width, 7);
  c.residual = filled_image (second->images, second->filters,
                             second->out_height * second->out_width, 9);
  c.packed[0] = pack (c.first, SAC_CONV_POINTWISE);
  c.packed[1] = pack (c.second, SAC_CONV_DEPTHWISE);
  c.tails[0] = tail % tail_example_count ();
  c.tails[1] = (tail * 3 + 1) % tail_example_count ();
  return c;
}

static void
case_clear (Case *c)
{
  conv_case_free (c->first);
  conv_case_free (c->second);
  g_aligned_free (c->x);
  g_aligned_free (c->residual);
  g_aligned_free (c->packed[0]);
  g_aligned_free (c->packed[1]);
}

static SacConvPair
pair_of (const Case *c)
{
  return (SacConvPair){
    .first = {c->first->shape, SAC_CONV_POINTWISE, c->x, c->packed[0], NULL,
              tail_example (c->tails[0], c->first->bias, c->first->scale,
                            NULL)},
    .second = {c->second->shape, SAC_CONV_DEPTHWISE, NULL, c->packed[1], NULL,
               tail_example (c->tails[1], c->second->bias, c->second->scale,
                             c->residual)},
  };
}

/* Room for what the tail leaves for a gradient, or NULL; ret_count: its floats.
 */
static float *
save (SacTail *tail, const SacConvShape *shape, float *y, size_t *ret_count)
{
  SacFunction function =
    tail->first != SAC_FUNCTION_NONE ? tail->first : tail->last;
  size_t rows = sac_conv_out_count (shape) / SAC_BLOCK;

  if (function == SAC_FUNCTION_NONE)
    return NULL;
  *ret_count =
    sac_tail_saves_bits (function) ? (rows + 1) / 2 : rows * SAC_BLOCK;
  tail->saved = guarded_new (*ret_count);
  memset (tail->saved, 0, *ret_count * sizeof (float));
  tail->origin = y;
  return tail->saved;
}

/* What is left for the gradients is the same, too. */
static void
check_saved (const SacConvShape *first, const SacConvShape *second, size_t tail)
{
  Case c = case_new (first, second, tail);
  SacConvPair together = pair_of (&c), apart = pair_of (&c);
  size_t counts[2] = {0};
  g_autofree float *between = g_new (float, sac_conv_out_count (first));
  g_autofree float *y = g_new (float, sac_conv_out_count (second));
  float *expected[] = {
    save (&apart.first.tail, first, between, &counts[0]),
    save (&apart.second.tail, second, y, &counts[1]),
  };
  float *got[] = {
    save (&together.first.tail, first, NULL, &counts[0]),
    save (&together.second.tail, second, y, &counts[1]),
  };

  apart.first.y = between;
  apart.second.x = between;
  apart.second.y = together.second.y = y;
  g_assert_true (sac_conv_run (&apart.first, NULL));
  g_assert_true (sac_conv_run (&apart.second, NULL));
  g_assert_true (sac_conv_pair_run (&together, NULL));
  for (size_t i = 0; i < 2; i++) {
    if (got[i] == NULL)
      continue;
    g_assert_cmpmem (got[i], counts[i] * sizeof (float), expected[i],
                     counts[i] * sizeof (float));
    guarded_free (got[i], counts[i], "saved together");
    guarded_free (expected[i], counts[i], "saved one after the other");
  }
  case_clear (&c);
}

/* Of each channel's pixels, in double. */
static void
check_mean (const SacConvShape *s, const float *y, const float *mean)
{
  size_t pixels = s->out_height * s->out_width;

  for (size_t i = 0; i < sac_blocks (s->filters) * s->images * SAC_BLOCK; i++) {
    const float *x = y + i / SAC_BLOCK * pixels * SAC_BLOCK + i % SAC_BLOCK;
    double sum = 0, size = 0;

    for (size_t pixel = 0; pixel < pixels; pixel++) {
      sum += (double)x[pixel * SAC_BLOCK];
      size += fabs ((double)x[pixel * SAC_BLOCK]);
    }
    /* 4e-7 for the sum, 6e-8 for the result. */
    g_assert_cmpfloat (fabs ((double)mean[i] - sum / (double)pixels), <=,
                       5e-7 * size / (double)pixels);
  }
}

static void
check (const SacConvShape *first, const SacConvShape *second, size_t tail)
{
  Case c = case_new (first, second, tail);
  SacConvPair together = pair_of (&c), apart = pair_of (&c);
  size_t count = sac_conv_out_count (second);
  size_t bytes = count * sizeof (float);
  g_autofree float *between = g_new (float, sac_conv_out_count (first));
  float *expected = guarded_new (count), *got = guarded_new (count);
  size_t mean_count = sac_blocks (second->filters) * second->images * SAC_BLOCK;
  float *mean = guarded_new (mean_count);
  g_autofree double *sums = g_new (double, sac_conv_pair_sums (first, second));

  g_assert_true (sac_conv_pair_can (first, second));
  apart.first.y = between;
  apart.second.x = between;
  apart.second.y = expected;
  g_assert_true (sac_conv_run (&apart.first, NULL));
  g_assert_true (sac_conv_run (&apart.second, NULL));
  for (size_t threads = 1; threads <= 3; threads++) {
    memset (got, 0xff, bytes);
    together.second.y = got;
    together.mean = threads > 1 ? mean : NULL;
    together.sums = sums;
    sac_pool_set_threads (threads);
    g_assert_true (sac_conv_pair_run (&together, NULL));
    g_assert_cmpmem (got, bytes, expected, bytes);
    if (together.mean != NULL)
      check_mean (second, got, mean);
  }
  sac_pool_set_threads (0);
  guarded_free (expected, count, "one after the other");
  guarded_free (got, count, "together");
  guarded_free (mean, mean_count, "mean");
  case_clear (&c);
}

static void
test_shapes (void)
{
  static const size_t shapes[][8] = {
    /* images, channels, between, height, width, kernel, stride, pad */
    {1, 5, 16, 9, 8, 3, 1, 1},
    {3, 19, 37, 7, 7, 5, 1, 2},
    {1, 16, 48, 120, 70, 3, 2, 1}, /* bands of rows */
    {2, 24, 40, 97, 90, 5, 1, 2},
    {6, 8, 33, 32, 31, 3, 1, 1}, /* some images at a time */
    {1, 40, 64, 5, 3, 7, 1, 3},
    {2, 33, 17, 6, 9, 5, 2, 2},
    {1, 3, 32, 1, 1, 3, 1, 1},
    {2, 72, 112, 13, 15, 3, 1, 1}, /* rows split for all chunks */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (shapes); i++) {
    const size_t *n = shapes[i];
    SacConvShape first = conv_shape (n[0], n[1], n[2], n[3], n[4], 1, 1, 0, 1);
    SacConvShape second =
      conv_shape (n[0], n[2], n[2], n[3], n[4], n[5], n[6], n[7], n[2]);

    check (&first, &second, i);
    check_saved (&first, &second, 2 * i + 1);
  }
}

/* Bands that need rows before and past the image, and some that see none. */
static void
test_uneven (void)
{
  SacConvShape first = conv_shape (1, 12, 20, 60, 130, 1, 1, 0, 1);
  SacConvShape second = conv_shape (1, 20, 20, 60, 130, 3, 1, 1, 20);

  second.dilation_y = 3;
  second.pad_top = 40;
  second.pad_left = 3;
  second.out_height = 160;
  second.out_width = 125;
  check (&first, &second, 1);
  second.dilation_y = 1;
  second.dilation_x = 2;
  second.pad_top = -7;
  second.out_height = 50;
  check (&first, &second, 3);
}

/* What does not fit together, and rows so long that few fit. */
static void
test_cannot (void)
{
  SacConvShape first = conv_shape (1, 8, 16, 40, 30, 1, 1, 0, 1);
  SacConvShape second = conv_shape (1, 16, 16, 40, 30, 3, 1, 1, 16);
  SacConvShape other = second;

  g_assert_true (sac_conv_pair_can (&first, &second));
  g_assert_false (sac_conv_pair_can (&second, &second));
  other.width = 29;
  g_assert_false (sac_conv_pair_can (&first, &other));
  other = second;
  other.images = 2;
  g_assert_false (sac_conv_pair_can (&first, &other));
  first = conv_shape (1, 8, 16, 40, 2000, 1, 1, 0, 1);
  second = conv_shape (1, 16, 16, 40, 2000, 3, 1, 1, 16);
  g_assert_false (sac_conv_pair_can (&first, &second));
}

static void
test_cancel (void)
{
  SacConvShape first = conv_shape (1, 8, 16, 9, 9, 1, 1, 0, 1);
  SacConvShape second = conv_shape (1, 16, 16, 9, 9, 3, 1, 1, 16);
  Case c = case_new (&first, &second, 0);
  SacConvPair pair = pair_of (&c);
  g_autofree float *y = g_new0 (float, sac_conv_out_count (&second));
  g_autoptr (SacJob) job = sac_job_new (NULL);

  pair.second.y = y;
  sac_job_cancel (job);
  g_assert_false (sac_conv_pair_run (&pair, job));
  g_assert_cmpfloat (y[0], ==, 0);
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_for_variants ("/conv-pair/shapes", test_shapes);
  add_for_variants ("/conv-pair/uneven", test_uneven);
  add_for_variants ("/conv-pair/cannot", test_cannot);
  add_for_variants ("/conv-pair/cancel", test_cancel);
  return g_test_run ();
}
