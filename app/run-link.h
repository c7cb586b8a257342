/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What passes between a run's thread and the window while it works: where the
 * reader looks goes in, how far it is and what the maps are so far come out.
 * All functions may be called from both. */
#ifndef SAC_APP_RUN_LINK_H
#define SAC_APP_RUN_LINK_H

#include "run-result.h"

typedef enum {
  SAC_RUN_PHASE_OPENING, /* slide, models, tissue */
  SAC_RUN_PHASE_TILES,
  SAC_RUN_PHASE_FILES, /* all is run; files are written */
} SacRunPhase;

typedef struct SacRunLink SacRunLink;

SacRunLink *sac_run_link_new (void);
SacRunLink *sac_run_link_ref (SacRunLink *link);
void sac_run_link_unref (SacRunLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacRunLink, sac_run_link_unref)

/* Level 0: tiles there come first from now on. */
void sac_run_link_set_view (SacRunLink *link, const SacRect *view);

/* Maps to be made while it grows, by the keys of their items; NULL:
 * SAC_RUN_FIRST. */
void sac_run_link_set_wanted (SacRunLink *link, char *const *keys);

/* Of the run's thread.  run: there until it is set to NULL. */
void sac_run_link_set_run (SacRunLink *link, SacSlideRun *run);
void sac_run_link_set_phase (SacRunLink *link, SacRunPhase phase);
/* growing: taken. */
void sac_run_link_take_growing (SacRunLink *link, SacRunResult *growing);
/* ret_keys: a new list or NULL.  Returns: whether it was set since the last
 * call. */
bool sac_run_link_get_wanted (SacRunLink *link, char ***ret_keys);

SacRunPhase sac_run_link_get_phase (SacRunLink *link);
/* As it was last: zero before there is any. */
SacSlideProgress sac_run_link_get_progress (SacRunLink *link);
/* What came since the last call; NULL: nothing. */
SacRunResult *sac_run_link_steal_growing (SacRunLink *link);

#endif
