/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A window with what a slide's file holds beside the slide: label, macro,
 * thumbnail.  A label may name a patient: the window opens only when it is
 * asked for, closes with the slide, and nothing is kept. */
#ifndef SAC_APP_SLIDE_IMAGES_H
#define SAC_APP_SLIDE_IMAGES_H

#include "window.h"

/* worker must outlive the window.  Adds the action that opens it. */
void sac_slide_images_add (SacWindow *window, SacWorker *worker);

#endif
