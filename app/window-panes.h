/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The panes of a window: as many as its document has, in the grid, and which of
 * them is meant by a command. */
#ifndef SAC_APP_WINDOW_PANES_H
#define SAC_APP_WINDOW_PANES_H

#include "document.h"
#include "pane-grid.h"
#include "pane.h"

#define SAC_TYPE_WINDOW_PANES (sac_window_panes_get_type ())
G_DECLARE_FINAL_TYPE (
  SacWindowPanes, sac_window_panes, SAC, WINDOW_PANES, GObject)

/* Empty until the first update.  Borrows both, which outlive it. */
SacWindowPanes *sac_window_panes_new (SacDocument *document, SacPaneGrid *grid);

/* After the number of panes or the way of comparing changed. */
void sac_window_panes_update (SacWindowPanes *panes);

/* The pane that has or last had the focus. */
SacPane *sac_window_panes_get_active (SacWindowPanes *panes);
/* step: 1 for the next, -1 for the previous; round and round. */
void sac_window_panes_focus (SacWindowPanes *panes, int step);

#endif
