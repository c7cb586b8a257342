/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a window has from the one before it: size, panes, looks of maps. */
#ifndef SAC_APP_WINDOW_MEMORY_H
#define SAC_APP_WINDOW_MEMORY_H

#include "window.h"

/* What preferences change, in this window; afterwards it follows them. */
void sac_window_memory_follow (SacWindow *window);
/* File names are shown or hidden as preferences say, now that the window does
 * or does not present. */
void sac_window_memory_apply_names (SacWindow *window);

/* For a new window, and for one that is about to close. */
void sac_window_memory_recall (SacWindow *window);
void sac_window_memory_keep (SacWindow *window);

#endif
