/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute-support.h"
#include "compute/layout.h"

#include <string.h>

static void
check (size_t images, size_t channels, size_t pixels)
{
  size_t count = images * channels * pixels;
  size_t blocked_count = images * sac_blocks (channels) * SAC_BLOCK * pixels;
  g_autofree float *plain = g_new (float, count);
  g_autofree float *rows = g_new (float, count);
  g_autofree float *expected = g_new (float, blocked_count);
  float *blocked = guarded_new (blocked_count);
  float *back = guarded_new (count);
  SacLayout there = {images, channels, pixels, plain, blocked};
  SacLayout here = {images, channels, pixels, blocked, back};

  fill (plain, count, 41);
  for (size_t image = 0; image < images; image++) {
    for (size_t c = 0; c < channels; c++) {
      for (size_t p = 0; p < pixels; p++)
        rows[(image * pixels + p) * channels + c] =
          plain[(image * channels + c) * pixels + p];
    }
  }
  to_blocked (expected, rows, images * pixels, channels);
  g_assert_true (sac_layout_to_blocked (&there, NULL));
  g_assert_cmpmem (blocked, blocked_count * sizeof (float), expected,
                   blocked_count * sizeof (float));
  g_assert_true (sac_layout_from_blocked (&here, NULL));
  g_assert_cmpmem (back, count * sizeof (float), plain, count * sizeof (float));

  memset (blocked, 0xff, blocked_count * sizeof (float));
  there.from = rows;
  g_assert_true (sac_layout_rows_to_blocked (&there, NULL));
  g_assert_cmpmem (blocked, blocked_count * sizeof (float), expected,
                   blocked_count * sizeof (float));
  g_assert_true (sac_layout_rows_from_blocked (&here, NULL));
  g_assert_cmpmem (back, count * sizeof (float), rows, count * sizeof (float));
  guarded_free (blocked, blocked_count, "blocked");
  guarded_free (back, count, "plain");
}

static void
test_sizes (void)
{
  static const size_t sizes[][3] = {{1, 1, 1},   {1, 16, 16}, {2, 3, 50},
                                    {3, 17, 49}, {1, 40, 33}, {2, 64, 15}};

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    check (sizes[i][0], sizes[i][1], sizes[i][2]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/layout/sizes", test_sizes);
  return g_test_run ();
}
