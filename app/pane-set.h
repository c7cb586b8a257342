/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The panes of a document: how many are shown, which one keys go to, and which
 * two are compared, A and B.
 *
 * A is a pane of the reader's choice, B the active one; while A itself is
 * active B stays what it was.  With one pane there is no B.  Panes that are not
 * shown remember what was asked of them, and have neither source nor results.
 *
 * Signals: "changed" the number of panes, the active one or the compared two;
 * "maps" a map or its looks in any shown pane. */
#ifndef SAC_APP_PANE_SET_H
#define SAC_APP_PANE_SET_H

#include "pane-state.h"

#define SAC_PANES_MOST 9

#define SAC_TYPE_PANE_SET (sac_pane_set_get_type ())
G_DECLARE_FINAL_TYPE (SacPaneSet, sac_pane_set, SAC, PANE_SET, GObject)

/* Panes in rows, row by row. */
typedef struct {
  guint count;
  guint rows, columns; /* where the window is wider than high */
} SacPaneLayout;

/* The numbers of panes that there can be; ends with a count of 0. */
const SacPaneLayout *sac_pane_layouts_get_all (void);
const SacPaneLayout *sac_pane_layout_find (guint count); /* NULL: none */

/* Two panes.  worker must outlive the set. */
SacPaneSet *sac_pane_set_new (SacWorker *worker, SacLibrary *library);
void sac_pane_set_shut_down (SacPaneSet *set);

guint sac_pane_set_get_count (SacPaneSet *set);
/* count: one that there can be. */
void sac_pane_set_set_count (SacPaneSet *set, guint count);
/* index below SAC_PANES_MOST, shown or not. */
SacPaneState *sac_pane_set_get (SacPaneSet *set, guint index);

guint sac_pane_set_get_active (SacPaneSet *set);
void sac_pane_set_set_active (SacPaneSet *set, guint index);

/* which: 0 for A, 1 for B.  Returns: NULL when there is no B. */
SacPaneState *sac_pane_set_get_compared (SacPaneSet *set, guint which);
/* 0 for A, 1 for B, -1 for neither. */
int sac_pane_set_get_role (SacPaneSet *set, SacPaneState *pane);
/* The active pane is A from now on; what was A is B when the active one was. */
void sac_pane_set_make_reference (SacPaneSet *set);
/* Exchanges what is asked of A and B. */
void sac_pane_set_swap (SacPaneSet *set);

/* What nobody has asked yet is asked: models and methods that suit a slide, or
 * a photograph.  Choices of the reader's stay. */
void sac_pane_set_use_defaults (SacPaneSet *set, bool is_slide);
void sac_pane_set_set_source (SacPaneSet *set, SacSource *source);
/* Of all panes, shown or not; referenced. */
void sac_pane_set_set_pair (SacPaneSet *set, const SacPair *pair);
void sac_pane_set_set_paused (SacPaneSet *set, bool paused);
void sac_pane_set_stop (SacPaneSet *set);
bool sac_pane_set_is_busy (SacPaneSet *set);
/* Every shown pane explains A's class, where its model has it.
 * Returns: false when some model has not. */
bool sac_pane_set_match_classes (SacPaneSet *set);

#endif
