/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a reader removes with a small button can be brought back for a while. */
#ifndef SAC_APP_UNDO_TOASTS_H
#define SAC_APP_UNDO_TOASTS_H

#include "window.h"

/* Maps that are taken off a pane, for the window's life. */
void sac_undo_toasts_follow (SacWindow *window);

/* Closes the case list. */
void sac_undo_toasts_close_folder (SacWindow *window);

/* Deletes the selected annotation or vertex, or all annotations. */
void sac_undo_toasts_delete (SacWindow *window);
void sac_undo_toasts_delete_all (SacWindow *window);

/* The image's own tone; the scale's own ends in the active pane and those that
 * share its scale. */
void sac_undo_toasts_plain_tone (SacWindow *window);
void sac_undo_toasts_whole_scale (SacWindow *window);

#endif
