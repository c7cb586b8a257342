/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A window for a room: full screen, large letters, nothing around the panes but
 * their own captions and the caution, and no pointer while it rests. */
#ifndef SAC_APP_PRESENTATION_H
#define SAC_APP_PRESENTATION_H

#include <gtk/gtk.h>
#include <stdbool.h>

/* Escape leaves presentation and full screen, and the actions of both follow
 * when the window manager ends them.  The window has the actions. */
void sac_presentation_watch (GtkWindow *window);

/* hidden: what goes meanwhile. */
void sac_presentation_set (GtkWindow *window, GtkWidget *hidden, bool on);
bool sac_presentation_get (GtkWindow *window);

#endif
