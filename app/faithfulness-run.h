/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Faithfulness of the maps of all shown panes, one after the other, on a thread
 * of its own so that panes go on meanwhile.
 *
 * Signal "changed": a curve came, work began or ended. */
#ifndef SAC_APP_FAITHFULNESS_RUN_H
#define SAC_APP_FAITHFULNESS_RUN_H

#include "document.h"
#include "explain/faithfulness.h"

#define SAC_TYPE_FAITHFULNESS_RUN (sac_faithfulness_run_get_type ())
G_DECLARE_FINAL_TYPE (
  SacFaithfulnessRun, sac_faithfulness_run, SAC, FAITHFULNESS_RUN, GObject)

/* One pane's map. */
typedef struct {
  guint pane;
  const char *letter; /* of its badge */
  char *title;        /* method, model, class */
  char *score;        /* which number of the model; from the map's provenance */
  SacMap *map;
  SacFaithfulnessReport *report; /* NULL: nothing yet; grows while it runs */
  GError *error;
} SacFaithfulnessEntry;

SacFaithfulnessRun *sac_faithfulness_run_new (SacDocument *document);

/* For what is measured from now on: char * -> char *, which nobody changes any
 * more, NULL for the defaults; referenced. */
void sac_faithfulness_run_set_settings (SacFaithfulnessRun *run,
                                        GHashTable *settings);

/* Measures the maps that there are now; what was measured goes. */
void sac_faithfulness_run_start (SacFaithfulnessRun *run);
void sac_faithfulness_run_cancel (SacFaithfulnessRun *run);
bool sac_faithfulness_run_is_busy (SacFaithfulnessRun *run);
/* Of all of it, [0, 1]. */
double sac_faithfulness_run_get_progress (SacFaithfulnessRun *run);

guint sac_faithfulness_run_get_count (SacFaithfulnessRun *run);
const SacFaithfulnessEntry *sac_faithfulness_run_get (SacFaithfulnessRun *run,
                                                      guint index);
/* The panes show other maps than those that were measured, or the settings are
 * others. */
bool sac_faithfulness_run_is_old (SacFaithfulnessRun *run);

/* As CSV: every curve and every number.  Returns: a new string. */
char *sac_faithfulness_run_to_csv (SacFaithfulnessRun *run);

/* For the owner's dispose. */
void sac_faithfulness_run_shut_down (SacFaithfulnessRun *run);

#endif
