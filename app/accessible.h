/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Names for screen readers. */
#ifndef SAC_APP_ACCESSIBLE_H
#define SAC_APP_ACCESSIBLE_H

#include <gtk/gtk.h>

/* Of drop-downs and menu buttons the button within has the focus, and GTK 4.8
 * does not hand the name on to it.  What labelled the widget until now does
 * so no longer: screen readers would speak both. */
void sac_accessible_set_name (GtkWidget *widget, const char *name);

/* A button with a key in its title, as gtk_button_new_with_mnemonic makes it;
 * GTK 4.8 would name it with the sign for the key. */
GtkWidget *sac_accessible_button_new (const char *title);

#endif
