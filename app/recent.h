/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Files opened before, kept by the desktop's own list. */
#ifndef SAC_APP_RECENT_H
#define SAC_APP_RECENT_H

#include <adwaita.h>

/* Demo pictures and relative paths are not remembered. */
void sac_recent_add (const char *path);

/* Forgets all files, and the models in the settings.  Returns: a new toast that
 * says so and can take it back. */
AdwToast *sac_recent_clear (GSettings *settings);

/* settings: may be NULL.  Where they say that no files are remembered, the menu
 * also forgets those that GTK's file dialogs add on their own.
 * Returns: a new menu that keeps itself up to date. */
GMenuModel *sac_recent_new_menu (GSettings *settings);

#endif
