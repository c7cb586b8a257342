/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute-support.h"
#include "compute/conv-choose.h"
#include "conv-support.h"

static const SacConvWish usual = {.threads = 1};

/* Of what needs no transform. */
static SacConvAlgorithm
direct (void)
{
  return sac_compute_get_variant () == SAC_VARIANT_AMX ? SAC_CONV_TILES
                                                       : SAC_CONV_DIRECT;
}

static void
assert_choice (SacConvShape shape, SacConvWish wish, SacConvAlgorithm expected)
{
  SacConvChoice choice = sac_conv_choose (&shape, &wish);

  g_assert_cmpstr (sac_conv_algorithm_name (choice.algorithm), ==,
                   sac_conv_algorithm_name (expected));
  g_assert_true (sac_conv_can (choice.algorithm, &shape));
  g_assert_cmpfloat (choice.seconds, >, 0);
  g_assert_cmpfloat (choice.seconds, <, 10);
}

static void
test_layers (void)
{
  SacConvWish planar = {.threads = 2, .plain_input = true};

  assert_choice (conv_shape (1, 64, 64, 56, 56, 3, 1, 1, 1), usual,
                 SAC_CONV_WINOGRAD_4);
  assert_choice (conv_shape (1, 64, 64, 224, 224, 3, 1, 1, 1), usual,
                 SAC_CONV_WINOGRAD_4);
  assert_choice (conv_shape (8, 512, 512, 14, 14, 3, 1, 1, 1), usual,
                 SAC_CONV_WINOGRAD_4);
  /* Two tiles of three pixels in either direction. */
  assert_choice (conv_shape (32, 256, 256, 6, 6, 3, 1, 1, 1), usual,
                 SAC_CONV_WINOGRAD_3);
  assert_choice (conv_shape (1, 64, 128, 56, 56, 3, 2, 1, 1), usual, direct ());
  assert_choice (conv_shape (1, 256, 512, 14, 14, 1, 1, 0, 1), usual,
                 SAC_CONV_POINTWISE);
  assert_choice (conv_shape (1, 256, 512, 14, 14, 1, 2, 0, 1), usual,
                 SAC_CONV_DIRECT);
  assert_choice (conv_shape (1, 96, 96, 56, 56, 3, 1, 1, 96), usual,
                 SAC_CONV_DEPTHWISE);
  assert_choice (conv_shape (1, 96, 96, 56, 56, 3, 1, 1, 6), usual,
                 SAC_CONV_DIRECT);
  assert_choice (conv_shape (1, 3, 64, 224, 224, 7, 2, 3, 1), planar,
                 SAC_CONV_PLANAR);
}

/* Whose many weights are read for few pixels: where arithmetic is fast, reading
 * them takes longer. */
static void
test_small_maps (void)
{
  if (sac_compute_get_variant () == SAC_VARIANT_PLAIN) {
    g_test_skip ("arithmetic is slow here");
    return;
  }

  SacConvShape shape = conv_shape (1, 512, 512, 7, 7, 3, 1, 1, 1);
  SacConvChoice choice = sac_conv_choose (&shape, &usual);

  g_assert_cmpint (choice.algorithm, !=, SAC_CONV_WINOGRAD_4);
  if (sac_compute_get_variant () == SAC_VARIANT_AVX512)
    g_assert_cmpint (choice.algorithm, ==, SAC_CONV_WINOGRAD_ROW);
}

static void
test_exact (void)
{
  SacConvWish exact = {.threads = 1, .exact = true};

  assert_choice (conv_shape (1, 64, 64, 56, 56, 3, 1, 1, 1), exact,
                 SAC_CONV_WINOGRAD_2);
}

/* Sums as exact as float32's are not left to AMX. */
static void
test_float32 (void)
{
  SacConvWish wish = {.threads = 1, .float32 = true};

  assert_choice (conv_shape (1, 64, 128, 56, 56, 3, 2, 1, 1), wish,
                 SAC_CONV_DIRECT);
}

static void
test_memory (void)
{
  SacConvShape shape = conv_shape (1, 64, 64, 56, 56, 3, 1, 1, 1);
  SacConvWish wish = usual;

  wish.packed_most = sac_conv_packed_count (SAC_CONV_WINOGRAD_2, &shape);
  assert_choice (shape, wish,
                 sac_compute_get_variant () == SAC_VARIANT_AMX
                   ? SAC_CONV_TILES
                   : SAC_CONV_WINOGRAD_2);
  wish.packed_most = 1;
  assert_choice (shape, wish, SAC_CONV_DIRECT);
}

/* Plain input may still be worth converting. */
static void
test_plain_input (void)
{
  SacConvShape shape = conv_shape (1, 64, 64, 56, 56, 3, 1, 1, 1);
  SacConvWish wish = {.threads = 1, .plain_input = true};
  SacConvChoice choice = sac_conv_choose (&shape, &wish);

  g_assert_cmpint (choice.algorithm, ==, SAC_CONV_WINOGRAD_4);
  g_assert_true (choice.convert);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_for_variants ("/conv-choose/layers", test_layers);
  add_for_variants ("/conv-choose/small-maps", test_small_maps);
  add_for_variants ("/conv-choose/exact", test_exact);
  add_for_variants ("/conv-choose/float32", test_float32);
  add_for_variants ("/conv-choose/memory", test_memory);
  add_for_variants ("/conv-choose/plain-input", test_plain_input);
  return g_test_run ();
}
