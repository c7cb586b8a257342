/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Tooltips that cost nothing until they are shown. */
#ifndef SAC_APP_TOOLTIP_H
#define SAC_APP_TOOLTIP_H

#include <gtk/gtk.h>

/* text: NULL takes it away.  GTK 4.8 asks the X server at once what is below
 * the pointer, three times over and with all other programs stopped; a window
 * sets two hundred before it is shown.  This asks only for widgets in a window,
 * and only when the text is another. */
void sac_tooltip_set (GtkWidget *widget, const char *text);

#endif
