/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Runs over slides, in the side of the window: a new one, the list, what came
 * of the one that is shown.
 *
 * Signals: "removed" (run): taken off the list by the reader; "told" (text): a
 * sentence for the reader. */
#ifndef SAC_APP_RUN_PANEL_H
#define SAC_APP_RUN_PANEL_H

#include "run-setup.h"
#include "run-view.h"

#define SAC_TYPE_RUN_PANEL (sac_run_panel_get_type ())
G_DECLARE_FINAL_TYPE (SacRunPanel, sac_run_panel, SAC, RUN_PANEL, GtkWidget)

/* Once. */
void sac_run_panel_set_document (SacRunPanel *panel, SacDocument *document);

/* Before it is shown: makes what it consists of.  All below do so when they
 * have to. */
void sac_run_panel_fill (SacRunPanel *panel);

SacRuns *sac_run_panel_get_runs (SacRunPanel *panel);
SacRunSetup *sac_run_panel_get_setup (SacRunPanel *panel);

/* The form for a new run. */
void sac_run_panel_set_setup (SacRunPanel *panel, bool shown);
bool sac_run_panel_get_setup_shown (SacRunPanel *panel);

/* Shows a run's maps and results: opens its slide where another is shown, and
 * its folder where nothing of it is in memory. */
void sac_run_panel_show (SacRunPanel *panel, SacRun *run);
/* Puts back what the reader took off. */
void sac_run_panel_restore (SacRunPanel *panel, SacRun *run);
/* Of the run that works, else of the latest: pauses or resumes it. */
void sac_run_panel_toggle (SacRunPanel *panel);

#endif
