/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Annotations on a canvas: drawn above everything, and drawn with the tool in
 * hand by pointer or keys.
 *
 * Keys, while a tool is in hand: arrows move the cursor (with Shift by a
 * pixel), Space and Return press there, Backspace takes a vertex back, Delete
 * deletes, Escape drops what is half drawn and then the tool.  While editing,
 * arrows move what is selected, N selects the next item and V its next vertex,
 * with Shift the one before. */
#ifndef SAC_APP_MARKUP_OVERLAY_H
#define SAC_APP_MARKUP_OVERLAY_H

#include "canvas-overlay.h"

/* Once for every canvas. */
void sac_markup_overlay_attach (SacCanvas *canvas, SacDocument *document);

#endif
