/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How a pane's map looks, to be changed: scale, colours, cells, opacity. */
#ifndef SAC_APP_PANE_CONTROLS_H
#define SAC_APP_PANE_CONTROLS_H

#include "document.h"

#define SAC_TYPE_PANE_CONTROLS (sac_pane_controls_get_type ())
G_DECLARE_FINAL_TYPE (
  SacPaneControls, sac_pane_controls, SAC, PANE_CONTROLS, GtkWidget)

void sac_pane_controls_set_document (SacPaneControls *controls,
                                     SacDocument *document,
                                     SacPaneState *pane);

#endif
