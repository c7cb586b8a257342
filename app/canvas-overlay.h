/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What others draw on top of a canvas, and take pointer and keys for before the
 * canvas itself moves its camera: annotations, the overview, tools.
 *
 * All overlays of a canvas are drawn into one node that is kept until the view
 * changes or sac_canvas_redraw_overlays is called.  The last one added lies on
 * top and is asked first. */
#ifndef SAC_APP_CANVAS_OVERLAY_H
#define SAC_APP_CANVAS_OVERLAY_H

#include "canvas-layers.h"
#include "canvas.h"

typedef struct {
  double x, y;             /* the canvas's own pixels, from its top left */
  double image_x, image_y; /* level 0, by the camera of this moment */
  double pixel;            /* level-0 length of one pixel of the canvas */
  int press_count;         /* 2: the second of a double click; 0: no press */
  GdkModifierType modifiers;
} SacCanvasPoint;

/* Every function may be NULL. */
typedef struct {
  void (*draw) (gpointer state,
                GtkSnapshot *snapshot,
                const SacCanvasView *view);
  /* The primary button or a finger.  Returns: true to take it; then drag and
   * release, or cancel, follow, and the camera stays where it is. */
  bool (*press) (gpointer state, const SacCanvasPoint *point);
  void (*drag) (gpointer state, const SacCanvasPoint *point);
  void (*release) (gpointer state, const SacCanvasPoint *point);
  void (*cancel) (gpointer state);
  /* The pointer moves, or the image below it; NULL: it has left.  Also while
   * another overlay has taken a press. */
  void (*hover) (gpointer state, const SacCanvasPoint *point);
  /* While the canvas has the focus.  Returns: true to take it. */
  bool (*key) (gpointer state, guint keyval, GdkModifierType modifiers);
  void (*free_state) (gpointer state);
} SacCanvasOverlayKind;

/* kind: const data that outlives the canvas.  Takes `state`. */
void sac_canvas_add_overlay (SacCanvas *canvas,
                             const SacCanvasOverlayKind *kind,
                             gpointer state);

void sac_canvas_redraw_overlays (SacCanvas *canvas);

/* A point of the canvas in level-0 pixels. */
SacCanvasPoint sac_canvas_locate (SacCanvas *canvas, double x, double y);

#endif
