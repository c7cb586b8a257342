/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The place that asks, on the picture of a method that shows what one place
 * attends to: its cell is outlined, and a press chooses another. */
#ifndef SAC_APP_TOKEN_OVERLAY_H
#define SAC_APP_TOKEN_OVERLAY_H

#include "canvas.h"

void sac_token_overlay_attach (SacCanvas *canvas, SacPaneState *pane);

#endif
