/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What came of a run: areas, maps to choose from, and the tiles that each model
 * is surest of, each a button that goes there. */
#ifndef SAC_APP_RUN_RESULTS_H
#define SAC_APP_RUN_RESULTS_H

#include "run-view.h"

#include <gtk/gtk.h>

#define SAC_TYPE_RUN_RESULTS (sac_run_results_get_type ())
G_DECLARE_FINAL_TYPE (
  SacRunResults, sac_run_results, SAC, RUN_RESULTS, GtkWidget)

GtkWidget *sac_run_results_new (SacDocument *document, SacRunView *view);

/* NULL, or one without a result: hides itself. */
void sac_run_results_set_run (SacRunResults *results, SacRun *run);
SacRun *sac_run_results_get_run (SacRunResults *results);

#endif
