/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The maps of runs in a document's panes, while they grow and after; and where
 * the reader looks, for the run that works. */
#ifndef SAC_APP_RUN_VIEW_H
#define SAC_APP_RUN_VIEW_H

#include "document.h"
#include "runs.h"

#define SAC_TYPE_RUN_VIEW (sac_run_view_get_type ())
G_DECLARE_FINAL_TYPE (SacRunView, sac_run_view, SAC, RUN_VIEW, GObject)

SacRunView *sac_run_view_new (SacDocument *document, SacRuns *runs);

/* Whether the document shows the run's slide. */
bool sac_run_view_has_slide (SacRunView *view, SacRun *run);
/* Each model's map in a pane of its own, a single one in the active pane; of a
 * run without anything in memory as soon as there is.  The document shows the
 * run's slide. */
void sac_run_view_show (SacRunView *view, SacRun *run);
/* One map in the active pane: of the result, or of what grows, where it is made
 * with the next batch and from then on. */
void sac_run_view_show_item (SacRunView *view, SacRun *run, guint index);

/* For people: "Tile probability".  Borrowed. */
const char *sac_run_view_get_method_label (const SacRunItem *item);

#endif
