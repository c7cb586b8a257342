/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a pane's choosers offer, and what is chosen: from the state to the
 * chooser (fill) and back (choose). */
#ifndef SAC_APP_PANE_OPTIONS_H
#define SAC_APP_PANE_OPTIONS_H

#include "chooser.h"
#include "document.h"

void sac_pane_options_fill_model (SacChooser *chooser,
                                  SacPaneState *pane,
                                  SacLibrary *library);
void sac_pane_options_fill_method (SacChooser *chooser, SacPaneState *pane);
void sac_pane_options_fill_class (SacChooser *chooser, SacPaneState *pane);
/* These two hide a chooser that has no meaning for the method. */
void sac_pane_options_fill_layer (SacChooser *chooser, SacPaneState *pane);
void sac_pane_options_fill_head (SacChooser *chooser, SacPaneState *pane);
void sac_pane_options_fill_scale (SacChooser *chooser, SacPaneState *pane);
void sac_pane_options_fill_colors (SacChooser *chooser,
                                   SacPaneState *pane,
                                   SacDocument *document);
/* Of a map that lies over a pane's own: only scales that are its alone. */
void sac_pane_options_fill_stacked (SacChooser *scale,
                                    SacChooser *colors,
                                    const SacStackedMap *item);

void sac_pane_options_choose_method (SacPaneState *pane, const char *id);
void sac_pane_options_choose_class (SacPaneState *pane, const char *id);
void sac_pane_options_choose_head (SacPaneState *pane, const char *id);

/* A short name for people of a value of the graph: its last parts.
 * Returns: a new string. */
char *sac_pane_options_shorten (const char *value);

#endif
