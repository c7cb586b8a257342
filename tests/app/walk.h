/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a screen reader meets: every control that can have the focus has a name,
 * says what it is, and is reached by Tab.  No bus is needed: GTK's own backend
 * for tests keeps what it would tell. */
#ifndef SAC_TESTS_WALK_H
#define SAC_TESTS_WALK_H

#include <gtk/gtk.h>

/* Fails the test where a control below `top` has not all of that.  Returns: how
 * many there are. */
guint walk_check (GtkWidget *top);

/* The same of a window, once its pictures say what they show; it has `least`
 * controls. */
void walk_window (GtkWindow *window, guint least);

#endif
