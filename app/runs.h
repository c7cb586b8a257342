/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* All runs over slides that this user's window knows of, the latest first: a
 * list model of SacRun, one for all windows.  One works at a time, the others
 * wait in the order in which they came.
 *
 * The list is kept in the user's data folder and is as true as the last change
 * of a state; what a run has so far is in its own folder and safe by itself.
 * Signals: "added" (run), "removed" (run), "ended" (run): it is done or failed.
 */
#ifndef SAC_APP_RUNS_H
#define SAC_APP_RUNS_H

#include "run.h"

#include <gio/gio.h>

#define SAC_TYPE_RUNS (sac_runs_get_type ())
G_DECLARE_FINAL_TYPE (SacRuns, sac_runs, SAC, RUNS, GObject)

/* Returns: a reference to the one there is, made and read where there is none.
 * With its last reference what works stops, and goes on another time. */
SacRuns *sac_runs_dup (void);

SacRun *sac_runs_get (SacRuns *runs, guint index);
/* The one that works; NULL: none. */
SacRun *sac_runs_get_working (SacRuns *runs);

/* Puts it last in the queue.  run: taken. */
void sac_runs_take (SacRuns *runs, SacRun *run);
/* A paused, interrupted or failed one goes on when it is its turn; a done one
 * is opened, to be shown. */
void sac_runs_resume (SacRuns *runs, SacRun *run);
/* Stops it and takes it off the list; its folder stays. */
void sac_runs_remove (SacRuns *runs, SacRun *run);
/* Puts back what was removed, paused where it was not done. */
void sac_runs_restore (SacRuns *runs, SacRun *run);
/* Whether a run of the list has that folder. */
bool sac_runs_has_folder (SacRuns *runs, const char *folder);

#endif
