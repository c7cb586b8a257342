/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The actions of a window that choose how A and B are looked at. */
#ifndef SAC_APP_COMPARE_ACTIONS_H
#define SAC_APP_COMPARE_ACTIONS_H

#include "window.h"

void sac_compare_actions_add (SacWindow *window);

/* The panes that stay visible in a mode: all side by side, else A's alone.
 * Returns: true when A's is alone. */
bool sac_compare_actions_show_panes (SacDocument *document, GPtrArray *panes);

#endif
