/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the files of a pane's state share: its fields, and the work that makes
 * its results (pane-work.c). */
#ifndef SAC_APP_PANE_STATE_PARTS_H
#define SAC_APP_PANE_STATE_PARTS_H

#include "pane-run.h"

/* Results form a chain, each made from the one before:
 *   choice.model -> loaded -> findings -> map
 * `from` of invalidate names the first stage whose input changed: work on it or
 * on a later one is cancelled.  A result is used while it matches its input,
 * compared by identity (see advance). */
struct _SacPaneState {
  GObject parent_instance;
  SacWorker *worker;
  SacLibrary *library;
  SacSource *source;
  SacFocus focus;
  SacPair pair; /* owns its source */
  SacChoice choice;
  SacDisplay display;
  SacMapStack *stack;
  SacContourCache contours;
  SacPaneState *const *peers; /* borrowed */
  guint peer_count;

  SacStage stage;
  SacJob *job; /* non-NULL exactly when stage is not REST */
  guint settle_timer;
  bool waiting; /* for a peer to predict */
  bool paused;
  bool stopped;
  bool is_picking;
  GError *error;
  SacStage error_stage;

  SacLoaded *loaded;
  SacFindings *findings;
  SacMap *map;
  SacChoice map_choice;
  SacFindings *map_findings;

  /* Of the map in the making; NULL: none. */
  SacPartials *partials;
  SacMap *partial;
  double partial_share;

  SacRunMap *run; /* NULL: the pane shows its own */
};

typedef enum {
  SAC_PANE_ASKED,
  SAC_PANE_DISPLAY,
  SAC_PANE_RESULT,
  SAC_PANE_SIGNAL_COUNT,
} SacPaneSignal;

/* The choice changed; work begins again from `from`. */
void sac_pane_state_asked (SacPaneState *pane, SacStage from);

void sac_pane_state_emit (SacPaneState *pane, SacPaneSignal signal);

SacRunMap *sac_pane_run_copy (const SacRunMap *run_map);
void sac_pane_run_free (SacRunMap *run_map);
/* Numbers of tokens are those of one model. */
void sac_pane_settings_forget_token (SacPaneState *pane);

/* Something changed that results of stage `from` and later are made of: work on
 * them is given up and begins again a moment later. */
void sac_pane_work_invalidate (SacPaneState *pane, SacStage from);
void sac_pane_work_cancel (SacPaneState *pane);
void sac_pane_work_drop_map (SacPaneState *pane);
/* The map answers what is asked now. */
bool sac_pane_work_has_map (SacPaneState *pane);

#endif
