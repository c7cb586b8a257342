/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A run in the list: how far it is and what can be done about it. */
#ifndef SAC_APP_RUN_ROW_H
#define SAC_APP_RUN_ROW_H

#include "run.h"

#include <gtk/gtk.h>

#define SAC_TYPE_RUN_ROW (sac_run_row_get_type ())
G_DECLARE_FINAL_TYPE (SacRunRow, sac_run_row, SAC, RUN_ROW, GtkWidget)

/* Signals: "wanted": to be shown; "resumed": to go on; "unwanted": to be taken
 * off. */
GtkWidget *sac_run_row_new (SacRun *run);
SacRun *sac_run_row_get_run (SacRunRow *row);

/* What is said of a run: "43 % · 12.5 tiles/s · 3 min left".  A new string. */
char *sac_run_row_describe (SacRun *run);

#endif
