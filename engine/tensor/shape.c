/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "tensor/shape.h"

#include <glib.h>

SacShape
sac_shape_from (const int64_t *dims, size_t rank)
{
  SacShape shape = {0};

  g_assert (rank <= SAC_LIMIT_RANK);
  shape.rank = (int)rank;
  for (size_t axis = 0; axis < rank; axis++)
    shape.dims[axis] = dims[axis];
  return shape;
}

bool
sac_shape_equal (const SacShape *a, const SacShape *b)
{
  if (a->rank != b->rank)
    return false;
  for (int axis = 0; axis < a->rank; axis++) {
    if (a->dims[axis] != b->dims[axis])
      return false;
  }
  return true;
}

/* Sizes of 0 are left out of the product that must fit, so that a product of
 * any part of a good shape fits as well. */
bool
sac_shape_count (const SacShape *shape, int64_t *ret_count)
{
  int64_t product = 1;
  bool empty = false;

  for (int axis = 0; axis < shape->rank; axis++) {
    int64_t size = shape->dims[axis];

    if (size < 0)
      return false;
    if (size == 0)
      empty = true;
    else if (__builtin_mul_overflow (product, size, &product))
      return false;
  }
  *ret_count = empty ? 0 : product;
  return true;
}

int64_t
sac_shape_size (const SacShape *shape)
{
  return sac_shape_product (shape, 0, shape->rank);
}

bool
sac_shape_is_row (const SacShape *shape)
{
  return shape->rank <= 2 ||
         (shape->rank == 4 && shape->dims[2] == 1 && shape->dims[3] == 1);
}

int64_t
sac_shape_product (const SacShape *shape, int from, int to)
{
  int64_t product = 1;

  g_assert (from >= 0 && to <= shape->rank);
  for (int axis = from; axis < to; axis++)
    product *= shape->dims[axis];
  return product;
}

void
sac_shape_strides (const SacShape *shape, int64_t *ret_strides)
{
  int64_t stride = 1;

  for (int axis = shape->rank - 1; axis >= 0; axis--) {
    ret_strides[axis] = stride;
    stride *= shape->dims[axis];
  }
}

/* The size of `axis` counted from the last one of the longer shape. */
static int64_t
aligned_size (const SacShape *shape, int axis, int rank)
{
  int own = axis - (rank - shape->rank);

  return own < 0 ? 1 : shape->dims[own];
}

bool
sac_shape_broadcast (const SacShape *a, const SacShape *b, SacShape *ret_shape)
{
  SacShape shape = {.rank = MAX (a->rank, b->rank)};

  for (int axis = 0; axis < shape.rank; axis++) {
    int64_t x = aligned_size (a, axis, shape.rank);
    int64_t y = aligned_size (b, axis, shape.rank);

    if (x != y && x != 1 && y != 1)
      return false;
    shape.dims[axis] = x == 1 ? y : x;
  }
  *ret_shape = shape;
  return true;
}

bool
sac_shape_axis (const SacShape *shape, int64_t axis, int *ret_axis)
{
  if (axis < -shape->rank || axis >= shape->rank)
    return false;
  *ret_axis = (int)(axis < 0 ? axis + shape->rank : axis);
  return true;
}

char *
sac_shape_to_string (const SacShape *shape)
{
  if (shape->rank == 0)
    return g_strdup ("scalar");

  GString *text = g_string_new (NULL);

  for (int axis = 0; axis < shape->rank; axis++) {
    if (axis > 0)
      g_string_append_c (text, 'x');
    if (shape->dims[axis] < 0)
      g_string_append_c (text, '?');
    else
      g_string_append_printf (text, "%" G_GINT64_FORMAT, shape->dims[axis]);
  }
  return g_string_free (text, FALSE);
}
