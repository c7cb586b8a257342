/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How far the work of a pane is, once it takes long enough to be told. */
#ifndef SAC_APP_PANE_PROGRESS_H
#define SAC_APP_PANE_PROGRESS_H

#include "pane-state.h"

#include <gtk/gtk.h>

#define SAC_TYPE_PANE_PROGRESS (sac_pane_progress_get_type ())
G_DECLARE_FINAL_TYPE (
  SacPaneProgress, sac_pane_progress, SAC, PANE_PROGRESS, GtkWidget)

void sac_pane_progress_set_pane (SacPaneProgress *progress, SacPaneState *pane);

#endif
