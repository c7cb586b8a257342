/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Outlines in the panes of A and B of the regions in which the two disagree. */
#ifndef SAC_APP_DISAGREEMENT_OVERLAY_H
#define SAC_APP_DISAGREEMENT_OVERLAY_H

#include "canvas.h"

void sac_disagreement_overlay_attach (SacCanvas *canvas,
                                      SacDocument *document,
                                      SacPaneState *pane);

#endif
