/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The coloured dot that stands for a pane, with A or B where panes are
 * compared. */
#ifndef SAC_APP_PANE_BADGE_H
#define SAC_APP_PANE_BADGE_H

#include "document.h"

/* "A" or "B" where the pane is compared with another, else "". */
const char *sac_pane_badge_get_letter (SacDocument *document,
                                       SacPaneState *pane);

/* Makes `badge`, of the style class "dot", that of `pane`. */
void sac_pane_badge_show (GtkLabel *badge,
                          SacDocument *document,
                          SacPaneState *pane);

#endif
