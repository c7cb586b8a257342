/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The actions of a window that choose what its panes show. */
#ifndef SAC_APP_PANE_ACTIONS_H
#define SAC_APP_PANE_ACTIONS_H

#include "window.h"

void sac_pane_actions_add (SacWindow *window);

#endif
