/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One run over a slide: what was asked, how far it is, and what came of it.
 *
 *   waiting -> working -> done          paused, interrupted and failed ones go
 *      ^          |                     back to waiting when they are resumed;
 *      +-- paused, failed <-+           a done one is opened again the same way
 *
 * Signal "changed": anything but the maps; "maps": those. */
#ifndef SAC_APP_RUN_H
#define SAC_APP_RUN_H

#include "run-work.h"

typedef enum {
  SAC_RUN_WAITING,
  SAC_RUN_WORKING,
  SAC_RUN_PAUSED,
  SAC_RUN_INTERRUPTED, /* the program ended while it was wanted */
  SAC_RUN_DONE,
  SAC_RUN_FAILED,
} SacRunState;

#define SAC_TYPE_RUN (sac_run_get_type ())
G_DECLARE_FINAL_TYPE (SacRun, sac_run, SAC, RUN, GObject)

/* order: copied. */
SacRun *sac_run_new (const SacRunOrder *order);
/* As kept in a list.  What was under way then is interrupted. */
SacRun *sac_run_new_from_json (JsonObject *object, GError **error);
JsonObject *sac_run_to_json (SacRun *run);

const SacRunOrder *sac_run_get_order (SacRun *run);
SacRunState sac_run_get_state (SacRun *run);
SacRunPhase sac_run_get_phase (SacRun *run); /* while working */
/* So far; after a restart only the counts are known. */
SacSlideProgress sac_run_get_progress (SacRun *run);
const GError *sac_run_get_error (SacRun *run); /* of a failed one */
double sac_run_get_share (SacRun *run);        /* of the tiles, [0, 1] */

/* What is to be written before it begins (run-work.h); source: the slide, where
 * it is open. */
void sac_run_set_parts (SacRun *run,
                        const SacAnnotations *tissue,
                        const SacAnnotations *area,
                        SacSource *source);

/* NULL while nothing of it is in memory. */
SacRunResult *sac_run_get_result (SacRun *run);
/* While it grows; else NULL.  Borrowed. */
SacRunResult *sac_run_get_growing (SacRun *run);
/* Maps that `viewer` shows, which are made as it grows: keys of items; NULL: it
 * shows none.  With no viewer, what models begin with. */
void sac_run_set_wanted (SacRun *run, gconstpointer viewer, char *const *keys);

/* Whether it grows no more: all tiles are run, and files are written. */
bool sac_run_is_whole (SacRun *run);

/* Of the list of runs: */
void sac_run_set_waiting (SacRun *run);
/* worker: for runs alone.  done: when it is over, however. */
void sac_run_start (SacRun *run,
                    SacWorker *worker,
                    void (*done) (gpointer owner, SacRun *run),
                    gpointer owner);
/* Stops after the batch it is at; what is done is safe. */
void sac_run_pause (SacRun *run);
/* It was told to stop, and has not yet. */
bool sac_run_is_pausing (SacRun *run);
/* One that is pausing waits for its turn again as soon as it has stopped. */
void sac_run_go_on (SacRun *run);
void sac_run_set_view (SacRun *run, const SacRect *view);
/* The reader moves: whoever draws needs the processors more.  Without effect
 * before the first result, and where there are enough of them. */
void sac_run_give_way (SacRun *run);

#endif
