/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/resample.h"

#include "base/error.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* torch.nn.functional.interpolate (mode="bilinear", align_corners=False),
 * PyTorch 1.13. */
static void
test_bilinear (void)
{
  static const float square[] = {0, 1, 2, 4};
  static const float line[] = {0, 1, 3};
  float rows[16], five[5];

  sac_resample_bilinear (square, 2, 2, rows, 4, 4);
  test_assert_close (rows,
                     (float[]){0, 0.25f, 0.75f, 1, 0.5f, 0.8125f, 1.4375f,
                               1.75f, 1.5f, 1.9375f, 2.8125f, 3.25f, 2, 2.5f,
                               3.5f, 4},
                     16, 1e-6, "2x2 to 4x4");
  sac_resample_bilinear (line, 1, 3, five, 1, 5);
  test_assert_close (five, (float[]){0, 0.4f, 1, 2.2f, 3}, 5, 1e-6, "3 to 5");
}

static void
test_bilinear_odd (void)
{
  static const float expected[] =
    {-3.125f,     1.5f,       3.375f,      2.5f,       -2.8035715f, 1.3392856f,
     3.125f,      2.5535715f, -1.8392856f, 0.8571429f, 2.375f,      2.7142856f,
     -0.8750001f, 0.375f,     1.625f,      2.875f,     -1.4642857f, 0.6964286f,
     1.6785715f,  1.4821427f, -2.0535715f, 1.0178571f, 1.7321428f,  0.0892857f,
     -2.25f,      1.125f,     1.75f,       -0.375f};
  float values[15], got[28];

  for (int i = 0; i < 15; i++)
    values[i] =
      (3 * (i / 5) * (i / 5) + 5 * (i / 5) * (i % 5) + 7 * (i % 5)) % 11 - 4;
  sac_resample_bilinear (values, 3, 5, got, 7, 4);
  test_assert_close (got, expected, 28, 1e-6, "3x5 to 7x4");
}

