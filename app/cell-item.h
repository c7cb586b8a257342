/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A cell of a map in a list. */
#ifndef SAC_APP_CELL_ITEM_H
#define SAC_APP_CELL_ITEM_H

#include "pane-set.h"

#define SAC_TYPE_CELL_ITEM (sac_cell_item_get_type ())
G_DECLARE_FINAL_TYPE (SacCellItem, sac_cell_item, SAC, CELL_ITEM, GObject)

struct _SacCellItem {
  GObject parent_instance;
  int row, column;
  double x, y;                   /* level 0, its middle */
  double values[SAC_PANES_MOST]; /* of every pane's map there; NaN: none */
};

SacCellItem *sac_cell_item_new (const SacMap *map, size_t index);

/* The cells of a map with the largest magnitudes, at most SAC_CELLS_MOST, the
 * highest value first; gaps are left out.  Returns: array of SacCellItem. */
#define SAC_CELLS_MOST 10000
GPtrArray *sac_cell_items_new (const SacMap *map);

#endif
