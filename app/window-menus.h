/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The menus of the window's head. */
#ifndef SAC_WINDOW_MENUS_H
#define SAC_WINDOW_MENUS_H

#include <adwaita.h>

/* Gives the buttons their menus and names.  settings: may be NULL.  Main
 * thread. */
void sac_window_menus_attach (GtkMenuButton *main,
                              GtkMenuButton *panes,
                              AdwSplitButton *open,
                              GSettings *settings);

#endif
