/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The program, driven from within. */
#ifndef SAC_TESTS_APP_SUPPORT_H
#define SAC_TESTS_APP_SUPPORT_H

#include "application.h"
#include "window.h"

/* Runs the tests inside the running program.  For main, instead of
 * g_test_run. */
int app_run_tests (void);

/* The program, without a window. */
SacApplication *app_start (void);
/* Closes all windows; fails the test when one of them lives on. */
void app_stop (SacApplication *application);

/* A window that opens `path` and shows both maps. */
SacWindow *app_open (SacApplication *application, const char *path);

/* Runs the main loop until it is so; fails the test after half a minute. */
typedef bool (*AppCondition) (gpointer data);
void app_wait_until (AppCondition condition, gpointer data);
/* Runs it for a while. */
void app_run_for (int milliseconds);

/* Until a visible label has this part in its text, or none has it any more. */
void app_wait_for_label (SacWindow *window, const char *part);
void app_wait_for_no_label (SacWindow *window, const char *part);

/* Conditions on a window. */
bool app_has_maps (gpointer window);
bool app_is_at_rest (gpointer window);

SacPaneState *app_get_pane (SacWindow *window, guint index);

/* The first widget of a type below another, after `skip` others; NULL: none. */
GtkWidget *app_find (GtkWidget *below, GType type, int skip);
/* A visible label whose text has this part; NULL: none. */
GtkWidget *app_find_label (GtkWidget *below, const char *part);
/* A visible button with this label; NULL: none. */
GtkWidget *app_find_button (GtkWidget *below, const char *label);

/* What a widget looks like: width * height pixels of GDK's default format. */
guint32 *app_render (GtkWidget *widget, int *ret_width, int *ret_height);

#endif
