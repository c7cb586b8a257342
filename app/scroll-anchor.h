/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What is looked at in a scrolled column stays where it is. */
#ifndef SAC_APP_SCROLL_ANCHOR_H
#define SAC_APP_SCROLL_ANCHOR_H

#include <gtk/gtk.h>

/* Results that arrive make sections of the column grow.  With this, what grows
 * above the control with the focus scrolls by as much, so that neither it nor
 * a popover opened at it moves away; where the focus is elsewhere or was
 * scrolled out of sight, the same holds for the first section in sight.  At the
 * top the column stays at its top.
 *
 * scrolled: keeps the adjustment it has now; column: inside its viewport. */
void sac_scroll_anchor_attach (GtkScrolledWindow *scrolled, GtkBox *column);

/* To be called each time before scrolled is given its place: nothing is ever
 * drawn, nor a popover pointed, where it does not stay.  (The adjustment says
 * that it changed only when the column has been placed.)  Does nothing while
 * the sections keep their heights. */
void sac_scroll_anchor_prepare (GtkScrolledWindow *scrolled, GtkBox *column);

#endif
