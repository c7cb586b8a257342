/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The window's actions on the camera and on what is shown with the image. */
#ifndef SAC_APP_VIEW_ACTIONS_H
#define SAC_APP_VIEW_ACTIONS_H

#include "commands.h"
#include "window.h"

/* For a new window. */
void sac_view_actions_add (SacWindow *window);

/* Of SAC_NEED_BOUNDS and SAC_NEED_POWER. */
bool sac_view_actions_is_met (SacWindow *window, SacCommandNeed need);

#endif
