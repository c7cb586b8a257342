/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The picture of one pane: image, map, marks and cursor under the document's
 * camera.  Reading and decoding happen elsewhere; drawing only asks for what is
 * there. */
#ifndef SAC_APP_CANVAS_H
#define SAC_APP_CANVAS_H

#include "document.h"

#define SAC_TYPE_CANVAS (sac_canvas_get_type ())
G_DECLARE_FINAL_TYPE (SacCanvas, sac_canvas, SAC, CANVAS, GtkWidget)

/* Once. */
void sac_canvas_set_document (SacCanvas *canvas,
                              SacDocument *document,
                              SacPaneState *pane);

#endif
