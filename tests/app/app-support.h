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

/* A window that opens `path`, has settled and shows both maps. */
SacWindow *app_open (SacApplication *application, const char *path);

/* app_wait_until (AppCondition condition, gpointer data) runs the main loop
 * until it is so; fails the test after five minutes, with the condition's name
 * and the place that waited. */
typedef bool (*AppCondition) (gpointer data);
#define app_wait_until(condition, ...)                                         \
  app_wait_at (condition, (__VA_ARGS__), #condition, __FILE__, __LINE__,       \
               G_STRFUNC)
void app_wait_at (AppCondition condition,
                  gpointer data,
                  const char *name,
                  const char *file,
                  int line,
                  const char *function);
/* The same for what passes again: looks after all that the main loop does. */
#define app_catch(condition, ...)                                              \
  app_catch_at (condition, (__VA_ARGS__), #condition, __FILE__, __LINE__,      \
                G_STRFUNC)
void app_catch_at (AppCondition condition,
                   gpointer data,
                   const char *name,
                   const char *file,
                   int line,
                   const char *function);
/* Until its canvases have their sizes and a frame of them shows all of the
 * image that is in view. */
void app_settle (SacWindow *window);
/* Runs the main loop for a while.  What must have happened is waited for; this
 * is for what must not happen. */
void app_run_for (int milliseconds);

/* Until a visible label below a widget has this part in its text, or none has
 * it any more. */
#define app_wait_for_label(window, part)                                       \
  app_wait_for_label_at (window, part, true, __FILE__, __LINE__, G_STRFUNC)
#define app_wait_for_no_label(window, part)                                    \
  app_wait_for_label_at (window, part, false, __FILE__, __LINE__, G_STRFUNC)
void app_wait_for_label_at (gpointer window,
                            const char *part,
                            bool shall_show,
                            const char *file,
                            int line,
                            const char *function);

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
