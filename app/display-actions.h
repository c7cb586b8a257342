/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The actions of a window that choose how maps look. */
#ifndef SAC_APP_DISPLAY_ACTIONS_H
#define SAC_APP_DISPLAY_ACTIONS_H

#include "window.h"

void sac_display_actions_add (SacWindow *window);

#endif
