/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One pane: what is asked above the picture, how to read it below. */
#ifndef SAC_APP_PANE_H
#define SAC_APP_PANE_H

#include "document.h"

#define SAC_TYPE_PANE (sac_pane_get_type ())
G_DECLARE_FINAL_TYPE (SacPane, sac_pane, SAC, PANE, GtkWidget)

SacPane *sac_pane_new (SacDocument *document, guint index);
SacPaneState *sac_pane_get_state (SacPane *pane);

/* Header and footer, to be kept as tall as those of the other panes. */
GtkWidget *sac_pane_get_header (SacPane *pane);
GtkWidget *sac_pane_get_footer (SacPane *pane);

/* Small panes show little around the picture; the rest is a click away. */
void sac_pane_set_compact (SacPane *pane, bool compact);

GtkWidget *sac_pane_get_canvas (SacPane *pane);
void sac_pane_focus_canvas (SacPane *pane);

/* name: "model", "method", "settings", "class", "layer" or "head".
 * Returns: false when there is nothing to choose. */
bool sac_pane_open_chooser (SacPane *pane, const char *name);

#endif
