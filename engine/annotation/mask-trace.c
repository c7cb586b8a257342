/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Borders of the areas of a mask, walked along the sides of cells with the area
 * to the right.  Where two cells of an area touch at a corner only, the walk
 * turns right, away from the other, because they are two areas. */
#include "annotation/mask.h"

#include "base/limits.h"

#include <string.h>

/* East, south, west, north. */
static const int step_x[] = {1, 0, -1, 0}, step_y[] = {0, 1, 0, -1};

typedef struct {
  const SacMask *mask;
  uint32_t *areas;  /* of each cell; 0: background */
  uint8_t *visited; /* the cell's upper side has been walked along */
  SacAnnotations *set;
  GPtrArray *items; /* by area: the annotation; NULL until its outline came */
} Trace;

static uint32_t
get_area (const Trace *trace, int column, int row)
{
  if (column < 0 || row < 0 || column >= trace->mask->columns ||
      row >= trace->mask->rows)
    return 0;
  return trace
    ->areas[(size_t)row * (size_t)trace->mask->columns + (size_t)column];
}

static uint32_t
find_root (uint32_t *parents, uint32_t area)
{
  while (parents[area] != area)
    area = parents[area] = parents[parents[area]];
  return area;
}

/* Cells of one class that share a side belong together: row by row, joining
 * what meets. */
static guint
label_areas (Trace *trace, SacJob *job, GError **error)
{
  const SacMask *mask = trace->mask;
  size_t columns = (size_t)mask->columns;
  g_autoptr (GArray) parents = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  uint32_t count = 0;

  g_array_append_val (parents, count);
  for (size_t i = 0; i < columns * (size_t)mask->rows; i++) {
    uint8_t value = mask->cells[i];
    uint32_t left =
      i % columns > 0 && mask->cells[i - 1] == value ? trace->areas[i - 1] : 0;
    uint32_t above = i >= columns && mask->cells[i - columns] == value
                       ? trace->areas[i - columns]
                       : 0;
    uint32_t *roots = (uint32_t *)(void *)parents->data;

    if (i % columns == 0 && !sac_job_check (job, error))
      return 0;
    if (value == 0)
      continue;
    if (left == 0 && above == 0) {
      trace->areas[i] = ++count;
      g_array_append_val (parents, count);
    } else {
      trace->areas[i] = find_root (roots, left != 0 ? left : above);
      if (above != 0)
        roots[find_root (roots, above)] = trace->areas[i];
    }
  }
  for (size_t i = 0; i < columns * (size_t)mask->rows; i++)
    trace->areas[i] =
      find_root ((uint32_t *)(void *)parents->data, trace->areas[i]);
  return count + 1;
}

static bool
add_corner (Trace *trace, GArray *ring, int x, int y, GError **error)
{
  const SacMask *mask = trace->mask;

  return sac_annotations_add_point (trace->set, ring,
                                    mask->place.x +
                                      x * mask->place.width / mask->columns,
                                    mask->place.y +
                                      y * mask->place.height / mask->rows,
                                    error);
}

/* Around from the upper side of a cell until it is met again. */
static bool
walk (Trace *trace, int column, int row, GArray *ring, GError **error)
{
  uint32_t area = get_area (trace, column, row);
  int x = column, y = row, direction = 0;

  do {
    if (direction == 0)
      trace->visited[(size_t)y * (size_t)trace->mask->columns + (size_t)x] = 1;
    x += step_x[direction];
    y += step_y[direction];

    /* The two cells ahead, to the right and left of the side walked on. */
    int across = (direction + 1) % 4;
    int ahead_x = x + (step_x[direction] + step_x[across] - 1) / 2;
    int ahead_y = y + (step_y[direction] + step_y[across] - 1) / 2;
    bool right = get_area (trace, ahead_x, ahead_y) == area;
    bool left = get_area (trace, ahead_x - step_x[across],
                          ahead_y - step_y[across]) == area;
    int turn = !right ? 1 : left ? -1 : 0;

    if (turn != 0 && !add_corner (trace, ring, x, y, error))
      return false;
    direction = (direction + 4 + turn) % 4;
  } while (x != column || y != row || direction != 0);
  return true;
}

/* The outline of an area is met before its holes: its first cell lies above. */
static bool
trace_from (Trace *trace, int column, int row, GError **error)
{
  uint32_t area = get_area (trace, column, row);
  int value =
    trace->mask
      ->cells[(size_t)row * (size_t)trace->mask->columns + (size_t)column];
  SacAnnotation *item = trace->items->pdata[area];

  if (item == NULL) {
    item =
      sac_annotations_add (trace->set, SAC_ANNOTATION_POLYGON, NULL, value - 1);
    trace->items->pdata[area] = item;
  }
  return walk (trace, column, row, sac_annotation_add_ring (item), error);
}

static bool
trace_all (Trace *trace, SacJob *job, GError **error)
{
  const SacMask *mask = trace->mask;

  for (int row = 0; row < mask->rows; row++) {
    if (!sac_job_check (job, error))
      return false;
    for (int column = 0; column < mask->columns; column++) {
      uint32_t area = get_area (trace, column, row);

      if (area != 0 && get_area (trace, column, row - 1) != area &&
          !trace
             ->visited[(size_t)row * (size_t)mask->columns + (size_t)column] &&
          !trace_from (trace, column, row, error))
        return false;
    }
  }
  for (guint i = 0; i < trace->set->items->len; i++)
    sac_annotation_finish (trace->set->items->pdata[i]);
  return true;
}

SacAnnotations *
sac_mask_to_annotations (const SacMask *mask, SacJob *job, GError **error)
{
  size_t count = (size_t)mask->rows * (size_t)mask->columns;
  g_autoptr (SacAnnotations) set = sac_annotations_new ();
  g_autofree uint32_t *areas = g_new0 (uint32_t, count);
  g_autofree uint8_t *visited = g_new0 (uint8_t, count);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  Trace trace = {mask, areas, visited, set, items};
  guint area_count = label_areas (&trace, job, error);

  if (area_count == 0)
    return NULL;
  g_ptr_array_set_size (items, (int)area_count);
  for (guint i = 0; i < mask->classes->len; i++) {
    const SacAnnotationClass *class = mask->classes->pdata[i];

    sac_annotations_add_class (set, class->name, class->rgb);
  }
  return trace_all (&trace, job, error) ? g_steal_pointer (&set) : NULL;
}
