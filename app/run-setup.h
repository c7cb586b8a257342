/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a run over the slide is to do, asked in the side of the window, so that
 * the slide and what would be looked at stay in view.
 *
 * Signal "ordered" (run): a run was put into the queue. */
#ifndef SAC_APP_RUN_SETUP_H
#define SAC_APP_RUN_SETUP_H

#include "document.h"
#include "run-models.h"
#include "run-tissue.h"
#include "runs.h"

#define SAC_TYPE_RUN_SETUP (sac_run_setup_get_type ())
G_DECLARE_FINAL_TYPE (SacRunSetup, sac_run_setup, SAC, RUN_SETUP, GtkWidget)

GtkWidget *sac_run_setup_new (SacDocument *document, SacRuns *runs);

/* Looks for tissue and at the models.  Without an image it says so. */
void sac_run_setup_open (SacRunSetup *setup);
void sac_run_setup_close (SacRunSetup *setup);

/* Puts what is asked into the queue.  Returns: the run, borrowed; NULL when
 * something is missing, which is said. */
SacRun *sac_run_setup_start (SacRunSetup *setup);

SacRunModels *sac_run_setup_get_models (SacRunSetup *setup);
SacRunTissueView *sac_run_setup_get_tissue (SacRunSetup *setup);
/* As typed; "": not known. */
void sac_run_setup_set_mpp (SacRunSetup *setup, const char *text);
/* NULL: below the user's data. */
void sac_run_setup_set_folder (SacRunSetup *setup, const char *folder);
/* Share of a tile that its neighbour covers too, in percent. */
void sac_run_setup_set_overlap (SacRunSetup *setup, double percent);
/* Only the selected annotation's box. */
void sac_run_setup_set_selected_only (SacRunSetup *setup, bool selected);

#endif
