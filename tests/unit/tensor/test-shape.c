/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "tensor/shape.h"

#include <glib.h>

static void
assert_text (const SacShape *shape, const char *expected)
{
  g_autofree char *text = sac_shape_to_string (shape);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_text (void)
{
  SacShape scalar = {0};
  SacShape image = sac_shape_of (-1, 3, 224, 0);

  assert_text (&scalar, "scalar");
  assert_text (&image, "?x3x224x0");
}

static void
test_equal (void)
{
  SacShape a = sac_shape_of (2, 3), b = sac_shape_of (2, 3, 1),
           c = sac_shape_of (2, 4);

  g_assert_true (sac_shape_equal (&a, &a));
  g_assert_false (sac_shape_equal (&a, &b));
  g_assert_false (sac_shape_equal (&a, &c));
}

/* Sizes from a file: signs, products that wrap to 0 and to small numbers, and
 * huge sizes beside a 0, whose partial products must fit too. */
static void
test_count (void)
{
  static const struct {
    SacShape shape;
    bool good;
    int64_t count;
  } cases[] = {
    {{0}, true, 1},
    {{1, {0}}, true, 0},
    {{3, {2, 3, 4}}, true, 24},
    {{2, {INT64_MAX, 1}}, true, INT64_MAX},
    {{1, {-1}}, false, 0},
    {{2, {-2, -2}}, false, 0},
    {{1, {INT64_MIN}}, false, 0},
    {{2, {(int64_t)1 << 32, (int64_t)1 << 32}}, false, 0},
    {{2, {((int64_t)1 << 62) + 1, 4}}, false, 0},
    {{3, {(int64_t)1 << 40, (int64_t)1 << 40, 0}}, false, 0},
    {{3, {0, (int64_t)1 << 40, 5}}, true, 0},
    {{2, {0, -1}}, false, 0},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    int64_t count = 77;

    g_assert_cmpint (sac_shape_count (&cases[i].shape, &count), ==,
                     cases[i].good);
    g_assert_cmpint (count, ==, cases[i].good ? cases[i].count : 77);
  }
}

static void
test_products (void)
{
  SacShape shape = sac_shape_of (2, 3, 4, 5);
  int64_t strides[SAC_LIMIT_RANK];

  g_assert_cmpint (sac_shape_size (&shape), ==, 120);
  g_assert_cmpint (sac_shape_product (&shape, 1, 3), ==, 12);
  g_assert_cmpint (sac_shape_product (&shape, 2, 2), ==, 1);
  sac_shape_strides (&shape, strides);
  g_assert_cmpint (strides[0], ==, 60);
  g_assert_cmpint (strides[1], ==, 20);
  g_assert_cmpint (strides[2], ==, 5);
  g_assert_cmpint (strides[3], ==, 1);
}

/* NumPy's rule; a size of 0 goes with 1 and with 0 only. */
static void
test_broadcast (void)
{
  static const struct {
    SacShape a, b;
    const char *result; /* NULL: they do not fit */
  } cases[] = {
    {{0}, {0}, "scalar"},
    {{0}, {2, {2, 3}}, "2x3"},
    {{3, {8, 1, 6}}, {2, {7, 1}}, "8x7x6"},
    {{2, {2, 3}}, {1, {3}}, "2x3"},
    {{2, {2, 3}}, {1, {2}}, NULL},
    {{2, {2, 3}}, {2, {3, 2}}, NULL},
    {{1, {0}}, {1, {1}}, "0"},
    {{1, {0}}, {1, {3}}, NULL},
    {{2, {4, 1}}, {3, {0, 1, 5}}, "0x4x5"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    SacShape forward, backward;
    bool fits = sac_shape_broadcast (&cases[i].a, &cases[i].b, &forward);

    g_assert_cmpint (sac_shape_broadcast (&cases[i].b, &cases[i].a, &backward),
                     ==, fits);
    g_assert_cmpint (fits, ==, cases[i].result != NULL);
    if (!fits)
      continue;
    assert_text (&forward, cases[i].result);
    assert_text (&backward, cases[i].result);
  }
}

static void
test_axis (void)
{
  SacShape shape = sac_shape_of (2, 3, 4), scalar = {0};
  int axis = 9;

  g_assert_true (sac_shape_axis (&shape, 2, &axis));
  g_assert_cmpint (axis, ==, 2);
  g_assert_true (sac_shape_axis (&shape, -3, &axis));
  g_assert_cmpint (axis, ==, 0);
  g_assert_false (sac_shape_axis (&shape, 3, &axis));
  g_assert_false (sac_shape_axis (&shape, -4, &axis));
  g_assert_false (sac_shape_axis (&shape, INT64_MIN, &axis));
  g_assert_false (sac_shape_axis (&scalar, 0, &axis));
  g_assert_cmpint (axis, ==, 0);
}

static void
test_row (void)
{
  SacShape scalar = {0}, empty = sac_shape_of (0, 4);
  SacShape row = sac_shape_of (2, 3), planes = sac_shape_of (2, 3, 1, 1);
  SacShape wide = sac_shape_of (2, 3, 1, 2), high = sac_shape_of (2, 3, 2, 1);
  SacShape open = sac_shape_of (2, 3, -1, -1), tokens = sac_shape_of (1, 9, 1);

  g_assert_true (sac_shape_is_row (&scalar));
  g_assert_true (sac_shape_is_row (&empty));
  g_assert_true (sac_shape_is_row (&row));
  g_assert_true (sac_shape_is_row (&planes));
  g_assert_false (sac_shape_is_row (&wide));
  g_assert_false (sac_shape_is_row (&high));
  g_assert_false (sac_shape_is_row (&open));
  g_assert_false (sac_shape_is_row (&tokens));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shape/text", test_text);
  g_test_add_func ("/shape/equal", test_equal);
  g_test_add_func ("/shape/count", test_count);
  g_test_add_func ("/shape/products", test_products);
  g_test_add_func ("/shape/broadcast", test_broadcast);
  g_test_add_func ("/shape/axis", test_axis);
  g_test_add_func ("/shape/row", test_row);
  return g_test_run ();
}
