/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Files opened before, kept by the desktop's own list. */
#ifndef SAC_APP_RECENT_H
#define SAC_APP_RECENT_H

#include <gtk/gtk.h>

/* Demo pictures and relative paths are not remembered. */
void sac_recent_add (const char *path);

/* Returns: a new menu that keeps itself up to date. */
GMenuModel *sac_recent_new_menu (void);

#endif
