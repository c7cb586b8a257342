/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A pane's map as a table, for those who cannot see it or want its numbers: a
 * row a cell, the highest value first, with its place and what the maps of all
 * other panes say there.  Choosing a row moves the cursor in all panes. */
#ifndef SAC_APP_CELL_TABLE_H
#define SAC_APP_CELL_TABLE_H

#include "window.h"

/* Of the active pane, whichever that is; it follows the maps.  Returns: a new
 * window, not shown. */
GtkWidget *sac_cell_table_new (SacWindow *window);

#endif
