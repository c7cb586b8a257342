/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a reader does to scales by command: whole, kept for the images to come,
 * lines at a value. */
#ifndef SAC_APP_SCALE_ACTIONS_H
#define SAC_APP_SCALE_ACTIONS_H

#include "window.h"

void sac_scale_actions_add (SacWindow *window);

#endif
