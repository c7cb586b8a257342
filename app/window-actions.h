/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The win.* actions of a window. */
#ifndef SAC_APP_WINDOW_ACTIONS_H
#define SAC_APP_WINDOW_ACTIONS_H

#include "window.h"

void sac_window_actions_add (SacWindow *window);

/* Brings states and sensitivity up to date with the document. */
void sac_window_actions_refresh (SacWindow *window);

#endif
