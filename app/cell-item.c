/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "cell-item.h"

#include <math.h>

G_DEFINE_FINAL_TYPE (SacCellItem, sac_cell_item, G_TYPE_OBJECT)

typedef struct {
  size_t index;
  float value;
} Cell;

SacCellItem *
sac_cell_item_new (const SacMap *map, size_t index)
{
  SacCellItem *item = g_object_new (SAC_TYPE_CELL_ITEM, NULL);

  item->row = (int)(index / (size_t)map->columns);
  item->column = (int)(index % (size_t)map->columns);

  SacRect rect = sac_geometry_cell (&map->geometry, map->rows, map->columns,
                                    item->row, item->column);

  item->x = rect.x + rect.width / 2;
  item->y = rect.y + rect.height / 2;
  for (int i = 0; i < SAC_PANES_MOST; i++)
    item->values[i] = NAN;
  return item;
}

static int
compare_magnitudes (gconstpointer a, gconstpointer b)
{
  const Cell *left = a, *right = b;

  return (fabsf (left->value) < fabsf (right->value)) -
         (fabsf (left->value) > fabsf (right->value));
}

static int
compare_values (gconstpointer a, gconstpointer b)
{
  const Cell *left = a, *right = b;

  return (left->value < right->value) - (left->value > right->value);
}

GPtrArray *
sac_cell_items_new (const SacMap *map)
{
  size_t count = (size_t)map->rows * (size_t)map->columns;
  g_autoptr (GArray) cells = g_array_new (FALSE, FALSE, sizeof (Cell));
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  for (size_t i = 0; i < count; i++) {
    Cell cell = {i, sac_map_shown (map, i)};

    if (isfinite (cell.value))
      g_array_append_val (cells, cell);
  }
  if (cells->len > SAC_CELLS_MOST) {
    g_array_sort (cells, compare_magnitudes);
    g_array_set_size (cells, SAC_CELLS_MOST);
  }
  g_array_sort (cells, compare_values);
  for (guint i = 0; i < cells->len; i++)
    g_ptr_array_add (items,
                     sac_cell_item_new (map,
                                        g_array_index (cells, Cell, i).index));
  return items;
}

static void
sac_cell_item_class_init (SacCellItemClass *klass)
{
}

static void
sac_cell_item_init (SacCellItem *item)
{
}
