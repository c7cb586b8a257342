/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Sanity of the methods that the panes use, checked when asked for, on a thread
 * of its own, and kept for each model, method and settings.
 *
 * Signal "changed": a check began, went on, ended or failed. */
#ifndef SAC_APP_SANITY_RUN_H
#define SAC_APP_SANITY_RUN_H

#include "document.h"
#include "explain/sanity.h"

#define SAC_TYPE_SANITY_RUN (sac_sanity_run_get_type ())
G_DECLARE_FINAL_TYPE (SacSanityRun, sac_sanity_run, SAC, SANITY_RUN, GObject)

/* What was found, on which image and for which class. */
typedef struct {
  char *image, *class_name;
  SacSanityReport *report; /* NULL: nothing yet, or it failed; grows while the
                              check runs */
  GError *error;
} SacSanityEntry;

/* The document's; borrowed. */
SacSanityRun *sac_sanity_run_of (SacDocument *document);

/* For checks to come: char * -> char *, which nobody changes any more, NULL for
 * the defaults; referenced.  What is being checked is given up; what other
 * settings found is kept, and is found again with them. */
void sac_sanity_run_set_settings (SacSanityRun *run, GHashTable *settings);

/* Checks what the shown panes show and has not been checked. */
void sac_sanity_run_start (SacSanityRun *run);
void sac_sanity_run_cancel (SacSanityRun *run);
bool sac_sanity_run_is_busy (SacSanityRun *run);
/* Whether it is this pane that is checked; then how much of it is done. */
bool sac_sanity_run_is_checking (SacSanityRun *run,
                                 SacPaneState *pane,
                                 double *ret_share);

/* NULL: its model, method and settings have not been checked, and are not being
 * checked. */
const SacSanityEntry *sac_sanity_run_get (SacSanityRun *run,
                                          SacPaneState *pane);

/* Before the document goes. */
void sac_sanity_run_shut_down (SacSanityRun *run);

#endif
