/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Commands about the other image of a pair. */
#ifndef SAC_APP_PAIR_ACTIONS_H
#define SAC_APP_PAIR_ACTIONS_H

#include "window.h"

void sac_pair_actions_add (SacWindow *window);

#endif
