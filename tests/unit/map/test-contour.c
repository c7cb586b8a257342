/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/contour.h"

#include "map/histogram.h"
#include "support.h"

#include <math.h>

#define SIDE 100

static double
get_length (const SacContourLine *line)
{
  double length = 0;

  for (guint i = 0; i + (line->is_closed ? 0 : 1) < line->points->len; i++) {
    const SacContourPoint *a =
      &g_array_index (line->points, SacContourPoint, i);
    const SacContourPoint *b = &g_array_index (line->points, SacContourPoint,
                                               (i + 1) % line->points->len);

    length += hypot (b->x - a->x, b->y - a->y);
  }
  return length;
}

/* A cone: its contours are circles, here of radius 30 about (50, 50), in
 * level-0 pixels twice as large and moved. */
static void
test_circle (void)
{
  float *values = g_new (float, SIDE *SIDE);

  for (int row = 0; row < SIDE; row++)
    for (int column = 0; column < SIDE; column++)
      values[row * SIDE + column] =
        40 - (float)hypot (column + 0.5 - 50, row + 0.5 - 50);

  g_autoptr (SacMap) map = sac_map_new_take (SIDE, SIDE, values);

  map->has_geometry = true;
  map->geometry = (SacGeometry){500, 500, {10, 20, 200, 200}, 100, 100};

  g_autoptr (GPtrArray) lines = sac_contour_new (map, 10);

  g_assert_cmpuint (lines->len, ==, 1);

  const SacContourLine *line = g_ptr_array_index (lines, 0);

  g_assert_true (line->is_closed);
  for (guint i = 0; i < line->points->len; i++) {
    const SacContourPoint *point =
      &g_array_index (line->points, SacContourPoint, i);

    g_assert_cmpfloat_with_epsilon (hypot (point->x - 110, point->y - 120), 60,
                                    0.02);
  }
  g_assert_cmpfloat_with_epsilon (get_length (line), 2 * G_PI * 60, 0.2);
}

/* A slope: a straight line from edge to edge, where the level is. */
static void
test_slope (void)
{
  float *values = g_new (float, 6 * 8);

  for (int i = 0; i < 6 * 8; i++)
    values[i] = (float)(i % 8);

  g_autoptr (SacMap) map = sac_map_new_take (6, 8, values);
  g_autoptr (GPtrArray) lines = sac_contour_new (map, 2.25);
  const SacContourLine *line = g_ptr_array_index (lines, 0);

  g_assert_cmpuint (lines->len, ==, 1);
  g_assert_false (line->is_closed);
  g_assert_cmpfloat_with_epsilon (get_length (line), 6, 1e-12);
  for (guint i = 0; i < line->points->len; i++)
    g_assert_cmpfloat_with_epsilon (g_array_index (line->points,
                                                   SacContourPoint, i)
                                      .x,
                                    2.75, 1e-12);

  g_autoptr (GPtrArray) none = sac_contour_new (map, 8);

  g_assert_cmpuint (none->len, ==, 0);
}

/* Two high corners across from each other: the mean decides whether they are
 * one ridge or two tops. */
static void
test_saddle (void)
{
  for (int high = 0; high < 2; high++) {
    float *values = g_new (float, 4);

    values[0] = values[3] = high ? 3 : 1.5f;
    values[1] = values[2] = 0;

    g_autoptr (SacMap) map = sac_map_new_take (2, 2, values);
    g_autoptr (GPtrArray) lines = sac_contour_new (map, 1);

    g_assert_cmpuint (lines->len, ==, 2);
    for (guint i = 0; i < 2; i++) {
      const SacContourLine *line = g_ptr_array_index (lines, i);
      double first = 0;

      /* Two tops: each line stays on one side of the diagonal between them.  A
       * ridge: on one side of the ridge. */
      for (guint k = 0; k < line->points->len; k++) {
        const SacContourPoint *point =
          &g_array_index (line->points, SacContourPoint, k);
        double side = high ? point->x - point->y : point->x + point->y - 2;

        first = k == 0 ? side : first;
        g_assert_cmpfloat (side * first, >, 0);
      }
    }
  }
}

/* Next to a gap there is no line; elsewhere there is. */
static void
test_gap (void)
{
  float *values = g_new (float, 5 * 5);

  for (int i = 0; i < 25; i++)
    values[i] = (float)(i % 5);
  values[12] = NAN;

  g_autoptr (SacMap) map = sac_map_new_take (5, 5, values);
  g_autoptr (GPtrArray) lines = sac_contour_new (map, 1.5);

  g_assert_cmpuint (lines->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpfloat_with_epsilon (get_length (g_ptr_array_index (lines, i)),
                                    1.5, 1e-12);
}

static void
test_histogram (void)
{
  static const float values[8] = {0, 1, 1, 2, 3.9f, 4, -3, NAN};
  g_autoptr (SacMap) map =
    sac_map_new_take (2, 4, g_memdup2 (values, sizeof values));
  SacHistogram histogram;

  map->rectified = true; /* -3 is shown as 0 */
  map->has_gaps = true;
  sac_histogram_init (&histogram, map, 4);
  g_assert_cmpfloat (histogram.low, ==, 0);
  g_assert_cmpfloat (histogram.high, ==, 4);
  g_assert_cmpuint (histogram.total, ==, 7);
  for (int i = 0; i < 4; i++)
    g_assert_cmpuint (histogram.counts[i], ==, ((size_t[]){2, 2, 1, 2})[i]);
  g_assert_cmpuint (histogram.largest, ==, 2);
  sac_histogram_clear (&histogram);
  g_assert_cmpfloat_with_epsilon (sac_histogram_clipped (map, 1, 3), 4 / 7.0,
                                  1e-12);
}

static void
test_flat (void)
{
  g_autoptr (SacMap) map = sac_map_new_take (3, 3, g_new0 (float, 9));
  g_autoptr (GPtrArray) lines = sac_contour_new (map, 0);
  SacHistogram histogram;

  g_assert_cmpuint (lines->len, ==, 0);
  sac_histogram_init (&histogram, map, 8);
  g_assert_cmpuint (histogram.counts[0], ==, 9);
  sac_histogram_clear (&histogram);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/contour/circle", test_circle);
  g_test_add_func ("/contour/slope", test_slope);
  g_test_add_func ("/contour/saddle", test_saddle);
  g_test_add_func ("/contour/gap", test_gap);
  g_test_add_func ("/contour/histogram", test_histogram);
  g_test_add_func ("/contour/flat", test_flat);
  return g_test_run ();
}
