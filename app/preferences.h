/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The preferences: one row a setting, each of which acts at once. */
#ifndef SAC_APP_PREFERENCES_H
#define SAC_APP_PREFERENCES_H

#include "window.h"

/* The window must have settings.  Returns: a new window, not shown. */
GtkWidget *sac_preferences_new (SacWindow *window);

#endif
