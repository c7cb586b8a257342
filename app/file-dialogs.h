/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Asking for files. */
#ifndef SAC_APP_FILE_DIALOGS_H
#define SAC_APP_FILE_DIALOGS_H

#include "window.h"

void sac_file_dialogs_open_image (SacWindow *window);
/* Of a pair, for models that take two. */
void sac_file_dialogs_open_other (SacWindow *window);
void sac_file_dialogs_open_folder (SacWindow *window);
void sac_file_dialogs_open_map (SacWindow *window);
void sac_file_dialogs_open_annotations (SacWindow *window);
void sac_file_dialogs_save_annotations (SacWindow *window);
void sac_file_dialogs_save_for_qupath (SacWindow *window);
void sac_file_dialogs_open_model (SacWindow *window);
void sac_file_dialogs_save_figure (SacWindow *window);
void sac_file_dialogs_save_pane (SacWindow *window);
/* The curves of the window's faithfulness, when they are shown. */
void sac_file_dialogs_save_curves (SacWindow *window);
void sac_file_dialogs_save_scene (SacWindow *window);

#endif
