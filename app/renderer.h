/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What GTK draws with, where there is no graphics card. */
#ifndef SAC_APP_RENDERER_H
#define SAC_APP_RENDERER_H

#include <gtk/gtk.h>

/* Without a graphics card, or with cairo chosen in the environment
 * (GSK_RENDERER), GTK is told not to load GL at all, which costs as much as the
 * rest of its own start.  Before gtk_init, and before there are threads. */
void sac_renderer_settle (void);

/* Chooses cairo where the display's GL is done by the processor, which is
 * slower at everything: it shades each pixel of the window for each frame and
 * compiles programs before the first.  Before the first window is realized; a
 * choice in the environment (GSK_RENDERER) stays. */
void sac_renderer_choose (GdkDisplay *display);

/* Cairo lays frames for an X server into shared memory, out of a pool that it
 * gives back whenever it is empty: after each frame, to ask for it again, page
 * by page, in this process and in the server.  Keeps a pool that frames of the
 * widget's window fit into.  Cheap when it is there; does nothing where frames
 * take another way. */
void sac_renderer_keep_memory (GtkWidget *widget);

#endif
