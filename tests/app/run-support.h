/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What tests of runs over slides have in common. */
#ifndef SAC_TESTS_APP_RUN_SUPPORT_H
#define SAC_TESTS_APP_RUN_SUPPORT_H

#include "app-support.h"

#define MODEL "pcam-resnet18"
#define POOLING "pcam-pooling"
#define SLIDE "demo:slide:1600x1200,pattern=512,step=2"

SacRunPanel *run_get_panel (SacWindow *window);
SacRunSetup *run_get_setup (SacWindow *window);
SacRun *run_get_run (SacWindow *window, guint index);
bool run_has_image (gpointer window);
bool run_has_models (gpointer window);
SacWindow *run_open_slide (const char *path);
/* Closes it, and waits for the list of runs to go with it. */
void run_stop (SacWindow *window);
SacRunSetup *run_ask (SacWindow *window, const char *folder);
bool run_is_done (gpointer run);
bool run_has_failed (gpointer run);
bool run_is_paused (gpointer run);
bool run_has_some (gpointer run);
SacMap *run_get_shown (SacWindow *window);
/* Of the cells that have a value. */
double run_sum (const SacMap *map);
float *run_copy_values (const SacMap *map);
void run_assert_same (const SacMap *map, const float *values);
void run_assert_file (const char *folder, const char *name);

#endif
