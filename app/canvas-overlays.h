/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The overlays of one canvas; for canvas.c and canvas-input.c. */
#ifndef SAC_APP_CANVAS_OVERLAYS_H
#define SAC_APP_CANVAS_OVERLAYS_H

#include "canvas-overlay.h"

typedef struct SacCanvasOverlays SacCanvasOverlays;

SacCanvasOverlays *sac_canvas_overlays_new (void);
void sac_canvas_overlays_free (SacCanvasOverlays *overlays);
void sac_canvas_overlays_add (SacCanvasOverlays *overlays,
                              const SacCanvasOverlayKind *kind,
                              gpointer state);

SacCanvasOverlays *sac_canvas_get_overlays (SacCanvas *canvas);

/* Returns: a new node, or NULL when nothing is drawn. */
GskRenderNode *sac_canvas_overlays_node (const SacCanvasView *view);

/* Returns: true when one has taken it, until release or cancel. */
bool sac_canvas_overlays_press (SacCanvasOverlays *overlays,
                                const SacCanvasPoint *point);
bool sac_canvas_overlays_is_pressed (SacCanvasOverlays *overlays);
void sac_canvas_overlays_drag (SacCanvasOverlays *overlays,
                               const SacCanvasPoint *point);
void sac_canvas_overlays_release (SacCanvasOverlays *overlays,
                                  const SacCanvasPoint *point);
void sac_canvas_overlays_cancel (SacCanvasOverlays *overlays);

void sac_canvas_overlays_hover (SacCanvasOverlays *overlays,
                                const SacCanvasPoint *point);
bool sac_canvas_overlays_key (SacCanvasOverlays *overlays,
                              guint keyval,
                              GdkModifierType modifiers);

#endif
