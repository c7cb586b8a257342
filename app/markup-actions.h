/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The win.* actions about annotations. */
#ifndef SAC_APP_MARKUP_ACTIONS_H
#define SAC_APP_MARKUP_ACTIONS_H

#include "commands.h"
#include "window.h"

void sac_markup_actions_add (SacWindow *window);

/* need: that there is something to undo, or to do again. */
bool sac_markup_actions_is_met (SacWindow *window, SacCommandNeed need);

#endif
