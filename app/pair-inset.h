/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The other image of a pair in a corner of the canvas, where attention between
 * the two is asked from: a press chooses the place that asks, and the map shows
 * what it attends to in the image that is shown.  There while a place is being
 * chosen, and as long as one is chosen. */
#ifndef SAC_APP_PAIR_INSET_H
#define SAC_APP_PAIR_INSET_H

#include "canvas.h"

void sac_pair_inset_attach (SacCanvas *canvas, SacPaneState *pane);

/* Where it is drawn on the canvas; empty: nowhere. */
graphene_rect_t sac_pair_inset_get_place (SacCanvas *canvas,
                                          SacPaneState *pane);

#endif
