/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Which page of a file is shown: a menu with all of them, and steps. */
#ifndef SAC_APP_PAGE_ACTIONS_H
#define SAC_APP_PAGE_ACTIONS_H

#include "window.h"

/* button: shown where the file has several pages. */
void sac_page_actions_add (SacWindow *window, GtkMenuButton *button);

/* Whether the file that is shown has several pages. */
bool sac_page_actions_is_met (SacWindow *window);

#endif
