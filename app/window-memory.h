/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a window has from the one before it: size, panes, looks of maps. */
#ifndef SAC_APP_WINDOW_MEMORY_H
#define SAC_APP_WINDOW_MEMORY_H

#include "window.h"

/* For a new window, and for one that is about to close. */
void sac_window_memory_recall (SacWindow *window);
void sac_window_memory_keep (SacWindow *window);

#endif
