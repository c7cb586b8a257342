/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/geometry.h"

#include <glib.h>

SacRect
sac_geometry_get_covered (const SacGeometry *geometry)
{
  return sac_rect_intersect (&geometry->seen,
                             sac_geometry_get_input (geometry));
}

SacRect
sac_geometry_cell (
  const SacGeometry *geometry, int rows, int columns, int row, int column)
{
  g_assert (rows >= 1 && row >= 0 && row < rows);
  g_assert (columns >= 1 && column >= 0 && column < columns);

  const SacRect *seen = &geometry->seen;

  /* Both edges come from the same expression in neighbouring cells, so that
   * cells meet without a gap. */
  double left = seen->x + seen->width * column / columns;
  double right = seen->x + seen->width * (column + 1) / columns;
  double top = seen->y + seen->height * row / rows;
  double bottom = seen->y + seen->height * (row + 1) / rows;

  if (geometry->whole.width > 0) {
    const SacRect *whole = &geometry->whole;

    left = CLAMP (left, whole->x, whole->x + whole->width);
    right = CLAMP (right, whole->x, whole->x + whole->width);
    top = CLAMP (top, whole->y, whole->y + whole->height);
    bottom = CLAMP (bottom, whole->y, whole->y + whole->height);
  }

  return (SacRect){left, top, right - left, bottom - top};
}

bool
sac_geometry_locate (const SacGeometry *geometry,
                     int rows,
                     int columns,
                     double x,
                     double y,
                     double *ret_row,
                     double *ret_column)
{
  const SacRect *seen = &geometry->seen;
  double column = (x - seen->x) / seen->width * columns;
  double row = (y - seen->y) / seen->height * rows;

  const SacRect *input = sac_geometry_get_input (geometry);

  /* Written so that NaN is outside too. */
  if (!(column >= 0 && column < columns && row >= 0 && row < rows) ||
      (input != seen && !(x >= input->x && x < input->x + input->width &&
                          y >= input->y && y < input->y + input->height)))
    return false;
  *ret_row = row;
  *ret_column = column;
  return true;
}

SacRect
sac_rect_intersect (const SacRect *a, const SacRect *b)
{
  double left = MAX (a->x, b->x);
  double top = MAX (a->y, b->y);
  double right = MIN (a->x + a->width, b->x + b->width);
  double bottom = MIN (a->y + a->height, b->y + b->height);

  if (!(right > left && bottom > top))
    return (SacRect){0};
  return (SacRect){left, top, right - left, bottom - top};
}

bool
sac_rect_is_empty (const SacRect *rect)
{
  return !(rect->width > 0 && rect->height > 0);
}
