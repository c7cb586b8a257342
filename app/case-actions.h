/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The win.* actions about case lists. */
#ifndef SAC_APP_CASE_ACTIONS_H
#define SAC_APP_CASE_ACTIONS_H

#include "window.h"

void sac_case_actions_add (SacWindow *window);

#endif
