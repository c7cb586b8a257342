/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a canvas draws, layer by layer, as render nodes that can be kept while
 * their part of the view does not change.
 *
 * The image has two back-ends: a texture a tile where the renderer is a
 * graphics card's, one picture painted by the engine where it is cairo.
 * Everything else is the same for both. */
#ifndef SAC_APP_CANVAS_LAYERS_H
#define SAC_APP_CANVAS_LAYERS_H

#include "document.h"

typedef struct {
  SacDocument *document;
  SacPaneState *pane;
  GtkWidget *widget; /* for fonts and the renderer */
  double width, height;
} SacCanvasView;

/* True when tiles are better painted into one picture. */
bool sac_canvas_paints_with_cairo (GtkWidget *widget);

/* All return a new node, or NULL when there is nothing to draw. */
GskRenderNode *sac_canvas_image_node (const SacCanvasView *view);
GskRenderNode *sac_canvas_map_node (const SacCanvasView *view);
/* The border of what the model saw, and the scale bar. */
GskRenderNode *sac_canvas_marks_node (const SacCanvasView *view);
/* The cursor and the map's value under it. */
GskRenderNode *sac_canvas_cursor_node (const SacCanvasView *view);

/* "0.187 · p 96", or where the cursor is when it is not on the map.
 * Returns: a new string, NULL without cursor or map. */
char *sac_canvas_dup_reading (SacDocument *document, SacPaneState *pane);

#endif
