/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* In a window too narrow for the panes and the side panel beside them the panel
 * goes away by itself, and comes back with the room.  Asked for meanwhile, it
 * lies over the panes. */
#ifndef SAC_APP_NARROW_H
#define SAC_APP_NARROW_H

#include "window.h"

/* Once.  flap: the window's, with the panes and the side panel. */
void sac_narrow_follow (SacWindow *window, AdwFlap *flap);

/* Whether the reader has the side panel, were there room for it. */
bool sac_narrow_wants_panel (SacWindow *window);

#endif