static void
test_area (void)
{
  static const float square[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  float two[4], three[9], six[6];

  /* The corner cell of 2x2 covers 1.5 x 1.5 of 3x3. */
  sac_resample_area (square, 3, 3, two, 2, 2);
  test_assert_close (two,
                     (float[]){(1 + 1 + 2 + 1.25f) / 2.25f,
                               (3 + 1 + 3 + 1.25f) / 2.25f,
                               (7 + 4 + 2 + 1.25f) / 2.25f,
                               (9 + 4 + 3 + 1.25f) / 2.25f},
                     4, 1e-6, "3x3 to 2x2");
  sac_resample_area (square, 3, 3, three, 3, 3);
  g_assert_cmpmem (three, sizeof three, square, sizeof square);
  sac_resample_area ((float[]){4, 10}, 1, 2, six, 1, 6);
  test_assert_close (six, (float[]){4, 4, 4, 10, 10, 10}, 6, 1e-6, "2 to 6");
}

/* A map whose values are the column number, over a part of a 150x100 image. */
static SacMap *
new_map (int rows, int columns, const SacRect *seen)
{
  float *values = g_new (float, (size_t)rows *(size_t)columns);
  SacMap *map = sac_map_new_take (rows, columns, values);

  for (int i = 0; i < rows * columns; i++)
    values[i] = i % columns;
  map->has_geometry = seen != NULL;
  if (seen != NULL)
    map->geometry = (SacGeometry){.image_width = 150,
                                  .image_height = 100,
                                  .seen = *seen,
                                  .input_width = 64,
                                  .input_height = 64};
  return map;
}

typedef struct {
  float *a, *b;
  int rows, columns;
} Common;

static Common
common_of (const SacMap *a, const SacMap *b)
{
  g_autoptr (GError) error = NULL;
  Common common = {0};

  g_assert_true (sac_resample_common (a, b, &common.a, &common.b, &common.rows,
                                      &common.columns, &error));
  g_assert_no_error (error);
  return common;
}

static void
clear_common (Common *common)
{
  g_free (common->a);
  g_free (common->b);
}

/* One input, grids of 2x2 and 4x6: the coarse one is kept as it is. */
static void
test_common_same (void)
{
  SacRect seen = {12.3, 0.1, 99.7, 98.9};
  g_autoptr (SacMap) coarse = new_map (2, 2, &seen);
  g_autoptr (SacMap) fine = new_map (4, 6, &seen);

  for (int turn = 0; turn < 2; turn++) {
    Common common =
      turn == 0 ? common_of (coarse, fine) : common_of (fine, coarse);
    float *of_coarse = turn == 0 ? common.a : common.b;
    float *of_fine = turn == 0 ? common.b : common.a;

    g_assert_cmpint (common.rows, ==, 2);
    g_assert_cmpint (common.columns, ==, 2);
    g_assert_cmpmem (of_coarse, 4 * sizeof (float), coarse->values,
                     4 * sizeof (float));
    test_assert_close (of_fine, (float[]){1, 4, 1, 4}, 4, 1e-6, "fine");
    clear_common (&common);
  }
}

/* Neither grid is coarser on both axes: each axis takes its coarser one. */
static void
test_common_axes (void)
{
  g_autoptr (SacMap) a = new_map (2, 8, NULL);
  g_autoptr (SacMap) b = new_map (6, 4, NULL);
  Common common = common_of (a, b);

  g_assert_cmpint (common.rows, ==, 2);
  g_assert_cmpint (common.columns, ==, 4);
  test_assert_close (common.a,
                     (float[]){0.5f, 2.5f, 4.5f, 6.5f, 0.5f, 2.5f, 4.5f, 6.5f},
                     8, 1e-6, "a");
  test_assert_close (common.b, (float[]){0, 1, 2, 3, 0, 1, 2, 3}, 8, 1e-6, "b");
  clear_common (&common);
}

/* Two crops of one image: only what both saw, on the cells of the coarser. */
static void
test_common_crops (void)
{
  g_autoptr (SacMap) left = new_map (4, 4, &(SacRect){0, 0, 100, 100});
  g_autoptr (SacMap) right = new_map (10, 10, &(SacRect){50, 0, 100, 100});
  Common common = common_of (left, right);

  g_assert_cmpint (common.rows, ==, 4);
  g_assert_cmpint (common.columns, ==, 2);
  test_assert_close (common.a, (float[]){2, 3}, 2, 1e-6, "left");
  /* Columns 0, 1 and half of 2; half of 2, 3 and 4. */
  test_assert_close (common.b, (float[]){0.8f, 3.2f}, 2, 1e-6, "right");
  clear_common (&common);

  /* From x = 60 on: more than half of column 2 is seen, so it stays, cut to
   * 60..75, columns 0 and half of 1 of the finer map. */
  right->geometry.seen.x = 60;
  common = common_of (left, right);
  g_assert_cmpint (common.columns, ==, 2);
  test_assert_close (common.b,
                     (float[]){0.5f / 1.5f, (0.5f + 2 + 3 * 1) / 2.5f}, 2, 1e-6,
                     "right from 60");
  clear_common (&common);

  /* From x = 65 on it is less than half: only column 3 is left. */
  right->geometry.seen.x = 65;
  common = common_of (left, right);
  g_assert_cmpint (common.columns, ==, 1);
  g_assert_cmpfloat (common.a[0], ==, 3);
  clear_common (&common);
}

/* Cells over the padding beyond the image are not compared. */
static void
test_common_padding (void)
{
  g_autoptr (SacMap) padded = new_map (4, 4, &(SacRect){0, 0, 150, 150});
  g_autoptr (SacMap) plain = new_map (8, 8, &(SacRect){0, 0, 150, 100});
  Common common = common_of (padded, plain);

  /* Row 2 reaches from 75 to 112.5 and is seen by two thirds. */
  g_assert_cmpint (common.rows, ==, 3);
  g_assert_cmpint (common.columns, ==, 4);
  clear_common (&common);
}

static void
test_common_rectified (void)
{
  g_autoptr (SacMap) a = new_map (1, 4, NULL);
  g_autoptr (SacMap) b = new_map (1, 2, NULL);

  memcpy (a->values, (float[]){-8, 2, NAN, 1}, 4 * sizeof (float));
  a->rectified = true;

  Common common = common_of (a, b);

  g_assert_cmpfloat (common.a[0], ==, 1);
  g_assert_true (isnan (common.a[1]));
  clear_common (&common);
}

/* Gaps are left out, not spread; what one map lacks is compared in neither. */
static void
test_gaps (void)
{
  const float values[9] = {1, NAN, 3, 4, 5, 6, NAN, NAN, 9};
  float half[4], fine[36];
  g_autoptr (SacMap) a = new_map (2, 2, NULL);
  g_autoptr (SacMap) b = new_map (4, 4, NULL);

  sac_resample_area (values, 3, 3, half, 1, 1);
  g_assert_cmpfloat_with_epsilon (half[0], 28 / 6.0, 1e-6);
  sac_resample_area (values + 6, 1, 2, half, 1, 1);
  g_assert_true (isnan (half[0]));
  sac_resample_bilinear (values, 3, 3, fine, 6, 6);
  for (int i = 0; i < 36; i++)
    g_assert_true (isnan (fine[i]) ==
                   isnan (values[i / 6 / 2 * 3 + i % 6 / 2]));
  /* At (0.75, 0.25): 3/4 x 3/4 of 1, 3/4 x 1/4 of 4, 1/4 x 1/4 of 5; the
   * neighbour to the right counts for nothing. */
  g_assert_cmpfloat_with_epsilon (fine[7], (9 * 1 + 3 * 4 + 1 * 5) / 13.0,
                                  1e-6);

  memcpy (a->values, (float[]){1, 2, NAN, 4}, 4 * sizeof (float));
  a->has_gaps = b->has_gaps = true;
  for (int i = 0; i < 16; i++)
    b->values[i] = (float)i;
  b->values[0] = NAN;
  for (int i = 0; i < 4; i++)
    b->values[10 + i % 2 + i / 2 * 4] = NAN;

  Common common = common_of (a, b);

  g_assert_cmpfloat (common.a[0], ==, 1);
  g_assert_cmpfloat_with_epsilon (common.b[0], (1 + 4 + 5) / 3.0, 1e-6);
  g_assert_cmpfloat (common.b[1], ==, 4.5);
  for (int i = 2; i < 4; i++)
    g_assert_true (isnan (common.a[i]) && isnan (common.b[i]));
  clear_common (&common);
}

static void
test_common_refuses (void)
{
  g_autoptr (SacMap) left = new_map (4, 4, &(SacRect){0, 0, 50, 50});
  g_autoptr (SacMap) right = new_map (4, 4, &(SacRect){50, 0, 50, 50});
  g_autoptr (GError) error = NULL;
  float *a = NULL, *b = NULL;
  int rows, columns;

  g_assert_false (
    sac_resample_common (left, right, &a, &b, &rows, &columns, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "no common part");
  right->geometry.seen.x = 45; /* less than half a cell */
  g_assert_false (
    sac_resample_common (left, right, &a, &b, &rows, &columns, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "less than a cell");
  right->geometry.image_width = 151;
  g_assert_false (
    sac_resample_common (left, right, &a, &b, &rows, &columns, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "150x100");
  g_assert_null (a);
  g_assert_null (b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/resample/bilinear", test_bilinear);
  g_test_add_func ("/resample/bilinear-odd", test_bilinear_odd);
  g_test_add_func ("/resample/area", test_area);
  g_test_add_func ("/resample/common/same", test_common_same);
  g_test_add_func ("/resample/common/axes", test_common_axes);
  g_test_add_func ("/resample/common/crops", test_common_crops);
  g_test_add_func ("/resample/common/padding", test_common_padding);
  g_test_add_func ("/resample/gaps", test_gaps);
  g_test_add_func ("/resample/common/rectified", test_common_rectified);
  g_test_add_func ("/resample/common/refuses", test_common_refuses);
  return g_test_run ();
}
