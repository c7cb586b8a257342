/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Panes in rows and columns, every one exactly as large as the others, so that
 * all show the same place at the same spot.  A grid that is higher than wide
 * exchanges rows and columns.
 *
 * Signal: "narrowed" sac_pane_grid_is_narrow changed. */
#ifndef SAC_APP_PANE_GRID_H
#define SAC_APP_PANE_GRID_H

#include <gtk/gtk.h>
#include <stdbool.h>

#define SAC_TYPE_PANE_GRID (sac_pane_grid_get_type ())
G_DECLARE_FINAL_TYPE (SacPaneGrid, sac_pane_grid, SAC, PANE_GRID, GtkWidget)

/* How many rows and columns there are room for; children fill them row by row.
 */
void sac_pane_grid_set_shape (SacPaneGrid *grid, guint rows, guint columns);
void sac_pane_grid_append (SacPaneGrid *grid, GtkWidget *child);
void sac_pane_grid_remove (SacPaneGrid *grid, GtkWidget *child);

/* Whether children have no more room from side to side than they need, in the
 * columns that were asked for; they may then need less. */
bool sac_pane_grid_is_narrow (SacPaneGrid *grid);

#endif
