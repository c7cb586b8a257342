/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The win.* actions about runs over slides, and what is told of them. */
#ifndef SAC_APP_RUN_ACTIONS_H
#define SAC_APP_RUN_ACTIONS_H

#include "window.h"

void sac_run_actions_add (SacWindow *window);

#endif
