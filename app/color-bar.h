/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How a pane's colours are to be read: the scale with its unit, its ends and
 * its zero, and a mark at the value under the cursor. */
#ifndef SAC_APP_COLOR_BAR_H
#define SAC_APP_COLOR_BAR_H

#include "document.h"

#define SAC_TYPE_COLOR_BAR (sac_color_bar_get_type ())
G_DECLARE_FINAL_TYPE (SacColorBar, sac_color_bar, SAC, COLOR_BAR, GtkWidget)

/* Once. */
void sac_color_bar_set_document (SacColorBar *bar,
                                 SacDocument *document,
                                 SacPaneState *pane);

/* Once, instead: of a map that lies over a pane's own, with its value under the
 * cursor in words.  The map is one of the stack's. */
void sac_color_bar_set_stacked (SacColorBar *bar,
                                SacDocument *document,
                                SacMapStack *stack,
                                SacMap *map);

/* Everything in one line. */
void sac_color_bar_set_compact (SacColorBar *bar, bool compact);

#endif
