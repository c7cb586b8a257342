/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/geometry.h"

#include <glib.h>
#include <math.h>

/* A padded input: it reaches beyond the image on the left. */
static const SacGeometry padded = {
  .image_width = 600,
  .image_height = 450,
  .seen = {-75, 0, 750, 450},
  .input_width = 250,
  .input_height = 150,
};

static void
test_cells_tile (void)
{
  const int rows = 7, columns = 9;

  for (int row = 0; row < rows; row++)
    for (int column = 0; column < columns; column++) {
      SacRect cell = sac_geometry_cell (&padded, rows, columns, row, column);

      g_assert_cmpfloat_with_epsilon (cell.x, -75 + 750.0 * column / 9, 1e-9);
      g_assert_cmpfloat_with_epsilon (cell.y, 450.0 * row / 7, 1e-9);
      g_assert_cmpfloat_with_epsilon (cell.width, 750.0 / 9, 1e-9);
      g_assert_cmpfloat_with_epsilon (cell.height, 450.0 / 7, 1e-9);
    }
}

/* The middle of a cell is found at its middle on the grid. */
static void
test_locate_inverts_cell (void)
{
  for (int row = 0; row < 7; row++)
    for (int column = 0; column < 9; column++) {
      SacRect cell = sac_geometry_cell (&padded, 7, 9, row, column);
      double at_row, at_column;

      g_assert_true (
        sac_geometry_locate (&padded, 7, 9, cell.x + cell.width / 2,
                             cell.y + cell.height / 2, &at_row, &at_column));
      g_assert_cmpfloat_with_epsilon (at_row, row + 0.5, 1e-9);
      g_assert_cmpfloat_with_epsilon (at_column, column + 0.5, 1e-9);
    }
}

static void
test_locate_outside (void)
{
  double row = -1, column = -1;

  g_assert_false (
    sac_geometry_locate (&padded, 7, 9, -75.01, 10, &row, &column));
  g_assert_false (sac_geometry_locate (&padded, 7, 9, 675, 10, &row, &column));
  g_assert_false (
    sac_geometry_locate (&padded, 7, 9, 10, -0.01, &row, &column));
  g_assert_false (sac_geometry_locate (&padded, 7, 9, 10, 450, &row, &column));
  g_assert_false (sac_geometry_locate (&padded, 7, 9, NAN, 10, &row, &column));
  g_assert_cmpfloat (row, ==, -1);
  g_assert_true (sac_geometry_locate (&padded, 7, 9, -75, 0, &row, &column));
  g_assert_cmpfloat (row, ==, 0);
  g_assert_cmpfloat (column, ==, 0);
}

/* Cells of 4 from -1 on, over an input that ends at 9: the first and the last
 * are cut, and nothing is found beyond. */
static void
test_cut_by_input (void)
{
  const SacGeometry geometry = {
    .image_width = 20,
    .image_height = 20,
    .seen = {-1, -1, 12, 12},
    .input_width = 12,
    .input_height = 12,
    .whole = {0, 0, 9, 9},
  };
  SacRect covered = sac_geometry_get_covered (&geometry);
  SacRect first = sac_geometry_cell (&geometry, 3, 3, 0, 0);
  SacRect last = sac_geometry_cell (&geometry, 3, 3, 2, 1);
  double row, column;

  g_assert_cmpfloat (covered.x, ==, 0);
  g_assert_cmpfloat (covered.height, ==, 9);
  g_assert_cmpfloat (first.x, ==, 0);
  g_assert_cmpfloat (first.width, ==, 3);
  g_assert_cmpfloat (last.x, ==, 3);
  g_assert_cmpfloat (last.width, ==, 4);
  g_assert_cmpfloat (last.y, ==, 7);
  g_assert_cmpfloat (last.height, ==, 2);
  g_assert_true (sac_geometry_locate (&geometry, 3, 3, 8.9, 5, &row, &column));
  g_assert_cmpfloat_with_epsilon (column, 9.9 / 4, 1e-9);
  g_assert_false (sac_geometry_locate (&geometry, 3, 3, 9, 5, &row, &column));
  g_assert_false (
    sac_geometry_locate (&geometry, 3, 3, 5, -0.5, &row, &column));
}

static void
test_intersect (void)
{
  SacRect a = {0, 0, 10, 10}, b = {4, -3, 20, 6}, c = {10, 0, 5, 5};
  SacRect both = sac_rect_intersect (&a, &b);
  SacRect none = sac_rect_intersect (&a, &c);

  g_assert_cmpfloat (both.x, ==, 4);
  g_assert_cmpfloat (both.y, ==, 0);
  g_assert_cmpfloat (both.width, ==, 6);
  g_assert_cmpfloat (both.height, ==, 3);
  g_assert_false (sac_rect_is_empty (&both));
  g_assert_true (sac_rect_is_empty (&none));
  g_assert_true (sac_rect_is_empty (&(SacRect){0, 0, NAN, 1}));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/geometry/cells-tile", test_cells_tile);
  g_test_add_func ("/geometry/locate-inverts-cell", test_locate_inverts_cell);
  g_test_add_func ("/geometry/locate-outside", test_locate_outside);
  g_test_add_func ("/geometry/cut-by-input", test_cut_by_input);
  g_test_add_func ("/geometry/intersect", test_intersect);
  return g_test_run ();
}
