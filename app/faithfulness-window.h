/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Whether the maps name what the scores depend on: curves of all panes in one
 * plot, their numbers below. */
#ifndef SAC_APP_FAITHFULNESS_WINDOW_H
#define SAC_APP_FAITHFULNESS_WINDOW_H

#include "faithfulness-run.h"
#include "window.h"

#define SAC_TYPE_FAITHFULNESS_WINDOW (sac_faithfulness_window_get_type ())
G_DECLARE_FINAL_TYPE (SacFaithfulnessWindow,
                      sac_faithfulness_window,
                      SAC,
                      FAITHFULNESS_WINDOW,
                      AdwWindow)

/* Begins at once with the maps that there are. */
GtkWidget *sac_faithfulness_window_new (SacWindow *window);

/* NULL: it is not shown. */
SacFaithfulnessWindow *sac_faithfulness_window_find (SacWindow *window);

SacFaithfulnessRun *
sac_faithfulness_window_get_run (SacFaithfulnessWindow *window);

/* path: ending in .png or .csv; any other is CSV.  Returns: false when there is
 * nothing to write yet. */
bool sac_faithfulness_window_save (SacFaithfulnessWindow *window,
                                   const char *path);

#endif
