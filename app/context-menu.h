/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The menu of a pane's picture: what is done at the place that was pointed
 * at. */
#ifndef SAC_APP_CONTEXT_MENU_H
#define SAC_APP_CONTEXT_MENU_H

#include "document.h"

#include <gtk/gtk.h>

/* Once.  It opens on a secondary click or a long press on canvas, which is
 * within pane; it is gone with pane. */
void sac_context_menu_attach (GtkWidget *pane,
                              GtkWidget *canvas,
                              SacDocument *document);

/* For the keyboard: at the cursor, or in the middle of the picture. */
void sac_context_menu_open (GtkWidget *pane);

#endif
