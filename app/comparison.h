/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How far the maps of two panes agree; kept up to date by itself.
 *
 * Signal "changed". */
#ifndef SAC_APP_COMPARISON_H
#define SAC_APP_COMPARISON_H

#include "pane-state.h"

#define SAC_TYPE_COMPARISON (sac_comparison_get_type ())
G_DECLARE_FINAL_TYPE (SacComparison, sac_comparison, SAC, COMPARISON, GObject)

/* Of no panes yet.  worker must outlive the comparison. */
SacComparison *sac_comparison_new (SacWorker *worker);
/* b may be NULL: then there is nothing to compare. */
void sac_comparison_set_panes (SacComparison *comparison,
                               SacPaneState *a,
                               SacPaneState *b);
void sac_comparison_shut_down (SacComparison *comparison);

/* NULL: not known, or not defined; then ret_reason, which may be NULL as well,
 * says why not. */
const SacAgreement *sac_comparison_get (SacComparison *comparison,
                                        const GError **ret_reason);

/* A minus B, and where the top cells of each are; NULL: not known. */
SacMap *sac_comparison_get_difference (SacComparison *comparison);
const SacOverlap *sac_comparison_get_overlap (SacComparison *comparison);
/* Regions in which the two disagree, borrowed; NULL: not known. */
const SacDisagreement *
sac_comparison_get_disagreement (SacComparison *comparison);
/* Whether they are outlined in the panes, and in figures.  Emits "changed". */
void sac_comparison_set_outlined (SacComparison *comparison, bool is_outlined);
bool sac_comparison_is_outlined (SacComparison *comparison);

/* How much the top is, in (0, 1]. */
void sac_comparison_set_share (SacComparison *comparison, double share);

/* Both panes explain one class, or one of them is not known yet. */
bool sac_comparison_classes_match (SacComparison *comparison);

#endif
