/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One window with one document: panes in a grid, numbers at the right. */
#ifndef SAC_APP_WINDOW_H
#define SAC_APP_WINDOW_H

#include "case-panel.h"
#include "map-files.h"
#include "pane.h"
#include "run-panel.h"
#include "worker.h"

#include <adwaita.h>

#define SAC_TYPE_WINDOW (sac_window_get_type ())
G_DECLARE_FINAL_TYPE (SacWindow, sac_window, SAC, WINDOW, AdwApplicationWindow)

/* worker must outlive the window.  settings may be NULL. */
SacWindow *sac_window_new (GtkApplication *application,
                           SacWorker *worker,
                           GSettings *settings);

SacDocument *sac_window_get_document (SacWindow *window);
GSettings *sac_window_get_settings (SacWindow *window);

SacCases *sac_window_get_cases (SacWindow *window);
SacMapFiles *sac_window_get_map_files (SacWindow *window);
SacCasePanel *sac_window_get_case_panel (SacWindow *window);

/* The pane that has or last had the focus. */
SacPane *sac_window_get_active_pane (SacWindow *window);
SacPaneState *sac_window_get_active_state (SacWindow *window);
SacPaneSet *sac_window_get_panes (SacWindow *window);
/* step: 1 for the next, -1 for the previous; round and round. */
void sac_window_focus_pane (SacWindow *window, int step);

/* For a room; the side panel comes back as it was. */
void sac_window_set_presenting (SacWindow *window, bool presenting);
bool sac_window_get_presenting (SacWindow *window);

/* The sliders of the image's tone. */
void sac_window_open_tone (SacWindow *window);

void sac_window_set_side_panel (SacWindow *window, bool shown);
bool sac_window_get_side_panel (SacWindow *window);

/* Runs over slides, in the place of the side panel, which is opened for them.
 */
SacRunPanel *sac_window_get_run_panel (SacWindow *window);
void sac_window_set_runs (SacWindow *window, bool shown);

/* A short message that goes by itself. */
void sac_window_tell (SacWindow *window, const char *text);

/* The same with a button for an action. */
void sac_window_tell_with (SacWindow *window,
                           const char *text,
                           const char *button,
                           const char *action);

/* Any other (toasts.h), taken. */
void sac_window_add_toast (SacWindow *window, AdwToast *toast);

/* Opens what was dropped or chosen: a model goes to the active pane, a folder
 * becomes the case list, annotations and maps go over the image, or over the
 * one that is being opened, anything else becomes the document's source. */
void sac_window_open_file (SacWindow *window, GFile *file);
/* An image or a slide, at the page that was last shown of it where views are
 * remembered. */
void sac_window_open_image (SacWindow *window, const char *path);
/* One of SAC_DEMO_.... */
void sac_window_open_demo (SacWindow *window, const char *uri);

/* Files that are dropped on it are opened. */
void sac_window_accept_drops (SacWindow *window);

/* Whether a file of this name goes over an image. */
bool sac_window_is_overlay (GFile *file);

#endif
