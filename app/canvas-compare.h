/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A and B as one picture over the canvas of A's pane. */
#ifndef SAC_APP_CANVAS_COMPARE_H
#define SAC_APP_CANVAS_COMPARE_H

#include "canvas.h"

void sac_canvas_compare_attach (SacCanvas *canvas,
                                SacDocument *document,
                                SacPaneState *pane);

#endif
