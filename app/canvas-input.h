/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Pointer, wheel and touch on a canvas, as moves of the document's camera and
 * cursor.  Keys are the window's: they are actions. */
#ifndef SAC_APP_CANVAS_INPUT_H
#define SAC_APP_CANVAS_INPUT_H

#include "document.h"

void sac_canvas_input_attach (GtkWidget *canvas, SacDocument *document);

#endif
