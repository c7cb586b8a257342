/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Which number of the model a pane explains: the logit of its class, a
 * probability, or the logit less that of another class. */
#ifndef SAC_APP_SCORE_ROWS_H
#define SAC_APP_SCORE_ROWS_H

#include "pane-state.h"

#include <gtk/gtk.h>

#define SAC_TYPE_SCORE_ROWS (sac_score_rows_get_type ())
G_DECLARE_FINAL_TYPE (SacScoreRows, sac_score_rows, SAC, SCORE_ROWS, GtkWidget)

void sac_score_rows_set_pane (SacScoreRows *rows, SacPaneState *pane);

#endif
