/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Looking under all maps of a window while a key or a button is held. */
#ifndef SAC_APP_PEEK_H
#define SAC_APP_PEEK_H

#include "window.h"

/* The key, and the action "win.peek", which stays until it is asked again.
 * Both end when the window loses the focus. */
void sac_peek_attach (SacWindow *window);

/* While `button` is held down. */
void sac_peek_attach_button (GtkWidget *button, SacDocument *document);

#endif
