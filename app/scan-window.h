/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A pane's map at every stage of its network, a row a stage: which layer to
 * look at is a choice, and here is what it changes. */
#ifndef SAC_APP_SCAN_WINDOW_H
#define SAC_APP_SCAN_WINDOW_H

#include "window.h"

#define SAC_TYPE_SCAN_WINDOW (sac_scan_window_get_type ())
G_DECLARE_FINAL_TYPE (
  SacScanWindow, sac_scan_window, SAC, SCAN_WINDOW, AdwWindow)

/* Of the active pane.  Returns: NULL when its method has no layers to choose
 * of, or there is nothing to scan yet. */
GtkWidget *sac_scan_window_new (SacWindow *window);

guint sac_scan_window_get_count (SacScanWindow *window);
bool sac_scan_window_is_busy (SacScanWindow *window);
/* The pane's map is that of the row's layer from now on. */
void sac_scan_window_use (SacScanWindow *window, guint row);

#endif
