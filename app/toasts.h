/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Short messages that go by themselves, and what can be done about them. */
#ifndef SAC_APP_TOASTS_H
#define SAC_APP_TOASTS_H

#include <adwaita.h>

/* text: not markup.  Returns: a new toast that stands before those that wait:
 * the latest is what the reader waits for. */
AdwToast *sac_toast_new (const char *text);

/* Buttons of toasts can be pressed once their toast has come and until it goes,
 * and so can Escape: libadwaita 1.2 frees a toast twice that goes before, and
 * ends the program where that brings back another that is still going. */
void sac_toasts_guard (AdwToastOverlay *overlay);

/* Something was removed, and `undo` brings it back.  free_data: called when the
 * toast goes. */
AdwToast *sac_toast_new_undo (const char *text,
                              void (*undo) (gpointer data),
                              gpointer data,
                              GDestroyNotify free_data);

/* A file was written: it can be shown where it lies. */
AdwToast *sac_toast_new_saved (const char *path);

#endif
